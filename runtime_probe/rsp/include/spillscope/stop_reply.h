#ifndef SPILLSCOPE_STOP_REPLY_H
#define SPILLSCOPE_STOP_REPLY_H
/* Stop replies: why the target stopped, which thread, where. Parsed from bytes; source: GDB manual, "Stop Reply Packets". */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"

#define STOP_THREAD_LENGTH 40 /* longest thread id that is kept, NUL included */

enum stop_kind {
    STOP_SIGNAL, /* S or T: the target stands still */
    STOP_EXITED, /* W: the target ended with `code` */
    STOP_KILLED, /* X: ended by signal `code` */
    STOP_OUTPUT  /* O: console output; the target still runs */
};
enum stop_watch {
    STOP_WATCH_NONE,
    STOP_WATCH_WRITE, /* watch: */
    STOP_WATCH_READ,  /* rwatch: */
    STOP_WATCH_ACCESS /* awatch: */
};

struct stop_reply {
    enum stop_kind kind;
    uint8_t code;                    /* signal number (5 = SIGTRAP, 2 = SIGINT) or exit code */
    char thread[STOP_THREAD_LENGTH]; /* as the stub spells it ("p01.02"), "" = not told */
    enum stop_watch watch;
    uint64_t watch_address; /* data address of the watchpoint that was hit */
};

/* True when the bytes are a stop reply at all (S, T, W, X, O): tells replies of a query from a stray stop. */
bool stop_reply_matches(const uint8_t *bytes, size_t count);

/* ERROR_TARGET with the bytes when they are no stop reply. */
struct error *stop_reply_parse(const uint8_t *bytes, size_t count, struct stop_reply *out_reply);

#endif
