#!/bin/bash
# mutations_linux.sh SPILLSCOPE SOURCE: as mutations.sh, with System V IPC and POSIX message queues of Linux 6.1 (scripts/corpus linux-6.1 ipc fetches and configures it).
# The tree under build/corpora is edited in place, as one works in it; what was there is put back.
set -u
spillscope=$(readlink -f "$1")
source=$(readlink -f "$2")
here=$(dirname "$(readlink -f "$0")")
corpus=$source/build/corpora/linux-6.1
command -v python3 >/dev/null || { echo "skipped: no python3 (Debian: apt-get install python3)"; exit 77; }
# A run that was killed left its edits behind.
[ ! -e "$corpus/gate/pristine/ipc" ] || { rm -rf "$corpus/source/ipc" && mv "$corpus/gate/pristine/ipc" "$corpus/source/ipc"; }
rm -rf "$corpus/gate"
"$source/corpora/linux-6.1/configure" "$corpus" || { echo "FAIL the corpus cannot be configured"; exit 1; }
mkdir -p "$corpus/gate/pristine.new"
cp -a "$corpus/source/ipc" "$corpus/gate/pristine.new/"
mv "$corpus/gate/pristine.new" "$corpus/gate/pristine"
sed "s|^source_root = .*|source_root = $corpus/source|" "$source/corpora/linux-6.1/ipc.manifest" >"$corpus/gate/ipc.manifest"
gate() { "$here/mutations/run" "$spillscope" "$corpus/gate/pristine" "$corpus/source" "$corpus/gate" "$corpus/gate/ipc.manifest" "$corpus/compile_commands.json" ipc; }
gate
code=$?
[ -n "${MUTATION_SEEDS:-}" ] || MUTATION_SERIES=1 MUTATION_ALARMS=37 gate || code=1
rm -rf "$corpus/gate"
exit "$code"
