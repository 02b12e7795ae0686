#!/bin/sh
# may_modify.sh SPILLSCOPE SCRATCH SOURCE... : analyses the sources as one program and prints, for each transaction, "NAME:", one line
# a state that it may modify ("KEY", with the flags of the whitelist), one line an unknown, and "end". With MANIFEST set, that manifest is used; with SET_LIMIT set, points-to sets
# larger than that are given up.
set -e
spillscope=$1
scratch=$2
shift 2
rm -rf "$scratch" && mkdir -p "$scratch"
separator='['
for source; do
    printf '%s{"directory":"%s","file":"%s","arguments":["gcc","-std=gnu17","-O2",%s"-c","%s"]}' "$separator" "$(dirname "$source")" "$source" "${FLAGS:+\"$FLAGS\",}" "$source"
    separator=,
done >"$scratch/compile_commands.json"
echo ']' >>"$scratch/compile_commands.json"
"$spillscope" analyze -p "$scratch" --cache "$scratch/facts" --db "$scratch/db" ${MANIFEST:+--manifest "$MANIFEST"} ${SET_LIMIT:+--set-limit "$SET_LIMIT"} >"$scratch/summary"
"$spillscope" whitelist --db "$scratch/db" >"$scratch/whitelist"
awk '/^        / { next }
     /^    / { sub(/^    /, ""); sub(/ +[^ ]*:[0-9]+$/, "", $0); print; next }
     /^$/ { next }
     { if (name) print "end"; name = $NF; print name ":" }
     END { if (name) print "end" }' "$scratch/whitelist"
