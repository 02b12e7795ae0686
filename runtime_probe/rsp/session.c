#include "session_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RESENDS = 3, GARBAGE_LIMIT = 4096, GRACE_MS = 2000 };

/* Makes room for `more` bytes behind `count`. */
static struct error *buffer_reserve(uint8_t **buffer, size_t *capacity, size_t count, size_t more) {
    if (count + more <= *capacity) {
        return NULL;
    }
    size_t wanted = *capacity ? *capacity : 1024;
    while (wanted < count + more) {
        wanted *= 2;
    }
    uint8_t *grown = realloc(*buffer, wanted);
    if (!grown) {
        return error_out_of_memory();
    }
    *buffer = grown;
    *capacity = wanted;
    return NULL;
}

static struct error *session_queue_byte(struct session *session, uint8_t byte) {
    struct error *error = buffer_reserve(&session->output, &session->output_capacity, session->output_count, 1);
    if (!error) {
        session->output[session->output_count++] = byte;
    }
    return error;
}

struct error *session_queue(struct session *session, const uint8_t *payload, size_t count) {
    struct error *error = buffer_reserve(&session->output, &session->output_capacity, session->output_count, packet_encoded_limit(count));
    if (!error) {
        error = buffer_reserve(&session->sent, &session->sent_capacity, 0, packet_encoded_limit(count));
    }
    if (error) {
        return error;
    }
    size_t length = packet_encode(payload, count, session->output + session->output_count);
    memcpy(session->sent, session->output + session->output_count, length);
    session->sent_count = length;
    session->output_count += length;
    session->unsent = true;
    session->in_flight++;
    packet_describe(payload, count, session->what, sizeof session->what);
    return NULL;
}

struct error *session_queue_text(struct session *session, const char *text) {
    return session_queue(session, (const uint8_t *)text, strlen(text));
}

struct error *session_flush(struct session *session) {
    /* Acknowledgements alone wait for the next packet: a byte that reaches a running QEMU stops it, and one that stands still does not miss them. */
    size_t count = session->unsent ? session->output_count : 0;
    session->output_count -= count;
    session->unsent = false;
    return count ? transport_send(session->transport, session->output, count, session->timeout_ms) : NULL;
}

static struct error *session_garbage(const struct session *session, const uint8_t *bytes, size_t count, const char *what) {
    char shown[256];
    packet_describe(bytes, count, shown, sizeof shown);
    return error_create(ERROR_TARGET, "stub %s: garbage after '%s': %s: '%s'", transport_name(session->transport), session->what, what, shown);
}

static struct error *session_silent(const struct session *session, enum transport_outcome outcome) {
    size_t garbage = session->decoder.garbage_count;
    if (outcome == TRANSPORT_CLOSED) {
        return error_create(ERROR_TARGET, "stub %s: closed the connection midway, after '%s'", transport_name(session->transport), session->what);
    }
    if (garbage > 0) {
        return session_garbage(session, session->decoder.garbage, garbage < PACKET_GARBAGE_KEPT ? garbage : PACKET_GARBAGE_KEPT, "no packet");
    }
    if (session->hurried) {
        return error_create(ERROR_TARGET, "stub %s: had not answered '%s' when its time was over", transport_name(session->transport), session->what);
    }
    return error_create(ERROR_TARGET, "stub %s: hung: no answer to '%s' in %d ms", transport_name(session->transport), session->what,
                        session->timeout_ms);
}

/* Acts on a decoded event; *out_ready when a whole good packet stands in the decoder. */
static struct error *session_event(struct session *session, enum packet_event event, int *resends, bool *out_ready) {
    struct packet_decoder *decoder = &session->decoder;
    *out_ready = false;
    switch (event) {
    case PACKET_MORE:
        if (decoder->garbage_count > GARBAGE_LIMIT) {
            return session_garbage(session, decoder->garbage, PACKET_GARBAGE_KEPT, "no packet");
        }
        return NULL;
    case PACKET_ACK:
    case PACKET_NOTIFICATION: /* non-stop mode is never asked for: nothing to learn from one */
        return NULL;
    case PACKET_READY:
        *out_ready = true;
        return session_queue_byte(session, '+'); /* leaves with the next request: a byte sent to a running QEMU would stop it */
    case PACKET_NAK:
        if (session->in_flight != 1 || --*resends < 0) {
            return error_create(ERROR_TARGET, "stub %s: rejects packet '%s' as damaged", transport_name(session->transport), session->what);
        }
        return transport_send(session->transport, session->sent, session->sent_count, session->timeout_ms);
    case PACKET_BAD_CHECKSUM:
    case PACKET_BAD_ENCODING:
        if (decoder->notification) {
            return NULL; /* nobody sends one again: '-' would bring the last packet a second time */
        }
        if (session->in_flight != 1 || --*resends < 0) {
            return session_garbage(session, decoder->payload, decoder->length, "a packet with a wrong checksum or encoding");
        }
        return transport_send(session->transport, (const uint8_t *)"-", 1, session->timeout_ms);
    case PACKET_OVERSIZED:
        return session_garbage(session, (const uint8_t *)"", 0, "a packet of over 1 MiB");
    }
    return NULL;
}

/* The next whole packet, or why there is none. */
static struct error *session_packet(struct session *session, int timeout_ms, int wake_descriptor, enum transport_outcome *out_outcome) {
    int resends = RESENDS;
    bool asked = false;
    int64_t deadline = transport_clock() + timeout_ms;
    struct error *error = session_flush(session);
    while (!error) {
        while (!error && session->input_at < session->input_count) {
            bool ready = false;
            error = session_event(session, packet_decoder_push(&session->decoder, session->input[session->input_at++]), &resends, &ready);
            if (!error && ready) {
                *out_outcome = TRANSPORT_DATA;
                return NULL;
            }
        }
        if (error) {
            break;
        }
        int64_t left = deadline - transport_clock();
        enum transport_outcome outcome = TRANSPORT_DATA;
        if (timeout_ms >= 0 && left <= 0 && asked) {
            *out_outcome = TRANSPORT_TIMEOUT; /* bytes may come without end, and no packet among them */
            return NULL;
        }
        asked = true;
        session->input_at = 0;
        session->input_count = 0;
        error = transport_receive(session->transport, session->input, sizeof session->input,
                                  timeout_ms < 0 ? -1
                                  : left > 0     ? (int)left
                                                 : 0,
                                  wake_descriptor, &outcome, &session->input_count);
        if (!error && outcome != TRANSPORT_DATA) {
            *out_outcome = outcome;
            return NULL;
        }
    }
    return error;
}

void session_limit(struct session *session, int64_t deadline, int wake_descriptor) {
    session->deadline = deadline;
    session->wake_descriptor = wake_descriptor;
}

/* How long the reply may take; a session that is hurried has less time for all that is still to come. */
static int reply_patience(struct session *session, int64_t deadline) {
    session->hurried = session->deadline > 0 && session->deadline < deadline;
    int64_t left = (session->hurried ? session->deadline : deadline) - transport_clock();
    return left > 0 ? (int)left : 0;
}

struct error *session_reply(struct session *session, const uint8_t **out_bytes, size_t *out_count) {
    int64_t deadline = transport_clock() + session->timeout_ms;
    for (;;) {
        enum transport_outcome outcome = TRANSPORT_DATA;
        struct error *error = session_packet(session, reply_patience(session, deadline), session->wake_descriptor, &outcome);
        if (error) {
            return error;
        }
        if (outcome == TRANSPORT_WOKEN) {
            int64_t soon = transport_clock() + GRACE_MS;
            session->deadline = session->deadline > 0 && session->deadline < soon ? session->deadline : soon;
            session->wake_descriptor = -1;
            continue;
        }
        if (outcome == TRANSPORT_DATA && stop_reply_matches(session->decoder.payload, session->decoder.length) && transport_clock() > deadline) {
            outcome = TRANSPORT_TIMEOUT;
        }
        if (outcome != TRANSPORT_DATA) {
            return session_silent(session, outcome);
        }
        /* Replies of requests are hex, OK, E or lists: a stop reply here is a stray one. */
        if (stop_reply_matches(session->decoder.payload, session->decoder.length)) {
            continue;
        }
        session->in_flight--;
        *out_bytes = session->decoder.payload;
        *out_count = session->decoder.length;
        return NULL;
    }
}

bool session_is_refusal(const uint8_t *bytes, size_t count) {
    return count == 3 && bytes[0] == 'E' && hex_value(bytes[1]) >= 0 && hex_value(bytes[2]) >= 0;
}

struct error *session_refused(const struct session *session, const uint8_t *bytes, size_t count) {
    if (count == 0) {
        return error_create(ERROR_TARGET, "stub %s: does not support '%s'", transport_name(session->transport), session->what);
    }
    if (session_is_refusal(bytes, count)) {
        return error_create(ERROR_TARGET, "stub %s: refuses '%s': E%c%c", transport_name(session->transport), session->what, bytes[1], bytes[2]);
    }
    return session_garbage(session, bytes, count, "an unexpected reply");
}

struct error *session_flush_points(struct session *session) {
    struct error *error = NULL;
    while (!error && session->points > 0) {
        const uint8_t *bytes = NULL;
        size_t count = 0;
        error = session_reply(session, &bytes, &count);
        if (!error) {
            session->points--;
            if (count != 2 || memcmp(bytes, "OK", 2) != 0) {
                snprintf(session->what, sizeof session->what, "a breakpoint or watchpoint");
                error = session_refused(session, bytes, count);
            }
        }
    }
    return error;
}

static struct error *session_request_list(struct session *session, const uint8_t **out_bytes, size_t *out_count, const char *format,
                                          va_list arguments) {
    struct error *error = session_flush_points(session);
    char *text SCOPE_FREE = NULL;
    if (!error && vasprintf(&text, format, arguments) < 0) {
        text = NULL;
        error = error_out_of_memory();
    }
    if (!error) {
        error = session_queue_text(session, text);
    }
    return error ? error : session_reply(session, out_bytes, out_count);
}

struct error *session_request(struct session *session, const uint8_t **out_bytes, size_t *out_count, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    struct error *error = session_request_list(session, out_bytes, out_count, format, arguments);
    va_end(arguments);
    return error;
}

struct error *session_command(struct session *session, const char *format, ...) {
    const uint8_t *bytes = NULL;
    size_t count = 0;
    va_list arguments;
    va_start(arguments, format);
    struct error *error = session_request_list(session, &bytes, &count, format, arguments);
    va_end(arguments);
    if (!error && (count != 2 || memcmp(bytes, "OK", 2) != 0)) {
        error = session_refused(session, bytes, count);
    }
    return error;
}

struct error *session_select(struct session *session, const char *thread) {
    if (thread[0] == 0 || strcmp(session->selected, thread) == 0) {
        return NULL;
    }
    struct error *error = session_command(session, "Hg%s", thread);
    if (!error) {
        snprintf(session->selected, sizeof session->selected, "%s", thread);
    }
    return error;
}

static struct error *session_resume(struct session *session, const char *packet) {
    struct error *error = session_flush_points(session);
    if (!error) {
        error = session_queue_text(session, packet);
    }
    session->selected[0] = 0; /* a stop selects the thread that stopped */
    return error ? error : session_flush(session);
}

struct error *session_continue(struct session *session, const char *only_thread) {
    char packet[STOP_THREAD_LENGTH + 16];
    if (only_thread && only_thread[0]) {
        snprintf(packet, sizeof packet, "vCont;c:%s", only_thread);
        return session_resume(session, packet);
    }
    return session_resume(session, "vCont;c");
}

struct error *session_step(struct session *session, const char *thread) {
    char packet[STOP_THREAD_LENGTH + 16];
    snprintf(packet, sizeof packet, thread[0] ? "vCont;s:%s" : "vCont;s", thread);
    return session_resume(session, packet);
}

struct error *session_wait(struct session *session, int timeout_ms, int wake_descriptor, enum session_wait *out_outcome,
                           struct stop_reply *out_reply) {
    int64_t deadline = transport_clock() + timeout_ms;
    for (;;) {
        enum transport_outcome outcome = TRANSPORT_DATA;
        int64_t left = deadline - transport_clock();
        struct error *error = session_packet(session, timeout_ms < 0 ? -1 : left > 0 ? (int)left : 0, wake_descriptor, &outcome);
        if (error) {
            return error;
        }
        if (outcome == TRANSPORT_CLOSED) {
            return session_silent(session, outcome);
        }
        if (outcome == TRANSPORT_TIMEOUT && session->decoder.garbage_count > 0) {
            return session_silent(session, outcome);
        }
        if (outcome != TRANSPORT_DATA) {
            *out_outcome = outcome == TRANSPORT_WOKEN ? SESSION_WOKEN : SESSION_TIMEOUT;
            return NULL;
        }
        struct stop_reply reply;
        if (session_is_refusal(session->decoder.payload, session->decoder.length) || session->decoder.length == 0) {
            return session_refused(session, session->decoder.payload, session->decoder.length);
        }
        error = stop_reply_parse(session->decoder.payload, session->decoder.length, &reply);
        if (error) {
            return error_wrap(error, "stub %s", transport_name(session->transport));
        }
        if (reply.kind == STOP_OUTPUT && (timeout_ms < 0 || transport_clock() <= deadline)) {
            continue;
        }
        if (reply.kind == STOP_OUTPUT) {
            *out_outcome = SESSION_TIMEOUT;
            return NULL;
        }
        session->in_flight = 0;
        snprintf(session->selected, sizeof session->selected, "%s", reply.thread);
        *out_outcome = SESSION_STOPPED;
        *out_reply = reply;
        return NULL;
    }
}

struct error *session_interrupt(struct session *session) {
    return transport_send(session->transport, (const uint8_t *)"\x03", 1, session->timeout_ms);
}

struct error *session_detach(struct session *session) {
    return session_command(session, "D%s", session_supports(session, "multiprocess") ? ";1" : "");
}

void session_destroy(struct session *session) {
    if (session) {
        transport_close(session->transport);
        packet_decoder_deinit(&session->decoder);
        target_description_deinit(&session->description);
        free(session->output);
        free(session->sent);
        free(session->features);
        free(session);
    }
}
