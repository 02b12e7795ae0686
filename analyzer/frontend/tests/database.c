// Several units in one process, and what is reported of each.
// RUN: rm -rf %t && mkdir -p %t
// RUN: echo '[{"directory":"%S","file":"cleanup.c","command":"gcc -c cleanup.c"},{"directory":"%S","file":"failures.c","arguments":["gcc","-c","failures.c"]},{"directory":"%S","file":"x.S","command":"gcc -c x.S"}]' > %t/db.json
// RUN: %not %facts --compile-commands %t/db.json --out-dir %t/out > %t/log
// RUN: %FileCheck < %t/log
// RUN: %facts --read %t/out/0.facts | %FileCheck --check-prefix=FACTS
// RUN: %facts --compile-commands %t/db.json --index 0 -o %t/one.facts && cmp %t/one.facts %t/out/0.facts
// RUN: %not %facts --compile-commands %t/db.json --index 3 -o %t/x 2>&1 | %FileCheck --check-prefix=RANGE
// RUN: echo '[{"file":3}]' > %t/bad.json
// RUN: %not %facts --compile-commands %t/bad.json --out-dir %t/out 2>&1 | %FileCheck --check-prefix=BAD
// CHECK: start 0
// CHECK-NEXT: ok 0
// CHECK-NEXT: start 1
// CHECK-NEXT: failed 1 failures.c:9:27: use of undeclared identifier 'missing'
// CHECK-NOT: start 2
// FACTS: unit {{.*}}cleanup.c
// RANGE: has no entry 3
// BAD: entry 0: no "file"
// Response files.
// RUN: echo '-DFROM_FILE -c %S/arrays.c' > %t/arguments.rsp
// RUN: echo '[{"directory":"%t","file":"%S/arrays.c","command":"gcc @arguments.rsp"}]' > %t/response.json
// RUN: %facts --compile-commands %t/response.json --index 0 --print | %FileCheck --check-prefix=RESPONSE
// RESPONSE: unit {{.*}}arrays.c
