# SPDX-License-Identifier: BSD-2-Clause
#
# The host program's part of the Makefile: build/unipong-host, with the machine's C library and libpcap-dev.
# It is compiled as one piece, as the image is, since the image's speed is compared with it.

HOST_SOURCES := $(wildcard src/host/*.c src/net/*.c) $(SHARED)
HOST_OBJECTS := $(HOST_SOURCES:%.c=$(BUILD)/host/%.o)
HOST_CFLAGS  := -std=gnu11 -D_GNU_SOURCE -O2 -g -flto -I. -Isrc $(WARNINGS)

.PHONY: host

host: $(BUILD)/unipong-host ## the same network as a program for Linux, build/unipong-host

$(BUILD)/unipong-host: $(HOST_OBJECTS)
	$(call say,LINK,$@)$(CC) -O2 -g -flto=1 -o $@ $^ -lpcap

$(BUILD)/host/src/net/net.o: HOST_CFLAGS += -include src/host/keep_net_input.h

$(BUILD)/host/%.o: %.c src/host/host.mk
	@mkdir -p $(@D)
	$(call say,HOSTCC,$<)$(CC) $(HOST_CFLAGS) -MMD -MP -c -o $@ $<

-include $(HOST_OBJECTS:.o=.d)
