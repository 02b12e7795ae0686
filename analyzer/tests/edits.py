#!/usr/bin/python3
"""edits.py SPILLSCOPE SCRATCH: random edits of a small program, one after the other into one database: after each it is the database of a run from
nothing, byte for byte. Rows that an edit does not concern are left alone; those that it concerns are not. Prints the first thing that is wrong.
"""
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys

UNITS, SERVICES, EDITS, SEED = 4, 3, 24, 7


def first_source(unit):
    lines = ["#include \"shared.h\"", f"static int count{unit};", f"struct item own{unit};", f"static int changed{unit};"]
    for service in range(SERVICES):
        lines += [f"void call_{unit}_{service}(struct item *item) {{", f"    item->value = ++count{unit};", "}"]
    return lines


class Program:
    def __init__(self, scratch, seed):
        self.directory = os.path.join(scratch, "source")
        os.makedirs(self.directory)
        self.random = random.Random(seed)
        self.number = 0
        self.units = {f"unit{unit}.c": first_source(unit) for unit in range(UNITS)}
        with open(os.path.join(self.directory, "shared.h"), "w", encoding="utf-8") as out:
            out.write("struct item { struct item *next; int value; int more; };\nextern struct item own0, own1;\nvoid outside(struct item *);\n")
        self.write()

    def write(self):
        for name, lines in self.units.items():
            with open(os.path.join(self.directory, name), "w", encoding="utf-8") as out:
                out.write("\n".join(lines) + "\n")
        entries = [{"directory": self.directory, "file": name, "arguments": ["gcc", "-c", name]} for name in sorted(self.units)]
        with open(os.path.join(self.directory, "compile_commands.json"), "w", encoding="utf-8") as out:
            json.dump(entries, out)

    def edit(self):
        """One edit of one file; tells what it was."""
        self.number += 1
        name = self.random.choice(sorted(self.units))
        lines = self.units[name]
        unit = name[4:-2]
        bodies = [number for number, line in enumerate(lines) if line.endswith("{")]
        body = self.random.choice(bodies) + 1
        kind = self.random.choice(["comment", "store", "store", "call", "function", "variable", "type", "remove", "outside", "same"])
        added = {"store": f"    changed{unit} = {self.number};", "call": f"    item->next = &own{self.random.randrange(2)};", "outside": "    outside(item);",
                 "comment": "    /* nothing */"}
        if kind in added:
            lines.insert(body, added[kind])
        elif kind == "function":
            lines += [f"void call_{unit}_new{self.number}(struct item *item) {{", f"    item->more = count{unit};", "}"]
        elif kind == "variable":
            lines.insert(self.random.randrange(1, 4), f"int fresh{self.number};")
        elif kind == "type":
            lines += [f"struct kind{self.number} {{ int a; char b[{self.number}]; }} object{self.number};",
                      f"void call_{unit}_type{self.number}(struct item *item) {{", f"    object{self.number}.b[item->value] = 1;", "}"]
        elif kind == "remove" and lines[body] != "}":
            del lines[body]
        self.write()
        return f"{kind} in {name}"


def analyze(spillscope, program, database, cache):
    result = subprocess.run([spillscope, "analyze", "-p", program.directory, "--db", database, "--cache", cache], capture_output=True, text=True,
                            check=False)
    if result.returncode != 0:
        sys.exit(f"edits: analyze ended with {result.returncode}: {result.stderr}")


def dump(database):
    store = sqlite3.connect(database)
    text = list(store.iterdump())
    store.close()
    return text


def plant(database, transaction):
    """Marks the rows of a transaction as nobody would write them."""
    store = sqlite3.connect(database)
    store.execute("UPDATE may_modify SET narrowed = 7 WHERE txn_id = (SELECT id FROM txn WHERE name = ?)", (transaction,))
    store.execute("UPDATE witness_call SET step = step + 100 WHERE txn_id = (SELECT id FROM txn WHERE name = ?)", (transaction,))
    store.commit()
    store.close()


def planted(database):
    store = sqlite3.connect(database)
    found = {name for name, in store.execute("SELECT DISTINCT t.name FROM may_modify m JOIN txn t ON t.id = m.txn_id JOIN witness_call w ON w.txn_id = t.id "
                                             "WHERE m.narrowed = 7 AND w.step >= 100")}
    store.close()
    return found


def check_kept(spillscope, program, database, cache):
    """What no edit concerns is not written again, and what one concerns is."""
    plant(database, "call_0_0")
    plant(database, "call_1_0")
    lines = program.units["unit1.c"]
    lines.insert(lines.index("void call_1_0(struct item *item) {") + 1, "    item->more = 1; item->value = 2;")
    program.write()
    analyze(spillscope, program, database, cache)
    if planted(database) != {"call_0_0"}:
        sys.exit(f"edits: after an edit of call_1_0 the rows of {sorted(planted(database))} are those of before")


def main():
    spillscope, scratch = sys.argv[1:]
    shutil.rmtree(scratch, ignore_errors=True)
    program = Program(scratch, SEED)
    database, whole, cache = (os.path.join(scratch, name) for name in ("edited.db", "whole.db", "cache"))
    analyze(spillscope, program, database, cache)
    for number in range(EDITS):
        what = program.edit()
        analyze(spillscope, program, database, cache)
        for name in (whole, whole + "-wal", whole + "-shm", whole + ".lock"):
            if os.path.exists(name):
                os.unlink(name)
        analyze(spillscope, program, whole, cache if number % 4 else os.path.join(scratch, f"cache{number}"))
        edited, anew = dump(database), dump(whole)
        if edited != anew:
            differing = [(one, other) for one, other in zip(edited, anew) if one != other]
            sys.exit(f"edits: edit {number}, {what}: {(differing or [(len(edited), len(anew))])[0]}")
    check_kept(spillscope, program, database, cache)
    print(f"edits: {EDITS} edits, the same database each time")


if __name__ == "__main__":
    main()
