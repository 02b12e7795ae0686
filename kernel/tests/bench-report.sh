#!/bin/sh
# Runs the benchmark with small counts and checks the JSON that it leaves.
# usage: bench-report.sh RUN KERNELS OUTPUT
rm -f "$3"
"$1" --kernels "$2" --runs 1 --operations 2 --mappings 16 -o "$3" && /usr/bin/python3 - "$3" <<'PYTHON'
import json
import sys

report = json.load(open(sys.argv[1]))
assert report["schema_version"] == 1 and report["machine"], report
names = [ratio["name"] for ratio in report["ratios"]]
assert len(set(names)) == len(names), names
for needed in ("null_call", "context_switch", "create_task", "memory_map", "channel_round_trip", "page_map.worst_of_all_sizes", "page_remap.worst_of_all_sizes",
               "page_unmap.worst_of_all_sizes", "queue_removal_of_64", "create_task_and_removal_from_64_queues", "heap_threadtest_checked_against_unsafe",
               "heap_shbench_checked_against_unsafe"):
    assert f"{needed}.instructions" in names and f"{needed}.time" in names, (needed, names)
for ratio in report["ratios"]:
    assert ratio["value"] > 0 and ratio["bar"] > 0 and ratio["better"] in ("lower", "higher") and ratio["runs"] == 1, ratio
PYTHON
