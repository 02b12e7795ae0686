#include <base/cpu/instructions.h>
#include <base/lib/string.h>
#include <base/trial/requests.h>

/* QEMU's docs/specs/fw_cfg: a selector, and a port that gives the selected item byte by byte, numbers with their highest byte first. */
enum { SELECTOR = 0x510, DATA = 0x511, ITEM_SIGNATURE = 0, ITEM_DIRECTORY = 0x19, NAME_SIZE = 56, FILES_MAX = 256, REQUESTS_MAX = 4096 };

static const char wanted[] = "opt/spillscope/requests";

/* Owner: this file. Lock: none: written at start only. */
static struct {
    size_t length;
    char text[REQUESTS_MAX];
} requests;

static uint32_t item_number(unsigned bytes) {
    uint32_t number = 0;
    while (bytes-- > 0) {
        number = number << 8 | port_read8(DATA);
    }
    return number;
}

static void item_bytes(char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (char)port_read8(DATA);
    }
}

void requests_init(void) {
    char name[NAME_SIZE];
    uint32_t size = 0;
    uint32_t item = 0;
    port_write16(SELECTOR, ITEM_SIGNATURE);
    item_bytes(name, 4);
    if (memcmp(name, "QEMU", 4) != 0) {
        return;
    }
    port_write16(SELECTOR, ITEM_DIRECTORY);
    for (uint32_t left = item_number(4), seen = 0; left > 0 && seen < FILES_MAX && item == 0; left--, seen++) {
        uint32_t this_size = item_number(4);
        uint32_t this_item = item_number(2);
        (void)item_number(2);
        item_bytes(name, sizeof name);
        if (memcmp(name, wanted, sizeof wanted) == 0) {
            size = this_size;
            item = this_item;
        }
    }
    if (item != 0) {
        requests.length = size < REQUESTS_MAX ? size : REQUESTS_MAX;
        port_write16(SELECTOR, (uint16_t)item);
        item_bytes(requests.text, requests.length);
    }
}

size_t requests_copy(uint64_t offset, char *text, size_t size) {
    size_t left = offset < requests.length ? requests.length - offset : 0;
    size_t count = size < left ? size : left;
    memcpy(text, requests.text + (count > 0 ? offset : 0), count);
    return count;
}
