// IDIOM: ops_tables
// RUN: %may_modify %s | %FileCheck
/* Zephyr: const devices in a section, api and data as const void pointers. */
struct device { const char *name; const void *config; const void *api; void *data; }; struct uart_api { int (*poll_in)(const struct device *, unsigned char *); void (*poll_out)(const struct device *, unsigned char); }; struct uart_data { int rx, tx; };
static struct uart_data data0, data1;
static int in0(const struct device *d, unsigned char *c) { ((struct uart_data *)d->data)->rx++; return 0; } static void out0(const struct device *d, unsigned char c) { ((struct uart_data *)d->data)->tx++; }
static const struct uart_api api = {in0, out0};
const struct device __device_0 __attribute__((section("._device.static.1"), used)) = {"UART_0", 0, &api, &data0};
static inline void uart_poll_out(const struct device *dev, unsigned char c) { const struct uart_api *a = (const struct uart_api *)dev->api; a->poll_out(dev, c); }
void hello(void) { uart_poll_out(&__device_0, 'h'); }
int get(void) { return data1.rx; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:hello:
// CHECK-NEXT:zephyr_device_api.c:data0.tx
// CHECK-NEXT:end
// CHECK-NEXT:in0:
// EXTRA-NEXT:struct uart_data.rx
// CHECK-NEXT:zephyr_device_api.c:data0.rx
// EXTRA-NEXT:zephyr_device_api.c:data1.rx
// CHECK-NEXT:end
// CHECK-NEXT:out0:
// EXTRA-NEXT:struct uart_data.tx
// CHECK-NEXT:zephyr_device_api.c:data0.tx
// EXTRA-NEXT:zephyr_device_api.c:data1.tx
// CHECK-NEXT:end
