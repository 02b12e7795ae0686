#!/bin/sh
# sarif.sh: what GitHub asks of its files. The SARIF references must have what GitHub asks for (tool.driver.name, rules with id and descriptions, results with message, a location with a
# full region and primaryLocationLineHash), asked with SQLite's JSON functions; and the check itself must object when a field is taken away. Where
# SARIF_SCHEMA names the schema of SARIF 2.1.0 (it is not ours to carry, and no Debian package does) and python3-jsonschema is there, they are validated against it as
# well; where python3-sarif-python-om is there, against the object model that was generated from the schema: no property it does not know, none missing that it needs.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if ! command -v sqlite3 > /dev/null; then
    echo "skipped: no sqlite3"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
failures=0

# violations FILE: one line for each field that is missing or wrong.
violations() {
    sqlite3 :memory: << SQL
.bail on
CREATE TABLE file (log TEXT NOT NULL CHECK (json_valid(log)));
INSERT INTO file SELECT CAST(readfile('$1') AS TEXT);
CREATE TABLE run AS SELECT value AS run FROM file, json_each(log, '\$.runs');
CREATE TABLE rule AS SELECT key AS position, value AS rule FROM run, json_each(run, '\$.tool.driver.rules');
CREATE TABLE result AS SELECT key AS position, value AS result FROM run, json_each(run, '\$.results');
CREATE TABLE location AS SELECT position, json_extract(result, '\$.locations[0].physicalLocation') AS place FROM result;

SELECT 'version is not 2.1.0' FROM file WHERE log ->> '\$.version' IS NOT '2.1.0';
SELECT '\$schema names no SARIF schema' FROM file WHERE coalesce(log ->> '\$."\$schema"', '') NOT LIKE '%sarif%2.1.0%';
SELECT 'there is not one run' FROM (SELECT count(*) AS runs FROM run) WHERE runs <> 1;
SELECT 'tool.driver.name is missing' FROM run WHERE coalesce(run ->> '\$.tool.driver.name', '') = '';
SELECT 'there are no rules' WHERE NOT EXISTS (SELECT * FROM rule);
SELECT 'rule ' || position || ' has no ' || field FROM rule,
    (SELECT column1 AS field FROM (VALUES ('id'), ('shortDescription.text'), ('fullDescription.text'), ('help.text')))
    WHERE coalesce(json_extract(rule, '\$.' || field), '') = '';
SELECT 'two rules have the id ' || (rule ->> '\$.id') FROM rule GROUP BY rule ->> '\$.id' HAVING count(*) > 1;
SELECT 'result ' || position || ' has no message.text' FROM result WHERE coalesce(result ->> '\$.message.text', '') = '';
SELECT 'result ' || position || ' names no rule of the tool' FROM result
    WHERE NOT EXISTS (SELECT * FROM rule WHERE rule ->> '\$.id' = result ->> '\$.ruleId');
SELECT 'result ' || position || ' has another ruleIndex than ruleId' FROM result
    WHERE result ->> '\$.ruleIndex' IS NOT NULL
    AND (SELECT rule ->> '\$.id' FROM rule WHERE rule.position = result ->> '\$.ruleIndex') IS NOT result ->> '\$.ruleId';
SELECT 'result ' || position || ' has no partialFingerprints.primaryLocationLineHash' FROM result
    WHERE coalesce(result ->> '\$.partialFingerprints.primaryLocationLineHash', '') = '';
SELECT 'two results have the fingerprint ' || (result ->> '\$.partialFingerprints.primaryLocationLineHash') FROM result
    GROUP BY result ->> '\$.partialFingerprints.primaryLocationLineHash' HAVING count(*) > 1;
SELECT 'result ' || position || ' has no place' FROM location WHERE coalesce(place ->> '\$.artifactLocation.uri', '') = '';
SELECT 'result ' || position || ' is in an absolute file' FROM location
    WHERE place ->> '\$.artifactLocation.uri' LIKE '/%' OR place ->> '\$.artifactLocation.uri' LIKE 'file:%';
SELECT 'the place ' || tree.atom || ' leads out of the source, or is no URI' FROM file, json_tree(log) AS tree WHERE tree.key = 'uri'
    AND ('/' || tree.atom || '/' LIKE '%/../%' OR '/' || tree.atom || '/' LIKE '%//%' OR tree.atom GLOB '*[^-A-Za-z0-9._~/%]*' OR tree.atom GLOB '*%[01]*' OR tree.atom LIKE '%\%7f%' ESCAPE '\');
SELECT 'a message holds a link' FROM file, json_tree(log) AS tree WHERE tree.key = 'text' AND tree.atom LIKE '%](%';
SELECT 'result ' || position || ' has no region.' || field FROM location,
    (SELECT column1 AS field FROM (VALUES ('startLine'), ('startColumn'), ('endLine'), ('endColumn')))
    WHERE coalesce(json_extract(place, '\$.region.' || field), 0) < 1;
SELECT 'result ' || position || ' has a region that ends before it begins' FROM location
    WHERE place ->> '\$.region.endLine' < place ->> '\$.region.startLine' OR (place ->> '\$.region.endLine' = place ->> '\$.region.startLine'
    AND place ->> '\$.region.endColumn' < place ->> '\$.region.startColumn');
SELECT 'step of the call chain of result ' || position || ' has no place' FROM result, json_each(result, '\$.codeFlows') AS flow,
    json_each(flow.value, '\$.threadFlows') AS thread, json_each(thread.value, '\$.locations') AS step
    WHERE coalesce(step.value ->> '\$.location.physicalLocation.artifactLocation.uri', '') = '';
SQL
    [ "$?" -eq 0 ] || echo "the file cannot be read as JSON"
}

count=0
for file in "$here"/expected/*sarif*; do
    count=$((count + 1))
    violations "$file" > "$work/found" 2>&1
    if [ -s "$work/found" ]; then
        sed "s|^|FAIL ${file##*/}: |" "$work/found"
        failures=$((failures + 1))
    fi
done
if [ "$count" -lt 2 ]; then
    echo "FAIL there are no SARIF references"
    failures=$((failures + 1))
fi
# What GitHub ignores must not be there for it: it would show suppressed results as open ones.
for file in "$here"/expected/*sarif-github; do
    for field in suppressions baselineState; do
        if grep -q "\"$field\"" "$file"; then
            echo "FAIL ${file##*/}: has $field"
            failures=$((failures + 1))
        fi
    done
done

# The check must be able to object: without the field there is a complaint.
sample=$here/expected/gate_format_sarif-github
fields=0
for field in '$.version' '$.runs[0].tool.driver.name' '$.runs[0].tool.driver.rules' '$.runs[0].tool.driver.rules[0].id' \
    '$.runs[0].tool.driver.rules[0].shortDescription' '$.runs[0].tool.driver.rules[0].fullDescription' '$.runs[0].tool.driver.rules[0].help' \
    '$.runs[0].results[0].message' '$.runs[0].results[0].ruleId' '$.runs[0].results[0].locations[0]' \
    '$.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri' '$.runs[0].results[0].locations[0].physicalLocation.region' \
    '$.runs[0].results[0].locations[0].physicalLocation.region.endColumn' '$.runs[0].results[0].partialFingerprints.primaryLocationLineHash'; do
    fields=$((fields + 1))
    sqlite3 :memory: "SELECT json_remove(CAST(readfile('$sample') AS TEXT), '$field')" > "$work/less"
    violations "$work/less" > "$work/found" 2>&1
    if cmp -s "$sample" "$work/less" || [ ! -s "$work/found" ]; then
        echo "FAIL nobody misses $field"
        failures=$((failures + 1))
    fi
done
echo "sarif: $count files, $fields required fields, $failures failure(s)"
[ "$failures" -eq 0 ] || exit 1

if /usr/bin/python3 -c 'import sarif_om' 2> /dev/null; then
    /usr/bin/python3 - "$here"/expected/*sarif* << 'PYTHON' || exit 1
import json
import sys

import attr
import sarif_om

# Which class of the model a property holds; lists and single objects alike. What is not named is text, a number or free.
KINDS = {"runs": "Run", "tool": "Tool", "driver": "ToolComponent", "rules": "ReportingDescriptor", "shortDescription": "MultiformatMessageString",
         "fullDescription": "MultiformatMessageString", "help": "MultiformatMessageString", "defaultConfiguration": "ReportingConfiguration",
         "invocations": "Invocation", "toolExecutionNotifications": "Notification", "message": "Message", "results": "Result", "physicalLocation": "PhysicalLocation",
         "artifactLocation": "ArtifactLocation", "region": "Region", "codeFlows": "CodeFlow", "threadFlows": "ThreadFlow", "suppressions": "Suppression",
         "location": "Location", "description": "Message"}


def violations(value, kind, place):
    fields = {field.metadata["schema_property_name"]: field for field in getattr(sarif_om, kind).__attrs_attrs__ if "schema_property_name" in field.metadata}
    known = set(fields) | {"$schema"}
    found = [f"{place} has no {name}" for name, field in fields.items() if field.default is attr.NOTHING and name not in value]
    found += [f"{place}: a {kind} has no property {name}" for name in value if name not in known]
    for name, inner in value.items():
        # "locations" of a result are locations, of a thread flow steps.
        inner_kind = {"Result": "Location", "ThreadFlow": "ThreadFlowLocation"}.get(kind) if name == "locations" else KINDS.get(name)
        for index, item in enumerate(inner if isinstance(inner, list) else [inner]):
            if inner_kind and isinstance(item, dict):
                found += violations(item, inner_kind, f"{place}.{name}[{index}]")
    return found


if len(violations({"runs": [{"results": [], "nonsense": 1}]}, "SarifLog", "")) != 3:
    print("FAIL the model does not object to a file without version and tool, and with an unknown property")
    sys.exit(1)
failures = 0
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as stream:
        for line in violations(json.load(stream), "SarifLog", path.rsplit("/", 1)[1]):
            print(f"FAIL {line}")
            failures += 1
print(f"sarif: {len(sys.argv) - 1} files against the object model, {failures} violation(s)")
sys.exit(1 if failures else 0)
PYTHON
else
    echo "not validated against the object model: no python3-sarif-python-om"
fi
if [ ! -r "${SARIF_SCHEMA:-}" ]; then
    echo "not validated against the schema: SARIF_SCHEMA names no file"
    exit 0
fi
if ! /usr/bin/python3 -c 'import jsonschema' 2> /dev/null; then
    echo "not validated against the schema: no python3-jsonschema"
    exit 0
fi
/usr/bin/python3 - "$SARIF_SCHEMA" "$here"/expected/*sarif* << 'PYTHON'
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as stream:
    validator = jsonschema.Draft4Validator(json.load(stream))
failures = 0
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as stream:
        for error in validator.iter_errors(json.load(stream)):
            print(f"FAIL {path}: {list(error.path)}: {error.message[:200]}")
            failures += 1
print(f"sarif: {len(sys.argv) - 2} files against the schema, {failures} violation(s)")
sys.exit(1 if failures or len(sys.argv) < 4 else 0)
PYTHON
