# SPDX-License-Identifier: BSD-2-Clause
#
# The host program's part of the Makefile: build/unipong-host, with the machine's C library and libpcap-dev.

HOST_SOURCES := $(wildcard src/host/*.c src/net/*.c) src/options.c src/report.c
HOST_OBJECTS := $(HOST_SOURCES:%.c=$(BUILD)/host/%.o)
HOST_CFLAGS  := -std=gnu11 -D_GNU_SOURCE -O2 -g -I. -Isrc $(WARNINGS)

.PHONY: host

host: $(BUILD)/unipong-host ## the same network as a program for Linux, build/unipong-host

$(BUILD)/unipong-host: $(HOST_OBJECTS)
	$(call say,LINK,$@)$(CC) -o $@ $^ -lpcap

$(BUILD)/host/%.o: %.c src/host/host.mk
	@mkdir -p $(@D)
	$(call say,HOSTCC,$<)$(CC) $(HOST_CFLAGS) -MMD -MP -c -o $@ $<

-include $(HOST_OBJECTS:.o=.d)
