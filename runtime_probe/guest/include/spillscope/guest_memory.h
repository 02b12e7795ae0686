#ifndef SPILLSCOPE_GUEST_MEMORY_H
#define SPILLSCOPE_GUEST_MEMORY_H
/*
 * Reading the stopped guest's memory by virtual address: through `m` packets of any stub, or from QEMU's RAM file mapped here, with
 * a page-table walk. Both give the same bytes; the mapping is used where it can be and packets for the rest.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/arch.h"
#include "spillscope/error.h"
#include "spillscope/scope.h"
#include "spillscope/session.h"

struct guest_memory;

/* Through packets of the session, which must outlive it. */
struct error *guest_memory_create_stub(struct session *session, struct guest_memory **out_memory);

/*
 * Through a mapping of `size` bytes of the RAM file `descriptor` (not taken over). Physical RAM lies as QEMU's machines of the architecture
 * put up to 2.75 GiB: in one piece from its ram_base. While translation is on and its tables are not known (ARCH_PAGING_UNKNOWN), packets are used.
 */
struct error *guest_memory_create_ram(struct session *session, const struct arch *arch, int descriptor, uint64_t size,
                                      struct guest_memory **out_memory);

void guest_memory_destroy(struct guest_memory *memory); /* NULL is fine */
SCOPE_DEFINE(guest_memory, struct guest_memory *, guest_memory_destroy)

bool guest_memory_is_mapped(const struct guest_memory *memory);

/* How the CPU at hand translates addresses. */
struct guest_translation {
    enum arch_paging paging;
    uint32_t levels;
    uint64_t root; /* the top page table's physical address */
};
/* Tells that the guest ran: forgets what was translated. */
void guest_memory_moved(struct guest_memory *memory, const struct guest_translation *translation);

/* *out_valid is false when a byte of the range is not mapped or no RAM; the buffer is then unspecified. */
struct error *guest_memory_read(struct guest_memory *memory, uint64_t address, void *buffer, size_t count, bool *out_valid);

/* Several ranges at once; packets are pipelined. */
struct error *guest_memory_read_many(struct guest_memory *memory, struct session_read *reads, size_t count);

/*
 * Mapped RAM without copying: can what the guest sees now be found in the mapping? Then the bytes of a range lie there in stretches, told in order;
 * *out_valid is false when the range ends too early.
 */
bool guest_memory_is_in_place(const struct guest_memory *memory);
typedef void guest_memory_stretch(void *context, const uint8_t *bytes, size_t count);
void guest_memory_visit(struct guest_memory *memory, uint64_t address, size_t count, guest_memory_stretch *visitor, void *context, bool *out_valid);

/* Bytes read since the start, for figures. */
uint64_t guest_memory_traffic(const struct guest_memory *memory);

/*
 * Mapped RAM only, for who keeps what was read and must know when it is out of date: every read is told, and how the pages of a range are found.
 */
typedef void guest_memory_trace(void *context, uint64_t address, size_t count, bool valid);
void guest_memory_set_trace(struct guest_memory *memory, guest_memory_trace *trace, void *context); /* NULL ends it */
#define GUEST_MEMORY_LEVELS 5
#define GUEST_MEMORY_NOWHERE UINT64_MAX
struct guest_memory_path {
    uint64_t page; /* offset in the RAM file of the page, GUEST_MEMORY_NOWHERE = not mapped, or no RAM */
    uint32_t count;
    struct {
        uint64_t offset; /* in the RAM file, of the page-table entry */
        uint64_t value;
        uint32_t bytes;             /* of the entry */
    } entries[GUEST_MEMORY_LEVELS]; /* from the top table's down, as far as the walk came */
};
void guest_memory_find_page(const struct guest_memory *memory, uint64_t address, struct guest_memory_path *out_path);
uint64_t guest_memory_size(const struct guest_memory *memory);      /* bytes of the RAM file; 0 = packets */
const uint8_t *guest_memory_map(const struct guest_memory *memory); /* the whole RAM file; NULL = packets */

#endif
