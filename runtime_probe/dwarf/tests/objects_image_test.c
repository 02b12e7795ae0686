/* A kernel and objects that it may load as one image: types, names, addresses at home and where they run; and files that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "spillscope/image.h"

enum { RUNNING = 0x7f0000 };

static const char kernel_source[] = "struct item { long value; struct item *next; };\n"
                                    "struct item items; long counter; static int helper(int a) { return a + 1; }\n"
                                    "int entry(int a) { return helper(a); }\n"
                                    "void _start(void) { items.value = entry(1); counter++; }\n";
static const char object_source[] = "struct item { long value; struct item *next; };\n"
                                    "struct own { int state; char name[8]; };\n"
                                    "extern long counter; extern struct item items;\n"
                                    "struct own own_state = {1, \"own\"}; static int hidden; static long far_away[600];\n"
                                    "static __attribute__((noinline)) int helper(int a) { hidden += a; return hidden; }\n"
                                    "static inline __attribute__((always_inline)) int inner(int a) { return own_state.state += a; }\n"
                                    "int object_entry(struct item *item) {\n"
                                    "    counter++;\n"
                                    "    far_away[item->value & 7] = inner(2);\n"
                                    "    return helper(1) + (int)far_away[0];\n"
                                    "}\n"
                                    "int __attribute__((section(\".init.text\"))) object_init(void) { return object_entry(&items); }\n";

static void expect(struct error *error) {
    if (error) {
        fail_msg("%s", error_message(error));
    }
}

static void write_file(const char *name, const char *text) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", SAMPLE_OUTPUT, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void compile(const char *compiler, const char *flags, const char *source, const char *output) {
    char command[2048];
    snprintf(command, sizeof command, "%s -g -O2 -fno-pic -ffreestanding %s -o %s/%s %s/%s", compiler, flags, SAMPLE_OUTPUT, output, SAMPLE_OUTPUT,
             source);
    assert_int_equal(system(command), 0);
}

static struct image *open_both(const char *compiler, const char *version) {
    static const char *const objects[] = {SAMPLE_OUTPUT "/my-object.ko"};
    char flags[64];
    struct image *image = NULL;
    write_file("host.c", kernel_source);
    write_file("guest.c", object_source);
    snprintf(flags, sizeof flags, "%s -static -nostdlib", version);
    compile(compiler, flags, "host.c", "host.elf");
    snprintf(flags, sizeof flags, "%s -c", version);
    compile(compiler, flags, "guest.c", "my-object.ko");
    expect(image_open_with(SAMPLE_OUTPUT "/host.elf", objects, 1, NULL, "", &image));
    return image;
}

static void check_both(const char *compiler, const char *version) {
    struct image *image = open_both(compiler, version);
    const struct variable *own = image_variable_by_name(image, "own_state");
    const struct function *entry = image_function_by_name(image, "object_entry");
    const struct function *init = image_function_by_name(image, "object_init");
    uint32_t text = placement_find(&image->placement, "my_object", ".text");
    uint32_t data = placement_find(&image->placement, "my_object", ".data");
    char bytes[8];
    unsigned char code[4];
    struct image_frame frames[4];
    const char *file = NULL;
    const char *name = NULL;
    uint32_t line = 0;
    uint32_t records = 0;
    assert_int_equal(image_object_count(image), 1);
    assert_string_equal(image_object_name(image, 0), "my_object");
    for (uint32_t i = 0; i < image->type_count; i++) {
        records += strcmp(image->types[i].name, "struct item") == 0 && image->types[i].size;
    }
    assert_int_equal(records, 2); /* of two files */
    assert_true(own && entry && init && text != UINT32_MAX && data != UINT32_MAX);
    assert_true(placement_is_home(own->address) && placement_is_home(entry->entry) && placement_is_home(init->entry));
    assert_true(image_bytes(image, own->address + 4, bytes, 4));
    assert_memory_equal(bytes, "own", 4);
    assert_ptr_equal(image_function_at(image, entry->entry), entry); /* not the initial code, which begins at 0 of its section as well */
    assert_ptr_equal(image_function_at(image, init->entry), init);
    assert_ptr_equal(image_variable_at(image, own->address), own);
    assert_false(placement_is_home(image_function_by_name(image, "entry")->entry));
    assert_false(placement_is_home(image_variable_by_name(image, "counter")->address)); /* the object only declares it */
    assert_true(image_variable_by_name(image, "guest.c:hidden") || image_variable_by_name(image, "hidden"));

    assert_null(image_variable_at(image, RUNNING)); /* not loaded */
    placement_put(&image->placement, data, RUNNING - (own->address - image->placement.sections[data].home));
    placement_put(&image->placement, text, RUNNING + 0x10000 - (entry->entry - image->placement.sections[text].home));
    assert_ptr_equal(image_variable_at(image, RUNNING + 4), own);
    assert_int_equal(image_running(image, own->address), RUNNING);
    assert_ptr_equal(image_function_at(image, RUNNING + 0x10000), entry);
    assert_true(image_bytes(image, RUNNING + 0x10000, code, sizeof code));
    assert_int_equal(image_linked(image, RUNNING + 0x10000), entry->entry);
    bool inlined = false;
    for (uint64_t pc = entry->entry; pc < entry->ranges[0].high; pc++) { /* relocated line tables and ranges */
        size_t count = image_frames_at(image, pc - entry->entry + RUNNING + 0x10000, frames, 4);
        inlined = inlined || (count == 2 && strcmp(frames[0].function, "inner") == 0 && strcmp(frames[1].function, "object_entry") == 0);
    }
    assert_true(inlined);
    assert_true(image_line_at(image, RUNNING + 0x10000, &file, &line, &name));
    assert_non_null(strstr(file, "guest.c"));
    assert_in_range(line, 6, 10); /* what is inlined may come first */
    placement_put(&image->placement, text, PLACEMENT_NOWHERE);
    assert_null(image_function_at(image, RUNNING + 0x10000));
    image_close(image);
}

static void test_one_image(void **state) {
    (void)state;
    check_both(SAMPLE_GCC, "-gdwarf-5");
    check_both(SAMPLE_GCC, "-gdwarf-4");
    check_both(SAMPLE_CLANG, "-gdwarf-5");
}

/* The kernel moves (KASLR), its objects do not move with it. */
static void test_slide(void **state) {
    struct image *image = open_both(SAMPLE_GCC, "-gdwarf-5");
    const struct variable *own = image_variable_by_name(image, "own_state");
    const struct variable *counter = image_variable_by_name(image, "counter");
    uint64_t home = own->address;
    uint64_t linked = counter->address;
    (void)state;
    image_slide_to(image, 0x200000);
    assert_int_equal(own->address, home);
    assert_int_equal(counter->address, linked + 0x200000);
    assert_int_equal(image_linked(image, counter->address), linked);
    assert_int_equal(image_linked(image, own->address), home);
    image_close(image);
}

static void check_refused(const char *const *objects, size_t count, const char *what) {
    struct image *image = NULL;
    struct error *error = image_open_with(SAMPLE_OUTPUT "/host.elf", objects, count, NULL, "", &image);
    assert_non_null(error);
    if (!strstr(error_message(error), what)) {
        fail_msg("%s", error_message(error));
    }
    error_destroy(error);
}

static void test_refused(void **state) {
    (void)state;
    image_close(open_both(SAMPLE_GCC, "-gdwarf-5"));
    compile(SAMPLE_GCC, "-c -gz=zlib", "guest.c", "compressed.ko");
    compile(SAMPLE_GCC, "-c -g0", "guest.c", "plain.ko");
    write_file("garbage.ko", "this is no ELF file at all");
    check_refused((const char *[]){SAMPLE_OUTPUT "/host.elf"}, 1, "no object file");
    check_refused((const char *[]){SAMPLE_OUTPUT "/compressed.ko"}, 1, "is compressed");
    check_refused((const char *[]){SAMPLE_OUTPUT "/plain.ko"}, 1, "plain.ko: no DWARF");
    check_refused((const char *[]){SAMPLE_OUTPUT "/garbage.ko"}, 1, "garbage.ko: not an ELF file");
    check_refused((const char *[]){SAMPLE_OUTPUT "/nowhere.ko"}, 1, "nowhere.ko");
    check_refused((const char *[]){SAMPLE_OUTPUT "/my-object.ko", SAMPLE_OUTPUT "/my-object.ko"}, 2, "is called my_object already");
}

/* Files that were cut or changed anywhere are refused with a message, or read; nothing else. */
static void test_damaged(void **state) {
    char path[] = SAMPLE_OUTPUT "/damaged.ko";
    const char *const objects[] = {path};
    uint64_t random = 88172645463325252U;
    size_t refused = 0;
    (void)state;
    image_close(open_both(SAMPLE_GCC, "-gdwarf-5"));
    FILE *file = fopen(SAMPLE_OUTPUT "/my-object.ko", "rb");
    static char bytes[1 << 18];
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (int round = 0; round < 60; round++) {
        static char damaged[sizeof bytes];
        struct image *image = NULL;
        memcpy(damaged, bytes, size);
        for (int i = 0; i < 8; i++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            /* half of them in the headers of sections, which lie at the end */
            size_t at = random & 1 ? size - 1 - (random >> 8) % (size / 4) : (random >> 8) % size;
            damaged[at] = (char)(random >> 40);
        }
        file = fopen(path, "wb");
        fwrite(damaged, 1, round % 3 ? size : size * (size_t)(round + 1) / 61, file);
        fclose(file);
        struct error *error = image_open_with(SAMPLE_OUTPUT "/host.elf", objects, 1, NULL, "", &image);
        refused += error != NULL;
        assert_true(!error || *error_message(error));
        error_destroy(error);
        image_close(image);
    }
    assert_true(refused >= 20); /* those that were cut, at least */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_image),
        cmocka_unit_test(test_slide),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
