#include "spillscope/interruption.h"

#include <sys/signalfd.h>
#include <unistd.h>

struct error *interruption_catch(struct interruption *interruption) {
    sigset_t wanted;
    sigset_t before;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &wanted, &before) != 0) {
        return error_create_errno("cannot block signals");
    }
    int descriptor = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    if (descriptor < 0) {
        struct error *error = error_create_errno("cannot wait for signals");
        sigprocmask(SIG_SETMASK, &before, NULL);
        return error;
    }
    *interruption = (struct interruption){.caught = true, .descriptor = descriptor, .before = before};
    return NULL;
}

bool interruption_seen(const struct interruption *interruption) {
    struct signalfd_siginfo signal;
    return interruption->caught && read(interruption->descriptor, &signal, sizeof signal) == (ssize_t)sizeof signal;
}

void interruption_release(struct interruption *interruption) {
    if (interruption->caught) {
        while (interruption_seen(interruption)) {
        }
        close(interruption->descriptor);
        sigprocmask(SIG_SETMASK, &interruption->before, NULL);
        interruption->caught = false;
    }
}
