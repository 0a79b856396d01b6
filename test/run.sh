#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Installs what is missing, builds, runs every test and ends with `N passed, N failed, N skipped`:
#
#     test/run.sh [STEP]...      all steps, or those named
#
# One line a step; the whole output of step X is in build/test/X.log. Status 0 only if something
# passed and nothing failed. A step that ends badly without saying which test failed counts as one.
# What a step leaves out on purpose is said before the last line. test/README.md has the layers.
set -uo pipefail
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
cd "$(dirname "$(readlink -f "$0")")/.." || exit 1

# name   results  needs     seconds  command
#        tap: Test Anything Protocol on stdout; junit: XML in build/test/NAME.xml; status: one test
#                 root: the right to make network namespaces and TAPs
pytest='/usr/bin/pytest-3 -q -rs --basetemp=build/test/tmp'
steps="
  unit   tap      -         900      make --no-print-directory --keep-going unit
  path   junit    -         300      $pytest test/bench/test_instructions.py --junitxml=build/test/path.xml
  tour   junit    -          60      $pytest test/tour --junitxml=build/test/tour.xml
  smoke  tap      root      300      test/vm/smoke.exp
  vm     junit    root     1800      $pytest test/vm --junitxml=build/test/vm.xml
  host   junit    root      400      $pytest test/conformance --subject host --every 10 --junitxml=build/test/host.xml
  image  junit    root      900      $pytest test/conformance --subject image --junitxml=build/test/image.xml
  linux  junit    root      900      $pytest test/conformance --subject linux --junitxml=build/test/linux.xml
  lint   tap      -        1200      make --no-print-directory lint
  fuzz   tap      -         300      make --no-print-directory fuzz-quick
"
packages=(gcc:gcc /usr/include/stdio.h:libc6-dev make:make nasm:nasm xz:xz-utils
          /usr/src/newlib:newlib-source qemu-system-x86_64:qemu-system-x86
          /usr/include/cmocka.h:libcmocka-dev expect:expect /usr/bin/python3:python3
          /usr/bin/pytest-3:python3-pytest ip:iproute2 ping:iputils-ping
          arping:iputils-arping oping:oping tshark:tshark
          /usr/include/pcap/pcap.h:libpcap-dev /usr/lib/python3/dist-packages/scapy:python3-scapy
          clang:clang clang-format:clang-format clang-tidy:clang-tidy
          /usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.fuzzer-x86_64.a:libclang-rt-14-dev
          cppcheck:cppcheck shellcheck:shellcheck pyflakes3:pyflakes3 black:black gcovr:gcovr
          nmap:nmap traceroute:traceroute mtr:mtr-tiny arp-scan:arp-scan
          nft:nftables tcpdump:tcpdump)

die() {
    echo "test/run.sh: $1" >&2
    exit "${2:-1}"
}

# Sets as_root to what a step puts before a command that needs root, or says why there is nothing.
find_root() {
    as_root=(env)
    if [ ! -c /dev/net/tun ]; then
        no_root="there is no /dev/net/tun"
    elif [ "$(id -u)" = 0 ]; then
        unshare --net true 2>/dev/null || no_root="making a network namespace is forbidden here"
    elif [ -w /dev/net/tun ] && unshare --map-root-user --net true 2>/dev/null; then
        as_root=(unshare --map-root-user)
    elif command -v sudo >/dev/null; then
        as_root=(sudo env)
    else
        no_root="neither root nor sudo, nor /dev/net/tun and namespaces for everybody"
    fi
}

# Runs one step and adds its counts to the sums.
run_step() { # NAME RESULTS NEEDS SECONDS COMMAND...
    local name=$1 results=$2 needs=$3 limit=$4 prefix=() log=build/test/$1.log start=$SECONDS status=0
    local counts left p f s
    shift 4
    printf '%-8s ' "$name"
    if [ "$needs" = root ]; then
        if [ -n "$no_root" ]; then
            echo "skipped: $no_root"
            skipped=$((skipped + 1))
            return
        fi
        prefix=("${as_root[@]}")
    fi
    rm -f "build/test/$name.xml"
    timeout -k 10 "$limit" "${prefix[@]}" "$@" >"$log" 2>&1 </dev/null || status=$?
    counts=$(/usr/bin/python3 test/count.py "$results" "$status" "$log" "build/test/$name.xml") ||
        counts="0 1 0"$'\n'"test/count.py could not read the results"
    read -r p f s <<<"$counts"
    printf '%4d passed %4d failed %4d skipped %5d s\n' "$p" "$f" "$s" $((SECONDS - start))
    tail -n +2 <<<"$counts" | sed 's/^/         /'
    left=$(sed -n "s/^left out: /left out of $name: /p" <<<"$counts")
    [ -z "$left" ] || left_out+="$left"$'\n'
    [ "$f" = 0 ] || echo "         see $log"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

passed=0 failed=0 skipped=0 left_out='' no_root=''
for wanted; do
    grep -qE "^  $wanted " <<<"$steps" ||
        die "no step '$wanted'; there are: $(awk 'NF { print $1 }' <<<"$steps" | xargs)" 2
done
./run.sh need "${packages[@]}" || die "packages are missing"
mkdir -p build/test
make -s -j "$(nproc)" all host || die "the build failed"
find_root
export CMOCKA_MESSAGE_OUTPUT=tap
while read -r name results needs limit command; do
    if [ -n "$name" ] && [[ $# = 0 || " $* " = *" $name "* ]]; then
        # shellcheck disable=SC2086 # the table's commands are plain words
        run_step "$name" "$results" "$needs" "$limit" $command
    fi
done <<<"$steps"

[ $((passed + failed)) -gt 0 ] || echo "nothing ran"
printf '%s' "$left_out"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
