#!/bin/sh
# The table of base/symbols as assembly, from a kernel that was linked without it; without a kernel an empty one.
# usage: symbols.sh OUTPUT [NM ELF]
{
    echo '        .section .rodata.symbols, "a"'
    echo '        .globl symbols_begin, symbols_end'
    echo '        .balign 8'
    echo 'symbols_begin:'
    if [ $# -gt 1 ]; then
        # Sorted by address; of several names of one function the first.
        "$2" -n -S --defined-only "$3" | awk '
            NF == 4 && $3 ~ /^[tTwW]$/ && $1 != last && $2 !~ /^0*$/ {
                printf "        .quad 0x%s, 0x%s + 0x%s, 1f\n", $1, $1, $2
                printf "        .pushsection .rodata.symbol_names, \"a\"\n1:      .asciz \"%s\"\n        .popsection\n", $4
                last = $1
            }'
    fi
    echo 'symbols_end:'
    echo '        .section .note.GNU-stack, "", @progbits'
} >"$1"
