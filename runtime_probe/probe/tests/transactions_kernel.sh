#!/bin/bash
# transactions_kernel.sh SPILLSCOPE KERNEL_BUILD SOURCE: on the reference kernel, by the recorder beside the judge: an interrupt's handler and a round
# of a loop as transactions of their own; clients by an expression; a group from open to close. Probe and judge must tell the same, and the judge
# must find nothing against either. Prints what is wrong and exits 1.
spillscope=$1
build=$2
source=$3
failures=0
fail() { echo "FAIL: $*"; failures=$((failures + 1)); }
if ! command -v qemu-system-x86_64 >/dev/null; then
    echo "skipped: qemu-system-x86_64 is not installed"
    exit 77
fi
scratch=$(mktemp -d /tmp/spillscope-transactions-XXXXXX) || exit 1
trap 'rm -rf "$scratch"' EXIT

timers=kernel/spillful/timers/timers.c
expire=$(grep -n '^void timers_expire' "$source/$timers" | cut -d: -f1)
begin=$(awk -v from="$expire" 'NR > from && /timer->deadline > now/ { print NR; exit }' "$source/$timers")
end=$(awk -v from="$expire" 'NR > from && /wait_queue_wake_all/ { print NR; exit }' "$source/$timers")
[ -n "$begin" ] && [ -n "$end" ] || { fail "timers_expire looks otherwise: name another loop here"; exit 1; }
sed -e "s#^source_root = .*#source_root = $source#" -e '/^entry = sys_device_status/a\
entry = clock_interrupt\
entry = '"$timers:$begin"' expiry\
exit = '"$timers:$end"'\
client = cpus[cpu].current->id' "$source/kernel/spillful.manifest" >"$scratch/spillful.manifest"
cat >>"$scratch/spillful.manifest" <<'GROUP'
[group file]
first = file_open
middle = file_read
middle = file_write
middle = file_seek
last = file_close
GROUP
"$spillscope" analyze -p "$build/spillful/compile_commands.json" --manifest "$scratch/spillful.manifest" --db "$scratch/kernel.db" >"$scratch/out" 2>&1 ||
    { cat "$scratch/out"; fail "analyze"; exit 1; }
"$spillscope" probe --db "$scratch/kernel.db" --elf "$build/spillful.elf" --mode recorder --oracle --timeout 280 --log "$scratch/serial" -- \
    qemu-system-x86_64 -accel tcg,thread=single -kernel "$build/spillful.elf" -nographic -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 -m 64M -smp 1 -icount shift=4 \
    -append 'run=workload rounds=1 seed=1' >"$scratch/out" 2>&1 || { cat "$scratch/out"; fail "probe"; exit 1; }
grep -q 'not watched' "$scratch/out" && fail "not every place is watched: $(grep 'not watched' "$scratch/out")"
"$spillscope" oracle --db "$scratch/kernel.db" >"$scratch/verdict" || { cat "$scratch/verdict"; fail "the judge objects"; }

ask() { sqlite3 "$scratch/kernel.db" "$1"; }
of() { # TOOL: what both must tell alike, in order of the transactions' beginnings
    ask "SELECT o.sequence, t.common_name, o.status, coalesce(p.sequence, '-'), coalesce(c.sequence, '-') FROM observation o JOIN run r ON r.id = o.run_id JOIN txn t ON t.id = o.txn_id
         LEFT JOIN observation p ON p.id = o.parent_id LEFT JOIN observation c ON c.id = o.caused_by WHERE r.tool = '$1' ORDER BY o.sequence"
}
of probe >"$scratch/probe"
of oracle >"$scratch/judge"
cmp -s "$scratch/probe" "$scratch/judge" || { diff "$scratch/probe" "$scratch/judge" | head -5; fail "probe and judge saw different transactions"; }
seen() { ask "SELECT count(*) FROM observation o JOIN run r ON r.id = o.run_id AND r.tool = 'probe' JOIN txn t ON t.id = o.txn_id WHERE t.common_name = '$1' AND o.status = 'complete' $2"; }
for name in clock_interrupt expiry; do
    [ "$(seen "$name" '')" -ge 3 ] || fail "$name was seen $(seen "$name" '') times"
done
# An interrupt has no parent, whatever it interrupted; what it calls has.
[ "$(seen clock_interrupt 'AND parent_id IS NOT NULL')" = 0 ] || fail "an interrupt has a parent"
[ "$(ask "SELECT count(*) FROM observation o JOIN txn t ON t.id = o.txn_id AND t.common_name = 'expiry' LEFT JOIN observation p ON p.id = o.parent_id LEFT JOIN txn u ON
     u.id = p.txn_id WHERE coalesce(u.name, '') <> 'clock_interrupt'")" = 0 ] || fail "an expiry is not the clock's"
[ "$(ask "SELECT count(*) FROM observation o JOIN run r ON r.id = o.run_id AND r.tool = 'probe' WHERE o.client NOT GLOB 'id [0-9]*'")" = 0 ] || fail "a client is no task's id"
[ "$(ask "SELECT count(DISTINCT o.client) FROM observation o JOIN run r ON r.id = o.run_id AND r.tool = 'probe'")" -ge 3 ] || fail "fewer than three clients"
[ "$(ask "SELECT count(*) FROM change c JOIN observation o ON o.id = c.observation_id JOIN txn_group g ON g.txn_id = o.txn_id WHERE c.undone")" -gt 0 ] || fail "no group undid anything"
[ "$(ask "SELECT count(*) FROM change c JOIN observation o ON o.id = c.observation_id WHERE c.undone AND o.txn_id NOT IN (SELECT txn_id FROM txn_group)")" = 0 ] ||
    fail "something outside of the group is undone"
echo "seen: $(ask "SELECT group_concat(n, ', ') FROM (SELECT t.common_name || ' ' || count(*) AS n FROM observation o JOIN run r ON r.id = o.run_id AND r.tool = 'probe' JOIN txn t ON t.id = o.txn_id
    WHERE t.common_name IN ('clock_interrupt', 'expiry') GROUP BY t.id)"); undone changes: $(ask 'SELECT count(*) FROM change WHERE undone')"
[ "$failures" -eq 0 ] && echo "transactions of the kernel: all as it should be"
[ "$failures" -eq 0 ]
