#!/usr/bin/python3
"""witness.py SPILLSCOPE SPILLSCOPE_FACTS DATABASE FACTS_DIRECTORY SOURCE_ROOT: is the evidence of every pair evidence?

Every (transaction, state) of `whitelist --json` must have a chain: the entry, calls, a store. Each step is held against the source text (the callee's
name stands on the line of the call, itself or through a macro; the line that a function pointer is said to come from names the function) and against
the facts (the function has a call, or something that stores, on that line). `explain` must print the chain too; it is asked for a sample.
"""
import collections
import glob
import json
import os
import re
import subprocess
import sys

STORES = {"store", "copymem", "fill", "asm", "call"}


class Source:
    """Lines of files, and which names each macro may bring."""

    def __init__(self, root):
        self.root = root
        self.files = {}
        self.macros = {}
        self.pasted = {}  # macro -> what it pastes behind its first parameter

    def lines(self, path):
        path = os.path.join(self.root, path)
        if path not in self.files:
            with open(path, encoding="utf-8", errors="replace") as stream:
                self.files[path] = stream.read().split("\n")
        return self.files[path]

    def read_macros(self, paths):
        for path in paths:
            text = "\n".join(self.lines(path)).replace("\\\n", " ")
            for name, body in re.findall(r"^\s*#\s*define\s+(\w+)(.*)$", text, re.M):
                self.macros.setdefault(name, set()).update(re.findall(r"\w+", body))
                parameter = re.match(r"\((\w+)", body)
                if parameter:
                    self.pasted.setdefault(name, set()).update(re.findall(rf"\b{parameter[1]}##(\w+)", body))

    def names(self, path, line, whole=False):
        """Identifiers of a line and the two after it, or of a whole definition, with all that their macros may expand to."""
        lines = self.lines(path)
        end = line + 2
        while whole and end < min(len(lines), line + 400) and ";" not in lines[end - 1]:
            end += 1
        text = " ".join(lines[line - 1 : end])
        known, work = set(), re.findall(r"\w+", text)
        for macro, argument in re.findall(r"(\w+)\(\s*(\w+)", text):
            work.extend(argument + suffix for suffix in self.pasted.get(macro, ()))
        while work:
            name = work.pop()
            if name not in known:
                known.add(name)
                work.extend(self.macros.get(name, ()))
        return known


def read_facts(program, directory, root):
    """(file, line, function) -> operations there; file paths as the whitelist has them."""
    operations = collections.defaultdict(set)
    files = set()
    for path in sorted(glob.glob(os.path.join(directory, "*.facts"))):
        text = subprocess.run([program, "--read", path], capture_output=True, text=True, check=True).stdout
        function = file = None
        for line in text.split("\n"):
            start = re.match(r"function (\w+)\(.*\) .*?@(/[^:]*):", line)
            if start:
                function, file = start[1], os.path.relpath(start[2], root)
                files.add(file)
                continue
            place = re.search(r"@(?:(/[^: ]*):)?(\d+):\d+$", line)
            if function and place and line.startswith("  "):
                at = os.path.relpath(place[1], root) if place[1] else file
                words = line.split()
                operation = words[2] if len(words) > 2 and words[1] == "=" else words[0]
                operations[(at, int(place[2]), function)].add(operation)
    return operations, files


class Checker:
    def __init__(self, source, operations):
        self.source = source
        self.operations = operations
        self.failures = []
        self.steps = 0

    def expect(self, truth, pair, step, what):
        self.steps += 1
        if not truth:
            self.failures.append(f"{pair[0]} / {pair[1]}: {step['file']}:{step['line']} {step['function']} '{step['why']}': {what}")

    def check_call(self, pair, step, callee):
        called = re.match(r"calls (\w+)(?: through (.*), which (.*):(\d+) puts there)?$", step["why"])
        self.expect(called, pair, step, "is no call")
        if not called:
            return
        self.expect(called[1] == callee, pair, step, f"the next step is in {callee}")
        self.expect("call" in self.operations[(step["file"], step["line"], step["function"])], pair, step, "no call on this line")
        if called[2]:
            self.expect(called[1] in self.source.names(called[3], int(called[4]), True), pair, step, "the pointer does not come from there")
        else:
            self.expect(called[1] in self.source.names(step["file"], step["line"]), pair, step, "the callee does not stand there")

    def check(self, transaction, state):
        pair = (transaction["name"], state["key"])
        chain = state["witness"]
        none = {"file": "", "line": 0, "function": "", "why": ""}
        self.expect(len(chain) >= 2, pair, chain[0] if chain else none, "no entry and store")
        if len(chain) < 2:
            return
        entry, last = chain[0], chain[-1]
        self.expect(entry["why"] == "entry" and entry["function"] == transaction["name"], pair, entry, "does not begin with the entry")
        self.expect(entry["function"] in self.source.names(entry["file"], entry["line"]), pair, entry, "the entry is not defined there")
        current = entry["function"]
        for step, following in zip(chain[1:-1], chain[2:]):
            self.expect(step["function"] == current, pair, step, f"is not in {current}")
            self.check_call(pair, step, following["function"])
            current = following["function"]
        self.expect(last["function"] == current, pair, last, f"is not in {current}")
        stores = last["why"].startswith((f"stores to {state['key']}", f"may store to {state['key']}"))
        self.expect(stores, pair, last, "does not end with a store to the state")
        self.expect(self.operations[(last["file"], last["line"], last["function"])] & STORES, pair, last, "nothing stores on this line")


def main():
    spillscope, facts, database, directory, root = sys.argv[1:6]
    run = subprocess.run([spillscope, "whitelist", "--db", database, "--json"], capture_output=True, text=True, check=False)
    if run.returncode not in (0, 3):
        sys.exit(f"witness: {run.stderr}")
    transactions = json.loads(run.stdout)["transactions"]
    operations, files = read_facts(facts, directory, root)
    source = Source(root)
    headers = [os.path.relpath(path, root) for path in glob.glob(os.path.join(root, "**", "*.h"), recursive=True)]
    source.read_macros(sorted(files | set(headers)))
    checker = Checker(source, operations)
    pairs = [(transaction, state) for transaction in transactions for state in transaction["states"]]
    for transaction, state in pairs:
        checker.check(transaction, state)
    explained = 0
    for transaction, state in pairs[:: max(1, len(pairs) // 12)]:
        command = [spillscope, "explain", "--db", database, state["key"]]
        shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        names = (transaction["name"], transaction["common_name"])
        heads = tuple(f"{name}() may modify {state['key']} " for name in names)
        blocks = [block for block in shown.split("\n\n") if block.startswith(heads)]
        explained += len(blocks)  # the client's own states are no findings, and of many findings the first are shown
        for step in state["witness"] if blocks else ():
            told = f"{step['function']} at {step['file']}:{step['line']}: {step['why']}"
            checker.expect(told in blocks[0], (transaction["name"], state["key"]), step, "explain does not show it")
    if explained < 5:
        checker.failures.append(f"only {explained} of the sampled pairs are explained")
    for failure in checker.failures[:20]:
        print(failure)
    print(f"witness: {len(pairs)} pairs, {checker.steps} checks, {len(checker.failures)} failures")
    sys.exit(1 if checker.failures or not pairs else 0)


main()
