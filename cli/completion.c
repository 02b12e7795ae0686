#include <string.h>

#include "help.h"

/* Names and choices of ours hold letters, digits, '-' and, between choices, '|': no shell reads anything else into them. */
static void put_choices(const char *choices, FILE *stream) {
    for (const char *at = choices; *at; at++) {
        fputc(*at == '|' ? ' ' : *at, stream);
    }
}

/* The words that an option's value or a verb's word is one of; NULL = a file, or anything. */
static const char *option_choices(const struct verb_option *option) {
    return option->argument && strchr(option->argument, '|') ? option->argument : NULL;
}

static void put_verbs(FILE *stream) {
    for (size_t index = 0; verb_table[index]; index++) {
        fprintf(stream, "%s%s", index ? " " : "", verb_table[index]->name);
    }
}

static void put_word_choices(const struct verb *verb, FILE *stream) {
    if (strcmp(verb->word_choices, VERB_CHOICES_VERBS) == 0) {
        put_verbs(stream);
    } else {
        put_choices(verb->word_choices, stream);
    }
}

/* "gate:--mode", or "probe:--elf | probe:-e" where the option has a letter: what a shell's case looks for. */
static void put_case(const struct verb *verb, const struct verb_option *option, const char *separator, FILE *stream) {
    fprintf(stream, "%s:--%s", verb->name, option->name);
    if (option->letter) {
        fprintf(stream, "%s%s:-%c", separator, verb->name, option->letter);
    }
}

/* A case for each option that takes a value, by verb and the word before the cursor: one of a list of words, or the name of a file. */
static void put_value_cases(const char *list_begin, const char *list_end, const char *file, FILE *stream) {
    for (size_t index = 0; verb_table[index]; index++) {
        for (const struct verb_option *option = verb_table[index]->options; option && option->name; option++) {
            if (!option->argument) {
                continue;
            }
            fputs("    ", stream);
            put_case(verb_table[index], option, "|", stream);
            if (option_choices(option)) {
                fprintf(stream, ") %s", list_begin);
                put_choices(option_choices(option), stream);
                fprintf(stream, "%s ;;\n", list_end);
            } else {
                fprintf(stream, ") %s ;;\n", file);
            }
        }
    }
}

static void put_options(const struct verb *verb, FILE *stream) {
    fputs("--help", stream);
    for (const struct verb_option *option = verb->options; option && option->name; option++) {
        fprintf(stream, " --%s", option->name);
    }
}

static void completion_bash(FILE *stream) {
    fputs("_spillscope() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]} words='' index\n"
          "    COMPREPLY=()\n"
          "    # A value behind '=' is a word of its own for bash; behind -- stands another program's command.\n"
          "    if [ \"$before\" = = ]; then before=${COMP_WORDS[COMP_CWORD-2]}; elif [ \"$word\" = = ]; then word=''; fi\n"
          "    for ((index = 2; index < COMP_CWORD; index++)); do [ \"${COMP_WORDS[index]}\" != -- ] || return; done\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words='--help --version ",
          stream);
    put_verbs(stream);
    fputs("'\n    else\n    case $verb:$before in\n", stream);
    put_value_cases("words='", "'", "return", stream);
    fputs("    *)\n    case $verb:$word in\n", stream);
    for (size_t index = 0; verb_table[index]; index++) {
        fprintf(stream, "    %s:-*) words='", verb_table[index]->name);
        put_options(verb_table[index], stream);
        fputs("' ;;\n", stream);
        if (verb_table[index]->word_choices) {
            fprintf(stream, "    %s:*) words='", verb_table[index]->name);
            put_word_choices(verb_table[index], stream);
            fputs("' ;;\n", stream);
        }
    }
    fputs("    esac ;;\n    esac\n    fi\n"
          "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
          "}\ncomplete -o default -F _spillscope spillscope\n",
          stream);
}

static void completion_zsh(FILE *stream) {
    fputs("#compdef spillscope\n_spillscope() {\n    if (( CURRENT == 2 )); then\n        compadd -- --help --version ", stream);
    put_verbs(stream);
    fputs("\n        return\n    fi\n    case $words[2]:$words[CURRENT-1] in\n", stream);
    put_value_cases("compadd -- ", "; return", "_files; return", stream);
    fputs("    esac\n    case $words[2]:$words[CURRENT] in\n", stream);
    for (size_t index = 0; verb_table[index]; index++) {
        fprintf(stream, "    %s:-*) compadd -- ", verb_table[index]->name);
        put_options(verb_table[index], stream);
        fputs(" ;;\n", stream);
        if (verb_table[index]->word_choices) {
            fprintf(stream, "    %s:*) compadd -- ", verb_table[index]->name);
            put_word_choices(verb_table[index], stream);
            fputs(" ;;\n", stream);
        }
    }
    fputs("    *) _files ;;\n    esac\n}\n_spillscope \"$@\"\n", stream);
}

static void put_single_quoted(const char *text, FILE *stream) {
    fputc('\'', stream);
    for (; *text; text++) {
        fputs(*text == '\'' ? "'\\''" : (char[]){*text, '\0'}, stream);
    }
    fputc('\'', stream);
}

static void completion_fish(FILE *stream) {
    for (size_t index = 0; verb_table[index]; index++) {
        const struct verb *verb = verb_table[index];
        fprintf(stream, "complete -c spillscope -f -n __fish_use_subcommand -a %s -d ", verb->name);
        put_single_quoted(verb->summary, stream);
        fputc('\n', stream);
        if (verb->word_choices) {
            fprintf(stream, "complete -c spillscope -n '__fish_seen_subcommand_from %s' -a '", verb->name);
            put_word_choices(verb, stream);
            fputs("'\n", stream);
        }
        for (const struct verb_option *option = verb->options; option && option->name; option++) {
            fprintf(stream, "complete -c spillscope -n '__fish_seen_subcommand_from %s' -l %s ", verb->name, option->name);
            if (option->letter) {
                fprintf(stream, "-s %c ", option->letter);
            }
            if (option_choices(option)) {
                fputs("-x -a '", stream);
                put_choices(option_choices(option), stream);
                fputs("' ", stream);
            } else if (option->argument) {
                fputs("-r -F ", stream);
            }
            fputs("-d ", stream);
            put_single_quoted(option->help, stream);
            fputc('\n', stream);
        }
    }
}

struct error *help_completion(const char *shell, FILE *stream) {
    static const struct {
        const char *shell;
        void (*print)(FILE *stream);
    } shells[] = {{"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};
    for (size_t index = 0; index < sizeof shells / sizeof shells[0]; index++) {
        if (strcmp(shells[index].shell, shell) == 0) {
            shells[index].print(stream);
            return NULL;
        }
    }
    return error_create(ERROR_USAGE, "completion for \"%s\": there is bash, zsh and fish", shell);
}
