/*
 * Lists of loaded objects as Linux keeps them, and as cells are kept, in a fake memory: read by the types of images that are compiled here; and what
 * becomes of lists that are broken in all kinds of ways.
 */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "spillscope/objects_layout.h"

enum { MEMORY = 1 << 16, BASE = 0x100000, MODULE = BASE + 0x1000, STEP = 0x1000, TABLE = 0x400, NAMES = 0x800, CODE = 0x700000 };

/* As of 6.1 and as of 6.4; members of no interest are there to move the others. */
static const char linux_program[] =
    "struct list_head { struct list_head *next, *prev; };\n"
    "struct attribute { const char *name; unsigned short mode; };\n"
    "struct bin_attribute { struct attribute attr; unsigned long size; void *private; };\n"
    "struct module_sect_attr { struct bin_attribute battr; unsigned long address; };\n"
    "struct module_sect_attrs { struct { void *groups; } grp; unsigned int nsections; struct module_sect_attr attrs[]; };\n"
    "struct module_layout { void *base; unsigned int size, text_size; };\n"
    "struct module_memory { void *base; unsigned int size; };\n"
    "struct module { int state; struct list_head list; char name[56]; void *other;\n"
    "#ifdef NEWER\n"
    "struct module_memory mem[7];\n"
    "#else\n"
    "struct module_layout core_layout, init_layout;\n"
    "#endif\n"
    "struct module_sect_attrs *sect_attrs; };\n"
    "struct list_head modules = {&modules, &modules}; struct module one; struct module_sect_attrs table;\n"
    "void do_init_module(struct module *m) { m->state = 1; }\n"
    "void free_module(struct module *m) { m->state = 2; }\n"
    "void _start(void) { do_init_module(&one); free_module(&one); one.sect_attrs = &table; }\n";

static const char cells_program[] = "struct section { char name[16]; unsigned long address, size; };\n"
                                    "struct cell { const char *name; struct cell *next; unsigned short section_count; struct section *sections; };\n"
                                    "struct cell *cells; struct section some[2]; struct cell one = {\"one\", 0, 2, some};\n"
                                    "void _start(void) { cells = &one; }\n";

struct memory {
    unsigned char bytes[MEMORY];
    size_t reads;
};

static bool memory_read(void *context, uint64_t address, void *buffer, size_t count) {
    struct memory *memory = context;
    memory->reads++;
    if (address < BASE || address - BASE > MEMORY - count) {
        return false;
    }
    memcpy(buffer, memory->bytes + (address - BASE), count);
    return true;
}

static void put(struct memory *memory, uint64_t address, uint64_t value, size_t size) {
    memcpy(memory->bytes + (address - BASE), &value, size);
}

static void put_text(struct memory *memory, uint64_t address, const char *text) {
    memcpy(memory->bytes + (address - BASE), text, strlen(text) + 1);
}

static void expect(struct error *error) {
    if (error) {
        fail_msg("%s", error_message(error));
    }
}

static struct image *image_of(const char *name, const char *program, const char *flags) {
    char path[512];
    char command[2048];
    struct image *image = NULL;
    snprintf(path, sizeof path, "%s/%s.c", SAMPLE_OUTPUT, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(program, file);
    fclose(file);
    snprintf(command, sizeof command, "%s -g -O0 -fno-pic -static -nostdlib -ffreestanding %s -o %s/%s.elf %s", SAMPLE_GCC, flags, SAMPLE_OUTPUT,
             name, path);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/%s.elf", SAMPLE_OUTPUT, name);
    expect(image_open(path, NULL, "", &image));
    return image;
}

/* The layout of a Linux whose list begins in the fake memory. */
static struct objects_layout linux_layout(const char *flags) {
    struct objects_layout layout;
    struct image *image = image_of("linux_modules", linux_program, flags);
    expect(objects_layout_make(image, "linux", "modules", &layout));
    assert_int_equal(layout.list, image_variable_by_name(image, "modules")->address);
    image_close(image);
    layout.list = BASE;
    return layout;
}

/* A module with .text and .data in its core, and .init.text in its initial part, of 0x1000 bytes each. */
static void put_module(struct memory *memory, const struct objects_layout *layout, uint64_t at, const char *name, uint64_t code, bool initial) {
    static const char *const names[] = {".text", ".data", ".init.text"};
    uint64_t table = at + TABLE;
    put_text(memory, at + layout->name, name);
    put(memory, at + layout->table, table, 8);
    put(memory, table + layout->count, 3, layout->count_bytes);
    for (uint64_t i = 0; i < 3; i++) {
        uint64_t section = table + layout->first + i * layout->stride;
        put_text(memory, at + NAMES + 32 * i, names[i]);
        put(memory, section + layout->section_name, at + NAMES + 32 * i, 8);
        put(memory, section + layout->section_address, code + 0x1000 * i, 8);
    }
    put(memory, at + layout->bound_base[0], code, 8);
    put(memory, at + layout->bound_size[0], 0x2000, 4);
    put(memory, at + layout->bound_base[1], initial ? code + 0x2000 : 0, 8);
    put(memory, at + layout->bound_size[1], initial ? 0x1000 : 0, 4);
}

/* `count` modules m0, m1, ... in a list. */
static void put_modules(struct memory *memory, const struct objects_layout *layout, int count, bool initial) {
    uint64_t link = BASE;
    for (int i = 0; i < count; i++) {
        char name[8];
        uint64_t at = MODULE + STEP * (uint64_t)i;
        snprintf(name, sizeof name, "m%d", i);
        put_module(memory, layout, at, name, CODE + 0x10000 * (uint64_t)i, initial);
        put(memory, link, at + layout->link, 8);
        link = at + layout->link;
    }
    put(memory, link, BASE, 8);
}

static const struct loaded_section *section_of(const struct loaded_objects *loaded, size_t object, uint32_t section) {
    const struct loaded_object *at = VECTOR_AT(&loaded->objects, struct loaded_object, object);
    assert_true(section < at->count);
    return VECTOR_AT(&loaded->sections, struct loaded_section, at->first + section);
}

static void check_linux(const char *flags) {
    struct objects_layout layout = linux_layout(flags);
    struct memory *memory = calloc(1, sizeof *memory);
    struct loaded_objects loaded;
    uint64_t at = 0;
    put_modules(memory, &layout, 2, false);
    put_module(memory, &layout, MODULE, "m0", CODE, true);
    assert_null(objects_read(&layout, memory_read, memory, &loaded, &at));
    assert_int_equal(loaded.objects.count, 2);
    assert_string_equal(VECTOR_AT(&loaded.objects, struct loaded_object, 0)->name, "m0");
    assert_int_equal(VECTOR_AT(&loaded.objects, struct loaded_object, 1)->record, MODULE + STEP);
    assert_int_equal(VECTOR_AT(&loaded.objects, struct loaded_object, 0)->count, 3);
    assert_string_equal(section_of(&loaded, 0, 2)->name, ".init.text");
    assert_int_equal(section_of(&loaded, 0, 2)->address, CODE + 0x2000);
    assert_int_equal(VECTOR_AT(&loaded.objects, struct loaded_object, 1)->count, 2); /* its initial code was freed: the address is stale */
    assert_string_equal(section_of(&loaded, 1, 1)->name, ".data");
    assert_int_equal(section_of(&loaded, 1, 1)->address, CODE + 0x11000);
    objects_deinit(&loaded);
    free(memory);
}

static void test_linux(void **state) {
    (void)state;
    check_linux("");
    check_linux("-DNEWER");
}

static void test_cells(void **state) {
    struct objects_layout layout;
    struct memory *memory = calloc(1, sizeof *memory);
    struct loaded_objects loaded;
    struct image *image = image_of("cells", cells_program, "");
    uint64_t at = 0;
    (void)state;
    expect(objects_layout_make(image, "cells", "cells", &layout));
    image_close(image);
    layout.list = BASE;
    put(memory, BASE, MODULE, 8);
    put(memory, MODULE + layout.name, MODULE + NAMES, 8);
    put_text(memory, MODULE + NAMES, "queues");
    put(memory, MODULE + layout.count, 2, layout.count_bytes);
    put(memory, MODULE + layout.first, MODULE + TABLE, 8);
    put_text(memory, MODULE + TABLE + layout.section_name, ".text");
    put(memory, MODULE + TABLE + layout.section_address, CODE, 8);
    put_text(memory, MODULE + TABLE + layout.stride + layout.section_name, ".data.rel.ro.loc"); /* fills its field: no end */
    put(memory, MODULE + TABLE + layout.stride + layout.section_address, CODE + 64, 8);
    assert_null(objects_read(&layout, memory_read, memory, &loaded, &at));
    assert_int_equal(loaded.objects.count, 1);
    assert_string_equal(VECTOR_AT(&loaded.objects, struct loaded_object, 0)->name, "queues");
    assert_string_equal(section_of(&loaded, 0, 0)->name, ".text");
    assert_int_equal(section_of(&loaded, 0, 1)->address, CODE + 64);
    objects_deinit(&loaded);
    put(memory, BASE, 0, 8); /* nothing is loaded */
    assert_null(objects_read(&layout, memory_read, memory, &loaded, &at));
    assert_int_equal(loaded.objects.count, 0);
    objects_deinit(&loaded);
    free(memory);
}

static void test_broken_lists(void **state) {
    struct objects_layout layout = linux_layout("");
    struct memory *memory = calloc(1, sizeof *memory);
    struct loaded_objects loaded;
    uint64_t at = 0;
    (void)state;
    put_modules(memory, &layout, 2, false); /* the second leads back to the first: no end */
    put(memory, MODULE + STEP + layout.link, MODULE + layout.link, 8);
    assert_non_null(strstr(objects_read(&layout, memory_read, memory, &loaded, &at), "does not end"));
    assert_int_equal(loaded.objects.count, OBJECTS_MAX);
    objects_deinit(&loaded);
    put(memory, MODULE + STEP + layout.link, 0xdead0000, 8);
    assert_non_null(strstr(objects_read(&layout, memory_read, memory, &loaded, &at), "not mapped"));
    assert_int_equal(at, 0xdead0000);
    assert_int_equal(loaded.objects.count, 2); /* what came before is there */
    objects_deinit(&loaded);
    put_modules(memory, &layout, 2, false);
    put(memory, MODULE + layout.table, 0, 8); /* not set up yet */
    put(memory, MODULE + STEP + TABLE + layout.count, UINT32_MAX, 4);
    assert_null(objects_read(&layout, memory_read, memory, &loaded, &at));
    assert_int_equal(VECTOR_AT(&loaded.objects, struct loaded_object, 0)->count, 0);
    assert_true(VECTOR_AT(&loaded.objects, struct loaded_object, 1)->count <= OBJECTS_SECTIONS_MAX);
    objects_deinit(&loaded);
    layout.list = BASE - 8;
    assert_non_null(strstr(objects_read(&layout, memory_read, memory, &loaded, &at), "head"));
    objects_deinit(&loaded);
    free(memory);
}

/* Whatever the memory holds, reading ends, and names are text. */
static void test_garbage(void **state) {
    struct objects_layout layout = linux_layout("");
    struct memory *memory = calloc(1, sizeof *memory);
    uint64_t random = 88172645463325252U;
    (void)state;
    for (int round = 0; round < 200; round++) {
        struct loaded_objects loaded;
        uint64_t at = 0;
        memset(memory, 0, sizeof *memory);
        put_modules(memory, &layout, 4, true);
        for (int i = 0; i < 40 * (round % 8 + 1); i++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            uint64_t place = BASE + (random >> 8) % (5 * STEP);
            put(memory, place, random & 1 ? random >> 40 : BASE + (random >> 20) % MEMORY, random & 2 ? 1 : 8);
        }
        objects_read(&layout, memory_read, memory, &loaded, &at);
        assert_true(loaded.objects.count <= OBJECTS_MAX);
        for (size_t i = 0; i < loaded.objects.count; i++) {
            const struct loaded_object *object = VECTOR_AT(&loaded.objects, struct loaded_object, i);
            assert_true(object->first + (size_t)object->count <= loaded.sections.count);
            assert_true(object->count <= OBJECTS_SECTIONS_MAX);
            for (const char *c = object->name; *c; c++) {
                assert_in_range(*c, ' ', '~');
            }
            assert_true(strlen(object->name) < OBJECTS_NAME_MAX);
        }
        assert_true(memory->reads < (size_t)OBJECTS_MAX * OBJECTS_SECTIONS_MAX * 80);
        objects_deinit(&loaded);
    }
    free(memory);
}

static int moves;
static void on_moved(void *context, uint32_t section) {
    (void)context;
    (void)section;
    moves++;
}

/* Loaded, gone, and loaded again elsewhere. */
static void test_placing(void **state) {
    struct objects_layout layout = linux_layout("");
    struct memory *memory = calloc(1, sizeof *memory);
    struct placement placement = {0};
    struct loaded_objects loaded;
    uint64_t at = 0;
    (void)state;
    assert_true(placement_add(&placement, "m1", ".text", PLACEMENT_HOME, 0x100));
    assert_true(placement_add(&placement, "m1", ".data", PLACEMENT_HOME + 0x100, 0x80));
    assert_true(placement_add(&placement, "m1", ".init.text", PLACEMENT_HOME + 0x180, 0x80));
    assert_true(placement_add(&placement, "absent", ".text", PLACEMENT_HOME + PLACEMENT_ROOM, 0x100));
    assert_int_equal(placement_running(&placement, PLACEMENT_HOME), PLACEMENT_NOWHERE);
    put_modules(memory, &layout, 2, false);
    assert_null(objects_read(&layout, memory_read, memory, &loaded, &at));
    objects_apply(&loaded, 0, &placement, on_moved, NULL);
    assert_int_equal(moves, 2);
    assert_int_equal(placement_running(&placement, PLACEMENT_HOME + 0xff), CODE + 0x100ff);
    assert_int_equal(placement_home(&placement, CODE + 0x11000), PLACEMENT_HOME + 0x100);
    assert_int_equal(placement_home(&placement, CODE + 0x10100), CODE + 0x10100); /* behind the section */
    assert_int_equal(placement_running(&placement, PLACEMENT_HOME + 0x180), PLACEMENT_NOWHERE);
    assert_int_equal(placement_running(&placement, 0xffffffff81000000), 0xffffffff81000000);
    objects_apply(&loaded, MODULE + STEP, &placement, on_moved, NULL); /* it is listed, and about to go */
    assert_int_equal(moves, 4);
    assert_int_equal(placement_home(&placement, CODE + 0x10000), CODE + 0x10000);
    objects_deinit(&loaded);
    put_module(memory, &layout, MODULE + STEP, "m1", CODE + 0x50000, true);
    assert_null(objects_read(&layout, memory_read, memory, &loaded, &at));
    objects_apply(&loaded, 0, &placement, on_moved, NULL);
    objects_apply(&loaded, 0, &placement, on_moved, NULL); /* nothing moves */
    assert_int_equal(moves, 7);
    assert_int_equal(placement_running(&placement, PLACEMENT_HOME + 0x181), CODE + 0x52001);
    objects_deinit(&loaded);
    placement_deinit(&placement);
    free(memory);
}

#define SETTING(key, value) "INSERT INTO manifest (section, name, key, value, line) VALUES ('objects', '', '" key "', '" value "', 1);"

static void check_refused(struct image *image, const char *settings, enum error_code code, const char *place) {
    struct store *store = NULL;
    struct objects_layout layout = {0};
    struct objects_events events = {0};
    char path[512];
    snprintf(path, sizeof path, "%s/objects.db", SAMPLE_OUTPUT);
    remove(path);
    expect(store_open(path, STORE_CREATE, &store));
    expect(store_execute(store, settings));
    struct error *error = objects_layout_load(store, image, &layout, &events);
    if (!place) {
        expect(error);
        assert_int_equal(events.load, image_function_by_name(image, "do_init_module")->entry);
        assert_int_equal(events.unload, image_function_by_name(image, "free_module")->entry);
        assert_int_equal(layout.list, image_variable_by_name(image, "modules")->address);
    } else {
        assert_non_null(error);
        assert_int_equal(error_code_of(error), code);
        assert_non_null(strstr(error_message(error), place));
        error_destroy(error);
    }
    store_close(store);
}

static void test_manifest(void **state) {
    struct image *image = image_of("linux_modules", linux_program, "");
    struct image *other = image_of("cells", cells_program, "");
    (void)state;
#define READER SETTING("reader", "linux") SETTING("list", "modules")
    check_refused(image, READER SETTING("load", "do_init_module") SETTING("unload", "free_module"), ERROR_USAGE, NULL);
    check_refused(image, READER SETTING("load", "nowhere"), ERROR_MISMATCH, "load = nowhere");
    check_refused(image, SETTING("reader", "linux"), ERROR_USAGE, "reader and list");
    check_refused(image, SETTING("reader", "windows") SETTING("list", "modules"), ERROR_USAGE, "windows");
    check_refused(image, SETTING("reader", "linux") SETTING("list", "nothing"), ERROR_MISMATCH, "nothing");
    check_refused(image, SETTING("reader", "cells") SETTING("list", "modules"), ERROR_MISMATCH, "struct list_head has no member name");
    check_refused(other, SETTING("reader", "linux") SETTING("list", "cells"), ERROR_MISMATCH, "struct module");
    image_close(image);
    image_close(other);
}

/* The object file that was given against what was loaded, by the build-ids. */
static void test_other_build(void **state) {
    static const char *const paths[] = {SAMPLE_OUTPUT "/m1.ko"};
    static const char object[] = "int work(int a) { return a; }\n";
    struct objects_layout layout = linux_layout("");
    struct memory *memory = calloc(1, sizeof *memory);
    struct image *image = NULL;
    const uint64_t note = MODULE + STEP + 0xc00;
    const uint64_t section = MODULE + STEP + TABLE + layout.first;
    (void)state;
    FILE *file = fopen(SAMPLE_OUTPUT "/m1.c", "w");
    assert_non_null(file);
    fputs(object, file);
    fclose(file);
    assert_int_equal(system(SAMPLE_GCC " -g -c -o " SAMPLE_OUTPUT "/m1.plain.o " SAMPLE_OUTPUT
                                       "/m1.c && ld -r --build-id=0x00112233445566778899aabbccddeeff -o " SAMPLE_OUTPUT "/m1.ko " SAMPLE_OUTPUT
                                       "/m1.plain.o"),
                     0);
    image_close(image_of("linux_modules", linux_program, ""));
    expect(image_open_with(SAMPLE_OUTPUT "/linux_modules.elf", paths, 1, NULL, "", &image));
    assert_string_equal(image_object_build_id(image, 0), "00112233445566778899aabbccddeeff");
    put_modules(memory, &layout, 2, false);
    put_text(memory, MODULE + STEP + NAMES, ".note.gnu.build-id"); /* the first section of m1 */
    put(memory, section + layout.section_address, note, 8);
    put(memory, MODULE + STEP + layout.bound_base[0], MODULE, 8);
    put(memory, MODULE + STEP + layout.bound_size[0], 4 * STEP, 4);
    put(memory, note, 4, 4);
    put(memory, note + 4, 16, 4);
    put(memory, note + 8, 3, 4); /* NT_GNU_BUILD_ID */
    put_text(memory, note + 12, "GNU");
    for (uint64_t i = 0; i < 16; i++) {
        put(memory, note + 16 + i, 0x11 * i, 1);
    }
    expect(objects_follow(&layout, memory_read, memory, 0, image));
    assert_int_equal(image->placement.sections[placement_find(&image->placement, "m1", ".note.gnu.build-id")].running, note);
    put(memory, note + 20, 0xee, 1);
    struct error *error = objects_follow(&layout, memory_read, memory, 0, image);
    assert_non_null(error);
    assert_int_equal(error_code_of(error), ERROR_MISMATCH);
    assert_non_null(strstr(error_message(error), "00112233ee5566778899aabbccddeeff"));
    assert_non_null(strstr(error_message(error), "m1.ko is not the m1 that was loaded"));
    error_destroy(error);
    image_close(image);
    free(memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linux),   cmocka_unit_test(test_cells),    cmocka_unit_test(test_broken_lists), cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_placing), cmocka_unit_test(test_manifest), cmocka_unit_test(test_other_build),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
