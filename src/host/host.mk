# SPDX-License-Identifier: BSD-2-Clause
# build/unipong-host: the network core as a Linux program (needs libpcap-dev). Included by the Makefile.

HOST_CC ?= gcc
HOST_CFLAGS ?= -O2 -g
HOST_WARNINGS ?= -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wundef -Wpointer-arith -Wcast-qual -Wvla -Wwrite-strings -Werror

host_sources := $(wildcard src/host/*.c) $(wildcard src/net/*.c) src/options.c
host_objects := $(host_sources:src/%.c=build/host/%.o)

build/unipong-host: $(host_objects)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $(host_objects) -lpcap

$(host_objects): build/host/%.o: src/%.c src/host/host.mk
	@mkdir -p $(@D)
	$(HOST_CC) -std=gnu11 $(HOST_CFLAGS) $(HOST_WARNINGS) -Isrc -I. -MMD -MP -c -o $@ $<

-include $(host_objects:.o=.d)
