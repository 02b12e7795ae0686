#!/bin/bash
# entries.sh SPILLSCOPE SCRATCH: which functions are found to be transactions, by what, and which deferred work is caused by which; with a manifest that
# names entities only, with one that names tables, and without any. Prints each case that is wrong and exits 1.
spillscope=$1
scratch=$2
rm -rf "$scratch" && mkdir -p "$scratch" && cd "$scratch" || exit 1
failures=0

cat >kernel.h <<'END'
#define SYSCALL_DEFINE1(name, type, argument) \
    long sys_##name(long); static inline long do_sys_##name(type argument); \
    long sys_##name(long value) { return do_sys_##name((type)value); } static inline long do_sys_##name(type argument)
struct device;
struct operations { int (*open)(struct device *); int (*close)(struct device *); };
struct device { const struct operations *operations; int uses; };
struct work_struct { unsigned long data; struct { void *next, *prev; } entry; void (*func)(struct work_struct *); };
struct workqueue_struct;
extern _Bool queue_work_on(int cpu, struct workqueue_struct *queue, struct work_struct *work);
extern int request_threaded_irq(unsigned irq, int (*handler)(int, void *), int (*thread)(int, void *), unsigned long flags, const char *name, void *device);
int device_register(struct device *device);
int device_open(void);
void log_count(void);
END
cat >core.c <<'END'
#include "kernel.h"
static struct device *registered;
int logged;
int device_register(struct device *device) { registered = device; return 0; }
int device_open(void) { return registered->operations->open(registered); }
SYSCALL_DEFINE1(nap, int, ticks) { logged = ticks; return 0; }
static int plain(void) { return ++logged; }
static int other(void) { return --logged; }
int (*const call_table[])(void) = {plain, other};
static int unused(struct device *device) { return device->uses; }
static const struct operations inner = {unused, 0};
int look(void) { return inner.close ? 1 : 0; }
END
cat >driver.c <<'END'
#include "kernel.h"
static int resets, interrupts;
static struct work_struct reset_work;
static void reset(struct work_struct *work) { resets++; work->data = 0; }
static int interrupt(int number, void *device) { interrupts++; queue_work_on(0, 0, &reset_work); return 1; }
static int driver_open(struct device *device) { device->uses++; log_count(); return request_threaded_irq(3, interrupt, 0, 0, "driver", device); }
static int driver_close(struct device *device) { device->uses--; return 0; }
static const struct operations driver_operations = {driver_open, driver_close};
static struct device driver = {&driver_operations, 0};
int driver_init(void) { reset_work.func = reset; return device_register(&driver); }
END
cat >log.c <<'END'
#include "kernel.h"
static int counted;
void log_count(void) { counted++; }
END
separator='['
for source in core.c driver.c log.c; do
    printf '%s{"directory":"%s","file":"%s","arguments":["gcc","-c","%s"]}' "$separator" "$scratch" "$source" "$source"
    separator=,
done >compile_commands.json
echo ']' >>compile_commands.json

expect() { # NAME MANIFEST LINE...: the transactions of the database, one "name found_by [caused_by]" a line, sorted
    local name=$1 manifest=$2
    shift 2
    rm -f "$name.db"
    "$spillscope" analyze -p . ${manifest:+--manifest "$manifest"} --db "$name.db" --cache facts >"$name.out" 2>"$name.err" ||
        { echo "FAIL $name: $(cat "$name.err")"; failures=$((failures + 1)); return; }
    sqlite3 "$name.db" "SELECT trim(t.name || ' ' || t.found_by || ' ' || coalesce(c.name, '')) FROM txn t LEFT JOIN txn c ON c.id = t.caused_by ORDER BY 1" >"$name.found"
    printf '%s\n' "$@" | sort >"$name.wanted"
    sort "$name.found" | diff "$name.wanted" - >"$name.diff" || { echo "FAIL $name:"; cat "$name.diff"; failures=$((failures + 1)); }
}

# Without a manifest: each file is an entity. Exported functions; through a pointer from another file; deferred; held by outside.
# `unused` is called from its own file, as far as can be seen: outside may have registered a device with that table.
expect none '' 'device_open linkage' 'device_register linkage' 'driver_close table' 'driver_init linkage' 'driver_open call' \
    'interrupt deferred device_open' 'log_count linkage' 'look linkage' 'other table' 'plain table' 'reset deferred interrupt' 'sys_nap syscall'

# What lets functions run later is told to the run-time side, models' functions too, where the program has them.
sqlite3 none.db "SELECT value FROM manifest WHERE section = 'thread_entry' AND key = 'call' AND line = 0 ORDER BY 1" >none.deferrals
printf '%s\n' 'queue_work_on 2.func' 'request_threaded_irq 1' 'request_threaded_irq 2' | diff - none.deferrals ||
    { echo "FAIL deferrals"; failures=$((failures + 1)); }

# Entities, no transactions: what crosses from one entity to another, system calls, and the same.
cat >entities.manifest <<'END'
[kernel]
name = entities
source_root = .
[entity core]
path = core.c
[entity driver]
path = driver.c
[entity log]
path = log.c
END
expect entities entities.manifest 'device_open linkage' 'device_register call' 'driver_close table' 'driver_init linkage' 'driver_open call' \
    'interrupt deferred device_open' 'log_count call' 'look linkage' 'other table' 'plain table' 'reset deferred interrupt' 'sys_nap syscall' 'unused table'

# Transactions that the manifest names, by function and by table: these and no others.
cat entities.manifest - >table.manifest <<'END'
[transactions]
entry = device_open open
table = call_table
END
expect table table.manifest 'device_open manifest' 'other table' 'plain table'
# A closed world. `store` has a model that stands for its body and is called in its own entity: no entry. `spin` calls only itself, `orphan` is called only by
# what nobody calls: outside calls them, and their whitelists must not be empty.
mkdir closed && cd closed || exit 1
cat >serve.c <<'END'
static int stored, spins, orphans;
void store(int *to, int value) { *to = value; }
int serve(int value) { store(&stored, value); return stored; }
int spin(int left) { spins++; return left ? spin(left - 1) : 0; }
int orphan(void) { return ++orphans; }
static int dead(void) { return orphan(); }
END
echo 'int serve(int); int ask(void) { return serve(1); }' >client.c
printf '[{"directory":"%s","file":"serve.c","arguments":["gcc","-c","serve.c"]},{"directory":"%s","file":"client.c","arguments":["gcc","-c","client.c"]}]' "$PWD" "$PWD" >compile_commands.json
echo 'store opaque writes *0' >own.model
printf '[kernel]\nname = closed\nsource_root = .\n[model]\nfile = own.model\n[entity serve]\npath = serve.c\n[entity client]\npath = client.c\nrole = client\n' >closed.manifest
expect closed closed.manifest 'orphan linkage' 'serve call' 'spin linkage'
sqlite3 closed.db "SELECT t.name || ' ' || s.key FROM may_modify m JOIN txn t ON t.id = m.txn_id JOIN state s ON s.id = m.state_id ORDER BY 1" >closed.states
printf '%s\n' 'orphan serve.c:orphans' 'serve serve.c:stored' 'spin serve.c:spins' | diff - closed.states || { echo "FAIL closed: states"; failures=$((failures + 1)); }
cd "$scratch" || exit 1

# What outside is handed, what another entity is handed for the length of a call, what assembly and the start of the program call; a dispatcher is the
# entry, not what it chooses from.
mkdir given && cd given || exit 1
cat >given.h <<'END'
struct file;
struct file_operations { long (*read)(struct file *); int (*open)(struct file *); };
struct file { const struct file_operations *f_op; void *private_data; };
struct visitor { void (*visit)(void *, int); void *context; };
extern int register_chrdev(unsigned major, const char *name, const struct file_operations *operations);
void walk(const struct visitor *visitor);
END
cat >device.c <<'END'
#include "given.h"
struct state { int opens; long reads; };
static struct state state;
static int registered, yields, faults, built;
static int device_open(struct file *file) { file->private_data = &state; return ++state.opens; }
static long device_read(struct file *file) { return ++((struct state *)file->private_data)->reads; }
static const struct file_operations operations = {.open = device_open, .read = device_read};
int device_init(void) { registered = register_chrdev(10, "device", &operations); return registered; }
static long bad(void) { return -38; }
static long yield(void) { return ++yields; }
static long (*const calls[8])(void) = {[0 ... 7] = bad, [3] = yield};
long enter(unsigned number) { return calls[number & 7](); }
static void __attribute__((used)) fault_entry(void) { faults++; }
static void __attribute__((constructor)) build(void) { built++; }
END
cat >walk.c <<'END'
#include "given.h"
static int walks;
void walk(const struct visitor *visitor) { walks++; visitor->visit(visitor->context, 1); }
END
cat >user.c <<'END'
#include "given.h"
static int last, visited;
static void visit(void *context, int value) { *(int *)context = value; visited++; }
void inspect(void) { struct visitor visitor = {visit, &last}; walk(&visitor); }
END
separator='['
for source in device.c walk.c user.c; do
    printf '%s{"directory":"%s","file":"%s","arguments":["gcc","-c","%s"]}' "$separator" "$PWD" "$source" "$source"
    separator=,
done >compile_commands.json
echo ']' >>compile_commands.json
expect given '' 'build linkage' 'device_init linkage' 'device_open table' 'device_read table' 'enter linkage' 'fault_entry linkage' 'inspect linkage' \
    'visit call' 'walk linkage'
sqlite3 given.db "SELECT t.name || ' ' || s.key FROM may_modify m JOIN txn t ON t.id = m.txn_id JOIN state s ON s.id = m.state_id
    WHERE t.name IN ('build', 'device_open', 'enter', 'fault_entry', 'inspect') ORDER BY 1" >given.states
printf '%s\n' 'build device.c:built' 'device_open device.c:state.opens' 'device_open struct file.private_data' 'enter device.c:yields' \
    'fault_entry device.c:faults' 'inspect user.c:last' 'inspect user.c:visited' 'inspect walk.c:walks' | diff - given.states ||
    { echo "FAIL given: states"; failures=$((failures + 1)); }
cd "$scratch" || exit 1

# A round of a loop, from line to line: named by its line, with the whitelist of the function that holds it.
cat entities.manifest - >line.manifest <<'END'
[transactions]
entry = log.c:3 counting
exit = log.c:3
END
expect line line.manifest 'log.c:3 manifest'
[ "$(sqlite3 line.db "SELECT t.common_name, s.key FROM txn t JOIN may_modify m ON m.txn_id = t.id JOIN state s ON s.id = m.state_id")" = 'counting|log.c:counted' ] ||
    { echo "FAIL line: whitelist"; failures=$((failures + 1)); }
refuse() { # PART LINES: analyze refuses these settings of [transactions] with a message that holds PART
    cat entities.manifest - <<<"[transactions]
$2" >refused.manifest
    "$spillscope" analyze -p . --manifest refused.manifest --db refused.db --cache facts >refused.out 2>&1 && { echo "FAIL: took $2"; failures=$((failures + 1)); }
    grep -qF "$1" refused.out || { echo "FAIL: $2: $(cat refused.out)"; failures=$((failures + 1)); }
}
# Static functions of one name are told apart by the file.
mkdir twins && cd twins || exit 1
separator='['
for source in one two; do
    printf 'static int count_%s;\n__attribute__((used)) static int step(void) { return ++count_%s; }\n' "$source" "$source" >"$source.c"
    printf '%s{"directory":"%s","file":"%s.c","arguments":["gcc","-c","%s.c"]}' "$separator" "$PWD" "$source" "$source"
    separator=,
done >compile_commands.json
echo ']' >>compile_commands.json
printf '[kernel]\nname = twins\nsource_root = .\n[entity all]\npath = .\n[transactions]\nentry = two.c:step\n' >twins.manifest
expect twins twins.manifest 'step manifest'
[ "$(sqlite3 twins.db 'SELECT group_concat(s.key) FROM may_modify m JOIN state s ON s.id = m.state_id')" = two.c:count_two ] ||
    { echo "FAIL twins: $(sqlite3 twins.db 'SELECT s.key FROM may_modify m JOIN state s ON s.id = m.state_id')"; failures=$((failures + 1)); }
sed -i 's/two.c:step/step/' twins.manifest
"$spillscope" analyze -p compile_commands.json --manifest twins.manifest --db refused.db 2>&1 |
    grep -qF 'several functions are called so, at one.c:2 and two.c:2; say which: one.c:step' ||
    { echo "FAIL twins: one of two functions was taken"; failures=$((failures + 1)); }
cd "$scratch" || exit 1

# Groups of consecutive transactions go to the run-time side, by any of a transaction's names.
cat table.manifest - >group.manifest <<'END'
[group device]
first = open
middle = other
last = plain
END
expect group group.manifest 'device_open manifest' 'other table' 'plain table'
[ "$(sqlite3 group.db "SELECT group_concat(g.name || ' ' || t.name || ' ' || g.place, ',') FROM (SELECT * FROM txn_group ORDER BY place) g JOIN txn t ON t.id = g.txn_id")" = \
    'device device_open first,device plain last,device other middle' ] || { echo "FAIL group: $(sqlite3 group.db 'SELECT * FROM txn_group')"; failures=$((failures + 1)); }
refuse '[group device] names close, which is no transaction' $'entry = device_open\n[group device]\nfirst = close'
refuse 'which no analysed source defines' 'entry = nowhere.c:3'
refuse 'which no analysed source defines' 'entry = core.c:driver_open'
refuse 'behind the entry that ends there' 'exit = log.c:3'
refuse 'expected FILE:LINE' $'entry = log_count\nexit = log_count'
refuse 'holds the transaction log_count already' $'entry = log_count\nentry = log.c:3'
refuse 'holds the transaction log.c:3 already' $'entry = log.c:3\nentry = log_count'
[ "$failures" -eq 0 ] && echo "entries: all as it should be"
[ "$failures" -eq 0 ]
