#include "model.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "spillscope/scope.h"

const struct model *models_find(const struct models *models, const char *name) {
    uint32_t found = names_find(&models->names, name);
    return found != MAP_NONE ? &models->items.items[found] : NULL;
}

static struct model model_empty(const char *name) {
    return (struct model){.name = name,
                          .size = MODEL_NO_ARGUMENT,
                          .copies_to = MODEL_NO_ARGUMENT,
                          .copies_from = MODEL_NO_ARGUMENT,
                          .returns = MODEL_NO_ARGUMENT,
                          .allocation_size = MODEL_NO_ARGUMENT,
                          .allocation_count = MODEL_NO_ARGUMENT,
                          .frees = MODEL_NO_ARGUMENT,
                          .calls = MODEL_NO_ARGUMENT};
}

struct model *models_add(struct models *models, const char *name) {
    uint32_t index = names_intern(models->arena, &models->names, name);
    if (index == models->items.count) {
        *VECTOR_ADD(models->arena, &models->items) = model_empty(models->names.strings.items[index]);
    }
    return &models->items.items[index];
}

/* The number after "*" or plain; 0 to 31. */
static bool argument_parse(const char *word, int *out_argument) {
    if (!word) {
        return false;
    }
    if (*word == '*') {
        word++;
    }
    char *end = NULL;
    long value = strtol(word, &end, 10);
    if (end == word || *end || value < 0 || value > 31) {
        return false;
    }
    *out_argument = (int)value;
    return true;
}

/* "VARIABLE", or "struct:TAG.MEMBER" for a member of any object of a type: words end at spaces. */
static struct error *change_parse(struct model *model, char *state, const char *file, unsigned line) {
    if (!state || model->change_count == MODEL_CHANGES) {
        return error_create(ERROR_FORMAT, "%s:%u: model %s: 'changes' wants a state, and at most %d can be named", file, line, model->name,
                            MODEL_CHANGES);
    }
    char *colon = strchr(state, ':');
    if (colon && (strncmp(state, "struct:", 7) != 0 || !colon[1])) {
        return error_create(ERROR_FORMAT, "%s:%u: model %s: '%s' is neither VARIABLE nor struct:TAG or struct:TAG.MEMBER", file, line, model->name,
                            state);
    }
    if (colon) {
        *colon = ' ';
    }
    model->changes[model->change_count++] = state;
    return NULL;
}

static struct error *parse_words(struct model *model, char *rest, const char *file, unsigned line) {
    char *save = NULL;
    int writes_last = MODEL_NO_ARGUMENT;
    uint32_t *with = &model->call_arguments;
    for (char *word = strtok_r(rest, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
        int argument = MODEL_NO_ARGUMENT;
        if (strcmp(word, "pure") == 0) {
            continue;
        }
        if (strcmp(word, "opaque") == 0) {
            model->opaque = true;
            continue;
        }
        if (strcmp(word, "outside") == 0) {
            model->opaque = model->outside = true;
            continue;
        }
        char *next = strtok_r(NULL, " \t", &save);
        if (strcmp(word, "changes") == 0) {
            struct error *error = change_parse(model, next, file, line);
            if (error) {
                return error;
            }
            continue;
        }
        if (strcmp(word, "returns") == 0 && next && strcmp(next, "unknown") == 0) {
            model->returns_unknown = true;
            continue;
        }
        if (strcmp(word, "allocates") == 0 && next && strcmp(next, "?") == 0) {
            model->allocates = true;
            continue;
        }
        bool takes_member = strcmp(word, "writes") == 0 || strcmp(word, "defers") == 0;
        char *member = next && takes_member ? strchr(next, '.') : NULL;
        if (member) {
            *member++ = '\0';
        }
        if (!argument_parse(next, &argument)) {
            return error_create(ERROR_FORMAT, "%s:%u: '%s' of model %s wants an argument number from 0 to 31", file, line, word, model->name);
        }
        if (strcmp(word, "writes") == 0) {
            model->writes |= 1U << argument;
            writes_last = argument;
            if (member) {
                if (model->member_count == MODEL_MEMBERS || !*member) {
                    return error_create(ERROR_FORMAT, "%s:%u: model %s: 1 to %d members can be named", file, line, model->name, MODEL_MEMBERS);
                }
                model->members[model->member_count].argument = argument;
                model->members[model->member_count++].name = member;
            }
        } else if (strcmp(word, "copies") == 0) {
            if (writes_last == MODEL_NO_ARGUMENT && !model->allocates) {
                return error_create(ERROR_FORMAT, "%s:%u: 'copies' of model %s needs a 'writes' or 'allocates' before it", file, line, model->name);
            }
            model->copies_to = writes_last == MODEL_NO_ARGUMENT ? MODEL_RESULT : writes_last;
            model->copies_from = argument;
        } else if (strcmp(word, "size") == 0) {
            model->size = argument;
        } else if (strcmp(word, "escapes") == 0) {
            model->escapes |= 1U << argument;
        } else if (strcmp(word, "returns") == 0) {
            model->returns = argument;
        } else if (strcmp(word, "allocates") == 0) {
            model->allocates = true;
            model->allocation_size = argument;
        } else if (strcmp(word, "times") == 0) {
            model->allocation_count = argument;
        } else if (strcmp(word, "frees") == 0) {
            model->frees = argument;
        } else if (strcmp(word, "calls") == 0) {
            model->calls = argument;
            with = &model->call_arguments;
        } else if (strcmp(word, "with") == 0) {
            *with |= 1U << argument;
        } else if (strcmp(word, "defers") == 0) {
            if (model->deferred_count == MODEL_DEFERRED || (member && !*member)) {
                return error_create(ERROR_FORMAT, "%s:%u: model %s: 1 to %d deferred functions can be named", file, line, model->name,
                                    MODEL_DEFERRED);
            }
            struct model_deferred *deferred = &model->deferred[model->deferred_count++];
            *deferred = (struct model_deferred){.argument = argument, .member = member};
            with = &deferred->arguments;
        } else {
            return error_create(ERROR_FORMAT, "%s:%u: model %s: unknown word '%s'", file, line, model->name, word);
        }
    }
    return NULL;
}

struct error *models_parse(struct models *models, const char *text, const char *file) {
    char *copy = arena_copy(models->arena, text, strlen(text));
    unsigned number = 0;
    for (char *line = copy; line;) {
        char *end = strchr(line, '\n');
        char *following = end ? end + 1 : NULL;
        if (end) {
            *end = '\0';
        }
        number++;
        char *comment = strchr(line, '#');
        if (comment) {
            *comment = '\0';
        }
        char *save = NULL;
        char *name = strtok_r(line, " \t\r", &save);
        if (name) {
            struct model *model = models_add(models, name);
            *model = model_empty(model->name);
            struct error *error = parse_words(model, save, file, number);
            if (error) {
                return error;
            }
        }
        line = following;
    }
    return NULL;
}

struct error *models_read(struct models *models, const char *path) {
    FILE *stream SCOPE_FCLOSE = fopen(path, "re");
    if (!stream) {
        return error_create_errno("cannot open model file %s", path);
    }
    char *text SCOPE_FREE = NULL;
    size_t capacity = 0;
    ssize_t length = getdelim(&text, &capacity, '\0', stream);
    if (length < 0) {
        return ferror(stream) ? error_create_errno("cannot read model file %s", path) : NULL;
    }
    return models_parse(models, text, path);
}

static int is_model(const struct dirent *entry) {
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".model") == 0;
}

struct error *models_read_directory(struct models *models, const char *directory) {
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, is_model, alphasort);
    if (count < 0) {
        return error_create_errno("cannot read the directory of models %s", directory);
    }
    struct error *error = NULL;
    for (int i = 0; i < count; i++) {
        if (!error) {
            error = models_read(models, arena_format(models->arena, "%s/%s", directory, entries[i]->d_name));
        }
        free(entries[i]);
    }
    free(entries);
    return error;
}
