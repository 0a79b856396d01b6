# SPDX-License-Identifier: BSD-2-Clause
#
# The tests' part of the Makefile. A test/unit/test_X.c is one cmocka program. It is linked against an
# archive of all that also runs on a host (src/net, src/virtio, the command line, the pace, what is printed, and the
# other files of test/unit), of which the linker takes what the test uses and does not define itself.

# Python, for what finds the shared modules in test/lib; pytest.ini tells pytest the same.
PYTHON = PYTHONPATH=test/lib /usr/bin/python3 -B

UNIT_CFLAGS := -std=gnu11 -O1 -g -MMD -MP -I. -Isrc -Itest/unit \
    -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wundef -Wpointer-arith -Wvla -Wwrite-strings \
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

UNIT_TESTS   := $(patsubst test/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard test/unit/test_*.c)))
UNIT_SUPPORT := $(filter-out test/unit/test_%,$(wildcard test/unit/*.c))
UNIT_OBJECTS := $(patsubst %.c,$(BUILD)/unit/%.o,\
    $(wildcard src/net/*.c src/virtio/*.c $(SHARED) src/words.c src/pace.c src/platform/print.c \
    src/host/capture_clock.c) $(UNIT_SUPPORT))

.PHONY: unit smoke vm
.SECONDARY: $(UNIT_TESTS:$(BUILD)/unit/%=$(BUILD)/unit/test/unit/%.o)

unit: $(UNIT_TESTS) ## the unit tests, on this machine, with sanitizers
	@status=0; for test in $(UNIT_TESTS); do echo "# $$test"; $$test || status=1; done; exit $$status

smoke: $(IMAGE) ## boots the image and types at its console
	test/vm/smoke.exp

vm: $(IMAGE) ## real network programs against the image
	@mkdir -p $(BUILD)/test
	/usr/bin/pytest-3 -rs test/vm --basetemp=$(BUILD)/test/tmp

$(BUILD)/unit/test_%: $(BUILD)/unit/test/unit/test_%.o $(BUILD)/unit/host.a
	$(call say,TEST,$@)$(CC) $(UNIT_CFLAGS) -o $@ $^ -lcmocka

$(BUILD)/unit/host.a: $(UNIT_OBJECTS)
	@rm -f $@
	@ar rcs $@ $^

$(BUILD)/unit/%.o: %.c
	@mkdir -p $(@D)
	$(call say,HOSTCC,$<)$(CC) $(UNIT_CFLAGS) -c -o $@ $<

-include $(UNIT_OBJECTS:.o=.d) $(UNIT_TESTS:$(BUILD)/unit/%=$(BUILD)/unit/test/unit/%.d)
