#!/bin/bash
# witness.sh SPILLSCOPE SPILLSCOPE_FACTS KERNEL_BUILD_DIRECTORY SOURCE_ROOT WORK_DIRECTORY: the evidence of every pair of both designs (witness.py).
set -euo pipefail
spillscope=$1 facts=$2 kernel=$3 source_root=$4 work=$5
here=$(dirname "$(readlink -f "$0")")
rm -rf "$work"
mkdir -p "$work"
for design in spillful spillfree; do
    "$spillscope" analyze -p "$kernel/$design" --manifest "$source_root/kernel/$design.manifest" --db "$work/$design.db" --cache "$work/$design.facts" >/dev/null
    echo "$design:"
    /usr/bin/python3 "$here/witness.py" "$spillscope" "$facts" "$work/$design.db" "$work/$design.facts" "$source_root"
done
