// IDIOM: computed_goto
// RUN: %may_modify %s | %FileCheck
/* A resumable routine (protothreads): the label is kept in state. */
struct pt { const void *resume; int ticks, sent; };
static struct pt net, idle;
int thread(void)
{
	if (net.resume) goto *net.resume;
	net.resume = &&wait;
	return 0;
wait:
	if (net.ticks++ < 3) return 0;
	net.sent = 1;
	net.resume = 0;
	return 1;
}
int idle_ticks(void) { return idle.ticks; }
// CHECK:idle_ticks:
// CHECK-NEXT:end
// CHECK-NEXT:thread:
// CHECK-NEXT:computed_goto_state.c:net.resume
// CHECK-NEXT:computed_goto_state.c:net.sent
// CHECK-NEXT:computed_goto_state.c:net.ticks
// CHECK-NEXT:end
