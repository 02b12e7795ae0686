#!/bin/bash
# limits.sh SPILLSCOPE SCRATCH: what the analysis lists only up to a limit says so: a pointer that leads to more places than are listed has one target "*" for
# the rest, and is counted and named. Prints each case that is wrong and exits 1.
spillscope=$1
scratch=$2
rm -rf "$scratch" && mkdir -p "$scratch" && cd "$scratch" || exit 1
failures=0
fail() { echo "FAIL $*"; failures=$((failures + 1)); }

analyse() { # COUNT: a program with a pointer that leads to COUNT types of objects
    rm -rf facts many.db
    {
        echo 'void *malloc(unsigned long); void *slot, *one;'
        for i in $(seq "$1"); do echo "struct t$i { int value; }; static void make$i(void) { struct t$i *t = malloc(sizeof *t); t->value = 1; slot = t; }"; done
        echo "void make(void) {"; seq -f "make%.0f();" "$1"; echo "one = slot; }"
    } >many.c
    printf '[{"directory":"%s","file":"many.c","arguments":["gcc","-c","many.c"]}]' "$PWD" >compile_commands.json
    "$spillscope" analyze -p . --db many.db --cache facts >many.out 2>many.err || fail "$1: $(cat many.err)"
}
rows() { sqlite3 many.db "SELECT count(*) FROM pointee WHERE key = 'slot' AND root $1"; }

analyse 40
[ "$(rows "LIKE 'struct t%'")" = 40 ] || fail "few: $(rows "LIKE 'struct t%'") targets are listed"
[ "$(rows "= '*'")" = 0 ] || fail "few: cut without need"
grep -q '^pointers' many.out && fail "few: said to be cut"
analyse 1100
[ "$(rows "LIKE 'struct t%'")" -ge 1000 ] || fail "many: only $(rows "LIKE 'struct t%'") targets are listed"
[ "$(rows "= '*'")" = 1 ] || fail "many: cut silently"
grep -q '^pointers  *2 lead to more places than are listed, first one' many.out || fail "many: $(grep pointers many.out)"
[ "$failures" -eq 0 ] && echo "limits: all as it should be"
[ "$failures" -eq 0 ]
