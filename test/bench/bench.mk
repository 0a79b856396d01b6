# SPDX-License-Identifier: BSD-2-Clause
#
# The benchmark, see test/bench/bench.py. It is no part of the tests.
#
#     make bench [QUICK=1] [SUBJECT=name:path[:command line]] [ACCEL=kvm|tcg]
#     make bench-pictures       the charts of the last run as docs/bench-*.svg
#     make bench-overload       twenty bursts on every machine and setting that must survive them

.PHONY: bench bench-pictures bench-overload

bench: $(IMAGE) $(BUILD)/unipong-host ## measure it beside the floor, iPXE and Linux (QUICK=1, SUBJECT=name:path)
	@$(if $(ACCEL),ACCEL='$(ACCEL)') /usr/bin/python3 -B test/bench/bench.py \
	    $(if $(QUICK),--quick) $(if $(SUBJECT),--subject '$(SUBJECT)')

bench-pictures: ## the README's charts, from the last run
	@/usr/bin/python3 -B test/bench/report.py --pictures docs

bench-overload: $(IMAGE) ## twenty overloads on each machine and setting, ten minutes
	@/usr/bin/python3 -B test/bench/bench.py --overload-matrix
