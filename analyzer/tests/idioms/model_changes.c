// IDIOM: model_changes
// RUN: %may_modify %s | %FileCheck
/* Linux's locks lie outside; beside the lock they count in a variable of the processor, and readers in their task, wherever that is. */
typedef struct { unsigned word; } raw_spinlock_t;
extern void _raw_spin_lock(raw_spinlock_t *lock);
extern void _raw_spin_unlock(raw_spinlock_t *lock);
extern void __rcu_read_lock(void);
extern int __preempt_count;
struct task_struct { int rcu_read_lock_nesting; int other; };
static struct task_struct only;
static raw_spinlock_t lock;
void take(void) { _raw_spin_lock(&lock); }
void give(void) { _raw_spin_unlock(&lock); }
void read_side(void) { __rcu_read_lock(); }
int plain(void) { return __preempt_count + only.other; }
// CHECK:give:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:model_changes.c:lock.word
// CHECK-NEXT:end
// CHECK-NEXT:plain:
// CHECK-NEXT:end
// CHECK-NEXT:read_side:
// CHECK-NEXT:struct task_struct.rcu_read_lock_nesting
// CHECK-NEXT:end
// CHECK-NEXT:take:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:model_changes.c:lock.word
// CHECK-NEXT:end
