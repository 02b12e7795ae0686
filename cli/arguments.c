#include "arguments.h"

#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spillscope/scope.h"
#include "spillscope/text.h"

#define OPTION_BASE 256 /* getopt_long's value of option 0: above every letter */

struct given {
    const struct verb_option *option;
    const char *value;
};

struct arguments {
    struct given *given;
    size_t given_count;
    char **positional;
    size_t positional_count;
    char **command; /* what follows "--", NULL = no "--" */
    size_t command_count;
};

static size_t distance(const char *one, const char *other) {
    size_t width = strlen(other) + 1;
    size_t *row SCOPE_FREE = malloc(width * sizeof *row);
    if (!row) {
        return SIZE_MAX;
    }
    for (size_t column = 0; column < width; column++) {
        row[column] = column;
    }
    for (size_t line = 1; one[line - 1]; line++) {
        size_t diagonal = row[0];
        row[0] = line;
        for (size_t column = 1; column < width; column++) {
            size_t change = diagonal + (one[line - 1] != other[column - 1]);
            size_t other_edit = (row[column] < row[column - 1] ? row[column] : row[column - 1]) + 1;
            diagonal = row[column];
            row[column] = change < other_edit ? change : other_edit;
        }
    }
    return row[width - 1];
}

const char *arguments_nearest(const char *word, const char *const *candidates, size_t count) {
    const char *nearest = NULL;
    size_t least = strlen(word) / 3 + 2;
    for (size_t index = 0; index < count; index++) {
        size_t apart = distance(word, candidates[index]);
        if (apart < least) {
            least = apart;
            nearest = candidates[index];
        }
    }
    return nearest;
}

static size_t option_count(const struct verb *verb) {
    size_t count = 0;
    while (verb->options && verb->options[count].name) {
        count++;
    }
    return count;
}

static struct error *unknown_option(const struct verb *verb, const char *word) {
    const char *names[64];
    size_t count = 0;
    for (; count < option_count(verb) && count < 64; count++) {
        names[count] = verb->options[count].name;
    }
    const char *name = word;
    while (*name == '-') {
        name++;
    }
    const char *nearest = arguments_nearest(name, names, count);
    return nearest ? error_create(ERROR_USAGE, "unknown option %s: did you mean --%s?", word, nearest)
                   : error_create(ERROR_USAGE, "unknown option %s: see spillscope help %s", word, verb->name);
}

/* Everything from "--" on belongs to the command; returns how many words stand before it. */
static int split_command(struct arguments *arguments, int argc, char **argv) {
    for (int index = 1; index < argc; index++) {
        if (strcmp(argv[index], "--") == 0) {
            arguments->command = argv + index + 1;
            arguments->command_count = (size_t)(argc - index - 1);
            return index;
        }
    }
    return argc;
}

/* getopt_long's tables for the verb's options and --help (index = number of options). */
static void fill_tables(const struct verb *verb, size_t count, struct option *options, char *letters) {
    *letters++ = ':'; /* tells a missing argument from an unknown option */
    for (size_t index = 0; index < count; index++) {
        const struct verb_option *option = &verb->options[index];
        options[index] = (struct option){option->name, option->argument ? required_argument : no_argument, NULL, OPTION_BASE + (int)index};
        if (option->letter) {
            *letters++ = option->letter;
            if (option->argument) {
                *letters++ = ':';
            }
        }
    }
    options[count] = (struct option){"help", no_argument, NULL, OPTION_BASE + (int)count};
    *letters++ = 'h';
    *letters = '\0';
}

static const struct verb_option *find_option(const struct verb *verb, size_t count, int found) {
    for (size_t index = 0; index < count; index++) {
        if (found == OPTION_BASE + (int)index || (found < OPTION_BASE && found == verb->options[index].letter)) {
            return &verb->options[index];
        }
    }
    return NULL;
}

/* What getopt_long refused, said of the option as it was typed. */
static struct error *refused_option(const struct verb *verb, const char *word) {
    if (optopt > 0 && optopt < OPTION_BASE) {
        char letter[] = {'-', (char)optopt, '\0'};
        return error_create(ERROR_USAGE, "unknown option %s: see spillscope help %s", letter, verb->name);
    }
    if (optopt >= OPTION_BASE) {
        return error_create(ERROR_USAGE, "option %.*s takes no value", (int)strcspn(word, "="), word);
    }
    return unknown_option(verb, word);
}

static struct error *check_words(const struct verb *verb, const struct arguments *arguments) {
    if (arguments->positional_count <= verb->words) {
        return NULL;
    }
    const char *word = arguments->positional[verb->words];
    size_t length = strlen(word);
    bool database = length > 3 && strcmp(word + length - 3, ".db") == 0;
    return error_create(ERROR_USAGE,
                        database ? "what is \"%s\" here? A database goes behind its option: see spillscope help %s"
                                 : "what is \"%s\" here? See spillscope help %s",
                        word, verb->name);
}

static struct error *parse_options(const struct verb *verb, int argc, char **argv, struct arguments *arguments, bool *out_help) {
    size_t count = option_count(verb);
    struct option *options SCOPE_FREE = calloc(count + 2, sizeof *options);
    char *letters SCOPE_FREE = calloc(2 * count + 3, 1);
    arguments->given = calloc((size_t)argc + 1, sizeof *arguments->given);
    if (!options || !letters || !arguments->given) {
        return error_out_of_memory();
    }
    fill_tables(verb, count, options, letters);
    opterr = 0;
    optind = 0; /* a fresh scan */
    int found;
    while ((found = getopt_long(argc, argv, letters, options, NULL)) != -1) {
        if (found == '?') {
            return refused_option(verb, argv[optind - 1]);
        }
        if (found == ':') {
            return error_create(ERROR_USAGE, "option %s needs a value", argv[optind - 1]);
        }
        if (found == 'h' || found == OPTION_BASE + (int)count) {
            *out_help = true;
            continue;
        }
        const struct verb_option *option = find_option(verb, count, found);
        arguments->given[arguments->given_count++] = (struct given){option, option->argument ? optarg : ""};
    }
    arguments->positional = argv + optind;
    arguments->positional_count = (size_t)(argc - optind);
    return *out_help ? NULL : check_words(verb, arguments);
}

/* Adds what environment and configuration file say about options that the command line leaves open. */
static struct error *add_settings(const struct verb *verb, struct settings *settings, struct arguments *arguments) {
    struct error *error = NULL;
    for (const struct verb_option *option = verb->options; !error && option && option->name; option++) {
        bool found = !arguments_option(arguments, option->name);
        for (size_t index = 0; !error && found; index++) {
            struct setting setting;
            error = settings_find(settings, verb, option, index, &setting, &found);
            if (error || !found) {
                break;
            }
            struct given *grown = realloc(arguments->given, (arguments->given_count + 1) * sizeof *grown);
            if (!grown) {
                return error_out_of_memory();
            }
            arguments->given = grown;
            arguments->given[arguments->given_count++] = (struct given){option, setting.value};
            found = option->argument != NULL;
        }
    }
    return error;
}

struct error *arguments_parse(const struct verb *verb, int argc, char **argv, struct settings *settings, struct arguments **out_arguments,
                              bool *out_help) {
    struct arguments *arguments = calloc(1, sizeof *arguments);
    if (!arguments) {
        return error_out_of_memory();
    }
    int words = split_command(arguments, argc, argv);
    struct error *error = parse_options(verb, words, argv, arguments, out_help);
    if (!error && arguments->command && !verb->takes_command) {
        error = error_create(ERROR_USAGE, "takes no command after --");
    }
    if (!error && settings && !*out_help) {
        error = add_settings(verb, settings, arguments);
    }
    if (error) {
        arguments_destroy(arguments);
        return error;
    }
    *out_arguments = arguments;
    return NULL;
}

void arguments_destroy(struct arguments *arguments) {
    if (arguments) {
        free(arguments->given);
        free(arguments);
    }
}

const char *arguments_option(const struct arguments *arguments, const char *name) {
    const char *value = NULL;
    for (size_t index = 0; index < arguments->given_count; index++) {
        if (strcmp(arguments->given[index].option->name, name) == 0) {
            value = arguments->given[index].value;
        }
    }
    return value;
}

bool arguments_flag(const struct arguments *arguments, const char *name) {
    return arguments_option(arguments, name) != NULL;
}

const char *arguments_option_at(const struct arguments *arguments, const char *name, size_t index) {
    for (size_t given = 0; given < arguments->given_count; given++) {
        if (strcmp(arguments->given[given].option->name, name) == 0 && index-- == 0) {
            return arguments->given[given].value;
        }
    }
    return NULL;
}

struct error *arguments_modules(const struct arguments *arguments, char **out_list) {
    struct text list = {0};
    const char *path = NULL;
    for (size_t i = 0; (path = arguments_option_at(arguments, "module", i)); i++) {
        if (strchr(path, '\n')) {
            text_deinit(&list);
            return error_create(ERROR_USAGE, "--module: a path with a line break cannot be told to the plugin");
        }
        text_append(&list, path);
        text_append(&list, "\n");
    }
    return text_take(&list, out_list);
}

struct error *arguments_number(const struct arguments *arguments, const char *name, long low, long high, long fallback, long *out_value) {
    const char *word = arguments_option(arguments, name);
    if (!word) {
        *out_value = fallback;
        return NULL;
    }
    char *end = NULL;
    errno = 0;
    long value = strtol(word, &end, 10);
    if (errno || end == word || *end || value < low || value > high) {
        return error_create(ERROR_USAGE, "--%s takes a whole number from %ld to %ld, not \"%s\"", name, low, high, word);
    }
    *out_value = value;
    return NULL;
}

const char *arguments_database(const struct arguments *arguments) {
    const char *database = arguments_option(arguments, "db");
    return database ? database : "spillscope.db";
}

size_t arguments_count(const struct arguments *arguments) {
    return arguments->positional_count;
}

const char *arguments_at(const struct arguments *arguments, size_t index) {
    return index < arguments->positional_count ? arguments->positional[index] : NULL;
}

char *const *arguments_words(const struct arguments *arguments, size_t *out_count) {
    *out_count = arguments->positional_count;
    return arguments->positional;
}

char *const *arguments_command(const struct arguments *arguments, size_t *out_count) {
    *out_count = arguments->command_count;
    return arguments->command;
}
