#include "fake_stub.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spillscope/packet.h"

static void stub_write(int descriptor, const void *bytes, size_t count) {
    if (write(descriptor, bytes, count) != (ssize_t)count) {
        _exit(3);
    }
}

/* Reads up to the next packet or interrupt byte and compares. */
static void stub_expect(int descriptor, struct packet_decoder *decoder, const char *request) {
    uint8_t byte = 0;
    while (read(descriptor, &byte, 1) == 1) {
        enum packet_event event = packet_decoder_push(decoder, byte);
        if (byte == 3 && event == PACKET_MORE && strcmp(request, "\x03") == 0) {
            return;
        }
        if (event == PACKET_NAK && strcmp(request, "-") == 0) {
            return;
        }
        if (event == PACKET_NAK) {
            fprintf(stderr, "fake stub: asked to send again, the transcript has '%s'\n", request);
            _exit(4);
        }
        if (event == PACKET_READY) {
            if (strcmp((const char *)decoder->payload, request) != 0) {
                fprintf(stderr, "fake stub: got '%s', the transcript has '%s'\n", (const char *)decoder->payload, request);
                _exit(1);
            }
            return;
        }
    }
    fprintf(stderr, "fake stub: the client left, the transcript has '%s'\n", request);
    _exit(2);
}

static void stub_run(int descriptor, const struct fake_line *lines, bool linger) {
    struct packet_decoder decoder;
    packet_decoder_init(&decoder);
    alarm(20);
    for (const struct fake_line *line = lines; line->request || line->reply || line->raw; line++) {
        if (line->request) {
            stub_expect(descriptor, &decoder, line->request);
        }
        if (line->reply) {
            uint8_t frame[8192];
            stub_write(descriptor, frame, packet_encode((const uint8_t *)line->reply, strlen(line->reply), frame));
        }
        if (line->raw) {
            stub_write(descriptor, line->raw, strlen(line->raw));
        }
    }
    uint8_t byte = 0;
    while (linger && read(descriptor, &byte, 1) == 1) {
    }
    packet_decoder_deinit(&decoder);
    _exit(0);
}

void fake_stub_start(struct fake_stub *stub, const struct fake_line *lines, bool linger) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) {
        abort();
    }
    stub->child = fork();
    if (stub->child == 0) {
        close(pair[0]);
        stub_run(pair[1], lines, linger);
    }
    close(pair[1]);
    stub->client = pair[0];
}

bool fake_stub_finish(struct fake_stub *stub) {
    int status = 0;
    waitpid(stub->child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
