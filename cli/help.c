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

#define WIDTH 80         /* of help texts: what a terminal has at least */
#define OPTION_COLUMN 26 /* where an option's help begins */

/* How long the word at `text` is; `groups`: what stands in brackets is one word. */
static size_t word_length(const char *text, bool groups) {
    size_t length = 0;
    for (int depth = 0; text[length] && (depth > 0 || !strchr(" \n", text[length])); length++) {
        depth += !groups ? 0 : (text[length] == '[' || text[length] == '(') - (text[length] == ']' || text[length] == ')');
    }
    return length;
}

/* Prints words from column `column` on, and at `indent` where the line is full. Line breaks count as blanks, but an empty line ends a paragraph. */
static void put_wrapped(const char *text, size_t column, size_t indent, bool groups, FILE *stream) {
    bool fresh = true; /* no word on this line yet */
    for (const char *at = text; *at;) {
        size_t blanks = strspn(at, " \n");
        const char *end_of_line = memchr(at, '\n', blanks);
        if (end_of_line && memchr(end_of_line + 1, '\n', blanks - (size_t)(end_of_line + 1 - at))) {
            fprintf(stream, "\n\n%*s", (int)indent, "");
            column = indent;
            fresh = true;
        }
        at += blanks;
        size_t length = word_length(at, groups);
        if (!length) {
            break;
        }
        if (!fresh && column + 1 + length > WIDTH) {
            fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
            fresh = true;
        }
        column += (size_t)fprintf(stream, "%s%.*s", fresh ? "" : " ", (int)length, at);
        fresh = false;
        at += length;
    }
    fputc('\n', stream);
}

static void print_option(const struct verb_option *option, FILE *stream) {
    size_t column =
        (size_t)(option->letter ? fprintf(stream, "  -%c, --%s", option->letter, option->name) : fprintf(stream, "      --%s", option->name));
    column += option->argument ? (size_t)fprintf(stream, " %s", option->argument) : 0;
    if (column + 2 > OPTION_COLUMN) {
        fputc('\n', stream);
        column = 0;
    }
    fprintf(stream, "%*s", (int)(OPTION_COLUMN - column), "");
    put_wrapped(option->help, OPTION_COLUMN, OPTION_COLUMN, false, stream);
}

void help_verb(const struct verb *verb, FILE *stream) {
    size_t column = (size_t)fprintf(stream, "usage: spillscope %s ", verb->name);
    put_wrapped(verb->usage, column, 8, true, stream);
    fputc('\n', stream);
    put_wrapped(verb->description, 0, 0, false, stream);
    if (verb->options && verb->options[0].name) {
        fputs("\noptions:\n", stream);
        for (const struct verb_option *option = verb->options; option->name; option++) {
            print_option(option, stream);
        }
    }
    if (verb->example) {
        fputs(strchr(verb->example, '\n') ? "\nexamples:\n" : "\nexample:\n", stream);
        for (const char *line = verb->example; *line; line += strcspn(line, "\n"), line += *line == '\n') {
            line += strspn(line, " ");
            fprintf(stream, "  %.*s\n", (int)strcspn(line, "\n"), line);
        }
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
