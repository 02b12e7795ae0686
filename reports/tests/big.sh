#!/bin/sh
# big.sh SPILLSCOPE FIXTURE_LOAD: 50,000 findings. Every one of them must be in the report, the first 500 as plain rows, the file below 10 MB, and a
# second run must give the same bytes. Times are printed; how fast it has to be is measured elsewhere, on a quiet machine.
set -eu
tool=$1
load=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
export SOURCE_DATE_EPOCH=1767225600

fail() {
    echo "FAIL $*"
    exit 1
}

"$load" big.db "$here/fixtures/big.sql"
start=$(date +%s%N)
"$tool" report --db big.db -o big.html
echo "report: $((($(date +%s%N) - start) / 1000000)) ms, $(wc -c < big.html) bytes"
[ "$(wc -c < big.html)" -lt 10000000 ] || fail "the report is 10 MB or more"

# Rows of the JSON block stand one a line.
rows=$(sed -n '/id="spill-data"/,/^"strings"/p' big.html | grep -c '^\[')
[ "$rows" -eq 50000 ] || fail "$rows of 50000 findings are in the JSON block"
plain=$(sed -n '/^<noscript>$/,/<\/noscript>/p' big.html | grep -c '^<tr>')
[ "$plain" -eq 500 ] || fail "$plain plain rows, expected 500"
details=$(grep -c '<details class="finding" id="f-' big.html)
[ "$details" -eq 500 ] || fail "$details findings with evidence, expected 500"
for letter in t s; do
    parts=$(grep -c "<details class=\"page\" id=\"$letter-" big.html)
    [ "$parts" -eq 200 ] || fail "$parts pages of kind $letter, expected 200"
done
grep -q 'The 200 of 500 transactions' big.html && grep -q 'The 200 of 2500 states' big.html || fail "nothing says which transactions and states have no page"
grep -q '500 of 50000 findings are shown' big.html || fail "nothing tells a reader without JavaScript that there is more"
# The summary's figures are those of the fixture: every fifth pair was seen.
grep -q '<b>10000</b><span>(transaction, state) pairs, undeclared' big.html || fail "the summary does not count 10000 observed pairs"

"$tool" report --db big.db -o again.html
cmp big.html again.html || fail "two runs differ"

start=$(date +%s%N)
"$tool" gate --db big.db --baseline big.db > gate.txt || fail "the gate objects to a database against itself"
echo "gate: $((($(date +%s%N) - start) / 1000000)) ms"
grep -q 'PASS.*' gate.txt || fail "the gate's verdict is not PASS"
grep -q ' 10000 exact' gate.txt || fail "the gate did not match all observed findings"
start=$(date +%s%N)
"$tool" gate --mode static --db big.db --baseline big.db > gate.txt || fail "the static gate objects to a database against itself"
echo "static gate: $((($(date +%s%N) - start) / 1000000)) ms"
grep -q ' 50000 exact' gate.txt || fail "the static gate did not match all pairs"
# What GitHub would not show is not sent to it.
"$load" none.db "$here/fixtures/static.sql"
code=0
"$tool" gate --mode static --db big.db --baseline none.db --format sarif-github > github.sarif 2> gate.log || code=$?
results=$(grep -c '"primaryLocationLineHash"' github.sarif)
[ "$code" -eq 1 ] && [ "$results" -eq 5000 ] || fail "GitHub gets $results of 50000 findings, exit code $code: $(cat gate.log)"
"$tool" gate --mode static --db big.db --baseline none.db --format sarif > full.sarif 2> gate.log || code=$?
[ "$(grep -c '"primaryLocationLineHash"' full.sarif)" -ge 50000 ] || fail "the full file is cut too"
echo "big: ok"
