/* open_image ELF CACHE: opens an image, and prints the seconds that it took, the peak memory in MB, the seconds of processor time, each with those of
 * the child, and what is in it. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include "spillscope/image.h"

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int count, char **words) {
    struct image *image __attribute__((cleanup(scope_image))) = NULL;
    struct rusage self;
    struct rusage child;
    if (count != 3) {
        fprintf(stderr, "usage: open_image ELF CACHE\n");
        return 2;
    }
    double start = seconds_now();
    struct error *error = image_open(words[1], NULL, words[2], &image);
    double taken = seconds_now() - start;
    if (error) {
        fprintf(stderr, "open_image: %s\n", error_message(error));
        error_destroy(error);
        return 2;
    }
    getrusage(RUSAGE_SELF, &self);
    getrusage(RUSAGE_CHILDREN, &child);
    long peak = self.ru_maxrss > child.ru_maxrss ? self.ru_maxrss : child.ru_maxrss;
    double processor = 0;
    for (int i = 0; i < 2; i++) {
        const struct rusage *usage = i ? &child : &self;
        processor += (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) + (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
    }
    printf("%.3f %ld %.3f %u %u %u\n", taken, peak / 1024, processor, image->type_count, image->variable_count, image->function_count);
    return 0;
}
