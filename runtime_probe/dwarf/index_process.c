#include "index_process.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "die.h"
#include "image_index.h"
#include "index_builder.h"

enum { CHILD_SECONDS = 600, CHILD_DONE = 0, CHILD_TOLD = 64, MESSAGE_MAX = 4096 };

struct error *index_make(struct elf_file *file, const char *source_root, enum die_decoder decoder, int descriptor) {
    struct index_builder builder;
    index_builder_init(&builder, file->pointer_size);
    struct error *error = die_reader_run(file, source_root, decoder, &builder);
    if (!error) {
        index_builder_symbols(&builder, file);
    }
    for (struct elf_file *object = file->next; !error && object; object = object->next) {
        error = die_reader_run(object, source_root, decoder, &builder); /* its types join the kernel's */
        if (!error) {
            index_builder_symbols(&builder, object);
        }
    }
    error = error ? error : index_builder_finish(&builder);
    error = error ? error : image_index_write(&builder, file->machine, file->build_id, descriptor);
    index_builder_deinit(&builder);
    return error;
}

/* An error travels as its code and its text. */
static int child_run(struct elf_file *file, const char *source_root, int descriptor, int report) {
    static const int fatal[] = {SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGABRT};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        signal(fatal[i], SIG_DFL); /* a handler of the parent's would go on in the child with what is the parent's */
    }
    struct rlimit seconds = {CHILD_SECONDS, CHILD_SECONDS};
    setrlimit(RLIMIT_CPU, &seconds);
    enum die_decoder decoder = die_decoder_of(file);
    struct error *error = index_make(file, source_root, decoder, descriptor);
    if (error && decoder == DIE_PLAIN && error_code_of(error) == ERROR_FORMAT) {
        error_destroy(error);
        error = index_make(file, source_root, DIE_LIBRARY, descriptor);
    }
    if (!error) {
        return CHILD_DONE;
    }
    char message[MESSAGE_MAX] = {(char)error_code_of(error)};
    strncpy(message + 1, error_message(error), sizeof message - 2);
    size_t length = strlen(message + 1) + 2;
    return write(report, message, length) == (ssize_t)length ? CHILD_TOLD : CHILD_TOLD + 1;
}

static struct error *child_error(const struct elf_file *file, int status, int report) {
    char message[MESSAGE_MAX] = {0};
    if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_TOLD && read(report, message, sizeof message - 1) > 1) {
        return error_create((enum error_code)message[0], "%s", message + 1);
    }
    int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (signal == SIGINT || signal == SIGTERM) {
        return error_create(ERROR_INTERRUPTED, "%s: reading its debug information was interrupted", file->path);
    }
    if (signal == SIGKILL) {
        return error_create(ERROR_MEMORY, "%s: reading its debug information was killed (out of memory?)", file->path);
    }
    return error_create(ERROR_FORMAT, "%s: malformed DWARF: reading .debug_info from offset 0 on ended with %s", file->path,
                        signal == SIGXCPU ? "its time limit"
                        : signal          ? strsignal(signal)
                                          : "an internal error");
}

struct error *index_make_apart(struct elf_file *file, const char *source_root, int descriptor) {
    int report[2]; /* holds one message, which fits into the pipe */
    if (pipe(report) != 0) {
        return error_create_errno("pipe");
    }
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) {
            _exit(CHILD_TOLD + 1);
        }
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        _exit(child_run(file, source_root, descriptor, report[1]));
    }
    close(report[1]);
    struct error *error = child < 0 ? error_create_errno("fork") : NULL;
    int status = 0;
    while (!error && waitpid(child, &status, 0) < 0) {
        error = errno == EINTR ? NULL : error_create_errno("waitpid");
    }
    if (!error && (!WIFEXITED(status) || WEXITSTATUS(status) != CHILD_DONE)) {
        error = child_error(file, status, report[0]);
    }
    close(report[0]);
    return error;
}
