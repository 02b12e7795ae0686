#!/bin/sh
# contracts.sh SPILLSCOPE BUILD SCRATCH: the spillfree design passes its contracts. A client that looks inside opaque objects, copies an owner or forgets one
# does not, and neither does a service that may modify what the manifest does not declare.
set -eu
spillscope=$1
build=$2
scratch=$3
manifest=$(dirname "$0")/../spillfree.manifest
rm -rf "$scratch"
mkdir -p "$scratch"
"$spillscope" check -p "$build" --manifest "$manifest" --cache "$scratch/facts"

# Without the reason why a semaphore's state may change, each request that changes it is an error.
root=$(cd "$(dirname "$0")/../.." && pwd)
sed -e "s|^source_root = .*|source_root = $root|" -e 's|^\[declare \*struct semaphore_core\*\]|[declare nothing]|' "$manifest" >"$scratch/undeclared.manifest"
status=0
"$spillscope" check -p "$build" --manifest "$scratch/undeclared.manifest" --cache "$scratch/facts" >"$scratch/undeclared" || status=$?
test "$status" -eq 1
grep -q "error: 'semaphore_up' of 'semaphores' is spill-free, but may modify 'struct semaphore_core.value' \[spillscope-may-spill\]" "$scratch/undeclared"
cat >"$scratch/planted.c" <<'C'
#include <api/device.h>
#include <api/file.h>
#include <api/interrupt.h>
#include <api/queue.h>
#include <api/timer.h>
#include <state_db/soft_state.h>
uint64_t planted(struct device *device, struct file *file, struct queue *queue, struct timer *timer);
uint64_t planted(struct device *device, struct file *file, struct queue *queue, struct timer *timer) {
    device->retries = 0;
    file->position = 7;
    timer->armed++;
    return queue->core != 0;
}
void forget(void);
void forget(void) {
    struct queue queue = {0};
    (void)queue_create(&queue, 1);
}
void copy(struct timer *from);
void copy(struct timer *from) {
    struct timer second = *from;
    (void)timer_close(&second);
}
uint64_t planted_more(struct interrupt_line *line, struct soft_state *soft);
uint64_t planted_more(struct interrupt_line *line, struct soft_state *soft) {
    line->pending = 1;
    return soft->value;
}
C
# The planted unit is compiled as a client is.
/usr/bin/python3 - "$build/compile_commands.json" "$scratch" <<'P'
import json, sys
entry = next(each for each in json.load(open(sys.argv[1])) if each["file"].endswith("/clients/text.c"))
planted = sys.argv[2] + "/planted.c"
entry["command"] = entry["command"].replace(entry["file"], planted)
entry["file"] = planted
json.dump([entry], open(sys.argv[2] + "/compile_commands.json", "w"))
P
status=0
"$spillscope" check --units-only -p "$scratch" >"$scratch/output" || status=$?
test "$status" -eq 1
sed -n "s|.*planted.c:||; s|: error: field '\(.*\)' of opaque type '\(.*\)' is used.*\[spillscope-opaque-access\]|: \2.\1|p" "$scratch/output" | grep -v note >"$scratch/found"
cat >"$scratch/expected" <<'LINES'
9:13: struct device.retries
10:11: struct file.position
11:12: struct timer.armed
12:19: struct queue.core
26:11: struct interrupt_line.pending
27:18: struct soft_state.value
LINES
diff "$scratch/expected" "$scratch/found"
grep -q "planted.c:17:.*error: 'queue' is owned here and not released on every path out of its scope \[spillscope-unreleased\]" "$scratch/output"
grep -q "planted.c:21:.*error: copying an object of owned type 'struct timer' makes a second owner \[spillscope-second-owner\]" "$scratch/output"
