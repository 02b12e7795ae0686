#ifndef SPILLSCOPE_SETTINGS_H
#define SPILLSCOPE_SETTINGS_H
/*
 * Values of options that the command line leaves open (docs/config.md): first the environment (SPILLSCOPE_ and the option's name in
 * capitals, '-' as '_'), then a configuration file. That is what SPILLSCOPE_CONFIG names, else the first regular file `.spillscope` or
 * `.spillscope/config` in the current directory or one above it.
 */
#include "verb.h"

struct settings; /* a configuration file that was read */

enum setting_origin { SETTING_COMMAND_LINE, SETTING_ENVIRONMENT, SETTING_FILE };

struct setting {
    const char *value; /* "" for a flag that is set; lives as long as the settings and the environment */
    enum setting_origin origin;
    const char *place; /* name of the variable, or path of the file; may be NULL for the command line */
    int line;          /* of the file, from 1 */
};

/*
 * Finds and reads the configuration file; without one the settings are empty. Sections must be verbs of `table` (ended by NULL) and
 * keys their options; keys before the first section are options of any verb. Errors name FILE:LINE.
 */
struct error *settings_load(const struct verb *const *table, struct settings **out_settings);
void settings_destroy(struct settings *settings); /* NULL is fine */

const char *settings_path(const struct settings *settings); /* of the file that was read; NULL = none */

/* The value at `index` of an option of `verb`; *out_found false past the last one, or when a flag is set to "no". */
struct error *settings_find(struct settings *settings, const struct verb *verb, const struct verb_option *option, size_t index,
                            struct setting *out_setting, bool *out_found);

#endif
