#!/bin/sh
# history.sh SPILLSCOPE: real source through a series of commits, each analysed and gated against the one before them all; every verdict is
# known beforehand. Skipped (77) when this build has no `analyze`.
set -u
tool=$1
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if ! "$tool" help analyze > /dev/null 2>&1; then
    echo "skipped: this build has no analyze"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work" || exit 2
failures=0
cases=0
option= # '"-DX",': one more word of the compile commands
more=   # words of analyze

# database NAME FILE...: analyses the tree into NAME.db. The tree always lies at the same place, as a checkout does.
database() {
    name=$1
    shift
    separator='['
    for file in "$@"; do
        printf '%s{"directory":"%s","file":"%s","arguments":["clang","-c","-I.",%s"%s"]}\n' "$separator" "$work/tree" "$file" "$option" "$file"
        separator=','
    done > tree/compile_commands.json
    echo ']' >> tree/compile_commands.json
    rm -f "$name.db"
    # shellcheck disable=SC2086 # several words
    "$tool" analyze -p tree --db "$name.db" $more > analyze.log 2>&1
    analysed=$?
}

fresh() {
    rm -rf tree
    mkdir tree
    cp "$here"/history/*.[ch] tree/
}

# edit FILE SED...: a commit that changes nothing is a mistake of this test.
edit() {
    file=tree/$1
    shift
    cp "$file" before
    sed -i "$@" "$file"
    if cmp -s before "$file"; then
        echo "FAIL the edit of $file changes nothing: $*"
        failures=$((failures + 1))
    fi
}

# verdict NAME EXIT PATTERN...: the gate's exit code for NAME.db against base.db, and lines that its text must have.
verdict() {
    name=$1
    wanted=$2
    shift 2
    cases=$((cases + 1))
    "$tool" gate --db "$name.db" --baseline "${baseline:-base}.db" > gate.txt 2>&1
    code=$?
    if [ "$code" -ne "$wanted" ]; then
        echo "FAIL $name: exit code $code, expected $wanted"
        sed 's/^/  /' gate.txt
        failures=$((failures + 1))
    fi
    for pattern in "$@"; do
        if ! grep -Eq "$pattern" gate.txt; then
            echo "FAIL $name: no line with: $pattern"
            sed 's/^/  /' gate.txt
            failures=$((failures + 1))
        fi
    done
}

fresh
database base service.c hooks.c
if [ "$analysed" -ne 0 ]; then
    echo "FAIL the base does not analyse:"
    cat analyze.log
    exit 1
fi
verdict base 0 '^known findings by identity: [1-9][0-9]* exact, 0 moved'

fresh
edit service.c -e 's/^    records/\n\n        records/' -e '1a /* a comment that moves every line */'
database reformatted service.c hooks.c
verdict reformatted 0 ' 0 moved, 0 renamed, 0 retyped'

fresh
edit hooks.c -e 's/^typedef/static int hook_last;\n\ntypedef/' -e 's/(void)id;/hook_last = id;/'
database callback service.c hooks.c
verdict callback 1 'new: service_close\(\) may modify hooks.c:hook_last' 'service_close -> hooks_run -> hook_nothing' 'code changed'

fresh
edit service.c -e '/service_total += count/d' -e 's/(void)id;/(void)id;\n    (void)count;/'
database removed service.c hooks.c
verdict removed 0 '^new/resolved: 0/1' 'resolved: service_read\(\)'

fresh
mkdir tree/core
mv tree/service.c tree/core/server.c
database file_renamed core/server.c hooks.c
verdict file_renamed 0 'identity: 0 exact, [1-9][0-9]* moved'

fresh
sed -n '/^int service_read/,/^}/p' tree/service.c > moved
edit service.c -e '/^int service_read/,/^}/d'
{ printf '#include "service.h"\n\n'; cat moved; } > tree/read.c
database function_moved service.c read.c hooks.c
verdict function_moved 0 '^new/resolved: 0/0'

fresh
edit service.h -e 's/^    int used;/    char name[24];/' -e 's/^    unsigned long position;/    unsigned long position;\n    int used;/'
database layout service.c hooks.c
verdict layout 0 '^new/resolved: 0/0   grow/shrink: 0/0'

fresh
edit service.c -e 's/service_read/service_fetch/'
edit service.h -e 's/service_read/service_fetch/'
database transaction_renamed service.c hooks.c
verdict transaction_renamed 0 ' 1 renamed'

fresh
edit service.c -e 's/records/clients/g'
database variable_renamed service.c hooks.c
verdict variable_renamed 0 ' 3 retyped'

fresh
edit service.c -e 's/service_total/service_other/g'
edit service.h -e 's/service_total/service_other/g'
edit service.h -e 's/unsigned long service_other/int service_other/'
edit service.c -e 's/unsigned long service_other/int service_other/' -e 's/service_other += count/service_other += (int)count/'
database swapped service.c hooks.c
verdict swapped 1 '^new/resolved: 1/1'

fresh
edit service.h -e 's/^    unsigned long position;/    unsigned long position;\n    int errors;/'
edit service.c -e 's/^    records\[id & 7\].used = 0;/    records[id \& 7].used = 0;\n    records[id \& 7].errors++;/'
database field_added service.c hooks.c
verdict field_added 1 '^new/resolved: 1/0' 'records\[\]\.errors'

fresh
edit hooks.c -e 's/^void hooks_run/void hooks_run(/'
database unparsable service.c hooks.c
[ "$analysed" -eq 3 ] || { echo "FAIL an unparsable unit: analyze says $analysed"; failures=$((failures + 1)); }
verdict unparsable 3 'incomplete: head: translation unit hooks.c failed'

fresh
edit hooks.c -e 's/^void hooks_run/void hooks_run(/'
edit service.c -e 's/^int service_open(int id) {/static int service_last;\n\nint service_open(int id) {\n    service_last = id;/'
database unparsable_and_worse service.c hooks.c
verdict unparsable_and_worse 1 'FAIL and INCOMPLETE' 'new: service_open\(\) may modify service.c:service_last'

# What makes head and baseline no builds of one thing is said, and is never clean.
fresh
option='"-DCONFIG_OTHER",' database options service.c hooks.c
verdict options 3 'incomplete: the build differs: all units are compiled with -DCONFIG_OTHER only in the head'
mkdir -p tree/include/generated
echo '#define CONFIG_OTHER 1' > tree/include/generated/autoconf.h
database base_kconfig service.c hooks.c
echo '#define CONFIG_ANOTHER 1' > tree/include/generated/autoconf.h
database kconfig service.c hooks.c
verdict kconfig 0 '^new/resolved: 0/0'
baseline=base_kconfig verdict kconfig 3 'incomplete: the build differs: Kconfig chose otherwise'

fresh
database dropped service.c
verdict dropped 3 'incomplete: 1 translation unit.s. of the baseline were not analysed again, though their files are still there; first hooks.c'
more=tree/service.c database narrowed service.c hooks.c
verdict narrowed 3 'incomplete: another part of the source was analysed: all of it .baseline. and service.c .head.'
rm tree/hooks.c
database deleted service.c
verdict deleted 0 '^new/resolved: 0/'

# A state that the manifest declares is not resolved by the code, and that is shown.
fresh
printf '[kernel]\nsource_root = tree\n[entity service]\npath = service.c\n[entity hooks]\npath = hooks.c\n' > plain.manifest
{ cat plain.manifest && printf '[declare service_total]\nkind = exempt\nreason = it is only counted\n'; } > declared.manifest
more='--manifest plain.manifest' database base_plain service.c hooks.c
more='--manifest declared.manifest' database declared service.c hooks.c
baseline=base_plain verdict declared 0 'resolved: 0/1 .1 of them only declared now.' 'resolved: .* service_total .*, code unchanged, declared exempt: it is only counted'

# What the source accepts by SPILLSCOPE_ACCEPT: a variable, then a transaction, with a day that has passed, in another's way, and where nothing is left to accept.
accept() { # FILE LINE-PATTERN OWNER EXPIRES REASON: before that line
    edit "$1" -e "/$2/i SPILLSCOPE_ACCEPT(\"$3\", \"$4\", \"$5\")"
}
annotated() { # the commit `callback` with the header
    fresh
    cp "$here/../../analyzer/contracts/spillscope_contracts.h" tree/
    edit hooks.c -e '1i #include "spillscope_contracts.h"' -e 's/^typedef/static int hook_last;\n\ntypedef/' -e 's/(void)id;/hook_last = id;/'
}
annotated
accept hooks.c '^static int hook_last' alice never 'gone in 2.0'
database accepted_variable service.c hooks.c
verdict accepted_variable 0 '^new/resolved: 0/0' '^2 suppressed, 0 stale'
"$tool" gate --db accepted_variable.db --baseline base.db --format sarif | grep -q '"kind":"inSource"' || { echo "FAIL SARIF does not say inSource"; failures=$((failures + 1)); }
"$tool" gate --db accepted_variable.db --baseline base.db --json | grep -q '"fingerprint":"","variable":"hooks.c:hook_last","owner":"alice","reason":"gone in 2.0"' ||
    { echo "FAIL JSON does not name what is accepted"; failures=$((failures + 1)); }
fingerprint=$("$tool" gate --db accepted_variable.db --baseline base.db --format sarif | sed -n 's/.*service_close.*hook_last.*"spillscope\/v1":"\([0-9a-f]*\)".*/\1/p')
printf 'suppress %s bob 2001-01-01 the file decides\n' "$fingerprint" > policy
"$tool" gate --db accepted_variable.db --baseline base.db --policy policy > gate.txt
grep -q '^new/resolved: 1/0' gate.txt && grep -q 'stale suppression .*policy:1, owner bob.: expired on 2001-01-01' gate.txt ||
    { echo "FAIL the policy file does not decide before the source:"; cat gate.txt; failures=$((failures + 1)); }

annotated
edit service.c -e '1i #include "spillscope_contracts.h"'
accept service.c '^int service_close' alice never 'closing is rare'
database accepted_function service.c hooks.c
verdict accepted_function 1 '^new/resolved: 1/0' '^2 suppressed, 0 stale' 'new: hooks_run.*changed\]$' 'new: service_close.*suppressed\]$'

annotated
accept hooks.c '^static int hook_last' alice 2001-01-01 'gone in 2.0'
database acceptance_expired service.c hooks.c
verdict acceptance_expired 1 '^new/resolved: 2/0' 'stale suppression of hooks.c:hook_last .hooks.c:[0-9]*, owner alice.: expired on 2001-01-01'

annotated
accept hooks.c '^static int hook_last' alice never 'gone in 2.0'
edit hooks.c -e 's/hook_last = id;/(void)hook_last;/'
database acceptance_idle service.c hooks.c
verdict acceptance_idle 1 '^new/resolved: 0/0' 'stale suppression of hooks.c:hook_last .*: covers no finding'

annotated
accept hooks.c '^static int hook_last' alice tomorrow 'gone in 2.0'
database acceptance_malformed service.c hooks.c
verdict acceptance_malformed 2 'hooks.c:[0-9]*: expected SPILLSCOPE_ACCEPT.*"YYYY-MM-DD" or "never"'

echo "history: $cases commits, $failures failure(s)"
[ "$failures" -eq 0 ]
