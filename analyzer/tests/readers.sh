#!/bin/sh
# readers.sh SPILLSCOPE SCRATCH: which functions the analysis says may read a state, and which it may not say so of. Skipped (77) without sqlite3.
spillscope=$1
scratch=$2
if ! command -v sqlite3 >/dev/null 2>&1; then
    echo "skipped: no sqlite3 (Debian: apt-get install sqlite3)"
    exit 77
fi
rm -rf "$scratch" && mkdir -p "$scratch" && cd "$scratch" || exit 1

cat >ring.h <<'END'
struct ring { int head, tail, unread; };
static inline int ring_length(const struct ring *ring) { return ring->head - ring->tail; }
END
cat >server.c <<'END'
#include "ring.h"
struct pair { int left, right; };
struct copied { struct pair pair; int other; };
static struct ring mine, theirs;
static struct copied copied;
static int asked, passed, counted, *kept = &asked;
static volatile unsigned in_assembly;
static struct { unsigned low : 3, high : 5; } bits;
extern int look(const int *at);
void put(int value) { mine.head = theirs.head = value; mine.tail = theirs.tail = 0; mine.unread = value; }
void set(int value) { copied.pair.left = copied.pair.right = copied.other = value; asked = passed = value; in_assembly = (unsigned)value; }
void mark(unsigned value) { bits.low = value & 7; bits.high = value & 31; }
void count(void) { counted++; }
int length(void) { return ring_length(&mine); }
int through_pointer(void) { return *kept; }
struct pair whole(void) { return copied.pair; }
int outside(void) { return look(&passed); }
unsigned assembly(void) { unsigned got; __asm__("movl %1, %0" : "=r"(got) : "m"(in_assembly)); return got; }
unsigned field(void) { return bits.high; }
int *address(void) { return &mine.unread; }
END
printf '[{"directory":"%s","file":"server.c","arguments":["gcc","-std=gnu17","-c","server.c"]}]' "$scratch" >compile_commands.json
"$spillscope" analyze -p . --cache facts --db db >summary || exit 1
sqlite3 db "SELECT replace(replace(key, 'server.c:', ''), 'struct ', '') || ' ' || function || ' ' || line FROM v_reader ORDER BY 1" >got
cat >wanted <<'END'
asked through_pointer 15
bits.high field 19
copied.pair.left whole 16
copied.pair.right whole 16
counted count 13
in_assembly assembly 18
mine.head length 14
mine.tail length 14
passed outside 17
END
# Never read: theirs, mine.unread (its address alone is taken), bits.low, copied.other, kept (nobody may modify it).
if ! cmp -s wanted got; then
    echo "readers: not those of the source:"
    diff wanted got
    exit 1
fi
# Two runs, equal rows; a database made before knows that it does not know.
"$spillscope" analyze -p . --cache facts --db again >summary || exit 1
[ "$(sqlite3 db 'SELECT * FROM may_read')" = "$(sqlite3 again 'SELECT * FROM may_read')" ] || { echo "readers: two runs differ"; exit 1; }
"$spillscope" explain --db db server.c:mine.head >words || exit 1
grep -q '^  read by: 1 function: length (server.c:14)$' words || { echo "readers: explain does not name them"; cat words; exit 1; }
"$spillscope" explain --db db server.c:theirs.head >words || exit 1
grep -q '^  read by: no function' words || { echo "readers: explain does not say that nobody reads it"; cat words; exit 1; }
sqlite3 db "DELETE FROM may_read; INSERT INTO meta VALUES ('reads', 'not recorded')"
"$spillscope" explain --db db server.c:theirs.head | grep -q '^  read by: not recorded' || { echo "readers: explain says more than is recorded"; exit 1; }

# A function of a header that two units compile differently reads a state once.
cat >step.h <<'END'
extern int total, other;
static int step_from(int n) { return n > 3 ? step_from(n - 1) + total STEP : n; }
END
printf '#define STEP + other\n#include "step.h"\nint total, other;\nint first(void) { return total = step_from(9); }\n' >first.c
printf '#define STEP\n#include "step.h"\nint second(void) { return step_from(8); }\n' >second.c
printf '[{"directory":"%s","file":"first.c","arguments":["gcc","-c","first.c"]},{"directory":"%s","file":"second.c","arguments":["gcc","-c","second.c"]}]' \
    "$scratch" "$scratch" >compile_commands.json
"$spillscope" analyze -p . --cache facts --db twice >summary || exit 1
got=$(sqlite3 twice "SELECT key || ' ' || function || ' ' || line FROM v_reader")
[ "$got" = "total step_from 2" ] || { echo "readers: of a header compiled differently: $got"; exit 1; }
