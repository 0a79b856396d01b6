# SPDX-License-Identifier: BSD-2-Clause
# The way of a ping as a document, made from the source. Included by the Makefile.

.PHONY: tour

tour: ## docs/tour.md, from the source and test/tour/steps.md
	@/usr/bin/python3 -B test/tour/tour.py
