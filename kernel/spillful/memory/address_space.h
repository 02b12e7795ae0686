/* Address spaces of processes: page tables, and a tree of areas that says what is mapped where. */
#ifndef SPILLFUL_ADDRESS_SPACE_H
#define SPILLFUL_ADDRESS_SPACE_H

#include <api/memory.h>
#include <base/lib/rbtree.h>
#include <base/lock/spinlock.h>

#define USER_REGIONS_BEGIN 0x0000000010000000ul
#define USER_REGIONS_END 0x0000000200000000ul
#define USER_STACK_TOP 0x00007fffff000000ul
enum { USER_STACK_PAGES = 8, AREAS_MAX = 131072 };

/* Adjacent pages with the same protection (Linux: vm_area_struct). */
struct memory_area {
    struct rb_node node; /* in the space's tree; its key is the first address */
    uint64_t pages;
    uint32_t protection; /* MEMORY_READ, MEMORY_WRITE */
    bool fixed;          /* the stack: not to be changed by requests */
};

struct address_space {
    uint64_t *root;       /* page tables, owned */
    struct spinlock lock; /* guards the fields below and the user half of the tables */
    struct rb_tree areas;
    uint32_t area_count;
    uint64_t mapped_pages; /* in all areas */
    uint64_t peak_pages;   /* the most there ever were */
};

/* A space with the clients' code and a stack, or NULL. */
struct address_space *address_space_create(void);
/* A space with the same areas and copies of their pages, or NULL. */
struct address_space *address_space_copy(const struct address_space *from);
/* Frees it with all its pages. It must not be active. */
void address_space_destroy(struct address_space *space);
/* Goes on in a space; NULL is the kernel's own. */
void address_space_activate(struct address_space *space);

#endif
