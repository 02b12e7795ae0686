/* Expressions for a client, over the types of the guest of boundaries.c and a memory made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "spillscope/client.h"
#include "fixture.h"

static int image_setup(void **state) {
    struct image *image = NULL;
    succeed(image_open(GUEST("boundaries"), SOURCE_DIRECTORY, NULL, &image));
    *state = image;
    return 0;
}

static int image_teardown(void **state) {
    image_close(*state);
    return 0;
}

/* The file's own bytes, but for what a test puts in their place. */
struct memory {
    const struct image *image;
    uint64_t address;
    uint8_t bytes[64];
};

static bool memory_read(void *context, uint64_t address, void *bytes, size_t count) {
    const struct memory *memory = context;
    if (address >= memory->address && address + count <= memory->address + sizeof memory->bytes) {
        memcpy(bytes, memory->bytes + (address - memory->address), count);
        return true;
    }
    return image_bytes(memory->image, address, bytes, count);
}

static struct client_expression parse(const struct image *image, const char *function, const char *text) {
    const struct client_percpu percpu = {0};
    struct client_expression expression;
    succeed(client_parse(image, &percpu, function ? image_function_by_name(image, function) : NULL, text, &expression));
    return expression;
}

static void expect(struct memory *memory, const char *function, const char *text, const uint64_t *arguments, const char *expected) {
    struct client_expression expression = parse(memory->image, function, text);
    struct client_place place = {.cpu = 1, .arguments = arguments, .read = memory_read, .context = memory};
    char found[CLIENT_TEXT] = "-";
    assert_true(expression.present);
    bool known = client_evaluate(&expression, &place, found);
    assert_int_equal(known, expected != NULL);
    if (expected) {
        assert_string_equal(found, expected);
    }
}

static void values_of_every_kind(void **state) {
    struct memory memory = {.image = *state};
    const struct variable *jobs = image_variable_by_name(memory.image, "jobs");
    const uint64_t arguments[CLIENT_ARGUMENTS] = {jobs->address, 5};
    expect(&memory, NULL, "jobs[0].owner", NULL, "owner OWNER_MAIL");
    expect(&memory, NULL, "jobs[cpu].owner", NULL, "owner OWNER_PRINT");
    expect(&memory, NULL, "jobs[1].urgent", NULL, "urgent 1");
    expect(&memory, NULL, "jobs[0].title", NULL, "title letter");
    expect(&memory, NULL, " jobs[1] . title", NULL, "title leaflet!"); /* not ended */
    expect(&memory, "job_queue", "job->title", arguments, "title letter");
    expect(&memory, "job_queue", "job.title", arguments, "title letter");
    expect(&memory, "job_queue", "job[1].owner", arguments, "owner OWNER_PRINT");
    expect(&memory, "job_queue", "priority", arguments, "priority 5");
    expect(&memory, "job_queue", "jobs[1].title", NULL, "title leaflet!"); /* a variable needs no arguments */
}

static void what_cannot_be_told_is_not(void **state) {
    struct memory memory = {.image = *state};
    const uint64_t null[CLIENT_ARGUMENTS] = {0};
    const uint64_t wild[CLIENT_ARGUMENTS] = {0xdead0000};
    expect(&memory, "job_queue", "job->owner", NULL, NULL); /* no arguments here: a line, an inlined instance */
    expect(&memory, "job_queue", "job->owner", null, NULL);
    expect(&memory, "job_queue", "job->owner", wild, NULL);
    assert_false(parse(memory.image, "job_submit", "job->owner").present);
    assert_false(parse(memory.image, NULL, "nowhere[cpu].id").present);
}

static void a_null_pointer_on_the_way(void **state) {
    const struct image *image = *state;
    struct memory memory = {.image = image, .address = image_variable_by_name(image, "current")->address};
    struct memory task = memory;
    const struct type *type = &image->types[image_type_by_name(image, "struct task")];
    expect(&memory, NULL, "current->id", NULL, NULL);
    uint64_t address = memory.address + 8; /* a task right behind the pointer to it */
    memcpy(task.bytes, &address, sizeof address);
    int32_t id = -7;
    for (uint32_t i = 0; i < type->member_count; i++) {
        if (strcmp(type->members[i].name, "id") == 0) {
            memcpy(task.bytes + 8 + type->members[i].bit_offset / 8, &id, sizeof id);
        }
    }
    expect(&task, NULL, "current->id", NULL, "id -7");
    expect(&task, NULL, "current->next->id", NULL, NULL);
    expect(&task, NULL, "current->next", NULL, "next 0x0");
}

static void mistakes_are_named(void **state) {
    static const struct {
        const char *text;
        const char *part;
    } wrong[] = {{"current->pid", "struct task has no member pid"},
                 {"current->", "a member's name is missing"},
                 {"", "name is missing"},
                 {"current id", "expected . or -> or ["},
                 {"jobs[x].owner", "[NUMBER] or [cpu]"},
                 {"jobs[0", "[NUMBER] or [cpu]"},
                 {"days[0]", "that is no array"},
                 {"jobs[0]", "no integer, enumerator"},
                 {"current->id->x", "has no member x"}};
    const struct client_percpu percpu = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct client_expression expression;
        expect_error(client_parse(*state, &percpu, NULL, wrong[i].text, &expression), ERROR_MISMATCH, wrong[i].part);
    }
}

static void per_cpu_variables_are_the_cpus_own(void **state) {
    const struct image *image = *state;
    const struct variable *days = image_variable_by_name(image, "days");
    struct memory memory = {.image = image, .address = 0x500000};
    const uint64_t offset = memory.address + 32 - days->address; /* of CPU 1 */
    const struct client_percpu percpu = {.low = days->address, .high = days->address + 4, .offsets = memory.address};
    struct client_expression expression;
    char found[CLIENT_TEXT];
    memcpy(memory.bytes + 8, &offset, sizeof offset);
    memory.bytes[32] = 9;
    struct client_place place = {.cpu = 1, .read = memory_read, .context = &memory};
    succeed(client_parse(image, &percpu, NULL, "days", &expression));
    assert_true(client_evaluate(&expression, &place, found));
    assert_string_equal(found, "days 9");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_of_every_kind), cmocka_unit_test(what_cannot_be_told_is_not),
                                       cmocka_unit_test(a_null_pointer_on_the_way), cmocka_unit_test(mistakes_are_named),
                                       cmocka_unit_test(per_cpu_variables_are_the_cpus_own)};
    return cmocka_run_group_tests(tests, image_setup, image_teardown);
}
