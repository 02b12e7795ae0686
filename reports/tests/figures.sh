#!/bin/sh
# figures.sh SPILLSCOPE FIXTURE_LOAD: every query that a report names runs, every figure is what its query gives, and none is without. Skipped (77) without sqlite3 or python3.
set -u
tool=$1
load=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
for program in sqlite3 python3; do
    if ! command -v $program > /dev/null 2>&1; then
        echo "skipped: no $program (Debian: apt-get install $program)"
        exit 77
    fi
done
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
# Names of all kinds for the rules, and a manifest that overrules them.
"$load" names.db "$here/fixtures/small.sql" || exit 2
sqlite3 names.db << 'SQL' || exit 2
INSERT INTO state (id, key, root, path, root_kind, entity_id, type, origin)
  SELECT 100 + row_number() OVER (), k || p, k, p, 'global', 2, t, 'analyzer' FROM
  (SELECT column1 AS k FROM (VALUES ('dev'), ('file.c:open:hook'), ('struct list'), ('alloc@file.c:f'))),
  (SELECT column1 AS p, column2 AS t FROM (VALUES ('', 'int'), ('.list', 'struct list_head'), ('.next', 'struct x *'), ('.next[].prev', 'int'), ('.cb', 'void (*)(int)'), ('.cb_arg', 'void *'),
   ('.notify', 'int'), ('.notify2', 'struct n'), ('.a.on_notify', 'struct n'), ('.a.private_data', 'void *'), ('.tbl[]', 'bool'), ('.rx_pos', 'long'), ('.position2x', 'long'),
   ('.stateful', 'int'), ('.STATE', 'int'), ('.x.data[][]', 'char'), ('.handler', NULL)));
INSERT INTO change (observation_id, state_id, instance, effect, bytes, kind, attribution, owner, owner_entity, whitelisted)
  SELECT 1 + s.id % 6, s.id, s.key || (s.id % 3), CASE s.id % 11 WHEN 0 THEN 'added' ELSE 'modified' END, 1, CASE s.id % 2 WHEN 0 THEN 'primary' ELSE 'secondary' END, 'own', 'server',
  CASE s.id % 4 WHEN 0 THEN NULL ELSE 1 + s.id % 3 END, 1 FROM state s WHERE s.id > 100 AND s.id % 7 <> 0;
-- One that a transaction spills in both ways.
INSERT INTO change (observation_id, state_id, instance, effect, bytes, kind, attribution, owner, owner_entity, whitelisted)
  SELECT 1 + s.id % 6, s.id, s.key, 'modified', 1, CASE s.id % 2 WHEN 0 THEN 'secondary' ELSE 'primary' END, 'own', 'server',
  CASE s.id % 4 WHEN 0 THEN NULL ELSE 1 + s.id % 3 END, 1 FROM state s WHERE s.id = 101;
INSERT INTO declaration (pattern, kind, value, reason) VALUES ('dev.next[].prev', 'pattern', 'dispatcher', 'r'), ('dev.n*', 'pattern', 'indirection-layer', 'r'), ('dev.cb', 'pattern', 'none', 'r');
SQL

for name in observed static big names; do
    "$tool" report --db $name.db -o $name.html || fail "report $name"
    # A page that is shown whole, figure by figure.
    [ $name = big ] || python3 "$here/every_figure.py" $name.html $name.db || fail "$name: a figure is not its query, or has none"
    # The histograms: bars that are not empty, against the query below each.
    for unit in entities transactions; do
        view=v_spill_count
        [ $unit = transactions ] || view=v_entity_count
        grep -o "<title> *$unit with [^<]* states: [1-9][0-9]*</title>" $name.html | sed 's/.*with \(.*\) states: \([0-9]*\)<.*/\1|\2/; s/&gt;/>/' | sort > bars
        query=$(sed 's/&lt;/</g; s/&gt;/>/g; s/&#39;/'"'"'/g' $name.html | sed -n "s/.*<pre><code>\(SELECT CASE WHEN states.* FROM $view GROUP BY .*\)<\/code>.*/\1/p")
        sqlite3 $name.db "$query" | sort > rows
        if ! cmp -s bars rows || [ ! -s bars ]; then
            fail "$name: the histogram of $unit is not its query: $(diff bars rows)"
        fi
        figures=$((figures + $(wc -l < bars)))
    done
    # Shares of patterns, and what findings stand in the way of: the rules in C against the rules in SQL.
    sed -n '/<section id="patterns"/,/<\/section>/p' $name.html > patterns
    { sed -n 's/^<tr><td>\([a-z -]*\)<\/td><td class="number">\([0-9]*\)<.*/\1|\2/p' patterns; sed -n 's/^<li><b>\([0-9]*\)<\/b><span>\(.*\)<\/span><\/li>$/\2|\1/p' patterns; } |
        grep -v '|0$' | sort > bars
    sqlite3 $name.db "SELECT pattern, count(*) FROM v_pattern GROUP BY 1; SELECT goal, count(*) FROM v_goal GROUP BY 1; SELECT * FROM (SELECT 'none recognised', count(*) AS n
        FROM (SELECT txn_id, state_id, kind FROM v_undeclared EXCEPT SELECT txn_id, state_id, kind FROM v_pattern)) WHERE n > 0" | sort > rows
    if ! cmp -s bars rows || [ "$(wc -l < bars)" -lt 8 ]; then
        fail "$name: shares of patterns are not those of v_pattern and v_goal: $(diff bars rows)"
    fi
    figures=$((figures + $(wc -l < bars)))
    # The plan: the table of entities, against the query below it.
    sed -n '/aria-label="where states could go"/,/<\/table>/p' $name.html | sed -n 's/^<tr><td>\(.*\)<\/td><\/tr>$/\1/p' | sed 's/<\/td><td class="number">/|/g' | sort > bars
    sed 's/&lt;/</g; s/&gt;/>/g; s/&#39;/'"'"'/g' $name.html | sed -n 's/.*<pre><code>\(SELECT holder, count(DISTINCT CASE fate.*ORDER BY holder\)<.*/\1/p' > query
    sqlite3 $name.db < query | sort > rows
    if ! cmp -s bars rows || [ ! -s bars ]; then
        fail "$name: the plan of entities is not its query: $(diff bars rows)"
    fi
    figures=$((figures + $(wc -l < bars)))
    # The plan's steps, ranked, against v_plan_step: the first 40 stand in the page.
    sed -n '/aria-label="plan"/,/<\/table>/p' $name.html | sed -n 's/^<tr><td><code>\(.*\)<\/code><\/td><td>\([^<]*\)<\/td><td class="number">\([0-9]*\) of \([0-9]*\)<\/td><td class="number">\([0-9]*\)<\/td><td class="number">\([0-9]*\)<.*/\1|\2|\3|\4|\5|\6/p' > bars
    sqlite3 $name.db "SELECT root, holder, removed, pairs, functions, pairs_left FROM v_plan_step ORDER BY rank LIMIT 40" > rows
    if ! cmp -s bars rows || [ ! -s bars ]; then
        fail "$name: the plan's steps are not those of v_plan_step: $(diff bars rows | head -n 5)"
    fi
    figures=$((figures + $(wc -l < bars)))
    # The spill graph: its table, against the query below it.
    sed -n '/The graph as a table/,/<\/table>/p' $name.html | sed -n 's/^<tr><td>\(.*\)<\/td><td>\(.*\)<\/td><td>\(.*\)<\/td><td class="number">\(.*\)<\/td><\/tr>$/\1|\2|\3|\4/p' | sort > edges
    sqlite3 $name.db "SELECT source, target, kind, states FROM v_spill_graph" | sort > rows
    if ! cmp -s edges rows || [ ! -s edges ]; then
        fail "$name: the graph is not its query: $(diff edges rows | head -n 5)"
    fi
    figures=$((figures + $(wc -l < edges)))
    # Around each entity: its tables, against the queries below them.
    sed -n '/<section id="neighbours"/,/<\/section>/p' $name.html | sed 's/<[/]*a[^>]*>//g; s/<[/]*code>//g; s/<span[^>]*>//g; s/<\/span>//g' |
        sed -n 's/^<tr><td>\(.*\)<\/td><td>\(.*\)<\/td><td>\(.*\)<\/td><td class="number">\(.*\)<\/td><\/tr>$/\1|\2|\3|\4/p' | sort > edges
    sqlite3 $name.db "SELECT transaction_name, holder, kind, count(DISTINCT state_id) FROM v_undeclared GROUP BY entity, txn_id, holder, kind;
        SELECT entity, holder, kind, count(DISTINCT state_id) FROM v_undeclared WHERE entity <> holder GROUP BY holder, entity, kind" | sort > rows
    if [ "$name" = big ]; then # has tables that end with "more arrows"
        [ -z "$(comm -23 edges rows)" ] || fail "big: a table around an entity is not its query: $(comm -23 edges rows | head -n 3)"
    elif ! cmp -s edges rows || [ ! -s edges ]; then
        fail "$name: the tables around entities are not their queries: $(diff edges rows | head -n 5)"
    fi
    figures=$((figures + $(wc -l < edges)))
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
