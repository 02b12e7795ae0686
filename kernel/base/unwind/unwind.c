#include <base/cpu/cpu.h>
#include <base/machine/machine.h>
#include <base/unwind/call_sites.h>
#include <base/unwind/unwind.h>
#include <stddef.h>

enum { CR4_SSE = 0x200, CR4_SSE_EXCEPTIONS = 0x400 };

extern const char eh_frame_begin[];
void __register_frame(const void *begin);

void unwind_init_processor(void) {
    cr0_write(cr0_read() & ~(uint64_t)CR0_EMULATION);
    cr4_write(cr4_read() | CR4_SSE | CR4_SSE_EXCEPTIONS);
}

static _Unwind_Reason_Code frame_first(struct _Unwind_Context *context, void *argument) {
    (void)context, (void)argument;
    return _URC_END_OF_STACK;
}

/* The first search sorts the table, without a lock: afterwards searches only read. */
void unwind_init(void) {
    unwind_init_processor();
    __register_frame(eh_frame_begin);
    uint64_t flags = interrupts_save();
    (void)_Unwind_Backtrace(frame_first, NULL);
    interrupts_restore(flags);
}

/* What is found on the way through a stack. */
struct survey {
    uint64_t rip; /* where it was interrupted */
    bool returned;
    const struct unwind_region *whole;
    bool reached; /* the interrupted frame */
    bool possible;
};

static _Unwind_Reason_Code frame_survey(struct _Unwind_Context *context, void *argument) {
    struct survey *survey = argument;
    int interrupted = 0;
    uint64_t rip = _Unwind_GetIPInfo(context, &interrupted);
    const uint8_t *call_sites = _Unwind_GetLanguageSpecificData(context);
    if (!survey->reached) {
        if (!interrupted || rip != survey->rip) {
            return _URC_NO_REASON; /* what interrupted it */
        }
        survey->reached = true;
        survey->possible = call_sites == NULL || (survey->returned && call_sites_cover(call_sites, rip - 1 - _Unwind_GetRegionStart(context)));
    }
    rip -= interrupted ? 0 : 1;
    if (rip >= survey->whole->begin && rip < survey->whole->end) {
        survey->possible = false;
    }
    return survey->possible ? _URC_NO_REASON : _URC_END_OF_STACK;
}

bool unwind_possible(uint64_t rip, bool returned, const struct unwind_region *whole) {
    struct survey survey = {.rip = rip, .returned = returned, .whole = whole};
    (void)_Unwind_Backtrace(frame_survey, &survey);
    return survey.reached && survey.possible;
}

static _Unwind_Reason_Code frame_leave(int version, _Unwind_Action actions, _Unwind_Exception_Class class, struct _Unwind_Exception *exception,
                                       struct _Unwind_Context *context, void *argument) {
    struct unwinding *unwinding = argument;
    (void)version, (void)class, (void)exception, (void)context;
    if (actions & _UA_END_OF_STACK) {
        unwinding->end(unwinding->argument);
    }
    return _URC_NO_REASON;
}

void unwind_stack(struct unwinding *unwinding, void (*end)(void *argument), void *argument) {
    interrupts_disable();
    unwinding->exception = (struct _Unwind_Exception){0};
    unwinding->end = end;
    unwinding->argument = argument;
    _Unwind_Reason_Code code = _Unwind_ForcedUnwind(&unwinding->exception, frame_leave, unwinding);
    machine_panic("unwind: a frame cannot be left (%d)", (int)code);
}
