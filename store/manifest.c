#include "spillscope/manifest_reader.h"
#include "store_internal.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spillscope/text.h"

/* What a manifest may say (docs/manifest.md); anything else is a mistake that must not pass unseen. */
static const struct {
    const char *section;
    bool named;
    const char *keys; /* separated and enclosed by blanks */
} grammar[] = {
    {"kernel", false, " name source_root configuration slide calls "},
    {"entity", true, " path role contract "},
    {"transactions", false, " entry exit client table dispatch find begin end "},
    {"allocator", true, " effect size count order pointer type "},
    {"watch", true, " effect size size_of count order pointer results handle "},
    {"stacks", false, " struct base size boot variable object current "},
    {"switch", false, " function fresh "},
    {"interrupts", false, " entry pushed exception "},
    {"pagetables", false, " root "},
    {"percpu", false, " start end offsets blocks count "},
    {"pages", false, " records type direct "},
    {"objects", false, " reader list load unload "},
    {"thread_entry", false, " call "},
    {"model", false, " file "},
    {"group", true, " first middle last "},
    {"litmus", false, " done error crash result "},
    {"declare", true, " kind reason value "},
};

struct loader {
    struct store *store;
    const char *file;    /* of the manifest, for messages */
    char root[PATH_MAX]; /* directory that source_root is relative to, then source_root itself */
    struct query *insert_setting;
    struct query *insert_entity;
    struct query *insert_declaration;
    /* the declaration being read: complete when the next section begins */
    struct text pattern, kind, reason, value;
    int declaration_line;
};

static void loader_deinit(struct loader *loader) {
    query_destroy(loader->insert_setting);
    query_destroy(loader->insert_entity);
    query_destroy(loader->insert_declaration);
    text_deinit(&loader->pattern);
    text_deinit(&loader->kind);
    text_deinit(&loader->reason);
    text_deinit(&loader->value);
}

static struct error *check_entity(const char *file, const struct manifest_setting *setting) {
    if (strcmp(setting->key, "role") == 0 && !strstr(" server client base outside ", setting->value)) {
        return error_create(ERROR_USAGE, "%s:%d: role \"%s\" is none of: server client base outside", file, setting->line, setting->value);
    }
    if (strcmp(setting->key, "contract") == 0 && strcmp(setting->value, "spill-free") != 0) {
        return error_create(ERROR_USAGE, "%s:%d: contract \"%s\" is not known: spill-free is", file, setting->line, setting->value);
    }
    return NULL;
}

struct error *manifest_check_setting(const char *file, const struct manifest_setting *setting) {
    for (size_t index = 0; index < sizeof grammar / sizeof grammar[0]; index++) {
        if (strcmp(grammar[index].section, setting->section) != 0) {
            continue;
        }
        if (grammar[index].named != (setting->name[0] != '\0')) {
            return error_create(ERROR_USAGE, "%s:%d: section [%s] %s a name", file, setting->line, setting->section,
                                grammar[index].named ? "lacks" : "takes no");
        }
        char wanted[64];
        snprintf(wanted, sizeof wanted, " %s ", setting->key);
        if (setting->key[0] && !strstr(grammar[index].keys, wanted)) {
            return error_create(ERROR_USAGE, "%s:%d: [%s] knows no key \"%s\"; it takes:%s", file, setting->line, setting->section, setting->key,
                                grammar[index].keys);
        }
        return strcmp(setting->section, "entity") == 0 ? check_entity(file, setting) : NULL;
    }
    return error_create(ERROR_USAGE, "%s:%d: unknown section [%s]", file, setting->line, setting->section);
}

static struct error *finish_declaration(struct loader *loader) {
    if (!loader->pattern.length) {
        return NULL;
    }
    if (!loader->kind.length || !loader->reason.length) {
        return error_create(ERROR_USAGE, "%s:%d: [declare %s] needs a kind and a reason", loader->file, loader->declaration_line,
                            text_string(&loader->pattern));
    }
    query_bind_text(loader->insert_declaration, 1, text_string(&loader->pattern));
    query_bind_text(loader->insert_declaration, 2, text_string(&loader->kind));
    query_bind_text(loader->insert_declaration, 3, loader->value.length ? text_string(&loader->value) : NULL);
    query_bind_text(loader->insert_declaration, 4, text_string(&loader->reason));
    struct error *error = query_run(loader->insert_declaration);
    text_clear(&loader->pattern);
    return error_wrap(error, "%s:%d: [declare]", loader->file, loader->declaration_line);
}

static struct error *read_declaration(struct loader *loader, const struct manifest_setting *setting) {
    struct error *error = NULL;
    if (strcmp(text_string(&loader->pattern), setting->name) != 0) {
        error = finish_declaration(loader);
        text_clear(&loader->kind);
        text_clear(&loader->reason);
        text_clear(&loader->value);
        text_clear(&loader->pattern);
        text_append(&loader->pattern, setting->name);
        loader->declaration_line = setting->line;
    }
    static const char kinds[] = " soft unavoidable exempt multi-client owner pattern ";
    char wanted[32];
    snprintf(wanted, sizeof wanted, " %s ", setting->value);
    if (!error && strcmp(setting->key, "kind") == 0 && !strstr(kinds, wanted)) {
        return error_create(ERROR_USAGE, "%s:%d: kind \"%s\" is none of:%s", loader->file, setting->line, setting->value, kinds);
    }
    struct text *field = strcmp(setting->key, "kind") == 0 ? &loader->kind : strcmp(setting->key, "reason") == 0 ? &loader->reason : &loader->value;
    text_clear(field);
    text_append(field, setting->value);
    return error;
}

static struct error *read_entity(struct loader *loader, const struct manifest_setting *setting) {
    bool is_role = strcmp(setting->key, "role") == 0;
    if (strcmp(setting->key, "path") == 0) {
        char path[2 * PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", loader->root, setting->value);
        if (access(path, F_OK) != 0) {
            return error_create(ERROR_USAGE, "%s:%d: entity %s: no such file or directory: %s", loader->file, setting->line, setting->name,
                                setting->value);
        }
    }
    query_bind_text(loader->insert_entity, 1, setting->name);
    query_bind_text(loader->insert_entity, 2, is_role ? setting->value : NULL);
    return query_run(loader->insert_entity);
}

static struct error *read_kernel(struct loader *loader, const struct manifest_setting *setting) {
    if (strcmp(setting->key, "source_root") == 0) {
        char path[2 * PATH_MAX];
        snprintf(path, sizeof path, setting->value[0] == '/' ? "%.0s%s" : "%s/%s", loader->root, setting->value);
        if (!realpath(path, loader->root)) {
            return error_create(ERROR_USAGE, "%s:%d: source_root: %s: %s", loader->file, setting->line, setting->value, strerror(errno));
        }
        return store_meta_set(loader->store, "source_root", loader->root);
    }
    if (strcmp(setting->key, "calls") == 0 && strcmp(setting->value, "any") != 0 && strcmp(setting->value, "typed") != 0) {
        return error_create(ERROR_USAGE, "%s:%d: calls \"%s\" is neither any nor typed", loader->file, setting->line, setting->value);
    }
    const char *key = strcmp(setting->key, "name") == 0 ? "kernel" : setting->key;
    return key[0] ? store_meta_set(loader->store, key, setting->value) : NULL;
}

static struct error *load_setting(void *context, const struct manifest_setting *setting) {
    struct loader *loader = context;
    struct error *error = manifest_check_setting(loader->file, setting);
    if (!error && strcmp(setting->section, "declare") != 0) {
        error = finish_declaration(loader);
    }
    if (error) {
        return error;
    }
    if (strcmp(setting->section, "declare") == 0) {
        error = read_declaration(loader, setting);
    } else if (strcmp(setting->section, "entity") == 0) {
        error = read_entity(loader, setting);
    } else if (strcmp(setting->section, "kernel") == 0) {
        error = read_kernel(loader, setting);
    }
    if (error || !setting->key[0]) {
        return error;
    }
    query_bind_text(loader->insert_setting, 1, setting->section);
    query_bind_text(loader->insert_setting, 2, setting->name);
    query_bind_text(loader->insert_setting, 3, setting->key);
    query_bind_text(loader->insert_setting, 4, setting->value);
    query_bind_int(loader->insert_setting, 5, setting->line);
    return query_run(loader->insert_setting);
}

struct error *manifest_read_file(const char *path, char **out_text) {
    FILE *file SCOPE_FCLOSE = fopen(path, "re");
    if (!file) {
        return error_create_errno("cannot open manifest %s", path);
    }
    struct text text = {0};
    char buffer[4096];
    size_t count;
    while ((count = fread(buffer, 1, sizeof buffer, file)) > 0) {
        text_append_bytes(&text, buffer, count);
    }
    if (ferror(file)) {
        text_deinit(&text);
        return error_create_errno("cannot read manifest %s", path);
    }
    return text_take(&text, out_text);
}

static struct error *loader_prepare(struct loader *loader, const char *path) {
    if (!realpath(path, loader->root)) {
        return error_create_errno("cannot open manifest %s", path);
    }
    dirname(loader->root);
    struct error *error = store_execute(loader->store, "DELETE FROM manifest; DELETE FROM declaration");
    if (!error) {
        error = store_meta_set(loader->store, "source_root", loader->root);
    }
    if (!error) {
        error = store_prepare(loader->store, "INSERT INTO manifest (section, name, key, value, line) VALUES (?1, ?2, ?3, ?4, ?5)",
                              &loader->insert_setting);
    }
    if (!error) {
        error = store_prepare(loader->store,
                              "INSERT INTO entity (name, role, origin) VALUES (?1, coalesce(?2, 'server'), 'manifest') "
                              "ON CONFLICT (name) DO UPDATE SET role = coalesce(?2, role), origin = 'manifest'",
                              &loader->insert_entity);
    }
    if (!error) {
        error = store_prepare(loader->store, "INSERT INTO declaration (pattern, kind, value, reason) VALUES (?1, ?2, ?3, ?4)",
                              &loader->insert_declaration);
    }
    return error;
}

struct error *store_load_manifest(struct store *store, const char *path) {
    char *text SCOPE_FREE = NULL;
    struct error *error = manifest_read_file(path, &text);
    if (error) {
        return error;
    }
    struct loader loader __attribute__((cleanup(loader_deinit))) = {.store = store, .file = path};
    error = store_execute(store, "SAVEPOINT manifest");
    if (error) {
        return error;
    }
    error = loader_prepare(&loader, path);
    if (!error) {
        error = manifest_read(text, path, load_setting, &loader);
    }
    if (!error) {
        error = finish_declaration(&loader);
    }
    if (error) {
        error_destroy(store_execute(store, "ROLLBACK TO manifest; RELEASE manifest"));
        return error;
    }
    return store_execute(store, "RELEASE manifest");
}
