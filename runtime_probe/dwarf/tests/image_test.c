/* The image library on programs that are compiled here, with each compiler and DWARF version. */
#include <elf.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <cmocka.h>
#include <unistd.h>
#include "../index_process.h"
#include "spillscope/image.h"
#include "spillscope/scope.h"
#include "spillscope/text.h"

struct build {
    const char *compiler;
    const char *version;
};

static const struct build builds[] = {{SAMPLE_GCC, "5"}, {SAMPLE_GCC, "4"}, {SAMPLE_GCC, "3"}, {SAMPLE_CLANG, "5"}, {SAMPLE_CLANG, "4"}};

static void sample_path(size_t build, char path[512]) {
    snprintf(path, 512, SAMPLE_OUTPUT "/sample-%zu-%ld.elf", build, (long)getpid());
}

/* Compiles the samples; an optimised build has inlined instances. */
static void sample_compile(size_t build, const char *extra, char path[512]) {
    char command[2048];
    sample_path(build, path);
    snprintf(command, sizeof command,
             "cd " SAMPLE_FOLDER " && '%s' -O1 -g -gdwarf-%s %s -fno-pic -static -nostdlib -ffreestanding -Wl,--build-id -o '%s' " SAMPLE_FOLDER
             "/sample.c " SAMPLE_FOLDER "/sample_more.c",
             builds[build].compiler, builds[build].version, extra, path);
    assert_int_equal(system(command), 0);
}

static struct image *sample_open(const char *path, const char *cache) {
    struct image *image = NULL;
    struct error *error = image_open(path, SAMPLE_FOLDER, cache, &image);
    if (error) {
        fail_msg("%s", error_message(error));
    }
    return image;
}

static bool collect(void *context, const struct leaf *leaf) {
    text_append_format(context, "%s=%s@%llu+%llu\n", leaf->path, leaf->instance, (unsigned long long)leaf->bit_offset,
                       (unsigned long long)leaf->bit_size);
    return true;
}

static void expect_leaves(const struct image *image, uint32_t type, uint64_t size, uint64_t offset, uint64_t count, const char *expected) {
    struct text text = {0};
    image_leaves(image, type, size, offset, count, collect, &text);
    assert_string_equal(text_string(&text), expected);
    text_deinit(&text);
}

static void check_types(const struct image *image) {
    uint32_t node = image_type_by_name(image, "struct node");
    assert_int_not_equal(node, IMAGE_NONE);
    assert_int_equal(image->types[node].kind, TYPE_STRUCT);
    assert_int_equal(image->types[node].size, 72);
    assert_string_equal(image->types[node].file, "sample.c");
    assert_int_equal(image->types[node].line, 9);
    /* The pointer to an incomplete type leads to the definition in the other unit. */
    uint32_t pointer = image->types[node].members[1].type;
    assert_int_equal(image->types[pointer].kind, TYPE_POINTER);
    assert_int_equal(image->types[pointer].target, image_type_by_name(image, "struct later"));
    assert_int_equal(image->types[image->types[pointer].target].size, 8);
    /* A self-reference, qualifiers looked through, an untagged record named by its typedef. */
    assert_int_equal(image->types[image->types[node].members[0].type].target, node);
    uint32_t pair = image_type_by_name(image, "struct pair_t");
    assert_int_not_equal(pair, IMAGE_NONE);
    assert_int_equal(image->types[pair].member_count, 2);
    const struct type *color = &image->types[image_type_by_name(image, "enum color")];
    assert_int_equal(color->enumerator_count, 3);
    assert_string_equal(color->enumerators[1].name, "GREEN");
    assert_int_equal(color->enumerators[1].value, 5);
    assert_int_equal(color->enumerators[2].value, -1);
    assert_true(color->is_signed);
}

static void check_leaves(const struct image *image) {
    const struct variable *table = image_variable_by_name(image, "table");
    assert_non_null(table);
    expect_leaves(image, table->type, 0, 72 + 16, 1, "[].low=[1].low@704+3\n[].high=[1].high@707+5\n");
    expect_leaves(image, table->type, 0, 17, 5, "[].wide=[0].wide@136+40\n");
    expect_leaves(image, table->type, 0, 22, 2, ""); /* padding */
    expect_leaves(image, table->type, 0, 144 + 25, 2, "[].number=[2].number@1344+32\n[].text[]=[2].text[1]@1352+8\n[].text[]=[2].text[2]@1360+8\n");
    expect_leaves(image, table->type, 0, 48, 4, "[].grid[][]=[0].grid[1][2]@384+32\n");
    expect_leaves(image, table->type, 0, 52, 8, "[].pair.left=[0].pair.left@416+32\n[].pair.right=[0].pair.right@448+32\n");
    uint32_t node = image_type_by_name(image, "struct node");
    expect_leaves(image, node, 3 * 72, 72, 8, ".next=[1].next@576+64\n"); /* an allocated array of nodes */
    uint32_t flexible = image_type_by_name(image, "struct flexible");
    expect_leaves(image, flexible, 8 + 2 * 72, 8 + 72, 8, ".items[].next=.items[1].next@640+64\n");
    expect_leaves(image, image_variable_by_name(image, "favourite")->type, 0, 0, 4, "=@0+32\n");
}

static void check_variables(const struct image *image) {
    const char *roots[] = {"external_counter",    "sample.c:hidden_counter", "sample_more.c:hidden_counter",
                           "sample.c:work:turns", "sample.c:twice:calls",    "table"};
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        const struct variable *variable = image_variable_by_name(image, roots[i]);
        if (!variable) {
            fail_msg("no variable %s", roots[i]);
        }
        assert_string_equal(variable->root, roots[i]);
        uint64_t last = image->types[variable->type].size - 1;
        assert_ptr_equal(image_variable_at(image, variable->address), variable);
        assert_ptr_equal(image_variable_at(image, variable->address + last), variable);
        const struct symbol *symbol = image_symbol_at(image, variable->address + last);
        assert_non_null(symbol);
        assert_int_equal(symbol->address, variable->address);
        assert_non_null(strstr(symbol->name, variable->name)); /* compilers add numbers or the function to statics */
    }
    for (uint32_t i = 1; i < image->variable_count; i++) { /* sorted, and none twice */
        assert_true(image->variables[i - 1].address < image->variables[i].address);
    }
    assert_string_equal(image_variable_by_name(image, "sample.c:work:turns")->function, "work");
    int value = 0;
    assert_true(image_bytes(image, image_variable_by_name(image, "external_counter")->address, &value, sizeof value));
    assert_int_equal(value, 3);
    assert_false(image_bytes(image, 0xfffffffffff, &value, sizeof value));
}

static void check_code(const struct image *image) {
    const struct function *work = image_function_by_name(image, "work");
    assert_non_null(work);
    assert_int_equal(work->entry, image_symbol_by_name(image, "work")->address);
    assert_int_equal(work->parameter_count, 2);
    assert_string_equal(work->parameter_names[0], "node");
    assert_string_equal(work->parameter_names[1], "amount");
    assert_int_equal(image->types[image->types[work->parameter_types[0]].target].kind, TYPE_STRUCT);
    assert_string_equal(image->types[work->result_type].name, "int");
    assert_true(work->external);
    assert_ptr_equal(image_function_at(image, work->entry), work);
    const struct function *twice = image_function_by_name(image, "twice");
    assert_non_null(twice);
    assert_int_equal(twice->entry, 0);
    bool seen = false;
    for (uint32_t i = 0; i < image->inlined_count; i++) {
        const struct inlined *inlined = &image->inlined[i];
        if (&image->functions[inlined->function] == twice) {
            struct image_frame frames[4];
            size_t count = image_frames_at(image, inlined->entry, frames, 4);
            const char *file = NULL;
            const char *function = NULL;
            uint32_t line = 0;
            assert_true(count >= 2);
            assert_string_equal(frames[count - 2].function, "twice");
            assert_string_equal(frames[count - 1].function, "work");
            assert_int_equal(frames[count - 1].line, 48);
            assert_string_equal(frames[count - 1].file, "sample.c");
            assert_true(image_line_at(image, inlined->entry, &file, &line, &function));
            assert_string_equal(function, "twice");
            assert_true(line >= 39 && line <= 43);
            seen = true;
        }
    }
    assert_true(seen);
    const char *file = NULL;
    const char *function = NULL;
    uint32_t line = 0;
    assert_false(image_line_at(image, 0x10, &file, &line, &function));
}

static void every_compiler_and_version(void **state) {
    (void)state;
    for (size_t build = 0; build < sizeof builds / sizeof *builds; build++) {
        char path[512];
        sample_compile(build, "", path);
        struct image *image = sample_open(path, "");
        assert_int_equal(image->pointer_size, 8);
        assert_int_equal(strlen(image->build_id), 40);
        check_types(image);
        check_leaves(image);
        check_variables(image);
        check_code(image);
        image_close(image);
        unlink(path);
    }
}

static void dropped_sections_leave_no_trace(void **state) {
    (void)state;
    char path[512];
    sample_compile(0, "-ffunction-sections -fdata-sections -Wl,--gc-sections", path);
    struct image *image = sample_open(path, "");
    assert_null(image_variable_by_name(image, "favourite")); /* nobody uses it */
    assert_non_null(image_variable_by_name(image, "sample.c:work:turns"));
    check_code(image);
    image_close(image);
    unlink(path);
}

static void cached_index_equals_fresh_one(void **state) {
    (void)state;
    char path[512];
    char cache[512];
    sample_compile(1, "", path);
    snprintf(cache, sizeof cache, SAMPLE_OUTPUT "/cache-%ld", (long)getpid());
    struct image *fresh = sample_open(path, cache);
    char file[1200];
    char find[1200];
    snprintf(find, sizeof find, "ls %s/%s*", cache, fresh->build_id);
    FILE *listing = popen(find, "r");
    assert_non_null(listing);
    assert_non_null(fgets(file, sizeof file, listing));
    pclose(listing);
    file[strcspn(file, "\n")] = 0;
    for (int round = 0; round < 2; round++) { /* then with a damaged file, which must not be believed */
        struct image *again = sample_open(path, cache);
        assert_int_equal(again->type_count, fresh->type_count);
        assert_int_equal(again->variable_count, fresh->variable_count);
        assert_int_equal(again->function_count, fresh->function_count);
        check_types(again);
        check_leaves(again);
        check_variables(again);
        check_code(again);
        image_close(again);
        FILE *damaged = fopen(file, "r+");
        assert_non_null(damaged);
        fseek(damaged, 3000, SEEK_SET);
        fputs("damage", damaged);
        fclose(damaged);
    }
    image_close(fresh);
    unlink(file);
    rmdir(cache);
    unlink(path);
}

static void ranges_describe(struct text *text, const struct address_range *ranges, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        text_append_format(text, " %llx..%llx", (unsigned long long)ranges[i].low, (unsigned long long)ranges[i].high);
    }
    text_append(text, "\n");
}

/* Everything but the lines: libdwarf 20210528 ends a sequence where an epilogue begins. */
static void image_describe(const struct image *image, struct text *text) {
    for (uint32_t i = 0; i < image->type_count; i++) {
        const struct type *type = &image->types[i];
        text_append_format(text, "%u: %d %s %llu %llu %u %d %s:%u\n", i, (int)type->kind, type->name, (unsigned long long)type->size,
                           (unsigned long long)type->count, type->target, type->is_signed, type->file, type->line);
        for (uint32_t k = 0; k < type->member_count; k++) {
            const struct type_member *member = &type->members[k];
            text_append_format(text, "  %s %u %llu+%llu\n", member->name, member->type, (unsigned long long)member->bit_offset,
                               (unsigned long long)member->bit_size);
        }
        for (uint32_t k = 0; k < type->enumerator_count; k++) {
            text_append_format(text, "  %s %lld\n", type->enumerators[k].name, (long long)type->enumerators[k].value);
        }
    }
    for (uint32_t i = 0; i < image->variable_count; i++) {
        const struct variable *variable = &image->variables[i];
        text_append_format(text, "%s %u %llx %s:%u\n", variable->root, variable->type, (unsigned long long)variable->address, variable->file,
                           variable->line);
    }
    for (uint32_t i = 0; i < image->function_count; i++) {
        const struct function *function = &image->functions[i];
        text_append_format(text, "%s %s:%u %llx %u %u", function->name, function->file, function->line, (unsigned long long)function->entry,
                           function->parameter_count, function->result_type);
        ranges_describe(text, function->ranges, function->range_count);
    }
    for (uint32_t i = 0; i < image->inlined_count; i++) {
        const struct inlined *inlined = &image->inlined[i];
        text_append_format(text, "%u %s:%u %llx", inlined->function, inlined->call_file, inlined->call_line, (unsigned long long)inlined->entry);
        ranges_describe(text, inlined->ranges, inlined->range_count);
    }
}

/* Linked files are read as bytes, compressed ones through libdwarf: both say the same. */
static void compressed_ones_are_read_alike(void **state) {
    (void)state;
    static const char *const EXTRA[] = {"", "-fdebug-types-section", "-ffunction-sections -fdata-sections -Wl,--gc-sections"};
    char command[4096];
    for (size_t i = 0; i < sizeof builds / sizeof *builds * (sizeof EXTRA / sizeof *EXTRA); i++) {
        char path[512];
        char packed[600];
        struct text told[2] = {{0}, {0}};
        sample_compile(i % (sizeof builds / sizeof *builds), EXTRA[i / (sizeof builds / sizeof *builds)], path);
        snprintf(packed, sizeof packed, "%s.z", path);
        snprintf(command, sizeof command, "objcopy --compress-debug-sections=zlib '%s' '%s' && readelf -SW '%s' | grep -q 'debug_info.* C '", path,
                 packed, packed);
        assert_int_equal(system(command), 0);
        for (int way = 0; way < 2; way++) {
            struct image *image = sample_open(way ? packed : path, "");
            assert_true(image->type_count > 5 && image->function_count > 1 && image->variable_count > 1);
            image_describe(image, &told[way]);
            image_close(image);
        }
        assert_string_equal(text_string(&told[0]), text_string(&told[1]));
        text_deinit(&told[0]);
        text_deinit(&told[1]);
        unlink(packed);
        unlink(path);
    }
}

/* Takes the last byte from a section of an ELF file. */
static void section_shorten(const char *path, const char *name) {
    int descriptor SCOPE_CLOSE = open(path, O_RDWR | O_CLOEXEC);
    Elf64_Ehdr header;
    Elf64_Shdr names;
    Elf64_Shdr section;
    char word[64] = "";
    assert_int_equal(pread(descriptor, &header, sizeof header, 0), sizeof header);
    off_t at = (off_t)header.e_shoff;
    assert_int_equal(pread(descriptor, &names, sizeof names, at + (off_t)sizeof names * header.e_shstrndx), sizeof names);
    for (unsigned i = 0; i < header.e_shnum && strcmp(word, name) != 0; i++, at += (off_t)sizeof section) {
        assert_int_equal(pread(descriptor, &section, sizeof section, at), sizeof section);
        assert_true(pread(descriptor, word, sizeof word - 1, (off_t)names.sh_offset + section.sh_name) > 0);
    }
    assert_string_equal(word, name);
    section.sh_size--;
    assert_int_equal(pwrite(descriptor, &section, sizeof section, at - (off_t)sizeof section), sizeof section);
}

/* A table of abbreviations without its end: the decoder of our own wants all of it, libdwarf only what is used. */
static void what_is_refused_goes_to_libdwarf(void **state) {
    (void)state;
    char path[512];
    struct elf_file *elf = NULL;
    sample_compile(0, "", path);
    section_shorten(path, ".debug_abbrev");
    assert_null(elf_file_open(path, &elf));
    int descriptor SCOPE_CLOSE = memfd_create("index", MFD_CLOEXEC);
    assert_int_equal(die_decoder_of(elf), DIE_PLAIN);
    struct error *error = index_make(elf, "", DIE_PLAIN, descriptor);
    assert_non_null(error);
    assert_non_null(strstr(error_message(error), path));
    error_destroy(error);
    elf_file_close(elf);
    struct image *image = sample_open(path, "");
    check_types(image);
    check_variables(image);
    check_code(image);
    image_close(image);
    unlink(path);
}

/* Before the line program names a file it means number 1, also since DWARF 5, where 0 is the unit's own. */
static void an_included_file_has_its_lines(void **state) {
    (void)state;
    char folder[512];
    char path[600];
    char command[4096];
    const char *file = NULL;
    const char *name = NULL;
    uint32_t line = 0;
    snprintf(folder, sizeof folder, SAMPLE_OUTPUT "/included-%ld", (long)getpid());
    snprintf(path, sizeof path, "%s/wrapper.elf", folder);
    for (size_t build = 0; build < sizeof builds / sizeof *builds; build++) {
        snprintf(command, sizeof command,
                 "mkdir -p '%s' && cd '%s' && printf 'int inner(int x);\nint inner(int x) {\n    return x * 3;\n}\n' >inner.c && printf '#include "
                 "\"inner.c\"\n' >wrapper.c && '%s' -O1 -g -gdwarf-%s -fno-pic -static -nostdlib -Wl,-e,inner -o '%s' wrapper.c",
                 folder, folder, builds[build].compiler, builds[build].version, path);
        assert_int_equal(system(command), 0);
        struct image *image = NULL;
        assert_null(image_open(path, folder, "", &image));
        const struct function *function = image_function_by_name(image, "inner");
        assert_non_null(function);
        assert_true(image_line_at(image, function->entry, &file, &line, &name));
        assert_string_equal(file, "inner.c");
        assert_in_range(line, 2, 3);
        image_close(image);
    }
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    assert_int_equal(system(command), 0);
}

static void expect_format_error(const char *path, const char *word) {
    struct image *image = NULL;
    struct error *error = image_open(path, NULL, "", &image);
    assert_non_null(error);
    assert_int_equal(error_code_of(error), ERROR_FORMAT);
    assert_non_null(strstr(error_message(error), path));
    assert_non_null(strstr(error_message(error), word));
    assert_null(image);
    error_destroy(error);
}

/* A file cut at any place is refused; a cut one is never half believed. */
static void damaged_files_are_errors(void **state) {
    (void)state;
    char path[512];
    char cut[600];
    sample_compile(0, "", path);
    snprintf(cut, sizeof cut, "%s.cut", path);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    static char bytes[1 << 18];
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t length = 0; length < size; length += 1 + size / 50) {
        file = fopen(cut, "wb");
        assert_int_equal(fwrite(bytes, 1, length, file), length);
        fclose(file);
        expect_format_error(cut, "offset");
    }
    file = fopen(cut, "wb");
    fputs("#!/bin/sh\necho no ELF file here\n", file);
    fclose(file);
    expect_format_error(cut, "not an ELF file");
    char command[1200];
    snprintf(command, sizeof command, "strip -g -o '%s' '%s'", cut, path);
    assert_int_equal(system(command), 0);
    expect_format_error(cut, "no DWARF");
    unlink(cut);
    unlink(path);
    struct image *image = NULL;
    struct error *error = image_open("/nonexistent/kernel.elf", NULL, "", &image);
    assert_int_equal(error_code_of(error), ERROR_IO);
    error_destroy(error);
}

/* Flipped bytes inside the debug sections may give an error or a strange index, never a crash or a hang. */
static void flipped_bytes_do_not_crash(void **state) {
    (void)state;
    char path[512];
    char flipped[600];
    sample_compile(0, "", path);
    snprintf(flipped, sizeof flipped, "%s.flip", path);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    static char bytes[1 << 18];
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    unsigned seed = 12345;
    int opened = 0;
    for (int round = 0; round < 200; round++) {
        static char copy[1 << 18];
        memcpy(copy, bytes, size);
        for (int flip = 0; flip < 8; flip++) {
            seed = seed * 1664525u + 1013904223u;
            copy[64 + (seed >> 8) % (size - 64)] ^= (char)(1u << (seed >> 5 & 7));
        }
        file = fopen(flipped, "wb");
        fwrite(copy, 1, size, file);
        fclose(file);
        struct image *image = NULL;
        struct error *error = image_open(flipped, NULL, "", &image);
        if (!error) {
            opened++;
            for (uint32_t i = 0; i < image->variable_count; i++) {
                struct text text = {0};
                image_leaves(image, image->variables[i].type, 0, 0, 64, collect, &text);
                text_deinit(&text);
            }
            image_close(image);
        }
        error_destroy(error);
    }
    assert_true(opened > 0);
    unlink(flipped);
    unlink(path);
}

/* The file shrinks while it is read, as when a build writes it anew: a fault in the child is an error here. */
static void a_crash_is_an_error(void **state) {
    (void)state;
    char path[512];
    sample_compile(0, "", path);
    struct elf_file *elf = NULL;
    assert_null(elf_file_open(path, &elf));
    assert_int_equal(truncate(path, 64), 0);
    int descriptor = memfd_create("index", MFD_CLOEXEC);
    struct error *error = index_make_apart(elf, "", descriptor);
    assert_non_null(error);
    assert_int_equal(error_code_of(error), ERROR_FORMAT);
    assert_non_null(strstr(error_message(error), path));
    error_destroy(error);
    close(descriptor);
    elf_file_close(elf);
    unlink(path);
}

/* Without a directory of ours the index goes where the user's caches are. */
static void the_users_cache_is_the_default(void **state) {
    (void)state;
    char path[512];
    char cache[512];
    char file[1200];
    sample_compile(0, "", path);
    snprintf(cache, sizeof cache, SAMPLE_OUTPUT "/xdg-%ld", (long)getpid());
    setenv("XDG_CACHE_HOME", cache, 1);
    struct image *image = sample_open(path, NULL);
    snprintf(file, sizeof file, "test -s %s/spillscope/%s-*.index && rm -r %s", cache, image->build_id, cache);
    assert_int_equal(system(file), 0);
    image_close(image);
    unsetenv("XDG_CACHE_HOME");
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_compiler_and_version),     cmocka_unit_test(dropped_sections_leave_no_trace),
        cmocka_unit_test(cached_index_equals_fresh_one),  cmocka_unit_test(damaged_files_are_errors),
        cmocka_unit_test(flipped_bytes_do_not_crash),     cmocka_unit_test(a_crash_is_an_error),
        cmocka_unit_test(the_users_cache_is_the_default), cmocka_unit_test(compressed_ones_are_read_alike),
        cmocka_unit_test(an_included_file_has_its_lines), cmocka_unit_test(what_is_refused_goes_to_libdwarf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
