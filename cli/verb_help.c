#include "help.h"

static int run(const struct arguments *arguments) {
    const char *shell = arguments_option(arguments, "completion");
    if (shell) {
        return verb_finish("help", help_completion(shell, stdout));
    }
    const char *name = arguments_at(arguments, 0);
    bool man = arguments_flag(arguments, "man");
    if (!name) {
        if (man) {
            help_man(NULL, stdout);
        } else {
            help_overview(stdout);
        }
        return 0;
    }
    const struct verb *verb = verb_find(name);
    if (!verb) {
        return verb_finish("help", verb_unknown(name));
    }
    if (man) {
        help_man(verb, stdout);
    } else {
        help_verb(verb, stdout);
    }
    return 0;
}

static const struct verb_option options[] = {
    {"man", 0, NULL, "print the man page as scdoc source"},
    {"completion", 0, "bash|zsh|fish", "print the completion script for this shell"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_help = {
    .name = "help",
    .summary = "explain a verb",
    .usage = "[VERB]",
    .description = "Prints what a verb does, its options and an example; without a verb, all verbs.",
    .example = "  spillscope help analyze",
    .options = options,
    .paged = true,
    .ignores_settings = true,
    .words = 1,
    .word_choices = VERB_CHOICES_VERBS,
    .run = run,
};
