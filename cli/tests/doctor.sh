#!/bin/bash
# doctor.sh SPILLSCOPE: a sound installation passes; each thing that is broken is named, with what mends it.
set -u
spillscope=$1
work=$(mktemp -d)
stub=
trap 'rm -rf "$work"; [ -z "$stub" ] || kill "$stub" 2>/dev/null' EXIT
failures=0
expect() { # expect CODE PATTERN COMMAND...
    local code=$1 pattern=$2 output status
    shift 2
    output=$("$@" 2>&1)
    status=$?
    if [ "$status" -ne "$code" ] || ! grep -qE -- "$pattern" <<<"$output"; then
        printf 'FAILED: %s\n  exit %s, wanted %s; output lacks /%s/:\n%s\n' "$*" "$status" "$code" "$pattern" "$output"
        failures=$((failures + 1))
    fi
}
cd "$work" || exit 2
export SPILLSCOPE_CONFIG=/dev/null
printf 'struct thing { int a; } thing;\nint main(void) { return thing.a++; }\n' >program.c
gcc -g -Wl,--build-id program.c -o program && gcc -s program.c -o stripped || exit 2
expect 0 '^ok +qemu +QEMU' "$spillscope" doctor
expect 0 '^ok +frontend' "$spillscope" doctor
expect 0 '^ok +elf build-id +build-id [0-9a-f]{40}' "$spillscope" doctor --elf program
expect 2 '^PROBLEM +elf .*stripped.*debug information' "$spillscope" doctor --elf stripped
expect 2 '^PROBLEM +elf .*/nonexistent' "$spillscope" doctor --elf /nonexistent
expect 2 '^PROBLEM +database .*program' "$spillscope" doctor --db program
expect 2 '^PROBLEM +frontend .*fails on a small file' env SPILLSCOPE_FACTS=/bin/false "$spillscope" doctor
expect 2 '^PROBLEM +frontend .*/nonexistent' env SPILLSCOPE_FACTS=/nonexistent "$spillscope" doctor
expect 2 '^PROBLEM +recorder .*SPILLSCOPE_RECORDER_PLUGIN' env SPILLSCOPE_RECORDER_PLUGIN=/nonexistent "$spillscope" doctor
expect 2 '^PROBLEM +qemu .*apt-get install qemu-system-x86' env PATH=/nonexistent "$spillscope" doctor
expect 0 '^note +dot .*apt-get install graphviz' env SPILLSCOPE_DOT=/nonexistent "$spillscope" doctor
expect 2 '^PROBLEM +configuration .*:1' env SPILLSCOPE_CONFIG=<(echo nonsense) "$spillscope" doctor
expect 2 '"problems":1' env SPILLSCOPE_RECORDER_PLUGIN=/nonexistent "$spillscope" doctor --json
expect 2 '^PROBLEM +stub .*nobody' "$spillscope" doctor --gdb "unix:$work/nobody"
timeout 60 qemu-system-x86_64 -S -display none -gdb "unix:$work/stub,server=on,wait=off" 2>"$work/qemu.log" &
stub=$!
for _ in $(seq 50); do [ -S "$work/stub" ] && break; sleep 0.1; done
expect 0 '^ok +stub .*describes [1-9][0-9]* registers' "$spillscope" doctor --gdb "unix:$work/stub"
[ "$failures" -eq 0 ] && echo "doctor: every fault is named"
[ "$failures" -eq 0 ]
