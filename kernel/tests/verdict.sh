#!/bin/bash
# What the tools say of the two designs, as shares of spillfree over spillful, each held to a bar. The databases are those of the end-to-end test:
# analysed, probed and recorded under one workload. docs/adr/013-bars-for-the-two-designs.md says what is counted.
# verdict.sh SPILLFUL_DATABASE SPILLFREE_DATABASE
set -euo pipefail
spillful=$1
spillfree=$2
failures=0

number() { # number DATABASE SQL
    sqlite3 -readonly "$1" "WITH
        -- The declaration of each key of the recorder's; page tables are walked, and have the layout that the processor wants.
        truths AS (SELECT t.txn_id AS txn_id, t.key AS key, CASE WHEN t.key = 'pagetables' THEN 'unavoidable' ELSE d.kind END AS declared
                   FROM truth t LEFT JOIN state s ON s.key = t.key LEFT JOIN v_declared v ON v.state_id = s.id
                        LEFT JOIN declaration d ON d.id = v.declaration_id WHERE t.changed > 0 AND t.owner = 'server'),
        spills AS (SELECT txn_id, key, declared FROM v_spill WHERE attribution = 'own'),
        -- A whitelist names a type; whose its objects are, the log of all stores says: of some that only clients held, nothing was the servers'.
        roots AS (SELECT owner, key, instr(key || '.', 'struct ') AS at FROM truth WHERE key GLOB '*struct *'),
        owners AS (SELECT substr(key, 1, at - 1 + instr(substr(key, at) || '.', '.') - 1) AS root, max(owner = 'server') AS served, max(owner = 'client') AS own
                   FROM roots GROUP BY 1),
        held AS (SELECT root FROM owners WHERE own AND NOT served),
        -- What is declared to be the clients' is no server's.
        entries AS (SELECT m.txn_id AS txn_id, s.key AS key, d.kind AS declared, e.role AS role
                    FROM may_modify m JOIN state s ON s.id = m.state_id LEFT JOIN entity e ON e.id = s.entity_id
                         LEFT JOIN v_declared v ON v.state_id = s.id LEFT JOIN declaration d ON d.id = v.declaration_id
                    WHERE coalesce(e.role, '') <> 'client' AND NOT EXISTS (SELECT 1 FROM declaration o WHERE o.kind = 'owner'
                          AND o.value IN (SELECT name FROM entity WHERE role = 'client') AND s.key GLOB replace(o.pattern, '[]', '[[]]'))
                          AND NOT EXISTS (SELECT 1 FROM held h WHERE s.key = h.root OR substr(s.key, 1, length(h.root) + 1) = h.root || '.')),
        served AS (SELECT * FROM entries WHERE coalesce(role, '') <> 'base')
        $2"
}

judge() { # judge WHAT PART WHOLE MOST|LEAST BAR: one line; tenths of a percent are shown, the bar is in percent
    local verdict=pass
    [ "$3" -gt 0 ] || { printf 'FAIL %s: nothing to compare with\n' "$1"; failures=$((failures + 1)); return; }
    case $4 in
    most) [ $(($2 * 100)) -le $(($5 * $3)) ] || verdict=FAIL ;;
    least) [ $(($2 * 100)) -ge $(($5 * $3)) ] || verdict=FAIL ;;
    esac
    [ "$verdict" = pass ] || failures=$((failures + 1))
    printf '%s  %-68s %5d of %5d, %3d.%d%%; at %s %d%%\n' "$verdict" "$1" "$2" "$3" $(($2 * 100 / $3)) $(($2 * 1000 / $3 % 10)) "$4" "$5"
}

undeclared="SELECT count(DISTINCT txn_id || '/' || key) FROM"
declared="SELECT count(DISTINCT key) FROM"

echo "Undeclared pairs of transaction and key, spillfree over spillful"
for source in spills truths served entries; do
    case $source in
    spills) what="seen by the probe" bar=2 ;;
    truths) what="changed by the log of all stores" bar=2 ;;
    served) what="of whitelists, in states of servers" bar=2 ;;
    entries) what="of whitelists, in states of the base as well" bar=2 ;;
    esac
    judge "$what" "$(number "$spillfree" "$undeclared $source WHERE declared IS NULL")" "$(number "$spillful" "$undeclared $source WHERE declared IS NULL")" \
        most $bar
done
number "$spillfree" "SELECT '      ' || key || ': ' || count(DISTINCT txn_id) || ' transactions' FROM
    (SELECT txn_id, key FROM spills WHERE declared IS NULL UNION SELECT txn_id, key FROM truths WHERE declared IS NULL
     UNION SELECT txn_id, key FROM entries WHERE declared IS NULL) GROUP BY key"

echo "Declared keys of spillfree over all spilled keys of spillful"
for source in spills truths entries; do
    case $source in
    spills) what="seen by the probe" bar=15 ;;
    truths) what="changed by the log of all stores" bar=15 ;;
    entries) what="of whitelists, whether they change or not" bar=15 ;;
    esac
    whole=$(number "$spillful" "$declared $source")
    judge "$what" "$(number "$spillfree" "$declared $source WHERE declared IS NOT NULL")" "$whole" most $bar
    number "$spillfree" "SELECT printf('      %-14s %3d keys, %4.1f%%', declared, count(DISTINCT key), count(DISTINCT key) * 100.0 / $whole)
        FROM $source WHERE declared IS NOT NULL GROUP BY declared"
done
echo "Why no redesign removes what the probe saw"
number "$spillfree" "SELECT DISTINCT '      ' || key || ' (' || declared || '): ' || declared_reason FROM v_spill
    WHERE attribution = 'own' AND declared IS NOT NULL ORDER BY key"

echo "Entities and entry points of spillful that spill undeclared states"
judge "entities that have entry points" "$(number "$spillful" "SELECT count(DISTINCT t.entity_id) FROM spills s JOIN txn t ON t.id = s.txn_id
    WHERE s.declared IS NULL")" "$(number "$spillful" "SELECT count(DISTINCT entity_id) FROM txn")" least 90
number "$spillful" "SELECT printf('      entry points (reported, not aimed at): %d of %d', count(DISTINCT txn_id), (SELECT count(*) FROM txn))
    FROM spills WHERE declared IS NULL"
[ "$failures" -eq 0 ]
