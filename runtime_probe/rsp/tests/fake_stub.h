#ifndef FAKE_STUB_H
#define FAKE_STUB_H
/* A stub that replays a transcript over a socket pair, in a child process: what it gets must begin with each line's request. */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct fake_line {
    const char *request; /* payload the client must send next; NULL = send `reply` unasked; "\x03" = the interrupt byte */
    const char *reply;   /* payload to answer with, framed by the stub; NULL = raw */
    const char *raw;     /* bytes sent as they are; NULL = nothing */
};

struct fake_stub {
    pid_t child;
    int client; /* the client's end of the pair, owned by whoever adopts it */
};

/* Starts a stub for the transcript, ended by a line of three NULLs, after which it hangs up, or (with `linger`) stays silent. */
void fake_stub_start(struct fake_stub *stub, const struct fake_line *lines, bool linger);
/* Waits for its end: true when every request came as the transcript says. */
bool fake_stub_finish(struct fake_stub *stub);

#endif
