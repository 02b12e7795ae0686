#!/bin/sh
# Boots a kernel under QEMU and checks how it ends.
# usage: boot.sh ELF OUTPUT CODE LAST_LINE COMMAND_LINE [QEMU_ARGUMENT...]
#   OUTPUT     gets what the kernel printed, without the firmware's part
#   CODE       what the kernel reports through isa-debug-exit (0: success)
#   LAST_LINE  the last line that it must have printed; a shell pattern
elf=$1 output=$2 code=$3 last_line=$4 command_line=$5
shift 5
timeout 110 qemu-system-x86_64 -kernel "$elf" -nographic -no-reboot -m 256M \
    -device isa-debug-exit,iobase=0xf4,iosize=4 -append "$command_line" "$@" </dev/null >"$output.raw" 2>&1
status=$?
rm -f "${output%.txt}.ram" # where a test maps the guest's memory, QEMU leaves the file
tr -d '\r' <"$output.raw" | sed -n '/ kernel, [0-9]* MiB/,$p' | sed '1s/.*ROM\.*//' >"$output"
if [ "$status" -ne $((code * 2 + 1)) ]; then
    echo "boot.sh: QEMU ended with $status instead of $((code * 2 + 1)) (124: it took too long)" >&2
    tail -n 40 "$output.raw" >&2
    exit 1
fi
case $(tail -n 1 "$output") in
$last_line)
    cat "$output"
    exit 0
    ;;
*)
    echo "boot.sh: the last line is not '$last_line':" >&2
    tail -n 40 "$output" >&2
    exit 1
    ;;
esac
