#!/bin/sh
# ci_formats.sh [FILE...]: GitLab's and JUnit's references, or these files *.gitlab and *.junit, against schemas/, which say what the readers of these files document; counts and uniqueness besides. The schemas must
# be able to object: whatever is taken away or spoilt is missed. Skipped (77) without python3-jsonschema or xmllint.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if ! /usr/bin/python3 -c 'import jsonschema' 2> /dev/null || ! command -v xmllint > /dev/null; then
    echo "skipped: no python3-jsonschema, or no xmllint (package libxml2-utils)"
    exit 77
fi
/usr/bin/python3 - "$here" "$@" << 'PYTHON'
import collections
import copy
import glob
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

import jsonschema

here = sys.argv[1]
failures = 0
objections = 0


def fail(words):
    global failures
    failures += 1
    print("FAIL", words)


def issues(validator, report):
    found = [f"{list(error.path)}: {error.message[:200]}" for error in validator.iter_errors(report)]
    if not found:
        counts = collections.Counter(issue["fingerprint"] for issue in report)
        found = [f"two issues have the fingerprint {fingerprint}" for fingerprint, count in counts.items() if count > 1]
    return found


def spoilt(report):
    """Copies of a report with one field less, or one of a wrong value."""
    for names in (["description"], ["check_name"], ["fingerprint"], ["severity"], ["location"], ["location", "path"], ["location", "lines"], ["location", "lines", "begin"]):
        for wrong in (None, "", 0, "/etc/passwd", "../up", "a/./b", "./a", "x\x1b[31m", "urgent"):
            if wrong == "urgent" and names == ["description"] or wrong == "urgent" and names[-1] == "path":
                continue  # fine there
            if names == ["description"] and wrong in ("/etc/passwd", "../up", "a/./b", "./a"):
                continue
            less = copy.deepcopy(report)
            holder = less[0]
            for name in names[:-1]:
                holder = holder[name]
            if wrong is None:
                del holder[names[-1]]
            else:
                holder[names[-1]] = wrong
            yield names, wrong, less
    yield ["fingerprint"], "twice", report + [dict(report[0], description="another")]
    yield ["categories"], "unknown", [dict(report[0], categories=[])]
    yield [], "no array", {"issues": report}


with open(os.path.join(here, "schemas", "gitlab_code_quality.json"), encoding="utf-8") as stream:
    schema = json.load(stream)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
given = sys.argv[2:]
paths = [path for path in given if path.endswith("gitlab")] if given else sorted(glob.glob(os.path.join(here, "expected", "*gitlab")))
checks = set()
for path in paths:
    with open(path, encoding="utf-8") as stream:
        report = json.load(stream)
    checks |= {issue["check_name"] for issue in report}
    for words in issues(validator, report):
        fail(f"{os.path.basename(path)}: {words}")
for names, wrong, less in [] if given else spoilt(report):
    objections += 1
    if not issues(validator, less):
        fail(f"GitLab: nobody misses {'.'.join(names)}: {wrong!r}")
if not given and checks != set(schema["items"]["properties"]["check_name"]["enum"]):
    fail(f"the references show only the checks {sorted(checks)}")

xsd = os.path.join(here, "schemas", "junit.xsd")


def suite_problems(path):
    run = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", xsd, path], capture_output=True, text=True, check=False)
    if run.returncode:
        return [run.stderr.strip()[:400]]
    suite = tree.parse(path).getroot().find("testsuite")
    cases = suite.findall("testcase")
    counted = {"tests": len(cases), "failures": len(suite.findall("testcase/failure")), "errors": len(suite.findall("testcase/error")), "skipped": 0}
    found = [f"says {suite.get(name)} {name}, there are {count}" for name, count in counted.items() if int(suite.get(name)) != count]
    for case in cases:
        for outcome in case:
            if not (outcome.text or "").strip() and outcome.tag == "error":
                found.append(f"{case.get('name')}: nothing to show")
        if case.get("file") and (case.get("file").startswith("/") or ".." in case.get("file").split("/")):
            found.append(f"{case.get('file')} leads out of the source")
    return found


suites = [path for path in given if path.endswith("junit")] if given else sorted(glob.glob(os.path.join(here, "expected", "*junit")))
for path in suites:
    for words in suite_problems(path):
        fail(f"{os.path.basename(path)}: {words}")
sample = os.path.join(here, "expected", "gate_format_junit")
with tempfile.TemporaryDirectory() as work:
    for number, spoil in enumerate((
            lambda suite: suite.attrib.pop("tests"), lambda suite: suite.set("tests", "99"), lambda suite: suite.set("failures", "0"),
            lambda suite: suite.append(copy.deepcopy(suite.find("testcase"))), lambda suite: suite.find("testcase").attrib.pop("name"),
            lambda suite: suite.find("testcase").attrib.pop("classname"), lambda suite: suite.find("testcase/failure").attrib.pop("message"),
            lambda suite: suite.find("testcase/failure").attrib.pop("type"), lambda suite: suite.find("testcase").set("line", "0"),
            lambda suite: suite.find("testcase").set("file", "../up"), lambda suite: suite.find("testcase").append(tree.Element("nonsense")))):
        document = tree.parse(sample)
        spoil(document.getroot().find("testsuite"))
        path = os.path.join(work, str(number))
        document.write(path, encoding="utf-8", xml_declaration=True)
        objections += 1
        if not suite_problems(path):
            fail(f"JUnit: nobody misses change {number}")
if not given and (len(paths) < 3 or len(suites) < 3):
    fail("there are not the references that there should be")
print(f"ci formats: {len(paths)} code quality reports, {len(suites)} test reports, {objections} objections, {failures} failure(s)")
sys.exit(1 if failures else 0)
PYTHON
