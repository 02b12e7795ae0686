#!/bin/sh
# Checks that two designs printed the same, but for their own name in the first line.
# usage: same-output.sh OUTPUT OUTPUT
tail -n +2 "$1" >"$1.compared" && tail -n +2 "$2" >"$2.compared" && [ -s "$1.compared" ] && diff "$1.compared" "$2.compared"
