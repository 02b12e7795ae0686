#!/bin/sh
# accessibility.sh SPILLSCOPE FIXTURE_LOAD SCRATCH: the reports under axe-core in headless Chromium, light and dark, with every part open: no violation of any of its rules; and
# axe does run, for it finds what is planted. AXE_CORE names an axe.min.js; else npm fetches one, once, into SCRATCH. Skipped (77), with the reason, where that fails.
set -u
tool=$1
load=$2
scratch=$3
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
version=4.10.2
browser=
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" > /dev/null 2>&1; then
        browser=$name
        break
    fi
done
if [ -z "$browser" ]; then
    echo "skipped: no chromium (Debian: apt-get install chromium)"
    exit 77
fi
mkdir -p "$scratch"
axe=${AXE_CORE:-$scratch/node_modules/axe-core/axe.min.js}
if [ ! -s "$axe" ] && command -v npm > /dev/null 2>&1; then
    timeout 60 npm install --silent --no-save --no-audit --no-fund --prefix "$scratch" axe-core@$version > /dev/null 2>&1
fi
if [ ! -s "$axe" ]; then
    echo "skipped: no axe-core (AXE_CORE=.../axe.min.js, or npm with a registry)"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work" || exit 2
cp "$axe" axe.js
failures=0
fail() {
    echo "FAIL $*"
    failures=$((failures + 1))
}

# The page's own policy admits no second script: that is tested elsewhere, and lifted here.
audited() {
    sed -e '/http-equiv="Content-Security-Policy"/d' -e "s|</main>|$2</main>|" "$1.html" > "$1.audit.html"
    cat >> "$1.audit.html" << 'END'
<script src="axe.js"></script>
<script>
document.querySelectorAll("details").forEach((part) => { part.open = true; });
axe.run(document, { resultTypes: ["violations"] }).then((result) => {
  const lines = result.violations.flatMap((rule) => rule.nodes.slice(0, 3).map((node) => "VIOLATION " + rule.id + ": " + node.target + ": " + node.html.slice(0, 120)));
  document.body.textContent = [...lines, "AUDITED " + result.passes.length + " rules in " + (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")].join("\n");
});
</script>
END
}
# audit NAME SCHEME: what axe says of NAME.audit.html; SCHEME as Chromium numbers them.
audit() {
    timeout 200 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$work/profile" --allow-file-access-from-files \
        --blink-settings=preferredColorScheme="$2" --virtual-time-budget=120000 --dump-dom "file://$work/$1.audit.html" 2> log | sed -n '/VIOLATION\|AUDITED/p' > "$1.$2"
}

"$load" small.db "$here/fixtures/small.sql" "$here/fixtures/oracle.sql" || exit 2
"$load" static.db "$here/fixtures/small.sql" "$here/fixtures/static.sql" && "$load" hostile.db "$here/fixtures/hostile.sql" || exit 2
"$load" redesigned.db "$here/fixtures/small.sql" "$here/fixtures/redesigned.sql" || exit 2
for name in small static hostile; do
    "$tool" report --db $name.db -o $name.html --source-root "$here/fixtures/source" 2> /dev/null
done
"$tool" compare small.db redesigned.db -o compare.html > /dev/null
for name in small static hostile compare; do
    audited $name ''
    schemes='0 1'
    [ $name = small ] || schemes=1
    [ $name != compare ] || schemes=0
    for scheme in $schemes; do
        audit $name $scheme
        words=light
        [ $scheme -eq 1 ] || words=dark
        grep -q "AUDITED [0-9][0-9]* rules in $words" $name.$scheme || fail "$name: axe did not end in $words: $(tail -n 2 log)"
        if grep -q VIOLATION $name.$scheme; then
            fail "$name, $words:"
            cat $name.$scheme
        fi
    done
done
audited small '<p style="color: #999; background: #aaa">pale</p><img src="data:,">'
audit small 1
grep -q 'color-contrast' small.1 && grep -q 'image-alt' small.1 || fail "axe does not see what was planted"
echo "accessibility: $(sed -n 's/.*AUDITED \([0-9]*\).*/\1/p' static.1) rules a page, $failures failure(s)"
[ "$failures" -eq 0 ]
