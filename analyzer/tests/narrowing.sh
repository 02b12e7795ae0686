#!/bin/bash
# Observed call targets narrow the next analysis: what only other targets store to is marked, the sound result stays, and what was seen is kept.
# narrowing.sh SPILLSCOPE
set -u
spillscope=$(readlink -f "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0
expect() { # expect WHAT FOUND WANTED
    if [ "$2" = "$3" ]; then echo "ok   $1"; else printf 'FAIL %s: %s, wanted %s\n' "$1" "$2" "$3"; failures=$((failures + 1)); fi
}
cat >server.c <<'C'
struct operations { void (*write)(int); };
int by_disk, by_tape, by_both, always;
static void disk_write(int value) { by_disk = value; by_both = value; }
static void tape_write(int value) { by_tape = value; by_both = value; }
static const struct operations disk = {disk_write}, tape = {tape_write};
static const struct operations *const all[] = {&disk, &tape};
void server_write(int which, int value) {
    always = value;
    all[which & 1]->write(value);
}
void server_other(int which, int value) { all[which & 1]->write(value); }
C
printf '[{"directory": "%s", "command": "cc -c server.c", "file": "server.c"}]\n' "$work" >compile_commands.json
printf '[kernel]\nname = narrowing\nsource_root = .\n[entity server]\npath = server.c\n[transactions]\nentry = server_write\nentry = server_other\n' >server.manifest
analyze() { "$spillscope" analyze -p . --manifest server.manifest "$@" >out.txt 2>&1 || { cat out.txt; exit 1; }; }
pairs() { sqlite3 "$1" "SELECT group_concat(t.name || ' ' || s.key || ' ' || m.narrowed, ', ') FROM (SELECT * FROM may_modify ORDER BY txn_id, state_id) m JOIN txn t ON t.id = m.txn_id JOIN state s ON s.id = m.state_id"; }

analyze --db sound.db
expect 'nothing is narrowed by itself' "$(sqlite3 sound.db 'SELECT count(*), sum(narrowed) FROM may_modify')" '7|0'
cp sound.db seen.db
sqlite3 seen.db "UPDATE call_target SET observed = 1 WHERE function_id = (SELECT id FROM function WHERE name = 'disk_write') AND call_site_id IN
    (SELECT s.id FROM call_site s JOIN function f ON f.id = s.function_id WHERE f.name = 'server_write')"
analyze --db narrow.db --observed seen.db
expect 'what only the other target stores to is narrowed, at this site alone' \
    "$(sqlite3 narrow.db 'SELECT t.name, s.key FROM may_modify m JOIN txn t ON t.id = m.txn_id JOIN state s ON s.id = m.state_id WHERE m.narrowed')" 'server_write|by_tape'
expect 'the sound result stays' "$(sqlite3 narrow.db 'SELECT count(*) FROM may_modify')" 7
expect 'it is printed' "$(grep -c '^narrowed      1 pairs.*; 0 observations' out.txt)" 1
expect 'and told in JSON' "$("$spillscope" whitelist --db narrow.db --json | grep -o '"key":"by_tape"[^}]*"narrowed":true' | wc -l)" 1
expect 'what was seen is kept' "$(sqlite3 narrow.db 'SELECT count(*) FROM call_target WHERE observed')" 1
analyze --db again.db --observed narrow.db
expect 'for ever' "$(pairs again.db)" "$(pairs narrow.db)"
sqlite3 narrow.db "INSERT INTO call_target SELECT s.id, (SELECT id FROM function WHERE name = 'server_other'), 1 FROM call_site s JOIN function f ON f.id = s.function_id
    WHERE f.name = 'server_write'"
analyze --db open.db --observed narrow.db
expect 'a target that only a run has seen is kept' \
    "$(sqlite3 open.db "SELECT count(*) FROM call_target t JOIN function f ON f.id = t.function_id WHERE t.observed AND f.name = 'server_other'")" 1
sqlite3 narrow.db "UPDATE call_target SET observed = 1"
analyze --db wide.db --observed narrow.db
expect 'once every target was seen, nothing is left out' "$(sqlite3 wide.db 'SELECT sum(narrowed) FROM may_modify')" 0
sed -i 's/all\[which & 1\]->write(value);$/disk_write(value);/' server.c
sed -i 's/tape_write/belt_write/' server.c
analyze --db other.db --observed narrow.db
expect 'what the source does not have any more is counted' "$(grep -c '; [1-9][0-9]* observations are of other source' out.txt)" 1
"$spillscope" analyze -p . --manifest server.manifest --db none.db --observed nothing.db >out.txt 2>&1
expect 'no such database' "$?:$(grep -c nothing.db out.txt)" 2:1
printf '%s failed\n' "$failures"
[ "$failures" -eq 0 ]
