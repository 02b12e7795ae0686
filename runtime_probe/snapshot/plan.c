#include "spillscope/plan.h"

#include <stdlib.h>
#include <string.h>

#include "plan_builder.h"

uint32_t plan_global_at(const struct plan *plan, uint64_t address) {
    uint32_t low = 0;
    uint32_t high = plan->global_count;
    address = image_home(plan->image, address);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct shape *shape = &plan->shapes[middle];
        uint64_t start = plan->image->variables[shape->variable].address;
        if (address < start) {
            high = middle;
        } else if (address - start >= shape->size) {
            low = middle + 1;
        } else {
            return middle;
        }
    }
    return PLAN_NONE;
}

struct error *plan_create_bare(const struct image *image, struct plan **out_plan) {
    struct plan *plan = calloc(1, sizeof *plan);
    if (!plan) {
        return error_out_of_memory();
    }
    plan->image = image;
    *out_plan = plan;
    return NULL;
}

uint32_t plan_heap_shape(const struct plan *plan, uint32_t type) {
    for (uint32_t i = plan->variable_count; i < plan->shape_count; i++) {
        const char *colon = strrchr(plan->shapes[i].root, ':');
        const char *name = colon ? colon + 1 : plan->shapes[i].root;
        if (plan->shapes[i].type == type && strcmp(name, plan->image->types[type].name) == 0) {
            return i;
        }
    }
    return PLAN_NONE;
}

uint32_t plan_shape_of_root(const struct plan *plan, const char *root) {
    for (uint32_t i = plan->variable_count; i < plan->shape_count; i++) {
        if (strcmp(plan->shapes[i].root, root) == 0) {
            return i;
        }
    }
    return PLAN_NONE;
}

/* Spreads `leads` from targets to the shapes that point to them until nothing changes. */
static void scope_spread(const struct plan *plan, struct scope *scope) {
    bool changed = true;
    while (changed) {
        changed = false;
        for (uint32_t i = 0; i < plan->shape_count; i++) {
            const struct shape *shape = &plan->shapes[i];
            for (uint32_t p = 0; p < shape->pointer_count && !scope->leads[i]; p++) {
                for (uint32_t t = 0; t < shape->pointers[p].target_count; t++) {
                    if (scope->leads[shape->pointers[p].targets[t].shape]) {
                        scope->leads[i] = true;
                        changed = true;
                    }
                }
            }
        }
    }
}

static struct error *scope_allocate(const struct plan *plan, struct scope **out_scope) {
    struct scope *scope = calloc(1, sizeof *scope);
    if (scope) {
        scope->holds = calloc(plan->shape_count + 1, sizeof *scope->holds);
        scope->leads = calloc(plan->shape_count + 1, sizeof *scope->leads);
    }
    if (!scope || !scope->holds || !scope->leads) {
        scope_destroy(scope);
        return error_out_of_memory();
    }
    *out_scope = scope;
    return NULL;
}

struct error *scope_create(const struct plan *plan, const struct whitelist *whitelist, struct scope **out_scope) {
    struct scope *scope = NULL;
    struct error *error = scope_allocate(plan, &scope);
    if (error) {
        return error;
    }
    for (uint32_t i = 0; i < plan->shape_count; i++) {
        scope->holds[i] = whitelist_has_root(whitelist, plan->shapes[i].root);
        scope->leads[i] = scope->holds[i];
    }
    scope_spread(plan, scope);
    *out_scope = scope;
    return NULL;
}

/* Does an object of type `outer` hold one of type `inner`? */
static bool type_holds(const struct image *image, uint32_t outer, uint32_t inner, int depth) {
    enum { DEPTH = 32 };
    const struct type *type = &image->types[outer];
    if (outer == inner) {
        return true;
    }
    if (depth > DEPTH) {
        return false;
    }
    if (type->kind == TYPE_ARRAY) {
        return type_holds(image, type->target, inner, depth + 1);
    }
    bool holds = false;
    for (uint32_t i = 0; !holds && (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION) && i < type->member_count; i++) {
        holds = type_holds(image, type->members[i].type, inner, depth + 1);
    }
    return holds;
}

struct error *scope_create_for_type(const struct plan *plan, uint32_t type, struct scope **out_scope) {
    struct scope *scope = NULL;
    struct error *error = scope_allocate(plan, &scope);
    if (error) {
        return error;
    }
    for (uint32_t i = 0; i < plan->shape_count; i++) {
        scope->holds[i] = type_holds(plan->image, plan->shapes[i].type, type, 0);
        scope->leads[i] = scope->holds[i];
    }
    scope_spread(plan, scope);
    *out_scope = scope;
    return NULL;
}

void scope_destroy(struct scope *scope) {
    if (scope) {
        free(scope->holds);
        free(scope->leads);
        free(scope);
    }
}
