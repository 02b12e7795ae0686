#!/bin/bash
# record.sh SCRATCH: corpora/record on a small project: commands are written down and nothing is compiled, but what a header is made from is.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
rm -rf "$1"
mkdir -p "$1/project/vdso" "$1/out"
cd "$1/project"
fail() { echo "record: $1" >&2; exit 1; }
echo '#include "made.h"
int never = MADE + this_does_not_compile_by_itself;' >main.c
echo 'int "quoted;' >broken.c
echo 'const char image[] = "real";' >vdso/image.c
echo '.globl start' >start.S
cat >Makefile <<'END'
all: main.o broken.o start.o
made.h: vdso/image.o
	grep -q real $< && echo '#define MADE 1' >$@
main.o: made.h
%.o: %.c
	$(CC) -DNAME='"a\b c"' -Wp,-MMD,$@.d -c -o $@ $<
%.o: %.S
	$(CC) -c -o $@ $<
END
"$here/../record" "$(readlink -f ../out)" vdso gcc || fail "make fails: $(tail -n 3 ../out/record.log)"
[ "$(grep -c '"directory"' ../out/compile_commands.json)" = 2 ] || fail "not two units: $(cat ../out/compile_commands.json)"
/usr/bin/python3 - ../out/compile_commands.json <<'END' || fail "the commands are not what make ran"
import json, os, sys
entries = {entry["file"]: entry for entry in json.load(open(sys.argv[1]))}
assert set(entries) == {"main.c", "broken.c"}, entries
wanted = ["gcc", '-DNAME="a\\b c"', "-Wp,-MMD,main.o.d", "-c", "-o", "main.o", "main.c"]
assert entries["main.c"]["arguments"] == wanted, entries["main.c"]
assert entries["main.c"]["directory"] == os.getcwd() and entries["main.c"]["output"] == "main.o"
END
grep -q 'main.o: main.c' main.o.d || fail "no dependencies for make"
cmp -s main.o ../out/empty.o || fail "main.o was compiled"
echo 'broken:; exit 1' >>Makefile
status=0
"$here/../record" "$(readlink -f ../out)" vdso gcc broken 2>/dev/null || status=$?
[ "$status" -ne 0 ] || fail "a failing make is not reported"
echo "record: all as it should be"
