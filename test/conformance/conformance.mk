# SPDX-License-Identifier: BSD-2-Clause
# The conformance suite against its three subjects. Included by the Makefile.

conformance_run = /usr/bin/pytest-3 -q -rf test/conformance --subject

.PHONY: conformance conformance-host conformance-image conformance-linux conformance-doc

conformance: conformance-host conformance-image conformance-linux ## the RFCs' rules, item by item

conformance-host: build/unipong-host
	$(conformance_run) host

conformance-image: build/unipong.elf
	$(conformance_run) image

conformance-linux:
	$(conformance_run) linux

conformance-doc: ## docs/conformance.md, from what `make conformance` found
	/usr/bin/python3 test/conformance/document.py
