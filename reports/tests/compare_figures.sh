#!/bin/sh
# compare_figures.sh SPILLSCOPE FIXTURE_LOAD: every figure of a comparison against the query that the page names beside it, asked of both databases: of two with runs, of two
# without, and of one with and one without. Skipped (77) without python3.
set -u
tool=$1
load=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if ! command -v python3 > /dev/null 2>&1; then
    echo "skipped: no python3"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work" || exit 2
"$load" observed.db "$here/fixtures/small.sql" || exit 2
"$load" redesigned.db "$here/fixtures/small.sql" "$here/fixtures/redesigned.sql" "$here/fixtures/moved_file.sql" || exit 2
"$load" added.db "$here/fixtures/small.sql" "$here/fixtures/static.sql" "$here/fixtures/spill_added.sql" || exit 2
"$load" static.db "$here/fixtures/small.sql" "$here/fixtures/static.sql" || exit 2
"$load" big.db "$here/fixtures/big.sql" || exit 2
python3 - "$tool" << 'PYTHON'
import html
import json
import re
import shutil
import sqlite3
import subprocess
import sys

tool = sys.argv[1]
failures = 0
figures = 0


def fail(words):
    global failures
    failures += 1
    print("FAIL", words)


def same(name, shown, given):
    global figures
    figures += len(shown)
    if not shown or sorted(shown) != sorted(given):
        fail(f"{name}: the page says {sorted(set(shown) - set(given))[:5]}, its query {sorted(set(given) - set(shown))[:5]}, of {len(shown)}")


def rows(text):
    """The cells of each row of a table's body, without markup."""
    return [[html.unescape(re.sub("<[^>]*>", "", cell)) for cell in re.findall("<td[^>]*>(.*?)</td>", row)] for row in re.findall("<tr>(<td.*?)</tr>", text, re.S)]


def run(before, after):
    subprocess.run([tool, "compare", before, after, "-o", "page.html"], check=True, stdout=subprocess.DEVNULL)
    whole = json.loads(subprocess.run([tool, "compare", before, after, "--json"], check=True, stdout=subprocess.PIPE).stdout)
    with open("page.html", encoding="utf-8") as stream:
        page = stream.read()
    sections = {name: body for name, body in re.findall('<section id="([a-z]+)"(.*?)</section>', page, re.S)}
    queries = {name: [html.unescape(query).split(":\n", 1) for query in re.findall("<pre><code>(.*?)</code></pre>", body, re.S)] for name, body in sections.items()}
    sides = []
    for number, path in enumerate((before, after)):
        copy = f"{before}-{after}-{number}"
        shutil.copy(path, copy)
        sides.append(sqlite3.connect(copy, isolation_level=None))
    name = f"{before} and {after}"
    for side in sides:
        side.execute("CREATE TEMP TABLE common (name TEXT PRIMARY KEY)")
        side.executemany("INSERT INTO common VALUES (?)", [(word,) for word in whole["transactions"]])

    def ask(side, section, index, restricted=False):
        comment, sql = queries[section][index]
        if restricted != ("over the transactions" in comment):
            fail(f"{name}: query {index} of {section} is over other transactions: {comment}")
        for view in ("v_undeclared", "v_possible"):  # as the comment asks for them, in front of the database's own
            if restricted:
                sides[side].execute(f"CREATE TEMP VIEW {view} AS SELECT * FROM main.{view} WHERE common_name IN (SELECT name FROM temp.common)")
        result = [tuple(str(value) for value in row) for row in sides[side].execute(sql)]
        for view in ("v_undeclared", "v_possible"):
            sides[side].execute(f"DROP VIEW IF EXISTS temp.{view}")
        return result

    pairs = [set(ask(side, "summary", 0, True)) for side in (0, 1)]
    shown = [tuple(int(number) for number in re.findall(r"<b>(\d+) → (\d+)</b>", sections["summary"])[index]) for index in (0, 1)]
    same(f"{name}: pairs and states", shown, [(len(pairs[0]), len(pairs[1])), (len({key for _, key in pairs[0]}), len({key for _, key in pairs[1]}))])
    both = [len(pairs[0]), len(pairs[1])]
    others = re.findall(r"<b>([^<→]*)</b><span>([^<]*)</span>", sections["summary"])
    counts = {change: len(whole[change]) for change in ("removed", "added", "moved", "kept")}
    percent = [(f"{100 * both[1] / both[0]:.1f}%", "of the pairs are left")] if both[0] else []
    observed = ", observed in both" if whole["observed"] else ""
    same(f"{name}: other figures", others, percent + [(str(len(whole["transactions"])), f"common transactions{observed}")] + [(str(count), f"pairs {change}") for change, count in counts.items()])
    same(f"{name}: pairs under each heading", re.findall(r"<summary>(removed|added|moved|kept): (\d+)</summary>", sections["pairs"]), [(change, str(count)) for change, count in counts.items()])
    predicted = len(queries["summary"]) > 1
    same(f"{name}: columns", sorted({len(row) for section in ("entities", "objects") for row in rows(sections[section])}), [7 if predicted else 6])
    same(f"{name}: prediction in JSON", [whole["plan"] is not None], [predicted])
    if predicted:  # the plan's prediction, and what came of it
        planned = {}
        for transaction, key, removed in ask(0, "summary", 1, True):
            if (transaction, key) in pairs[0]:
                planned[transaction, key] = removed == "1"
        still = {(pair["transaction"], pair["state"]) for change in ("moved", "kept") for pair in whole[change]}
        told = [(removed, pair in still) for pair, removed in planned.items()]
        given = [told.count((False, False)) + told.count((False, True)), both[1], *(told.count(case) for case in ((True, False), (True, True), (False, False), (False, True)))]
        words = re.search(r"The plan made of the side before predicted.*?</p>", sections["summary"], re.S).group(0)
        same(f"{name}: prediction", [tuple(re.findall(r"\d+", words))], [tuple(map(str, given))])
        by_entity = {}
        for entity, transaction, key in sides[0].execute("SELECT DISTINCT entity, common_name, key FROM v_undeclared WHERE common_name IN (SELECT name FROM temp.common)"):
            by_entity[entity] = by_entity.get(entity, 0) + (not planned[transaction, key])
        same(f"{name}: predicted by entity", [(row[0], row[4]) for row in rows(sections["entities"]) if row[3] != "0"], [(entity, str(count)) for entity, count in by_entity.items()])
    bars = [html.unescape(bar) for bar in re.findall(r"<g><title>([^<]*: \d+ was \d+)</title>", sections["entities"])]
    same(f"{name}: bars of entities", bars, [f"{row[0]}: {row[2]} was {row[1]}" for row in rows(sections["entities"])][: len(bars)])
    same(f"{name}: deltas", [row[-1] for section in ("entities", "objects") for row in rows(sections[section])],
         [f"{int(row[-2]) - int(row[3]):+d}".replace("+0", "0") for section in ("entities", "objects") for row in rows(sections[section])])
    # Each pair of either side stands once in the lists.
    listed = [[], []]
    for change in ("removed", "added", "moved", "kept"):
        for pair in whole[change]:
            if change != "added":
                listed[0].append((pair["transaction"], pair["state"]))
            if change != "removed":
                listed[1].append((pair["transaction"], pair.get("state_after", pair["state"])))
    for side in (0, 1):
        same(f"{name}: pairs listed, side {side}", listed[side], pairs[side])
    for index, unit in ((0, "entities"), (1, "transactions")):
        for side, word in ((0, "before"), (1, "after")):
            bars = [(html.unescape(title), count) for title, count in re.findall(f"<title>{word}: {unit} with ([^<]*) states: ([1-9][0-9]*)</title>", sections["entities"])]
            same(f"{name}: histogram of {unit}, {word}", bars, ask(side, "entities", index))
    for section, index in (("entities", 2), ("objects", 0)):
        table = rows(sections[section])
        for side, states, count in ((0, 1, 3), (1, 2, -2)):
            same(f"{name}: table of {section}, side {side}", [(row[0], row[states], row[count]) for row in table if row[count] != "0"], ask(side, section, index, True))
    edges = [row for row in rows(sections["graph"]) if len(row) == 6]
    for side, column in ((0, 3), (1, 4)):
        same(f"{name}: graph, side {side}", [(*row[:3], row[column]) for row in edges if row[column] != "0"], ask(side, "graph", 0))


run("observed.db", "redesigned.db")
run("static.db", "added.db")
run("observed.db", "added.db")
run("static.db", "redesigned.db")
run("big.db", "big.db")
print(f"compare figures: {figures} figures, {failures} failure(s)")
sys.exit(1 if failures else 0)
PYTHON
