#!/bin/bash
# incremental.sh SPILLSCOPE SCRATCH: one database, byte for byte, whatever way it came about: any -j, any order of units, facts from the cache or
# new, after an edit or from nothing, spread by GNU parallel or ninja. And an edit costs what it touches. Prints the first thing that is wrong.
set -euo pipefail
spillscope=$1
scratch=$2
rm -rf "$scratch"
mkdir -p "$scratch/src"
cd "$scratch"
fail() { echo "incremental: $1" >&2; exit 1; }

cat >src/shared.h <<'END'
struct item { struct item *next; int value; };
struct operations { void (*put)(struct item *); };
extern const struct operations *chosen;
extern struct item *head;
void put_all(void);
END
for number in 0 1 2 3 4; do
    cat >src/unit$number.c <<END
#include "shared.h"
static int count$number;
static struct item own$number;
static void put$number(struct item *item) { item->value = ++count$number; item->next = head; head = item; }
const struct operations operations$number = {put$number};
void use$number(void) { chosen = &operations$number; chosen->put(&own$number); }
END
done
cat >src/main.c <<'END'
#include "shared.h"
const struct operations *chosen;
struct item *head;
void put_all(void) { for (struct item *item = head; item; item = item->next) chosen->put(item); }
END
echo 'int alone; void set_alone(int value) { alone = value; }' >src/alone.c
units=(alone main unit0 unit1 unit2 unit3 unit4)

database() { # DIRECTORY UNIT...: a compile database in this order
    local directory=$1 separator='['
    shift
    mkdir -p "$directory"
    for unit; do
        printf '%s{"directory":"%s/src","file":"%s.c","arguments":["gcc","-c","%s.c"]}' "$separator" "$scratch" "$unit" "$unit"
        separator=,
    done >"$directory/compile_commands.json"
    echo ']' >>"$directory/compile_commands.json"
}
analyze() { # NAME DIRECTORY CACHE OPTION...
    local name=$1 directory=$2 cache=$3
    shift 3
    rm -f "$name.db"*
    "$spillscope" analyze -p "$directory" --db "$name.db" --cache "$cache" "$@" >/dev/null 2>"$name.err" || fail "analyze for $name: $(cat "$name.err")"
    sqlite3 "$name.db" .dump >"$name.sql"
    rm -f "$name.db"*
}
same() { cmp -s "$1.sql" "$2.sql" || fail "$3: $(diff "$1.sql" "$2.sql" | head -4)"; }
written() { find "$1" -name '*.facts' -newer "$2" | wc -l; } # facts files made since

database forth "${units[@]}"
database back $(printf '%s\n' "${units[@]}" | tac)
analyze first forth facts-first -j 1
grep -q put_all first.sql || fail "no function put_all in the database"
analyze order back facts-order -j 1
same first order "another order of units changes the database"
analyze jobs back facts-jobs -j 4
same first jobs "-j changes the database"
touch mark
analyze again forth facts-first -j 3
same first again "facts from the cache change the database"
[ "$(written facts-first mark)" = 0 ] || fail "unchanged units are parsed again"

# An edit of one file: that unit is parsed, and the result is that of a run from nothing.
cp src/unit2.c unit2.before
sed -i 's/^static int count2;/static int count2; int extra2;/; s/^void use2(void) {/& extra2 = 1;/' src/unit2.c
touch mark
analyze edited forth facts-first
[ "$(written facts-first mark)" = 1 ] || fail "an edit of one file makes $(written facts-first mark) facts files"
grep -q extra2 edited.sql || fail "the edit does not show"
analyze whole forth facts-whole
same whole edited "full and incremental runs differ"

# An edit of a header: who includes it is parsed.
sed -i 's/int value; };/int value; int more; };/' src/shared.h
touch mark
analyze header forth facts-first
[ "$(written facts-first mark)" = 6 ] || fail "an edit of a header makes $(written facts-first mark) facts files instead of 6"
analyze header-whole forth facts-header
same header-whole header "full and incremental runs differ after an edit of a header"

# And back.
sed -i 's/ int more; };/ };/' src/shared.h
cp unit2.before src/unit2.c
analyze undone forth facts-first
same first undone "undoing an edit does not undo its results"

# A unit that goes away leaves nothing behind.
database fewer alone main unit0 unit1 unit2 unit3
analyze fewer fewer facts-first
grep -q count4 fewer.sql && fail "a unit that is gone still shows"
analyze fewer-whole fewer facts-fewer
same fewer-whole fewer "full and incremental runs differ after a unit went"

# Each unit is one pure command: existing engines run them.
"$spillscope" analyze -p forth --cache facts-parallel --emit commands >commands
[ "$(wc -l <commands)" = 7 ] || fail "--emit commands writes $(wc -l <commands) lines for 7 units"
shuf commands | parallel --will-cite -j 3 || fail "a command fails under GNU parallel"
[ -z "$("$spillscope" analyze -p forth --cache facts-parallel --emit commands)" ] || fail "facts made by GNU parallel are not taken"
touch mark
analyze parallel forth facts-parallel
[ "$(written facts-parallel mark)" = 0 ] || fail "units are parsed again after GNU parallel"
same first parallel "GNU parallel changes the database"
for unit in facts-parallel/*.facts; do
    cmp -s "$unit" "facts-first/$(basename "$unit")" || fail "$unit differs from what analyze makes itself"
done

"$spillscope" analyze -p forth --cache facts-ninja --db ninja.db --emit ninja >build.ninja
ninja >ninja.out || fail "ninja: $(tail -n 3 ninja.out)"
sqlite3 ninja.db .dump >ninja.sql
same first ninja "ninja changes the database"
ninja -n | grep -q 'no work to do' || fail "ninja is not done after it ran"
status=0
"$spillscope" analyze -p forth --emit make >/dev/null 2>emit.err || status=$?
[ "$status" = 2 ] && grep -q 'ninja or commands' emit.err || fail "--emit make: exit $status, $(cat emit.err)"
echo "incremental: all as it should be"
