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

bool turn_stopped(struct turn *turn, bool returned) {
    turn->asked = false;
    turn->settling = false;
    turn->over = turn->over || ++turn->stops >= TURN_STOPS;
    return turn->over && !returned;
}

void turn_settle(struct turn *turn) {
    turn->settling = true;
}

void turn_begin(struct turn *turn) {
    *turn = (struct turn){0};
}
