#include "ending.h"

#include <stdio.h>
#include <sys/wait.h>

enum { DEATH_WAIT_MS = 500 };

struct error *ending_explain(struct machine *machine, struct error *error) {
    if (!error || error_code_of(error) != ERROR_TARGET || !machine || !machine_wait(machine, DEATH_WAIT_MS)) {
        return error;
    }
    struct error *death = machine_error(machine, error_message(error));
    error_destroy(error);
    return death;
}

bool ending_is_exit(struct machine *machine) {
    int status = 0;
    return machine_wait(machine, DEATH_WAIT_MS) && machine_ended(machine, &status) && WIFEXITED(status);
}

static const char *name_at(const struct image *image, uint64_t address) {
    const struct symbol *symbol = image_symbol_at(image, address);
    return symbol ? symbol->name : "its place";
}

struct error *ending_early(struct machine *machine, const struct image *image, uint64_t end, const struct stop_reply *reply) {
    char how[64] = "";
    char what[256];
    if (reply && !machine) {
        snprintf(how, sizeof how, reply->kind == STOP_KILLED ? " (signal %u)" : " (exit code %u)", reply->code);
    }
    snprintf(what, sizeof what, "the guest ended%s before its workload did: %.128s was never reached; what was seen is stored", how,
             name_at(image, end));
    return machine && machine_wait(machine, DEATH_WAIT_MS) ? machine_error(machine, what) : error_create(ERROR_TARGET, "%s", what);
}

struct error *ending_reboot(const struct image *image, uint64_t begin) {
    return error_create(ERROR_TARGET, "the guest has rebooted: %s was reached a second time; what was seen before is stored", name_at(image, begin));
}
