#!/bin/bash
# dry_run.sh SPILLSCOPE FIXTURE_LOAD FIXTURES: every verb that writes a database, removes something or starts a guest has --dry-run: it says what would be done,
# refuses what would be refused, leaves each file as it was and none behind, and what it says comes true without it.
set -u
spillscope=$(readlink -f "$1")
load=$2
fixtures=$3
if ! command -v sqlite3 >/dev/null; then
    echo "skipped: no sqlite3"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/temporary" "$work/place"
cd "$work/place" || exit 2
export SPILLSCOPE_CONFIG=/dev/null TMPDIR=$work/temporary
unset SPILLSCOPE_DB
failures=0
tried=
fail() { printf 'FAILED: %s\n' "$*"; failures=$((failures + 1)); }
state() { find . -type f -exec sha256sum {} + | sort; }
dry() { # dry CODE PATTERN VERB...
    local code=$1 pattern=$2 verb=$3 output status
    shift 2
    tried="$tried $verb"
    state >"$work/before"
    output=$(timeout 60 "$spillscope" "$@" 2>&1 </dev/null)
    status=$?
    { [ "$status" -eq "$code" ] && grep -qE -- "$pattern" <<<"$output"; } || fail "$*: exit $status, wanted $code with /$pattern/: $output"
    state | cmp -s "$work/before" - || fail "$* changes files: $(state | diff "$work/before" -)"
    [ -z "$(ls -A "$TMPDIR")" ] || fail "$*: left $(ls -A "$TMPDIR")"
}
real() { # real PATTERN VERB...
    local pattern=$1 output
    shift
    output=$(timeout 60 "$spillscope" "$@" 2>&1 </dev/null) || fail "$*: exit $?: $output"
    grep -qE -- "$pattern" <<<"$output" || fail "$*: no /$pattern/: $output"
}
"$load" base.db "$fixtures/small.sql" && "$load" head.db "$fixtures/small.sql" "$fixtures/spill_added.sql" "$fixtures/spill_seen.sql" || exit 2
fingerprint=$("$spillscope" gate --db head.db --baseline base.db --json | sed -n 's/^"new":\[{"fingerprint":"\([0-9a-f]*\)".*/\1/p')
short=${fingerprint:0:10}
"$spillscope" spills --db head.db --json | grep -q "\"fingerprint\":\"$fingerprint\"" || fail "spills --json does not name $fingerprint"

# suppress: into a database, into a policy, and what is no finding.
dry 0 "^would accept $fingerprint in head.db" suppress "$short" --db head.db --owner me --reason why --dry-run
dry 0 "^would accept $fingerprint in policy" suppress "$short" --db head.db --policy policy --owner me --reason why --dry-run
dry 2 'no undeclared finding' suppress 0123456789 --db head.db --owner me --reason why --dry-run
dry 2 '6 to 32 digits' suppress none --policy policy --owner me --reason why --dry-run
printf 'budget 9 file.c' >policy # its last line has no end
real "^accepted $fingerprint in policy" suppress "$short" --db head.db --policy policy --owner me --reason why
[ "$(cat policy)" = "budget 9 file.c
suppress $fingerprint me never why" ] || fail "the policy: $(cat policy)"
dry 2 "policy:2: there is a rule for $fingerprint already" suppress "$short" --db head.db --policy policy --owner you --reason more --dry-run
dry 2 "policy:2: there is a rule for $fingerprint already" suppress "$short" --db head.db --policy policy --owner you --reason more

# regroup, merge.
printf '[entity files]\npath = file.c\n[entity rest]\npath = task.c\npath = timer.c\n' >manifest
regrouped='2 entities, [0-9]+ transactions; [0-9]+ of the analysis are internal'
dry 0 "^base.db: would hold $regrouped then" regroup --db base.db --manifest manifest --dry-run
dry 0 "^new.db: would hold $regrouped then" regroup --db base.db --manifest manifest -o new.db --dry-run
dry 2 'head.db exists already' regroup --db base.db --manifest manifest -o head.db --dry-run
printf '[entity none]\npath = nowhere\n' >nowhere.manifest
dry 2 'nowhere.manifest:2: .*covers no file' regroup --db base.db --manifest nowhere.manifest --dry-run
said=$("$spillscope" regroup --db base.db --manifest manifest --dry-run | sed 's/would hold //; s/ then$/ now/')
[ "$said" = "$("$spillscope" regroup --db base.db --manifest manifest)" ] || fail "regroup --dry-run says otherwise: $said"
cp base.db twin.db
dry 0 '^all.db: 2 databases would be joined: [0-9]+ runs' merge all.db base.db twin.db --dry-run
dry 2 'head.db exists already' merge head.db base.db twin.db --dry-run
dry 3 'head.db is of another analysis' merge all.db base.db head.db --dry-run
said=$("$spillscope" merge all.db base.db twin.db --dry-run | sed 's/would be joined/joined/')
[ "$said" = "$("$spillscope" merge all.db base.db twin.db)" ] || fail "merge --dry-run says otherwise: $said"

# db migrate: an older schema. Its witnesses and unknowns are tables of another shape.
cp base.db old.db
version=7
sqlite3 old.db "DROP TABLE may_modify; DROP TABLE witness_call; DROP TABLE witness_place; DROP TABLE txn_unknown; DROP TABLE unknown;
    CREATE TABLE may_modify (id INTEGER PRIMARY KEY, txn_id INTEGER NOT NULL, state_id INTEGER NOT NULL, phase TEXT NOT NULL, by_unknown INTEGER NOT NULL DEFAULT 0,
        narrowed INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE witness (may_modify_id, step, function, file, line, why);
    CREATE TABLE unknown (id INTEGER PRIMARY KEY, txn_id, cause, detail, function, file, line);
    PRAGMA user_version = 6" # older than this: store/tests/test_migration.c
dry 0 "^old.db would go from schema version $((version - 1)) to $version; the old one would be kept as old.db.v$((version - 1)).bak" db migrate --db old.db --dry-run
dry 0 "\"schema\":$((version - 1)),\"backup\":\"old.db.v$((version - 1)).bak\"" db migrate --db old.db --dry-run --json
dry 0 'is of schema version [0-9]+ already' db migrate --db base.db --dry-run
real "kept as old.db.v$((version - 1)).bak" db migrate --db old.db
[ -s "old.db.v$((version - 1)).bak" ] || fail "no backup"

# analyze, cache; probe and oracle: database and ELF are read, nothing is started.
mkdir src
cat >src/server.c <<'C'
struct table { int calls; } table;
int server_call(void) { return ++table.calls; }
int main(void) { return server_call(); }
C
printf '[{"directory":"%s","file":"src/server.c","arguments":["clang","-c","src/server.c"]}]\n' "$PWD" >compile_commands.json
dry 0 '1 units would be analysed into server.db, 1 of them parsed' analyze -p . --db server.db --dry-run
real '1 ok' analyze -p . --db server.db
dry 0 '; without those of 1, ' cache clear -p . --dry-run
dry 0 '"files":0,.*"removed":1,' cache clear -p . --dry-run --json
dry 0 'facts of 1 compile commands, [0-9.]+ MB$' cache prune -p . --dry-run
gcc -g -Wl,--build-id src/server.c -o kernel.elf || exit 2
dry 0 '^[1-9][0-9]* transactions of server.db have code in kernel.elf and would be watched \(by stops\)' probe --db server.db --elf kernel.elf --dry-run -- true 'two words'
dry 0 "^command: 'true' 'two words'" probe --db server.db --elf kernel.elf --dry-run -- true 'two words'
dry 0 'would be watched \(by a plugin that stops nothing\)' probe --recorder --db server.db --elf kernel.elf --dry-run -- true
dry 0 '^stub: :1' probe --db server.db --elf kernel.elf --dry-run --gdb :1
dry 2 'there is no program "no-such-qemu"' probe --db server.db --elf kernel.elf --dry-run -- no-such-qemu
dry 2 'has no run of the probe' probe --resume --db server.db --elf kernel.elf --dry-run -- true
dry 2 'policy' probe --db server.db --elf policy --dry-run -- true
dry 0 "^command: 'true'" oracle --db server.db --elf kernel.elf --run --dry-run -- true
dry 0 '^would judge the log recorded' oracle --db server.db --elf kernel.elf --log recorded --dry-run
dry 2 'no program' oracle --db server.db --elf kernel.elf --run --dry-run -- no-such-qemu
dry 2 'goes with --run or --log' oracle --db server.db --dry-run
dry 0 'nothing to try|0 trials' litmus --db server.db --elf kernel.elf --dry-run -- true

# No verb has the option and no case here; none that changes something lacks it.
for verb in $("$spillscope" help | sed -n 's/^  \([a-z]\{2,\}\) .*/\1/p'); do
    [ "$verb" != spillscope ] || continue
    offered=$("$spillscope" help "$verb" | grep -c -- '^      --dry-run ')
    case " $tried " in *" $verb "*) wanted=1 ;; *) wanted=0 ;; esac
    [ "$offered" -eq "$wanted" ] || fail "$verb: --dry-run is offered $offered time(s), tried: $wanted"
done
[ "$failures" -eq 0 ] && echo "dry run:$(tr ' ' '\n' <<<"$tried" | sort -u | tr '\n' ' ')change nothing"
[ "$failures" -eq 0 ]
