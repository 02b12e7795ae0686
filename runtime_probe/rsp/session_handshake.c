/* The beginning of a session. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session_private.h"

enum { INCLUDE_DEPTH = 4, DOCUMENT_LIMIT = 1 << 20 };

struct inclusion {
    struct session *session;
    int depth;
};

/* Fetches one document in pieces; the caller frees it. */
static struct error *document_fetch(struct session *session, const char *name, char **out_text, size_t *out_length) {
    char *text SCOPE_FREE = NULL;
    size_t length = 0;
    for (;;) {
        const uint8_t *bytes = NULL;
        size_t count = 0;
        struct error *error = session_request(session, &bytes, &count, "qXfer:features:read:%s:%zx,%x", name, length, 2000);
        if (error) {
            return error;
        }
        if (count == 0 || (bytes[0] != 'm' && bytes[0] != 'l') || length + count > DOCUMENT_LIMIT) {
            return session_refused(session, bytes, count);
        }
        char *grown = realloc(text, length + count);
        if (!grown) {
            return error_out_of_memory();
        }
        text = grown;
        memcpy(text + length, bytes + 1, count - 1);
        length += count - 1;
        if (bytes[0] == 'l' || count == 1) {
            *out_text = text;
            *out_length = length;
            text = NULL;
            return NULL;
        }
    }
}

static struct error *description_include(void *context, const char *name, size_t length) {
    const struct inclusion *outer = context;
    struct inclusion inner = {.session = outer->session, .depth = outer->depth + 1};
    char *copy SCOPE_FREE = strndup(name, length);
    char *text SCOPE_FREE = NULL;
    size_t text_length = 0;
    if (!copy) {
        return error_out_of_memory();
    }
    if (inner.depth > INCLUDE_DEPTH) {
        return error_create(ERROR_TARGET, "target description: '%s' is included over %d levels deep", copy, INCLUDE_DEPTH);
    }
    struct error *error = document_fetch(inner.session, copy, &text, &text_length);
    return error ? error : target_description_add(&inner.session->description, text, text_length, description_include, &inner);
}

bool session_supports(const struct session *session, const char *feature) {
    size_t length = strlen(feature);
    for (const char *at = session->features; at && *at;) {
        const char *end = strchr(at, ';');
        size_t item = end ? (size_t)(end - at) : strlen(at);
        bool named = strncmp(at, feature, length) == 0;
        if (named && (item == length || (item > length && (at[length] == '+' || at[length] == '=')))) {
            return true;
        }
        at = end ? end + 1 : NULL;
    }
    return false;
}

static struct error *handshake_features(struct session *session) {
    const uint8_t *bytes = NULL;
    size_t count = 0;
    struct error *error = session_request(session, &bytes, &count, "qSupported:multiprocess+;swbreak+;hwbreak+;qRelocInsn-;vContSupported+");
    if (error) {
        return error;
    }
    session->features = strndup((const char *)bytes, count);
    if (!session->features) {
        return error_out_of_memory();
    }
    session->memory_chunk = SESSION_MEMORY_CHUNK;
    const char *size = strstr(session->features, "PacketSize=");
    if (size) {
        unsigned long limit = strtoul(size + 11, NULL, 16);
        if (limit >= 64 && limit / 2 < session->memory_chunk) {
            session->memory_chunk = (uint32_t)(limit / 2 - 8);
        }
    }
    return NULL;
}

/* `?` is the one request whose reply is a stop reply. */
static struct error *handshake_stop(struct session *session) {
    struct error *error = session_queue_text(session, "?");
    enum session_wait outcome = SESSION_STOPPED;
    if (!error) {
        error = session_wait(session, session->timeout_ms, -1, &outcome, &session->first_stop);
    }
    if (!error && outcome != SESSION_STOPPED) {
        error = error_create(ERROR_TARGET, "stub %s: hung: no answer to '?' in %d ms", transport_name(session->transport), session->timeout_ms);
    }
    if (!error && session->first_stop.kind != STOP_SIGNAL) {
        error = error_create(ERROR_TARGET, "stub %s: the target has ended already", transport_name(session->transport));
    }
    return error;
}

static struct error *handshake(struct session *session) {
    struct error *error = handshake_features(session);
    if (!error && session_supports(session, "qXfer:features:read")) {
        struct inclusion top = {.session = session};
        static const char NAME[] = "target.xml";
        error = description_include(&top, NAME, sizeof NAME - 1);
        target_description_finish(&session->description);
    }
    return error ? error : handshake_stop(session);
}

struct error *session_create(struct transport *transport, int timeout_ms, struct session **out_session) {
    struct session *session = calloc(1, sizeof *session);
    if (!session) {
        transport_close(transport);
        return error_out_of_memory();
    }
    session->transport = transport;
    session->timeout_ms = timeout_ms;
    session->wake_descriptor = -1;
    session->memory_chunk = SESSION_MEMORY_CHUNK;
    packet_decoder_init(&session->decoder);
    struct error *error = handshake(session);
    if (error) {
        session_destroy(session);
        return error;
    }
    *out_session = session;
    return NULL;
}

const struct stop_reply *session_first_stop(const struct session *session) {
    return &session->first_stop;
}

const struct session_register *session_registers(const struct session *session, size_t *out_count) {
    *out_count = session->description.count;
    return session->description.registers;
}

const struct session_register *session_register_by_name(const struct session *session, const char *name) {
    for (size_t i = 0; i < session->description.count; i++) {
        if (strcmp(session->description.registers[i].name, name) == 0) {
            return &session->description.registers[i];
        }
    }
    return NULL;
}
