#include <api/device.h>
#include <clients/conformance.h>
#include <clients/text.h>

void conformance_devices(struct conformance *suite) {
    owned(device) struct device device = {0};
    owned(device) struct device other = {0};
    struct device_status status = {0};
    uint8_t data[DEVICE_TRANSFER_MAX + 1];
    size_t done = 99;

    conformance_check(suite, "device_read of none", device_read(&device, data, 1, &done) == STATUS_BAD_OBJECT);
    conformance_check(suite, "device_write of none", device_write(&device, data, 1, &done) == STATUS_BAD_OBJECT);
    conformance_check(suite, "device_control of none", device_control(&device, DEVICE_SELECT, DEVICE_MEMORY) == STATUS_BAD_OBJECT);
    conformance_check(suite, "device_seek of none", device_seek(&device, 0) == STATUS_BAD_OBJECT);
    conformance_check(suite, "device_status of none", device_status(&device, &status) == STATUS_BAD_OBJECT);
    conformance_check(suite, "device_close of none", device_close(&device) == STATUS_BAD_OBJECT);
    conformance_check(suite, "device_open of an unknown name", device_open(&device, "i2c-9") == STATUS_NOT_FOUND);
    conformance_check(suite, "device_open of a long name", device_open(&device, "a name much too long") == STATUS_INVALID);
    conformance_check(suite, "device_open", device_open(&device, "i2c-0") == STATUS_OK);
    conformance_check(suite, "device_read before a selection", device_read(&device, data, 1, &done) == STATUS_INVALID);
    conformance_check(suite, "device_control out of range", device_control(&device, DEVICE_SELECT, 128) == STATUS_INVALID);
    conformance_check(suite, "device_control of an unknown command", device_control(&device, 77, 1) == STATUS_INVALID);
    conformance_check(suite, "device_control selects", device_control(&device, DEVICE_SELECT, DEVICE_SENSOR) == STATUS_OK);
    conformance_check(suite, "device_read of the sensor",
                      device_read(&device, data, 8, &done) == STATUS_OK && done == 2 && bytes_equal(data, "\x15\x80", 2));
    conformance_check(suite, "device_write to the sensor", device_write(&device, data, 1, &done) == STATUS_DENIED);
    (void)device_control(&device, DEVICE_SELECT, 0x20);
    conformance_check(suite, "device_control sets retries", device_control(&device, DEVICE_RETRIES, 3) == STATUS_OK);
    conformance_check(suite, "device_read where nobody answers", device_read(&device, data, 1, &done) == STATUS_NO_DEVICE);
    conformance_check(suite, "device_write where nobody answers", device_write(&device, data, 1, &done) == STATUS_NO_DEVICE);
    (void)device_control(&device, DEVICE_SELECT, DEVICE_MEMORY);
    conformance_check(suite, "device_write", device_write(&device, "abcdef", 6, &done) == STATUS_OK && done == 6);
    conformance_check(suite, "device_status",
                      device_status(&device, &status) == STATUS_OK && status.address == DEVICE_MEMORY && status.retries == 3 && status.position == 6);
    conformance_check(suite, "device_seek", device_seek(&device, 2) == STATUS_OK);
    conformance_check(suite, "device_read", device_read(&device, data, 3, &done) == STATUS_OK && done == 3 && bytes_equal(data, "cde", 3));
    conformance_check(suite, "device_read of too much", device_read(&device, data, sizeof data, &done) == STATUS_INVALID);
    conformance_check(suite, "device_write of too much", device_write(&device, data, sizeof data, &done) == STATUS_INVALID);
    conformance_check(suite, "device_seek beyond everything", device_seek(&device, 65536) == STATUS_INVALID);
    conformance_check(suite, "device_seek to the last byte", device_seek(&device, 63) == STATUS_OK);
    conformance_check(suite, "device_write at the end", device_write(&device, "xy", 2, &done) == STATUS_OK && done == 1);
    conformance_check(suite, "device_write behind the end", device_write(&device, "xy", 2, &done) == STATUS_OK && done == 0);
    conformance_check(suite, "device_open again",
                      device_open(&other, "i2c-0") == STATUS_OK && device_control(&other, DEVICE_SELECT, DEVICE_MEMORY) == STATUS_OK);
    conformance_check(suite, "openings are apart", device_status(&other, &status) == STATUS_OK && status.retries == 1 && status.position == 0);
    conformance_check(suite, "the target is the same", device_read(&other, data, 2, &done) == STATUS_OK && bytes_equal(data, "ab", 2));
    conformance_check(suite, "device_close", device_close(&device) == STATUS_OK && device_close(&device) == STATUS_BAD_OBJECT);
}
