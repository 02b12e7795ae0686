// IDIOM: array_variable_index
// RUN: %may_modify %s | %FileCheck
static int grid[4][8], other[4][8];
static void fill(int (*row)[8], int v) { for (int i = 0; i < 8; i++) (*row)[i] = v; }
static void set(int *cell, int v) { *cell = v; }
void fill_row(int r) { fill(&grid[r & 3], 1); }
void set_cell(int r, int c) { set(&other[r & 3][c & 7], 2); }
// CHECK:fill_row:
// CHECK-NEXT:array_decay_row.c:grid[][]
// CHECK-NEXT:end
// CHECK-NEXT:set_cell:
// CHECK-NEXT:array_decay_row.c:other[][]
// CHECK-NEXT:end
