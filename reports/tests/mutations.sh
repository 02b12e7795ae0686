#!/bin/bash
# mutations.sh SPILLSCOPE SOURCE COMMANDS: the reference kernel's conventional design, analysed and gated after each of many edits at random places; the verdict
# of each is known by how it is made (mutations/mutate.py), and committed in mutations/expected. Then a history of such commits, one on top of the other (mutations/series).
set -u
spillscope=$(readlink -f "$1")
source=$(readlink -f "$2")
commands=$3
here=$(dirname "$(readlink -f "$0")")
command -v python3 >/dev/null || { echo "skipped: no python3 (Debian: apt-get install python3)"; exit 77; }
[ -s "$commands" ] || { echo "skipped: no $commands: the kernel is not built"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/pristine/analyzer" "$work/tree"
cp -r "$source/kernel" "$work/pristine/"
cp -r "$source/analyzer/contracts" "$work/pristine/analyzer/"
# The tree always lies at one place, as a checkout does: facts of units that did not change are used again.
sed -e "s|$source/|$work/tree/|g" -e "s|\"directory\": \"[^\"]*\"|\"directory\": \"$work\"|" "$commands" >"$work/commands.json"
sed "s|^source_root = .*|source_root = $work/tree|" "$source/kernel/spillful.manifest" >"$work/spillful.manifest"
cp -r "$work/pristine/." "$work/tree/"
"$here/mutations/run" "$spillscope" "$work/pristine" "$work/tree" "$work" "$work/spillful.manifest" "$work/commands.json" || exit 1
[ -n "${MUTATION_SEEDS:-}" ] || MUTATION_SERIES=1 "$here/mutations/run" "$spillscope" "$work/pristine" "$work/tree" "$work" "$work/spillful.manifest" "$work/commands.json"
