#include "spillscope/target.h"

static struct error *target_connect(struct target *target, int timeout_ms) {
    struct transport *transport = NULL;
    struct error *error = transport_connect(machine_socket(target->machine), timeout_ms, &transport);
    if (!error) {
        error = session_create(transport, timeout_ms, &target->session);
    }
    if (error && machine_ended(target->machine, NULL)) {
        struct error *death = machine_error(target->machine, error_message(error));
        error_destroy(error);
        return death;
    }
    if (!error) {
        machine_hide_files(target->machine);
    }
    return error;
}

static struct error *target_attach(struct target *target, const struct arch *arch) {
    int ram = machine_ram_descriptor(target->machine);
    struct error *error = ram >= 0 ? guest_memory_create_ram(target->session, arch, ram, machine_ram_size(target->machine), &target->memory)
                                   : guest_memory_create_stub(target->session, &target->memory);
    return error ? error : guest_attach(target->session, target->memory, arch, &target->guest);
}

struct error *target_launch(const struct machine_request *request, const struct arch *arch, int timeout_ms, struct target *out_target) {
    struct machine_request stopped = *request;
    struct target target = {0};
    stopped.stopped = true;
    struct error *error = machine_launch(&stopped, &target.machine);
    if (!error) {
        error = target_connect(&target, timeout_ms);
    }
    if (!error) {
        error = target_attach(&target, arch);
    }
    if (error) {
        target_deinit(&target);
        return error;
    }
    *out_target = target;
    return NULL;
}

void target_deinit(struct target *target) {
    guest_memory_destroy(target->memory);
    session_destroy(target->session);
    machine_destroy(target->machine);
    *target = (struct target){0};
}
