# SPDX-License-Identifier: BSD-2-Clause
#
# The benchmark, see test/bench/bench.py. It is no part of the tests.
#
#     make bench [QUICK=1] [SUBJECT=name:path[:command line]] [ACCEL=kvm|tcg]
#     make bench-pictures       the charts of the last run as docs/bench-*.svg
#     make bench-overload       twenty bursts on every machine and setting that must survive them
#     make instructions [RECORD=1] [SUBJECT=path]   what a frame costs, as test_instructions.py counts it

.PHONY: bench bench-pictures bench-overload instructions

bench: $(IMAGE) $(BUILD)/unipong-host ## measure it beside the floor, iPXE and Linux (QUICK=1, SUBJECT=name:path)
	@$(if $(ACCEL),ACCEL='$(ACCEL)') $(PYTHON) test/bench/bench.py \
	    $(if $(QUICK),--quick) $(if $(SUBJECT),--subject '$(SUBJECT)')

bench-pictures: ## the README's charts, from the last run
	@$(PYTHON) test/bench/report.py --pictures docs

bench-overload: $(IMAGE) ## twenty overloads on each machine and setting, ten minutes
	@$(PYTHON) test/bench/bench.py --overload-matrix

instructions: $(IMAGE) ## instructions that a frame costs the image (SUBJECT=path, RECORD=1)
	@$(PYTHON) test/bench/instructions.py $(if $(SUBJECT),--image '$(SUBJECT)') $(if $(RECORD),--record)
