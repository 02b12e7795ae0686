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

void turn_settle(struct turn *turn, uint64_t pc, uint64_t sp) {
    turn->settling = true;
    turn->steps = 1;
    turn->pc = pc;
    turn->sp = sp;
}

bool turn_unsettled(struct turn *turn, uint64_t pc, uint64_t sp) {
    bool stands = turn->steps > 0 && turn->steps < TURN_SETTLE_STEPS && turn->pc == pc && turn->sp == sp;
    turn->steps = stands ? turn->steps + 1 : 0;
    turn->settling = stands;
    turn->asked = turn->asked && !stands;
    return stands;
}

void turn_begin(struct turn *turn) {
    *turn = (struct turn){0};
}
