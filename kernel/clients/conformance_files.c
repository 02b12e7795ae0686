#include <api/file.h>
#include <clients/conformance.h>
#include <clients/text.h>

static void check_content(struct conformance *suite, struct volume *volume) {
    owned(file) struct file file = {0};
    struct file_status status;
    char data[1500];
    size_t done = 9;
    uint64_t position = 9;

    conformance_check(suite, "file_open to create", file_open(volume, &file, "/a", FILE_READ | FILE_WRITE | FILE_CREATE) == STATUS_OK);
    conformance_check(suite, "file_read of an empty file", file_read(&file, data, sizeof data, &done) == STATUS_OK && done == 0);
    conformance_check(suite, "file_write", file_write(&file, "hello world", 11, &done) == STATUS_OK && done == 11);
    conformance_check(suite, "file_seek to the start", file_seek(&file, 0, FILE_FROM_START, &position) == STATUS_OK && position == 0);
    conformance_check(suite, "file_read gives what was written",
                      file_read(&file, data, sizeof data, &done) == STATUS_OK && done == 11 && bytes_equal(data, "hello world", 11));
    conformance_check(suite, "file_read at the end", file_read(&file, data, sizeof data, &done) == STATUS_OK && done == 0);
    conformance_check(suite, "file_seek back", file_seek(&file, -5, FILE_FROM_END, &position) == STATUS_OK && position == 6);
    conformance_check(suite, "file_read from there", file_read(&file, data, 3, &done) == STATUS_OK && done == 3 && bytes_equal(data, "wor", 3));
    conformance_check(suite, "file_seek from here", file_seek(&file, -2, FILE_FROM_HERE, &position) == STATUS_OK && position == 7);
    conformance_check(suite, "file_seek before the start", file_seek(&file, -8, FILE_FROM_HERE, &position) == STATUS_INVALID && position == 7);
    conformance_check(suite, "file_seek beyond the limit", file_seek(&file, FILE_SIZE_MAX + 1, FILE_FROM_START, &position) == STATUS_INVALID);
    conformance_check(suite, "file_seek from nowhere", file_seek(&file, 0, (enum file_whence)7, &position) == STATUS_INVALID);
    conformance_check(suite, "file_stat",
                      file_stat(&file, &status) == STATUS_OK && status.kind == FILE_REGULAR && status.size == 11 && status.version == 1);

    bytes_fill(data, 'x', sizeof data);
    (void)file_seek(&file, 1000, FILE_FROM_START, &position);
    conformance_check(suite, "file_write beyond the end", file_write(&file, data, sizeof data, &done) == STATUS_OK && done == sizeof data);
    conformance_check(suite, "the file grew", file_stat(&file, &status) == STATUS_OK && status.size == 2500);
    (void)file_seek(&file, 500, FILE_FROM_START, &position);
    (void)file_read(&file, data, 100, &done);
    conformance_check(suite, "the gap reads as zeros", done == 100 && data[0] == 0 && data[99] == 0);
    conformance_check(suite, "file_truncate", file_truncate(&file, 5) == STATUS_OK);
    conformance_check(suite, "file_truncate to more",
                      file_truncate(&file, 600) == STATUS_OK && file_stat(&file, &status) == STATUS_OK && status.size == 600);
    (void)file_seek(&file, 0, FILE_FROM_START, &position);
    (void)file_read(&file, data, 600, &done);
    conformance_check(suite, "the rest is zeros", done == 600 && bytes_equal(data, "hello\0\0", 7) && data[599] == 0);
    conformance_check(suite, "file_truncate beyond the limit", file_truncate(&file, FILE_SIZE_MAX + 1) == STATUS_FULL);
    (void)file_seek(&file, FILE_SIZE_MAX - 1, FILE_FROM_START, &position);
    conformance_check(suite, "file_write beyond the limit", file_write(&file, "ab", 2, &done) == STATUS_FULL);
    conformance_check(suite, "file_write of the last byte", file_write(&file, "a", 1, &done) == STATUS_OK);
    conformance_check(suite, "file_close", file_close(&file) == STATUS_OK);
    conformance_check(suite, "file_close again", file_close(&file) == STATUS_BAD_OBJECT);
    conformance_check(suite, "file_read of none", file_read(&file, data, 1, &done) == STATUS_BAD_OBJECT);
    conformance_check(suite, "file_write of none", file_write(&file, data, 1, &done) == STATUS_BAD_OBJECT);
    conformance_check(suite, "file_seek of none", file_seek(&file, 0, FILE_FROM_START, &position) == STATUS_BAD_OBJECT);
    conformance_check(suite, "file_stat of none", file_stat(&file, &status) == STATUS_BAD_OBJECT);
    conformance_check(suite, "file_truncate of none", file_truncate(&file, 0) == STATUS_BAD_OBJECT);
}

static void check_opening(struct conformance *suite, struct volume *volume) {
    owned(file) struct file file = {0};
    owned(file) struct file other = {0};
    char data[16];
    size_t done = 0;
    uint64_t position;

    conformance_check(suite, "file_open finds nothing", file_open(volume, &file, "/missing", FILE_READ) == STATUS_NOT_FOUND);
    conformance_check(suite, "file_open below a file", file_open(volume, &file, "/a/b", FILE_READ) == STATUS_NOT_DIRECTORY);
    conformance_check(suite, "file_open of the root", file_open(volume, &file, "/", FILE_READ) == STATUS_IS_DIRECTORY);
    conformance_check(suite, "file_open without a slash", file_open(volume, &file, "a", FILE_READ) == STATUS_INVALID);
    conformance_check(suite, "file_open for nothing", file_open(volume, &file, "/a", 0) == STATUS_INVALID);
    conformance_check(suite, "file_open with a long part", file_open(volume, &file, "/0123456789abcdef", FILE_READ) == STATUS_INVALID);
    conformance_check(suite, "file_open exclusively", file_open(volume, &file, "/a", FILE_WRITE | FILE_CREATE | FILE_EXCLUSIVE) == STATUS_EXISTS);
    conformance_check(suite, "file_open to read", file_open(volume, &file, "/a", FILE_READ) == STATUS_OK);
    conformance_check(suite, "file_write when opened to read", file_write(&file, "x", 1, &done) == STATUS_DENIED);
    conformance_check(suite, "file_truncate when opened to read", file_truncate(&file, 0) == STATUS_DENIED);
    conformance_check(suite, "file_open twice", file_open(volume, &other, "/a", FILE_WRITE | FILE_APPEND) == STATUS_OK);
    conformance_check(suite, "file_read when opened to write", file_read(&other, data, 1, &done) == STATUS_DENIED);
    (void)file_truncate(&other, 3);
    conformance_check(suite, "file_write appends",
                      file_seek(&other, 0, FILE_FROM_START, &position) == STATUS_OK && file_write(&other, "tail", 4, &done) == STATUS_OK);
    conformance_check(suite, "the other opening sees it",
                      file_read(&file, data, sizeof data, &done) == STATUS_OK && done == 7 && bytes_equal(data, "heltail", 7));
    conformance_check(suite, "positions are apart", file_seek(&file, 0, FILE_FROM_HERE, &position) == STATUS_OK && position == 7);
    conformance_check(suite, "file_unlink of an open file", file_unlink(volume, "/a") == STATUS_OK);
    conformance_check(suite, "file_unlink again", file_unlink(volume, "/a") == STATUS_NOT_FOUND);
    (void)file_seek(&file, 0, FILE_FROM_START, &position);
    conformance_check(suite, "an unlinked file can be read", file_read(&file, data, 3, &done) == STATUS_OK && bytes_equal(data, "hel", 3));
}

void conformance_files(struct conformance *suite) {
    owned(volume) struct volume volume = {0};
    owned(volume) struct volume other = {0};
    owned(file) struct file file = {0};

    conformance_check(suite, "file_open in no volume", file_open(&volume, &file, "/a", FILE_READ) == STATUS_BAD_OBJECT);
    conformance_check(suite, "file_unlink in no volume", file_unlink(&volume, "/a") == STATUS_BAD_OBJECT);
    conformance_check(suite, "volume_close of none", volume_close(&volume) == STATUS_BAD_OBJECT);
    conformance_check(suite, "volume_create", volume_create(&volume) == STATUS_OK);
    conformance_check(suite, "volume_create again", volume_create(&other) == STATUS_OK);
    check_content(suite, &volume);
    check_opening(suite, &volume);
    (void)file_open(&volume, &file, "/b", FILE_WRITE | FILE_CREATE);
    conformance_check(suite, "file_rename", file_rename(&volume, "/b", "/c") == STATUS_OK);
    conformance_check(suite, "the old name is gone", file_unlink(&volume, "/b") == STATUS_NOT_FOUND);
    conformance_check(suite, "file_rename of nothing", file_rename(&volume, "/b", "/d") == STATUS_NOT_FOUND);
    conformance_check(suite, "file_rename to a taken name", file_rename(&volume, "/c", "/c") == STATUS_EXISTS);
    conformance_check(suite, "file_rename in no volume", file_rename(&(struct volume){0}, "/c", "/d") == STATUS_BAD_OBJECT);
    conformance_check(suite, "volumes are apart", file_open(&other, &(struct file){0}, "/c", FILE_READ) == STATUS_NOT_FOUND);
    conformance_check(suite, "volume_close with a file open", volume_close(&volume) == STATUS_OK);
    conformance_check(suite, "the file can still be written", file_write(&file, "x", 1, &(size_t){0}) == STATUS_OK);
}

void conformance_directories(struct conformance *suite) {
    owned(volume) struct volume volume = {0};
    owned(directory) struct directory directory = {0};
    owned(file) struct file file = {0};
    struct directory_entry entry;

    conformance_check(suite, "directory_create in no volume", directory_create(&volume, "/d") == STATUS_BAD_OBJECT);
    (void)volume_create(&volume);
    conformance_check(suite, "directory_create", directory_create(&volume, "/d") == STATUS_OK);
    conformance_check(suite, "directory_create again", directory_create(&volume, "/d") == STATUS_EXISTS);
    conformance_check(suite, "directory_create below", directory_create(&volume, "/d/e") == STATUS_OK);
    conformance_check(suite, "directory_create below nothing", directory_create(&volume, "/x/y") == STATUS_NOT_FOUND);
    conformance_check(suite, "file_open in a directory", file_open(&volume, &file, "/d/f", FILE_WRITE | FILE_CREATE) == STATUS_OK);
    conformance_check(suite, "file_unlink of a directory", file_unlink(&volume, "/d") == STATUS_IS_DIRECTORY);
    conformance_check(suite, "directory_remove of a file", directory_remove(&volume, "/d/f") == STATUS_NOT_DIRECTORY);
    conformance_check(suite, "directory_remove with entries", directory_remove(&volume, "/d") == STATUS_NOT_EMPTY);
    conformance_check(suite, "directory_remove of the root", directory_remove(&volume, "/") != STATUS_OK);
    conformance_check(suite, "directory_remove of nothing", directory_remove(&volume, "/x") == STATUS_NOT_FOUND);
    conformance_check(suite, "file_rename into itself", file_rename(&volume, "/d", "/d/e/g") == STATUS_INVALID);
    conformance_check(suite, "directory_open", directory_open(&volume, &directory, "/d") == STATUS_OK);
    conformance_check(suite, "directory_next",
                      directory_next(&directory, &entry) == STATUS_OK && text_equal(entry.name, "e") && entry.kind == FILE_DIRECTORY);
    conformance_check(suite, "directory_next again",
                      directory_next(&directory, &entry) == STATUS_OK && text_equal(entry.name, "f") && entry.kind == FILE_REGULAR);
    conformance_check(suite, "directory_next at the end", directory_next(&directory, &entry) == STATUS_EMPTY);
    conformance_check(suite, "directory_close", directory_close(&directory) == STATUS_OK);
    conformance_check(suite, "directory_close again", directory_close(&directory) == STATUS_BAD_OBJECT);
    conformance_check(suite, "directory_next of none", directory_next(&directory, &entry) == STATUS_BAD_OBJECT);
    conformance_check(suite, "directory_open of a file", directory_open(&volume, &directory, "/d/f") == STATUS_NOT_DIRECTORY);
    conformance_check(suite, "directory_open of nothing", directory_open(&volume, &directory, "/x") == STATUS_NOT_FOUND);
    conformance_check(suite, "directory_remove", directory_remove(&volume, "/d/e") == STATUS_OK);
}
