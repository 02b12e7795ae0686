#ifndef SPILLSCOPE_FRONTEND_UNIT_LOWER_H
#define SPILLSCOPE_FRONTEND_UNIT_LOWER_H
/* A whole translation unit: starts at what must be emitted and follows what it reaches. */
#include "unit.h"

namespace spillscope {

void lower_unit(Unit &unit);

} // namespace spillscope
#endif
