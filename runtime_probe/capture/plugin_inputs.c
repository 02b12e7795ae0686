#include "plugin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include "ledger_messages.h"
#include "spillscope/guest.h"

struct error *plugin_map_ram(struct plugin *plugin) {
    const struct capture_header *header = plugin->ring.header;
    int descriptor SCOPE_CLOSE = open(header->ram, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return error_create_errno("cannot open guest RAM %s", header->ram);
    }
    return guest_memory_create_ram(NULL, plugin->cpu.arch, descriptor, header->ram_size, &plugin->memory);
}

struct error *plugin_make_ledger(struct plugin *plugin, uint32_t cpus) {
    struct ledger_inputs inputs = {.store = plugin->store,
                                   .image = plugin->image,
                                   .catalog = &plugin->catalog,
                                   .memory = plugin->memory,
                                   .sink = ledger_messages(&plugin->ring),
                                   .cpus = cpus};
    return ledger_create(&inputs, &plugin->ledger);
}

static struct error *plugin_find_text(struct plugin *plugin) {
    uint64_t alignment = 0;
    uint64_t address = 0;
    uint64_t size = 0;
    uint64_t offset = 0;
    struct error *error = kernel_layout_alignment(plugin->store, &alignment);
    const unsigned char *text = NULL;
    if (!error && alignment && image_text(plugin->image, &address, &size, &offset)) {
        text = slide_map_text(plugin->image->path, offset, size);
    }
    slide_search_init(&plugin->slide, text, address, size, text ? alignment : 0);
    return error || !alignment || text ? error : error_create(ERROR_IO, "%s: its text cannot be mapped", plugin->image->path);
}

struct error *plugin_open_image(struct plugin *plugin) {
    const struct capture_header *header = plugin->ring.header;
    char *root SCOPE_FREE = NULL;
    struct error *error = store_open(header->database, STORE_READ, &plugin->store);
    if (!error) {
        error = store_meta_get(plugin->store, "source_root", &root);
    }
    return error ? error : image_open_list(header->elf, header->modules, root, &plugin->image);
}

struct error *plugin_open_inputs(struct plugin *plugin, uint32_t cpus) {
    bool placed = false;
    struct error *error = kernel_layout_wanted(plugin->store, &placed);
    if (!error) {
        error = placed ? plan_create_bare(plugin->image, &plugin->plan) : plan_create(plugin->store, plugin->image, &plugin->plan);
    }
    if (!error) {
        error = catalog_load(plugin->store, plugin->plan, plugin->ring.header->everything != 0, &plugin->catalog);
    }
    if (!error) {
        error = sites_load(plugin->store, plugin->image, &plugin->sites);
    }
    if (!error && !placed && plugin->image->placement.count) {
        error = error_create(ERROR_USAGE, "the recorder follows loadable objects of kernels with [pages] records only: use --mode stub or ram");
    }
    if (!error && placed) {
        error = plugin_find_text(plugin);
    } else {
        plugin->slide.known = true;
    }
    if (!error && placed) {
        error = plugin_make_ledger(plugin, cpus);
    }
    store_close(plugin->store);
    plugin->store = NULL;
    return error;
}

static int hook_compare(const void *one, const void *other) {
    const struct hook *a = one;
    const struct hook *b = other;
    if (a->pc != b->pc) {
        return a->pc < b->pc ? -1 : 1;
    }
    /* An allocator that is a transaction too is both, the window's begin comes before all; what ends comes before what begins, outer before inner. */
    return a->role != b->role ? (int)b->role - (int)a->role : ((uintptr_t)a->what > (uintptr_t)b->what) - ((uintptr_t)a->what < (uintptr_t)b->what);
}

static void hook_add(struct plugin *plugin, uint64_t pc, enum hook_role role, const void *what) {
    if (pc) {
        plugin->hooks[plugin->hook_count++] = (struct hook){pc, role, what};
    }
}

static struct error *plugin_make_ledger_hooks(struct plugin *plugin) {
    const struct vector *hooks = &plugin->ledger->hooks.hooks;
    plugin->hooks = calloc(hooks->count + 1, sizeof *plugin->hooks);
    for (size_t i = 0; plugin->hooks && i < hooks->count; i++) { /* sorted already */
        const struct ledger_hook *hook = VECTOR_AT(hooks, struct ledger_hook, i);
        hook_add(plugin, hook->pc, HOOK_LEDGER, hook);
    }
    return plugin->hooks ? NULL : error_out_of_memory();
}

struct error *plugin_make_hooks(struct plugin *plugin) {
    const struct catalog *catalog = &plugin->catalog;
    if (plugin->ledger) {
        return plugin_make_ledger_hooks(plugin);
    }
    size_t places = catalog->place_count;
    for (uint32_t i = 0; i < catalog->place_count; i++) {
        places += catalog->places[i].exit_count;
    }
    plugin->hooks = calloc((size_t)catalog->count + places + catalog->deferral_count + plugin->sites.allocator_count + catalog->interrupt_count + 3,
                           sizeof *plugin->hooks);
    if (!plugin->hooks) {
        return error_out_of_memory();
    }
    for (uint32_t i = 0; i < catalog->count; i++) {
        const struct catalog_transaction *kind = &catalog->transactions[i];
        hook_add(plugin, kind->entry, HOOK_TRANSACTION, kind);
        int client = kind->client.present ? kind->client.argument + 1 : 0;
        plugin->parameters = client > plugin->parameters && client <= GUEST_ARGUMENTS ? client : plugin->parameters;
        for (uint32_t p = 0; p < kind->parameter_count; p++) {
            int needed = kind->parameters[p].index + 1;
            plugin->parameters = needed > plugin->parameters && needed <= GUEST_ARGUMENTS ? needed : plugin->parameters;
        }
    }
    for (uint32_t i = 0; i < catalog->place_count; i++) {
        const struct catalog_place *place = &catalog->places[i];
        hook_add(plugin, place->entry, HOOK_PLACE, place);
        for (uint32_t e = 0; e < place->exit_count; e++) {
            hook_add(plugin, place->exits[e].address, HOOK_EXIT, NULL);
        }
    }
    for (uint32_t i = 0; i < catalog->deferral_count; i++) {
        hook_add(plugin, catalog->deferrals[i].entry, HOOK_DEFERRAL, &catalog->deferrals[i]);
        plugin->parameters = plugin->parameters ? plugin->parameters : 1; /* what deferred work is called with */
    }
    for (uint32_t i = 0; i < plugin->sites.allocator_count; i++) {
        hook_add(plugin, plugin->sites.allocators[i].entry, HOOK_ALLOCATOR, &plugin->sites.allocators[i]);
    }
    for (uint32_t i = 0; i < catalog->interrupt_count; i++) {
        hook_add(plugin, catalog->interrupts[i], HOOK_INTERRUPT, NULL);
    }
    hook_add(plugin, catalog->switch_entry, HOOK_SWITCH, NULL);
    hook_add(plugin, catalog->begin, HOOK_BEGIN, NULL);
    hook_add(plugin, catalog->end, HOOK_END, NULL);
    qsort(plugin->hooks, plugin->hook_count, sizeof *plugin->hooks, hook_compare);
    if (catalog->switch_entry) {
        const struct symbol *symbol = image_symbol_at(plugin->image, catalog->switch_entry);
        const struct function *function = image_function_at(plugin->image, catalog->switch_entry);
        plugin->switch_low = catalog->switch_entry;
        plugin->switch_high = symbol && symbol->size              ? symbol->address + symbol->size
                              : function && function->range_count ? function->ranges[0].high
                                                                  : catalog->switch_entry + 1;
    }
    return NULL;
}
