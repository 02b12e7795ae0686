#!/bin/sh
# sarif.sh: the SARIF references against the schema of SARIF 2.1.0 that SARIF_SCHEMA names (it is not ours to carry). Needs python3-jsonschema; skipped (77)
# where either is missing. The fields that readers ask for are checked by test_formats in any case.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if [ ! -r "${SARIF_SCHEMA:-}" ]; then
    echo "skipped: SARIF_SCHEMA names no file"
    exit 77
fi
if ! /usr/bin/python3 -c 'import jsonschema' 2> /dev/null; then
    echo "skipped: no python3-jsonschema"
    exit 77
fi
exec /usr/bin/python3 - "$SARIF_SCHEMA" "$here"/expected/*sarif* <<'PYTHON'
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as stream:
    validator = jsonschema.Draft4Validator(json.load(stream))
failures = 0
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as stream:
        for error in validator.iter_errors(json.load(stream)):
            print(f"{path}: {list(error.path)}: {error.message[:200]}")
            failures += 1
print(f"sarif: {len(sys.argv) - 2} files, {failures} violation(s)")
sys.exit(1 if failures or len(sys.argv) < 4 else 0)
PYTHON
