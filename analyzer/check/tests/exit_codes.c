// RUN: rm -rf %t && split-file --leading-lines %s %t && cd %t && (%check broken.c 2>&1; test $? -eq 3) | %FileCheck
// RUN: cd %t && (%check --manifest absent.manifest broken.c 2>&1; test $? -eq 2)
// RUN: cd %t && (%check --json bad.c; test $? -eq 1) > json
// RUN: cd %t && /usr/bin/python3 -m json.tool json | grep '"verdict": "fail"'
// RUN: cd %t && /usr/bin/python3 -m json.tool json | grep '"rule": "opaque-access"'
//--- broken.c
int broken(
// CHECK: 1 of 1 units failed; first {{.*}}broken.c:
//--- bad.c
#include <spillscope_contracts.h>
struct SPILLSCOPE_OPAQUE("elsewhere.c") thing {
    int field; };
int bad(struct thing *thing) {
    return thing->field; }
