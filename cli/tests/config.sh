#!/bin/bash
# config.sh SPILLSCOPE: options from the command line, the environment and a file found upwards; which beats which, and what is refused.
set -u
spillscope=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
unset SPILLSCOPE_DB SPILLSCOPE_CONFIG SPILLSCOPE_JSON
expect() { # expect CODE TEXT COMMAND...: the output has the text
    local code=$1 text=$2 output status
    shift 2
    output=$("$@" 2>&1)
    status=$?
    if [ "$status" -ne "$code" ] || ! grep -qF -- "$text" <<<"$output"; then
        printf 'FAILED: %s\n  exit %s, wanted %s; output lacks "%s":\n%s\n' "$*" "$status" "$code" "$text" "$output"
        failures=$((failures + 1))
    fi
}
mkdir -p "$work/top/a/b" "$work/top/other/.spillscope"
cd "$work/top/a/b" || exit 2
expect 0 'no option is set: there is no .spillscope file' "$spillscope" config
expect 2 'cannot open database from-env.db' env SPILLSCOPE_DB=from-env.db "$spillscope" whitelist
cat >"$work/top/.spillscope" <<'FILE'
db = all.db           # of any verb
[whitelist]
db = listed.db
[gate]
baseline = /abs/base.db
require-coverage = yes
json = no
FILE
# The nearest file upwards, paths relative to it; the verb's section before the common part.
expect 2 "cannot open database $work/top/listed.db" "$spillscope" whitelist
expect 2 "cannot open database $work/top/all.db" "$spillscope" spills
expect 2 'cannot open database from-env.db' env SPILLSCOPE_DB=from-env.db "$spillscope" whitelist
expect 2 'cannot open database given.db' env SPILLSCOPE_DB=from-env.db "$spillscope" whitelist --db given.db
expect 0 "whitelist.db = $work/top/listed.db	$work/top/.spillscope:3" "$spillscope" config --show-origin
expect 0 "spills.db = $work/top/all.db	$work/top/.spillscope:1" "$spillscope" config --show-origin
expect 0 'spills.db = env.db	environment SPILLSCOPE_DB' env SPILLSCOPE_DB=env.db "$spillscope" config spills --show-origin
expect 0 "gate.require-coverage = yes	$work/top/.spillscope:6" "$spillscope" config gate --show-origin
expect 0 '"origin":"file"' "$spillscope" config gate --json
if "$spillscope" config gate | grep -q 'gate.json'; then
    echo 'FAILED: a flag set to no counts as set'
    failures=$((failures + 1))
fi
expect 2 'SPILLSCOPE_JSON is yes or no, not "perhaps"' env SPILLSCOPE_JSON=perhaps "$spillscope" spills
expect 0 'no option is set' env SPILLSCOPE_CONFIG=/dev/null "$spillscope" config
expect 2 'cannot read the configuration /nonexistent' env SPILLSCOPE_CONFIG=/nonexistent "$spillscope" spills
# The other name of the file, for trees whose cache of facts lies there too.
cd "$work/top/other" || exit 2
echo 'db = inner.db' >.spillscope/config
expect 2 "cannot open database $work/top/other/inner.db" "$spillscope" spills
# Mistakes name their place; help works all the same.
printf 'db = x\n[analyse]\njobs = 2\n' >.spillscope/config
expect 2 'config:2: there is no verb analyse' "$spillscope" spills
printf '[analyze]\nmanifst = x\n' >.spillscope/config
expect 2 'config:2: analyze has no option manifst: did you mean manifest?' "$spillscope" spills
printf '[gate]\njson = maybe\n' >.spillscope/config
expect 2 'config:2: json is yes or no, not "maybe"' "$spillscope" gate --db a --baseline b
printf 'nonsense\n' >.spillscope/config
expect 2 'config:1: expected' "$spillscope" config
expect 0 'usage: spillscope gate' "$spillscope" help gate
[ "$failures" -eq 0 ] && echo "config: all as documented"
[ "$failures" -eq 0 ]
