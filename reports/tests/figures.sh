#!/bin/sh
# figures.sh SPILLSCOPE FIXTURE_LOAD: every query that a report names runs, and the summary's figures are what their queries give. Skipped (77) without sqlite3.
set -u
tool=$1
load=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if ! command -v sqlite3 > /dev/null 2>&1; then
    echo "skipped: no sqlite3 (Debian: apt-get install sqlite3)"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work" || exit 2
failures=0
figures=0
queries=0
fail() {
    echo "FAIL $*"
    failures=$((failures + 1))
}

"$load" observed.db "$here/fixtures/small.sql" "$here/fixtures/oracle.sql" || exit 2
"$load" static.db "$here/fixtures/small.sql" "$here/fixtures/static.sql" || exit 2
"$load" big.db "$here/fixtures/big.sql" || exit 2

for name in observed static big; do
    "$tool" report --db $name.db -o $name.html || fail "report $name"
    # One file for each block of SQL in the page.
    rm -f block.*
    awk '/<details class="query">/ { count++; sub(/.*<pre><code>/, ""); on = 1 }
         on { line = $0; end = index(line, "</code></pre>"); if (end) line = substr(line, 1, end - 1); print line > ("block." count); if (end) on = 0 }' $name.html
    for block in block.*; do
        sed -i -e 's/&lt;/</g' -e 's/&gt;/>/g' -e 's/&quot;/"/g' -e "s/&#39;/'/g" -e 's/&amp;/\&/g' "$block"
        sqlite3 -bail $name.db < "$block" > rows 2> err || fail "$name: a named query does not run: $(head -n 1 err): $(cat "$block")"
        queries=$((queries + 1))
        # "-- label: value" and the query on the next line.
        sed -n '/^-- .*: [0-9][0-9]*$/{s/.*: \([0-9]*\)$/\1/;N;s/\n/ /;p}' "$block" > pairs
        while read -r value sql; do
            given=$(sqlite3 $name.db "$sql" < /dev/null)
            [ "$given" = "$value" ] || fail "$name: the report says $value, its query $given: $sql"
            figures=$((figures + 1))
        done < pairs
    done
done
[ "$figures" -ge 20 ] || fail "only $figures figures were found in the pages"
echo "figures: $figures figures, $queries queries, $failures failure(s)"
[ "$failures" -eq 0 ]
