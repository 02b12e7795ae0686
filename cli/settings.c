#include "settings.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arguments.h"
#include "spillscope/manifest_reader.h"
#include "spillscope/scope.h"
#include "spillscope/text.h"

#define SETTINGS_FILE_MAX (1 << 20) /* bytes: anything larger is no configuration */
#define SETTINGS_NAME_MAX 64

struct entry {
    char *verb; /* "" = of every verb that has the option */
    char *key;
    char *value;
    char *resolved; /* the value as a path, relative ones taken from the file's directory */
    int line;
};

struct settings {
    const struct verb *const *table;
    char *path;
    struct entry *entries;
    size_t count;
    char variable[SETTINGS_NAME_MAX]; /* name of the variable that was looked up last */
};

void settings_destroy(struct settings *settings) {
    if (!settings) {
        return;
    }
    for (size_t index = 0; index < settings->count; index++) {
        free(settings->entries[index].verb);
        free(settings->entries[index].key);
        free(settings->entries[index].value);
        free(settings->entries[index].resolved);
    }
    free(settings->entries);
    free(settings->path);
    free(settings);
}

const char *settings_path(const struct settings *settings) {
    return settings->path;
}

static const struct verb_option *option_find(const struct verb *verb, const char *name) {
    for (const struct verb_option *option = verb->options; option && option->name; option++) {
        if (strcmp(option->name, name) == 0) {
            return option;
        }
    }
    return NULL;
}

/* Refuses what no verb knows; says what it may have meant. `section` "" = any verb. */
static struct error *setting_check(const struct settings *settings, const struct manifest_setting *setting) {
    const char *near[512];
    size_t count = 0;
    bool verb_known = !setting->section[0];
    for (const struct verb *const *verb = settings->table; *verb; verb++) {
        if (setting->section[0] && strcmp((*verb)->name, setting->section) != 0) {
            continue;
        }
        verb_known = true;
        if (!setting->key[0] || option_find(*verb, setting->key)) {
            return NULL;
        }
        for (const struct verb_option *option = (*verb)->options; option && option->name && count < sizeof near / sizeof *near; option++) {
            near[count++] = option->name;
        }
    }
    if (!verb_known) {
        return error_create(ERROR_USAGE, "%s:%d: there is no verb %s: sections are named after verbs", settings->path, setting->line,
                            setting->section);
    }
    const char *nearest = arguments_nearest(setting->key, near, count);
    return error_create(ERROR_USAGE, "%s:%d: %s has no option %s%s%s%s", settings->path, setting->line,
                        setting->section[0] ? setting->section : "no verb", setting->key, nearest ? ": did you mean " : "", nearest ? nearest : "",
                        nearest ? "?" : "");
}

static struct error *setting_visit(void *context, const struct manifest_setting *setting) {
    struct settings *settings = context;
    if (setting->name[0]) {
        return error_create(ERROR_USAGE, "%s:%d: a section is one verb: [%s]", settings->path, setting->line, setting->section);
    }
    struct error *error = setting_check(settings, setting);
    if (error || !setting->key[0]) {
        return error;
    }
    struct entry *grown = realloc(settings->entries, (settings->count + 1) * sizeof *grown);
    if (!grown) {
        return error_out_of_memory();
    }
    settings->entries = grown;
    const char *slash = strrchr(settings->path, '/');
    int folder = slash ? (int)(slash - settings->path) : 0;
    /* .spillscope/config speaks of the directory that holds .spillscope/. */
    static const char inner[] = "/.spillscope";
    if (folder >= (int)sizeof inner - 1 && strncmp(settings->path + folder - (sizeof inner - 1), inner, sizeof inner - 1) == 0) {
        folder -= (int)sizeof inner - 1;
    }
    struct entry *entry = &grown[settings->count];
    *entry = (struct entry){.verb = strdup(setting->section), .key = strdup(setting->key), .value = strdup(setting->value), .line = setting->line};
    bool as_it_is = setting->value[0] == '/' || !slash || strcmp(setting->value, "-") == 0;
    int length =
        as_it_is ? asprintf(&entry->resolved, "%s", setting->value) : asprintf(&entry->resolved, "%.*s/%s", folder, settings->path, setting->value);
    settings->count++;
    if (length < 0) {
        entry->resolved = NULL;
    }
    return length < 0 || !entry->verb || !entry->key || !entry->value ? error_out_of_memory() : NULL;
}

/* The nearest file upwards; *out_path NULL = none. */
static struct error *file_find(char **out_path) {
    char folder[PATH_MAX];
    const char *given = getenv("SPILLSCOPE_CONFIG");
    if (given && *given) {
        *out_path = strdup(given);
        return *out_path ? NULL : error_out_of_memory();
    }
    if (!getcwd(folder, sizeof folder)) {
        return NULL; /* a directory that is gone has no configuration */
    }
    for (;;) {
        static const char *const names[] = {"/.spillscope", "/.spillscope/config"};
        for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
            char *path = NULL;
            struct stat status;
            if (asprintf(&path, "%s%s", strcmp(folder, "/") == 0 ? "" : folder, names[index]) < 0) {
                return error_out_of_memory();
            }
            if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
                *out_path = path;
                return NULL;
            }
            free(path);
        }
        char *slash = strrchr(folder, '/');
        if (!slash || strcmp(folder, "/") == 0) {
            return NULL;
        }
        slash[slash == folder ? 1 : 0] = '\0';
    }
}

static struct error *file_read(const char *path, struct text *text) {
    FILE *file SCOPE_FCLOSE = fopen(path, "re");
    if (!file) {
        return error_create_errno("cannot read the configuration %s", path);
    }
    char block[4096];
    size_t count;
    while ((count = fread(block, 1, sizeof block, file)) > 0) {
        text_append_bytes(text, block, count);
        if (text->length > SETTINGS_FILE_MAX) {
            return error_create(ERROR_USAGE, "%s is larger than 1 MB: that is no configuration", path);
        }
    }
    if (ferror(file)) {
        return error_create_errno("cannot read the configuration %s", path);
    }
    return text->failed ? error_out_of_memory() : NULL;
}

struct error *settings_load(const struct verb *const *table, struct settings **out_settings) {
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    struct settings *settings = calloc(1, sizeof *settings);
    if (!settings) {
        return error_out_of_memory();
    }
    settings->table = table;
    struct error *error = file_find(&settings->path);
    if (!error && settings->path) {
        error = file_read(settings->path, &text);
    }
    if (!error && settings->path) {
        error = manifest_read(text_string(&text), settings->path, setting_visit, settings);
    }
    if (error) {
        settings_destroy(settings);
        return error;
    }
    *out_settings = settings;
    return NULL;
}

/* "" for yes, NULL for no. */
static struct error *flag_read(const struct setting *setting, const char *name, const char **out_value, bool *out_known) {
    static const char *const yes[] = {"yes", "true", "on", "1"};
    static const char *const no[] = {"no", "false", "off", "0"};
    for (size_t index = 0; index < sizeof yes / sizeof *yes; index++) {
        if (strcasecmp(setting->value, yes[index]) == 0 || strcasecmp(setting->value, no[index]) == 0) {
            *out_known = strcasecmp(setting->value, yes[index]) == 0;
            *out_value = "";
            return NULL;
        }
    }
    return setting->origin == SETTING_FILE
               ? error_create(ERROR_USAGE, "%s:%d: %s is yes or no, not \"%s\"", setting->place, setting->line, name, setting->value)
               : error_create(ERROR_USAGE, "%s is yes or no, not \"%s\"", setting->place, setting->value);
}

static const char *environment_find(struct settings *settings, const char *name) {
    snprintf(settings->variable, sizeof settings->variable, "SPILLSCOPE_%s", name);
    for (char *letter = settings->variable; *letter; letter++) {
        int capital = *letter == '-' ? '_' : toupper((unsigned char)*letter);
        *letter = (char)capital;
    }
    const char *value = getenv(settings->variable);
    return value && *value ? value : NULL;
}

/* The entry at `index` of the verb's own section, or of the common part when the section has none. */
static const struct entry *entry_find(const struct settings *settings, const char *verb, const char *key, size_t index) {
    const char *sections[] = {verb, ""};
    for (size_t section = 0; section < 2; section++) {
        bool any = false;
        size_t left = index;
        for (size_t at = 0; at < settings->count; at++) {
            const struct entry *entry = &settings->entries[at];
            if (strcmp(entry->verb, sections[section]) == 0 && strcmp(entry->key, key) == 0) {
                any = true;
                if (left-- == 0) {
                    return entry;
                }
            }
        }
        if (any) {
            return NULL;
        }
    }
    return NULL;
}

static bool is_path(const struct verb_option *option) {
    return option->argument &&
           (strncmp(option->argument, "FILE", 4) == 0 || strncmp(option->argument, "DIR", 3) == 0 || strncmp(option->argument, "BUILD", 5) == 0);
}

struct error *settings_find(struct settings *settings, const struct verb *verb, const struct verb_option *option, size_t index,
                            struct setting *out_setting, bool *out_found) {
    struct setting setting = {.origin = SETTING_ENVIRONMENT, .place = settings->variable, .value = environment_find(settings, option->name)};
    bool found = setting.value && index == 0;
    if (!setting.value) {
        const struct entry *entry = entry_find(settings, verb->name, option->name, index);
        found = entry != NULL;
        if (entry) {
            const char *value = is_path(option) ? entry->resolved : entry->value;
            setting = (struct setting){.origin = SETTING_FILE, .place = settings->path, .line = entry->line, .value = value};
        }
    }
    struct error *error = found && !option->argument ? flag_read(&setting, option->name, &setting.value, &found) : NULL;
    if (!error) {
        *out_found = found;
        if (found) {
            *out_setting = setting;
        }
    }
    return error;
}
