/* Fuzz target: any bytes as all that a stub ever sends, to a session that makes every kind of request. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "spillscope/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

enum { TIMEOUT_MS = 20, INPUT_LIMIT = 60000 };

static void session_use(struct session *session) {
    uint8_t buffer[5000];
    bool valid = false;
    size_t got = 0;
    char **threads = NULL;
    char *output = NULL;
    struct stop_reply reply;
    enum session_wait outcome = SESSION_TIMEOUT;
    struct session_read reads[3] = {{.address = 1, .buffer = buffer, .count = 8}, {.address = 9, .buffer = buffer + 8, .count = 1}};
    reads[2] = (struct session_read){.address = 99, .buffer = buffer + 16, .count = 2000};
    error_destroy(session_threads(session, &threads, &got));
    free(threads);
    error_destroy(session_monitor(session, "info", &output));
    free(output);
    error_destroy(session_read_registers(session, buffer, sizeof buffer, &got));
    error_destroy(session_read_memory(session, 0x1000, buffer, sizeof buffer, &valid));
    error_destroy(session_read_many(session, reads, 3));
    error_destroy(session_set_point(session, SESSION_WATCH_READ, 0x100, 8));
    error_destroy(session_clear_point(session, SESSION_BREAK_SOFTWARE, 0x200, 1));
    error_destroy(session_flush_points(session));
    error_destroy(session_continue(session, session_first_stop(session)->thread));
    error_destroy(session_wait(session, 0, -1, &outcome, &reply));
    error_destroy(session_select(session, "p01.02"));
    error_destroy(session_detach(session));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    int pair[2];
    struct transport *transport = NULL;
    struct session *session = NULL;
    if (count > INPUT_LIMIT || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) {
        return 0;
    }
    if (write(pair[1], bytes, count) != (ssize_t)count) {
        abort();
    }
    shutdown(pair[1], SHUT_WR);
    struct error *error = transport_adopt(pair[0], "fuzz", &transport);
    if (!error) {
        error = session_create(transport, TIMEOUT_MS, &session);
    }
    if (!error) {
        session_use(session);
    }
    error_destroy(error);
    session_destroy(session);
    close(pair[1]);
    return 0;
}
