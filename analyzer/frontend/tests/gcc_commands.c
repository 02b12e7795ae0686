// Commands made for gcc and for cross compilers work: unknown options go, macros, includes and the target stay.
// RUN: %facts --print %s -- gcc -c -O2 -Wall -Werror -fno-allow-store-data-races -mskip-rax-setup -fconserve-stack -mindirect-branch=thunk-extern -fplugin=x.so -Wp,-MMD,%t.d -DVALUE=42 -std=gnu11 -o x.o %s | %FileCheck
// RUN: %facts --print %s -- riscv64-linux-gnu-gcc-12 -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany -ffreestanding -DVALUE=42 %s | %FileCheck --check-prefixes=CHECK,RISCV
// RUN: %facts --print %s -- /opt/bin/aarch64-linux-gnu-gcc -mgeneral-regs-only -ffreestanding -DVALUE=42 %s | %FileCheck --check-prefixes=CHECK,ARM
// RUN: %facts --print %s -- ccache gcc -m32 -ffreestanding -DVALUE=42 %s | %FileCheck --check-prefixes=CHECK,I386
// RUN: %not test -e %t.d
#ifndef __OPTIMIZE__
#define OPTIMIZED 0
#endif
int f(int *p) { unused: return p[VALUE]; }
// RISCV: unit {{.*}} target riscv64-{{.*}} pointer 8
// ARM: unit {{.*}} target aarch64-{{.*}} pointer 8
// I386: unit {{.*}} target i386-{{.*}} pointer 4
// CHECK: offset %p#0 +168
