#!/bin/bash
# terminal.sh SPILLSCOPE FIXTURE_LOAD FIXTURES: colours and pager on a terminal (made by util-linux' script) and without one.
set -u
spillscope=$1
load=$2
fixtures=$3
if ! command -v script >/dev/null; then
    echo "skipped: no script (package bsdutils)"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
export SPILLSCOPE_CONFIG=/dev/null TERM=xterm
unset NO_COLOR PAGER SPILLSCOPE_PAGER LESS
"$load" base.db "$fixtures/small.sql" && "$load" head.db "$fixtures/small.sql" "$fixtures/spill_added.sql" "$fixtures/spill_seen.sql" || exit 2
gate="'$spillscope' gate --db head.db --baseline base.db"
escape=$(printf '\033')
failures=0
fail() { printf 'FAILED: %s\n' "$*"; failures=$((failures + 1)); }
on_terminal() { timeout 60 script -qec "$1" /dev/null </dev/null; }
coloured() { grep -q "$escape\[1;31m"; }

# Colours.
bash -c "$gate" | coloured && fail "colours in a pipe"
bash -c "$gate --color=always" | coloured || fail "--color=always does not colour"
NO_COLOR=1 bash -c "$gate --color=always" | coloured || fail "--color=always loses to NO_COLOR"
SPILLSCOPE_COLOR=always bash -c "$gate" | coloured || fail "SPILLSCOPE_COLOR"
PAGER='' on_terminal "$gate" | coloured || fail "no colours on a terminal"
PAGER='' on_terminal "$gate --color=never" | coloured && fail "--color=never colours"
PAGER='' NO_COLOR=1 on_terminal "$gate" | coloured && fail "NO_COLOR"
PAGER='' TERM=dumb on_terminal "$gate" | coloured && fail "TERM=dumb"
bash -c "$gate --color=sometimes" 2>&1 | grep -q 'is auto, always or never, not "sometimes"' || fail "a wrong --color"

# Pager: only on a terminal; the exit code stays the verb's; messages go through it too.
export PAGER="sed 's/^/paged: /'"
bash -c "$gate" | grep -q '^paged: ' && fail "a pager in a pipe"
on_terminal "$gate" >out
[ $? -eq 1 ] || fail "the exit code of the gate behind a pager"
grep -q '^paged: ' out || fail "no pager on a terminal: $(cat out)"
coloured <out || fail "no colours behind the pager"
on_terminal "'$spillscope' help gate" | grep -q '^paged: usage: spillscope help\|^paged: usage: spillscope gate' || fail "help is not paged"
on_terminal "'$spillscope' gate --help" | grep -q '^paged: usage: spillscope gate' || fail "--help is not paged"
on_terminal "'$spillscope' spills --db nowhere.db" >out
[ $? -eq 2 ] && grep -q '^paged: spillscope spills: cannot open' out || fail "an error behind the pager: $(cat out)"
SPILLSCOPE_PAGER=cat on_terminal "$gate" | grep -q '^paged: ' && fail "SPILLSCOPE_PAGER=cat does not beat PAGER"
TERM=dumb on_terminal "$gate" | grep -q '^paged: ' && fail "a pager on a dumb terminal"
on_terminal "'$spillscope' db check --db base.db" | grep -q '^paged: ' && fail "a verb that is not read is paged"
# A reader who leaves at once: no hang, no message.
PAGER='true' on_terminal "'$spillscope' whitelist --db base.db" >out
grep -q 'cannot write' out && fail "leaving the pager early is an error: $(cat out)"
[ "$failures" -eq 0 ] && echo "terminal: colours and pager as documented"
[ "$failures" -eq 0 ]
