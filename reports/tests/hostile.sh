#!/bin/sh
# hostile.sh SPILLSCOPE FIXTURE_LOAD: a database whose names, paths, types, values, reasons and messages are all of them what an enemy would choose - markup, quotes, escapes for
# terminals, characters that turn or hide text, broken UTF-8, workflow commands, paths out of the source, very long ones, with line breaks - through every verb and format: what
# is for people holds nothing that is obeyed, what is for programs is well-formed, and a page has no element, attribute or link that is not ours. Skipped (77) without python3.
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
"$load" harmless.db "$here/fixtures/empty_meta.sql" || exit 2
: > nothing.sql
"$load" evil.db nothing.sql || exit 2
python3 - "$tool" "$here" << 'PYTHON'
import html.parser
import json
import os
import re
import sqlite3
import subprocess
import sys

tool, here = sys.argv[1:]
failures = 0
shown = 0

NAMES = [
    b"A" * 5000, b"<" * 3000, b"'\"><img src=x onerror=alert(1)>", b"</script><script>alert(2)</script>", b"<svg/onload=alert(3)>", b"<!-- ", b"]]>", b"&lt;b&gt;&amp;&#60;",
    b"\" onmouseover=\"alert(4)", b"javascript:alert(5)", b"https://example.invalid", b"WWW.example.invalid", b"x[click](https://example.invalid/)", b"![i](https://example.invalid/i.png)", b"@everyone #1 :tada: ~~x~~", b"| a | b |",
    b"`code`", b"\\N\\G\\L\"]; evil [label=\"", b"<b>dot</b>", b"\x1b[31m\x1b]0;owned\x07", b"\x1b]8;;https://example.invalid\x07link\x1b]8;;\x07", b"\xc2\x9b31m", b"a\rb", b"a\nb", b"\x08\x7f\x01",
    "a\u202eb\u202c".encode(), "x\u2066y\u2069".encode(), "z\u200b\u200d\u2060\ufeff".encode(), "l\u2028p\u2029n\u0085".encode(), "t\U000e0041\U000e007f".encode(), ("e" + "\u0301" * 500).encode(),
    "\u061c\u200e\u200f".encode(), "\ufffe\uffff".encode(), b"b\xc3(", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xff\xfe", b"::error file=x::y", b"\n::stop-commands::y", b"##[error]y", b"a ##vso[task.complete]z",
    b"%0A::error::y", b"../../../../etc/passwd", b"/etc/shadow", b"//host.invalid/a.c", b"./a.c", b"a/../../b.c", b"C:\\windows\\a.c", b"file:///etc/passwd", b"a//b.c", b"-rf", b" lead", b"trail ",
    b"$(touch pwned)", b"${HOME}", b"{{7*7}}", b"%s%n%d", b"a.b[]->c", b"struct x.y z", b"alloc@a:b", b"a:b:c.d", b"'; DROP TABLE txn; --", b"*", b"[a-z]*?",
]


def fail(words):
    global failures
    failures += 1
    print("FAIL", ascii(words)[1:-1][:600])


store = sqlite3.connect("evil.db", isolation_level=None)


def put(table, **columns):
    """A row; bytes become text as they are, valid or not."""
    marks = ", ".join("CAST(? AS TEXT)" if isinstance(value, bytes) else "?" for value in columns.values())
    store.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", list(columns.values()))


store.execute("BEGIN")
for key in ("kernel", "configuration", "revision"):
    put("meta", key=key, value=b"".join(NAMES[2:24]))
put("meta", key="source_root", value="/")
put("run", id=1, tool="probe", mode="ram", started="2026-01-01T00:00:00Z", ended=NAMES[17], status="failed", message=NAMES[2] + NAMES[17], elf=NAMES[3], command=NAMES[17] + NAMES[4])
put("run", id=2, tool="oracle", mode="recorder", started="2026-01-01T00:00:00Z", ended="2026-01-01T00:00:00Z", status="complete", message=NAMES[21], elf=NAMES[3], command=NAMES[17])
put("run", id=3, tool="litmus", mode="stub", started="2026-01-01T00:00:00Z", ended="2026-01-01T00:00:00Z", status="complete", elf=NAMES[3], command=NAMES[17])
for number, name in enumerate(NAMES, 1):
    other = NAMES[number % len(NAMES)]
    put("entity", id=number, name=name, role="server", origin="file")
    put("unit", id=number, path=name, digest="d", status="failed" if number % 9 == 0 else "ok", message=other)
    put("file", id=number, path=name, entity_id=number)
    put("function", id=number, name=name, file_id=number, line=number, linkage="external")
    put("txn", id=number, name=name, common_name=name, entity_id=number, function_id=number, found_by="linkage")
    put("txn_alias", txn_id=number, name=other)
    for state, (key, root, path, kind) in enumerate(((name, name, b"", "static"), (b"r%d." % number + name, b"r%d" % number, b"." + name, "heap")), 2 * number):
        put("state", id=state, key=key, root=root, path=path, root_kind=kind, entity_id=number, type=other, bit_offset=0, bit_size=8, leaves=1, file=name, line=1, origin="analyzer")
        put("witness_place", id=state, function=name, file=name, line=1, why=other)
        put("witness_place", id=1000 + state, function=other, file=other, line=2, why=name)
        put("witness_call", txn_id=number, number=state, step=0, place_id=state)
        put("may_modify", id=state, txn_id=number, state_id=state, phase="runtime", call=state, store_id=1000 + state)
        put("may_modify", id=1000 + state, txn_id=number % len(NAMES) + 1, state_id=state, phase="runtime")
        put("may_read", state_id=state, function_id=number, line=3)
    put("unknown", id=number, cause=name, detail=other, function=name, file=name, line=1)
    put("txn_unknown", txn_id=number, unknown_id=number)
    put("declaration", id=number, pattern=b"declared " + name, kind="exempt" if number % 2 else "owner", value=name, reason=other)
    put("observation", id=number, run_id=1, txn_id=number, sequence=number, cpu=0, task=name, client=other, status="complete", result=0)
    put("change", observation_id=number, state_id=2 * number, instance=name, effect="modified", old_value=name, new_value=other, bytes=1, kind="primary", attribution="own", owner="server",
        owner_entity=number, whitelisted=1)
    put("truth", run_id=2, txn_id=number, key=name, stores=1, silent=0, changed=1, transient=0, owner="server", function=name, file=other, line=1, pc=1)
    put("unmapped", run_id=2, txn_id=number, pc=number, address=1, stores=1, bytes=1, function=name, file=other, line=1)
    put("litmus", run_id=3, txn_id=number, key=name, action="perturb", outcome="crash", execution=1, detail=other)
    put("suppression", fingerprint="%010x" % number, reason=name, owner=other, expires=None)
store.execute("COMMIT")
store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
# The static view of it, and one where a manifest's and the source's words are hostile too.
store.execute("VACUUM INTO 'static.db'")
store.close()
static = sqlite3.connect("static.db")
static.executescript("DELETE FROM change; DELETE FROM observation; DELETE FROM litmus; DELETE FROM truth; DELETE FROM unmapped; DELETE FROM run;")
static.close()

# What is obeyed, or not seen: by terminals, by readers of text, by programs that go through a log line by line.
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]")


def run(what, *words):
    global shown
    shown += 1
    done = subprocess.run([tool, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=120)
    if done.returncode < 0 or not done.stdout + done.stderr:
        fail(f"{what}: ends with {done.returncode}, and prints {len(done.stdout)} bytes")
    try:
        return done.stdout.decode(), done.stderr.decode()
    except UnicodeDecodeError as error:
        fail(f"{what}: no UTF-8: {error}")
        return done.stdout.decode(errors="replace"), ""


def for_people(what, text):
    found = ACTIVE.search(text)
    if found:
        fail(f"{what}: holds {found.group(0)!r} behind {text[max(0, found.start() - 60):found.start()]!r}")


def for_log(what, text):
    for_people(what, text)
    found = re.search(r"^\s*::|##(vso)?\[", text, re.M)
    if found:
        fail(f"{what}: a runner obeys {text[found.start():found.start() + 40]!r}")


class Page(html.parser.HTMLParser):
    """What a browser would make of a page, as far as it could do harm."""
    TAGS = set("""html head meta title link style body a header h1 h2 h3 h4 p b i nav ul ol li main section div span table caption thead tbody tr th td details summary pre code script svg g path
        rect line text polygon ellipse circle polyline defs marker figure figcaption label input select option button dl dt dd em strong small kbd noscript desc tspan br time form output""".split())

    def __init__(self, what):
        super().__init__(convert_charrefs=True)
        self.what = what
        self.ids = set()
        self.targets = []
        self.scripts = 0

    def handle_starttag(self, tag, attrs):
        if tag not in self.TAGS:
            fail(f"{self.what}: an element {tag!r}")
        self.scripts += tag == "script"
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "srcdoc", "action", "formaction", "xlink:href", "ping") or not re.fullmatch("[a-zA-Z-]+[12]?", name):
                fail(f"{self.what}: {tag} has the attribute {name!r}: {value!r}")
            if name == "href":
                self.targets.append(value)
            if name == "id":
                if value in self.ids:
                    fail(f"{self.what}: two elements have the id {value!r}")
                self.ids.add(value)


def check_page(what, text):
    for_people(what, text)
    page = Page(what)
    page.feed(text)
    page.close()
    if page.scripts > 2:
        fail(f"{what}: {page.scripts} scripts")
    for target in page.targets:
        if not target.startswith("#") or target[1:] not in page.ids:
            fail(f"{what}: a link to {target!r}")
    data = re.search('<script type="application/json"[^>]*>(.*?)</script>', text, re.S)
    if data:
        json.loads(data.group(1))
    for drawing in re.findall("<svg.*?</svg>", text, re.S):
        with open("drawing.svg", "w", encoding="utf-8") as stream:
            stream.write(drawing)
        if subprocess.run(["xmllint", "--noout", "--nonet", "drawing.svg"], stderr=subprocess.DEVNULL, check=False).returncode:
            fail(f"{what}: a drawing is not well-formed: {drawing[:200]}")


XMLLINT = subprocess.run(["sh", "-c", "command -v xmllint"], stdout=subprocess.DEVNULL, check=False).returncode == 0
if not XMLLINT:
    print("skipped: no xmllint (package libxml2-utils)")
    sys.exit(77)
for database in ("evil.db", "static.db"):
    for verb in ("whitelist", "spills", "coverage", "oracle", "doctor"):
        out, err = run(f"{verb} {database}", verb, "--db", database)
        for_log(f"{verb} {database}", out + err)
        out, err = run(f"{verb} {database} --json", verb, "--db", database, "--json")
        for_people(f"{verb} {database} --json, messages", err)
        if out:
            json.loads(out)
            if re.search("[\x00-\x09\x0b-\x1f\x7f]", out):
                fail(f"{verb} {database} --json: a raw control character")
    for word in ("plan", "r1", "<", "A" * 20, "state-spill"):
        out, err = run(f"explain {database}", "explain", word, "--db", database)
        for_log(f"explain {word[:9]} {database}", out + err)
        json.loads(run("explain --json", "explain", word, "--db", database, "--json")[0])
    for page in ("report", "compare"):
        words = (page, "harmless.db", database) if page == "compare" else (page, "--db", database)
        check_page(f"{page} {database}", run(page, *words, "-o", "-")[0])
    out, err = run("compare", "compare", "harmless.db", database)
    for_log(f"compare {database}", out + err)
    json.loads(run("compare --json", "compare", "harmless.db", database, "--json")[0])
    for before, after in (("harmless.db", database), (database, "harmless.db"), (database, database)):
        texts = {}
        for format in ("text", "json", "sarif", "sarif-github", "gitlab", "junit", "markdown", "annotations"):
            out, err = run(f"gate {format}", "gate", "--db", after, "--baseline", before, "--format", format, "--fail-on-unknown", "--mode", "static")
            texts[format] = out
            if format != "json":
                (for_log if format == "text" else for_people)(f"gate {after} {format}", out + err)
        if not all(texts.values()):
            fail(f"gate {before} {after}: nothing is printed as {[format for format in texts if not texts[format]]}")
            continue
        json.loads(texts["json"])
        json.loads(texts["gitlab"])
        for format in ("sarif", "sarif-github"):
            def places(value):
                if isinstance(value, dict):
                    yield from [value["uri"]] if "uri" in value else []
                    for inner in value.values():
                        yield from places(inner)
                elif isinstance(value, list):
                    for inner in value:
                        yield from places(inner)
            for uri in places(json.loads(texts[format])):
                if not re.fullmatch("(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+(?:/(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+)*", uri) or {".", ".."} & set(uri.split("/")):
                    fail(f"gate {format}: the place {uri!r}")
            if any("](" in text for text in re.findall(r'"text":"((?:[^"\\]|\\.)*)"', texts[format])):
                fail(f"gate {format}: a message holds a link")
        for line in texts["annotations"].split("\n"):
            if line and not re.match(r"::(warning file=[^:,]*,line=\d+,title=state spill \([a-z]+\)|error (file=[^:,]*,line=\d+,)?title=spillscope [a-z]+|notice title=spillscope)::", line):
                fail(f"gate annotations: the line {line!r}")
        for line in texts["markdown"].split("\n"):
            if line.startswith("|") and len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) not in (6, 8):
                fail(f"gate markdown: the row {line!r}")
            if re.search(r"(?<!\\)(<|\[(?!U\+))|@|://|www\.", line):
                fail(f"gate markdown: markup in {line!r}")
        for format in ("gitlab", "junit"):
            with open(f"{after}.{format}", "w", encoding="utf-8") as stream:
                stream.write(texts[format])
        # The schemas have their own judge.
        judged = subprocess.run([os.path.join(here, "ci_formats.sh"), f"{after}.gitlab", f"{after}.junit"], stdout=subprocess.PIPE, check=False, text=True)
        if judged.returncode not in (0, 77):
            fail(f"gate {before} {after}: {judged.stdout}")
if os.path.exists("pwned"):
    fail("a name was run as a command")
print(f"hostile: {len(NAMES)} names through {shown} outputs, {failures} failure(s)")
sys.exit(1 if failures else 0)
PYTHON
