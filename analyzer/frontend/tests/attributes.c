// RUN: %print %s | %FileCheck
// Attributes and storage that the solver asks for.
int used_nowhere_static_is_gone(void);
static int __attribute__((used)) kept(void) { return 0; }
static int dropped(void) { return 0; }
int real(void) { return 0; }
int other_name(void) __attribute__((alias("real"), weak));
int weak_function(void) __attribute__((weak));
void start(void) __attribute__((constructor));
void start(void) {}
void __attribute__((section(".init.text"))) set_up(void) { weak_function(); }
int per_cpu_counter __attribute__((section(".data..percpu")));
static void *__attribute__((used, section(".initcall6.init"))) initcall = &set_up;
__thread int per_thread;
_Noreturn void stop(void);
int declared_with_label(void) asm("label_name");
int noted __attribute__((annotate("spill: soft"))) = 1;
const int fixed = 3;
const volatile int status;
extern int setjmp_like(void *) __attribute__((returns_twice));
int calls(void) { setjmp_like(0); stop(); return declared_with_label(); }

// CHECK-NOT: dropped
// CHECK-DAG: code kept: fn()->int defined used internal
// CHECK-DAG: code other_name: fn()->int defined weak alias of real
// CHECK-DAG: code weak_function: fn()->int weak @
// CHECK-DAG: code start: fn()->void defined init-text
// CHECK-DAG: code set_up: fn()->void defined init-text section ".init.text"
// CHECK-DAG: global per_cpu_counter: int defined per-cpu section ".data..percpu"
// CHECK-DAG: static initcall: void* defined used section ".initcall6.init"
// CHECK-DAG: global per_thread: int defined thread-local
// CHECK-DAG: code stop: fn()->void noreturn
// CHECK-DAG: code label_name: fn()->int @
// CHECK-DAG: global noted: int defined annotations "spill: soft"
// CHECK-DAG: global fixed: int defined const
// CHECK-DAG: global status: int defined @
// CHECK-DAG: code setjmp_like: fn(void*)->int setjmp
// CHECK-DAG: init initcall+0 = &set_up+0
