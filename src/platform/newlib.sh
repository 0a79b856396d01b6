#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Builds newlib's libc for the bare machine from Debian's newlib-source:  newlib.sh DIRECTORY
#
# What remains in DIRECTORY is include/, libc.a and log. Each file is compiled for general registers
# only; for all registers where it can't be (floating point), which the image then must not use: its
# link checks.
set -eu
unset MAKEFLAGS MAKELEVEL # those of the make that calls us are not for newlib

out=$1
cc=${CC:-gcc}
for source in /usr/src/newlib/newlib-*.tar.xz; do :; done # the newest, should there be several

if [ ! -e "$source" ] || ! command -v xz >/dev/null; then
    echo "unipong: newlib's source is missing. On Debian:" >&2
    echo "    sudo apt-get install newlib-source xz-utils" >&2
    exit 1
fi

rm -rf "$out"
mkdir -p "$out/source" "$out/build"
out=$(cd "$out" && pwd)
log=$out/log
printf '  NEWLIB  building %s (once, about half a minute; log in %s)\n' \
    "$(basename "$source" .tar.xz)" "${log#"$PWD"/}"

build() {
    tar -xf "$source" -C "$out/source" --strip-components=1
    newlib=$out/source/newlib
    cd "$out/build"

    # shellcheck disable=SC2094 # the file cc is written, the compiler $cc is only named in it
    cat >cc <<END
#!/bin/sh
$cc -mgeneral-regs-only "\$@" 2>/dev/null || exec $cc "\$@"
END
    chmod +x cc

    # Of stdio the image uses vsnprintf alone, in its small form: it knows the lengths h and l, but not z,
    # ll, j and hh (test/vm/test_image.py looks for those). No floats, no wide characters, no threads.
    "$newlib/configure" -q -C --host=x86_64-elf --disable-multilib \
        --enable-newlib-nano-formatted-io --disable-newlib-io-c99-formats \
        --disable-newlib-io-long-long --disable-newlib-io-float \
        --enable-newlib-nano-malloc --enable-newlib-reent-small --disable-newlib-multithread \
        --enable-newlib-global-atexit --enable-newlib-global-stdio-streams --enable-lite-exit \
        --disable-newlib-supplied-syscalls --disable-newlib-wide-orient \
        --disable-newlib-fvwrite-in-streamio --disable-newlib-fseek-optimization \
        --disable-newlib-unbuf-stream-opt \
        AR=ar AS=as NM=nm RANLIB=ranlib MAKEINFO=true \
        CC="$out/build/cc -nostdinc -isystem $out/build/targ-include -isystem $newlib/libc/include \
            -isystem $($cc -print-file-name=include)" \
        CFLAGS="-Os -w -fno-pic -fno-pie -mno-red-zone -fno-tree-vectorize -fno-stack-protector \
            -fcf-protection=none -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections"
    make stmp-targ-include
    make -j"$(nproc)" -C libc AR_FLAGS=rc

    mkdir "$out/include"
    cp -RL "$newlib/libc/include/." targ-include/. "$out/include"
    mv libc/libc.a "$out/libc.a"
    cd "$out" && rm -rf source build
}

# A subshell of its own, so that set -e holds inside.
set +e
(set -e; build) >"$log" 2>&1
status=$?
if [ $status -ne 0 ]; then
    tail -n 20 "$log" >&2
    echo "unipong: building newlib failed; the whole log is in $log" >&2
    rm -f "$out/libc.a"
fi
exit $status
