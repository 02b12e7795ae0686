#!/bin/sh
# Checks the lines of run=bench: each is "bench: NAME SIZE OPERATIONS TICKS" with numbers above 0 for the latter two, and all
# outputs measure the same.
# usage: bench-lines.sh OUTPUT OUTPUT
for output in "$1" "$2"; do
    grep '^bench: ' "$output" | grep -v -e '^bench: done$' -e '^bench: [1-9][0-9]* ticks in a millisecond$' >"$output.lines"
    if grep -vE '^bench: [a-z_]+ [0-9]+ [1-9][0-9]* [1-9][0-9]*$' "$output.lines"; then
        echo "bench-lines.sh: $output: cannot read the lines above" >&2
        exit 1
    fi
    cut -d ' ' -f 2-4 "$output.lines" >"$output.measured"
done
[ "$(wc -l <"$1.measured")" -ge 20 ] && diff "$1.measured" "$2.measured"
