#!/bin/sh
# golden.sh SPILLSCOPE FIXTURE_LOAD: runs the report verbs over the fixtures and compares what they print, byte by byte, with expected/.
# SPILLSCOPE_UPDATE=1 rewrites the references. A file in expected/ that no case compares is an error.
set -u
tool=$1
load=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
export SOURCE_DATE_EPOCH=1767225600 NO_COLOR=1 LC_ALL=C SPILLSCOPE_DOT="$work/no-such-dot"
failures=0
cd "$work" || exit 2
: > compared

# database NAME FIXTURE...: NAME.db from the fixtures in order.
database() {
    name=$1
    shift
    files=
    for fixture in "$@"; do
        files="$files $here/fixtures/$fixture.sql"
    done
    # shellcheck disable=SC2086
    "$load" "$name.db" $files || exit 2
}

# check REFERENCE EXIT COMMAND...: standard output (without what is not ours to pin down) must be expected/REFERENCE, the exit code EXIT.
check() {
    reference=$1
    wanted=$2
    shift 2
    echo "$reference" >> compared
    "$@" > out 2> err
    code=$?
    if [ "$wanted" -eq 2 ]; then
        cat err >> out
    fi
    # Style sheet, script and its digest have tests of their own; the temporary directory has a new name each time.
    sed -e '/^<style>$/,/^<\/style>$/d' -e '/^<script>"\{0,1\}\/\//,/^<\/script>$/d' -e "s|'sha256-[^']*'|'sha256-...'|" -e "s|$work|WORK|g" out > clean
    if [ "$code" -ne "$wanted" ]; then
        echo "FAIL $reference: exit code $code, expected $wanted"
        sed 's/^/  stderr: /' err
        failures=$((failures + 1))
    fi
    if [ "${SPILLSCOPE_UPDATE:-}" = 1 ]; then
        cp clean "$here/expected/$reference"
    elif ! cmp -s clean "$here/expected/$reference"; then
        echo "FAIL $reference: differs from the reference (SPILLSCOPE_UPDATE=1 rewrites it)"
        diff "$here/expected/$reference" clean | head -n 20
        failures=$((failures + 1))
    fi
}

# same REFERENCE COMMAND...: a second run prints the same bytes.
same() {
    "$@" > first 2> err
    "$@" > second 2> err
    if ! cmp -s first second || [ ! -s first ]; then
        echo "FAIL two runs differ: $*"
        failures=$((failures + 1))
    fi
}

database small small
database static small static
database added small spill_added
database seen small spill_added spill_seen
database added_static small static spill_added
database renamed small file_renamed
database renamed_static small static file_renamed
database transaction small transaction_renamed
database type small static type_renamed
database swapped small static state_swapped
database grown small static state_grown
database unit_failed small unit_failed
database unit_failed_added small spill_added spill_seen unit_failed
database cut small run_cut
database configuration small static configuration_changed
database oracle small oracle
database redesigned small redesigned
database unrelated small unrelated
database moved small redesigned moved_file
database hostile hostile
database harmless empty_meta

check report.html 0 "$tool" report --db small.db -o - --source-root "$here/fixtures/source"
check report_static.html 0 "$tool" report --db static.db -o -
check report_incomplete.html 3 "$tool" report --db cut.db -o -
check report_oracle.html 0 "$tool" report --db oracle.db -o -
check report_hostile.html 3 "$tool" report --db hostile.db -o -

check compare.txt 0 "$tool" compare small.db redesigned.db
check compare.json 0 "$tool" compare small.db redesigned.db --json
check compare.html 0 "$tool" compare small.db redesigned.db -o -
# A static that lies in another file now is the same state, and nothing is removed or added by that.
check compare_moved.txt 0 "$tool" compare small.db moved.db
check compare_moved.json 0 "$tool" compare small.db moved.db --json
check compare_renamed.txt 0 "$tool" compare static.db renamed_static.db
# What both cost, from a file in the shape of scripts/bench; names in it are shown as text.
cat > cost.json <<'JSON'
{"schema_version":1,"machine":"a <machine>","ratios":[{"name":"open.instructions","value":0.5,"bar":1.25,"better":"lower","runs":5,"thesis":0.25},
 {"name":"<script>alert(1)</script>","value":2,"bar":1.25,"better":"lower","runs":5,"note":"looks through all \u001b[31mof them"},
 {"name":"hits","value":0.9,"bar":0.5,"better":"higher","runs":5}],
 "measurements":[{"name":"open","size":1,"unit":"instructions","smallkernel":10,"smallkernel-redesigned":8},{"name":"open","size":64,"unit":"instructions","smallkernel":40,"smallkernel-redesigned":8},
 {"name":"once","size":0,"unit":"ns","smallkernel":1,"smallkernel-redesigned":1}]}
JSON
check compare_cost.txt 0 "$tool" compare small.db redesigned.db --cost cost.json
check compare_cost.json 0 "$tool" compare small.db redesigned.db --cost cost.json --json
check compare_cost.html 0 "$tool" compare small.db redesigned.db --cost cost.json -o -
echo '{"ratio":1}' > no-cost.json
check compare_no_cost.txt 2 "$tool" compare small.db redesigned.db --cost no-cost.json
check compare_static.txt 3 "$tool" compare unit_failed.db static.db
check compare_unrelated.txt 3 "$tool" compare small.db unrelated.db
check compare_unrelated.html 3 "$tool" compare small.db unrelated.db -o -
check compare_hostile.txt 3 "$tool" compare harmless.db hostile.db
check compare_hostile.html 3 "$tool" compare harmless.db hostile.db -o -

check explain_state.txt 0 "$tool" explain 'task_table.task[].state' --db small.db
check explain_part.json 0 "$tool" explain timer.c --db small.db --json
check explain_rule.txt 0 "$tool" explain dispatcher
check explain_hostile.txt 3 "$tool" explain src=x --db hostile.db
check explain_litmus.txt 0 "$tool" explain struct\ open_file.offset --db oracle.db
check explain_plan.txt 0 "$tool" explain plan --db small.db
check explain_plan.json 0 "$tool" explain plan --db small.db --json
check explain_plan_hostile.txt 3 "$tool" explain plan --db hostile.db
check explain_nothing.txt 2 "$tool" explain no_such_state --db small.db

check gate_same.txt 0 "$tool" gate --db small.db --baseline small.db
check gate_renamed_file.txt 0 "$tool" gate --db renamed.db --baseline small.db
check gate_renamed_file_static.txt 0 "$tool" gate --db renamed_static.db --baseline static.db
check gate_renamed_transaction.txt 0 "$tool" gate --db transaction.db --baseline small.db
check gate_renamed_type.txt 0 "$tool" gate --db type.db --baseline static.db
check gate_swapped.txt 1 "$tool" gate --db swapped.db --baseline static.db
check gate_grown.txt 1 "$tool" gate --db grown.db --baseline static.db
check gate_added.txt 1 "$tool" gate --db added_static.db --baseline static.db
check gate_mixed.txt 1 "$tool" gate --db added.db --baseline static.db
check gate_unseen.txt 0 "$tool" gate --db added.db --baseline small.db
check gate_seen.txt 1 "$tool" gate --db seen.db --baseline small.db
check gate_unknown.txt 1 "$tool" gate --db added.db --baseline small.db --fail-on-unknown
check gate_unit_failed.txt 3 "$tool" gate --db unit_failed.db --baseline small.db
check gate_both.txt 1 "$tool" gate --db unit_failed_added.db --baseline small.db
check gate_cut.txt 3 "$tool" gate --db cut.db --baseline small.db
check gate_configuration.txt 3 "$tool" gate --db configuration.db --baseline static.db
check gate_no_run.txt 2 "$tool" gate --db small.db --baseline static.db --mode observed
check gate_no_format.txt 2 "$tool" gate --db small.db --baseline small.db --format yaml

"$tool" gate --db seen.db --baseline small.db --json > seen.json
fingerprint=$(sed -n 's/^"new":\[{"fingerprint":"\([0-9a-f]*\)".*/\1/p' seen.json)
"$tool" suppress "$fingerprint" --db seen.db --policy active.policy --owner alice --reason 'moves to the clients in 2.1' > /dev/null || failures=$((failures + 1))
check gate_suppressed.txt 0 "$tool" gate --db seen.db --baseline small.db --policy active.policy
printf 'suppress %s alice 2025-12-31 for a while\nsuppress 0123456789 bob never nothing any more\nbudget 1 task.c\nbudget 9 file.c\n' "$fingerprint" > stale.policy
check gate_stale.txt 1 "$tool" gate --db seen.db --baseline small.db --policy stale.policy
printf '# comment\n\nsuppress xyz alice never why\n' > bad.policy
check gate_bad_policy.txt 2 "$tool" gate --db seen.db --baseline small.db --policy bad.policy
grep -q 'bad.policy:3:' err || { echo "FAIL a bad policy must name its line"; failures=$((failures + 1)); }
# Rules that would never decide, or never end: a finding named twice, whole or cut short, and a day that no calendar has.
while IFS='|' read -r first second words; do
    printf '%s\n%s\n' "$first" "$second" > bad.policy
    "$tool" gate --db seen.db --baseline small.db --policy bad.policy > out 2> err
    if [ $? -ne 2 ] || ! grep -q "bad.policy:2: .*$words" err; then
        echo "FAIL a policy that ends with '$second': $(cat err)"
        failures=$((failures + 1))
    fi
done << RULES
suppress $fingerprint alice never why|suppress $fingerprint bob 2020-01-01 why|the first is at bad.policy:1
suppress $fingerprint alice never why|suppress $(echo "$fingerprint" | cut -c1-8) bob never why|the first is at bad.policy:1
# February|suppress $fingerprint alice 2027-02-31 why|expected
RULES

for format in text json sarif sarif-github gitlab junit markdown annotations; do
    check "gate_format_$format" 1 "$tool" gate --db seen.db --baseline small.db --format $format --policy stale.policy
    check "gate_hostile_$format" 1 "$tool" gate --db hostile.db --baseline harmless.db --format $format
done

# All that makes the gate fail besides findings, in every format: none may look clean.
printf 'suppress 0123456789 bob never nothing any more\nbudget 0 task.c\nbudget 3 tusk.c\n' > problems.policy
for format in text json sarif sarif-github gitlab junit markdown annotations; do
    check "gate_problems_$format" 1 "$tool" gate --db unit_failed_added.db --baseline unit_failed_added.db --format $format --policy problems.policy
done
check gate_unknown_gitlab 1 "$tool" gate --db added.db --baseline small.db --fail-on-unknown --format gitlab
check gate_unknown_junit 1 "$tool" gate --db added.db --baseline small.db --fail-on-unknown --format junit
check gate_unknown_annotations 1 "$tool" gate --db added.db --baseline small.db --fail-on-unknown --format annotations

# Style sheet and script apart: nothing inline but data, and the files beside the page are those that it would hold.
mkdir -p served
"$tool" report --db small.db -o "served/a report.html" --assets linked || failures=$((failures + 1))
"$tool" report --db small.db -o whole.html --assets inline || failures=$((failures + 1))
sed -n '/^<style>$/,/^<\/style>$/p' whole.html | sed '1d;$d' > style
if ! cmp -s style "served/a report.css" || ! grep -qF 'href="a%20report.css"' "served/a report.html" || ! grep -qF '<script src="a%20report.js"></script>' "served/a report.html" ||
    grep -Eq '<style|<script>| style=|unsafe-inline' "served/a report.html" || [ ! -s "served/a report.js" ]; then
    echo "FAIL --assets linked: the page holds what it should link"
    failures=$((failures + 1))
fi
"$tool" report --db small.db -o - --assets linked > out 2> err && { echo "FAIL --assets linked to standard output"; failures=$((failures + 1)); }

same "$tool" report --db small.db -o -
same env SPILLSCOPE_DOT=dot "$tool" report --db hostile.db -o - --source-root "$here/fixtures/source"
for format in text json sarif sarif-github gitlab junit markdown annotations; do
    same "$tool" gate --db seen.db --baseline small.db --format $format --policy problems.policy
done
same "$tool" explain plan --db small.db
same "$tool" explain timer.c --db small.db --json
same "$tool" whitelist --db small.db --json
same "$tool" spills --db small.db --json
same "$tool" compare small.db redesigned.db -o -

# No output may hold a control character (but for the line feed), whatever the names are. XML and JSON say the same in escapes.
for output in "$here"/expected/*hostile*; do
    if LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" "$output"; then
        echo "FAIL $output holds a control character"
        failures=$((failures + 1))
    fi
done
if grep -Eq '<script>alert|<img|<svg onload|root:x:' "$here/expected/report_hostile.html" "$here/expected/compare_hostile.html" "$here/expected/compare_cost.html"; then
    echo "FAIL a name of the analysed source became markup, or a file outside the source was read"
    failures=$((failures + 1))
fi

for reference in "$here"/expected/*; do
    if ! grep -qxF "$(basename "$reference")" compared; then
        echo "FAIL $reference is compared by no case"
        failures=$((failures + 1))
    fi
done
echo "golden: $(wc -l < compared) outputs compared, $failures failure(s)"
[ "$failures" -eq 0 ]
