#include "help.h"

#include <string.h>

#include "arguments.h"

const struct verb *verb_find(const char *name) {
    for (size_t index = 0; verb_table[index]; index++) {
        if (strcmp(verb_table[index]->name, name) == 0) {
            return verb_table[index];
        }
    }
    return NULL;
}

const char *verb_nearest(const char *name) {
    const char *names[64];
    size_t count = 0;
    for (; verb_table[count] && count < 64; count++) {
        names[count] = verb_table[count]->name;
    }
    return arguments_nearest(name, names, count);
}

struct error *verb_unknown(const char *name) {
    const char *nearest = verb_nearest(name);
    return nearest ? error_create(ERROR_USAGE, "no such verb: %s: did you mean %s?", name, nearest)
                   : error_create(ERROR_USAGE, "no such verb: %s; spillscope help lists them", name);
}

void help_overview(FILE *stream) {
    fputs("usage: spillscope VERB [OPTION...]\n\n"
          "Finds, measures and gates state spill in C kernels: what does a call leave behind, and who put it there?\n\n",
          stream);
    for (size_t index = 0; verb_table[index]; index++) {
        fprintf(stream, "  %-12s %s\n", verb_table[index]->name, verb_table[index]->summary);
    }
    fputs("\nexamples:\n"
          "  spillscope analyze -p build --manifest kernel.manifest --db kernel.db && spillscope whitelist --db kernel.db\n"
          "  spillscope probe --db kernel.db --elf kernel.elf -- qemu-system-x86_64 -kernel kernel.elf && spillscope spills --db kernel.db\n\n"
          "spillscope help VERB tells more. Exit codes: 0 pass, 1 the gate says no, 2 usage or tool error, 3 incomplete.\n",
          stream);
}

static void print_option(const struct verb_option *option, FILE *stream) {
    char left[64];
    int length = option->letter ? snprintf(left, sizeof left, "-%c, --%s", option->letter, option->name)
                                : snprintf(left, sizeof left, "    --%s", option->name);
    if (option->argument && length > 0 && (size_t)length < sizeof left) {
        snprintf(left + length, sizeof left - (size_t)length, " %s", option->argument);
    }
    fprintf(stream, "  %-28s %s\n", left, option->help);
}

void help_verb(const struct verb *verb, FILE *stream) {
    fprintf(stream, "usage: spillscope %s %s\n\n%s\n", verb->name, verb->usage, verb->description);
    if (verb->options && verb->options[0].name) {
        fputs("\noptions:\n", stream);
        for (const struct verb_option *option = verb->options; option->name; option++) {
            print_option(option, stream);
        }
    }
    if (verb->example) {
        fprintf(stream, "\nexample:\n%s\n", verb->example);
    }
}

/* scdoc takes '_' and '*' for markup, and what begins a line for a list, a table or a heading: a backslash makes them text. */
static void put_scdoc(const char *text, FILE *stream) {
    for (const char *at = text; *at; at++) {
        bool begins_line = at > text && at[-1] == '\n';
        if (strchr("_*\\#~<>[]", *at) || (begins_line && strchr("-.|", *at))) {
            fputc('\\', stream);
        }
        fputc(*at, stream);
    }
}

/* What both kinds of pages end with. */
static void man_end(FILE *stream) {
    fputs("\n# EXIT STATUS\n\n0 pass, 1 the gate says no, 2 usage or tool error, 3 incomplete.\n"
          "\n# ENVIRONMENT\n\n*SPILLSCOPE\\_OPTION*\n\tthe value of --option where the command line gives none, for every verb that has it "
          "(*SPILLSCOPE\\_DB*)\n\n"
          "*SPILLSCOPE\\_CONFIG*\n\tthe configuration file, instead of *.spillscope* found upwards from the current directory\n\n"
          "*SPILLSCOPE\\_PAGER*, *PAGER*\n\twhat shows long output on a terminal; empty or *cat* for none\n\n"
          "*NO\\_COLOR*\n\tno colours\n\n"
          "*SPILLSCOPE\\_FACTS*, *SPILLSCOPE\\_RECORDER\\_PLUGIN*, *SPILLSCOPE\\_CAPTURE\\_PLUGIN*, *SPILLSCOPE\\_DOT*\n\tother places of the "
          "frontend, the "
          "plugins for QEMU and Graphviz' dot\n\n"
          "*SOURCE\\_DATE\\_EPOCH*\n\tthe time that results bear\n\n"
          "*TMPDIR*\n\twhere recordings lie during a run\n",
          stream);
}

static void man_overview(FILE *stream) {
    fputs(
        "spillscope(1)\n\n# NAME\n\nspillscope - finds, measures and gates state spill in C kernels\n"
        "\n# SYNOPSIS\n\n*spillscope* _VERB_ \\[_OPTION_...\\]\n"
        "\n# DESCRIPTION\n\nState spill is a lasting change in one entity's state caused by handling another's request. Each verb has a page of its "
        "own:\n",
        stream);
    for (size_t index = 0; verb_table[index]; index++) {
        fprintf(stream, "\n*spillscope-%s*(1)\n\t", verb_table[index]->name);
        put_scdoc(verb_table[index]->summary, stream);
        fputc('\n', stream);
    }
    man_end(stream);
}

void help_man(const struct verb *verb, FILE *stream) {
    if (!verb) {
        man_overview(stream);
        return;
    }
    fprintf(stream, "spillscope-%s(1)\n\n# NAME\n\nspillscope-%s - ", verb->name, verb->name);
    put_scdoc(verb->summary, stream);
    fprintf(stream, "\n\n# SYNOPSIS\n\n*spillscope %s* ", verb->name);
    put_scdoc(verb->usage, stream);
    fputs("\n\n# DESCRIPTION\n\n", stream);
    put_scdoc(verb->description, stream);
    fputs("\n\n# OPTIONS\n", stream);
    for (const struct verb_option *option = verb->options; option && option->name; option++) {
        fprintf(stream, "\n*--%s*", option->name);
        if (option->letter) {
            fprintf(stream, ", *-%c*", option->letter);
        }
        if (option->argument) {
            fputs(" _", stream);
            put_scdoc(option->argument, stream);
            fputs("_", stream);
        }
        fputs("\n\t", stream);
        put_scdoc(option->help, stream);
        fputs("\n", stream);
    }
    fputs("\n*--help*, *-h*\n\tprint help and exit\n", stream);
    if (verb->example) {
        fputs("\n# EXAMPLE\n", stream);
        for (const char *line = verb->example; *line; line += strcspn(line, "\n"), line += *line == '\n') {
            size_t blanks = strspn(line, " ");
            fprintf(stream, "\n```\n%.*s\n```\n", (int)(strcspn(line, "\n") - blanks), line + blanks);
        }
    }
    man_end(stream);
}

static void completion_bash(FILE *stream) {
    fputs("_spillscope() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} words\n"
          "    case ${COMP_WORDS[1]} in\n",
          stream);
    for (size_t index = 0; verb_table[index]; index++) {
        fprintf(stream, "    %s) words=\"--help", verb_table[index]->name);
        for (const struct verb_option *option = verb_table[index]->options; option && option->name; option++) {
            fprintf(stream, " --%s", option->name);
        }
        fputs("\" ;;\n", stream);
    }
    fputs("    esac\n    [ \"$COMP_CWORD\" -gt 1 ] || words=\"", stream);
    for (size_t index = 0; verb_table[index]; index++) {
        fprintf(stream, "%s%s", index ? " " : "", verb_table[index]->name);
    }
    fputs("\"\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
          "}\ncomplete -o default -F _spillscope spillscope\n",
          stream);
}

static void put_single_quoted(const char *text, FILE *stream) {
    fputc('\'', stream);
    for (; *text; text++) {
        fputs(*text == '\'' ? "'\\''" : (char[]){*text, '\0'}, stream);
    }
    fputc('\'', stream);
}

static void completion_zsh(FILE *stream) {
    fputs("#compdef spillscope\n_spillscope() {\n    if (( CURRENT == 2 )); then\n        local -a verbs=(", stream);
    for (size_t index = 0; verb_table[index]; index++) {
        fprintf(stream, "%s ", verb_table[index]->name);
    }
    fputs(")\n        compadd -a verbs\n        return\n    fi\n    case $words[2] in\n", stream);
    for (size_t index = 0; verb_table[index]; index++) {
        fprintf(stream, "    %s) compadd -- --help", verb_table[index]->name);
        for (const struct verb_option *option = verb_table[index]->options; option && option->name; option++) {
            fprintf(stream, " --%s", option->name);
        }
        fputs(" ;;\n", stream);
    }
    fputs("    esac\n    _files\n}\n_spillscope \"$@\"\n", stream);
}

static void completion_fish(FILE *stream) {
    for (size_t index = 0; verb_table[index]; index++) {
        const struct verb *verb = verb_table[index];
        fprintf(stream, "complete -c spillscope -n __fish_use_subcommand -a %s -d ", verb->name);
        put_single_quoted(verb->summary, stream);
        fputc('\n', stream);
        for (const struct verb_option *option = verb->options; option && option->name; option++) {
            fprintf(stream, "complete -c spillscope -n '__fish_seen_subcommand_from %s' -l %s %s-d ", verb->name, option->name,
                    option->argument ? "-r " : "");
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
