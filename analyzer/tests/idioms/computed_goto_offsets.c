// IDIOM: computed_goto
// RUN: %may_modify %s | %FileCheck
/* Labels as differences in a table of a const record; the interpreter's machine is chosen by the caller. */
struct machine { int acc; int *memory; int halted; };
static int ram[8], rom[8]; static struct machine main_machine = {0, ram, 0}; static struct machine cold = {0, rom, 0};
static void run(struct machine *m, const unsigned char *code) {
    static const struct { int to; int size; } table[] = {{&&add - &&add, 1}, {&&store - &&add, 2}, {&&halt - &&add, 1}};
next:
    goto *(&&add + table[*code % 3].to);
add: m->acc += code[1]; code += 2; goto next;
store: m->memory[code[1] & 7] = m->acc; code += 2; goto next;
halt: m->halted = 1;
}
void execute(const unsigned char *code) { run(&main_machine, code); }
int get(void) { return cold.acc; }
// CHECK:execute:
// CHECK-NEXT:computed_goto_offsets.c:main_machine.acc
// CHECK-NEXT:computed_goto_offsets.c:main_machine.halted
// CHECK-NEXT:computed_goto_offsets.c:ram[]
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
