#!/bin/bash
# Whether each entity of spillfree is a cell: one object file, in which exactly those symbols are global that its list of exports names, and which needs
# nothing but what other cells export, the base has, or clients give it to call.
# usage: cells.sh KERNEL_FOLDER BUILD_OF_SPILLFREE
set -euo pipefail
kernel=$1 build=$2
failures=0 count=0
complain() { printf 'FAIL %s\n' "$*"; failures=$((failures + 1)); }
exported() { sed 's/#.*//; /^[[:space:]]*$/d' "$@" | sort; }

entities=$(sed -n 's|^path = kernel/spillfree/\([^/]*\)/$|\1|p' "$kernel/spillfree.manifest" | sort -u)
for entity in $entities; do
    exports=$kernel/spillfree/$entity/exports cell=$build/cells/$entity.o
    if [ ! -f "$exports" ] || [ ! -f "$cell" ]; then
        complain "$entity: no list of exports, or no object file"
        continue
    fi
    count=$((count + 1))
    if ! difference=$(diff <(exported "$exports") <(nm --defined-only -g "$cell" | awk '{ print $3 }' | sort)); then
        complain "$entity: the exports (<) are not what is global (>):"
        grep '^[<>]' <<<"$difference"
    fi
done
# Each name is exported once, and somebody uses it: another cell, a client, or the base.
twice=$(exported "$kernel"/spillfree/*/exports | uniq -d)
[ -z "$twice" ] || complain "exported by several: $twice"
wanted=$(find "$build" -name '*.o' -not -path '*/parts_*' -print0 | xargs -0 nm -u | awk 'NF == 2 && $1 == "U" { print $2 }' | sort -u)
unused=$(comm -23 <(exported "$kernel"/spillfree/*/exports) <(printf '%s\n' "$wanted"))
[ -z "$unused" ] || complain "exported for nobody: $unused"
[ "$count" -gt 0 ] || complain "no cells"
echo "cells: $count, $failures wrong"
[ "$failures" -eq 0 ]
