#ifndef SPILLSCOPE_RECORDER_RUN_H
#define SPILLSCOPE_RECORDER_RUN_H
/* The recorder mode: starts QEMU with the capture plugin, takes its messages, and stores what the other modes store. */
#include "spillscope/probe.h"

struct error *recorder_run(const struct probe_request *request, struct probe_summary *out_summary);

#endif
