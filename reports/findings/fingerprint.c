#include "findings/fingerprint.h"

#include <stdlib.h>
#include <string.h>

#include "findings/digest.h"

const char *fingerprint_tier_name(enum fingerprint_tier tier) {
    static const char *const names[TIER_COUNT] = {"exact", "moved", "renamed", "retyped", "relaid"};
    return names[tier];
}

void fingerprint_strip_root(struct text *out, const char *root) {
    const char *colon = strchr(root, ':');
    if (!colon) {
        text_append(out, root);
        return;
    }
    if (strncmp(root, "alloc@", 6) == 0) {
        text_append(out, "alloc@");
    }
    text_append(out, colon);
}

void fingerprint_describe(struct text *out, const struct finding *finding, enum fingerprint_tier tier) {
    const char separator = '\x1f';
    if (tier == TIER_RELAID) {
        text_append_format(out, "%s%c%s%c%s%c%s%c%s%c%lld", finding->common_name, separator, finding->root, separator, finding->function, separator,
                           finding->file, separator, finding_kind_name(finding->kind), separator, (long long)finding->line);
        return;
    }
    text_append(out, RULE_SPILL);
    text_append_char(out, separator);
    if (tier != TIER_RENAMED) {
        text_append(out, finding->common_name);
    }
    text_append_char(out, separator);
    if (tier == TIER_EXACT) {
        text_append(out, finding->entity);
        text_append_char(out, separator);
        text_append(out, finding->root);
    } else if (tier != TIER_RETYPED) {
        fingerprint_strip_root(out, finding->root);
    } else {
        text_append(out, finding->root_kind);
    }
    text_append_char(out, separator);
    text_append(out, finding->path);
    if (tier == TIER_RETYPED) {
        text_append_char(out, separator);
        text_append(out, finding->type);
    }
    if (tier == TIER_EXACT) {
        text_append_char(out, separator);
        text_append(out, finding_kind_name(finding->kind));
    }
}

/* A finding's place in the order of its moved-tier text, to number equals. */
struct described {
    char *text;
    size_t index;
};

static int described_compare(const void *one, const void *other) {
    const struct described *left = one;
    const struct described *right = other;
    int order = strcmp(left->text, right->text);
    return order ? order : (left->index > right->index) - (left->index < right->index);
}

static void fingerprint_write(const char *description, size_t ordinal, char out_hex[FINGERPRINT_LENGTH + 1]) {
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[DIGEST_SIZE];
    char number[24];
    size_t length = 0;
    do {
        number[length++] = (char)('0' + ordinal % 10);
        ordinal /= 10;
    } while (ordinal);
    number[length] = '\0';
    struct digest digest;
    digest_init(&digest);
    digest_add_string(&digest, FINGERPRINT_VERSION);
    digest_add_string(&digest, description);
    digest_add_string(&digest, number);
    digest_finish(&digest, bytes);
    for (size_t index = 0; index < FINGERPRINT_LENGTH; index++) {
        out_hex[index] = digits[index % 2 ? bytes[index / 2] & 15 : bytes[index / 2] >> 4];
    }
    out_hex[FINGERPRINT_LENGTH] = '\0';
}

struct error *fingerprint_assign(struct findings *findings) {
    struct described *all = calloc(findings->count ? findings->count : 1, sizeof *all);
    if (!all) {
        return error_out_of_memory();
    }
    struct error *error = NULL;
    for (size_t index = 0; index < findings->count && !error; index++) {
        struct text text = {0};
        fingerprint_describe(&text, &findings->items[index], TIER_MOVED);
        all[index].index = index;
        error = text_take(&text, &all[index].text);
    }
    if (!error) {
        qsort(all, findings->count, sizeof *all, described_compare);
        size_t ordinal = 0;
        for (size_t index = 0; index < findings->count; index++) {
            ordinal = index && strcmp(all[index].text, all[index - 1].text) == 0 ? ordinal + 1 : 0;
            fingerprint_write(all[index].text, ordinal, findings->items[all[index].index].fingerprint);
        }
    }
    for (size_t index = 0; index < findings->count; index++) {
        free(all[index].text);
    }
    free(all);
    return error;
}
