#include "scene.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "spillscope/scope.h"
#include "spillscope/snapshot.h"
#include "spillscope/text.h"

enum { RAM_BYTES = 48 << 20, PATH_BYTES = 160, PLENTY = 1 << 20 };

static char folder[] = "/tmp/spillscope-snapshot-test-XXXXXX"; /* of all scenes */

static const char FACTS[] =
    "INSERT INTO entity VALUES (1, 'sample', '%s', 'manifest');"
    "INSERT INTO file VALUES (1, 'sample.c', 1);"
    "INSERT INTO state (key, root, path, root_kind, origin) VALUES ('struct item.value', 'struct item', '.value', 'heap', 'analyzer'), "
    "('struct bucket.value', 'struct bucket', '.value', 'heap', 'analyzer'), ('struct leafy.value', 'struct leafy', '.value', 'heap', 'analyzer'), "
    "('struct plain_tree.key', 'struct plain_tree', '.key', 'heap', 'analyzer'), "
    "('struct single.value', 'struct single', '.value', 'heap', 'analyzer'), "
    "('struct flexible.count', 'struct flexible', '.count', 'heap', 'analyzer'), "
    "('struct deep.value', 'struct deep', '.value', 'heap', 'analyzer');"
    "INSERT INTO pointee VALUES ('items.next', 'struct item', '.link'), ('items.prev', 'struct item', '.link'), "
    "('struct item.link.next', 'struct item', '.link'), ('struct item.link.prev', 'struct item', '.link'), "
    "('table[].first', 'struct bucket', '.node'), ('struct bucket.node.next', 'struct bucket', '.node'), "
    "('tree', 'struct leafy', '.rb'), ('struct leafy.rb.right', 'struct leafy', '.rb'), ('struct leafy.rb.left', 'struct leafy', '.rb'), "
    "('struct leafy.rb.parent_and_colour', 'struct leafy', '.rb'), "
    "('anything', 'struct item', ''), ('struct item.any', 'struct item', '')";

static void succeed(struct error *error) {
    if (error) {
        fail_msg("%s", error_message(error));
    }
}

int scenes_setup(void **state) {
    char command[1024];
    (void)state;
    if (!mkdtemp(folder)) {
        return 1;
    }
    snprintf(command, sizeof command, "cd '%s' && cc -std=gnu17 -g -O0 -no-pie -fno-pie -o '%s/sample' sample.c", SAMPLES, folder);
    return system(command);
}

int scenes_teardown(void **state) {
    char command[256];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/* Loads the next picture of memory from the file. */
static void picture_load(FILE *file, uint8_t *ram) {
    uint64_t head[2];
    memset(ram, 0, RAM_BYTES);
    while (fread(head, sizeof head, 1, file) == 1 && head[1]) {
        assert_true(head[0] + head[1] <= RAM_BYTES);
        assert_int_equal(fread(ram + head[0], head[1], 1, file), 1);
    }
}

static struct error *difference_tell(void *context, const struct difference *difference) {
    static const char *const effects[] = {[DIFFERENCE_MODIFIED] = "modified",
                                          [DIFFERENCE_ADDED] = "added",
                                          [DIFFERENCE_REMOVED] = "removed",
                                          [DIFFERENCE_MOVED] = "moved",
                                          [DIFFERENCE_CREATED] = "created"};
    struct scene *scene = context;
    struct text text = {0};
    text_append_format(&text, "%s%s %s %s %s -> %s%s%s\n", scene->told, difference->key, difference->instance, effects[difference->effect],
                       difference->old_value ? difference->old_value : "-", difference->new_value, difference->foreign ? " (foreign)" : "",
                       scene->wish->client || difference->server ? "" : " (client)");
    free(scene->told);
    scene->all_whitelisted = scene->all_whitelisted && difference->whitelisted;
    return text_take(&text, &scene->told);
}

static struct store *facts_make(const struct scene_wish *wish) {
    char path[PATH_BYTES];
    char facts[sizeof FACTS + 16];
    struct store *store = NULL;
    snprintf(path, sizeof path, "%s/%s.db", folder, wish->name);
    unlink(path);
    succeed(store_open(path, STORE_CREATE, &store));
    snprintf(facts, sizeof facts, FACTS, wish->client ? "client" : "server");
    succeed(store_execute(store, facts));
    if (wish->sql) {
        succeed(store_execute(store, wish->sql));
    }
    return store;
}

static struct whitelist *whitelist_make(const struct scene_wish *wish) {
    struct whitelist *whitelist = NULL;
    size_t count = 0;
    if (!wish->whitelist) {
        succeed(whitelist_create_all(&whitelist));
        return whitelist;
    }
    while (wish->whitelist[count]) {
        count++;
    }
    succeed(whitelist_create((char *const *)wish->whitelist, count, &whitelist));
    return whitelist;
}

/* What the scene knows of whose stores changed what; NULL = it was not asked. */
static struct own_bytes *own_make(const struct scene_wish *wish, struct snapshot *const snapshots[2]) {
    if (wish->own == OWN_UNASKED) {
        return NULL;
    }
    struct own_bytes *own = NULL;
    succeed(own_bytes_create(&own));
    if (wish->own == OWN_ALL) {
        succeed(own_bytes_add(own, snapshots[0], snapshots[1]));
    }
    for (uint32_t i = 0; wish->own == OWN_KNOWN && i < snapshots[0]->count; i++) {
        succeed(own_bytes_know(own, &snapshots[0]->regions[i], 0, snapshots[0]->regions[i].size));
    }
    for (uint32_t i = 0; wish->own == OWN_STORED && i < snapshots[0]->count; i++) {
        succeed(own_bytes_know(own, &snapshots[0]->regions[i], 0, snapshots[0]->regions[i].size));
        succeed(own_bytes_mark(own, &snapshots[0]->regions[i], 0, snapshots[0]->regions[i].size));
    }
    return own;
}

/* The same pictures again and again, in snapshots that are overwritten, tell what they told in fresh ones. */
static void scene_repeat(const struct scene *scene, struct snapshot_request request, const struct whitelist *whitelist, FILE *file, uint8_t *ram) {
    enum { ROUNDS = 3 };
    succeed(snapshot_spares_create(&request.spares));
    for (int round = 0; round < ROUNDS; round++) {
        struct snapshot *snapshots[2] = {NULL, NULL};
        struct scene again = {.wish = scene->wish, .told = strdup("")};
        rewind(file);
        for (int i = 0; i < 2; i++) {
            picture_load(file, ram);
            guest_memory_moved(request.memory, &(struct guest_translation){.paging = ARCH_PAGING_OFF});
            succeed(snapshot_take(&request, &snapshots[i]));
        }
        struct own_bytes *own = own_make(scene->wish, snapshots);
        succeed(difference_visit(request.plan, whitelist, snapshots[0], snapshots[1], own, difference_tell, &again));
        assert_string_equal(again.told, scene->told);
        own_bytes_destroy(own);
        snapshot_destroy(snapshots[round % 2]); /* which one comes next is no matter */
        snapshot_destroy(snapshots[1 - round % 2]);
        free(again.told);
    }
    snapshot_spares_destroy(request.spares);
}

void scene_look(const struct scene_wish *wish, struct scene *out_scene) {
    char elf[PATH_BYTES];
    char pictures[PATH_BYTES];
    char command[3 * PATH_BYTES];
    snprintf(elf, sizeof elf, "%s/sample", folder);
    snprintf(pictures, sizeof pictures, "%s/pictures", folder);
    snprintf(command, sizeof command, "'%s' %s '%s'", elf, wish->name, pictures);
    assert_int_equal(system(command), 0);
    struct image *image __attribute__((cleanup(scope_image))) = NULL;
    struct store *store __attribute__((cleanup(scope_store))) = facts_make(wish);
    struct guest_memory *memory __attribute__((cleanup(scope_guest_memory))) = NULL;
    struct plan *plan = NULL;
    struct scope *scope = NULL;
    struct whitelist *whitelist = whitelist_make(wish);
    succeed(image_open(elf, SAMPLES, "", &image));
    succeed(plan_create(store, image, &plan));
    succeed(scope_create(plan, whitelist, &scope));
    int descriptor SCOPE_CLOSE = memfd_create("scene", MFD_CLOEXEC);
    assert_int_equal(ftruncate(descriptor, RAM_BYTES), 0);
    uint8_t *ram = mmap(NULL, RAM_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    assert_ptr_not_equal(ram, MAP_FAILED);
    succeed(guest_memory_create_ram(NULL, arch_by_machine(EM_X86_64, 8), descriptor, RAM_BYTES, &memory));
    FILE *file SCOPE_FCLOSE = fopen(pictures, "rb");
    assert_non_null(file);
    struct snapshot *snapshots[2] = {NULL, NULL};
    struct allocations allocations = {0};
    if (wish->allocated.address) {
        succeed(allocations_add(&allocations, wish->allocated.address, wish->allocated.size, &wish->allocated.root, 1));
    }
    struct snapshot_request request = {.plan = plan,
                                       .scope = scope,
                                       .memory = memory,
                                       .allocations = &allocations,
                                       .object_budget = wish->object_budget ? wish->object_budget : PLENTY,
                                       .byte_budget = 64U << 20};
    if (wish->fate == FATE_FREED_BEFORE) {
        allocations_free(&allocations, wish->allocated.address);
    }
    const struct snapshot_parameter parameter = {.address = wish->parameter, .shape = plan_shape_of_root(plan, "struct item"), .number = 2};
    const struct snapshot_range stack = {.low = wish->stack, .high = wish->stack + 48};
    request.parameters = &parameter;
    request.parameter_count = wish->parameter ? 1 : 0;
    request.stacks = &stack;
    request.stack_count = wish->stack ? 1 : 0;
    for (int i = 0; i < 2; i++) {
        picture_load(file, ram);
        if (i == 1 && wish->fate == FATE_REUSED) {
            allocations_free(&allocations, wish->allocated.address);
            succeed(allocations_add(&allocations, wish->allocated.address, wish->allocated.size, &wish->allocated.root, 1));
        }
        guest_memory_moved(memory, &(struct guest_translation){.paging = ARCH_PAGING_OFF});
        succeed(snapshot_take(&request, &snapshots[i]));
    }
    *out_scene = (struct scene){.wish = wish,
                                .told = strdup(""),
                                .objects = snapshots[1]->count,
                                .unreadable = snapshots[1]->unreadable,
                                .cut = snapshots[1]->cut,
                                .all_whitelisted = true};
    for (uint32_t i = 0; i < snapshots[1]->count; i++) {
        out_scene->servers += snapshots[1]->regions[i].server ? 1 : 0;
    }
    struct own_bytes *own = own_make(wish, snapshots);
    succeed(difference_visit(plan, whitelist, snapshots[0], snapshots[1], own, difference_tell, out_scene));
    own_bytes_destroy(own);
    snapshot_destroy(snapshots[0]);
    snapshot_destroy(snapshots[1]);
    if (wish->fate != FATE_REUSED) { /* the heap's past cannot be repeated */
        scene_repeat(out_scene, request, whitelist, file, ram);
    }
    munmap(ram, RAM_BYTES);
    allocations_deinit(&allocations);
    scope_destroy(scope);
    whitelist_destroy(whitelist);
    plan_destroy(plan);
}

void scene_deinit(struct scene *scene) {
    free(scene->told);
    scene->told = NULL;
}
