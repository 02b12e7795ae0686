#ifndef SPILLSCOPE_TRANSCRIPT_H
#define SPILLSCOPE_TRANSCRIPT_H
/* What one run of a guest showed: its console line by line, and how it ended. */
#include <stdbool.h>
#include <stddef.h>
#include "spillscope/error.h"

struct transcript {
    char *text;   /* owned; lines are cut in place */
    char **lines; /* sorted; owned array; each at most as long as the console printed it */
    size_t count;
    char *last; /* last line that is not empty, in the order printed; "" when there is none; inside text */
    int status; /* of waitpid */
    bool hung;  /* was ended for lack of time */
};

/* Takes over the text. Carriage returns and blanks at line ends are dropped, empty lines too. */
struct error *transcript_parse(char *text, int status, bool hung, struct transcript *out_transcript);
void transcript_deinit(struct transcript *transcript);

bool transcript_has(const struct transcript *transcript, const char *line);

#endif
