#!/bin/sh
# check.sh [OPTION...] SOURCE.c... : `spillscope check` over a compile database of the sources, in a directory of its own.
set -e
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
options=
separator='['
for argument; do
    case $argument in
    *.c)
        source=$(realpath "$argument")
        printf '%s{"directory":"%s","file":"%s","arguments":["gcc","-std=gnu17","-ffreestanding","-I%s","-c","%s"]}' "$separator" "$(dirname "$source")" \
            "$source" "$CONTRACTS" "$source" >>"$scratch/compile_commands.json"
        separator=,
        ;;
    *) options="$options $argument" ;;
    esac
done
echo ']' >>"$scratch/compile_commands.json"
status=0
# shellcheck disable=SC2086 # options are words
"$SPILLSCOPE" check -p "$scratch" $options || status=$?
exit "$status"
