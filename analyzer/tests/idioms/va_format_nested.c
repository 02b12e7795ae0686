// IDIOM: varargs
// RUN: %may_modify %s | %FileCheck
/* The list of arguments travels in a record, as for %pV, through a table of printers. */
typedef __builtin_va_list va_list;
struct va_format { const char *format; va_list *list; };
struct sink { int written; }; static struct sink console, file, cold;
typedef void (*printer)(struct va_format *);
static void print_sinks(struct va_format *f) { for (const char *c = f->format; *c; c++) __builtin_va_arg(*f->list, struct sink *)->written++; }
static void print_none(struct va_format *f) { (void)f; }
static const printer printers[] = {print_none, print_sinks};
static void emit(int how, const char *format, ...) { va_list list; __builtin_va_start(list, format); struct va_format f = {format, &list}; printers[how & 1](&f); __builtin_va_end(list); }
void log_all(int how) { emit(how, "ss", &console, &file); }
int get(void) { return cold.written; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:log_all:
// CHECK-NEXT:va_format_nested.c:console.written
// CHECK-NEXT:va_format_nested.c:file.written
// CHECK-NEXT:end
