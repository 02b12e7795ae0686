#include "client.h"

struct request client_request;
