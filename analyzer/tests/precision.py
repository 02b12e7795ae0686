#!/usr/bin/python3
"""analyzer/bench/precision against a database whose figures are known. precision.py PRECISION STORE_DIRECTORY WORK_DIRECTORY"""
import json
import os
import sqlite3
import subprocess
import sys

precision, store, work = sys.argv[1:4]
os.makedirs(work, exist_ok=True)
database = os.path.join(work, "known.db")
if os.path.exists(database):
    os.remove(database)
connection = sqlite3.connect(database)
for part in ("schema.sql", "views.sql"):
    with open(os.path.join(store, part), encoding="utf-8") as script:
        connection.executescript(script.read())
# "open" may modify a, b, c and everything (6 leaves); two runs saw it store to a and b. "close" may modify a, and saw it. "idle" never ran.
connection.executescript("""
PRAGMA foreign_keys = OFF;
INSERT INTO entity VALUES (1, 'files', 'server', 'manifest');
INSERT INTO function VALUES (1, 'open', NULL, 1, 'external'), (2, 'close', NULL, 2, 'external'), (3, 'idle', NULL, 3, 'external');
INSERT INTO txn (id, name, common_name, entity_id, function_id, found_by) VALUES
  (1, 'open', 'open', 1, 1, 'manifest'), (2, 'close', 'close', 1, 2, 'manifest'), (3, 'idle', 'idle', 1, 3, 'manifest');
INSERT INTO state (id, key, root, path, root_kind, wildcard, leaves, origin) VALUES
  (1, 'a', 'a', '', 'global', 0, 1, 'analyzer'), (2, 'b', 'b', '', 'global', 0, 1, 'analyzer'),
  (3, 'c', 'c', '', 'global', 0, 1, 'analyzer'), (4, '*', '', '', 'unknown', 1, 6, 'analyzer');
INSERT INTO witness_place VALUES (1, 'open', 'f.c', 1, 'entry'), (2, 'lookup', 'f.c', 1, 'calls lookup'), (3, 'create', 'f.c', 3, 'stores to c'),
  (4, 'idle', 'f.c', 3, 'stores to c');
INSERT INTO witness_call VALUES (1, 1, NULL, 0, 1), (1, 2, 1, 1, 2);
INSERT INTO may_modify (id, txn_id, state_id, phase, by_unknown, call, store_id) VALUES
  (1, 1, 1, 'runtime', 0, NULL, NULL), (2, 1, 2, 'runtime', 0, NULL, NULL), (3, 1, 3, 'runtime', 0, 2, 3), (4, 1, 4, 'runtime', 1, NULL, NULL),
  (5, 2, 1, 'runtime', 0, NULL, NULL), (6, 3, 3, 'runtime', 0, NULL, 4);
INSERT INTO unknown (id, cause, detail, function, file, line) VALUES (1, 'outside-call', 'gone', 'open', 'f.c', 1);
INSERT INTO txn_unknown VALUES (1, 1);
""")
for run in (1, 2):
    for txn, key, function in ((1, "a", "open"), (1, "b" if run == 1 else "a2", "lookup"), (2, "a", "close")):
        owner = "temporary" if key == "a2" else "server"
        connection.execute("INSERT INTO truth VALUES (?, ?, ?, 1, 0, 1, 0, ?, ?, 'f.c', 1, 0)", (run, txn, key, owner, function))
        connection.execute("INSERT OR IGNORE INTO truth_function VALUES (?, ?, ?, 'f.c')", (run, txn, function))
connection.commit()
connection.close()

output = os.path.join(work, "ratios.json")
details = os.path.join(work, "details.json")
result = subprocess.run([precision, "--db", database, "-o", output, "--details", details], capture_output=True, text=True, check=False)
assert result.returncode == 0, result.stderr
with open(output, encoding="utf-8") as text:
    values = {ratio["name"]: ratio["value"] for ratio in json.load(text)}
with open(details, encoding="utf-8") as text:
    found = json.load(text)
# open: 9 leaves over 2 seen; close: 1 over 1; idle is not judged. 6 of 11 leaf pairs are there by an unknown.
assert values == {"known.by_unknown": 0.5455, "known.whitelisted_over_seen.median": 1.0, "known.whitelisted_over_seen.90th percentile": 4.5}, values
causes = [(cause["cause"], cause["detail"], cause["pairs"]) for cause in found["results"][0]["causes"]]
assert causes == [("unknown", "outside-call", 6), ("call never seen", "create", 1), ("not run", "", 1)], causes
assert all(cause["takes"] for cause in found["results"][0]["causes"])
missing = subprocess.run([precision, "--db", os.path.join(work, "none.db")], capture_output=True, text=True, check=False)
assert missing.returncode == 2 and "none.db: no such file" in missing.stderr, missing
