#!/bin/bash
# regroup.sh SPILLSCOPE: one analysis, grouped anew in its database, says what a new analysis with that manifest says; grouping back gives the first
# result; what runs saw follows; whatever is refused changes nothing.
set -u
spillscope=$1
if ! command -v sqlite3 >/dev/null; then
    echo "skipped: no sqlite3"
    exit 77
fi
if ! "$spillscope" help analyze >/dev/null 2>&1; then
    echo "skipped: this build has no analyze"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SPILLSCOPE_CONFIG=/dev/null
cd "$work" || exit 2
failures=0
fail() { printf 'FAILED: %s\n' "$*"; failures=$((failures + 1)); }
ask() { sqlite3 "$1.db" "$2"; }

# A desk calls a shelf, by name and through a pointer; both keep a journal. Nobody calls desk_put and desk_get: they are for others. shelf_count is
# called from its own directory only, and from itself. shelf_sweep stands in an array, as a table of commands does.
mkdir -p tree/desk tree/shelf tree/journal tree/include
cat >tree/include/all.h <<'C'
int journal_note(int what);
int shelf_put(int value);
int shelf_count(int more);
int shelf_sweep(int what);
struct shelf_operations { int (*take)(int place); };
extern const struct shelf_operations shelf_operations;
extern int journal_length;
static inline int journal_twice(int what) { return journal_note(what) + journal_note(what); }
C
cat >tree/desk/desk.c <<'C'
#include "all.h"
static int served;
struct session { int user; int uses; } session;
int desk_put(int value) { served++; session.uses++; return shelf_put(value); }
int desk_get(int place) { session.user = place; return shelf_operations.take(place); }
C
cat >tree/shelf/shelf.c <<'C'
#include "all.h"
static int places[8];
static int used;
static int take(int place) { used--; journal_twice(place); return places[place & 7]; }
const struct shelf_operations shelf_operations = {take};
int shelf_put(int value) { places[used++ & 7] = value; return journal_note(shelf_count(1)); }
C
cat >tree/shelf/count.c <<'C'
#include "all.h"
static int count;
int shelf_count(int more) { count += more; return more > 1 ? shelf_count(more - 1) : count; }
int shelf_sweep(int what) { count = 0; return what; }
int (*const shelf_commands[])(int) = {shelf_sweep};
int shelf_all(int what) { return shelf_sweep(what) + shelf_commands[0](what); }
C
cat >tree/journal/journal.c <<'C'
#include "all.h"
int journal_length;
int journal_note(int what) { journal_length += what; return journal_length; }
C
separator='['
for file in desk/desk.c shelf/shelf.c shelf/count.c journal/journal.c; do
    printf '%s{"directory":"%s","file":"%s","arguments":["clang","-c","-Iinclude","%s"]}\n' "$separator" "$work/tree" "$file" "$file"
    separator=','
done >tree/compile_commands.json
echo ']' >>tree/compile_commands.json

# manifest NAME "ENTITY PATH... [role=ROLE]"...
manifest() {
    local name=$1 line
    shift
    {
        printf '[kernel]\nname = small\n'
        for line in "$@"; do
            set -- $line
            printf '[entity %s]\n' "$1"
            shift
            for line in "$@"; do
                case $line in role=*) printf 'role = %s\n' "${line#role=}" ;; *) printf 'path = %s\n' "$line" ;; esac
            done
        done
    } >"tree/$name.manifest"
}
manifest parts 'desk desk' 'shelf shelf/' 'journal journal include'
manifest files 'desk desk/desk.c' 'shelf shelf/shelf.c' 'count shelf/count.c' 'journal journal/journal.c'
manifest pair 'front desk shelf' 'journal journal'
manifest whole 'everything desk shelf journal include'
manifest nested 'front desk shelf include' 'count shelf/count.c' 'journal journal role=base'
manifest clients 'desk desk role=client' 'shelf shelf journal'
names='parts files pair whole nested clients'

shown() { # shown DB: what readers of the static result get to see; ids differ, for some were taken away
    "$spillscope" whitelist --json --db "$1.db" || fail "whitelist of $1: $?"
    "$spillscope" gate --mode static --format json --db "$1.db" --baseline nothing.db 2>&1 | sed "s/\"$1\.db\"/\"DB\"/"
    [ "${PIPESTATUS[0]}" -eq 1 ] || fail "gate of $1: nothing is found"
}
analyse() { # analyse NAME [ARGUMENT...]
    local name=$1
    shift
    "$spillscope" analyze -p tree --db "$name.db" "$@" >log 2>&1 || fail "analyze $name: $(cat log)"
    shown "$name" >"$name.json"
}
same() { cmp -s "$1" "$2" || fail "$3: $(diff "$1" "$2" | head -20)"; }
# Findings are shown as new ones against this: a program that spills nothing.
mkdir nothing && echo 'int nothing_at_all(int value) { return value; }' >nothing/nothing.c
echo "[{\"directory\":\"$work/nothing\",\"file\":\"nothing.c\",\"arguments\":[\"clang\",\"-c\",\"nothing.c\"]}]" >nothing/compile_commands.json
"$spillscope" analyze -p nothing --db nothing.db >log 2>&1 || fail "analyze nothing: $(cat log)"

for name in $names; do
    analyse "$name" --manifest "tree/$name.manifest"
done
for name in pair nested; do
    ! cmp -s files.json "$name.json" || fail "this test compares nothing: $name is as files"
done

# Whatever the finest grouping becomes, and on from there without going back first.
cp files.db moved.db
for name in $names pair files; do
    "$spillscope" regroup --db files.db --manifest "tree/$name.manifest" -o copy.db >log 2>&1 || fail "regroup to $name: $(cat log)"
    shown copy >copy.json
    same "$name.json" copy.json "files grouped as $name"
    "$spillscope" db check --db copy.db >log 2>&1 || fail "$(cat log)"
    rm -f copy.db
    "$spillscope" regroup --db moved.db --manifest "tree/$name.manifest" >log 2>&1 || fail "regroup on to $name: $(cat log)"
    shown moved >moved.json
    same "$name.json" moved.json "grouped on to $name"
done
shown files >again.json
same files.json again.json "regroup -o changed its input"
[ "$(ask moved "SELECT group_concat(DISTINCT origin) FROM entity")" = regroup ] || fail "origin: $(ask moved 'SELECT * FROM entity')"

# Without a manifest each file is an entity, every external function an entry, and whoever is outside may call what a pointer leads to: those stay.
analyse bare
list() { ask "$1" "SELECT e.name || ' ' || t.name FROM txn t JOIN entity e ON e.id = t.entity_id ORDER BY 1" | paste -sd,; }
"$spillscope" regroup --db bare.db --manifest tree/pair.manifest >log 2>&1 || fail "regroup of bare: $(cat log)"
[ "$(list bare)" = "front desk_get,front desk_put,front shelf_all,front shelf_sweep,front take,journal journal_note" ] || fail "bare as pair: $(list bare)"
[ "$(list pair)" = "front desk_get,front desk_put,front shelf_all,journal journal_note" ] || fail "pair: $(list pair)"

# Finer than analysed: what only the parts are entered by has no whitelist; that is said, and it is not clean.
"$spillscope" regroup --db whole.db --manifest tree/files.manifest -o finer.db >log 2>&1
[ $? -eq 3 ] && grep -q '4 entries' log || fail "finer: $(cat log)"
[ "$(list finer)" = "$(list files)" ] || fail "finer: $(list finer), not $(list files)"
[ "$(ask finer "SELECT group_concat(name) FROM (SELECT name FROM txn WHERE NOT expanded ORDER BY name)")" = journal_note,shelf_count,shelf_put,take ] || fail "finer expands"
"$spillscope" regroup --db finer.db --manifest tree/whole.manifest >log 2>&1 || fail "finer and back: $(cat log)"
shown finer >finer.json
same whole.json finer.json "finer and back"

# A run: in desk_put shelf_put, in that shelf_count, in that journal_note; and journal_note once more, as work that shelf_put queued.
state() { ask files "SELECT id FROM state WHERE key = '$1'"; }
txn() { ask files "SELECT id FROM txn WHERE name = '$1'"; }
entity() { ask files "SELECT id FROM entity WHERE name = '$1'"; }
cp files.db run.db
sqlite3 run.db "PRAGMA foreign_keys = ON;
    INSERT INTO run (id, tool, mode, started, ended, status, elf) VALUES (1, 'probe', 'ram', '2026-01-01T00:00:00Z', '2026-01-01T00:00:09Z', 'complete', 'small.elf');
    INSERT INTO observation (id, run_id, txn_id, sequence, cpu, parent_id, caused_by, status, result) VALUES (1, 1, $(txn desk_put), 0, 0, NULL, NULL, 'complete', 0),
      (2, 1, $(txn shelf_put), 1, 0, 1, NULL, 'complete', 0), (3, 1, $(txn shelf_count), 2, 0, 2, NULL, 'complete', 0),
      (4, 1, $(txn journal_note), 3, 0, 3, NULL, 'complete', 0), (5, 1, $(txn journal_note), 4, 0, NULL, 2, 'complete', 0);
    INSERT INTO change (observation_id, state_id, instance, effect, old_value, new_value, bytes, kind, attribution, owner, owner_entity, whitelisted) VALUES
      (1, $(state desk/desk.c:served), 'served', 'modified', '0', '1', 4, 'primary', 'own', 'server', $(entity desk), 1),
      (1, $(state shelf/shelf.c:used), 'used', 'modified', '0', '1', 4, 'secondary', 'own', 'server', $(entity shelf), 1),
      (1, $(state journal_length), 'journal_length', 'modified', '0', '1', 4, 'secondary', 'own', 'server', $(entity journal), 1),
      (2, $(state shelf/shelf.c:used), 'used', 'modified', '0', '1', 4, 'primary', 'own', 'server', $(entity shelf), 1),
      (3, $(state shelf/count.c:count), 'count', 'modified', NULL, 'it''s \"7\"', 4, 'primary', 'own', 'server', $(entity count), 1),
      (4, $(state journal_length), 'journal_length', 'modified', '0', '1', 4, 'primary', 'own', 'server', $(entity journal), 1);
    INSERT INTO truth VALUES (1, $(txn shelf_put), 'shelf/shelf.c:used', 1, 0, 1, 0, 'server', 'shelf_put', 'shelf/shelf.c', 6, -9223372036854775807)" || exit 2
seen() { # everything of the runs that a regrouping may touch, by names
    ask "$1" "SELECT 'observation', o.id, t.name, coalesce(o.parent_id, '-'), coalesce(o.caused_by, '-') FROM observation o JOIN txn t ON t.id = o.txn_id ORDER BY o.id"
    ask "$1" "SELECT 'change', c.observation_id, s.key, quote(c.old_value), quote(c.new_value), c.kind, c.owner, e.name FROM change c JOIN state s ON s.id = c.state_id
        LEFT JOIN entity e ON e.id = c.owner_entity ORDER BY c.id"
    ask "$1" "SELECT 'truth', t.name, u.key, u.pc FROM truth u JOIN txn t ON t.id = u.txn_id ORDER BY 2, 3"
}
seen run >run.seen
"$spillscope" regroup --db run.db --manifest tree/pair.manifest >log 2>&1 || fail "regroup of a run: $(cat log)"
cat >wanted.seen <<'T'
observation|1|desk_put|-|-
observation|4|journal_note|1|-
observation|5|journal_note|-|1
change|1|desk/desk.c:served|'0'|'1'|primary|server|front
change|1|shelf/shelf.c:used|'0'|'1'|primary|server|front
change|1|journal_length|'0'|'1'|secondary|server|journal
change|4|journal_length|'0'|'1'|primary|server|journal
T
seen run >pair.seen
same wanted.seen pair.seen "a run as pair"
"$spillscope" db check --db run.db >log 2>&1 || fail "$(cat log)"
"$spillscope" spills --json --db run.db >pair.spills || fail "spills of a regrouped run: $?"
grep -q '"state":"shelf/shelf.c:used".*"kind":"primary"' pair.spills || fail "spills: $(cat pair.spills)"
# desk_put is of a client there, thus no transaction, but nothing holds what was seen of it: it stays, and its own state is the client's.
"$spillscope" regroup --db run.db --manifest tree/clients.manifest >log 2>&1 || fail "a run as clients: $(cat log)"
grep -q '^1 transactions look internal and stay' log || fail "a run as clients: $(cat log)"
seen run | grep -q "change|1|desk/desk.c:served|'0'|'1'|primary|client|desk" || fail "a run as clients: $(seen run)"
"$spillscope" regroup --db run.db --manifest tree/files.manifest >log 2>&1 || fail "a run as files: $(cat log)"
seen run >back.seen
same run.seen back.seen "a run grouped back"
# What a run saw entered from nowhere is an entry, whatever the calls say.
ask run "UPDATE observation SET parent_id = NULL WHERE id = 3"
"$spillscope" regroup --db run.db --manifest tree/pair.manifest >log 2>&1 || fail "$(cat log)"
[ "$(list run)" = "front desk_get,front desk_put,front shelf_all,front shelf_count,journal journal_note" ] || fail "entered: $(list run)"

# What is refused changes nothing.
refused() { # refused CODE TEXT DB MANIFEST [ARGUMENT...]
    local code=$1 text=$2 database=$3 manifest=$4 output status
    shift 4
    [ -e "$database" ] && sqlite3 "$database" .dump >before.sql
    output=$("$spillscope" regroup --db "$database" --manifest "$manifest" "$@" 2>&1)
    status=$?
    { [ "$status" -eq "$code" ] && grep -qF -- "$text" <<<"$output"; } || fail "regroup $database $manifest: exit $status, wanted $code with '$text': $output"
    [ ! -e "$database" ] || { sqlite3 "$database" .dump | cmp -s - before.sql; } || fail "regroup $database $manifest: changed the database"
    [ -z "$(find . -name 'refused.db*')" ] || fail "regroup: left $(find . -name 'refused.db*')"
}
manifest typing 'desk desk' 'shelf shelv'
printf '[entity desk]\npath = desk\nrole = king\n' >tree/role.manifest
printf '[entitty desk]\npath = desk\n' >tree/section.manifest
printf '[kernel]\nname = small\n' >tree/none.manifest
refused 2 "tree/typing.manifest:6: entity shelf: path shelv covers no file that was analysed" run.db tree/typing.manifest
refused 2 "covers no file" run.db tree/typing.manifest -o refused.db
refused 2 'tree/role.manifest:3: role "king"' run.db tree/role.manifest
refused 2 "tree/section.manifest:1: unknown section [entitty]" run.db tree/section.manifest
refused 2 "no [entity NAME] section" run.db tree/none.manifest
refused 2 "cannot open manifest tree/absent.manifest" run.db tree/absent.manifest
refused 2 "cannot open database absent.db" absent.db tree/pair.manifest
[ ! -e absent.db ] || fail "absent.db was made"
refused 2 "exists already" run.db tree/pair.manifest -o files.db
refused 2 "would make a server of desk/desk.c" clients.db tree/files.manifest
cp run.db empty.db && ask empty "DELETE FROM change; DELETE FROM observation; DELETE FROM truth; DELETE FROM run; DELETE FROM may_modify; DELETE FROM witness_call;
    DELETE FROM closure; DELETE FROM txn_unknown; DELETE FROM txn"
refused 3 "empty.db holds no analysis" empty.db tree/pair.manifest -o refused.db
cp files.db old.db && ask old "INSERT INTO meta VALUES ('calls', 'not recorded')"
refused 3 "did not record calls" old.db tree/pair.manifest

[ "$failures" -eq 0 ] && echo "all passed"
exit "$failures"
