#include "spillscope/state_key.h"

#include <string.h>

/* A path begins with ".member", "[]" or ".*"; at the end of a key it is empty. */
static bool path_begins(char character) {
    return character == '.' || character == '[' || character == '\0';
}

size_t state_key_root_length(const char *key) {
    if (strcmp(key, "*") == 0) {
        return 1;
    }
    /* What stands before the last ':' is a file or function name, where dots are no member access. */
    const char *colon = strrchr(key, ':');
    const char *at = colon ? colon + 1 : key;
    /* "struct <FILE:LINE:COL>": the angle brackets belong to the root. */
    const char *bracket = strchr(at, '>');
    if (bracket && memchr(key, '<', (size_t)(bracket - key))) {
        at = bracket;
    }
    while (!path_begins(*at)) {
        at++;
    }
    return (size_t)(at - key);
}

/* Length of the key without a trailing ".*"; *out_wildcard tells whether there was one. */
static size_t covered_length(const char *key, bool *out_wildcard) {
    size_t length = strlen(key);
    *out_wildcard = length >= 2 && key[length - 2] == '.' && key[length - 1] == '*';
    return *out_wildcard ? length - 2 : length;
}

bool state_key_overlaps(const char *one, const char *other) {
    if (strcmp(one, "*") == 0 || strcmp(other, "*") == 0) {
        return true;
    }
    bool wildcard;
    size_t one_length = covered_length(one, &wildcard);
    size_t other_length = covered_length(other, &wildcard);
    size_t common = one_length < other_length ? one_length : other_length;
    if (strncmp(one, other, common) != 0) {
        return false;
    }
    if (one_length == other_length) {
        return true;
    }
    const char *longer = one_length > other_length ? one : other;
    /* Within the root a shorter name is another variable: "a" and "a.c:x" share no state. */
    return common >= state_key_root_length(longer) && path_begins(longer[common]);
}
