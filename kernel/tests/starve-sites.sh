#!/bin/bash
# Whether an allocation has failed at each place in the code that allocates. Those that requests reach have failed in run=starve, whose output says
# where; those that only a start reaches fail here, one boot each, and must end in a panic that names memory.
# Functions that the design has no use for are named, and nothing may call or jump to them.
# usage: starve-sites.sh ELF OUTPUT_OF_RUN_STARVE [UNUSED_FUNCTION...]
set -euo pipefail
elf=$1 output=$2
shift 2
unused_names=" $* "
base=$((0xffffffff80000000))
code=$(objdump -d "$elf")
sites=$(awk '
    /^[0-9a-f]+ <.*>:$/ { function_name = substr($2, 2, length($2) - 3) }
    calls { print $1, caller; calls = 0 }
    /call .*<(kmalloc|page_allocate|range_allocate)>$/ { calls = 1; caller = function_name }' <<<"$code" | tr -d :)
reached=0 at_start=0 unused=0 failures=0
[ -n "$sites" ] || { echo "starve-sites: $elf allocates nowhere" >&2; exit 1; }
while read -r address name; do
    if grep -q "^starve: site $address$" "$output"; then
        reached=$((reached + 1))
        continue
    fi
    told=
    for run in starve bench; do
        status=0
        told=$(set +o pipefail; timeout 60 qemu-system-x86_64 -kernel "$elf" -nographic -no-reboot -m 1G -smp 2 -device isa-debug-exit,iobase=0xf4,iosize=4 \
            -append "run=$run rounds=1 mappings=1 starve_site=$((0x$address - base))" </dev/null 2>&1 | tr -d '\r' | grep -ao 'panic: .*memory') || status=$?
        [ "$status" -ne 0 ] || break
    done
    if [ "$status" -eq 0 ]; then
        printf 'at start: %s in %s: %s\n' "$address" "$name" "$told"
        at_start=$((at_start + 1))
    elif [[ $unused_names == *" $name "* ]] && ! grep -qE "[[:space:]](call|jmp|mov) .*(<$name>|0x$(sed -n "s/^\([0-9a-f]*\) <$name>:\$/\1/p" <<<"$code"))" <<<"$code"; then
        printf 'no code of this design comes here: %s in %s\n' "$address" "$name"
        unused=$((unused + 1))
    else
        printf 'FAIL %s in %s: no allocation has failed there\n' "$address" "$name"
        failures=$((failures + 1))
    fi
done <<<"$sites"
echo "starve-sites: $((reached + at_start + unused + failures)) places allocate; failed in requests: $reached, at start: $at_start, unused code: $unused, never: $failures"
[ "$failures" -eq 0 ]
