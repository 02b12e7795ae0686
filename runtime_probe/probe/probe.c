#include "spillscope/probe.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conclusion.h"
#include "ending.h"
#include "../ledger/kernel_layout.h"
#include "recorder_run.h"
#include "recording.h"

enum { CONNECT_TIMEOUT_MS = 10000, RELEASE_MS = 5000 };

static void run_deinit(struct run *run) {
    progress_destroy(run->progress);
    journal_destroy(run->journal);
    if (run->observer_ready) {
        observer_deinit(&run->observer);
    }
    points_deinit(&run->points);
    guest_memory_destroy(run->memory);
    session_destroy(run->session);
    machine_destroy(run->machine);
    catalog_deinit(&run->catalog);
    sites_deinit(&run->sites);
    plan_destroy(run->plan);
    object_watch_deinit(&run->objects);
    image_close(run->image);
    store_close(run->store);
    text_deinit(&run->notices);
    interruption_release(&run->interruption);
}

static struct error *run_open_inputs(struct run *run) {
    char *root SCOPE_FREE = NULL;
    bool placed = false;
    struct error *error = store_open(run->request->database, run->request->dry ? STORE_READ : STORE_WRITE, &run->store);
    error = error ? error : kernel_layout_wanted(run->store, &placed);
    if (!error && placed) { /* a stub sees no allocator run before it came, and no stores */
        error =
            error_create(ERROR_USAGE, "states of this kernel are found by where they lie (manifest: [pages] records), which only --recorder does");
    }
    if (!error && run->request->resume) {
        error = resumption_find(run->store, run->request->transactions, &run->resumed);
    }
    if (!error) {
        error = store_meta_get(run->store, "source_root", &root);
    }
    if (!error) {
        error = image_open_list(run->request->elf, run->request->modules, root, &run->image);
    }
    if (!error) {
        error = plan_create(run->store, run->image, &run->plan);
    }
    if (!error) {
        error = catalog_load(run->store, run->plan, run->request->everything, &run->catalog);
    }
    error = error ? error : object_watch_load(run->store, run->image, &run->objects);
    return error ? error : sites_load(run->store, run->image, &run->sites);
}

static struct error *run_plugin(void *context, const char *ram_path, uint64_t ram_size, char **out_argument) {
    struct run *run = context;
    return run->request->recorder(run->request->recorder_context, run->store, run->image, ram_path, ram_size, out_argument);
}

static struct error *run_launch(struct run *run) {
    const struct probe_request *request = run->request;
    struct machine_request machine = {
        .command = request->command,
        .command_count = request->command_count,
        .plugins = {{.make = request->recorder ? run_plugin : NULL, .context = run}},
        .stopped = true,
        .want_ram = request->mode != PROBE_STUB || request->recorder,
        .require_ram = request->mode == PROBE_RAM,
        .log_path = request->log,
        .timeout_ms = CONNECT_TIMEOUT_MS,
    };
    struct error *error = machine_launch(&machine, &run->machine);
    if (!error && machine_notice(run->machine)) {
        text_append_format(&run->notices, "%s\n", machine_notice(run->machine));
    }
    return error;
}

static struct error *run_connect(struct run *run) {
    int limit_s = run->request->timeout_s < STUB_TIMEOUT_MS / 1000 ? run->request->timeout_s : STUB_TIMEOUT_MS / 1000;
    struct transport *transport = NULL;
    const char *address = run->machine ? machine_socket(run->machine) : run->request->stub;
    struct error *error = transport_connect(address, CONNECT_TIMEOUT_MS, &transport);
    if (!error) {
        error = session_create(transport, limit_s * 1000, &run->session);
    }
    if (error) {
        return ending_explain(run->machine, error);
    }
    if (run->machine) {
        machine_hide_files(run->machine);
    }
    return error;
}

static struct error *run_create_memory(struct run *run, const struct arch *arch) {
    if (run->request->mode != PROBE_STUB && run->machine && machine_ram_descriptor(run->machine) >= 0) {
        return guest_memory_create_ram(run->session, arch, machine_ram_descriptor(run->machine), machine_ram_size(run->machine), &run->memory);
    }
    if (run->request->mode == PROBE_RAM) {
        return error_create(ERROR_USAGE, "--mode ram needs a QEMU that the probe starts itself: give its command after --");
    }
    return guest_memory_create_stub(run->session, &run->memory);
}

static struct error *run_attach(struct run *run) {
    const struct arch *arch = arch_by_machine(run->image->machine, run->image->pointer_size);
    if (!arch) {
        return error_create(ERROR_FORMAT, "%s: machine %u is not supported (%s are)", run->image->path, run->image->machine, arch_names());
    }
    struct error *error = run_create_memory(run, arch);
    if (!error) {
        error = guest_attach(run->session, run->memory, arch, &run->guest);
    }
    char **threads = NULL;
    size_t cpus = 0;
    if (!error) {
        error = session_threads(run->session, &threads, &cpus);
    }
    run->points.guest = &run->guest;
    if (!error) {
        error = observer_init(&run->observer, &run->guest, &run->points, run->plan, &run->catalog, &run->sites, threads, (uint32_t)cpus);
        run->observer_ready = error == NULL;
    } else {
        free(threads);
    }
    return error;
}

static struct error *run_all(struct run *run) {
    struct error *error = interruption_catch(&run->interruption);
    if (!error) {
        error = run_open_inputs(run);
    }
    if (!error && run->request->dry) {
        catalog_tell(&run->catalog, &run->notices);
        return NULL;
    }
    if (!error && !run->request->stub) {
        error = run_launch(run);
    }
    if (!error) {
        error = run_connect(run);
    }
    if (!error) {
        error = run_attach(run);
    }
    if (error) {
        return error;
    }
    run->deadline = transport_clock() + (int64_t)run->request->timeout_s * 1000;
    session_limit(run->session, run->deadline, run->interruption.descriptor);
    run->progress = run->request->log || run->request->stub ? progress_create("observing transactions", (size_t)run->request->transactions) : NULL;
    error = conclusion_explain(run, recording_loop(run));
    progress_destroy(run->progress);
    run->progress = NULL;
    session_limit(run->session, transport_clock() + RELEASE_MS, -1);
    conclusion_notices(run);
    error = conclusion_store(run, error);
    if (!error) {
        error = conclusion_release(run);
    }
    if (!error && run->machine) {
        error = machine_check_log(run->machine);
    }
    return error;
}

void probe_keep_memory(void) {
    mallopt(M_MMAP_THRESHOLD, 64 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
}

struct error *probe_run(const struct probe_request *request, struct probe_summary *out_summary) {
    probe_keep_memory();
    if (request->mode == PROBE_RECORDER) {
        return recorder_run(request, out_summary);
    }
    struct run *run = calloc(1, sizeof *run);
    if (!run) {
        return error_out_of_memory();
    }
    run->request = request;
    struct error *error = run_all(run);
    conclusion_summary(run, out_summary);
    run_deinit(run);
    free(run);
    return error;
}
