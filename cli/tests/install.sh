#!/bin/bash
# install.sh BUILD SOURCE: `cmake --install` into a fresh prefix, and the Debian package. The installed tools work from any directory, with nothing of
# the build tree: the prefix is moved elsewhere before it is used.
set -u
build=$1
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() { printf 'FAILED: %s\n' "$*"; failures=$((failures + 1)); }
export SPILLSCOPE_CONFIG=/dev/null
unset SPILLSCOPE_FACTS SPILLSCOPE_RECORDER_PLUGIN SPILLSCOPE_MODELS SPILLSCOPE_DB

cmake --install "$build" --prefix "$work/first" >"$work/install.log" 2>&1 || { cat "$work/install.log"; exit 1; }
mv "$work/first" "$work/prefix"
prefix=$work/prefix
for file in bin/spillscope bin/spillscope-facts lib/spillscope/recorder.so lib/spillscope/capture.so share/spillscope/models/compiler.model share/man/man1/spillscope.1 \
    share/man/man1/spillscope-analyze.1 share/man/man1/spillscope-doctor.1 share/bash-completion/completions/spillscope \
    share/zsh/site-functions/_spillscope share/fish/vendor_completions.d/spillscope.fish share/doc/spillscope/tutorial.md share/doc/spillscope/ci/pre-push; do
    [ -s "$prefix/$file" ] || fail "not installed: $file"
done
for verb in $("$prefix/bin/spillscope" help | sed -n 's/^  \([a-z]\{2,\}\) .*/\1/p'); do
    [ "$verb" = spillscope ] || [ -s "$prefix/share/man/man1/spillscope-$verb.1" ] || fail "no man page of $verb"
done
strip -o "$work/stripped" "$prefix/bin/spillscope" || fail "strip"
grep -q "$build" "$work/stripped" "$prefix/share/man/man1/"*.1 && fail "the installed program names the build directory"
if readelf -d "$prefix/bin/"* "$prefix/lib/spillscope/recorder.so" | grep -E 'R(UN)?PATH'; then
    fail "an installed program has a run path"
fi
# Completion, as the shell would ask for it.
answer=$(bash -c ". '$prefix/share/bash-completion/completions/spillscope'; COMP_WORDS=(spillscope gate --base); COMP_CWORD=2; _spillscope; echo \"\${COMPREPLY[*]}\"")
[ "$answer" = --baseline ] || fail "bash completes 'gate --base' to '$answer'"

# From another directory: analyse, ask, report, and judge a run of a small project.
mkdir -p "$work/else/src" && cd "$work/else" || exit 2
cat >src/server.c <<'C'
#include <stddef.h>
struct client { struct client *next; int requests; };
static struct client *last;
int server_call(struct client *client) { last = client; return ++client->requests; }
C
printf '[{"directory":"%s","file":"src/server.c","arguments":["clang","-c","src/server.c"]}]\n' "$PWD" >compile_commands.json
PATH=$prefix/bin:$PATH
[ "$(command -v spillscope)" = "$prefix/bin/spillscope" ] || fail "PATH"
spillscope analyze -p . --db server.db >analyze.log 2>&1 || fail "analyze: $(cat analyze.log)"
spillscope whitelist --db server.db --transaction server_call | grep -q 'server.c:last' || fail "the whitelist of server_call lacks server.c:last"
spillscope report --db server.db -o server.html && grep -q 'server_call' server.html || fail "report"
spillscope doctor >doctor.log || fail "doctor: $(cat doctor.log)"
grep -qF "$prefix/lib/spillscope/recorder.so" doctor.log || fail "the recorder is not the installed one: $(grep recorder doctor.log)"
grep -qF "$prefix/bin/spillscope-facts" doctor.log || fail "the frontend is not the installed one"

# The Debian package.
(cd "$work" && cpack -G DEB --config "$build/CPackConfig.cmake" -B "$work/package") >"$work/cpack.log" 2>&1 || { cat "$work/cpack.log"; exit 1; }
package=$(ls "$work"/package/spillscope_*.deb 2>/dev/null)
[ -f "$package" ] || { cat "$work/cpack.log"; fail "no package"; exit 1; }
dpkg-deb -c "$package" >"$work/contents" || fail "dpkg-deb cannot read $package"
for file in usr/bin/spillscope usr/bin/spillscope-facts usr/lib/spillscope/recorder.so usr/share/spillscope/models/compiler.model \
    usr/share/man/man1/spillscope-gate.1 usr/share/bash-completion/completions/spillscope usr/share/zsh/vendor-completions/_spillscope; do
    grep -qE " \./$file\$" "$work/contents" || fail "the package lacks $file"
done
grep -vE ' (root/root|0/0) ' "$work/contents" && fail "files of the package do not belong to root"
dpkg-deb -f "$package" Depends | grep -q 'libclang-common-19-dev' || fail "the package does not depend on Clang's headers"
dpkg-deb -f "$package" Depends | grep -qE 'libsqlite3-0' || fail "the package does not depend on what its programs are linked with"
mkdir "$work/root" && dpkg-deb -x "$package" "$work/root" || fail "dpkg-deb -x"
cd "$work/else" && rm -rf .spillscope && "$work/root/usr/bin/spillscope" analyze -p . --db packed.db >/dev/null 2>&1 || fail "the packaged analyze fails"
cmp -s <("$prefix/bin/spillscope" whitelist --db server.db) <("$work/root/usr/bin/spillscope" whitelist --db packed.db) || fail "the package finds something else"
[ "$failures" -eq 0 ] && echo "install: $(wc -l <"$work/contents") files in $(basename "$package"), prefix and package work from another directory"
[ "$failures" -eq 0 ]
