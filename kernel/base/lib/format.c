#include <base/lib/format.h>
#include <stdbool.h>
#include <stdint.h>

struct sink {
    char *text;
    size_t capacity;
    size_t length;
};

static void sink_put(struct sink *sink, char character) {
    if (sink->length + 1 < sink->capacity) {
        sink->text[sink->length++] = character;
    }
}

static void sink_number(struct sink *sink, uint64_t number, unsigned base, bool negative, unsigned width, char fill) {
    char digits[24];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    if (negative) {
        digits[count++] = '-';
    }
    for (; width > count; width--) {
        sink_put(sink, fill);
    }
    while (count > 0) {
        sink_put(sink, digits[--count]);
    }
}

size_t format_text(char *text, size_t capacity, const char *format, va_list arguments) {
    struct sink sink = {text, capacity, 0};
    for (; *format != '\0'; format++) {
        if (*format != '%') {
            sink_put(&sink, *format);
            continue;
        }
        format++;
        char fill = *format == '0' ? '0' : ' ';
        unsigned width = 0;
        while (*format >= '0' && *format <= '9') {
            width = width * 10 + (unsigned)(*format++ - '0');
        }
        bool wide = *format == 'l';
        if (wide) {
            format++;
        }
        switch (*format) {
        case 's':
            for (const char *s = va_arg(arguments, const char *); *s != '\0'; s++) {
                sink_put(&sink, *s);
            }
            break;
        case 'c':
            sink_put(&sink, (char)va_arg(arguments, int));
            break;
        case 'd': {
            int64_t number = wide ? va_arg(arguments, int64_t) : va_arg(arguments, int);
            sink_number(&sink, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 10, number < 0, width, fill);
            break;
        }
        case 'u':
        case 'x': {
            uint64_t number = wide ? va_arg(arguments, uint64_t) : va_arg(arguments, unsigned);
            sink_number(&sink, number, *format == 'x' ? 16 : 10, false, width, fill);
            break;
        }
        case 'p':
            sink_number(&sink, (uint64_t)va_arg(arguments, void *), 16, false, 16, '0');
            break;
        case '\0':
            format--;
            break;
        default:
            sink_put(&sink, *format);
        }
    }
    text[sink.length] = '\0';
    return sink.length;
}
