/* Where things are. Physical memory above MEMORY_MAX is left alone. */
#ifndef BASE_LAYOUT_H
#define BASE_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#define PAGE_SIZE 4096ul
#define KERNEL_PHYSICAL 0x100000ul           /* the kernel image begins here */
#define KERNEL_BASE 0xffffffff80000000ul     /* and is linked at this plus its physical address */
#define DIRECT_MAP_BASE 0xffff800000000000ul /* all physical memory, not executable */
#define RANGES_BASE 0xffffa00000000000ul     /* addresses handed out page by page (ranges.h) */
#define RANGES_PAGES 1048576ul
#define DEVICES_BASE 0xffffc00000000000ul /* device registers, uncached */
#define USER_END 0x0000800000000000ul     /* addresses below belong to user processes */
#define MEMORY_MAX 0x40000000ul

static inline void *direct_map(uint64_t physical) {
    return (void *)(physical + DIRECT_MAP_BASE);
}

static inline uint64_t direct_map_physical(const void *address) {
    return (uint64_t)address - DIRECT_MAP_BASE;
}

#endif
