#!/bin/sh
# browser.sh SPILLSCOPE FIXTURE_LOAD: the reports in headless Chromium: the script runs under the page's own policy, draws the table, keeps hostile names
# text, and shows 50,000 findings. Skipped (77), with the reason, where there is no Chromium.
set -u
tool=$1
load=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
browser=
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" > /dev/null 2>&1; then
        browser=$name
        break
    fi
done
if [ -z "$browser" ]; then
    echo "skipped: no chromium (Debian: apt-get install chromium)"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work" || exit 2
failures=0
fail() {
    echo "FAIL $*"
    failures=$((failures + 1))
}

# page FILE [OPTION...]: what the browser made of it, as HTML.
page() {
    file=$1
    shift
    timeout 300 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$work/profile" --enable-logging=stderr --v=0 \
        "$@" --dump-dom "file://$work/$file" > "$file.dom" 2> "$file.log"
    if [ ! -s "$file.dom" ]; then
        echo "the browser gave no page:"
        tail -n 5 "$file.log"
        exit 1
    fi
    if grep -Ei 'CONSOLE.*(error|refused|violat)|Uncaught' "$file.log"; then
        fail "$file: the browser's console has errors"
    fi
}
has() {
    grep -qE -- "$2" "$1.dom" || fail "$1: the page has no $2"
}
# has_not FILE PATTERN: outside the JSON block and attribute values, which are text.
has_not() {
    sed -e '/<script type="application\/json"/,/<\/script>/d' -e 's/="[^"]*"/=""/g' "$1.dom" > body
    if grep -qE -- "$2" body; then
        fail "$1: the page has $2"
    fi
}

"$load" small.db "$here/fixtures/small.sql" && "$load" hostile.db "$here/fixtures/hostile.sql" && "$load" big.db "$here/fixtures/big.sql" || exit 2
"$load" redesigned.db "$here/fixtures/small.sql" "$here/fixtures/redesigned.sql" || exit 2
"$tool" report --db small.db -o small.html --source-root "$here/fixtures/source" || fail "report small"
"$tool" report --db hostile.db -o hostile.html 2> /dev/null
[ $? -eq 3 ] || fail "the hostile database is incomplete"
"$tool" report --db big.db -o big.html || fail "report big"
"$tool" compare small.db redesigned.db -o compare.html > /dev/null || fail "compare"

page small.html
has small.html 'id="spill-table"[^>]*data-drawn="11"'
has small.html 'aria-sort="none"'
has small.html '<output[^>]*>11 findings<'
has small.html '<form class="filters">'
# Pages of transactions and states: the drawn table leads to them, values before and after stand there, and what was never entered is said to be so.
has small.html '<td[^>]*><a href="#s-1"><code>task_table.task\[\].state</code></a>'
has small.html '<td[^>]*><a href="#t-4"><code>timer_start</code></a>'
has small.html '<details class="page" id="s-1">'
has small.html '<code>TASK_FREE</code> → <code>TASK_READY</code>'
has small.html 'file_seek</code> .*never entered'
if command -v dot > /dev/null 2>&1; then
    has small.html '<svg class="graph"'
fi

# One arrow around an entity: its part of the page has a drawing with links, and the form narrows the drawing of the whole.
has small.html '<details class="page" id="e-0">'
if command -v dot > /dev/null 2>&1; then
    has small.html '<form class="filters" data-graph="spill-graph">'
    has small.html '<g class="node transaction" data-node="0"><a href="#t-[0-9]*">'
    sed -e '/http-equiv="Content-Security-Policy"/d' small.html > narrow.html
    cat >> narrow.html << 'END'
<script>
addEventListener("load", () => {
  const form = document.querySelector("form[data-graph]");
  const pick = (name) => {
    const node = form.querySelector("[data-focus=node]");
    node.value = Array.from(node.options).find((option) => option.textContent === name).value;
    form.dispatchEvent(new Event("input"));
    const near = Array.from(document.querySelectorAll("#spill-graph .node:not(.far) title"), (title) => title.textContent).sort().join("+");
    document.documentElement.dataset["around" + name.replace(/[^a-z]/g, "")] = near + ":" + form.querySelector("output").textContent;
  };
  pick("timer.c");
  pick("file.c");
});
</script>
END
    page narrow.html
    has narrow.html 'data-aroundtimerc="clients\+task.c\+timer.c:3 entities, 3 arrows"'
    has narrow.html 'data-aroundfilec="clients\+file.c:2 entities, 1 arrows"'
fi

page hostile.html
has hostile.html 'id="spill-table"[^>]*data-drawn="5"'
has_not hostile.html '<script>alert|<img|<svg onload|onerror=""|onmouseover=""'
has hostile.html 'Incomplete: this report'

page big.html
has big.html 'id="spill-table"[^>]*class="windowed"'
has big.html 'id="spill-table"[^>]*data-drawn="50000"'
has big.html '<output[^>]*>50000 findings<'
rows=$(grep -o 'aria-rowindex=' big.html.dom | wc -l)
if [ "$rows" -lt 20 ] || [ "$rows" -gt 500 ]; then
    fail "the window over 50000 rows holds $rows rows"
fi
if grep -q 'id="spill-waiting"' big.html.dom || grep -q 'id="spill-table"[^>]*hidden' big.html.dom; then
    fail "the table of 50000 rows is not shown"
fi
# Without scripts, as a sandbox has none, the first rows stand in the page.
cat > sandbox.html << 'END'
<iframe sandbox="allow-same-origin" src="big.html" width="1200" height="900"></iframe>
<script>
addEventListener("load", () => {
  const inner = document.querySelector("iframe").contentDocument;
  const rows = Array.from(inner.querySelectorAll("#spills table tbody tr")).filter((row) => row.offsetHeight > 0);
  document.documentElement.dataset.plain = rows.length + ":" + inner.getElementById("spill-table").offsetHeight;
});
</script>
END
page sandbox.html --allow-file-access-from-files
has sandbox.html 'data-plain="500:0"'
echo "50,000 findings: table drawn in $(sed -n 's/.*data-milliseconds="\([0-9]*\)".*/\1/p' big.html.dom | head -n 1) ms"

page compare.html
has compare.html 'of the pairs are left'

# On paper: the first rows and no window, no closed parts; 50,000 findings are a few sheets, not thousands.
timeout 600 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$work/profile" --no-pdf-header-footer --print-to-pdf="$work/big.pdf" \
    "file://$work/big.html" > print.log 2>&1 || fail "the browser did not print: $(tail -n 3 print.log)"
sheets=$(grep -a -c '/Type /Page$' big.pdf 2> /dev/null)
sheets=${sheets:-0}
if [ "$sheets" -lt 5 ] || [ "$sheets" -gt 150 ]; then
    fail "50,000 findings print on $sheets sheets"
fi

if [ -n "${SPILLSCOPE_SCREENSHOTS:-}" ]; then
    mkdir -p "$SPILLSCOPE_SCREENSHOTS"
    for name in small compare; do
        rm -f "$SPILLSCOPE_SCREENSHOTS/$name.png"
        timeout 120 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" --hide-scrollbars --window-size=1300,2600 \
            --screenshot="$SPILLSCOPE_SCREENSHOTS/$name.png" "file://$work/$name.html" > /dev/null 2>&1 || fail "screenshot $name"
        [ -s "$SPILLSCOPE_SCREENSHOTS/$name.png" ] || fail "no screenshot $name"
    done
fi
echo "browser: $failures failure(s)"
[ "$failures" -eq 0 ]
