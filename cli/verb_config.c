#include <stdio.h>
#include <string.h>

#include "help.h"
#include "settings.h"
#include "spillscope/text.h"

static void setting_text(struct text *text, const char *verb, const char *option, const struct setting *setting, bool origin) {
    text_append_format(text, "%s.%s = %s", verb, option, setting->value[0] ? setting->value : "yes");
    if (origin && setting->origin == SETTING_FILE) {
        text_append_format(text, "\t%s:%d", setting->place, setting->line);
    } else if (origin) {
        text_append_format(text, "\tenvironment %s", setting->place);
    }
    text_append_char(text, '\n');
}

static void setting_json(struct text *text, const char *verb, const char *option, const struct setting *setting, bool first) {
    text_append(text, first ? "\n{\"verb\":" : ",\n{\"verb\":");
    text_append_json_string(text, verb);
    text_append(text, ",\"option\":");
    text_append_json_string(text, option);
    text_append(text, ",\"value\":");
    text_append_json_string(text, setting->value[0] ? setting->value : "yes");
    text_append_format(text, ",\"origin\":\"%s\",\"place\":", setting->origin == SETTING_FILE ? "file" : "environment");
    text_append_json_string(text, setting->place);
    text_append_format(text, setting->origin == SETTING_FILE ? ",\"line\":%d}" : ",\"line\":null}", setting->line);
}

/* All options of one verb that are set outside the command line. */
static struct error *verb_print(struct settings *settings, const struct verb *verb, const struct arguments *arguments, struct text *text,
                                bool *first) {
    struct error *error = NULL;
    for (const struct verb_option *option = verb->options; !error && option && option->name; option++) {
        struct setting setting;
        bool found = true;
        for (size_t index = 0; !error && found; index++) {
            error = settings_find(settings, verb, option, index, &setting, &found);
            if (error || !found) {
                break;
            }
            if (arguments_flag(arguments, "json")) {
                setting_json(text, verb->name, option->name, &setting, *first);
            } else {
                setting_text(text, verb->name, option->name, &setting, arguments_flag(arguments, "show-origin"));
            }
            *first = false;
            found = option->argument != NULL; /* a flag is not repeated */
        }
    }
    return error;
}

static struct error *config_perform(const struct arguments *arguments, struct settings *settings) {
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    const char *name = arguments_at(arguments, 0);
    bool json = arguments_flag(arguments, "json");
    bool first = true;
    struct error *error = NULL;
    if (name && !verb_find(name)) {
        return verb_unknown(name);
    }
    if (json) {
        text_append(&text, "{\"schema_version\":1,\"file\":");
        if (settings_path(settings)) {
            text_append_json_string(&text, settings_path(settings));
        } else {
            text_append(&text, "null");
        }
        text_append(&text, ",\"options\":[");
    }
    for (size_t index = 0; !error && verb_table[index]; index++) {
        if (!name || strcmp(verb_table[index]->name, name) == 0) {
            error = verb_print(settings, verb_table[index], arguments, &text, &first);
        }
    }
    if (json) {
        text_append(&text, "\n]}\n");
    }
    if (!error && text.failed) {
        error = error_out_of_memory();
    }
    if (!error) {
        fputs(text_string(&text), stdout);
        if (!json && first) {
            fprintf(stderr, "no option is set: %s%s\n",
                    settings_path(settings) ? settings_path(settings) : "there is no .spillscope file here or above",
                    settings_path(settings) ? " sets none, nor does the environment" : ", and no SPILLSCOPE_OPTION in the environment");
        }
    }
    return error;
}

static int run(const struct arguments *arguments) {
    struct settings *settings = NULL;
    struct error *error = settings_load(verb_table, &settings);
    if (!error) {
        error = config_perform(arguments, settings);
    }
    settings_destroy(settings);
    return verb_finish("config", error);
}

static const struct verb_option options[] = {
    {"show-origin", 0, NULL, "print beside each value the file and line, or the variable, that sets it"},
    {"json", 0, NULL, "print JSON"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_config = {
    .name = "config",
    .summary = "show which options are set outside the command line",
    .usage = "[VERB] [--show-origin] [--json]",
    .description = "Prints each option that the environment or a configuration file sets, as VERB.OPTION = VALUE. The command line beats the\n"
                   "environment (SPILLSCOPE_DB for --db), which beats the file: the first .spillscope or .spillscope/config found upwards\n"
                   "from the current directory, or what SPILLSCOPE_CONFIG names. docs/config.md tells its syntax.",
    .example = "  spillscope config --show-origin\n  spillscope config analyze --json",
    .options = options,
    .paged = true,
    .ignores_settings = true,
    .words = 1,
    .word_choices = VERB_CHOICES_VERBS,
    .run = run,
};
