#include "observer_groups.h"

struct error *observer_group_entered(struct observer *observer, struct open_transaction *open, const char *client) {
    enum group_event event = groups_enter(&observer->groups, open->kind, client, &open->group);
    struct snapshot *entry = NULL;
    struct error *error = groups_failed(&observer->groups) ? error_out_of_memory() : NULL;
    if (!error && event == GROUP_BEGINS) {
        const struct catalog_group *group = &observer->catalog->groups[open->kind->group - 1];
        error = observer_look(observer, group->name, group->scope, &entry);
        error = error ? error : group_watch_begin(&observer->group_watch, open->group, entry, NULL);
    }
    struct group_record *record = error || !open->group ? NULL : group_watch_find(&observer->group_watch, open->group);
    return record ? group_record_add(record, open->observation) : error;
}

static struct error *group_compare(struct observer *observer, const struct open_transaction *open) {
    const struct catalog_group *group = &observer->catalog->groups[open->kind->group - 1];
    const struct group_record *record = group_watch_find(&observer->group_watch, open->group);
    struct snapshot *now = NULL;
    struct group_keys keys = {0};
    struct error *error = record ? observer_look(observer, group->name, group->scope, &now) : NULL;
    if (!error && record) {
        error = difference_visit(observer->plan, group->whitelist, record->entry, now, NULL, group_keys_visit, &keys);
    }
    if (!error && record) {
        error = group_watch_end(&observer->group_watch, observer->journal, open->group, &keys);
    }
    snapshot_destroy(now);
    group_keys_deinit(&keys);
    return error;
}

struct error *observer_group_left(struct observer *observer, const struct open_transaction *open, bool failed) {
    switch (groups_leave(&observer->groups, open->kind, open->group, failed)) {
    case GROUP_ENDS:
        return group_compare(observer, open);
    case GROUP_VANISHES:
        group_watch_drop(&observer->group_watch, open->group);
        return NULL;
    default:
        return NULL;
    }
}
