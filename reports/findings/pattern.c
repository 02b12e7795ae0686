#include "findings/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "findings/pool.h"
#include "spillscope/text.h"

const char *pattern_name(enum finding_pattern pattern) {
    static const char *const names[PATTERN_COUNT] = {"indirection-layer", "multiplexer", "dispatcher", "inter-entity-collaboration"};
    return names[pattern];
}

enum goal {
    GOAL_MIGRATION,
    GOAL_ISOLATION,
    GOAL_RECOVERY,
    GOAL_LIVE_UPDATE,
    GOAL_HOT_SWAP,
    GOAL_VIRTUALISATION,
    GOAL_MAINTAINABILITY,
    GOAL_SECURITY
};

const char *goal_name(size_t goal) {
    static const char *const names[GOAL_COUNT] = {"process migration", "fault isolation", "fault recovery",  "live update",
                                                  "hot swapping",      "virtualisation",  "maintainability", "security"};
    return names[goal];
}

/* Thesis 3.1.1 to 3.1.4 names, for each pattern, what it stands in the way of. */
static const unsigned goals_of_pattern[PATTERN_COUNT] = {
    [PATTERN_INDIRECTION] = 1u << GOAL_MIGRATION | 1u << GOAL_LIVE_UPDATE | 1u << GOAL_HOT_SWAP | 1u << GOAL_VIRTUALISATION,
    [PATTERN_MULTIPLEXER] =
        1u << GOAL_MIGRATION | 1u << GOAL_ISOLATION | 1u << GOAL_RECOVERY | 1u << GOAL_LIVE_UPDATE | 1u << GOAL_HOT_SWAP | 1u << GOAL_SECURITY,
    [PATTERN_DISPATCHER] = 1u << GOAL_ISOLATION | 1u << GOAL_RECOVERY | 1u << GOAL_MAINTAINABILITY | 1u << GOAL_SECURITY,
    [PATTERN_COLLABORATION] = 1u << GOAL_MAINTAINABILITY | 1u << GOAL_LIVE_UPDATE,
};

unsigned pattern_goals(enum finding_pattern pattern) {
    return goals_of_pattern[pattern];
}

/* What the runs showed of one state, over all transactions. */
struct usage {
    int64_t state_id, clients, instances, list_changes;
};

/* What the rules look at; built once. */
struct pattern_rules {
    struct findings *findings;
    struct usage *usages; /* by state_id */
    size_t usage_count;
    const char **dispatchers; /* interned "root + parent path" of kept function pointers, by address; membership only */
    size_t dispatcher_count;
    struct text scratch;
};

static int usage_compare(const void *one, const void *other) {
    const struct usage *left = one;
    const struct usage *right = other;
    return (left->state_id > right->state_id) - (left->state_id < right->state_id);
}

static struct error *usages_load(struct store *store, struct pattern_rules *rules) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    size_t capacity = 0;
    bool row = false;
    struct error *error =
        store_prepare(store, "SELECT state_id, clients, instances, list_changes FROM v_state_use WHERE instances > 0 ORDER BY state_id", &query);
    while (!error && !(error = query_step(query, &row)) && row) {
        if (rules->usage_count == capacity) {
            capacity = capacity ? capacity * 2 : 256;
            struct usage *grown = realloc(rules->usages, capacity * sizeof *grown);
            if (!grown) {
                return error_out_of_memory();
            }
            rules->usages = grown;
        }
        rules->usages[rules->usage_count++] = (struct usage){query_int(query, 0), query_int(query, 1), query_int(query, 2), query_int(query, 3)};
    }
    return error;
}

/* Does one of the words of `name` (split at anything but letters) stand in `words` (blank-separated)? The word found goes to `out_word`. */
static bool name_has_word(const char *name, const char *words, char out_word[32]) {
    const char *at = name;
    while (*at) {
        size_t length = 0;
        while ((at[length] >= 'a' && at[length] <= 'z') || (at[length] >= 'A' && at[length] <= 'Z')) {
            length++;
        }
        if (length && length < 32) {
            for (const char *word = words; *word;) {
                size_t size = strcspn(word, " ");
                if (size == length && strncmp(word, at, length) == 0) {
                    memcpy(out_word, at, length);
                    out_word[length] = '\0';
                    return true;
                }
                word += size + (word[size] == ' ');
            }
        }
        at += length ? length : 1;
    }
    return false;
}

/* The last member of the path, or the variable's own name: ".proc[].ctx.state[]" -> "state". */
static const char *finding_member(struct pattern_rules *rules, const struct finding *finding) {
    const char *dot = strrchr(finding->path, '.');
    const char *colon = strrchr(finding->root, ':');
    const char *name = dot ? dot + 1 : colon ? colon + 1 : finding->root;
    text_clear(&rules->scratch);
    text_append_bytes(&rules->scratch, name, strcspn(name, "["));
    return pool_intern(rules->findings->pool, text_string(&rules->scratch));
}

static const char *finding_parent(struct pattern_rules *rules, const struct finding *finding) {
    const char *dot = strrchr(finding->path, '.');
    text_clear(&rules->scratch);
    text_append(&rules->scratch, finding->root);
    text_append_bytes(&rules->scratch, finding->path, dot ? (size_t)(dot - finding->path) : 0);
    return pool_intern(rules->findings->pool, text_string(&rules->scratch));
}

static bool type_is_function_pointer(const char *type) {
    return strstr(type, "(*") != NULL;
}

static bool type_is_number(const char *type) {
    return *type && !strchr(type, '*') &&
           (strstr(type, "int") || strstr(type, "long") || strstr(type, "char") || strstr(type, "bool") || strstr(type, "size_t"));
}

static int address_compare(const void *one, const void *other) {
    uintptr_t left = (uintptr_t)*(const char *const *)one;
    uintptr_t right = (uintptr_t)*(const char *const *)other;
    return (left > right) - (left < right);
}

static const char callback_words[] = "callback handler notify notifier hook cb fn func upcall";

static bool finding_is_callback(struct pattern_rules *rules, const struct finding *finding, char out_word[32]) {
    out_word[0] = '\0';
    return type_is_function_pointer(finding->type) ||
           (!type_is_number(finding->type) && name_has_word(finding_member(rules, finding), callback_words, out_word));
}

static struct error *dispatchers_collect(struct pattern_rules *rules) {
    char word[32];
    rules->dispatchers = calloc(rules->findings->count ? rules->findings->count : 1, sizeof *rules->dispatchers);
    if (!rules->dispatchers) {
        return error_out_of_memory();
    }
    for (size_t index = 0; index < rules->findings->count; index++) {
        const struct finding *finding = &rules->findings->items[index];
        if (finding_is_callback(rules, finding, word)) {
            rules->dispatchers[rules->dispatcher_count++] = finding_parent(rules, finding);
        }
    }
    qsort(rules->dispatchers, rules->dispatcher_count, sizeof *rules->dispatchers, address_compare);
    return NULL;
}

static void finding_claim(struct pattern_rules *rules, struct finding *finding, enum finding_pattern pattern) {
    finding->patterns |= 1u << pattern;
    finding->evidence[pattern] = pool_intern(rules->findings->pool, text_string(&rules->scratch));
    text_clear(&rules->scratch);
}

static void rule_dispatcher(struct pattern_rules *rules, struct finding *finding) {
    char word[32];
    if (finding_is_callback(rules, finding, word)) {
        text_clear(&rules->scratch);
        if (*word) {
            text_append_format(&rules->scratch, "keeps a registered '%s'", word);
        } else {
            text_append_format(&rules->scratch, "keeps a function pointer of type %s", finding->type);
        }
        finding_claim(rules, finding, PATTERN_DISPATCHER);
        return;
    }
    if (!name_has_word(finding_member(rules, finding), "arg args argument cookie context ctx closure private data opaque", word)) {
        return;
    }
    const char *parent = finding_parent(rules, finding);
    if (bsearch(&parent, rules->dispatchers, rules->dispatcher_count, sizeof *rules->dispatchers, address_compare)) {
        text_clear(&rules->scratch);
        text_append_format(&rules->scratch, "keeps '%s', the argument of the function pointer beside it in %s", word, parent);
        finding_claim(rules, finding, PATTERN_DISPATCHER);
    }
}

static void rule_multiplexer(struct pattern_rules *rules, struct finding *finding) {
    char word[32];
    const struct usage wanted = {.state_id = finding->state_id};
    const struct usage *usage = finding->certainty == FINDING_OBSERVED && rules->usage_count
                                    ? bsearch(&wanted, rules->usages, rules->usage_count, sizeof wanted, usage_compare)
                                    : NULL;
    const char *member = finding_member(rules, finding);
    text_clear(&rules->scratch);
    if (strstr(finding->path, "[]")) {
        text_append_format(&rules->scratch, "indexed: an element of %s%.*s[]", finding->root, (int)(strstr(finding->path, "[]") - finding->path),
                           finding->path);
    } else if (strchr(finding->type, '*') && name_has_word(member, "next prev link list head tail node sibling children parent", word)) {
        text_append_format(&rules->scratch, "linked: '%s' chains %s", word, finding->root);
    } else if (strstr(finding->type, "list") && strstr(finding->type, "struct")) {
        text_append_format(&rules->scratch, "linked: %s", finding->type);
    } else if (usage && usage->list_changes) {
        text_append_format(&rules->scratch, "linked: list elements were added or removed %lld time(s)", (long long)usage->list_changes);
    }
    if (usage && usage->clients > 1 && usage->instances > 1) {
        text_append_format(&rules->scratch, "%s%lld clients seen in %lld instances", rules->scratch.length ? "; " : "", (long long)usage->clients,
                           (long long)usage->instances);
    }
    if (rules->scratch.length) {
        finding_claim(rules, finding, PATTERN_MULTIPLEXER);
    }
}

static void rule_indirection(struct pattern_rules *rules, struct finding *finding) {
    static const struct {
        const char *what;
        const char *words;
    } kinds[] = {{"position", "pos position offset off cursor seek index idx"},
                 {"handle", "handle fd descriptor id pid tid ino inode key token"},
                 {"progress", "state status phase step progress pending remaining deadline expires wait waiting blocked mode flags stage"}};
    char word[32];
    const char *member = finding_member(rules, finding);
    for (size_t index = 0; index < sizeof kinds / sizeof kinds[0]; index++) {
        if (name_has_word(member, kinds[index].words, word)) {
            text_clear(&rules->scratch);
            text_append_format(&rules->scratch, "%s of the client between requests: '%s'%s%s", kinds[index].what, member, *finding->type ? ", " : "",
                               finding->type);
            finding_claim(rules, finding, PATTERN_INDIRECTION);
            return;
        }
    }
}

/* Owners of the undeclared findings [first, last) of one transaction that are as certain as the transaction allows. */
static void rule_collaboration(struct pattern_rules *rules, size_t first, size_t last) {
    struct finding *items = rules->findings->items;
    enum finding_certainty best = FINDING_POSSIBLE;
    for (size_t index = first; index < last; index++) {
        best = items[index].certainty == FINDING_OBSERVED && finding_is_undeclared(&items[index]) ? FINDING_OBSERVED : best;
    }
    const char *owners[4] = {NULL};
    size_t count = 0;
    for (size_t index = first; index < last; index++) {
        if (items[index].certainty != best || !finding_is_undeclared(&items[index]) || !*items[index].owner) {
            continue;
        }
        bool known = false;
        for (size_t at = 0; at < count && at < 4; at++) {
            known = known || owners[at] == items[index].owner;
        }
        if (!known && count < 4) {
            owners[count++] = items[index].owner;
        }
    }
    if (count < 2) {
        return;
    }
    text_clear(&rules->scratch);
    text_append_format(&rules->scratch, "one %s changes states of ", items[first].transaction);
    for (size_t at = 0; at < count && at < 3; at++) {
        text_append_format(&rules->scratch, "%s%s", at ? ", " : "", owners[at]);
    }
    text_append(&rules->scratch, count > 3 ? ", ..." : "");
    const char *evidence = pool_intern(rules->findings->pool, text_string(&rules->scratch));
    for (size_t index = first; index < last; index++) {
        if (items[index].certainty == best && finding_is_undeclared(&items[index])) {
            items[index].patterns |= 1u << PATTERN_COLLABORATION;
            items[index].evidence[PATTERN_COLLABORATION] = evidence;
        }
    }
}

static struct error *rule_overrules(struct store *store, struct pattern_rules *rules) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    struct error *error =
        store_prepare(store,
                      "SELECT d.value, d.reason FROM declaration d WHERE d.kind = 'pattern' AND ?1 GLOB replace(d.pattern, '[]', '[[]]') "
                      "ORDER BY d.pattern = ?1 DESC, length(d.pattern) DESC, d.id",
                      &query);
    int64_t declared = 0;
    if (!error) {
        error = store_scalar(store, "SELECT count(*) FROM declaration WHERE kind = 'pattern'", &declared);
    }
    for (size_t index = 0; index < rules->findings->count && !error && declared; index++) {
        struct finding *finding = &rules->findings->items[index];
        bool first = true;
        query_bind_text(query, 1, finding->key);
        while (!(error = query_step(query, &row)) && row) {
            if (first) {
                finding->patterns = 0;
                for (size_t pattern = 0; pattern < PATTERN_COUNT; pattern++) {
                    finding->evidence[pattern] = pool_intern(rules->findings->pool, "");
                }
                first = false;
            }
            for (size_t pattern = 0; pattern < PATTERN_COUNT; pattern++) {
                if (query_text(query, 0) && strcmp(query_text(query, 0), pattern_name(pattern)) == 0) {
                    text_clear(&rules->scratch);
                    text_append_format(&rules->scratch, "declared in the manifest: %s", query_text(query, 1));
                    finding_claim(rules, finding, pattern);
                }
            }
        }
    }
    return error;
}

static void rules_apply(struct pattern_rules *rules) {
    struct finding *items = rules->findings->items;
    size_t first = 0;
    for (size_t index = 0; index < rules->findings->count; index++) {
        rule_dispatcher(rules, &items[index]);
        rule_multiplexer(rules, &items[index]);
        rule_indirection(rules, &items[index]);
        if (items[index].txn_id != items[first].txn_id) {
            rule_collaboration(rules, first, index);
            first = index;
        }
    }
    if (rules->findings->count) {
        rule_collaboration(rules, first, rules->findings->count);
    }
}

struct error *pattern_assign(struct store *store, struct findings *findings) {
    struct pattern_rules rules = {.findings = findings};
    struct error *error = usages_load(store, &rules);
    if (!error) {
        error = dispatchers_collect(&rules);
    }
    if (!error) {
        rules_apply(&rules);
        error = rule_overrules(store, &rules);
    }
    for (size_t index = 0; index < findings->count && !error; index++) {
        for (size_t pattern = 0; pattern < PATTERN_COUNT; pattern++) {
            if (findings->items[index].patterns >> pattern & 1) {
                findings->items[index].goals |= goals_of_pattern[pattern];
            }
        }
    }
    free(rules.usages);
    free((void *)rules.dispatchers);
    text_deinit(&rules.scratch);
    return error;
}
