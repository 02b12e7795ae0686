#!/bin/bash
# ci.sh SPILLSCOPE CI: runs what the GitHub workflow, the GitLab job and the git hook run, in a repository with a remote: a harmless commit, one that brings
# spill, one that does not parse.
set -u
spillscope=$(readlink -f "$1")
ci=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PATH=${spillscope%/*}:$PATH HOME=$work SPILLSCOPE_CONFIG=/dev/null GIT_CONFIG_NOSYSTEM=1
unset SPILLSCOPE_DB GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
git config --global user.email ci@example.invalid
git config --global user.name ci
git config --global init.defaultBranch main
failures=0
fail() { printf 'FAILED: %s\n' "$*"; failures=$((failures + 1)); }

# The shell lines of a YAML file's "- name: KEY" step (GitHub) or of its list "KEY:" (GitLab), without the indentation.
github_step() {
    awk -v name="$2" '
        $0 ~ "- name: " name "$" { step = 1; next }
        step && /^ *run: \|$/ { match($0, /^ */); indent = RLENGTH + 2; body = 1; next }
        body && substr($0, 1, indent) ~ /[^ ]/ { exit }
        body { print substr($0, indent + 1) }' "$1"
}
gitlab_list() {
    awk -v name="$2" '
        $0 ~ "^  " name ":$" { list = 1; next }
        list && !/^    - / { exit }
        list { print substr($0, 7) }' "$1"
}
github_step "$ci/github.yml" Gate >"$work/github.sh"
gitlab_list "$ci/gitlab.yml" script >"$work/gitlab.sh"
grep -q spillscope-gate "$work/github.sh" || fail "no step Gate in github.yml"
grep -q spillscope-gate "$work/gitlab.sh" || fail "no script in gitlab.yml"
github_formats=$(sed -n 's/^ *GATE_FORMATS: //p' "$ci/github.yml")
gitlab_formats=$(sed -n 's/^ *GATE_FORMATS: //p' "$ci/gitlab.yml")
for file in $(sed -n 's/^ *\(sarif_file\|codequality\|junit\): spill-gate\/gate\.//p' "$ci/github.yml" "$ci/gitlab.yml"); do
    [[ " $github_formats $gitlab_formats " == *" $file "* ]] || fail "gate.$file is uploaded but never written"
done
bash -n "$work/github.sh" && sh -n "$work/gitlab.sh" && sh -n "$ci/pre-push" && sh -n "$ci/spillscope-gate" || fail "shell syntax"

git init --quiet --bare "$work/remote"
git init --quiet "$work/clone"
cd "$work/clone" || exit 2
git remote add origin "$work/remote"
mkdir ci
cp "$ci/spillscope-gate" ci/
cp "$ci/pre-push" .git/hooks/
cat >CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(server C)
add_library(server server.c)
CMAKE
cat >server.c <<'C'
static int opened;
int server_open(int flags) { opened++; return flags; }
int server_add(int one, int other) { return one + other; }
C
echo '/spill-gate/' >.gitignore
git add . && git commit --quiet -m base
git push --quiet origin main 2>push.log || fail "the first push: $(cat push.log)"
git remote set-head origin main

# case NAME CODE TEXT: the branch at hand through all three.
run_case() {
    local name=$1 wanted=$2 text=$3 code
    rm -rf spill-gate
    : >"$work/summary"
    GITHUB_BASE_REF=main GITHUB_WORKSPACE=$PWD GITHUB_STEP_SUMMARY=$work/summary GATE_FORMATS=$github_formats \
        bash --noprofile --norc -eo pipefail "$work/github.sh" >"$work/log" 2>&1
    code=$?
    { [ "$code" -eq "$wanted" ] && grep -q "$text" "$work/log" && { [ "$wanted" -eq 2 ] || { [ -s spill-gate/gate.sarif-github ] && [ -s "$work/summary" ]; }; }; } ||
        fail "$name, GitHub: exit $code, wanted $wanted with '$text': $(cat "$work/log")"
    rm -rf spill-gate
    CI_MERGE_REQUEST_DIFF_BASE_SHA=$(git rev-parse origin/main) GATE_FORMATS=$gitlab_formats sh -e "$work/gitlab.sh" >"$work/log" 2>&1
    code=$?
    { [ "$code" -eq "$wanted" ] && grep -q "$text" "$work/log" && { [ "$wanted" -eq 2 ] || { [ -s spill-gate/gate.gitlab ] && [ -s spill-gate/gate.junit ]; }; }; } ||
        fail "$name, GitLab: exit $code, wanted $wanted with '$text': $(cat "$work/log")"
    git push --quiet origin HEAD >"$work/log" 2>&1
    code=$?
    if [ "$wanted" -eq 0 ]; then
        [ "$code" -eq 0 ] || fail "$name, hook: refused: $(cat "$work/log")"
    else
        { [ "$code" -ne 0 ] && ! git ls-remote --exit-code origin "refs/heads/$(git branch --show-current)" >/dev/null && grep -q "$text" "$work/log"; } ||
            fail "$name, hook: exit $code, wanted a refusal with '$text': $(cat "$work/log")"
    fi
    [ "$(git worktree list | wc -l)" -eq 1 ] || fail "$name: a worktree is left over"
}
git checkout --quiet -b harmless
sed -i 's/one + other/other + one/' server.c
git commit --quiet -am harmless
run_case harmless 0 'spillscope gate: PASS'

git checkout --quiet -b spill main
sed -i 's/return one + other/static int last; last = one; return last + other/' server.c
git commit --quiet -am spill
run_case spill 1 'spillscope gate: FAIL'
grep -q '^::' <(GITHUB_BASE_REF=main GITHUB_WORKSPACE=$PWD GITHUB_STEP_SUMMARY=$work/summary GATE_FORMATS=$github_formats bash -eo pipefail "$work/github.sh" 2>&1) ||
    fail "no annotation in GitHub's log"
git push --quiet --no-verify origin HEAD 2>/dev/null || fail "--no-verify does not push"

git checkout --quiet -b accepted
fingerprint=$(sed -n 's/.*accept: spillscope suppress \([0-9a-f]*\) .*/\1/p' <(sh ci/spillscope-gate origin/main) | head -n 1)
spillscope suppress "$fingerprint" --db spill-gate/head.db --policy spill.policy --owner ci --reason 'for the test' >/dev/null || fail "suppress '$fingerprint'"
git add spill.policy && git commit --quiet -m 'accept the spill'
sh ci/spillscope-gate origin/main >"$work/log" 2>&1 || fail "an accepted finding still fails: $(cat "$work/log")"

git checkout --quiet -b broken main
echo 'int broken( {' >>server.c
git commit --quiet -am broken
run_case broken 3 'incomplete'

git checkout --quiet -b unconfigurable main
echo 'nonsense(' >>CMakeLists.txt
git commit --quiet -am unconfigurable
run_case unconfigurable 2 'the preparation of head'
git push --quiet origin --delete harmless 2>"$work/log" || fail "a branch cannot be deleted: $(cat "$work/log")"
[ "$failures" -eq 0 ] && echo "ci: five commits through GitHub's step, GitLab's script and the hook"
[ "$failures" -eq 0 ]
