/* What tasks need of the files entity: to give a child a handle of this kind. */
#ifndef SPILLFUL_FILES_H
#define SPILLFUL_FILES_H

#include <handles/handle.h>

extern const struct handle_operations volume_operations;

#endif
