#!/usr/bin/python3
"""Checks that clang parses every unit of a compile_commands.json, with its own flags, without a message.

usage: parse-with-clang.py CLANG COMPILE_COMMANDS DESIGN"""
import json
import shlex
import subprocess
import sys

clang, database, design = sys.argv[1:]
other = {"spillful": "/spillfree/", "spillfree": "/spillful/"}[design]
units = json.load(open(database))
failed = len(units) < 20
if failed:
    print(f"{database}: only {len(units)} units")
for unit in units:
    arguments = shlex.split(unit["command"])[1:]
    output = arguments.index("-o")
    del arguments[output:output + 2]
    arguments.remove("-c")
    if other in unit["file"]:
        print(f"{unit['file']}: belongs to the other design")
        failed = True
    result = subprocess.run([clang, "-fsyntax-only", *arguments], cwd=unit["directory"], capture_output=True, text=True)
    if result.returncode != 0 or result.stderr:
        print(f"{unit['file']}:\n{result.stderr}")
        failed = True
sys.exit(failed)
