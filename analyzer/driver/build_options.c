#include "build_options.h"
#include <stdlib.h>
#include <string.h>
#include "spillscope/scope.h"

#define OPTION_LIMIT 4096 /* words of one command that count */

/* The next word's length in the bytes before `end`; quotes and backslashes stay as they are. */
static size_t word_length(const char *at, const char *end, bool blanks) {
    const char *from = at;
    char quote = '\0';
    for (; at < end && *at && (quote || !blanks || !strchr(" \t\n", *at)); at++) {
        if (!blanks) {
            continue;
        }
        if (*at == '\\' && quote != '\'' && at + 1 < end) {
            at++;
        } else if (quote ? *at == quote : *at == '"' || *at == '\'') {
            quote = quote ? '\0' : *at;
        }
    }
    return (size_t)(at - from);
}

static bool starts(const char *word, const char *prefix) {
    return strncmp(word, prefix, strlen(prefix)) == 0;
}

/* An absolute path, or a text in quotes. */
static bool differs_anyway(const char *word) {
    return word[0] == '/' || strstr(word, "=/") || strpbrk(word, "\"'");
}

static bool chooses_code(const char *word) {
    return (starts(word, "-D") || starts(word, "-U") || starts(word, "-std=") || starts(word, "-m") || starts(word, "--target=")) &&
           !differs_anyway(word);
}

static bool takes_word(const char *word) {
    static const char *const options[] = {"-D", "-U", "-include", "-imacros", "-target"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (strcmp(word, options[i]) == 0) {
            return true;
        }
    }
    return false;
}

static int compare_words(const void *one, const void *other) {
    return strcmp(*(char *const *)one, *(char *const *)other);
}

/* Cuts the command into words in place; gives how many. */
static size_t words_cut(char *bytes, size_t count, bool blanks, char **words) {
    size_t found = 0;
    char *end = bytes + count;
    for (char *at = bytes; at < end && found < OPTION_LIMIT;) {
        size_t length = word_length(at, end, blanks);
        if (length) {
            words[found++] = at;
        }
        at += length;
        if (at < end) {
            *at++ = '\0';
        }
    }
    return found;
}

void build_options_append(struct text *out, const struct text *command) {
    size_t count = command->length;
    char *bytes SCOPE_FREE = malloc(count + 1);
    char **words SCOPE_FREE = calloc(OPTION_LIMIT, sizeof *words);
    struct text joined[64] = {0};
    size_t joined_count = 0;
    if (!bytes || !words) {
        out->failed = true;
        return;
    }
    memcpy(bytes, text_string(command), count);
    bytes[count] = '\0';
    size_t found = words_cut(bytes, count, !memchr(bytes, '\0', count), words);
    size_t kept = 0;
    for (size_t i = 0; i < found; i++) {
        bool pair = takes_word(words[i]) && i + 1 < found;
        if (pair && joined_count < sizeof joined / sizeof *joined && !differs_anyway(words[i + 1])) {
            text_append_format(&joined[joined_count], strlen(words[i]) == 2 ? "%s%s" : "%s %s", words[i], words[i + 1]);
            words[kept++] = (char *)text_string(&joined[joined_count++]);
        } else if (!pair && chooses_code(words[i])) {
            words[kept++] = words[i];
        }
        i += pair;
    }
    qsort(words, kept, sizeof *words, compare_words);
    for (size_t i = 0; i < kept; i++) {
        if (i == 0 || strcmp(words[i], words[i - 1]) != 0) {
            text_append(out, words[i]);
            text_append_char(out, '\n');
        }
    }
    for (size_t i = 0; i < joined_count; i++) {
        out->failed = out->failed || joined[i].failed;
        text_deinit(&joined[i]);
    }
}

struct error *build_options_intersect(char **common, const char *options) {
    struct text both = {0};
    const char *one = *common ? *common : options;
    const char *other = options;
    while (*one && *other) {
        size_t length = strcspn(one, "\n") + 1;
        size_t other_length = strcspn(other, "\n") + 1;
        size_t least = length < other_length ? length : other_length;
        int order = memcmp(one, other, least);
        order = order ? order : (length > other_length) - (length < other_length);
        if (order == 0) {
            text_append_bytes(&both, one, length);
        }
        one += order <= 0 ? length : 0;
        other += order >= 0 ? other_length : 0;
    }
    free(*common);
    *common = NULL;
    return text_take(&both, common);
}
