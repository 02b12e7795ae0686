#include <api/console.h>
#include <clients/text.h>

bool text_equal(const char *one, const char *other) {
    while (*one != '\0' && *one == *other) {
        one++;
        other++;
    }
    return *one == *other;
}

void text_print(const char *text) {
    size_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    console_write(text, length);
}

void text_print_number(uint64_t number) {
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    console_write(digits + at, sizeof digits - at);
}

bool bytes_equal(const void *one, const void *other, size_t size) {
    const uint8_t *left = one;
    const uint8_t *right = other;
    for (size_t i = 0; i < size; i++) {
        if (left[i] != right[i]) {
            return false;
        }
    }
    return true;
}

void bytes_fill(void *bytes, uint8_t value, size_t size) {
    uint8_t *target = bytes;
    for (size_t i = 0; i < size; i++) {
        target[i] = value;
    }
}
