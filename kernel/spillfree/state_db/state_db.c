#include <state_db/state_db.h>

struct state_db state_db;
