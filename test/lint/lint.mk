# SPDX-License-Identifier: BSD-2-Clause
#
# The linters' part of the Makefile. The image's files are read with newlib's headers.

.PHONY: lint format

lint: build/newlib/libc.a ## the linters, and the design's include rules
	@/usr/bin/python3 test/lint/lint.py

format: ## let clang-format lay out all C, and black all Python
	@black -q test
	@clang-format -i config.h $$(find src test -name '*.[ch]')
