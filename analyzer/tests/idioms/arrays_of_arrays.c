// IDIOM: array_variable_index
// RUN: %may_modify %s | %FileCheck
/* Rows by pointer to array, cells by two indices. */
struct cell { int owner, value; }; static struct cell grid[4][8], spare[4][8]; static int (*rows)[16]; static int store[3][16], cold;
void set(int r, int c) { grid[r][c].value = 1; }
void set_row(int r) { struct cell (*row)[8] = &grid[r]; (*row)[3].owner = r; }
void point(void) { rows = store; }
void write(int r, int c) { rows[r][c] = 1; }
int get(void) { return spare[0][0].owner + cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:point:
// CHECK-NEXT:arrays_of_arrays.c:rows
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:arrays_of_arrays.c:grid[][].value
// CHECK-NEXT:end
// CHECK-NEXT:set_row:
// CHECK-NEXT:arrays_of_arrays.c:grid[][].owner
// CHECK-NEXT:end
// CHECK-NEXT:write:
// CHECK-NEXT:arrays_of_arrays.c:store[][]
// CHECK-NEXT:end
