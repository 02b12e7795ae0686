#!/bin/bash
# hostile.sh SPILLSCOPE: a source file whose name holds markup, quotes, a line break and commands for terminals, a unit of such a name that does not parse, and a manifest
# of such entities: nothing that a verb prints commands the terminal, and what is for programs is valid JSON with the names as they are.
set -u
spillscope=$(readlink -f "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
export SPILLSCOPE_CONFIG=/dev/null
unset SPILLSCOPE_DB
failures=0
checked=0
fail() { printf 'FAILED: %s\n' "$*" | cat -v; failures=$((failures + 1)); }
escape=$(printf '\033')
csi=$(printf '\302\233') # the same as ESC [ in one character
bad="a$escape]0;owned\$(touch x)<b>\"'&${csi}31m
c.c"
mkdir src
cat >"src/$bad" <<'C'
struct client { int requests; };
int call_outside(void *);
static void (*hook)(void);
static int total;
int server_call(struct client *client) { total++; if (hook) hook(); return ++client->requests; }
int server_two(struct client *client) { return call_outside(client); }
C
commands() {
    python3 -c 'import json, os
print(json.dumps([{"directory": os.getcwd(), "file": "src/" + name, "arguments": ["clang", "-c", "src/" + name]} for name in sorted(os.listdir("src"))]))' >compile_commands.json
}
shows() { # shows WANTED-EXIT VERB...: run, in text, and in JSON where the verb has it
    local wanted=$1 code
    shift
    checked=$((checked + 1))
    "$spillscope" "$@" >out 2>&1 </dev/null
    code=$?
    case " $wanted " in *" $code "*) ;; *) fail "$*: exit $code, wanted $wanted: $(head -n 5 out)" ;; esac
    # What is left when printable characters, line breaks and the control pictures that stand for them are taken away.
    if LC_ALL=C.UTF-8 grep -qP '[\x00-\x08\x0b-\x1f\x7f\x{80}-\x{9f}\x{202a}-\x{202e}]' out; then
        fail "$*: commands the terminal: $(head -c 2000 out)"
    fi
    "$spillscope" help "$1" | grep -q -- ' --json ' || return 0
    "$spillscope" "$@" --json >out 2>err </dev/null
    [ ! -s out ] || sqlite3 :memory: "SELECT CASE WHEN json_valid(CAST(readfile('out') AS TEXT)) THEN 'valid' END" | grep -q valid || fail "$* --json is not valid: $(head -c 500 out)"
    ! LC_ALL=C grep -q "$escape" out || fail "$* --json holds a raw escape"
    LC_ALL=C grep -q "$escape" err && fail "$* --json: the message commands the terminal"
    return 0
}
commands
shows 0 analyze -p . --db plain.db
printf '[kernel]\nname = %s\n[entity %s]\npath = src\n' "k${escape}[31m" "e${escape}[31m<i>" >manifest
shows '0 2' analyze -p . --manifest manifest --db named.db
printf 'int broken( {\n' >"src/z$escape[31m.c"
commands
shows 3 analyze -p . --db broken.db
shows 3 check -p .
incomplete=0
for database in plain broken; do
    shows '0 3' whitelist --db $database.db
    shows '0 3' coverage --db $database.db
    shows 3 spills --db $database.db
    shows '0 1 3' gate --db $database.db --baseline plain.db
    shows '0 1 3' compare plain.db $database.db
    shows "$incomplete" explain total --db $database.db
    shows "$incomplete" explain plan --db $database.db
    shows '0 2' doctor --db $database.db
    shows 3 oracle --db $database.db
    shows 0 db check --db $database.db
    shows 0 analyze -p . --dry-run --db $database.db
    incomplete=3
done
shows 2 whitelist --db "no$escape[31m.db"
shows 2 explain "no$escape[31m" --db plain.db
shows 2 gate --db plain.db --baseline plain.db --format "f$escape[31m"
shows 2 "config" "v$escape[31m"
"$spillscope" report --db plain.db -o plain.html || fail "report"
LC_ALL=C grep -qF -e "$escape" -e "<b>\"'" plain.html && fail "the report holds a raw name"
[ ! -e x ] || fail "a name was run as a command"
[ "$failures" -eq 0 ] && echo "hostile: $checked commands print nothing that commands a terminal"
[ "$failures" -eq 0 ]
