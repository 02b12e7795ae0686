"""every_figure.py PAGE.html DATABASE: takes a report apart, figure by figure. Each is held against the query that its section names (or the view that the section's queries are of) and
taken out of the page; a number that is left over then is one that no query gives. Numbers within source, names and evidence are no figures."""

import html
import json
import re
import sqlite3
import sys

page = open(sys.argv[1], encoding="utf-8").read()
database = sqlite3.connect(sys.argv[2])
failures = 0
figures = 0


def fail(words):
    global failures
    failures += 1
    print("FAIL", sys.argv[2], words)


def ask(sql, *values):
    return [tuple("" if cell is None else str(cell) for cell in row) for row in database.execute(sql, values)]


def one(sql, *values):
    rows = ask(sql, *values)
    return rows[0][0] if rows else "0"


def same(where, shown, given):
    global figures
    figures += 1
    if shown != given:
        fail(f"{where}: the page says {shown}, its query {given}")


def plain(text):
    return html.unescape(re.sub("<[^>]*>", "", text))


def cells(table):
    return [tuple(plain(cell) for cell in re.findall("<td[^>]*>(.*?)</td>", row, re.S)) for row in re.findall("<tr>(<td.*?)</tr>", table, re.S)]


def take(pattern, body, check):
    """Hands each match to check and cuts it out."""

    def replace(match):
        check(*match.groups())
        return " "

    return re.sub(pattern, replace, body, flags=re.S)


QUERY = r'<details class="query">.*?<pre><code>(.*?)</code></pre></details>'
TABLE = r'<div class="scroll"[^>]*aria-label="(?:table of )?([^"]*)"><table[^>]*>(.*?)</table></div>'


def queries(body):
    return [html.unescape(query) for query in re.findall(QUERY, body, re.S)]


def listed(name, body):
    """Lists of figures: the query stands below the label, in the next block of queries."""

    def check(figure_list, query):
        lines = html.unescape(query).split("\n")
        for value, label in re.findall(r"<li><b>(\d+)</b><span>(.*?)</span></li>", figure_list):
            head = f"-- {html.unescape(label)}: {value}"
            if head not in lines:
                fail(f"{name}: no query for '{label}'")
            else:
                same(f"{name}: {label}", value, one(lines[lines.index(head) + 1]))

    return take(rf'<ul class="figures">(.*?)</ul>\s*{QUERY}', body, check)


def tables(name, body):
    """Tables that are their query."""

    def check(label, table, notice, query):
        rows = [tuple(row) for row in ask(html.unescape(query))]
        shown = cells(table)
        left = int(notice or 0)
        same(f"{name}: rows of {label}", len(shown) + left, len(rows))
        for row, given in zip(shown, rows):
            same(f"{name}: {label}", row, given)

    return take(rf'{TABLE}\s*(?:<p class="notice">(\d+) more rows[^<]*</p>\s*)?{QUERY}', body, check)


def summary(body):
    return listed("summary", body)


def entities(body):
    def check(svg, query):
        rows = ask(html.unescape(query))
        titles = [html.unescape(title) for title in re.findall("<g><title>(.*?)</title>", svg)]
        if len(rows[0]) == 3:  # entities: undeclared of all
            given = [f"{name}: {undeclared} of {states}" for name, undeclared, states in rows if states != "0"]
            same("entities: bars", titles, given[: len(titles)])
            same("entities: words of bars", re.findall(r"(\d+ of \d+)</text>", svg), [words.rpartition(": ")[2] for words in titles])
        else:
            counts = re.findall(r'<text class="label-middle"[^>]*y="[0-9.]*">(\d+)</text></g>', svg)
            shown = [re.search("with (.*) states: (.*)", title).groups() for title in titles]
            same("entities: histogram", {row for row in shown if row[1] != "0"}, set(rows))
            same("entities: numbers on bars", counts, [row[1] for row in shown])

    body = take(rf'<svg.*?</title>(.*?)</svg>(?:\s*<p class="(?:legend|notice)">[^<]*</p>)*\s*{QUERY}', body, check)
    return tables("entities", body)


def patterns(body):
    every = int(one("SELECT count(*) FROM (SELECT DISTINCT txn_id, state_id, kind FROM v_undeclared)"))
    counts = dict(ask("SELECT pattern, count(*) FROM v_pattern GROUP BY pattern"))
    counts["none recognised"] = one("SELECT count(*) FROM (SELECT txn_id, state_id, kind FROM v_undeclared EXCEPT SELECT txn_id, state_id, kind FROM v_pattern)")

    def check(name, count, share):
        same(f"patterns: {name}", count, counts.get(name, "0"))
        same(f"patterns: share of {name}", share, f"{100.0 * int(count) / every if every else 0:.0f}")

    body = take(r'<tr><td>([^<]*)</td><td class="number">(\d+)</td><td class="number">(\d+)%</td><td>[^<]*</td>', body, check)
    body = take(r"<li><b>(\d+)</b><span>([^<]*)</span></li>", body, lambda count, goal: same(goal, count, one("SELECT count(*) FROM v_goal WHERE goal = ?", goal)))
    return take(r"Of (\d+) undeclared findings", body, lambda count: same("patterns: findings", count, str(every)))


def plan(body):
    named = queries(body)
    steps = [(root, holder, f"{removed} of {pairs}", functions, left) for _, root, holder, removed, pairs, functions, left in (ask(named[1].split(";")[0]) if len(named) > 1 else [])]

    def check(label, table):
        if label == "plan":
            shown = [row[:5] for row in cells(table)]
            same("plan: steps", shown, steps[: len(shown)])
        else:
            same(f"plan: {label}", sorted(cells(table)), sorted(ask(named[0])))

    body = take(r"<b>(\d+)</b> of <b>(\d+)</b>", body,
                lambda left, pairs: same("plan: pairs", (left, pairs), ask("SELECT sum(pairs) - sum(removed), sum(pairs) FROM v_plan_step")[0]))
    body = take(r"(\d+) more objects", body, lambda count: same("plan: more", int(count), len(steps) - 40))
    return take(TABLE.replace('<div class="scroll"', '<div class="scroll[^"]*"'), body, check)


def arrows_drawn(name, svg, rows):
    """The titles and numbers of arrows against rows (source, target, kind, states)."""
    shown = re.findall(r"<title>(primary|secondary) spill: (.*?), (\d+) states?</title>.*?>(\d+)</text>", svg, re.S)
    same(f"{name}: drawing", sorted((kind, html.unescape(ends), states) for kind, ends, states, _ in shown),
         sorted((kind, f"{source} → {target}", states) for source, target, kind, states in rows))
    same(f"{name}: numbers on arrows", [states for _, _, states, _ in shown], [number for _, _, _, number in shown])


def graph(body):
    rows = ask(queries(body)[0]) if queries(body) else []
    body = take(r'(<svg class="graph".*?</svg>)', body, lambda svg: arrows_drawn("graph", svg, rows))
    body = take(r'<select data-focus="(.*?)</select>', body, lambda _: None)
    body = take(r"\((\d+) edges?\)", body, lambda count: same("graph: edges", int(count), len(rows)))
    return take(r"<table>(.*?)</table>", body, lambda table: same("graph: table", cells(table), rows))


SEEN = """SELECT coalesce((SELECT sum(observed) FROM v_spill WHERE txn_id = ?1 AND state_id = ?2 AND kind = ?3 AND attribution = 'own'),
    (SELECT sum(observed) FROM v_spill WHERE txn_id = ?1 AND state_id = ?2 AND kind = ?3), 0)"""
RUNS = "SELECT observed FROM v_coverage WHERE txn_id = ?"
data = json.loads(re.search(r'id="spill-data">(.*?)</script>', page, re.S).group(1))
numeric = set(data["numeric"])
findings = [{name: cell if name in numeric else data["strings"][cell] for name, cell in zip(data["columns"], row)} for row in data["rows"]]
has_probe = one("SELECT count(*) FROM run WHERE tool = 'probe'") != "0"


def findings_count():
    named = queries(dict(parts)["spills"])[0].split("\n")
    return sum(len(ask(query.split(";")[0])) for query in named[:2])


def spills(body):
    same("findings: how many", (data["count"], len(findings)), (findings_count(), data["count"]))
    for row in findings:
        where = f"finding {row['fingerprint']}"
        same(f"{where}: seen", str(row["observed"]), one(SEEN, row["txn_id"], row["state_id"], row["kind"]) if has_probe else "0")
        same(f"{where}: runs", str(row["runs"]), one(RUNS, row["txn_id"]))

    def check(_, table):
        shown = [[str(row[name]) for name in data["shown"]] for row in findings]
        for line, given in zip(cells(table), shown):
            same("findings: row", [*line[:-1]], given[:-1])

    body = take(r'<script type="application/json"(.*?)</script>', body, lambda _: None)
    body = take(r"(\d+) of (\d+) findings are shown", body, lambda _, every: same("findings: of all", int(every), findings_count()))
    return take(r'<div class="scroll"[^>]*aria-label="spill (table)"><table[^>]*>(.*?)</table></div>', body, check)


def neighbours(body):
    names = []

    def check(name, count, content):
        rows = ask("SELECT transaction_name, holder, kind, count(DISTINCT state_id) FROM v_undeclared WHERE entity = ?1 GROUP BY txn_id, holder, kind "
                   "UNION ALL SELECT entity, holder, kind, count(DISTINCT state_id) FROM v_undeclared WHERE entity <> holder AND holder = ?1 GROUP BY entity, kind", html.unescape(name))
        names.append(name)
        same(f"around {name}: arrows", int(count), len(rows))
        for svg in re.findall("<svg.*?</svg>", content, re.S):
            arrows_drawn(f"around {name}", svg, rows)
        table = re.search(r'<table class="arrows">(.*?)</table>', content, re.S).group(1)
        same(f"around {name}: table", sorted(cells(table)), sorted(rows))

    body = take(r'<details class="page" id="e-\d+"><summary>(.*?) <span class="dim">(\d+) arrows?</span></summary>(.*?)</details>', body, check)
    same("around entities", sorted(map(html.unescape, names)), sorted({name for row in ask("SELECT entity, holder FROM v_undeclared") for name in row}))
    return body


def fact(content, name):
    match = re.search(f"<dt>{name}</dt><dd>(.*?)</dd>", content, re.S)
    return html.unescape(match.group(1)) if match else ""


def clients(where, words, sql, identity):
    rows = ask(sql, identity)
    if words or rows:
        named = ", ".join(f"{client or 'unknown'} ({count})" for client, count in rows[:5])
        same(f"{where}: clients", words, f"{len(rows)}: {named}" + (f" and {len(rows) - 5} more" if len(rows) > 5 else ""))


def parts_of(body, letter, count):
    """How many transactions or states have a part of their own."""
    return take(r"The (\d+) of (\d+) (?:states|transactions)", body,
                lambda some, every: same(f"parts {letter}", (int(some), int(every)), (len(re.findall(f'<details class="page" id="{letter}-', body)), count)))


def first_change(transaction, state, kind):
    """In words, and in which observation; nothing where there was none."""
    given = ask("SELECT instance, effect, old_value, new_value, sequence FROM v_first_change WHERE txn_id = ? AND state_id = ? AND kind = ?", transaction, state, kind)
    return [(f"{instance} {effect}" + (f": {old} → {new}" if old or new else ""), at) for instance, effect, old, new, at in given][0] if given else ()


def transactions(body):
    body = parts_of(body, "t", int(one("SELECT count(*) FROM v_spill_count")))

    def check(identity, undeclared, content):
        where = f"t-{identity}"
        same(f"{where}: undeclared", undeclared, one("SELECT states FROM v_spill_count WHERE txn_id = ?", identity))
        observed = ask("SELECT observed || ' times, ' || complete || ' to the end, ' || failed || ' with an error, ' || overlapped || ' overlapped by another' FROM v_coverage "
                       "WHERE txn_id = ? AND observed > 0", identity)
        if has_probe:
            same(f"{where}: observed", fact(content, "observed"), observed[0][0] if observed else "never: no run entered it, so nothing below was seen")
            clients(where, fact(content, "clients"), "SELECT client, observed FROM v_transaction_client WHERE txn_id = ? ORDER BY observed DESC, client", identity)
        same(f"{where}: whitelist", fact(content, "whitelist"),
             one("SELECT states || ' states, ' || leaves || ' leaves, ' || by_unknown || ' only by an unknown' FROM v_whitelist_size WHERE txn_id = ?", identity))
        for row in re.findall("<tr>(<td.*?)</tr>", content, re.S) if has_probe else []:
            linked = re.search(r'#s-(\d+)".*?"tag (primary|secondary)".*?<td class="number">(\d+)</td>', row, re.S)
            if linked:  # has a part of its own: without one the row has a name alone
                same(f"{where}: seen", linked.group(3), one(SEEN, identity, linked.group(1), linked.group(2)))
                same(f"{where}: first change", cells(f"<tr>{row}</tr>")[0][5], "".join(first_change(identity, linked.group(1), linked.group(2))[:1]))
        unseen = re.search("could not see through</h3>\n<ul>(.*?)</ul>", content, re.S)
        more = re.search(r"and (\d+) more</li>\n</ul>", content)
        same(f"{where}: unknowns", str((unseen.group(1).count("<li>") - bool(more) if unseen else 0) + int(more.group(1) if more else 0)),
             one("SELECT count(*) FROM v_unknown WHERE txn_id = ?", identity))

    return take(r'<details class="page" id="t-(\d+)"><summary>(?:(?!</summary>).)*?</span> (\d+) undeclared states?.*?</summary>(.*?)</details>', body, check)


def readers(where, words, identity):
    count = re.match(r"(\d+) function", words)
    same(f"{where}: readers", count.group(1) if count else "0", one("SELECT count(DISTINCT function_id) FROM v_reader WHERE state_id = ?", identity))


def use(where, content, state):
    """The size, and the numbers of the sentence that calls it a multiplexer."""
    bits, leaves, clients_seen, instances, changes = ask("SELECT bits, leaves, clients, instances, list_changes FROM v_state_use WHERE state_id = ?", state)[0]
    words = ([f"{bits} bit" + ("" if bits == "1" else "s")] if bits not in ("", "0") else []) + ([f"{leaves} leaf states"] if int(leaves) > 1 else [])
    same(f"{where}: size", fact(content, "size"), ", ".join(words))
    sentence = fact(content, "multiplexer")
    same(f"{where}: elements", re.findall(r"added or removed (\d+) time", sentence), [changes] if "were added or removed" in sentence else [])
    same(f"{where}: instances", re.findall(r"(\d+) clients seen in (\d+) instances", sentence), [(clients_seen, instances)] if " clients seen in " in sentence else [])


def states(body):
    body = parts_of(body, "s", len({row["state_id"] for row in findings}))

    def check(identity, writers, seen, content):
        where = f"s-{identity}"
        mine = [row for row in findings if row["state_id"] == int(identity)]
        same(f"{where}: transactions", (int(writers), int(seen or 0)),
             (len({row["txn_id"] for row in mine}), len({row["txn_id"] for row in mine if row["certainty"] in ("observed", "shared")})))
        readers(where, fact(content, "read by"), identity)
        use(where, content, identity)
        if has_probe:
            clients(where, fact(content, "changed for clients"), "SELECT client, observed FROM v_state_client WHERE state_id = ? ORDER BY observed DESC, client", identity)
        for row in re.findall("<tr>(<td.*?)</tr>", content, re.S) if has_probe else []:
            linked = re.search(r'#t-(\d+)".*?"tag (primary|secondary)".*?<td class="number">(\d+) of (\d+)</td>', row, re.S)
            if linked:
                transaction, kind, *seen = linked.groups()
                same(f"{where}: seen", seen, [one(SEEN, transaction, identity, kind), one(RUNS, transaction)])
                same(f"{where}: first change", cells(f"<tr>{row}</tr>")[0][6], "".join(first_change(transaction, identity, kind)[:1]))

    return take(r'<details class="page" id="s-(\d+)"><summary>(?:(?!</summary>).)*?</span> (\d+) transactions? may change it(?:, (\d+) seen)?.*?</summary>(.*?)</details>', body, check)


def evidence(body):
    def check(content):
        linked = re.search(r'#s-(\d+)".*?#t-(\d+)"', content, re.S)
        if not linked:  # has no parts to lead to
            return
        state, transaction = linked.groups()
        kind = re.search('"tag (primary|secondary)"', content).group(1)
        where = f"evidence of s-{state}, t-{transaction}"
        counted = re.search(r", in (\d+) of (\d+) observations", fact(content, "certainty"))
        if counted:
            same(where, counted.groups(), (one(SEEN, transaction, state, kind), one(RUNS, transaction)))
        words = ", observation ".join(first_change(transaction, state, kind))
        same(f"{where}: first seen", plain(re.sub(", client <code>.*", "", re.search("<dt>first seen</dt><dd>(.*?)</dd>|$", content, re.S).group(1) or "")), words)
        readers(where, fact(content, "read by"), state)
        use(where, content, state)
        trials = re.findall(r"([^,]*): ([^,]*) \((\d+)\)", fact(content, "litmus"))
        same(f"{where}: litmus", sorted((action.strip(), outcome, times) for action, outcome, times in trials),
             sorted(ask("SELECT action, outcome, count(*) FROM litmus WHERE txn_id = ? AND key = (SELECT key FROM state WHERE id = ?) GROUP BY 1, 2", transaction, state)))

    body = take(r"first (\d+) of (\d+) findings", body, lambda _, every: same("evidence: of all", int(every), findings_count()))
    return take(r'<details class="finding"(.*?)</details>', body, check)


def header(body):
    return take(r"(\d+) of (\d+) translation units analysed", body,
                lambda done, every: same("header: units", (done, every), ask("SELECT count(*) FILTER (WHERE status <> 'failed'), count(*) FROM unit")[0]))


def oracle(body):
    def check(words):
        numbers = tuple(re.findall(r"(\d+) ", words))
        same("oracle: alarm", numbers, ask("SELECT misses, functions, unmapped, false_negatives FROM v_verdict")[0])

    return take(r'<div class="alarm"(.*?)</div>', listed("oracle", body), check)


handlers = {"summary": summary, "entities": entities, "graph": graph, "spills": spills, "patterns": patterns, "plan": plan, "oracle": oracle, "neighbours": neighbours,
            "transactions": transactions, "states": states, "evidence": evidence}
parts = [("header", re.search("<header>(.*?)</header>", page, re.S).group(1)), *re.findall('<section id="([a-z]+)"[^>]*>(.*?)</section>', page, re.S)]
for part, content in parts:
    if part == "header":
        rest = header(content)
    elif part in handlers:
        rest = handlers[part](content)
    else:
        rest = tables(part, listed(part, content))
    words = re.sub(f"{QUERY}|<code>.*?</code>|<script.*?</script>|<form.*?</form>|<[^>]*>", " ", rest, flags=re.S)
    if "<td" in rest or "<svg" in re.sub('<p class="legend">.*?</p>', "", rest, flags=re.S) or re.search(r"(?<![\w.:/#&;-])\d+(?![\w:/-]|\.\d)", plain(words)):
        fail(f"section {part} holds a figure without a query: {' '.join(plain(words).split())[:300]}")
    if rest != content and part != "header" and not queries(content):
        fail(f"section {part} names no query")
print(f"every figure of {sys.argv[2]}: {figures}, {failures} failure(s)")
sys.exit(1 if failures or figures < 20 else 0)
