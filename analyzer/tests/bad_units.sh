#!/bin/bash
# bad_units.sh SPILLSCOPE SCRATCH: units that are wrong, foreign or huge: no crash, a named diagnostic, exit 3 where the result is incomplete, and the
# right states where it is not. Prints each case that is wrong and exits 1.
spillscope=$1
scratch=$2
rm -rf "$scratch" && mkdir -p "$scratch/sub" && cd "$scratch" || exit 1
failures=0

database() { # NAME "FILE|ARGUMENT ARGUMENT..."...: a database whose directory is $scratch
    local name=$1 separator='[' entry words
    shift
    mkdir -p "$name"
    for entry; do
        words=$(printf '"%s",' ${entry#*|})
        printf '%s{"directory":"%s","file":"%s","arguments":[%s"%s"]}' "$separator" "$scratch" "${entry%%|*}" "$words" "${entry%%|*}"
        separator=,
    done >"$name/compile_commands.json"
    echo ']' >>"$name/compile_commands.json"
}
expect() { # NAME CODE PATTERN [KEY...]: exit code, text among the messages ("" = anything), states that the whitelist must hold
    local name=$1 code=$2 pattern=$3 status key
    shift 3
    timeout 120 "$spillscope" analyze -p "$name" --db "$name/db" --cache "$name/facts" >"$name/out" 2>"$name/err"
    status=$?
    if [ "$status" -ne "$code" ] || { [ -n "$pattern" ] && ! grep -qaE -- "$pattern" "$name/err"; }; then
        printf 'FAIL %s: exit %s, wanted %s with /%s/: %s\n' "$name" "$status" "$code" "$pattern" "$(tail -c 300 "$name/err")"
        failures=$((failures + 1))
        return
    fi
    for key; do
        "$spillscope" whitelist --db "$name/db" 2>/dev/null | grep -qxF -- "    $key" && continue
        echo "FAIL $name: no state $key"
        failures=$((failures + 1))
    done
}

printf 'int counter;\nvoid bump(void) { counter++; }\n' >good.c
printf 'int broken;\nvoid f(void) { broken = undeclared; }\n' >wrong.c
printf '#include "nowhere.h"\nint a;\n' >header.c

# Sources that cannot be parsed: named with their place, the others are analysed.
database wrong "wrong.c|gcc -c" "good.c|gcc -c"
expect wrong 3 'wrong\.c:2:.*undeclared' counter
database header "header.c|gcc -c" "good.c|gcc -c"
expect header 3 "header\.c:1:.*'nowhere\.h' file not found" counter
database absent "absent.c|gcc -c" "good.c|gcc -c"
expect absent 3 "absent\.c.*No such file" counter

# Commands for other compilers and machines.
database flags "good.c|gcc -fno-such-flag -mweird -fconserve-stack -fplugin=x.so -fplugin-arg-x-y=1 --param=allow-store-data-races=0 -c"
expect flags 0 '' counter
database abi "good.c|aarch64-linux-gnu-gcc-12 -mabi=lp64 -mgeneral-regs-only -mbranch-protection=pac-ret+leaf -c"
expect abi 0 '' counter
database isa "good.c|riscv64-linux-gnu-gcc -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany -c"
expect isa 0 '' counter
database bits "good.c|gcc -m32 -march=no-such-machine -c"
expect bits 0 '' counter
for machine in i386-linux-gnu riscv64-linux-gnu aarch64-linux-gnu arm-linux-gnueabihf powerpc64le-linux-gnu s390x-linux-gnu; do
    database "$machine" "good.c|$machine-gcc -c"
    expect "$machine" 0 '' counter
done
database machine "good.c|bogus-arch-gcc -c"
expect machine 3 "good\.c: unknown target triple 'bogus-arch'"

# Odd files and databases.
printf 'int a;\0\0 int b;\nvoid f(void) { a = 1; }\n' >nul.c
database nul "nul.c|gcc -c"
expect nul 0 '' a
printf '// \xe9\xff\nint counter_\xc3\xa9;\nvoid bump(void) { counter_\xc3\xa9++; }\n' >encoding.c
database encoding "encoding.c|gcc -c"
expect encoding 0 '' counter_é
cp good.c "$(printf 'nam\xe9.c')"
database name "$(printf 'nam\xe9.c')|gcc -c" "good.c|gcc -c"
expect name 3 'nam.*No such file' counter
printf 'int value;\nvoid set(void) { value = VALUE; }\n' >response.c
echo '-DVALUE=3 -c' >options.txt
echo '@loop.txt' >loop.txt
database response "response.c|gcc @options.txt"
expect response 0 '' value
database response_absent "response.c|gcc @absent.txt"
expect response_absent 3 'response\.c: response file absent\.txt'
database response_loop "response.c|gcc @loop.txt"
expect response_loop 3 'response\.c: response file.*loop\.txt'
cp good.c sub/relative.c
mkdir relative
echo '[{"directory":"../sub","file":"relative.c","arguments":["gcc","-c","relative.c"]}]' >relative/compile_commands.json
expect relative 0 '' counter
database twice "good.c|gcc -c" "good.c|gcc -c"
expect twice 0 '' counter
database variants "good.c|gcc -DX=1 -c" "good.c|gcc -DX=2 -c"
expect variants 0 '' counter
mkdir empty cut
echo '[]' >empty/compile_commands.json
expect empty 2 'holds no compile commands'
echo '[{"directory":"/tmp' >cut/compile_commands.json
expect cut 2 'compile_commands\.json:1:.*malformed JSON'
echo '{"directory":"/tmp"}' >cut/compile_commands.json
expect cut 2 'compile_commands\.json:1:.*expected an array'
echo '[{"directory":"/tmp","arguments":["gcc"]}]' >cut/compile_commands.json
expect cut 2 'compile_commands\.json:1:.*entry without "file"'
echo '[{"directory":"/tmp","file":7}]' >cut/compile_commands.json
expect cut 2 'compile_commands\.json:1:.*expected a string'
: >cut/compile_commands.json
expect cut 2 'compile_commands\.json:1:.*malformed JSON'
mkdir gone
printf '[{"directory":"%s/gone/nowhere","file":"x.c","arguments":["gcc","-c","x.c"]},{"directory":"%s","file":"good.c","arguments":["gcc","-c","good.c"]}]' \
    "$scratch" "$scratch" >gone/compile_commands.json
expect gone 3 'x\.c: no such directory: .*/gone/nowhere' counter

# Paths and definitions with blanks and quotes, as arguments and as one command.
mkdir "blank \"double\" 'single'" blanks
cp good.c "blank \"double\" 'single'/two words.c"
for rest in '"arguments":["gcc","-DX=\"a b\"","-c","two words.c"]' '"command":"gcc -DX='"'\\\"a b\\\"'"' -c two\\ words.c"'; do
    printf '[{"directory":"%s/blank \\"double\\" '"'single'"'","file":"two words.c",%s}]' "$scratch" "$rest" >blanks/compile_commands.json
    expect blanks 0 '' counter
done

# Facts that a crash or a bad disk left in the cache are made anew; a cache that cannot be written is named.
database cache "good.c|gcc -c"
expect cache 0 '' counter
for damage in 'head -c 40 "$facts"' 'head -c 40 "$facts"; tail -c +61 "$facts"' 'tr "\\0\\1\\2" "\\1\\2\\0" <"$facts"' 'true'; do
    for facts in cache/facts/*.facts; do
        eval "{ $damage; }" >damaged && cp damaged "$facts"
    done
    rm -f cache/db*
    expect cache 0 '' counter
done
rm -rf cache/facts cache/db* && : >cache/facts
expect cache 2 'cache/facts.*Not a directory'

# Large, deep, cyclic.
{
    echo 'int target;'
    for i in $(seq 24000); do echo "static int v$i; static int f$i(int x) { v$i = x; return v$i + 1; }"; done
    echo 'int all(int x) {'; for i in $(seq 24000); do echo "x = f$i(x);"; done; echo 'return x; }'
    printf '/*'; head -c 700000 /dev/zero | tr '\0' x; echo '*/'
} >large.c
database large "large.c|gcc -c"
expect large 0 '' large.c:v1 large.c:v24000
repeat() { printf "%0.s$1" $(seq "$2"); }
{ printf 'int sum; void add(int a) { sum = a'; repeat '+a' 30000; echo '; }'; } >long.c
database long "long.c|gcc -c"
expect long 0 '' sum
{ printf 'int nested; void f(int a) { '; repeat 'if(a){' 3000; printf 'nested = 1;'; repeat '}' 3000; echo ' }'; } >deep.c
database deep "deep.c|gcc -c"
expect deep 0 '' nested
{
    echo 'struct s0 { int v; int *p; }; int target;'
    for i in $(seq 60); do echo "struct s$i { struct s$((i - 1)) m; int k; };"; done
    printf 'struct s60 g = '; repeat '{' 61; printf '1, &target'; repeat '}, 2' 60; echo '};'
    printf 'void w(void) { *g'; repeat '.m' 60; echo '.p = 1; }'
} >initialiser.c
database initialiser "initialiser.c|gcc -c"
expect initialiser 0 '' target
cat >cyclic.c <<'END'
struct b;
struct a { struct b *b; struct a *self; };
struct b { struct a *a; struct a array[3]; struct b *(*call)(struct a *, struct b *); };
struct b g;
typedef struct n { struct n *n; } n;
n x;
void f(struct a *p) { p->b->a->self->b = &g; g.array[1].self = p; }
void h(void) { x.n = &x; }
END
database cyclic "cyclic.c|gcc -c"
expect cyclic 0 '' 'g.array[].self' x.n
# Entries that are not C: said, not passed over.
database mixed "entry.S|gcc -c" "good.c|gcc -c" "more.cpp|g++ -c"
expect mixed 0 '' counter
grep -qE "^left out +2 not of C .*, first $scratch/entry\.S: " mixed/out || { echo "FAIL mixed: $(head -n 3 mixed/out)"; failures=$((failures + 1)); }
grep -q 'left out' deep/out && { echo "FAIL deep: nothing is left out of it"; failures=$((failures + 1)); }
[ "$failures" -eq 0 ] && echo "bad_units: all as it should be"
[ "$failures" -eq 0 ]
