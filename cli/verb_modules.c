/* spillscope modules: what a running kernel has loaded. */
#include "spillscope/loaded.h"
#include "spillscope/text.h"
#include "terminal.h"
#include "verb.h"

static void section_print(struct text *text, const struct loaded_section *section, bool json, bool first) {
    if (json) {
        text_append(text, first ? "{\"name\":" : ",{\"name\":");
        text_append_json_string(text, section->name);
        text_append_format(text, ",\"address\":\"0x%llx\"}", (unsigned long long)section->address);
    } else {
        text_append_format(text, "    0x%016llx  %s\n", (unsigned long long)section->address, section->name);
    }
}

/* {"schema_version":1,"slide":"0x0","modules":[{"name":"","record":"0x0","sections":[{"name":"","address":"0x0"}]}]} */
static void objects_print(struct text *text, const struct loaded_objects *loaded, uint64_t slide, bool json) {
    if (json) {
        text_append_format(text, "{\"schema_version\":1,\"slide\":\"0x%llx\",\"modules\":[", (unsigned long long)slide);
    }
    for (size_t i = 0; i < loaded->objects.count; i++) {
        const struct loaded_object *object = VECTOR_AT(&loaded->objects, struct loaded_object, i);
        if (json) {
            text_append(text, i ? ",\n{\"name\":" : "\n{\"name\":");
            text_append_json_string(text, object->name);
            text_append_format(text, ",\"record\":\"0x%llx\",\"sections\":[", (unsigned long long)object->record);
        } else {
            text_append_format(text, "%s: %u sections\n", object->name, object->count);
        }
        for (uint32_t s = 0; s < object->count; s++) {
            section_print(text, VECTOR_AT(&loaded->sections, struct loaded_section, object->first + s), json, s == 0);
        }
        text_append(text, json ? "]}" : "");
    }
    text_append(text, json ? "\n]}\n" : loaded->objects.count ? "" : "nothing is loaded\n");
}

static struct error *modules_perform(const struct arguments *arguments) {
    struct loaded_request request = {
        .elf = arguments_option(arguments, "elf"), .database = arguments_option(arguments, "db"), .stub = arguments_option(arguments, "gdb")};
    struct loaded_objects loaded = {0};
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    bool json = arguments_flag(arguments, "json");
    uint64_t slide = 0;
    if (!request.elf || !request.stub) {
        return error_create(ERROR_USAGE, "--elf and --gdb are needed");
    }
    struct error *error = loaded_list(&request, &loaded, &slide);
    if (!error) {
        objects_print(&text, &loaded, slide, json);
        error = text.failed ? error_out_of_memory() : terminal_print(&text, json);
    }
    objects_deinit(&loaded);
    return error;
}

static int run(const struct arguments *arguments) {
    return verb_finish("modules", modules_perform(arguments));
}

static const struct verb_option options[] = {
    {"elf", 0, "FILE", "the running kernel with its debug information"},
    {"gdb", 0, "ADDR", "its stub: unix:PATH, HOST:PORT or :PORT; the machine stands still meanwhile, and goes on"},
    {"db", 0, "FILE", "database whose manifest says in [objects] how the kernel keeps its list; without it, as Linux does"},
    {"json", 0, NULL, "print JSON"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_modules = {
    .name = "modules",
    .summary = "list what a running kernel has loaded: modules or cells, their sections and addresses",
    .usage = "--elf FILE --gdb ADDR [--db FILE] [--json]",
    .description =
        "Reads the kernel's own list of loaded objects through a stub, by the types of its debug information. Sections whose memory was given back\n"
        "(initial code) are left out.\n\n"
        "Exit codes: 0 done, 2 the stub, the list or the command line is at fault, 3 the ELF is not the kernel that runs.",
    .example = "spillscope modules --elf vmlinux --gdb :1234",
    .options = options,
    .paged = true,
    .run = run,
};
