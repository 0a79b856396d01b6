# SPDX-License-Identifier: BSD-2-Clause
#
# The fuzzers' part of the Makefile: clang's libFuzzer with the address and undefined behaviour
# sanitizers. Each target is compiled whole, since src/ takes a second; src/ does not know of it.

FUZZ_CC      := clang
FUZZ_SECONDS := 20
FUZZ_CFLAGS  := -std=gnu11 -O2 -g -I. -Isrc -Itest/unit -Wall -Wextra -Werror -fno-omit-frame-pointer \
    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
    -fsanitize-coverage-ignorelist=test/fuzz/coverage.txt
FUZZ_TARGETS := build/fuzz/fuzz_frames build/fuzz/fuzz_options build/fuzz/fuzz_virtq

.PHONY: fuzz fuzz-quick

fuzz: $(FUZZ_TARGETS) build/fuzz/seeds ## the fuzzers, until one fails or Ctrl-C
	@/usr/bin/python3 test/fuzz/fuzz.py

fuzz-quick: $(FUZZ_TARGETS) build/fuzz/seeds ## each fuzzer for FUZZ_SECONDS (20)
	@/usr/bin/python3 test/fuzz/fuzz.py --seconds $(FUZZ_SECONDS)

build/fuzz/fuzz_frames: $(addprefix test/fuzz/,fuzz_frames.c driver.c receive.c call.c slots.c holding.c \
    datagram.c answers.c hops.c script.c fragments.c mutate.c host.c judge.c expect.c check.c \
    check_payload.c wrong.c) $(wildcard src/net/*.c)
build/fuzz/fuzz_options: test/fuzz/fuzz_options.c test/fuzz/wrong.c $(addprefix src/,options.c contradiction.c text.c)
build/fuzz/fuzz_virtq: test/fuzz/fuzz_virtq.c test/fuzz/wrong.c test/unit/fake_device.c test/unit/fake_panic.c \
    $(addprefix src/virtio/,virtq.c virtio.c virtio_net.c virtio_net_init.c virtio_net_control.c virtio_net_update.c)
build/fuzz/fuzz_virtq: FUZZ_LIBS := -lcmocka

$(FUZZ_TARGETS): config.h $(wildcard src/*.h src/*/*.h src/*/*/*.h test/fuzz/*.h test/unit/*.h) test/fuzz/fuzz.mk test/fuzz/coverage.txt
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)$(FUZZ_CC) $(FUZZ_CFLAGS) -o $@ $(filter %.c,$^) $(FUZZ_LIBS)

build/fuzz/seeds: test/fuzz/seeds.py
	@rm -rf $@
	@/usr/bin/python3 $< $@
	@touch $@
