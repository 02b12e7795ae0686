#!/bin/sh
# Builds spillfree at another level of optimisation and lets its clients fault, and be killed.
# usage: unwind-level.sh PROJECT BUILD LEVEL GENERATOR COMPILER
project=$1 build=$2 level=$3 generator=$4 compiler=$5
cmake -G "$generator" -S "$project" -B "$build/spillfree" -DDESIGN=spillfree -DOPTIMIZE="$level" -DCMAKE_BUILD_TYPE= \
    -DCMAKE_C_COMPILER="$compiler" -DCMAKE_ASM_COMPILER="$compiler" >"$build.log" 2>&1 &&
    cmake --build "$build/spillfree" >>"$build.log" 2>&1 || {
    tail -n 40 "$build.log" >&2
    exit 1
}
boot=$(dirname "$0")/boot.sh
"$boot" "$build/spillfree.elf" "$build.txt" 0 "fault: done" "run=fault rounds=60 seed=13" -smp 4 &&
    exec "$boot" "$build/spillfree.elf" "$build.txt" 0 "kill: done" "run=kill rounds=100 seed=14" -smp 4
