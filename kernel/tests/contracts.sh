#!/bin/sh
# contracts.sh SPILLSCOPE BUILD SCRATCH: the spillfree design passes its contracts, and a client that looks inside each opaque object does not.
set -eu
spillscope=$1
build=$2
scratch=$3
rm -rf "$scratch"
mkdir -p "$scratch"
"$spillscope" check --units-only -p "$build" --cache "$scratch/facts"
cat >"$scratch/planted.c" <<'C'
#include <api/device.h>
#include <api/file.h>
#include <api/queue.h>
#include <api/timer.h>
uint64_t planted(struct device *device, struct file *file, struct queue *queue, struct timer *timer);
uint64_t planted(struct device *device, struct file *file, struct queue *queue, struct timer *timer) {
    device->retries = 0;
    file->position = 7;
    timer->armed++;
    return queue->core != 0;
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
7:13: struct device.retries
8:11: struct file.position
9:12: struct timer.armed
10:19: struct queue.core
LINES
diff "$scratch/expected" "$scratch/found"
