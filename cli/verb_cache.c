#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spillscope/facts_cache.h"
#include "spillscope/scope.h"
#include "spillscope/text.h"
#include "terminal.h"
#include "verb.h"

#define MEGABYTE 1000000.0

static struct error *usage_print(const struct arguments *arguments, const char *directory, const struct facts_cache_usage *usage) {
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    bool json = arguments_flag(arguments, "json");
    if (json) {
        text_append(&text, "{\"schema_version\":1,\"directory\":");
        text_append_json_string(&text, directory);
        text_append_format(&text, ",\"files\":%zu,\"bytes\":%" PRIu64 ",\"removed\":%zu,\"removed_bytes\":%" PRIu64 "}\n", usage->files, usage->bytes,
                           usage->removed, usage->removed_bytes);
    } else {
        text_append_format(&text, "%s: facts of %zu compile commands, %.1f MB", directory, usage->files, (double)usage->bytes / MEGABYTE);
        if (usage->removed) {
            text_append_format(&text, "; %s those of %zu, %.1f MB", arguments_flag(arguments, "dry-run") ? "without" : "removed", usage->removed,
                               (double)usage->removed_bytes / MEGABYTE);
        }
        text_append_char(&text, '\n');
    }
    return terminal_print(&text, json);
}

static struct error *cache_perform(const struct arguments *arguments) {
    char *directory SCOPE_FREE = NULL;
    const char *given = arguments_option(arguments, "cache");
    const char *build = arguments_option(arguments, "compile-commands");
    const char *action = arguments_count(arguments) ? arguments_at(arguments, 0) : "show";
    bool show = strcmp(action, "show") == 0;
    bool clear = strcmp(action, "clear") == 0;
    if (!show && !clear && strcmp(action, "prune") != 0) {
        return error_create(ERROR_USAGE, "show, prune or clear, not \"%s\"", action);
    }
    if (!given && !build) {
        return error_create(ERROR_USAGE, "-p BUILD_DIR_OR_JSON or --cache DIR is needed");
    }
    long megabytes = 0;
    struct facts_cache_usage usage;
    struct error *error = arguments_number(arguments, "cache-limit", 1, 1L << 30, (long)(FACTS_CACHE_LIMIT >> 20), &megabytes);
    if (!error) {
        directory = given ? strdup(given) : NULL;
        error = directory ? NULL : given ? error_out_of_memory() : facts_cache_directory(build, &directory);
    }
    if (!error) {
        error = facts_cache_prune(directory,
                                  show    ? UINT64_MAX
                                  : clear ? 0
                                          : (uint64_t)megabytes << 20,
                                  INT64_MAX, arguments_flag(arguments, "dry-run"), &usage);
    }
    return error ? error : usage_print(arguments, directory, &usage);
}

static int run(const struct arguments *arguments) {
    return verb_finish("cache", cache_perform(arguments));
}

static const struct verb_option options[] = {
    {"compile-commands", 'p', "BUILD", "the cache that analyze keeps for this build directory, or compile_commands.json in it"},
    {"cache", 0, "DIR", "the cache in this directory"},
    {"cache-limit", 0, "MB", "prune to so many megabytes; default 4096"},
    VERB_DRY_RUN_OPTION("only say what prune or clear would remove, and what it would leave"),
    {"json", 0, NULL, "print JSON"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_cache = {
    .name = "cache",
    .summary = "show, prune or clear the cache of facts",
    .usage = "[show|prune|clear] (-p BUILD_DIR_OR_JSON | --cache DIR) [--cache-limit MB] [--dry-run] [--json]",
    .description = "analyze keeps the facts of each unit, and takes them again while command and sources are the same. After each analysis the cache "
                   "is pruned to\n"
                   "--cache-limit: what was not used for longest goes first. prune does it now, clear removes everything; nothing is lost but time.",
    .example = "  spillscope cache -p build\n  spillscope cache clear -p build",
    .options = options,
    .words = 1,
    .word_choices = "show|prune|clear",
    .run = run,
};
