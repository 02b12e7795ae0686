#include "transcript.h"

#include <stdlib.h>
#include <string.h>

static int line_compare(const void *one, const void *other) {
    return strcmp(*(char *const *)one, *(char *const *)other);
}

static void line_trim(char *line) {
    size_t length = strlen(line);
    while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == ' ')) {
        line[--length] = 0;
    }
}

struct error *transcript_parse(char *text, int status, bool hung, struct transcript *out_transcript) {
    struct transcript transcript = {.text = text, .status = status, .hung = hung, .last = text + strlen(text)};
    size_t breaks = 1;
    for (const char *at = text; *at; at++) {
        breaks += *at == '\n' ? 1 : 0;
    }
    transcript.lines = calloc(breaks, sizeof *transcript.lines);
    if (!transcript.lines) {
        free(text);
        return error_out_of_memory();
    }
    char *rest = text;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
        line_trim(line);
        if (*line) {
            transcript.lines[transcript.count++] = line;
            transcript.last = line;
        }
    }
    qsort(transcript.lines, transcript.count, sizeof *transcript.lines, line_compare);
    *out_transcript = transcript;
    return NULL;
}

void transcript_deinit(struct transcript *transcript) {
    free(transcript->text);
    free(transcript->lines);
    *transcript = (struct transcript){0};
}

bool transcript_has(const struct transcript *transcript, const char *line) {
    return transcript->count && bsearch(&line, transcript->lines, transcript->count, sizeof *transcript->lines, line_compare);
}
