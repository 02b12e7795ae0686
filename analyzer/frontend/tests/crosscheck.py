"""Holds the facts of C files against Clang's own code generation, an independent reading of the same source.

Every store to memory other than a scalar local, every memory intrinsic, call and inline assembly in the unoptimised IR must have its
counterpart in the facts of the same function, on the same line (calls that the compiler places at a scope's end: in the same function).

    crosscheck.py FACTS CLANG FILE.c ...          each with -O2 -ffreestanding
    crosscheck.py FACTS CLANG --database JSON     the C entries of a compile database
"""
import collections
import json
import os
import re
import shlex
import subprocess
import sys

# Library functions that the frontend lowers itself when they are called in their __builtin_ form.
LOWERED = re.compile(r"(__)?(mem|str|stp)\w+$")


def facts_sites(text):
    """function -> kind -> lines; kind "names" holds the functions called."""
    functions, current = {}, None
    for line in text.splitlines():
        head = re.match(r"function (\S+?)\(", line)
        if head:
            current = functions.setdefault(head.group(1), collections.defaultdict(set))
        elif not line.startswith("  "):
            current = None
        elif current is not None and (place := re.search(r"@(?:[^ ]*:)?(\d+):\d+$", line)):
            operation = re.match(r"  (?:%\S+ = )?(\w+) ?([\w.$]*)", line)
            kind = {"store": "write", "copymem": "write", "fill": "write"}.get(operation.group(1), operation.group(1))
            current[kind].add(int(place.group(1)))
            if kind == "call":
                current["names"].add(operation.group(2))
    return functions


def ir_sites(text):
    """(function, line, kind, callee, text) of everything in the IR that has to be in the facts."""
    lines = dict(re.findall(r"^(!\d+) = (?:distinct )?!DILocation\(line: (\d+)", text, re.M))
    function, locals_of = None, set()
    for line in text.splitlines():
        if head := re.match(r'define .*@"?([\w.$]+)"?\(', line):
            function, locals_of = head.group(1), set()
        elif line == "}":
            function = None
        elif function and (slot := re.match(r"  (%[\w.]+) = alloca", line)):
            locals_of.add(slot.group(1))
        place = re.search(r"!dbg (!\d+)", line)
        if not function or not place or lines.get(place.group(1), "0") == "0" or "!annotation" in line:
            continue
        kind, callee = None, None
        if re.match(r"  store ", line):
            target = re.search(r", ptr (%[\w.]+),", line)
            kind = None if target and target.group(1) in locals_of else "write"
        elif re.match(r"  (?:%\S+ = )?(?:atomicrmw|cmpxchg) ", line):
            kind = "write"
        elif re.match(r"  (?:%\S+ = )?(?:tail |notail )?(?:call|callbr|invoke) ", line):
            called = re.search(r'@"?([\w.$]+)"?\(', line)
            if " asm " in line:
                kind = "asm"
            elif called and re.match(r"llvm\.(memcpy|memset|memmove)", called.group(1)):
                kind = "memory"
            elif not called or not called.group(1).startswith("llvm."):
                kind, callee = "call", called.group(1) if called else None
        if kind:
            yield function, int(lines[place.group(1)]), kind, callee, line.strip()


def compiler_arguments(command):
    kept, words = [], iter(command[1:])
    for word in words:
        if word in ("-o", "-MF", "-MT", "-MQ"):
            next(words, None)
        elif word not in ("-c", "-MD", "-MMD") and not word.startswith(("-Wp,-M", "-g")):
            kept.append(word)
    return kept


def check(facts, clang, directory, source, command):
    arguments = compiler_arguments(command)
    ir = subprocess.run([clang, "-O2", "-w", "-gline-tables-only", *arguments, "-fno-exceptions", "-S", "-emit-llvm", "-Xclang",
                         "-disable-llvm-passes", "-o", "-"], cwd=directory, capture_output=True, text=True, check=False)
    if ir.returncode:
        sys.exit(f"{source}: {clang} failed: {ir.stderr}")
    mine = subprocess.run([facts, "--print", source, "--", *command], cwd=directory, capture_output=True, text=True, check=False)
    if mine.returncode:
        sys.exit(f"{source}: {facts} failed: {mine.stderr}")
    functions, count, missing = facts_sites(mine.stdout), 0, 0
    for function, line, kind, callee, text in ir_sites(ir.stdout):
        count += 1
        sites = functions.get(function, collections.defaultdict(set))
        if kind == "call":
            found = callee in sites["names"] if callee else line in sites["call"]
            found = found or (callee and LOWERED.match(callee) and line in sites["write"] | sites["index"])
        elif kind == "memory":
            found = line in sites["write"] | sites["call"] | sites["return"]  # records in registers go through a copy
        elif kind == "write":  # a call's record result is stored by the caller
            found = line in sites["write"] | sites["call"]
        else:
            found = line in sites["asm"]
        if not found:
            missing += 1
            print(f"{source}:{line}: {function}: no facts for: {text}")
    return count, missing


def main():
    facts, clang, rest = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3:]
    if rest[0] == "--database":
        with open(rest[1], encoding="utf-8") as stream:
            units = [(e["directory"], e["file"], e.get("arguments") or shlex.split(e["command"])) for e in json.load(stream) if e["file"].endswith(".c")]
    else:
        units = [(os.getcwd(), name, ["clang", "-ffreestanding", "-O2", name]) for name in rest]
    results = [check(facts, clang, *unit) for unit in units]
    count, missing = sum(r[0] for r in results), sum(r[1] for r in results)
    print(f"{len(units)} units, {count} stores, calls and asm in the IR, {missing} without facts")
    sys.exit(1 if missing or not count else 0)


main()
