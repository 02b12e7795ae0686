#!/bin/bash
# disk.sh SPILLSCOPE: what happens to databases and outputs on a full disk, where nothing can be written, and when an analysis is ended in its midst.
set -u
spillscope=$(readlink -f "$1")
frontend=${SPILLSCOPE_FACTS:-${spillscope%/*}/spillscope-facts}
work=$(mktemp -d)
started=
cleanup() {
    [ -z "$started" ] || kill -9 "$started" 2>/dev/null
    for mount in small fixed; do if mountpoint -q "$work/$mount"; then umount "$work/$mount"; fi; done
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work" || exit 2
export SPILLSCOPE_CONFIG=/dev/null
unset SPILLSCOPE_DB
failures=0
expect() { # expect CODE PATTERN COMMAND...
    local code=$1 pattern=$2 output status
    shift 2
    output=$(timeout 60 "$@" 2>&1 </dev/null)
    status=$?
    if [ "$status" -ne "$code" ] || ! grep -qE -- "$pattern" <<<"$output"; then
        printf 'FAILED: %s\n  exit %s, wanted %s; output lacks /%s/:\n%s\n' "$*" "$status" "$code" "$pattern" "$output"
        failures=$((failures + 1))
    fi
}
mkdir src small fixed
cat >src/server.c <<'C'
static int total;
int server_call(void) { return ++total; }
C
printf '[{"directory":"%s","file":"src/server.c","arguments":["clang","-c","src/server.c"]}]\n' "$PWD" >compile_commands.json
# What would be done is said, and nothing of it done.
expect 0 '^parse  .*src/server.c$' "$spillscope" analyze -p . --db good.db --dry-run
expect 0 '1 units would be analysed into good.db, 1 of them parsed' "$spillscope" analyze -p . --db good.db --dry-run
[ ! -e good.db ] && [ ! -e .spillscope ] || { echo "FAILED: --dry-run leaves something behind: $(ls -A)"; failures=$((failures + 1)); }
expect 0 '1 ok' "$spillscope" analyze -p . --db good.db
expect 0 '^known  .*src/server.c$' "$spillscope" analyze -p . --db good.db --dry-run
"$spillscope" whitelist --db good.db >good.txt
unharmed() { # unharmed DATABASE WHAT
    expect 0 'is sound' "$spillscope" db check --db "$1"
    "$spillscope" whitelist --db "$1" 2>&1 | cmp -s - good.txt || { echo "FAILED: $2: the database says something else than before"; failures=$((failures + 1)); }
}

# Nothing is left of what was refused.
expect 2 'nowhere' "$spillscope" analyze -p nowhere --db new.db
[ ! -e new.db ] || { echo "FAILED: a refused analysis leaves a database behind"; failures=$((failures + 1)); }
expect 2 'nowhere' "$spillscope" analyze -p nowhere --db good.db
unharmed good.db 'a refused analysis'
expect 0 '"database":"good.db","action":"check","schema":[0-9]+,"backup":null' "$spillscope" db check --db good.db --json
expect 0 '"action":"migrate","schema":[0-9]+,"backup":null' "$spillscope" db migrate --db good.db --json
expect 2 'migrate or check what' "$spillscope" db vacuum --db good.db
expect 2 'is a directory' "$spillscope" whitelist --db src

# Ended in its midst: the frontend says that it has begun, and waits for ever.
cat >slow <<SH
#!/bin/sh
: >begun
exec sleep 600
SH
chmod +x slow
for signal in INT TERM KILL; do
    rm -f begun
    export SPILLSCOPE_FACTS=$work/slow
    # Not in the background of this shell, where SIGINT would be ignored.
    python3 -c 'import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.setpgid(0, 0); os.execv(sys.argv[1], sys.argv[1:])' \
        "$spillscope" analyze -p . --db good.db --cache "cache.$signal" >ended.log 2>&1 </dev/null &
    started=$!
    for _ in $(seq 300); do [ -e begun ] && break; sleep 0.1; done
    [ -e begun ] || { echo "FAILED: the frontend was not started: $(cat ended.log)"; failures=$((failures + 1)); }
    kill -"$signal" -- "-$started" 2>/dev/null
    wait "$started" 2>/dev/null && { echo "FAILED: SIG$signal does not end the analysis"; failures=$((failures + 1)); }
    started=
    unset SPILLSCOPE_FACTS
    unharmed good.db "SIG$signal"
done
expect 0 '1 ok' env SPILLSCOPE_FACTS="$frontend" "$spillscope" analyze -p . --db good.db
unharmed good.db 'an analysis after one that was ended'

# A file that may grow no more (ulimit -f, in KB): an error, and the whole file or none.
"$spillscope" report --db good.db -o page.html && cp page.html whole.html
printf 'budget 9 src/server.c\n' >policy
limited() { # limited KB TEXT VERB...: fails with the text
    expect 2 "$2" bash -c 'ulimit -f "$0"; exec "$@"' "$1" "$spillscope" "${@:3}"
}
limited 8 'page.html.*too large' report --db good.db -o page.html
cmp -s page.html whole.html || { echo "FAILED: the page that was there is lost"; failures=$((failures + 1)); }
limited 8 'other.html.*too large' compare good.db good.db -o other.html
limited 0 'too large' suppress 000000 --owner me --reason why --policy policy
[ "$(cat policy)" = 'budget 9 src/server.c' ] || { echo "FAILED: the policy: $(cat policy)"; failures=$((failures + 1)); }
limited 8 'full|I/O|too large' analyze -p . --db good.db
unharmed good.db 'an analysis that may write no more'
[ -z "$(ls | grep -E 'other|part$')" ] || { echo "FAILED: half a page is left: $(ls)"; failures=$((failures + 1)); }
rm -f page.html whole.html policy

if ! mount -t tmpfs -o size=4m tmpfs fixed 2>/dev/null; then
    echo "disks are not tried: mounting needs privileges that are missing here"
    exit $((failures > 0))
fi
# Where nothing can be written everything can be read, and what writes says why not.
cp good.db fixed/
mount -o remount,ro fixed
unharmed fixed/good.db 'a read-only disk'
expect 0 'PASS' "$spillscope" gate --db fixed/good.db --baseline fixed/good.db
expect 0 '' "$spillscope" report --db fixed/good.db -o page.html
expect 0 'kept/moved: 1/0' "$spillscope" compare fixed/good.db good.db
expect 2 'fixed/page.html.*Read-only' "$spillscope" report --db good.db -o fixed/page.html
expect 2 'Read-only' "$spillscope" analyze -p . --db fixed/good.db
expect 2 'Read-only' "$spillscope" suppress 000000 --owner me --reason why --policy fixed/policy
expect 2 'Read-only' "$spillscope" db migrate --db fixed/good.db
expect 2 'fixed/all.db' "$spillscope" merge fixed/all.db good.db fixed/good.db

# A full disk: an error, and the whole file or none.
mount -t tmpfs -o size=500k tmpfs small || exit 1
cp good.db small/
expect 2 'full|space' "$spillscope" analyze -p . --db small/new.db
rm -f small/new.db*
dd if=/dev/zero of=small/rest bs=1k status=none 2>/dev/null
unharmed small/good.db 'a full disk'
expect 2 'space' "$spillscope" report --db good.db -o small/page.html
expect 2 'space' "$spillscope" compare good.db good.db -o small/page.html
[ -z "$(ls small | grep page)" ] || { echo "FAILED: half a page is left: $(ls -l small)"; failures=$((failures + 1)); }
expect 2 'full|space|I/O' "$spillscope" analyze -p . --db small/good.db
expect 2 'space' "$spillscope" suppress 000000 --owner me --reason why --policy small/policy
[ ! -s small/policy ] || { echo "FAILED: half a rule is left"; failures=$((failures + 1)); }
rm small/rest
unharmed small/good.db 'an analysis on a full disk'
[ "$failures" -eq 0 ] && echo "disk: databases and outputs are whole or absent"
[ "$failures" -eq 0 ]
