#ifndef SPILLSCOPE_REPORT_FILE_H
#define SPILLSCOPE_REPORT_FILE_H
/* Writing a finished text to a file so that nobody ever sees half of it. */
#include "spillscope/text.h"

/* Writes beside `path` and renames; "-" is standard output. On failure `path` is as it was. */
struct error *report_file_write(const char *path, const struct text *text);
#endif
