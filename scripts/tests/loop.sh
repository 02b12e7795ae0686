#!/bin/bash
# Two rounds of the feedback loop on both designs: the bars hold, and the second round forgets nothing of the first.
# loop.sh BUILD_DIRECTORY SOURCE_ROOT
set -euo pipefail
build=$(readlink -f "$1")
root=$(readlink -f "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/scripts/loop" --build "$build" --work "$work" --rounds 2 --requests 600 | tee "$work/out.txt"
json() { sqlite3 :memory: "SELECT $1 FROM (SELECT CAST(readfile('$build/bench/loop.json') AS TEXT) AS document)"; }
failures=0
holds() { # holds WHAT SQL: over the figures
    if [ "$(json "$2")" = 1 ]; then echo "ok   $1"; else printf 'FAIL %s\n' "$1"; failures=$((failures + 1)); fi
}
holds 'at least 120 distinct transactions over both' "document ->> '\$.transactions' >= 120"
# In one design other calls may change all that an unobserved target would.
holds 'what was observed in the first round narrows the second' \
    "(document ->> '\$.designs.spillful[1].narrowed') + (document ->> '\$.designs.spillfree[1].narrowed') > 0"
for design in spillful spillfree; do
    first="document -> '\$.designs.$design[0]'"
    second="document -> '\$.designs.$design[1]'"
    holds "$design: at least 70% of the handlers' lines ran within transactions" "10 * ($second ->> '\$.lines.seen') >= 7 * ($second ->> '\$.lines.all')"
    for kind in transactions call_sites targets states branches lines; do
        holds "$design: $kind of the first round stay seen" "$second ->> '\$.$kind.seen' >= $first ->> '\$.$kind.seen' AND $first ->> '\$.$kind.seen' > 0"
    done
    holds "$design: nothing is narrowed before anything was observed" "$first ->> '\$.narrowed' = 0"
    [ "$(wc -l <"$work/$design/round-2.requests")" -eq 13 ] || { echo "FAIL $design: requests for other than 13 areas"; failures=$((failures + 1)); }
    cmp -s "$work/$design/round-1.requests" "$work/$design/round-2.requests" && { echo "FAIL $design: coverage changes no request"; failures=$((failures + 1)); }
    grep -aq 'driver: done' "$work/$design/round-2.log" || { echo "FAIL $design: the driver was not done"; failures=$((failures + 1)); }
    [ "$(sqlite3 "$work/$design/round-2.db" 'PRAGMA integrity_check')" = ok ] || failures=$((failures + 1))
done
[ "$failures" -eq 0 ]
