/*
 * A stub that misbehaves: stands between a probe and a real stub, passes on what they say, and at the Nth packet of the real one does what
 * the command line names. It listens on a port of this machine that it prints first, serves one client, and ends with it.
 *
 *     rogue_stub UPSTREAM DEED N [MILLISECONDS]        UPSTREAM: path of a Unix socket
 *     rogue_stub none DEED 0                           no real stub: the deed answers the first packet
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "spillscope/packet.h"

enum { DEED_LIMIT_S = 100, CHUNK = 65536, HUGE_PAYLOAD = 2 << 20 };

struct rogue {
    int client;
    int upstream; /* -1 = none */
    struct packet_decoder decoder;
    const char *deed;
    unsigned long when; /* number of the packet at which it happens */
    unsigned long seen;
    int pause_ms;
    bool mute; /* nothing reaches the client any more */
};

static void rogue_fail(const char *what) {
    perror(what);
    exit(3);
}

/* A client that has left ends the show. */
static void client_send(const struct rogue *rogue, const void *bytes, size_t count) {
    const uint8_t *at = bytes;
    for (size_t done = 0; done < count;) {
        ssize_t step = send(rogue->client, at + done, count - done, MSG_NOSIGNAL);
        if (step <= 0) {
            exit(0);
        }
        done += (size_t)step;
    }
}

static void client_packet(const struct rogue *rogue, const uint8_t *payload, size_t count) {
    uint8_t *frame = malloc(packet_encoded_limit(count));
    if (!frame) {
        rogue_fail("memory");
    }
    client_send(rogue, frame, packet_encode(payload, count, frame));
    free(frame);
}

static void client_text(const struct rogue *rogue, const char *payload) {
    client_packet(rogue, (const uint8_t *)payload, strlen(payload));
}

static void do_garbage(const struct rogue *rogue, size_t count) {
    uint32_t random = 1;
    for (size_t i = 0; i < count; i++) {
        random = random * 1664525U + 1013904223U;
        uint8_t byte = (uint8_t)(random >> 24);
        byte = byte == '$' || byte == '%' || byte == '-' ? 'x' : byte;
        client_send(rogue, &byte, 1);
    }
}

static void do_huge(const struct rogue *rogue) {
    static uint8_t block[CHUNK];
    memset(block, 'a', sizeof block);
    client_send(rogue, "$", 1);
    for (int sent = 0; sent < HUGE_PAYLOAD; sent += CHUNK) {
        client_send(rogue, block, sizeof block);
    }
    client_send(rogue, "#00", 3);
}

/* Resets instead of closing. */
static void do_reset(const struct rogue *rogue) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(rogue->client, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(rogue->client);
    exit(0);
}

/* Sends for ever, until the client leaves. */
static void do_endless(const struct rogue *rogue, const char *payload, int pause_ms) {
    for (;;) {
        if (payload) {
            client_text(rogue, payload);
        } else {
            client_send(rogue, "++++++++", 8);
        }
        poll(NULL, 0, pause_ms);
    }
}

static void do_wrong_checksum(const struct rogue *rogue, const uint8_t *payload, size_t count) {
    uint8_t *frame = malloc(packet_encoded_limit(count));
    if (!frame) {
        rogue_fail("memory");
    }
    size_t length = packet_encode(payload, count, frame);
    frame[length - 1] = frame[length - 1] == '0' ? '1' : '0';
    client_send(rogue, frame, length);
    free(frame);
}

/* The reply arrives byte by byte. */
static void do_drip(const struct rogue *rogue, const uint8_t *payload, size_t count) {
    uint8_t *frame = malloc(packet_encoded_limit(count));
    if (!frame) {
        rogue_fail("memory");
    }
    size_t length = packet_encode(payload, count, frame);
    for (size_t i = 0; i < length; i++) {
        client_send(rogue, frame + i, 1);
        poll(NULL, 0, length < 64 ? 2 : 0);
    }
    free(frame);
}

/* The deed, in place of (or around) the packet that is due. */
static void rogue_do(struct rogue *rogue, const uint8_t *payload, size_t count) {
    const char *deed = rogue->deed;
    bool always = strncmp(deed, "always-", 7) == 0;
    if (rogue->seen != rogue->when && !(always && rogue->seen > rogue->when)) {
        client_packet(rogue, payload, count);
        return;
    }
    deed += always ? 7 : 0;
    if (strcmp(deed, "close") == 0) {
        exit(0);
    } else if (strcmp(deed, "reset") == 0) {
        do_reset(rogue);
    } else if (strcmp(deed, "garbage") == 0) {
        do_garbage(rogue, 16384);
        rogue->mute = true;
    } else if (strcmp(deed, "noise") == 0) { /* and then the right answer */
        do_garbage(rogue, 100);
        client_packet(rogue, payload, count);
    } else if (strcmp(deed, "part") == 0) {
        client_send(rogue, "$0123", 5);
        exit(0);
    } else if (strcmp(deed, "stuck") == 0) {
        client_send(rogue, "$0123", 5);
        rogue->mute = true;
    } else if (strcmp(deed, "huge") == 0) {
        do_huge(rogue);
        rogue->mute = true;
    } else if (strcmp(deed, "checksum") == 0) {
        do_wrong_checksum(rogue, payload, count);
    } else if (strcmp(deed, "silence") == 0) {
        rogue->mute = true;
    } else if (strcmp(deed, "late") == 0) {
        poll(NULL, 0, rogue->pause_ms);
        client_packet(rogue, payload, count);
    } else if (strcmp(deed, "drip") == 0) {
        do_drip(rogue, payload, count);
    } else if (strcmp(deed, "stop") == 0) { /* that nobody asked for */
        client_text(rogue, "T05thread:p01.01;");
        client_packet(rogue, payload, count);
    } else if (strcmp(deed, "stops") == 0) {
        do_endless(rogue, "T05thread:p01.01;", 1);
    } else if (strcmp(deed, "output") == 0) {
        do_endless(rogue, "O2e", 0);
    } else if (strcmp(deed, "acks") == 0) {
        do_endless(rogue, NULL, 0);
    } else if (strcmp(deed, "notify") == 0) {
        client_send(rogue, "%Stop:T05thread:p01.01;#00", 26);
        client_packet(rogue, payload, count);
    } else if (strcmp(deed, "exited") == 0) {
        client_text(rogue, "W2a");
    } else if (strcmp(deed, "killed") == 0) {
        client_text(rogue, "X09");
    } else if (strcmp(deed, "refuse") == 0) {
        client_text(rogue, "E22");
    } else if (strcmp(deed, "nothing") == 0) {
        client_text(rogue, "");
    } else if (strcmp(deed, "odd") == 0) {
        client_text(rogue, "0");
    } else if (strcmp(deed, "long") == 0) {
        static uint8_t digits[200000];
        memset(digits, '0', sizeof digits);
        client_packet(rogue, digits, sizeof digits);
    } else if (strcmp(deed, "twice") == 0) {
        client_packet(rogue, payload, count);
        client_packet(rogue, payload, count);
    } else {
        fprintf(stderr, "rogue_stub: no deed '%s'\n", deed);
        exit(2);
    }
}

static void upstream_byte(struct rogue *rogue, uint8_t byte) {
    enum packet_event event = packet_decoder_push(&rogue->decoder, byte);
    if (event == PACKET_READY) {
        rogue->seen++;
        /* The real stub waits for this; the client's own acknowledgements reach it too, and are one too many: it ignores them. */
        if (!rogue->mute) {
            rogue_do(rogue, rogue->decoder.payload, rogue->decoder.length);
        }
    } else if (event == PACKET_ACK && !rogue->mute) {
        client_send(rogue, "+", 1);
    }
}

static int upstream_open(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strcmp(path, "none") == 0) {
        return -1;
    }
    int upstream = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    for (int i = 0; connect(upstream, (struct sockaddr *)&address, sizeof address) != 0; i++) {
        if (i == 500) {
            rogue_fail(path);
        }
        poll(NULL, 0, 20);
    }
    return upstream;
}

static int client_accept(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(server, (struct sockaddr *)&address, length) != 0 || listen(server, 1) != 0 ||
        getsockname(server, (struct sockaddr *)&address, &length) != 0) {
        rogue_fail("cannot listen");
    }
    printf("%u\n", ntohs(address.sin_port));
    fflush(stdout);
    int client = accept(server, NULL, NULL);
    int on = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* a packet is an answer: it must not wait for the next one */
    close(server);
    return client;
}

/* One round of passing on; false when either side has left. */
static bool rogue_pass(struct rogue *rogue) {
    static uint8_t bytes[CHUNK];
    struct pollfd waits[2] = {{.fd = rogue->client, .events = POLLIN}, {.fd = rogue->upstream, .events = POLLIN}};
    poll(waits, rogue->upstream >= 0 ? 2 : 1, -1);
    if (waits[0].revents) {
        ssize_t count = recv(rogue->client, bytes, sizeof bytes, 0);
        if (count <= 0) {
            return false;
        }
        if (rogue->upstream < 0) { /* whatever it was, the deed is the answer */
            rogue->seen = rogue->when;
            if (!rogue->mute) {
                rogue_do(rogue, (const uint8_t *)"", 0);
            }
        } else if (send(rogue->upstream, bytes, (size_t)count, MSG_NOSIGNAL) != count) {
            return false;
        }
    }
    if (rogue->upstream >= 0 && waits[1].revents) {
        ssize_t count = recv(rogue->upstream, bytes, sizeof bytes, 0);
        for (ssize_t i = 0; i < count; i++) {
            upstream_byte(rogue, bytes[i]);
        }
        return count > 0;
    }
    return true;
}

int main(int count, char **arguments) {
    if (count < 4) {
        fprintf(stderr, "usage: rogue_stub UPSTREAM|none DEED N [MILLISECONDS]\n");
        return 2;
    }
    struct rogue rogue = {.deed = arguments[2], .when = strtoul(arguments[3], NULL, 10), .pause_ms = count > 4 ? atoi(arguments[4]) : 500};
    alarm(DEED_LIMIT_S);
    packet_decoder_init(&rogue.decoder);
    rogue.upstream = upstream_open(arguments[1]);
    rogue.client = client_accept();
    while (rogue_pass(&rogue)) {
    }
    packet_decoder_deinit(&rogue.decoder);
    return 0;
}
