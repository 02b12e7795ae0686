#!/bin/bash
# What a newcomer types first: help, a misspelt verb, --version, completion, man pages.
set -u
spillscope=$1
failures=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
expect() { # expect CODE PATTERN COMMAND...
    local code=$1 pattern=$2 output status
    shift 2
    output=$("$@" 2>&1)
    status=$?
    if [ "$status" -ne "$code" ] || ! grep -qE -- "$pattern" <<<"$output"; then
        printf 'FAILED: %s\n  exit %s, wanted %s; output lacks /%s/:\n%s\n' "$*" "$status" "$code" "$pattern" "$output"
        failures=$((failures + 1))
    fi
}
expect 2 'usage: spillscope VERB' "$spillscope"
expect 0 'usage: spillscope VERB' "$spillscope" --help
expect 0 '^spillscope [0-9]+\.' "$spillscope" --version
expect 2 'did you mean help' "$spillscope" hlep
expect 2 'no such verb: xyzzyxyzzy' "$spillscope" xyzzyxyzzy
expect 0 'usage: spillscope help' "$spillscope" help help
expect 0 'usage: spillscope help' "$spillscope" help --help
expect 2 'no such verb: analyse: did you mean analyze' "$spillscope" help analyse
expect 2 'no such verb: gat: did you mean gate' "$spillscope" config gat
expect 2 'what is "head.db" here' "$spillscope" gate head.db main.db
expect 2 'there is bash, zsh and fish' "$spillscope" help --completion tcsh
expect 2 'cannot write the output' bash -c "'$spillscope' help >/dev/full"
verbs=$("$spillscope" help | sed -n 's/^  \([a-z]\{2,\}\) .*/\1/p')
[ -n "$verbs" ] || { echo "FAILED: help lists no verbs"; failures=$((failures + 1)); }
for verb in $verbs; do
    [ "$verb" = spillscope ] && continue
    expect 0 "usage: spillscope $verb" "$spillscope" help "$verb"
    expect 0 "^spillscope-$verb\(1\)" "$spillscope" help --man "$verb"
    expect 2 'unknown option --no-such-option-here' "$spillscope" "$verb" --no-such-option-here
done
# Every option that help names stands in the man page and in each completion, behind its verb.
for shell in bash zsh fish; do
    "$spillscope" help --completion $shell >"$work/$shell" || { echo "FAILED: no completion for $shell"; failures=$((failures + 1)); }
done
lacks() { echo "FAILED: $*"; failures=$((failures + 1)); }
options=0
for verb in $verbs; do
    [ "$verb" = spillscope ] && continue
    "$spillscope" help --man "$verb" >"$work/page"
    grep -q -- "-a $verb -d" "$work/fish" || lacks "fish does not complete $verb"
    grep -qE "^        compadd -- .* $verb( |\$)" "$work/zsh" || lacks "zsh does not complete $verb"
    [ "$(bash -c ". '$work/bash'; COMP_WORDS=(spillscope $verb); COMP_CWORD=1; _spillscope; echo \"\${COMPREPLY[*]}\"")" = "$verb" ] || lacks "bash does not complete $verb"
    for option in $("$spillscope" help "$verb" | sed -n 's/^  \(-[a-zA-Z], \|    \)\(--[a-z][a-z-]*\) .*/\2/p'); do
        options=$((options + 1))
        grep -qF -- "*$option*" "$work/page" || lacks "the man page of $verb has no $option"
        grep -qE -- "^ *$verb:-\*\) compadd -- .* $option( |\$)" "$work/zsh" || lacks "zsh does not complete $verb $option"
        printf '%s %s\n' "$verb" "$option" >>"$work/asked"
        grep -qE -- "_from $verb' .*-l ${option#--} " "$work/fish" || lacks "fish does not complete $verb $option"
    done
done
# bash is asked as it asks itself: what stands before the cursor, and what is there of the word.
cat >"$work/ask" <<'B'
. "$1"
complete_words() { COMP_WORDS=(spillscope "$@"); COMP_CWORD=$#; _spillscope; echo "${COMPREPLY[*]}"; }
while read -r verb option; do
    [[ " $(complete_words "$verb" "$option") " == *" $option "* ]] || echo "bash does not complete $verb $option"
done <"$2"
wanted() { local words=$1; shift; local given; given=$(complete_words "$@"); [ "$given" = "$words" ] || echo "bash completes '$*' to '$given', not '$words'"; }
wanted 'auto static observed' gate --mode ''
wanted 'sarif sarif-github' gate --format sa
wanted 'sarif sarif-github' gate --format = sa
wanted 'migrate check' db ''
wanted 'clear' cache c
wanted 'analyze' help ana
wanted 'dispatcher' explain disp
wanted '' gate --db ''
wanted '' analyze -p ''
wanted '' gate he
wanted '' probe --db k.db -- qemu --m
wanted '--help' db --h
B
bash "$work/ask" "$work/bash" "$work/asked" >"$work/found"
[ ! -s "$work/found" ] || lacks "$(cat "$work/found")"
grep -qF "gate:--mode) compadd -- auto static observed; return" "$work/zsh" || lacks "zsh does not complete the values of --mode"
grep -qF "gate' -l mode -x -a 'auto static observed' " "$work/fish" || lacks "fish does not complete the values of --mode"
# Help fits a terminal, but for commands and lists of choices that cannot be broken.
for verb in $verbs; do
    [ "$verb" = spillscope ] || "$spillscope" help "$verb" | sed '/^examples\{0,1\}:$/,$d' | grep -vE '^      --format text' | awk -v verb="$verb" 'length > 80 { print verb ": " $0 }'
done >"$work/long"
[ ! -s "$work/long" ] || lacks "lines of help that are too long: $(cat "$work/long")"
# What explain completes are the rules that it knows.
"$spillscope" explain no-such-rule 2>&1 | sed -n 's/.*is no rule (\(.*\)); .*/\1/p' | tr -d ' ' | tr ',' '\n' >"$work/rules"
bash -c ". '$work/bash'; COMP_WORDS=(spillscope explain ''); COMP_CWORD=2; _spillscope; printf '%s\n' \"\${COMPREPLY[@]}\"" | grep -vx plan | cmp -s - "$work/rules" || lacks "explain completes other rules than it knows"
[ "$options" -ge 50 ] || lacks "only $options options were found in help"
"$spillscope" help --completion bash | bash -n || failures=$((failures + 1))
if command -v scdoc >/dev/null; then
    for verb in $verbs; do
        [ "$verb" = spillscope ] && continue
        "$spillscope" help --man "$verb" | scdoc >/dev/null || { echo "FAILED: scdoc refuses the page of $verb"; failures=$((failures + 1)); }
    done
else
    echo "man pages not rendered: scdoc is not installed"
fi
[ "$failures" -eq 0 ]
