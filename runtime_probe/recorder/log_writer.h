#ifndef RECORDER_LOG_WRITER_H
#define RECORDER_LOG_WRITER_H
/*
 * Appends records to a log file through a shared mapping, so that what was appended survives the death of the process. The file grows by
 * chunks that are really allocated: a full disk ends the recording (log_header.failed) instead of killing the guest.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/record_log.h"

struct log_writer {
    int descriptor;
    unsigned char *bytes; /* a reserved address range; its first `size` bytes are the file */
    size_t size;
    size_t position;
    bool failed;
};

/* NULL = success, else what failed (a static string); errno tells why. */
const char *log_writer_open(struct log_writer *writer, const char *path, uint32_t machine, uint64_t ram_base, uint64_t ram_size);
/* Room for one record of `size` bytes at the end, zeroed; NULL once the recording failed. It counts after log_writer_commit. */
void *log_writer_reserve(struct log_writer *writer, size_t size);
void log_writer_commit(struct log_writer *writer, size_t size);
/* Ends the log here, for a reason that its header keeps as an errno. */
void log_writer_fail(struct log_writer *writer, int reason);
void log_writer_moved(struct log_writer *writer, uint64_t slide); /* log_header.slide */
void log_writer_close(struct log_writer *writer);                 /* cuts the file to what was written */

#endif
