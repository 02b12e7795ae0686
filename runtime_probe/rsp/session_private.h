#ifndef SPILLSCOPE_SESSION_PRIVATE_H
#define SPILLSCOPE_SESSION_PRIVATE_H
/* Inside of a session, shared by session.c, session_memory.c and session_handshake.c. */
#include "spillscope/packet.h"
#include "spillscope/session.h"
#include "target_description.h"

enum { SESSION_INPUT_SIZE = 65536, SESSION_IN_FLIGHT = 48, SESSION_MEMORY_CHUNK = 2048 };

struct session {
    struct transport *transport; /* owned */
    int timeout_ms;              /* for each answer */
    int64_t deadline;            /* transport_clock at which all answers must have come; 0 = none */
    int wake_descriptor;         /* readable = answers must come soon; -1 = none */
    bool hurried;                /* the answer at hand has less time than timeout_ms */
    struct packet_decoder decoder;
    uint8_t input[SESSION_INPUT_SIZE]; /* received, not yet decoded: [input_at, input_count) */
    size_t input_at;
    size_t input_count;
    uint8_t *output; /* encoded, not yet sent; owned */
    size_t output_count;
    size_t output_capacity;
    bool unsent;   /* output holds a packet, not only acknowledgements */
    uint8_t *sent; /* last packet, for a stub that asks for it again; owned */
    size_t sent_count;
    size_t sent_capacity;
    size_t in_flight;                  /* requests sent or queued whose reply is not read yet */
    size_t points;                     /* of these: set or clear requests, all at the front */
    char selected[STOP_THREAD_LENGTH]; /* thread of the last Hg */
    char what[64];                     /* last request, for messages */
    char *features;                    /* answer of qSupported; owned */
    uint32_t memory_chunk;             /* bytes a memory packet may carry */
    struct target_description description;
    struct stop_reply first_stop;
};

/* Queues a packet; it leaves with the next wait for a reply. */
struct error *session_queue(struct session *session, const uint8_t *payload, size_t count);
struct error *session_queue_text(struct session *session, const char *text);
/* Sends what is queued. */
struct error *session_flush(struct session *session);
/* The next reply that is no stray stop reply, in the order of the requests. */
struct error *session_reply(struct session *session, const uint8_t **out_bytes, size_t *out_count);
/* Is it "E NN"? */
bool session_is_refusal(const uint8_t *bytes, size_t count);
struct error *session_refused(const struct session *session, const uint8_t *bytes, size_t count);

#endif
