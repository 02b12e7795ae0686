#ifndef CLIENT_H
#define CLIENT_H
/* The client's state: handed to the server by pointer only. */
#include <stdint.h>

struct request {
    uint32_t asked;
    uint32_t served;
};
extern struct request client_request;

#endif
