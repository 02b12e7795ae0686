#ifndef CAPTURE_LEDGER_MESSAGES_H
#define CAPTURE_LEDGER_MESSAGES_H
/* What a ledger tells of transactions, as messages for the probe. */
#include "spillscope/capture_log.h"

#include "../ledger/ledger.h"

/* The ring must outlive the sink. */
struct ledger_sink ledger_messages(struct capture_ring *ring);

#endif
