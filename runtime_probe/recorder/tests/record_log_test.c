/* The log's reader on logs written here: whole, cut at every byte, and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "spillscope/record_log.h"

struct sample {
    unsigned char bytes[16384];
    size_t size;
};

static void sample_add(struct sample *sample, const void *record, size_t size) {
    memcpy(sample->bytes + sample->size, record, size);
    sample->size += size;
}

static struct sample sample_make(void) {
    struct sample sample = {.size = sizeof(struct log_header)};
    struct record_hook hook = {.kind = RECORD_HOOK, .number = 0, .address = 0x1000};
    struct record_window window = {.kind = RECORD_WINDOW, .open = 1};
    struct record_page page = {.kind = RECORD_PAGE, .physical = 0x5000};
    struct record_enter enter = {.kind = RECORD_ENTER, .hook = 0, .stack = 0x8000};
    struct record_store store = {.kind = RECORD_STORE, .size = 8, .physical = 0xfff8};
    struct record_switch switched = {.kind = RECORD_SWITCH, .stack = 0x9000};
    struct record_given given = {.kind = RECORD_GIVEN, .address = 0xa000};
    struct record_leave leave = {.kind = RECORD_LEAVE, .result = 7};
    sample_add(&sample, &hook, sizeof hook);
    sample_add(&sample, &window, sizeof window);
    sample_add(&sample, &page, sizeof page);
    sample_add(&sample, &enter, sizeof enter);
    sample_add(&sample, &store, sizeof store);
    sample_add(&sample, &switched, sizeof switched);
    sample_add(&sample, &given, sizeof given);
    sample_add(&sample, &leave, sizeof leave);
    struct log_header header = {.magic = LOG_MAGIC, .version = LOG_VERSION, .ram_size = 0x10000, .committed = sample.size - sizeof header};
    memcpy(sample.bytes, &header, sizeof header);
    return sample;
}

/* Writes the first `size` bytes, reads all records; gives their number, or -1 on an error, whose message is copied. */
static int read_back(const struct sample *sample, size_t size, bool *out_cut, char message[256]) {
    char path[] = "/tmp/spillscope-log-test-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, sample->bytes, size), (ssize_t)size);
    close(descriptor);
    struct log *log = NULL;
    struct error *error = log_open(path, &log);
    const union record *record = NULL;
    int count = 0;
    while (!error && !(error = log_next(log, &record)) && record) {
        count++;
    }
    if (error) {
        snprintf(message, 256, "%s", error_message(error));
        assert_int_equal(error_code_of(error), ERROR_FORMAT);
        count = -1;
    } else {
        *out_cut = log_was_cut(log);
    }
    error_destroy(error);
    log_close(log);
    unlink(path);
    return count;
}

static void whole_log_is_read(void **state) {
    (void)state;
    struct sample sample = sample_make();
    bool cut = true;
    char message[256] = "";
    assert_int_equal(read_back(&sample, sample.size, &cut, message), 8);
    assert_false(cut);
}

/* At any length: the whole records before the cut, and the knowledge that it was cut. */
static void cut_logs_end_with_their_last_whole_record(void **state) {
    (void)state;
    struct sample sample = sample_make();
    const size_t sizes[] = {sizeof(struct record_hook),  sizeof(struct record_window), sizeof(struct record_page),  sizeof(struct record_enter),
                            sizeof(struct record_store), sizeof(struct record_switch), sizeof(struct record_given), sizeof(struct record_leave)};
    for (size_t size = 0; size < sample.size; size += size < 200 || size > 4300 ? 1 : 97) {
        bool cut = false;
        char message[256] = "";
        int expected = 0;
        size_t end = sizeof(struct log_header);
        while (expected < 8 && end + sizes[expected] <= size) {
            end += sizes[expected++];
        }
        int count = read_back(&sample, size, &cut, message);
        if (size < sizeof(struct log_header)) {
            assert_int_equal(count, -1);
            assert_non_null(strstr(message, "offset 0"));
        } else {
            assert_int_equal(count, expected);
            assert_true(cut);
        }
    }
}

static void damage_is_named_with_its_offset(void **state) {
    (void)state;
    bool cut = false;
    char message[256] = "";
    struct sample sample = sample_make();
    size_t store =
        sample.size - sizeof(struct record_leave) - sizeof(struct record_given) - sizeof(struct record_switch) - sizeof(struct record_store);
    char offset[32];
    snprintf(offset, sizeof offset, "offset 0x%zx", store);
    sample.bytes[store + offsetof(struct record_store, physical)] = 0xff; /* the store's end lies behind the RAM's */
    assert_int_equal(read_back(&sample, sample.size, &cut, message), -1);
    assert_non_null(strstr(message, offset));
    sample = sample_make();
    sample.bytes[store + offsetof(struct record_store, size)] = 9;
    assert_int_equal(read_back(&sample, sample.size, &cut, message), -1);
    assert_non_null(strstr(message, offset));
    sample = sample_make();
    sample.bytes[store] = 77;
    assert_int_equal(read_back(&sample, sample.size, &cut, message), -1);
    assert_non_null(strstr(message, offset));
    sample = sample_make();
    sample.bytes[offsetof(struct log_header, version)] = 9;
    assert_int_equal(read_back(&sample, sample.size, &cut, message), -1);
    assert_non_null(strstr(message, "version 9"));
    sample = sample_make();
    sample.bytes[0] = 'X';
    assert_int_equal(read_back(&sample, sample.size, &cut, message), -1);
    assert_non_null(strstr(message, "no recorder's log"));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole_log_is_read), cmocka_unit_test(cut_logs_end_with_their_last_whole_record),
                                       cmocka_unit_test(damage_is_named_with_its_offset)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
