#ifndef SPILLSCOPE_ANALYZE_OPTIONS_H
#define SPILLSCOPE_ANALYZE_OPTIONS_H
/* What `analyze` and `check` share: the options that say what is analysed and how. */
#include "spillscope/analyze.h"
#include "verb.h"

/* Rows of both verbs' option tables. */
#define ANALYZE_OPTIONS                                                                                                                              \
    {"compile-commands", 'p', "BUILD", "build directory, or compile_commands.json in it"},                                                           \
        {"jobs", 'j', "N", "worker processes; default one a processor"},                                                                             \
        {"models", 0, "DIR", "models of external functions instead of the installed ones"},                                                          \
        {"cache", 0, "DIR", "where facts are kept; default .spillscope/facts beside the compile database"},                                          \
        {"cache-limit", 0, "MB", "how much of it is kept: what was not used for longest goes; default 4096"}

/* A request from these options, --manifest, --db (NULL when absent) and the words behind them; its strings are those of `arguments`. */
struct error *analyze_options_read(const struct arguments *arguments, struct analyze_request *out_request);

#endif
