#!/bin/sh
# rules.sh SPILLSCOPE DOCS SOURCE: each rule that a finding or a diagnostic names has a page in DOCS/checks and an explanation without a database, which say the same; the
# README's tables list them and tell what each pattern stands in the way of.
set -u
tool=$1
checks=$2/checks
source=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
failures=0
rules=0
fail() {
    echo "FAIL $*"
    failures=$((failures + 1))
}
: > "$work/pages"
for page in "$checks"/*.md; do
    rule=$(basename "$page" .md)
    [ "$rule" != README ] || continue
    rules=$((rules + 1))
    echo "$rule" >> "$work/pages"
    "$tool" explain "$rule" > "$work/said" 2>&1 || fail "explain $rule: $(cat "$work/said")"
    grep -qx "$rule\( (a contract.*)\)\{0,1\}" "$work/said" || fail "explain $rule names another rule: $(head -n 1 "$work/said")"
    [ "$(head -n 1 "$page")" = "# $rule" ] || fail "$page has another heading"
    summary=$(sed -n '2p' "$work/said" | sed 's/^  //')
    grep -qxF "**$summary**" "$page" || fail "$page does not say: $summary"
    for part in 'recognised by' 'a redesign could'; do
        grep -q "^  $part: ..*" "$work/said" || fail "explain $rule has no '$part'"
    done
    grep -q 'What to do:' "$page" || fail "$page says nothing of what to do"
    grep -q "^| \[$rule\]($rule.md) | " "$checks/README.md" || fail "README.md does not list $rule"
    "$tool" explain "$rule" --json | grep -q "^{\"schema_version\":1,\"rule\":\"$rule\"," || fail "explain $rule --json"
    # The README's table of goals, a cross where the pattern stands in the way.
    goals=$(awk -F' *[|] *' -v rule="$rule" '$2 == "pattern" { for (i = 3; i < NF; i++) name[i] = $i }
        $2 == rule && /[|] x [|]/ { for (i = 3; i < NF; i++) if ($i == "x") list = list (list ? ", " : "") name[i]; print list }' "$checks/README.md")
    [ "$(sed -n 's/^  in the way of: //p' "$work/said")" = "$goals" ] || fail "$rule stands in the way of other things than README.md says: $goals"
done
[ "$rules" -ge 10 ] || fail "only $rules pages"
# No rule without a page: all that explain knows, and all that the sources of spillscope check name.
"$tool" explain no-such-rule 2>&1 | sed -n "s/.*is no rule (\(.*\)); .*/\1/p" | tr -d ' ' | tr ',' '\n' | sort > "$work/known"
sort "$work/pages" | cmp -s - "$work/known" || fail "explain knows other rules than there are pages: $(sort "$work/pages" | diff - "$work/known")"
grep -rhoE '(report|check_add)\((result, )?"[a-z-]+",|add_finding\(\{"[a-z-]+",' "$source/analyzer/frontend" "$source/analyzer/check" | grep -o '"[a-z-]*"' | tr -d '"' | sort -u > "$work/named"
[ "$(wc -l < "$work/named")" -ge 5 ] || fail "the sources name only: $(cat "$work/named")"
[ -z "$(comm -23 "$work/named" "$work/known")" ] || fail "check names rules that nobody explains: $(comm -23 "$work/named" "$work/known")"
echo "rules: $rules pages and explanations, $failures failure(s)"
[ "$failures" -eq 0 ]
