/* Memory, registers and points of a session. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session_private.h"

struct error *session_read_registers(struct session *session, uint8_t *buffer, size_t room, size_t *out_count) {
    const uint8_t *bytes = NULL;
    size_t count = 0;
    struct error *error = session_request(session, &bytes, &count, "g");
    if (error) {
        return error;
    }
    if (count < 2 || count % 2 != 0 || session_is_refusal(bytes, count)) {
        return session_refused(session, bytes, count);
    }
    size_t known = 0; /* bytes of all registers that the stub has described; it may send fewer */
    for (size_t i = 0; i < session->description.count; i++) {
        size_t end = session->description.registers[i].offset + session->description.registers[i].size;
        known = end > known ? end : known;
    }
    if (known > 0 && count / 2 > known) {
        return session_refused(session, bytes, count);
    }
    size_t wanted = count / 2 < room ? count / 2 : room;
    for (size_t i = 0; i < wanted; i++) {
        /* 'x' digits mark a register that the stub cannot tell: read as zero. */
        if (bytes[2 * i] == 'x') {
            buffer[i] = 0;
        } else if (!hex_decode(bytes + 2 * i, 1, buffer + i)) {
            return session_refused(session, bytes, count);
        }
    }
    *out_count = wanted;
    return NULL;
}

struct error *session_write_register(struct session *session, const struct session_register *which, uint64_t value) {
    uint8_t raw[8];
    char digits[17] = "";
    uint32_t size = which->size < 8 ? which->size : 8;
    for (uint32_t i = 0; i < size; i++) {
        raw[i] = (uint8_t)(value >> (8 * i));
    }
    hex_encode(raw, size, digits);
    digits[2 * size] = 0;
    return session_command(session, "P%x=%s", which->number, digits);
}

/* Reads one reply of `m` into `read`. */
static struct error *memory_reply(struct session *session, struct session_read *read) {
    const uint8_t *bytes = NULL;
    size_t count = 0;
    struct error *error = session_reply(session, &bytes, &count);
    if (error) {
        return error;
    }
    if (session_is_refusal(bytes, count) && read->count * 2 != count) {
        read->valid = false;
        return NULL;
    }
    if (count > read->count * 2 || count % 2 != 0 || count == 0) {
        return session_refused(session, bytes, count);
    }
    read->valid = count == read->count * 2; /* a stub may give the readable beginning only */
    if (!hex_decode(bytes, count / 2, read->buffer)) {
        return session_refused(session, bytes, count);
    }
    return NULL;
}

struct error *session_read_many(struct session *session, struct session_read *reads, size_t count) {
    struct error *error = session_flush_points(session);
    size_t asked = 0;
    for (size_t answered = 0; !error && answered < count; answered++) {
        while (!error && asked < count && asked - answered < SESSION_IN_FLIGHT) {
            char packet[48];
            snprintf(packet, sizeof packet, "m%llx,%zx", (unsigned long long)reads[asked].address, reads[asked].count);
            error = session_queue_text(session, packet);
            asked++;
        }
        if (!error) {
            error = memory_reply(session, &reads[answered]);
        }
    }
    return error;
}

struct error *session_read_memory(struct session *session, uint64_t address, void *buffer, size_t count, bool *out_valid) {
    bool valid = true;
    size_t done = 0;
    struct error *error = NULL;
    while (!error && valid && done < count) {
        struct session_read reads[SESSION_IN_FLIGHT];
        size_t used = 0;
        for (; used < SESSION_IN_FLIGHT && done < count; used++) {
            size_t step = count - done < session->memory_chunk ? count - done : session->memory_chunk;
            reads[used] = (struct session_read){.address = address + done, .buffer = (uint8_t *)buffer + done, .count = step};
            done += step;
        }
        error = session_read_many(session, reads, used);
        for (size_t i = 0; !error && i < used; i++) {
            valid = valid && reads[i].valid;
        }
    }
    if (!error) {
        *out_valid = valid;
    }
    return error;
}

struct error *session_write_memory(struct session *session, uint64_t address, const void *bytes, size_t count) {
    const uint8_t *from = bytes;
    char digits[2 * 512 + 1];
    struct error *error = NULL;
    for (size_t done = 0; !error && done < count;) {
        size_t step = count - done < 512 ? count - done : 512;
        hex_encode(from + done, step, digits);
        digits[2 * step] = 0;
        error = session_command(session, "M%llx,%zx:%s", (unsigned long long)(address + done), step, digits);
        done += step;
    }
    return error;
}

static struct error *session_point(struct session *session, char verb, enum session_point kind, uint64_t address, uint32_t length) {
    struct error *error = NULL;
    if (session->points >= SESSION_IN_FLIGHT) {
        error = session_flush_points(session);
    }
    if (!error) {
        char packet[48];
        snprintf(packet, sizeof packet, "%c%d,%llx,%x", verb, (int)kind, (unsigned long long)address, length);
        error = session_queue_text(session, packet);
    }
    if (!error) {
        session->points++;
    }
    return error;
}

struct error *session_set_point(struct session *session, enum session_point kind, uint64_t address, uint32_t length) {
    return session_point(session, 'Z', kind, address, length);
}

struct error *session_clear_point(struct session *session, enum session_point kind, uint64_t address, uint32_t length) {
    return session_point(session, 'z', kind, address, length);
}

struct error *session_monitor(struct session *session, const char *command, char **out_output) {
    size_t length = strlen(command);
    char *digits SCOPE_FREE = malloc(2 * length + 1);
    char *output SCOPE_FREE = calloc(1, 1);
    if (!digits || !output) {
        return error_out_of_memory();
    }
    hex_encode((const uint8_t *)command, length, digits);
    digits[2 * length] = 0;
    const uint8_t *bytes = NULL;
    size_t count = 0;
    size_t used = 0;
    struct error *error = session_request(session, &bytes, &count, "qRcmd,%s", digits);
    /* Output comes as O packets, or all at once as plain hex; OK ends it. */
    while (!error && count != 0 && !(count == 2 && memcmp(bytes, "OK", 2) == 0) && !session_is_refusal(bytes, count)) {
        bool last = bytes[0] != 'O';
        size_t text = last ? count / 2 : (count - 1) / 2;
        char *grown = realloc(output, used + text + 1);
        if (!grown) {
            return error_out_of_memory();
        }
        output = grown;
        if (!hex_decode(bytes + (last ? 0 : 1), text, (uint8_t *)output + used)) {
            return session_refused(session, bytes, count);
        }
        used += text;
        output[used] = 0;
        if (last) {
            *out_output = output;
            output = NULL;
            return NULL;
        }
        session->in_flight++;
        error = session_reply(session, &bytes, &count);
    }
    if (!error && count != 2) {
        error = session_refused(session, bytes, count);
    }
    if (!error) {
        *out_output = output;
        output = NULL;
    }
    return error;
}

/* Are they ids and commas? Anything else, a NUL above all, would not be told apart again. */
static bool threads_are_ids(const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (hex_value(bytes[i]) < 0 && bytes[i] != ',' && bytes[i] != '.' && bytes[i] != 'p' && bytes[i] != '-') {
            return false;
        }
    }
    return true;
}

/* Appends the comma-separated ids of one reply to `list` ('\n' after each). */
static struct error *threads_append(char **list, size_t *length, size_t *threads, const uint8_t *bytes, size_t count) {
    char *grown = realloc(*list, *length + count + 2);
    if (!grown) {
        return error_out_of_memory();
    }
    *list = grown;
    for (size_t i = 0; i < count; i++) {
        bool comma = bytes[i] == ',';
        grown[(*length)++] = comma ? '\n' : (char)bytes[i];
        *threads += comma ? 1 : 0;
    }
    grown[(*length)++] = '\n';
    grown[*length] = 0;
    ++*threads;
    return NULL;
}

struct error *session_threads(struct session *session, char ***out_threads, size_t *out_count) {
    enum { ROUNDS = 4096 };
    char *list SCOPE_FREE = NULL;
    size_t length = 0;
    size_t threads = 0;
    const uint8_t *bytes = NULL;
    size_t count = 0;
    struct error *error = session_request(session, &bytes, &count, "qfThreadInfo");
    for (int round = 0; !error && round < ROUNDS && count > 1 && bytes[0] == 'm' && threads_are_ids(bytes + 1, count - 1); round++) {
        error = threads_append(&list, &length, &threads, bytes + 1, count - 1);
        if (!error) {
            error = session_request(session, &bytes, &count, "qsThreadInfo");
        }
    }
    if (error) {
        return error;
    }
    if (count != 1 || bytes[0] != 'l') {
        return session_refused(session, bytes, count);
    }
    char **result = malloc((threads + 1) * sizeof *result + length + 1);
    if (!result) {
        return error_out_of_memory();
    }
    char *text = (char *)(result + threads + 1);
    size_t used = 0;
    if (length) {
        memcpy(text, list, length + 1);
    }
    for (char *at = text; used < threads; used++) {
        result[used] = at;
        at = strchr(at, '\n');
        *at++ = 0;
    }
    result[threads] = NULL;
    *out_threads = result;
    *out_count = threads;
    return NULL;
}
