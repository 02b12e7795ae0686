#include <stdio.h>
#include <string.h>
#include <time.h>
#include "points_to_internal.h"
#include "pool.h"

uint32_t node_add(struct points_to *p) {
    uint32_t node = p->nodes.count;
    (void)VECTOR_ADD(p->arena, &p->nodes);
    *VECTOR_ADD(p->arena, &p->parent) = node;
    *VECTOR_ADD(p->arena, &p->rank) = UINT32_MAX;
    return node;
}

uint32_t node_find(const struct points_to *p, uint32_t node) {
    uint32_t *parent = p->parent.items;
    while (parent[node] != node) {
        parent[node] = parent[parent[node]];
        node = parent[node];
    }
    return node;
}

/* ---- heap of nodes that have locations to send, lowest rank first; ties by number, so that the order is always the same ---- */

static bool heap_less(const struct points_to *p, uint32_t one, uint32_t other) {
    uint32_t rank_one = p->rank.items[one];
    uint32_t rank_other = p->rank.items[other];
    return rank_one != rank_other ? rank_one < rank_other : one < other;
}

static void heap_push(struct points_to *p, uint32_t node) {
    (void)VECTOR_ADD(p->arena, &p->heap);
    uint32_t *heap = p->heap.items;
    uint32_t at = p->heap.count - 1;
    while (at && heap_less(p, node, heap[(at - 1) / 2])) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = node;
}

static uint32_t heap_pop(struct points_to *p) {
    uint32_t *heap = p->heap.items;
    uint32_t top = heap[0];
    uint32_t last = heap[--p->heap.count];
    uint32_t at = 0;
    while (at * 2 + 1 < p->heap.count) {
        uint32_t child = at * 2 + 1;
        if (child + 1 < p->heap.count && heap_less(p, heap[child + 1], heap[child])) {
            child++;
        }
        if (!heap_less(p, heap[child], last)) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    if (p->heap.count) {
        heap[at] = last;
    }
    return top;
}

/* As long as all sets together are within the budget, one may be larger than the limit by this factor. */
#define MANY_LIMITS 16

/* A set has grown: who has to be told. */
static void note_growth(struct points_to *p, uint32_t node, uint32_t before) {
    const struct node *at = &p->nodes.items[node];
    p->held += at->set.count - before;
    if (at->set.count > p->largest_set) {
        p->largest_set = at->set.count;
    }
    if (at->sent >= before) {
        heap_push(p, node);
    }
    if (at->seen >= before) {
        *VECTOR_ADD(p->arena, &p->fresh) = node;
    }
}

/* What the pool holds is no longer held by name. Everything is sent and shown again, which changes nothing where it was done. */
static void widen(struct points_to *p, uint32_t node) {
    struct node *at = &p->nodes.items[node];
    struct location_set narrow = at->set;
    at->set = (struct location_set){0};
    location_set_add(p->arena, &at->set, thing_pool(p->things));
    for (uint32_t i = 0; i < narrow.count; i++) {
        uint32_t location = location_set_at(&narrow, i);
        if (!pool_holds(p, location)) {
            location_set_add(p->arena, &at->set, location);
        }
    }
    p->held = p->held - narrow.count + at->set.count;
    at->sent = at->seen = 0;
    heap_push(p, node);
    *VECTOR_ADD(p->arena, &p->fresh) = node;
}

/* Gives up a set that has grown too large. A closure's sets are parts of the whole program's, which were given up where that was needed. */
static void limit_growth(struct points_to *p, uint32_t node) {
    const struct location_set *set = &p->nodes.items[node].set;
    if (set->count <= p->set_limit || p->global || node == node_find(p, p->escape) ||
        (p->held <= p->set_budget && set->count <= MANY_LIMITS * p->set_limit)) {
        return;
    }
    thing_pool(p->things);
    for (uint32_t i = 0; i < set->count; i++) {
        pool_add(p, p->things->locations.items[location_set_at(set, i)].thing);
    }
    widen(p, node);
}

void node_add_location(struct points_to *p, uint32_t node, uint32_t location) {
    if (location == NONE) {
        return;
    }
    node = node_find(p, node);
    struct node *at = &p->nodes.items[node];
    uint32_t before = at->set.count;
    if (pool_is_wide(p, &at->set)) {
        if (pool_holds(p, location) || !location_set_add(p->arena, &at->set, location)) {
            return;
        }
    } else if (location == p->things->pool) {
        widen(p, node);
        return;
    } else if (!location_set_add(p->arena, &at->set, location)) {
        return;
    }
    note_growth(p, node, before);
    limit_growth(p, node);
}

static void add_set_range(struct points_to *p, uint32_t node, const struct location_set *source, uint32_t first, uint32_t end) {
    struct node *at = &p->nodes.items[node];
    uint32_t before = at->set.count;
    if (before && (pool_is_wide(p, &at->set) || pool_is_wide(p, source))) {
        for (uint32_t i = first; i < end; i++) {
            node_add_location(p, node, location_set_at(source, i));
        }
    } else if (location_set_add_range(p->arena, &at->set, source, first, end)) {
        note_growth(p, node, before);
        limit_growth(p, node);
    }
}

void node_add_range(struct points_to *p, uint32_t node, uint32_t from, uint32_t first, uint32_t end) {
    struct location_set source = p->nodes.items[node_find(p, from)].set;
    add_set_range(p, node_find(p, node), &source, first, end);
}

void node_add_set(struct points_to *p, uint32_t node, const struct location_set *source) {
    add_set_range(p, node_find(p, node), source, 0, source->count);
}

void node_add_edge(struct points_to *p, uint32_t from, uint32_t to) {
    from = node_find(p, from);
    to = node_find(p, to);
    if (from == to || !key_set_add(p->arena, &p->edge_seen, ((uint64_t)from << 32) | to)) {
        return;
    }
    p->edge_count++;
    *VECTOR_ADD(p->arena, &p->nodes.items[from].edges) = to;
    node_add_range(p, to, from, 0, p->nodes.items[from].sent);
}

void node_add_use(struct points_to *p, uint32_t node, struct use use) {
    node = node_find(p, node);
    struct node *at = &p->nodes.items[node];
    *VECTOR_ADD(p->arena, &at->uses) = use;
    if (at->seen) {
        /* The new use must see what the others saw: show everything again; constraints bear it. */
        if (at->seen == at->set.count) {
            *VECTOR_ADD(p->arena, &p->fresh) = node;
        }
        at->seen = 0;
    }
}

/* ---- cycles ---- */

static void merge(struct points_to *p, uint32_t into, uint32_t from) {
    p->parent.items[from] = into;
    struct node moved = p->nodes.items[from];
    p->nodes.items[from] = (struct node){0};
    p->held -= moved.set.count;
    for (uint32_t i = 0; i < moved.set.count; i++) {
        node_add_location(p, into, location_set_at(&moved.set, i));
    }
    /* What one of the two has sent or seen, the other has not: do it again, which changes nothing where it was done. */
    struct node *at = &p->nodes.items[into];
    if (at->set.count && at->sent == at->set.count) {
        heap_push(p, into);
    }
    if (at->set.count && at->seen == at->set.count) {
        *VECTOR_ADD(p->arena, &p->fresh) = into;
    }
    at->sent = at->seen = 0;
    for (uint32_t i = 0; i < moved.edges.count; i++) {
        uint32_t to = node_find(p, moved.edges.items[i]);
        if (to != into && key_set_add(p->arena, &p->edge_seen, ((uint64_t)into << 32) | to)) {
            *VECTOR_ADD(p->arena, &p->nodes.items[into].edges) = to;
        }
    }
    for (uint32_t i = 0; i < moved.uses.count; i++) {
        *VECTOR_ADD(p->arena, &p->nodes.items[into].uses) = moved.uses.items[i];
    }
}

struct walk {
    uint32_t node;
    uint32_t edge;
};

/* Finds strongly connected components (Tarjan), makes each one node, and numbers the nodes in topological order. */
static void condense(struct points_to *p) {
    struct arena scratch = {0};
    memcpy(&scratch.failure, &p->arena->failure, sizeof scratch.failure);
    uint32_t count = p->nodes.count;
    uint32_t *index = arena_allocate(&scratch, (count + 1) * sizeof *index);
    uint32_t *low = arena_allocate(&scratch, (count + 1) * sizeof *low);
    bool *on_stack = arena_allocate(&scratch, count + 1);
    VECTOR(struct walk) walks = {0};
    number_list stack = {0};
    number_list merges = {0}; /* pairs: into, from */
    uint32_t next = 0;
    uint32_t rank = UINT32_MAX - 1;
    for (uint32_t root = 0; root < count; root++) {
        if (index[root] || p->parent.items[root] != root) {
            continue;
        }
        *VECTOR_ADD(&scratch, &walks) = (struct walk){root, 0};
        index[root] = low[root] = ++next;
        on_stack[root] = true;
        *VECTOR_ADD(&scratch, &stack) = root;
        while (walks.count) {
            struct walk *walk = &walks.items[walks.count - 1];
            uint32_t node = walk->node;
            const struct node *at = &p->nodes.items[node];
            if (walk->edge < at->edges.count) {
                uint32_t to = node_find(p, at->edges.items[walk->edge++]);
                if (!index[to]) {
                    index[to] = low[to] = ++next;
                    on_stack[to] = true;
                    *VECTOR_ADD(&scratch, &stack) = to;
                    *VECTOR_ADD(&scratch, &walks) = (struct walk){to, 0};
                } else if (on_stack[to] && index[to] < low[node]) {
                    low[node] = index[to];
                }
                continue;
            }
            walks.count--;
            if (walks.count && low[node] < low[walks.items[walks.count - 1].node]) {
                low[walks.items[walks.count - 1].node] = low[node];
            }
            if (low[node] == index[node]) {
                for (uint32_t top = NONE; top != node;) {
                    top = stack.items[--stack.count];
                    on_stack[top] = false;
                    if (top != node) {
                        *VECTOR_ADD(&scratch, &merges) = node;
                        *VECTOR_ADD(&scratch, &merges) = top;
                    }
                }
                p->rank.items[node] = rank--;
            }
        }
    }
    /* Ranks changed: the heap is put in order anew. */
    number_list waiting = {0};
    for (uint32_t i = 0; i < p->heap.count; i++) {
        *VECTOR_ADD(&scratch, &waiting) = p->heap.items[i];
    }
    p->heap.count = 0;
    for (uint32_t i = 0; i < waiting.count; i++) {
        heap_push(p, waiting.items[i]);
    }
    for (uint32_t i = 0; i + 1 < merges.count; i += 2) {
        merge(p, node_find(p, merges.items[i]), node_find(p, merges.items[i + 1]));
    }
    arena_deinit(&scratch);
    p->condensed_at = p->edge_count;
}

void node_graph_propagate(struct points_to *p) {
    if (p->edge_count > p->condensed_at + p->condensed_at / 4 + 2000) {
        condense(p);
    }
    while (p->heap.count) {
        uint32_t node = heap_pop(p);
        if (p->parent.items[node] != node) {
            continue;
        }
        uint32_t from = p->nodes.items[node].sent;
        uint32_t to = p->nodes.items[node].set.count;
        p->nodes.items[node].sent = to;
        for (uint32_t e = 0; e < p->nodes.items[node].edges.count; e++) {
            uint32_t target = node_find(p, p->nodes.items[node].edges.items[e]);
            if (target != node) {
                node_add_range(p, target, node, from, to);
            }
        }
    }
}

void node_graph_print(struct points_to *p) {
    size_t nodes = 0;
    size_t locations = 0;
    size_t stored = 0;
    size_t wide = 0;
    size_t large = 0;
    for (uint32_t i = 0; i < p->nodes.count; i++) {
        const struct location_set *set = &p->nodes.items[i].set;
        nodes += p->parent.items[i] == i;
        locations += set->count;
        stored += set->owns ? set->store->items.count : 0;
        wide += pool_is_wide(p, set);
        large += set->count > p->set_limit / 2;
    }
    fprintf(
        stderr,
        "round %u: %.2f CPU s, %.0f MB; %zu nodes, %zu edges, %zu locations in sets, %zu stored, largest set %zu, over half the limit %zu; pool %u "
        "things, %zu sets\n",
        p->rounds++, (double)clock() / CLOCKS_PER_SEC, (double)p->arena->total / 1e6, nodes, p->edge_count, locations, stored, p->largest_set, large,
        p->pool_things.count, wide);
}

void node_graph_release(struct points_to *p) {
    for (uint32_t i = 0; i < p->nodes.count; i++) {
        struct node *node = &p->nodes.items[i];
        if (node->edges.items) {
            arena_recycle(p->arena, node->edges.items, node->edges.capacity * sizeof *node->edges.items);
            node->edges = (number_list){0};
        }
        if (node->uses.items) {
            arena_recycle(p->arena, node->uses.items, node->uses.capacity * sizeof *node->uses.items);
            memset(&node->uses, 0, sizeof node->uses);
        }
    }
    if (p->edge_seen.slots) {
        arena_recycle(p->arena, p->edge_seen.slots, p->edge_seen.capacity * sizeof *p->edge_seen.slots);
        p->edge_seen = (struct key_set){0};
    }
}
