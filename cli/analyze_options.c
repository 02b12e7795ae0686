#include "analyze_options.h"

struct error *analyze_options_read(const struct arguments *arguments, struct analyze_request *out_request) {
    struct analyze_request request = {
        .compile_commands = arguments_option(arguments, "compile-commands"),
        .manifest = arguments_option(arguments, "manifest"),
        .database = arguments_option(arguments, "db"),
        .models = arguments_option(arguments, "models"),
        .cache_directory = arguments_option(arguments, "cache"),
    };
    long jobs = 0;
    long megabytes = 0;
    struct error *error = arguments_number(arguments, "jobs", 0, 1024, 0, &jobs);
    if (!error) {
        error = arguments_number(arguments, "cache-limit", 1, 1L << 30, 0, &megabytes);
    }
    if (!error && !request.compile_commands) {
        error = error_create(ERROR_USAGE, "-p BUILD_DIR_OR_JSON is needed");
    }
    if (error) {
        return error;
    }
    request.jobs = (int)jobs;
    request.cache_limit = (uint64_t)megabytes << 20;
    request.paths = arguments_words(arguments, &request.path_count);
    *out_request = request;
    return NULL;
}
