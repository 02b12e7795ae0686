#include "turn.h"

int turn_patience(const struct turn *turn) {
    return turn->settling ? TURN_SETTLE_MS : TURN_PATIENCE_MS;
}

bool turn_ask(struct turn *turn) {
    bool first = !turn->asked;
    turn->asked = true;
    turn->over = true;
    turn->settling = false;
    return first;
}

bool turn_stopped(struct turn *turn, bool settles) {
    turn->asked = false;
    turn->over = turn->over || ++turn->stops >= TURN_STOPS;
    turn->settling = turn->over && settles;
    return turn->over && !turn->settling;
}

void turn_begin(struct turn *turn) {
    *turn = (struct turn){0};
}
