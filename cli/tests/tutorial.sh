#!/bin/bash
# tutorial.sh SPILLSCOPE SOURCE [corpora]: runs every ```sh block of docs/tutorial.md in order in one shell, and looks for the lines of the ```text block
# that follows, in their order, in what the blocks since the last one printed ("..." matches anything). Works in a copy of what the
# tutorial touches. With "corpora" it runs the ```sh corpora blocks instead, in SOURCE itself, which keeps the kernel that was fetched.
set -u
spillscope=$(readlink -f "$1")
source=$2
kind=sh
[ "${3:-}" != corpora ] || kind='sh corpora'
export PATH=${spillscope%/*}:$PATH SPILLSCOPE_CONFIG=''
unset SPILLSCOPE_DB
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tree" "$work/blocks"
if [ "$kind" = sh ]; then
    cp -r "$source/kernel" "$source/docs" "$work/tree/"
    mkdir "$work/tree/analyzer"
    cp -r "$source/analyzer/contracts" "$work/tree/analyzer/" # the header that the kernel includes
    cd "$work/tree" || exit 2
else
    cd "$source" || exit 2
fi

# blocks/NNN.sh and NNN.text, in the order of the page; a text belongs to the commands before it.
awk -v folder="$work/blocks" -v kind="$kind" '
    /^```/ && inside { inside = 0; close(name); next }
    /^```/ {
        inside = 1
        info = substr($0, 4)
        if (info ~ /^sh/) { wanted = (info == kind) }
        else if (info != "text") { printf "line %d: a block of kind \"%s\"\n", NR, info > "/dev/stderr"; exit 1 }
        name = wanted ? sprintf("%s/%03d.%s", folder, ++count, info == "text" ? "text" : "sh") : "/dev/null"
        next
    }
    inside { print > name }' "$source/docs/tutorial.md" || exit 1

# One shell for all, so that variables and the directory stay; a mark in the output ends what a text is compared with.
for block in "$work"/blocks/*; do
    case $block in
    *.sh) cat "$block" ;;
    *.text) echo "echo '@@@ ${block##*/}'" ;;
    esac
done >"$work/script"
timeout 3000 bash -euo pipefail "$work/script" >"$work/output" 2>&1 </dev/null
status=$?
if [ "$status" -ne 0 ]; then
    echo "FAILED: a command of the tutorial exits with $status; the end of the output:"
    tail -n 30 "$work/output"
    exit 1
fi
awk -v folder="$work/blocks" '
    function matches(line, pattern,    parts, n, i, at) { # "..." matches anything, also at the end
        n = split(pattern, parts, /\.\.\./)
        if (substr(line, 1, length(parts[1])) != parts[1]) return 0
        line = substr(line, length(parts[1]) + 1)
        for (i = 2; i <= n; i++) {
            at = index(line, parts[i])
            if (parts[i] != "" && !at) return 0
            line = substr(line, at + length(parts[i]))
        }
        return 1
    }
    /^@@@ / {
        at = 0
        while ((getline wanted < (folder "/" $2)) > 0) {
            for (found = 0; !found && at < count; ) found = matches(lines[++at], wanted)
            if (!found) { printf "FAILED: the output lacks, in its place: %s\n", wanted; failed = 1 }
            checked++
        }
        count = 0
        next
    }
    { lines[++count] = $0 }
    END { printf "tutorial: %d lines of output as shown%s\n", checked, failed ? ", but for those above" : ""; exit failed || !checked }' "$work/output"
code=$?
[ "$code" -eq 0 ] || { echo "--- the output:"; cut -c1-200 "$work/output" | head -n 400; }
exit "$code"
