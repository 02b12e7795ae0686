#ifndef SPILLSCOPE_SESSION_H
#define SPILLSCOPE_SESSION_H
/*
 * A session with a GDB stub, all-stop: requests while the target stands still, one resume at a time, then a stop. Works around what
 * QEMU 7.2 does (stray stop replies on connect, no `p` before target.xml, 2 KB reads).
 *
 * Errors are ERROR_TARGET and say which request met what: closed midway, hung (no answer in time), garbage (with the bytes), refused (E NN).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/scope.h"
#include "spillscope/stop_reply.h"
#include "spillscope/transport.h"

struct session;

/* A register as the stub describes it. */
struct session_register {
    const char *name; /* "rax", owned by the session */
    uint32_t number;  /* for `p` and `P` */
    uint32_t size;    /* bytes */
    uint32_t offset;  /* in the reply of `g`, bytes; registers behind the reply's end are not in it */
};

/*
 * Shakes hands: qSupported, target.xml with what it includes, first stop reply. Takes the transport over, also on failure. `timeout_ms`
 * holds for each answer from then on.
 */
struct error *session_create(struct transport *transport, int timeout_ms, struct session **out_session);
void session_destroy(struct session *session); /* closes the connection without detaching; NULL is fine */
SCOPE_DEFINE(session, struct session *, session_destroy)

/*
 * From now on no answer is awaited beyond `deadline` (transport_clock; 0 = none), however many are still to come; and no longer than two
 * seconds once `wake_descriptor` is readable (-1 = none), so that a user who interrupts waits no longer for a stub that dawdles.
 */
void session_limit(struct session *session, int64_t deadline, int wake_descriptor);

/* Is the feature in the stub's qSupported answer ("PhyMemMode", "qXfer:features:read+" by its name)? */
bool session_supports(const struct session *session, const char *feature);
/* The stop that the stub reported at connect. */
const struct stop_reply *session_first_stop(const struct session *session);

/* Registers in order of their number; none when the stub has no description. */
const struct session_register *session_registers(const struct session *session, size_t *out_count);
const struct session_register *session_register_by_name(const struct session *session, const char *name); /* NULL = none */

/* Sends a packet and gives its reply (the bytes live until the next call). Stray stop replies are skipped. */
__attribute__((format(printf, 4, 5))) struct error *session_request(struct session *session, const uint8_t **out_bytes, size_t *out_count,
                                                                    const char *format, ...);
/* As session_request, but the reply must be OK. An empty reply (not supported) is an error that says so. */
__attribute__((format(printf, 2, 3))) struct error *session_command(struct session *session, const char *format, ...);

/* All following register and memory requests are meant for this thread; "" = keep. */
struct error *session_select(struct session *session, const char *thread);

/* The bytes of `g`; *out_count of them, at most `room`. */
struct error *session_read_registers(struct session *session, uint8_t *buffer, size_t room, size_t *out_count);
/* One register by `P`. */
struct error *session_write_register(struct session *session, const struct session_register *which, uint64_t value);

/*
 * Reads memory in pipelined 2 KB packets. *out_valid is false when the stub says that (part of) the range cannot be read; the
 * buffer's contents are then unspecified.
 */
struct error *session_read_memory(struct session *session, uint64_t address, void *buffer, size_t count, bool *out_valid);
/* Many small reads in one flight; each item of at most 2 KB. */
struct session_read {
    uint64_t address;
    void *buffer;
    size_t count;
    bool valid; /* out */
};
struct error *session_read_many(struct session *session, struct session_read *reads, size_t count);
struct error *session_write_memory(struct session *session, uint64_t address, const void *bytes, size_t count);

enum session_point {
    SESSION_BREAK_SOFTWARE = 0, /* Z0 */
    SESSION_BREAK_HARDWARE = 1, /* Z1 */
    SESSION_WATCH_WRITE = 2,    /* Z2 */
    SESSION_WATCH_READ = 3,     /* Z3 */
    SESSION_WATCH_ACCESS = 4    /* Z4 */
};
/* Queues the setting or clearing of a point; the answers are awaited by session_flush_points or the next request or resume. */
struct error *session_set_point(struct session *session, enum session_point kind, uint64_t address, uint32_t length);
struct error *session_clear_point(struct session *session, enum session_point kind, uint64_t address, uint32_t length);
struct error *session_flush_points(struct session *session);

/* Threads as the stub spells them; the strings and the array are one allocation that the caller frees. */
struct error *session_threads(struct session *session, char ***out_threads, size_t *out_count);

/* A monitor command (qRcmd); the caller frees the output. */
struct error *session_monitor(struct session *session, const char *command, char **out_output);

/* Resumes all threads, or (not NULL, not "") only this one. */
struct error *session_continue(struct session *session, const char *only_thread);
/* Steps one instruction of this thread, the others stand still. */
struct error *session_step(struct session *session, const char *thread);

enum session_wait {
    SESSION_STOPPED, /* *out_reply says why */
    SESSION_TIMEOUT, /* the target still runs */
    SESSION_WOKEN    /* the wake descriptor became readable; the target still runs */
};
struct error *session_wait(struct session *session, int timeout_ms, int wake_descriptor, enum session_wait *out_outcome,
                           struct stop_reply *out_reply);

/* Asks the running target to stop (0x03); the stop comes through session_wait. */
struct error *session_interrupt(struct session *session);

/* Lets the target go on without us. */
struct error *session_detach(struct session *session);

#endif
