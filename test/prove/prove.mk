# SPDX-License-Identifier: BSD-2-Clause
#
# The prover's part of the Makefile: see docs/proof.md.

.PHONY: prove prove-faults

prove: ## prove that no frame makes src/net do anything undefined (frama-c)
	@/usr/bin/python3 test/prove/prove.py

prove-faults: ## plant a fault at a time: the proof must fail for each
	@/usr/bin/python3 test/prove/faults.py
