/*
 * record_compiler COMPILER ARGUMENT...: stands in for a compiler in another project's build, so that its compile commands are known without
 * compiling. A command that makes an object file from a C source is written to the compile database as one JSON entry and answered with an empty
 * object and a list of dependencies; one from assembly is only answered. All other commands run: what makes headers (-E, -S), tests of the
 * compiler, and objects that something is generated from.
 *
 * Environment: RECORD_DATABASE  the entries, one a line, each ended by a comma
 *              RECORD_OBJECT    an empty object file of the right kind
 *              RECORD_COMPILE   names of directories, ':' between them: objects in or below one of them are compiled and not recorded
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

struct command {
    char **arguments; /* [0] is the compiler */
    const char *source;
    const char *object;
    const char *dependencies; /* file to write them to, NULL */
    bool compiles;            /* -c, and neither -S nor -E */
};

static bool ends_with(const char *string, const char *end) {
    size_t length = strlen(string);
    size_t wanted = strlen(end);
    return length >= wanted && strcmp(string + length - wanted, end) == 0;
}

static struct command command_parse(char **arguments) {
    struct command command = {.arguments = arguments};
    bool other = false;
    for (char **at = arguments + 1; *at; at++) {
        if (strcmp(*at, "-c") == 0) {
            command.compiles = true;
        } else if (strcmp(*at, "-S") == 0 || strcmp(*at, "-E") == 0) {
            other = true;
        } else if (strcmp(*at, "-o") == 0 && at[1]) {
            command.object = *++at;
        } else if (strcmp(*at, "-MF") == 0 && at[1]) {
            command.dependencies = *++at;
        } else if (strncmp(*at, "-Wp,-MMD,", 9) == 0) {
            command.dependencies = *at + 9;
        } else if (strncmp(*at, "-Wp,-MD,", 8) == 0) {
            command.dependencies = *at + 8;
        } else if (**at != '-' && (ends_with(*at, ".c") || ends_with(*at, ".S"))) {
            command.source = *at;
        }
    }
    command.compiles =
        command.compiles && !other && command.source && command.object && (ends_with(command.object, ".o") || ends_with(command.object, ".tmp"));
    return command;
}

/* Is the object wanted for what it holds? */
static bool is_needed(const char *directory, const char *object) {
    const char *list = getenv("RECORD_COMPILE");
    char *path = NULL;
    if (!list || asprintf(&path, "%s/%s", *object == '/' ? "" : directory, object) < 0) {
        return false;
    }
    bool needed = false;
    char *names = strdup(list);
    char *save = NULL;
    for (char *name = names ? strtok_r(names, ":", &save) : NULL; name && !needed; name = strtok_r(NULL, ":", &save)) {
        char *part = NULL;
        needed = asprintf(&part, "/%s/", name) > 0 && strstr(path, part);
        free(part);
    }
    free(names);
    free(path);
    return needed;
}

static void put_string(FILE *out, const char *string) {
    fputc('"', out);
    for (; *string; string++) {
        if ((unsigned char)*string < 0x20) {
            fprintf(out, "\\u%04x", (unsigned char)*string);
        } else if (*string == '"' || *string == '\\') {
            fprintf(out, "\\%c", *string);
        } else {
            fputc(*string, out);
        }
    }
    fputc('"', out);
}

/* One write to a file opened for appending: entries of processes that run at the same time do not mix. */
static bool record(const struct command *command, const char *directory) {
    char *entry = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&entry, &length);
    if (!out) {
        return false;
    }
    fputs("{\"directory\":", out);
    put_string(out, directory);
    fputs(",\"file\":", out);
    put_string(out, command->source);
    fputs(",\"output\":", out);
    put_string(out, command->object);
    fputs(",\"arguments\":[", out);
    for (char **at = command->arguments; *at; at++) {
        if (at != command->arguments) {
            fputc(',', out);
        }
        put_string(out, *at);
    }
    fputs("]},\n", out);
    const char *database = getenv("RECORD_DATABASE");
    int file = fclose(out) == 0 && database ? open(database, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666) : -1;
    bool written = file >= 0 && write(file, entry, length) == (ssize_t)length;
    if (file >= 0) {
        written = close(file) == 0 && written;
    }
    free(entry);
    return written;
}

static bool answer(const struct command *command) {
    if (command->dependencies) {
        FILE *out = fopen(command->dependencies, "we");
        if (!out) {
            return false;
        }
        fprintf(out, "%s: %s\n", command->object, command->source);
        if (fclose(out) != 0) {
            return false;
        }
    }
    const char *empty = getenv("RECORD_OBJECT");
    int from = empty ? open(empty, O_RDONLY | O_CLOEXEC) : -1;
    int to = open(command->object, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    struct stat status;
    bool copied = from >= 0 && to >= 0 && fstat(from, &status) == 0 && sendfile(to, from, NULL, (size_t)status.st_size) == (ssize_t)status.st_size;
    if (from >= 0) {
        close(from);
    }
    if (to >= 0) {
        copied = close(to) == 0 && copied;
    }
    return copied;
}

int main(int count, char **arguments) {
    if (count < 2) {
        fprintf(stderr, "usage: record_compiler COMPILER ARGUMENT...\n");
        return 2;
    }
    struct command command = command_parse(arguments + 1);
    char *directory = getcwd(NULL, 0);
    if (!directory) {
        perror("record_compiler: current directory");
        return 2;
    }
    if (!command.compiles || is_needed(directory, command.object)) {
        execvp(arguments[1], arguments + 1);
        perror(arguments[1]);
        return 127;
    }
    if ((ends_with(command.source, ".c") && !record(&command, directory)) || !answer(&command)) {
        perror("record_compiler");
        return 1;
    }
    free(directory);
    return 0;
}
