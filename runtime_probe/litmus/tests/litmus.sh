#!/bin/bash
# litmus.sh SPILLSCOPE KERNEL_BUILD_DIRECTORY SOURCE_ROOT: spilled states of the reference kernel with known harm are altered, and the harm is found; the
# run goes on where it was interrupted; and what cannot be tried says why.
set -u
spillscope=$1
kernel=$2
source_root=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work/tmp
mkdir "$TMPDIR"
export SPILLSCOPE_CONFIG=/dev/null
cd "$work" || exit 2
failures=0
fail() { printf 'FAIL %s\n' "$*"; failures=$((failures + 1)); }
ask() { sqlite3 spillful.db "$1"; }
qemu=(qemu-system-x86_64 -kernel "$kernel/spillful.elf" -m 256M -nographic -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4)
litmus() { "$spillscope" litmus --db spillful.db --elf "$kernel/spillful.elf" "$@" -- "${qemu[@]}" -append run=conformance; }
refused() { # refused CODE TEXT ARGUMENT...: litmus with these arguments ends so
    local code=$1 text=$2 output status
    shift 2
    output=$("$spillscope" litmus "$@" 2>&1)
    status=$?
    { [ "$status" -eq "$code" ] && grep -qF -- "$text" <<<"$output"; } || fail "litmus $*: exit $status, wanted $code with '$text': $output"
}

"$spillscope" analyze -p "$kernel/spillful" --manifest "$source_root/kernel/spillful.manifest" --db spillful.db >/dev/null || exit 2
"$spillscope" probe --db spillful.db --elf "$kernel/spillful.elf" --log /dev/null -- "${qemu[@]}" -append "run=workload rounds=1 seed=1" >/dev/null || exit 2

# What would be tried is said, and nothing of it done.
litmus --transaction sys_file_read --state 'struct open_file.*' --dry-run >planned 2>&1 || fail "litmus --dry-run: $(cat planned)"
grep -q '^reset  sys_file_read  struct open_file.position$' planned && grep -q '^perturb  sys_file_read  struct open_file.position$' planned || fail "the plan: $(cat planned)"
[ "$(ask "SELECT count(*) FROM run WHERE tool = 'litmus'")" -eq 0 ] || fail "--dry-run tries something"

# A file's position is what the next read depends on; how many bytes were ever read matters to nobody.
litmus --transaction sys_file_read --state 'struct open_file.*' >log 2>&1 || fail "litmus: $(cat log)"
grep -q "^run [0-9]*: $(tail -n 1 planned | cut -d ' ' -f 1) trials" log || fail "the plan names another number of trials: $(tail -n 1 planned) $(cat log)"
outcome() { ask "SELECT DISTINCT outcome FROM litmus l JOIN txn t ON t.id = l.txn_id WHERE t.name = '$1' AND key = '$2' AND action = '$3'"; }
harm=$(outcome sys_file_read 'struct open_file.position' reset)
[ "$harm" = error ] || fail "resetting the position of a file: '$harm', wanted error"
for action in reset perturb; do
    harm=$(outcome sys_file_read 'struct open_file.bytes_read' "$action")
    [ "$harm" = unharmed ] || fail "$action of a file's statistics: '$harm', wanted unharmed"
done
[ "$(ask "SELECT count(*) FROM litmus WHERE outcome = 'error' AND detail NOT LIKE 'FAIL %'")" -eq 0 ] || fail "an error without the line that told it"
[ "$(ask "SELECT count(*) FROM litmus WHERE execution < 1")" -eq 0 ] || fail "an outcome without its execution"
"$spillscope" explain 'struct open_file.position' --db spillful.db | grep -q 'litmus: reset: error' || fail "explain does not tell the harm"

# Known outcomes are not tried again, unless asked.
rows=$(ask "SELECT count(*) FROM litmus")
litmus --transaction sys_file_read --state 'struct open_file.*' | grep -q 'nothing to try' || fail "known outcomes were tried again"
litmus --transaction sys_file_read --state 'struct open_file.position' --reset --again >/dev/null || fail "--again"
[ "$(ask "SELECT count(*) FROM litmus")" -eq $((rows + 1)) ] || fail "--again made $(($(ask "SELECT count(*) FROM litmus") - rows)) rows, wanted 1"

# Interrupted: what is known is kept, nothing is left behind, and the same command goes on.
"$spillscope" litmus --db spillful.db --elf "$kernel/spillful.elf" --transaction 'sys_channel_[cr]*' --reset -j 2 -- "${qemu[@]}" -append run=conformance >log 2>&1 &
pid=$!
for _ in $(seq 600); do
    [ "$(ask "SELECT count(*) FROM litmus")" -gt $((rows + 1)) ] && break
    sleep 0.1
done
children=$(pgrep -P "$pid")
kill -TERM "$pid"
wait "$pid"
status=$?
[ "$status" -eq 2 ] || fail "interrupted: exit $status: $(cat log)"
for child in $children; do
    kill -0 "$child" 2>/dev/null && fail "a worker outlived the interruption"
done
[ "$(ask "SELECT status FROM run ORDER BY id DESC LIMIT 1")" = interrupted ] || fail "the interrupted run is not marked"
[ "$(ask "SELECT count(*) FROM litmus")" -gt $((rows + 1)) ] || fail "the interruption lost outcomes"
[ -z "$(ls "$TMPDIR")" ] || fail "the interruption left $(ls "$TMPDIR")"
"$spillscope" db check --db spillful.db >/dev/null || fail "db check after the interruption"

refused 2 "a QEMU command after --" --db spillful.db --elf "$kernel/spillful.elf"
refused 2 "cannot start" --db spillful.db --elf "$kernel/spillful.elf" --transaction sys_file_write -- no-such-qemu -kernel x
refused 2 "did not end within 1 s" --db spillful.db --elf "$kernel/spillful.elf" --transaction sys_file_write --timeout 1 -- qemu-system-x86_64 -nographic -m 16M
refused 3 "another kernel?" --db spillful.db --elf "$kernel/spillfree.elf" --transaction sys_file_write -- "${qemu[@]}"
[ "$failures" -eq 0 ]
