#!/bin/bash
# merge.sh SPILLSCOPE FIXTURE_LOAD FIXTURES: two probes of one analysis joined; what the joined database says is what both say together; other analyses
# are refused with the difference, and nothing is left behind.
set -u
spillscope=$1
load=$2
fixtures=$3
if ! command -v sqlite3 >/dev/null; then
    echo "skipped: no sqlite3"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SPILLSCOPE_CONFIG=/dev/null
cd "$work" || exit 2
failures=0
fail() { printf 'FAILED: %s\n' "$*"; failures=$((failures + 1)); }
refused() { # refused CODE TEXT INPUT...: and no output is left
    local code=$1 text=$2 output status
    shift 2
    output=$("$spillscope" merge refused.db "$@" 2>&1)
    status=$?
    { [ "$status" -eq "$code" ] && grep -qF -- "$text" <<<"$output"; } || fail "merge $*: exit $status, wanted $code with '$text': $output"
    [ -z "$(find . -name 'refused.db*')" ] || fail "merge $*: left $(find . -name 'refused.db*')"
    rm -f refused.db*
}
shard() { cp one.db "$1.db" && sqlite3 "$1.db" "PRAGMA foreign_keys = ON; $2"; }

"$load" one.db "$fixtures/small.sql" || exit 2
sqlite3 one.db "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
[ "$(sqlite3 one.db 'SELECT count(*) FROM run')" -ge 1 ] || fail "the fixture has no run"
# The same state, met at run time, has different numbers in the two; the observations point at each other.
shard left "INSERT INTO state (id, key, root, path, root_kind, origin) VALUES (9000, 'late', 'late', '', 'global', 'probe');
    INSERT INTO change SELECT max(id) + 1, observation_id, 9000, 'late', 'modified', '0', '1', 4, 'primary', 'own', 'server', owner_entity, 1, 0 FROM change;"
shard right "INSERT INTO state (id, key, root, path, root_kind, origin) VALUES (9000, 'other', 'other', '', 'global', 'probe'), (9001, 'late', 'late', '', 'global', 'probe');
    INSERT INTO change SELECT max(id) + 1, observation_id, 9001, 'late', 'modified', '0', '1', 4, 'primary', 'own', 'server', owner_entity, 1, 0 FROM change;
    INSERT INTO run SELECT id + 1000, 'oracle', 'recorder', started, ended, status, message, elf, build_id, command, cpus, seed, id FROM run ORDER BY id LIMIT 1;
    UPDATE observation SET parent_id = (SELECT min(id) FROM observation), caused_by = (SELECT min(id) FROM observation) WHERE id = (SELECT max(id) FROM observation);
    UPDATE declaration SET used = used + 7;
    INSERT INTO suppression VALUES ('0123', 'a reason', 'somebody', NULL);"
"$spillscope" merge both.db left.db right.db >log 2>&1 || fail "merge: $(cat log)"
"$spillscope" db check --db both.db >log 2>&1 || fail "db check: $(cat log)"
ask() { sqlite3 "$1.db" "$2"; }
for table in run observation change truth truth_function unmapped litmus; do
    [ "$(ask both "SELECT count(*) FROM $table")" -eq $(($(ask left "SELECT count(*) FROM $table") + $(ask right "SELECT count(*) FROM $table"))) ] || fail "rows of $table"
done
for table in txn state_key may_modify witness_call witness_place declaration; do
    query="SELECT count(*) FROM $table"
    [ "$table" != state_key ] || query="SELECT count(*) FROM state WHERE origin = 'analyzer'"
    [ "$(ask both "$query")" -eq "$(ask left "$query")" ] || fail "rows of $table"
done
[ "$(ask both "SELECT count(*) FROM state WHERE key IN ('late', 'other')")" -eq 2 ] || fail "states met at run time are not joined by key"
[ "$(ask both "SELECT count(*) FROM change WHERE state_id = (SELECT id FROM state WHERE key = 'late')")" -eq 2 ] || fail "changes of the late state"
# The spills of both are the sum of each.
sum="SELECT key, transaction_name, kind, attribution, sum(observed), sum(bytes) FROM (SELECT * FROM v_spill UNION ALL SELECT * FROM other.v_spill) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
cmp -s <(ask both "SELECT key, transaction_name, kind, attribution, sum(observed), sum(bytes) FROM v_spill GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4") \
    <(ask left "ATTACH 'right.db' AS other; $sum") || fail "v_spill is not the sum of both"
[ "$(ask both "SELECT count(*) FROM run r JOIN run p ON p.id = r.paired_id WHERE r.tool = 'oracle' AND p.id > (SELECT max(id) FROM run WHERE id < r.id AND tool = 'probe') - 1")" -ge 1 ] ||
    fail "the oracle's run lost its partner"
[ "$(ask both "SELECT count(*) FROM observation o JOIN observation p ON p.id = o.parent_id WHERE o.run_id <> p.run_id")" -eq 0 ] || fail "a parent is in another run"
ask both "SELECT json_group_array(sequence) FROM (SELECT p.sequence FROM observation o JOIN observation p ON p.id = o.caused_by WHERE o.run_id = (SELECT max(run_id) FROM observation))" | grep -q '[0-9]' ||
    fail "caused_by of the second input is lost"
[ "$(ask both 'SELECT min(used) FROM declaration')" = "$(ask right 'SELECT min(used) FROM declaration')" ] || fail "declaration.used"
[ "$(ask both "SELECT count(*) FROM suppression WHERE fingerprint = '0123'")" -eq 1 ] || fail "suppression"
# Deterministic, and inputs stay as they were.
before=$(sha256sum left.db right.db)
"$spillscope" merge again.db left.db right.db >/dev/null 2>&1 || fail "the second merge"
cmp both.db again.db || fail "two merges differ"
[ "$before" = "$(sha256sum left.db right.db)" ] || fail "an input changed"
"$spillscope" merge three.db left.db right.db one.db >/dev/null 2>&1 || fail "three inputs"
[ "$(ask three 'SELECT count(*) FROM run')" -eq $(($(ask both 'SELECT count(*) FROM run') + $(ask one 'SELECT count(*) FROM run'))) ] || fail "runs of three inputs"

shard narrower "DELETE FROM may_modify WHERE id = (SELECT max(id) FROM may_modify)"
refused 3 'narrower.db is of another analysis: table may_modify differs: it lacks [' left.db narrower.db
refused 3 'left.db is of another analysis: table may_modify differs: only it has [' narrower.db left.db
shard elsewhere "UPDATE meta SET value = 'other' WHERE key = (SELECT min(key) FROM meta)"
refused 3 'elsewhere.db is of another analysis: table meta differs' left.db elsewhere.db
shard opinion "INSERT INTO suppression VALUES ('0123', 'another reason', 'somebody', NULL)"
refused 3 'table suppression differs: it has ["0123","another reason"' right.db opinion.db
refused 2 'are the same file' left.db ./left.db
refused 2 'cannot open database nowhere.db' left.db nowhere.db
echo text >text.db
refused 2 'text.db' left.db text.db
refused 2 'at least two databases' left.db
"$spillscope" merge both.db left.db right.db >log 2>&1
{ [ $? -eq 2 ] && grep -q 'both.db exists already' log && "$spillscope" db check --db both.db >/dev/null; } || fail "an existing output: $(cat log)"
[ "$failures" -eq 0 ] && echo "merge: joined and refused as documented"
[ "$failures" -eq 0 ]
