#include "spillscope/facts_driver.h"
#include "spillscope/text.h"

/* Escapes a path in a build line of ninja, or a whole variable value, where only the dollar matters. */
static void put_ninja(FILE *out, const char *string, bool path) {
    for (; *string; string++) {
        if (*string == '$' || (path && (*string == ' ' || *string == ':'))) {
            fputc('$', out);
        }
        fputc(*string, out);
    }
}

static void append_command(struct text *text, const struct facts_plan *plan, const struct facts_result_unit *unit) {
    text_append_shell_word(text, plan->program);
    text_append(text, " --compile-commands ");
    text_append_shell_word(text, plan->compile_commands);
    text_append_format(text, " --index %zu -o ", unit->index);
    text_append_shell_word(text, unit->facts_path);
}

static void write_ninja(const struct facts_plan *plan, const char *analyze, const char *database, FILE *out) {
    fputs("# Facts of each unit, one pure command each, then the analysis, which finds them in its cache.\n"
          "rule facts\n  command = $run\n  description = facts $in\n\n"
          "rule analyze\n  command = $run\n  pool = console\n\n",
          out);
    for (size_t i = 0; i < plan->result->count; i++) {
        const struct facts_result_unit *unit = &plan->result->units[i];
        struct text command = {0};
        append_command(&command, plan, unit);
        fputs("build ", out);
        put_ninja(out, unit->facts_path, true);
        fputs(": facts ", out);
        put_ninja(out, unit->path, true);
        fputs("\n  run = ", out);
        put_ninja(out, text_string(&command), false);
        fputc('\n', out);
        text_deinit(&command);
    }
    fputs("\nbuild ", out);
    put_ninja(out, database, true);
    fputs(": analyze", out);
    for (size_t i = 0; i < plan->result->count; i++) {
        fputs(" $\n    ", out);
        put_ninja(out, plan->result->units[i].facts_path, true);
    }
    fputs("\n  run = ", out);
    put_ninja(out, analyze, false);
    fputs("\n\ndefault ", out);
    put_ninja(out, database, true);
    fputc('\n', out);
}

struct error *facts_plan_write(const struct facts_plan *plan, enum facts_engine engine, const char *analyze, const char *database, FILE *out) {
    if (engine == FACTS_NINJA) {
        write_ninja(plan, analyze, database, out);
    }
    for (size_t i = 0; engine == FACTS_COMMANDS && i < plan->result->count; i++) {
        if (!plan->result->units[i].reused) {
            struct text command = {0};
            append_command(&command, plan, &plan->result->units[i]);
            fprintf(out, "%s\n", text_string(&command));
            text_deinit(&command);
        }
    }
    return fflush(out) == 0 && !ferror(out) ? NULL : error_create_errno("cannot write the plan");
}
