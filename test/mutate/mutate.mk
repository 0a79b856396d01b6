# SPDX-License-Identifier: BSD-2-Clause
#
# How good the unit tests are: which checks of src/ they would miss (mutate), which lines they run
# (coverage). Built on the variables of test/test.mk, which has to be read before.

COVERAGE_CFLAGS = $(filter-out -fsanitize% -fno-sanitize% -O1,$(UNIT_CFLAGS)) -O0 --coverage
COVERAGE_TESTS  := $(UNIT_TESTS:$(BUILD)/unit/%=build/coverage/%)
COVERAGE_OBJECTS := $(UNIT_OBJECTS:$(BUILD)/unit/%=build/coverage/%)

.PHONY: mutate coverage
.SECONDARY: $(COVERAGE_TESTS:build/coverage/%=build/coverage/test/unit/%.o)

mutate: ## remove one check at a time: which do the unit tests miss? (FILES='...')
	@setpriv --pdeathsig KILL /usr/bin/python3 -B test/mutate/mutate.py '$(CC)' '$(UNIT_CFLAGS)' $(FILES)

coverage: $(COVERAGE_TESTS) ## lines and branches that the unit tests run: build/coverage/index.html
	@find build/coverage -name '*.gcda' -delete
	@for test in $(COVERAGE_TESTS); do $$test >$$test.log 2>&1 || { cat $$test.log; exit 1; }; done
	@gcovr -r . --filter src/net/ --filter src/virtio/ --exclude-throw-branches --exclude-unreachable-branches \
	    --html-details build/coverage/index.html --txt build/coverage/lines.txt --print-summary build/coverage
	@gcovr -r . --filter src/net/ --filter src/virtio/ --exclude-unreachable-branches --branches \
	    --txt build/coverage/branches.txt build/coverage
	@cat build/coverage/lines.txt

build/coverage/test_%: build/coverage/test/unit/test_%.o build/coverage/host.a
	@$(CC) $(COVERAGE_CFLAGS) -o $@ $^ -lcmocka

build/coverage/host.a: $(COVERAGE_OBJECTS)
	@rm -f $@
	@ar rcs $@ $^

build/coverage/%.o: %.c
	@mkdir -p $(@D)
	@$(CC) $(COVERAGE_CFLAGS) -c -o $@ $<

-include $(COVERAGE_OBJECTS:.o=.d)
