#ifndef SPILLSCOPE_VERB_H
#define SPILLSCOPE_VERB_H
/*
 * A verb of the command line: `spillscope NAME ...`. One table of verbs and their options feeds parsing, help, man pages and shell
 * completion. Each verb stands in its own file cli/verb_NAME.c, which only translates arguments into a call of a part's library.
 */
#include "spillscope/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct verb_option {
    const char *name;     /* long name, without dashes */
    char letter;          /* short name, or 0 */
    const char *argument; /* "FILE"; "auto|always|never" = one of these words; NULL = a flag */
    const char *help;     /* one sentence, lower case, no full stop */
};

/* Every verb that writes a database, removes something or starts a guest has it, under this one name. */
#define VERB_DRY_RUN_OPTION(help) {"dry-run", 0, NULL, help}

struct arguments; /* parsed command line of one verb; strings live as long as it does */

/* The (last) value of an option; "" for a flag that is set; NULL when absent. */
const char *arguments_option(const struct arguments *arguments, const char *name);
bool arguments_flag(const struct arguments *arguments, const char *name);
/* All values of a repeated option; index from 0; NULL past the end. */
const char *arguments_option_at(const struct arguments *arguments, const char *name, size_t index);
/* All values of --module as one text, each followed by a newline (image_open_list); the caller frees it. */
struct error *arguments_modules(const struct arguments *arguments, char **out_list);
/* An option that must be a whole number within [low, high]; `fallback` when absent; a usage error otherwise. */
struct error *arguments_number(const struct arguments *arguments, const char *name, long low, long high, long fallback, long *out_value);
/* The database to read: --db, else the one that analyze writes by default. */
const char *arguments_database(const struct arguments *arguments);
size_t arguments_count(const struct arguments *arguments);                            /* positional arguments */
const char *arguments_at(const struct arguments *arguments, size_t index);            /* NULL past the end */
char *const *arguments_words(const struct arguments *arguments, size_t *out_count);   /* all positional arguments */
char *const *arguments_command(const struct arguments *arguments, size_t *out_count); /* what follows "--"; NULL = no "--" */

/* Prints "spillscope VERB: message" to stderr, destroys the error, and gives its exit code (0 for NULL). */
int verb_finish(const char *verb, struct error *error);

#define VERB_ANY_WORDS SIZE_MAX
#define VERB_CHOICES_VERBS "VERB" /* as word_choices: the names of all verbs */

struct verb {
    const char *name;
    const char *summary;                           /* one line, lower case */
    const char *usage;                             /* what follows the name: "-p BUILD [--manifest FILE] [PATH...]" */
    const char *description;                       /* paragraphs for help and man page */
    const char *example;                           /* one or more command lines */
    const struct verb_option *options;             /* ended by a NULL name; --help is everywhere and not listed */
    bool ignores_settings;                         /* neither environment nor configuration file set its options */
    bool paged;                                    /* its output may be long: goes through a pager on a terminal */
    bool takes_command;                            /* accepts "-- COMMAND..." */
    const char *word_choices;                      /* "migrate|check": what its first word is one of, for completion; NULL = anything */
    size_t words;                                  /* how many words it takes at most besides options; VERB_ANY_WORDS */
    int (*run)(const struct arguments *arguments); /* gives the exit code: 0, 1, 2 or 3 */
};

#endif
