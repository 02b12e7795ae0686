#!/bin/sh
# behaviour.sh SPILLSCOPE SCRATCH: what a user sees of `spillscope analyze` and `whitelist` beyond the idioms: equal results for any order and -j, witnesses,
# manifests, failed units, mistakes. Prints the first thing that is wrong and exits 1.
spillscope=$1
scratch=$2
rm -rf "$scratch" && mkdir -p "$scratch/src" && cd "$scratch" || exit 1

fail() {
    echo "behaviour: $1" >&2
    exit 1
}
expect_exit() { # CODE TEXT COMMAND...: exit code, and a text that standard error must hold
    code=$1
    text=$2
    shift 2
    "$@" >out 2>err
    got=$?
    [ $got -eq "$code" ] || fail "exit $got instead of $code: $* ($(cat err))"
    grep -q -- "$text" err || fail "no '$text' in: $(cat err)"
}
database() { # FILE SOURCE...
    out=$1
    shift
    separator='['
    for source; do
        printf '%s{"directory":"%s/src","file":"%s","arguments":["gcc","-c","%s"]}' "$separator" "$scratch" "$source" "$source"
        separator=,
    done >"$out"
    echo ']' >>"$out"
}

cat >src/server.h <<'END'
struct request { int code; };
struct operations { int (*handle)(struct request *); };
extern const struct operations operations;
int serve(struct request *request);
END
cat >src/server.c <<'END'
#include "server.h"
static int handled;
static int handle(struct request *request) { request->code = 0; return ++handled; }
const struct operations operations = {handle};
int serve(struct request *request) { return operations.handle(request); }
END
cat >src/client.c <<'END'
#include "server.h"
struct request mine;
int sent;
int send(void) { sent++; return serve(&mine); }
END
cat >src/broken.c <<'END'
int whole;
void part(void) { whole = missing; }
END
cat >two.manifest <<'END'
[kernel]
name = two
source_root = src
[entity server]
path = server.c
[entity client]
path = client.c
role = client
[transactions]
entry = serve request
END

# The same result for any order of units and any number of workers.
mkdir forth back
database forth/compile_commands.json server.c client.c
database back/compile_commands.json client.c server.c
"$spillscope" analyze -p forth -j 1 --db forth.db --cache forth/facts >/dev/null || fail "analyze of two units"
"$spillscope" analyze -p back -j 2 --db back.db --cache back/facts >/dev/null || fail "analyze in the other order"
"$spillscope" whitelist --db forth.db --json >forth.json || fail "whitelist --json"
"$spillscope" whitelist --db back.db --json >back.json || fail "whitelist --json"
cmp forth.json back.json || fail "the order of units or -j changes the whitelist"
grep -q '"name":"serve"' forth.json || fail "no transaction serve"

# A manifest: entities, aliases, a closed world in which the client's object is known.
"$spillscope" analyze -p forth --manifest two.manifest --db two.db --cache forth/facts >/dev/null || fail "analyze with a manifest"
"$spillscope" whitelist --db two.db --transaction request >text || fail "a transaction by its alias"
for line in 'server: serve' '    mine.code' '    server.c:handled' '        serve  server.c:5  entry' \
    '        serve  server.c:5  calls handle through struct operations.handle, which server.c:4 puts there' '        handle  server.c:3  stores to server.c:handled'; do
    grep -qxF "$line" text || fail "no line '$line' in: $(cat text)"
done
grep -q 'sent' text && fail "the client's counter is in the server's whitelist"
expect_exit 2 'no transaction is named nobody' "$spillscope" whitelist --db two.db --transaction nobody

# Transactions found in the source: system calls, one for all calling conventions, plain arrays of functions, what a dispatcher calls.
mkdir found
cat >src/found.c <<'END'
struct regs { unsigned long first; };
#define SYSCALL_DEFINE1(name, type, argument) \
    static long __do_sys_##name(type argument); \
    long __x64_sys_##name(const struct regs *regs); \
    long __x64_sys_##name(const struct regs *regs) { return __do_sys_##name((type)regs->first); } \
    long __ia32_sys_##name(const struct regs *regs); \
    long __ia32_sys_##name(const struct regs *regs) { return __do_sys_##name((type)(unsigned)regs->first); } \
    static long __do_sys_##name(type argument)
int level, opened, closed, dispatched, plain;
SYSCALL_DEFINE1(setlevel, int, value) { level = value; return 0; }
static long on_open(int value) { return opened = value; }
static long on_close(int value) { return closed = value; }
static long (*const handlers[])(int) = {on_open, on_close};
struct table { long (*call)(int); };
static long in_table(int value) { return plain = value; }
const struct table table = {in_table};
long do_work(int value) { return dispatched = value; }
void count(void) { plain++; }
long dispatch(int number, int value) { count(); return number ? do_work(value) : handlers[value & 1](value); }
END
database found/compile_commands.json found.c
found() { # LINES OF [transactions]: names of the transactions
    printf '[kernel]\nname = found\nsource_root = src\n[entity found]\npath = found.c\n[transactions]\n%s\n' "$1" >found.manifest
    rm -f found.db*
    "$spillscope" analyze -p found --manifest found.manifest --db found.db --cache found/facts >/dev/null || fail "analyze with '$1'"
    "$spillscope" whitelist --db found.db | sed -n 's/^found: //p' | tr '\n' ' '
}
[ "$(found 'find = syscalls')" = '__x64_sys_setlevel ' ] || fail "find = syscalls gives $(found 'find = syscalls')"
"$spillscope" whitelist --db found.db --transaction setlevel | grep -qxF '    level' || fail "the system call's common name, or its state, is missing"
"$spillscope" whitelist --db found.db --transaction __ia32_sys_setlevel >/dev/null || fail "a visible entry is no alias of the system call"
[ "$(found 'find = arrays')" = 'on_close on_open ' ] || fail "find = arrays gives $(found 'find = arrays')"
[ "$(found 'dispatch = dispatch do_*')" = 'do_work ' ] || fail "dispatch gives $(found 'dispatch = dispatch do_*')"
expect_exit 2 'found.manifest:7: .*not luck' sh -c "sed 's/^dispatch = .*/find = luck/' found.manifest >luck && mv luck found.manifest && '$spillscope' analyze -p found --manifest found.manifest --db luck.db --cache found/facts"

# A unit that fails is named, and makes the result incomplete; the others are analysed.
mkdir partly
database partly/compile_commands.json broken.c client.c server.c
expect_exit 3 'broken.c:2' "$spillscope" analyze -p partly --db partly.db --cache partly/facts
expect_exit 3 'incomplete' "$spillscope" whitelist --db partly.db --json
"$spillscope" whitelist --db partly.db --json 2>/dev/null | grep -q '"complete":false' || fail "an incomplete result says that it is complete"
"$spillscope" whitelist --db partly.db --transaction send 2>/dev/null | grep -q 'sent' || fail "a failed unit takes others with it"

# Mistakes.
sed 's/entry = serve.*/entry = absent/' two.manifest >absent.manifest
expect_exit 2 'absent.manifest:10: .*absent' "$spillscope" analyze -p forth --manifest absent.manifest --db absent.db --cache forth/facts
expect_exit 2 'compile_commands.json' "$spillscope" analyze -p "$scratch/nowhere" --db nowhere.db
expect_exit 2 'needed' "$spillscope" analyze --db nowhere.db
mkdir models
echo 'serve dances 1' >models/wrong.model
expect_exit 2 'wrong.model:1' "$spillscope" analyze -p forth --models models --db models.db --cache forth/facts
echo "behaviour: all as it should be"
