#include "spillscope/groups.h"

void groups_init(struct groups *groups) {
    *groups = (struct groups){.open = VECTOR_OF(struct group_open)};
}

void groups_deinit(struct groups *groups) {
    vector_deinit(&groups->open);
    strings_deinit(&groups->clients);
}

bool groups_failed(const struct groups *groups) {
    return groups->open.failed || groups->clients.failed;
}

enum group_event groups_enter(struct groups *groups, const struct catalog_transaction *kind, const char *client, uint64_t *out_number) {
    *out_number = 0;
    if (!kind->group) {
        return GROUP_NOTHING;
    }
    uint32_t name = strings_intern(&groups->clients, client);
    for (size_t i = 0; i < groups->open.count; i++) {
        struct group_open *open = VECTOR_AT(&groups->open, struct group_open, i);
        if (open->group == kind->group - 1 && open->client == name) {
            open->depth += kind->group_first;
            *out_number = open->number;
            return GROUP_NOTHING;
        }
    }
    if (!kind->group_first) {
        return GROUP_NOTHING; /* it began before anybody looked */
    }
    *out_number = ++groups->number;
    *(struct group_open *)vector_push(&groups->open) =
        (struct group_open){.group = kind->group - 1, .client = name, .number = groups->number, .depth = 1};
    return GROUP_BEGINS;
}

enum group_event groups_leave(struct groups *groups, const struct catalog_transaction *kind, uint64_t number, bool failed) {
    for (size_t i = 0; number && i < groups->open.count; i++) {
        struct group_open *open = VECTOR_AT(&groups->open, struct group_open, i);
        if (open->number != number) {
            continue;
        }
        open->depth -= (kind->group_first && failed) || (kind->group_last && !failed) ? 1 : 0;
        if (open->depth > 0) {
            return GROUP_NOTHING;
        }
        *open = *VECTOR_AT(&groups->open, struct group_open, groups->open.count - 1);
        groups->open.count--;
        return kind->group_last ? GROUP_ENDS : GROUP_VANISHES;
    }
    return GROUP_NOTHING;
}
