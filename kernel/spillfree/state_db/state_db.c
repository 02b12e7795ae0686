#include <state_db/state_db.h>

struct state_db state_db = {.tasks = LIST_INITIAL(state_db.tasks)};
