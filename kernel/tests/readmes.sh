#!/bin/bash
# Whether the README of each entity's folder says what the manifest and the code say: its transactions, all of them and no others; its states, its
# pattern, and in spillfree the redesign. Names that a README puts into `...` must be in the sources of its folder.
# usage: readmes.sh KERNEL_FOLDER DESIGN
set -euo pipefail
kernel=$1 design=$2
failures=0
complain() { printf 'FAIL %s\n' "$*"; failures=$((failures + 1)); }

# The transactions that a folder's sources define: the manifest's entries, by the name of the request.
transactions_defined() { # FOLDER
    sed -n 's/^entry = //p' "$kernel/$design.manifest" | while read -r entry _; do
        if grep -qE "^[a-z].*\b$entry\(.*\) \{$" "$1"/*.c; then
            printf '%s\n' "${entry#sys_}"
        fi
    done | sort -u
}

# What the README says, up to the next heading: words with an underscore, those in parentheses left out.
transactions_told() { # README
    sed -n '/^\*\*Transactions:\*\*/,/^$/p' "$1" | tr '\n' ' ' | sed 's/([^)]*)//g; s/;.*//' | grep -oE '\b[a-z0-9]+_[a-z_0-9]+\b' | sort -u || true
}

folders=$(sed -n "s|^path = kernel/\($design/[^/]*\)/\$|\1|p" "$kernel/$design.manifest" | sort -u)
count=0
for folder in $folders; do
    readme=$kernel/$folder/README.md
    ls "$kernel/$folder"/*.c >/dev/null 2>&1 || continue
    if [ ! -f "$readme" ]; then
        complain "$folder: no README.md"
        continue
    fi
    count=$((count + 1))
    if [ -n "$(transactions_defined "$kernel/$folder")" ]; then
        for part in 'States' 'pattern' 'redesign'; do
            grep -qi "$part" "$readme" || complain "$folder/README.md: says nothing of the $part"
        done
    fi
    if ! difference=$(diff <(transactions_defined "$kernel/$folder") <(transactions_told "$readme")); then
        complain "$folder/README.md: transactions differ (< the code and the manifest, > the README):"
        grep '^[<>]' <<<"$difference"
    fi
    # A name in `...` is an identifier, or a file or folder.
    while read -r name; do
        [ -n "$name" ] || continue
        grep -rqwF -- "$name" "$kernel/$folder" "$kernel/common" "$kernel/api" "$kernel/$design" --include='*.[chS]' || [ -e "$kernel/$folder/$name" ] || [ -e "$kernel/$name" ] ||
            complain "$folder/README.md: \`$name\` is in no source"
    done < <(grep -oE '`[^`]+`' "$readme" | tr -d '`' | sed 's/\[\]$//; s/^struct //; s/\.[ch]$/&/; s/()$//' | grep -vE '[ *]|^\.' | sort -u)
done
[ "$count" -gt 0 ] || complain "$design: the manifest has no entities"
echo "readmes: $count folders of $design, $failures wrong"
[ "$failures" -eq 0 ]
