#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Builds unipong and runs it under QEMU on a TAP of its own. `./run.sh --help` has the options.
#
# What always holds: QEMU makes the TAP when it starts and the kernel removes it when QEMU ends;
# QEMU ends with this script, however this ends (even killed: --pdeathsig). `ping` runs in a network
# namespace without a name, which is gone with the last process in it. No temporary files.
set -euo pipefail
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
self=$(readlink -f "$0")
cd "$(dirname "$self")"

image=build/unipong.elf
needs=(gcc:gcc /usr/include/stdio.h:libc6-dev make:make nasm:nasm xz:xz-utils
       /usr/src/newlib:newlib-source qemu-system-x86_64:qemu-system-x86
       ip:iproute2 ping:iputils-ping)
boot_seconds=120 # until `unipong: ready`; slow only where KVM itself is interpreted
pings=3
flood_pings=20000

usage() {
    cat <<'END'
usage: ./run.sh [OPTION]... [-- QEMU ARGUMENT...]
       ./run.sh ping [OPTION]... [-- QEMU ARGUMENT...]
       ./run.sh need THING:PACKAGE...

  ./run.sh       builds the image and boots it on a TAP, with its console on the terminal;
                 type `help` there, `poweroff` or Ctrl-C ends it
  ./run.sh ping  boots it in a private network namespace instead, pings it, flood-pings it,
                 shows its counters and powers it off; status 0 if every ping was answered
  ./run.sh need  installs the Debian packages whose command or file is missing

  --tap NAME         the TAP to make                          (tap0)
  --host-ip A.B.C.D/N  the host's address, in the guest's subnet (192.168.100.1/24)
  --append 'WORDS'   the guest's command line, for instance   'ip=192.168.100.7/24 ttl=32'
  --accel kvm|tcg|auto  auto: KVM where the CPU has vmx or svm and /dev/kvm opens (auto)
  --machine pc|q35   QEMU's machine                           (pc)
  --memory SIZE      the guest's memory                       (2M)
  --gdb              wait for a debugger on port 1234         (not with ping)
  --no-build         run what is in build/
  --dry-run          print the QEMU command and end
  --help
END
}

die() { # MESSAGE [STATUS]
    echo "run.sh: $1" >&2
    exit "${2:-1}"
}

# Installs the packages whose command or file is missing: THING:PACKAGE...
need() {
    local pair packages=() as_root=() log
    for pair; do
        case $pair in
            /*) [ -e "${pair%%:*}" ] || packages+=("${pair#*:}") ;;
            *:*) command -v "${pair%%:*}" >/dev/null || packages+=("${pair#*:}") ;;
            *) die "need: '$pair' is not THING:PACKAGE" 2 ;;
        esac
    done
    [ ${#packages[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null ||
        die "no apt-get here; please install what Debian calls: ${packages[*]}"
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null ||
            die "neither root nor sudo; please have installed: ${packages[*]}"
        as_root=(sudo)
    fi
    as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -qq)
    echo "installing ${packages[*]}"
    log=$("${as_root[@]}" install --no-install-recommends "${packages[@]}" 2>&1 </dev/null) ||
        log=$("${as_root[@]}" update 2>&1 </dev/null &&
            "${as_root[@]}" install --no-install-recommends "${packages[@]}" 2>&1 </dev/null) ||
        die "apt-get failed: $(tail -n 5 <<<"$log")"
}

# auto becomes kvm or tcg; why says why.
choose_accelerator() {
    why="as asked"
    [ "$accel" = auto ] || return 0
    accel=tcg
    if ! grep -qwE 'vmx|svm' /proc/cpuinfo; then
        why="no vmx or svm among the CPU's flags"
    elif ! (exec 3<>/dev/kvm) 2>/dev/null; then
        why="/dev/kvm does not open"
    else
        accel=kvm why="/dev/kvm opens, and the CPU has vmx or svm"
    fi
}

# Sets way: what to put before this script to go on in a private network namespace (ping), or as root
# (a TAP in this one). Dies where there is no way.
find_way() {
    [ -c /dev/net/tun ] ||
        die "no /dev/net/tun: load the module (modprobe tun); a container needs --device /dev/net/tun"
    way=()
    [ "$mode" = console ] || way=(unshare --net)
    if [ "$(id -u)" = 0 ]; then
        [ "$mode" = console ] || "${way[@]}" true || die "making a network namespace is forbidden here"
    elif [ "$mode" = ping ] && [ -w /dev/net/tun ] && unshare --map-root-user --net true 2>/dev/null; then
        way=(unshare --map-root-user --net)
    elif command -v sudo >/dev/null; then
        way=(sudo "${way[@]}")
    elif [ "$mode" = ping ]; then
        die "neither root nor sudo, nor a writable /dev/net/tun with unprivileged user namespaces"
    else
        die "making the TAP $tap takes root, or sudo; ./run.sh ping may do without"
    fi
}

running() {
    kill -0 "$guest" 2>/dev/null
}

tap_exists() {
    ip link show dev "$tap" >/dev/null 2>&1
}

# Ends QEMU, and with it the TAP: whatever happened before.
finish() {
    local i
    trap '' INT TERM HUP
    [ -n "$guest" ] || return 0
    kill "$guest" 2>/dev/null || return 0
    for ((i = 0; i < 100; i++)); do
        running || return 0
        sleep 0.05
    done
    kill -KILL "$guest" 2>/dev/null || true
}

# Waits for the TAP that QEMU makes, and gives the host its address there.
# If QEMU has ended already, its status tells more than a missing TAP.
configure_tap() {
    local i log
    for ((i = 0; i < 500; i++)); do
        ! tap_exists || break
        running || return 0
        sleep 0.01
    done
    if ! log=$(ip address add "$host_ip" dev "$tap" 2>&1 && ip link set dev "$tap" up 2>&1); then
        sleep 0.1
        ! running || die "can't set up the TAP $tap with $host_ip: $log"
    fi
}

# Waits for QEMU's end and says what its status means, see isa-debug-exit in the README.
check_end() {
    local status=0
    wait "$guest" || status=$?
    guest=''
    case $status in
        33) ;;
        37) die "the guest stopped with an error, see above" ;;
        *) die "QEMU ended with status $status, without a power off by the guest" ;;
    esac
}

# Prints the command so that it can be pasted.
show_command() {
    local word
    for word in "${qemu[@]}"; do
        [[ $word =~ ^[A-Za-z0-9_./,:=+-]+$ ]] || word=${word@Q}
        printf '%s ' "$word"
    done
    echo
}

# Pings with ARGUMENTS, shows the output; adds to sent and answered.
count_pings() {
    local line output pid summary='^([0-9]+) packets transmitted, ([0-9]+) received, (.*)'
    exec {output}< <(exec setpriv --pdeathsig TERM timeout 300 ping "$@" 2>&1)
    pid=$!
    while read -r -u "$output" line; do
        [ -z "$line" ] || echo "  $line"
        [[ $line =~ $summary ]] || continue
        sent=$((sent + BASH_REMATCH[1])) answered=$((answered + BASH_REMATCH[2]))
        [[ ${BASH_REMATCH[3]} = *%* ]] && [[ ${BASH_REMATCH[3]} != +* ]] || odd=1 # +N errors, +N duplicates
    done
    exec {output}<&-
    wait "$pid" || odd=1
}

ping_guest() {
    local address='' line='' deadline=$((SECONDS + boot_seconds)) sent=0 answered=0 odd=0 from to
    # A quiet wire: no IPv6 solicitations of the host among the guest's counters.
    echo 1 2>/dev/null >/proc/sys/net/ipv6/conf/default/disable_ipv6 || true
    # bash closes a coprocess's own descriptors when it ends: keep copies, to read the last lines.
    coproc QEMU { exec setpriv --pdeathsig TERM "${qemu[@]}"; }
    guest=$QEMU_PID
    exec {from}<&"${QEMU[0]}" {to}>&"${QEMU[1]}"
    configure_tap

    while [ $SECONDS -lt $deadline ] && read -r -t "$boot_seconds" -u "$from" line; do
        line=${line%$'\r'}
        echo "  $line"
        [[ $line =~ 'net0: ip '([0-9.]+) ]] && address=${BASH_REMATCH[1]}
        [[ $line != *'unipong: ready'* ]] || break
    done
    if [[ $line != *'unipong: ready'* ]]; then
        [ $SECONDS -ge $deadline ] || check_end
        die "the guest did not become ready"
    fi
    [ -n "$address" ] || die "the guest has no address to ping"

    echo; echo "ping"
    count_pings -c "$pings" -i 0.5 "$address" # ping waits for the last reply no longer than that
    echo; echo "flood ping"
    count_pings -q -f -c "$flood_pings" "$address"

    echo; echo "the guest's counters"
    echo poweroff >&"$to" || true
    deadline=$((SECONDS + 30))
    while [ $SECONDS -lt $deadline ] && IFS= read -r -t 30 -u "$from" line; do
        line=${line%$'\r'}
        [[ ! $line =~ ^\ *[0-9]+\ +[A-Z] ]] || echo "$line"
    done
    kill "$guest" 2>/dev/null || true # one that still runs is past its time
    check_end

    echo
    if [ "$sent" != $((pings + flood_pings)) ] || [ "$answered" != "$sent" ] || [ "$odd" != 0 ]; then
        die "$answered of $((pings + flood_pings)) pings were answered as they should be"
    fi
    echo "all $sent pings answered"
}

console() {
    local used
    ! tap_exists || die "the interface $tap is there already; --tap gives another name"
    used=$(ip -o -4 address show to "$host_ip" | awk '{print $2}')
    [ -z "$used" ] || die "$used has an address in $host_ip already; give other ones by --host-ip and --append"
    echo "from another terminal:  ping 192.168.100.2  (or the ip= that you gave with --append)"
    echo "to end it:              type poweroff, or Ctrl-C"
    [ -z "$gdb" ] || echo "it waits for:           gdb $image -ex 'target remote :1234'"
    exec 3<&0 # bash gives a process in the background no input, unless it is told to
    setpriv --pdeathsig TERM "${qemu[@]}" <&3 &
    guest=$!
    configure_tap
    check_end
}

mode=console tap=tap0 host_ip=192.168.100.1/24 append='' accel=auto machine=pc memory=2M
gdb='' build=1 dry_run='' inside='' guest='' extra=() arguments=("$@")
while [ $# -gt 0 ]; do
    case $1 in
        --tap | --host-ip | --append | --accel | --machine | --memory)
            [ $# -ge 2 ] || die "$1 needs a value; see ./run.sh --help" 2 ;;&
        ping) mode=ping ;;
        need) shift; need "$@"; exit 0 ;;
        --tap) tap=$2; shift ;;
        --host-ip) host_ip=$2; shift ;;
        --append) append=$2; shift ;;
        --accel) accel=$2; shift ;;
        --machine) machine=$2; shift ;;
        --memory) memory=$2; shift ;;
        --gdb) gdb=1 ;;
        --no-build) build='' ;;
        --dry-run) dry_run=1 ;;
        --inside) inside=1 ;; # this script calls itself again, in its namespace or as root
        --help | -h) usage; exit 0 ;;
        --) shift; extra=("$@"); break ;;
        *) die "unknown argument '$1'; see ./run.sh --help" 2 ;;
    esac
    shift
done
[[ $tap =~ ^[A-Za-z0-9_-]{1,15}$ ]] || die "--tap $tap: a name of up to 15 letters, digits, - and _ was expected" 2
[[ $host_ip =~ ^[0-9]+(\.[0-9]+){3}/[0-9]+$ ]] || die "--host-ip $host_ip: A.B.C.D/N was expected" 2
[[ $accel =~ ^(kvm|tcg|auto)$ ]] || die "--accel $accel: kvm, tcg or auto was expected" 2
[[ $machine =~ ^(pc|q35)$ ]] || die "--machine $machine: pc or q35 was expected" 2
[ "$mode$gdb" != ping1 ] || die "--gdb and ping don't go together" 2

choose_accelerator
# shellcheck disable=SC2054 # the commas are QEMU's
qemu=(qemu-system-x86_64 -M "$machine" -accel "$accel" -m "$memory" -nodefaults -no-user-config
      -display none -serial stdio -no-reboot ${gdb:+-S -s}
      -device isa-debug-exit,iobase=0xf4,iosize=4
      -netdev tap,id=net0,ifname="$tap",script=no,downscript=no
      -device virtio-net-pci,netdev=net0,romfile=
      -kernel "$image" -append "$append" ${extra[@]+"${extra[@]}"})
if [ -n "$dry_run" ]; then
    show_command
    exit 0
fi

if [ -z "$inside" ]; then
    find_way
    if [ -n "$build" ]; then
        need "${needs[@]}"
        make -s -j "$(nproc)"
    fi
    [ -e "$image" ] || die "no $image: build it with make"
    [ ${#way[@]} = 0 ] || exec "${way[@]}" "$self" --inside "${arguments[@]}"
fi
command -v qemu-system-x86_64 >/dev/null || die "no qemu-system-x86_64: install the package qemu-system-x86"
echo "$(qemu-system-x86_64 --version | head -n 1), -accel $accel ($why)"
show_command
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
if [ "$mode" = ping ]; then
    ping_guest
else
    console
fi
