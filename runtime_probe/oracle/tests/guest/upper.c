#include "scene.h"

volatile word upper_calls;

void t_outer(void) {
    upper_calls = upper_calls + 1;
    t_increment();
}
