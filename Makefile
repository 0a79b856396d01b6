# SPDX-License-Identifier: BSD-2-Clause
#
# Builds the image, build/unipong.elf, with the machine's gcc and nasm and a newlib of its own.
#
# All that is made goes to build/. No absolute path and no time of day gets into the image: two builds
# of one commit are the same octets wherever they are made. `make help` lists the targets.

CC     = gcc
NASM   = nasm
BUILD  = build
NEWLIB = $(BUILD)/newlib

IMAGE  = $(BUILD)/unipong.elf

all: $(IMAGE) ## build the image, build/unipong.elf

# --- what the image is made of --------------------------------------------------------------------

C_SOURCES   = $(wildcard src/*.c src/platform/*.c src/virtio/*.c src/net/*.c src/shell/*.c)
ASM_SOURCES = $(wildcard src/boot/*.asm)
OBJECTS     = $(C_SOURCES:%.c=$(BUILD)/image/%.o) $(ASM_SOURCES:%.asm=$(BUILD)/image/%.asm.o)
LINK_SCRIPT = src/boot/image.ld

# what the image shares with the host program
SHARED      = $(addprefix src/,options.c contradiction.c text.c report.c)

WARNINGS = -Wall -Wextra -Werror -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes \
           -Wmissing-prototypes -Wundef -Wpointer-arith -Wcast-qual -Wvla -Wwrite-strings

# All C is optimised as one piece (LTO), so that a layer costs no call: what runs for each frame for speed,
# all else, the boot included, for size.
HOT = src/loop.c src/pace.c src/platform/clock.c src/virtio/virtq.c src/virtio/virtio_net.c \
      $(addprefix src/net/,net.c eth.c arp.c arp_claim.c ipv4.c icmp.c udp.c packet.c checksum.c)

# Only newlib calls this, and the linker reads newlib when the one piece is made already.
APART = src/platform/syscalls.c

# No header and no library but newlib's and the compiler's own; no register but the general ones.
CPPFLAGS = -I. -Isrc -nostdinc -isystem $(NEWLIB)/include \
           -isystem $(shell $(CC) -print-file-name=include)
NO_PATHS = -ffile-prefix-map=$(CURDIR)=.
CFLAGS   = -std=gnu11 -g $(WARNINGS) -mgeneral-regs-only -mno-red-zone -fno-pic -fno-pie \
           -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables \
           -ffunction-sections -fdata-sections $(NO_PATHS)
LDFLAGS  = -O2 -flto=1 $(NO_PATHS) -static -no-pie -nostdlib -Wl,--gc-sections -Wl,--build-id=none \
           -Wl,--fatal-warnings -Wl,-Map=$(IMAGE:.elf=.map) -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack -Wl,-T,$(LINK_SCRIPT)
LDLIBS   = $(NEWLIB)/libc.a -lgcc

# --- rules ----------------------------------------------------------------------------------------

# `$(call say,CC,file)` is a short line, or with V=1 nothing, as make then shows the command itself.
ifeq ($(V),1)
say =
else
say = @printf '  %-7s %s\n' $(1) $(2);
endif

# An object is made again when the rules change.
$(BUILD)/image/%.o: %.c Makefile | $(NEWLIB)/libc.a
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS) $(CFLAGS) $(if $(filter $(HOT),$<),-O2,-Os) $(if $(filter-out $(APART),$<),-flto) -MMD -MP -c -o $@ $<

$(BUILD)/image/%.asm.o: %.asm Makefile
	@mkdir -p $(@D)
	@command -v $(NASM) >/dev/null || { \
	    printf 'unipong: nasm is missing. On Debian:\n    sudo apt-get install nasm\n' >&2; exit 1; }
	$(call say,NASM,$<)$(NASM) -f elf64 -Werror -o $@ $<

# What the linker made is looked at before it becomes the image: an SSE instruction would trap one day.
$(IMAGE): $(OBJECTS) $(LINK_SCRIPT) $(NEWLIB)/libc.a
	$(call say,LINK,$@)$(CC) $(LDFLAGS) -o $@.tmp $(OBJECTS) $(LDLIBS)
	@if objdump -d --no-show-raw-insn $@.tmp | grep '%[xyz]mm'; then \
	    echo 'unipong: the image uses SSE registers, see above' >&2; exit 1; fi
	@mv $@.tmp $@

$(NEWLIB)/libc.a: src/platform/newlib.sh
	@CC='$(CC)' src/platform/newlib.sh $(NEWLIB)

-include $(OBJECTS:.o=.d)

# --- everything else ------------------------------------------------------------------------------

run: all ## boot the image and say what to ping (more: ./run.sh --help)
	@./run.sh

test: ## install what is missing, build, run every test
	@./test/run.sh

# the program for Linux; the tests and tools
include src/host/host.mk test/test.mk $(sort $(wildcard test/*/*.mk))

clean: ## remove what was built, except newlib
	@if [ -d $(BUILD) ]; then find $(BUILD) -mindepth 1 -maxdepth 1 ! -name newlib -exec rm -rf {} +; fi

distclean: ## remove what was built
	@rm -rf $(BUILD)

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo '  With V=1 each shows its commands.'

.DEFAULT_GOAL = all
.DELETE_ON_ERROR:
.PHONY: all run test clean distclean help
