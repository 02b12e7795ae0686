#include "spillscope/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct transport {
    int descriptor;
    char *name; /* as the user wrote the address */
};

int64_t transport_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct error *transport_adopt(int descriptor, const char *name, struct transport **out_transport) {
    struct transport *transport = calloc(1, sizeof *transport);
    char *copy = strdup(name);
    if (!transport || !copy) {
        free(transport);
        free(copy);
        close(descriptor);
        return error_out_of_memory();
    }
    int flags = fcntl(descriptor, F_GETFL);
    fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* fails on Unix sockets, where it means nothing */
    transport->descriptor = descriptor;
    transport->name = copy;
    *out_transport = transport;
    return NULL;
}

void transport_close(struct transport *transport) {
    if (transport) {
        close(transport->descriptor);
        free(transport->name);
        free(transport);
    }
}

const char *transport_name(const struct transport *transport) {
    return transport->name;
}

/* One attempt; gives the descriptor or -1 with errno. */
static int connect_unix(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor >= 0 && connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
        int reason = errno;
        close(descriptor);
        errno = reason;
        return -1;
    }
    return descriptor;
}

/* A connect to a silent host may take minutes: it is started, then awaited for a second at most. */
static int connect_tcp(const struct addrinfo *address) {
    int descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) {
        return -1;
    }
    int reason = 0;
    if (connect(descriptor, address->ai_addr, address->ai_addrlen) != 0) {
        reason = errno;
        struct pollfd wait = {.fd = descriptor, .events = POLLOUT};
        if (reason == EINPROGRESS) {
            reason = ETIMEDOUT;
            socklen_t length = sizeof reason;
            if (poll(&wait, 1, 1000) == 1) {
                getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &reason, &length);
            }
        }
    }
    if (reason != 0) {
        close(descriptor);
        errno = reason;
        return -1;
    }
    return descriptor;
}

/* Splits "tcp:HOST:PORT", "HOST:PORT", ":PORT"; the caller frees both. */
static struct error *address_split(const char *address, char **out_host, char **out_port) {
    const char *rest = strncmp(address, "tcp:", 4) == 0 ? address + 4 : address;
    const char *colon = strrchr(rest, ':');
    char *end = NULL;
    unsigned long port = colon ? strtoul(colon + 1, &end, 10) : 0;
    if (!colon || end == colon + 1 || *end != 0 || port == 0 || port > 65535) {
        return error_create(ERROR_USAGE, "'%s' is no stub address: unix:PATH, HOST:PORT or :PORT", address);
    }
    char *host = colon == rest ? strdup("localhost") : strndup(rest, (size_t)(colon - rest));
    char *name = strdup(colon + 1);
    if (!host || !name) {
        free(host);
        free(name);
        return error_out_of_memory();
    }
    *out_host = host;
    *out_port = name;
    return NULL;
}

static struct error *address_resolve(const char *address, struct addrinfo **out_list) {
    char *host SCOPE_FREE = NULL;
    char *port SCOPE_FREE = NULL;
    struct error *error = address_split(address, &host, &port);
    if (error) {
        return error;
    }
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    int failure = getaddrinfo(host, port, &hints, out_list);
    return failure ? error_create(ERROR_TARGET, "stub %s: %s", address, gai_strerror(failure)) : NULL;
}

static int address_try(const char *path, const struct addrinfo *list) {
    if (path) {
        return connect_unix(path);
    }
    int descriptor = -1;
    for (const struct addrinfo *each = list; each && descriptor < 0; each = each->ai_next) {
        descriptor = connect_tcp(each);
    }
    return descriptor;
}

struct error *transport_connect(const char *address, int timeout_ms, struct transport **out_transport) {
    const char *path = strncmp(address, "unix:", 5) == 0 ? address + 5 : strchr(address, '/') ? address : NULL;
    struct addrinfo *list = NULL;
    if (!path) {
        struct error *error = address_resolve(address, &list);
        if (error) {
            return error;
        }
    }
    int64_t deadline = transport_clock() + timeout_ms;
    int descriptor = address_try(path, list);
    while (descriptor < 0 && transport_clock() < deadline) {
        poll(NULL, 0, 20);
        descriptor = address_try(path, list);
    }
    int reason = errno;
    if (list) {
        freeaddrinfo(list);
    }
    if (descriptor < 0) {
        return error_create(ERROR_TARGET, "stub %s: connection %s: %s", address, reason == ETIMEDOUT ? "not answered" : "refused", strerror(reason));
    }
    return transport_adopt(descriptor, address, out_transport);
}

struct error *transport_send(struct transport *transport, const uint8_t *bytes, size_t count, int timeout_ms) {
    int64_t deadline = transport_clock() + timeout_ms;
    size_t sent = 0;
    while (sent < count) {
        ssize_t step = send(transport->descriptor, bytes + sent, count - sent, MSG_NOSIGNAL);
        if (step >= 0) {
            sent += (size_t)step;
            continue;
        }
        if (errno == EINTR) {
            continue;
        }
        if (errno != EAGAIN) {
            return error_create(ERROR_TARGET, "stub %s: closed the connection: %s", transport->name, strerror(errno));
        }
        int64_t left = deadline - transport_clock();
        struct pollfd wait = {.fd = transport->descriptor, .events = POLLOUT};
        if (left <= 0 || poll(&wait, 1, (int)left) == 0) {
            return error_create(ERROR_TARGET, "stub %s: hung: took %zu of %zu bytes in %d ms", transport->name, sent, count, timeout_ms);
        }
    }
    return NULL;
}

struct error *transport_receive(struct transport *transport, uint8_t *buffer, size_t room, int timeout_ms, int wake_descriptor,
                                enum transport_outcome *out_outcome, size_t *out_count) {
    int64_t deadline = transport_clock() + timeout_ms;
    for (;;) {
        ssize_t step = recv(transport->descriptor, buffer, room, 0);
        if (step > 0) {
            *out_outcome = TRANSPORT_DATA;
            *out_count = (size_t)step;
            return NULL;
        }
        if (step == 0 || errno == ECONNRESET || errno == EPIPE) {
            *out_outcome = TRANSPORT_CLOSED;
            *out_count = 0;
            return NULL;
        }
        if (errno != EAGAIN && errno != EINTR) {
            return error_create(ERROR_TARGET, "stub %s: %s", transport->name, strerror(errno));
        }
        int64_t left = deadline - transport_clock();
        int wait_ms = timeout_ms < 0 ? -1 : left > 0 ? (int)left : 0;
        struct pollfd waits[2] = {{.fd = transport->descriptor, .events = POLLIN}, {.fd = wake_descriptor, .events = POLLIN}};
        int ready = poll(waits, wake_descriptor >= 0 ? 2 : 1, wait_ms);
        if (ready == 0) {
            *out_outcome = TRANSPORT_TIMEOUT;
            *out_count = 0;
            return NULL;
        }
        if (ready > 0 && waits[0].revents == 0) {
            *out_outcome = TRANSPORT_WOKEN;
            *out_count = 0;
            return NULL;
        }
    }
}
