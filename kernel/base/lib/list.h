/* Doubly linked circular lists of links that are embedded in their elements. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* The element of `type` whose `member` is at `pointer`. */
#define container_of(pointer, type, member) ((type *)(void *)((char *)(pointer) - offsetof(type, member)))

/* A head, or a link within an element. A link that is in no list points to itself. */
struct list {
    struct list *next;
    struct list *previous;
};

#define LIST_INITIAL(name) {&(name), &(name)}

static inline void list_init(struct list *list) {
    list->next = list;
    list->previous = list;
}

static inline bool list_empty(const struct list *list) {
    return list->next == list;
}

/* Puts `link` before `place`; with a head as `place` that is the end of the list. */
static inline void list_insert(struct list *place, struct list *link) {
    link->next = place;
    link->previous = place->previous;
    place->previous->next = link;
    place->previous = link;
}

static inline void list_remove(struct list *link) {
    link->previous->next = link->next;
    link->next->previous = link->previous;
    list_init(link);
}

#define list_for_each(variable, head) for (struct list *variable = (head)->next; variable != (head); variable = variable->next)

/* The same where the body may remove `variable`. */
#define list_for_each_safe(variable, head)                                                                                                           \
    for (struct list *variable = (head)->next, *variable##_next = variable->next; variable != (head);                                                \
         variable = variable##_next, variable##_next = variable->next)

#endif
