/* The small parts: digest, string pool, escapes, keys without files, policy lines, source snippets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <unistd.h>

#include "findings/digest.h"
#include "findings/fingerprint.h"
#include "findings/pool.h"
#include "fixture.h"
#include "spillscope/escape.h"
#include "gate/policy.h"
#include "html/source.h"

static void assert_digest(const char *input, size_t repeat, const char *wanted) {
    unsigned char bytes[DIGEST_SIZE];
    char hex[2 * DIGEST_SIZE + 1];
    struct digest digest;
    digest_init(&digest);
    for (size_t index = 0; index < repeat; index++) {
        digest_add(&digest, input, strlen(input));
    }
    digest_finish(&digest, bytes);
    for (size_t index = 0; index < DIGEST_SIZE; index++) {
        snprintf(hex + 2 * index, 3, "%02x", bytes[index]);
    }
    assert_string_equal(hex, wanted);
}

/* Vectors of FIPS 180-4. */
static void digest_gives_the_published_vectors(void **state) {
    (void)state;
    assert_digest("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_digest("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_digest("a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void pool_makes_equal_strings_one(void **state) {
    (void)state;
    struct pool *pool = pool_create();
    assert_non_null(pool);
    char name[32];
    for (int round = 0; round < 2; round++) {
        for (size_t index = 0; index < 5000; index++) {
            snprintf(name, sizeof name, "name-%zu", index);
            const char *interned = pool_intern(pool, name);
            assert_string_equal(interned, name);
            assert_int_equal(pool_index(pool, interned), index);
            assert_ptr_equal(pool_at(pool, index), interned);
        }
    }
    assert_int_equal(pool_count(pool), 5000);
    assert_string_equal(pool_intern(pool, NULL), "");
    assert_null(pool_check(pool));
    pool_destroy(pool);
}

typedef void (*escape_function)(struct text *out, const char *string);

static void assert_escape(escape_function escape, const char *input, const char *wanted) {
    struct text text = {0};
    escape(&text, input);
    assert_string_equal(text_string(&text), wanted);
    text_deinit(&text);
}

static void escapes_leave_nothing_active(void **state) {
    (void)state;
    assert_escape(escape_html, "<a href=\"x\" title='y'>&", "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;");
    assert_escape(escape_html, "a\033[31m\tb\x7f", "a␛[31m␉b[U+007F]");
    assert_escape(escape_html,
                  "a\xe2\x80\xae"
                  "b",
                  "a[U+202E]b");
    assert_escape(escape_html, "\xc3\xa9 \xf0\x9f\x90\xa7", "é 🐧");
    assert_escape(escape_html, "\xc3( \xed\xa0\x80 \xf5", "\xef\xbf\xbd( \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd");
    assert_escape(escape_terminal,
                  "\033]0;x\a\n\xc2\x9b"
                  "2K",
                  "␛]0;x␇␊[U+009B]2K");
    assert_escape(escape_script_json, "</script>\"\\&\xe2\x80\xa8", "\"\\u003c/script\\u003e\\\"\\\\\\u0026[U+2028]\"");
    assert_escape(escape_xml, "]]>\v", "]]&gt;␋");
    assert_escape(escape_markdown, "a|b`c`<d>", "a\\|b\\`c\\`&#60;d&#62;");
    assert_escape(escape_path, "fs/file.c", "fs/file.c");
    assert_escape(escape_path, "../../etc/passwd", "[..]/[..]/etc/passwd");
    assert_escape(escape_path, "//host/share", "[]/[]/host/share");
    assert_escape(escape_path, "a/./b/..", "a/[.]/b/[..]");
    assert_escape(escape_path, "a/...\x1b[2J\n::error::", "a/...␛[2J␊::error::");
    assert_escape(escape_terminal, "::error::a ::b ##[c] ##d ##vso[e]", "[U+003A]:error::a ::b [U+0023]#[c] ##d [U+0023]#vso[e]");
    assert_escape(escape_terminal_lines, "a::b\n \t::c\n:d", "a::b\n \t[U+003A]:c\n:d");
    assert_escape(escape_markdown, "https://a WWW.b c://d e:/f", "https&#58;//a WWW&#46;b c&#58;//d e:/f");
    assert_escape(escape_uri_path, "../x", "%5B..%5D/x");
    assert_escape(escape_uri_path, "javascript:alert(1)//x\xe2\x80\xae", "javascript%3Aalert%281%29/%5B%5D/x%5BU%2B202E%5D");
    assert_escape(escape_uri_path, "a b/\xc3\xa9%.c", "a%20b/%C3%A9%25.c");
    struct text text = {0};
    escape_workflow(&text, "a\n::b,c:%", false);
    assert_string_equal(text_string(&text), "a%0A::b,c:%25");
    text_clear(&text);
    escape_workflow(&text, "a\n::b,c:%", true);
    assert_string_equal(text_string(&text), "a%0A%3A%3Ab%2Cc%3A%25");
    text_deinit(&text);
}

static void roots_lose_their_files(void **state) {
    (void)state;
    assert_escape(fingerprint_strip_root, "ipc/msg.c:table", ":table");
    assert_escape(fingerprint_strip_root, "ipc/msg.c:msgget:last", ":msgget:last");
    assert_escape(fingerprint_strip_root, "alloc@ipc/msg.c:load", "alloc@:load");
    assert_escape(fingerprint_strip_root, "struct msg_queue", "struct msg_queue");
    assert_escape(fingerprint_strip_root, "init_ipc_ns", "init_ipc_ns");
}

static void policy_lines_are_checked(void **state) {
    (void)state;
    static const struct {
        const char *line;
        const char *message; /* NULL: accepted */
    } cases[] = {
        {"suppress a91f3c alice never because\n", NULL},
        {"  suppress a91f3c alice 2027-02-28 because of that  \n# x\n\nbudget 3 some entity\n", NULL},
        {"suppress a91f3 alice never because\n", "fingerprint"},
        {"suppress A91F3C alice never because\n", "fingerprint"},
        {"suppress a91f3c alice tomorrow because\n", "YYYY-MM-DD"},
        {"suppress a91f3c alice 2027-13-01 because\n", "YYYY-MM-DD"},
        {"suppress a91f3c alice never\n", "REASON"},
        {"budget many entity\n", "COUNT"},
        {"budget -1 entity\n", "COUNT"},
        {"budget 1 one\nbudget 2 one\n", "second budget"},
        {"allow everything\n", "no rule"},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        char path[] = "/tmp/spillscope-policy-XXXXXX";
        int descriptor = mkstemp(path);
        assert_true(descriptor >= 0);
        assert_int_equal(write(descriptor, cases[index].line, strlen(cases[index].line)), (ssize_t)strlen(cases[index].line));
        close(descriptor);
        struct gate *gate = calloc(1, sizeof *gate);
        assert_non_null(gate);
        struct error *error = policy_read(gate, path);
        if (cases[index].message) {
            assert_non_null(error);
            assert_non_null(strstr(error_message(error), cases[index].message));
            assert_non_null(strstr(error_message(error), path));
        } else {
            expect_success(error);
            assert_int_equal(gate->suppression_count, 1);
        }
        error_destroy(error);
        gate_destroy(gate);
        unlink(path);
    }
}

static void source_is_read_below_its_root_alone(void **state) {
    (void)state;
    struct source_cache *cache = NULL;
    struct text out = {0};
    expect_success(source_cache_create(FIXTURE_DIRECTORY "/source", &cache));
    assert_true(source_write(cache, "task.c", 14, &out));
    assert_non_null(strstr(text_string(&out), "<mark>   14          task-&gt;state = TASK_READY;</mark>"));
    assert_non_null(strstr(text_string(&out), "   11  "));
    assert_non_null(strstr(text_string(&out), "   17  "));
    assert_null(strstr(text_string(&out), "   18  "));
    text_clear(&out);
    assert_true(source_write(cache, "task.c", 1, &out));
    text_clear(&out);
    assert_false(source_write(cache, "task.c", 4000, &out));
    assert_false(source_write(cache, "task.c", 0, &out));
    assert_false(source_write(cache, "no_such.c", 1, &out));
    assert_false(source_write(cache, "../small.sql", 1, &out));
    assert_false(source_write(cache, "../../test_pieces.c", 1, &out));
    assert_false(source_write(cache, "../source_elsewhere/x.c", 1, &out));
    assert_int_equal(out.length, 0);
    source_cache_destroy(cache);
    expect_success(source_cache_create("/", &cache));
    assert_false(source_write(cache, "etc/passwd", 1, &out));
    source_cache_destroy(cache);
    expect_success(source_cache_create(NULL, &cache));
    assert_false(source_write(cache, "task.c", 1, &out));
    source_cache_destroy(cache);
    text_deinit(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digest_gives_the_published_vectors), cmocka_unit_test(pool_makes_equal_strings_one),
        cmocka_unit_test(escapes_leave_nothing_active),       cmocka_unit_test(roots_lose_their_files),
        cmocka_unit_test(policy_lines_are_checked),           cmocka_unit_test(source_is_read_below_its_root_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
