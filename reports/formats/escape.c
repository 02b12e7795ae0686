#include "spillscope/escape.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* One decoded character; code UINT32_MAX stands for a malformed byte. */
struct character {
    uint32_t code;
    size_t length; /* bytes consumed, at least 1 */
};

static struct character character_decode(const unsigned char *bytes) {
    const struct character malformed = {UINT32_MAX, 1};
    if (bytes[0] < 0x80) {
        return (struct character){bytes[0], 1};
    }
    size_t length = bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;
    uint32_t least = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80;
    if (bytes[0] < 0xc2 || bytes[0] > 0xf4) {
        return malformed;
    }
    uint32_t code = bytes[0] & (0xffu >> (length + 1));
    for (size_t index = 1; index < length; index++) {
        if ((bytes[index] & 0xc0) != 0x80) {
            return malformed;
        }
        code = code << 6 | (bytes[index] & 0x3fu);
    }
    bool bad = code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff);
    return bad ? malformed : (struct character){code, length};
}

/* Characters that change how their neighbours are shown, or that a terminal obeys. */
static bool character_is_active(uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c || (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb) ||
           (code & 0xfffe) == 0xfffe || (code >= 0xe0000 && code <= 0xe007f);
}

static void append_visible(struct text *out, uint32_t code) {
    if (code < 0x20) {
        const char picture[] = {(char)0xe2, (char)0x90, (char)(0x80 + code)}; /* U+2400 control pictures */
        text_append_bytes(out, picture, sizeof picture);
    } else {
        text_append_format(out, "[U+%04X]", code);
    }
}

typedef bool (*replace_function)(struct text *out, uint32_t code);

/* Keeps line breaks and tabs. */
static bool replace_layout(struct text *out, uint32_t code) {
    if (code != '\n' && code != '\t') {
        return false;
    }
    text_append_char(out, (char)code);
    return true;
}

/* In a job's output runners obey "::error::" where a line begins, but for blanks, and "##[error]" and "##vso[...]" wherever they stand. */
static bool is_log_command(const char *at, bool begins_line) {
    return (begins_line && strncmp(at, "::", 2) == 0) || strncmp(at, "##[", 3) == 0 || strncmp(at, "##vso[", 6) == 0;
}

/* Calls `replace` for each character; what it declines is copied, or made visible when it is active. `logged`: may stand in the log of a CI job. */
static void escape_all(struct text *out, const char *string, bool logged, replace_function replace) {
    const unsigned char *at = (const unsigned char *)string;
    bool begins_line = true; /* for what we know, the string may */
    while (*at) {
        struct character character = character_decode(at);
        if (logged && is_log_command((const char *)at, begins_line)) {
            text_append_format(out, "[U+%04X]", character.code);
        } else if (character.code == UINT32_MAX) {
            text_append(out, "\xef\xbf\xbd");
        } else if (!replace(out, character.code)) {
            if (character_is_active(character.code)) {
                append_visible(out, character.code);
            } else {
                text_append_bytes(out, (const char *)at, character.length);
            }
        }
        begins_line = (character.code == '\n' && replace == replace_layout) || (begins_line && (character.code == ' ' || character.code == '\t'));
        at += character.length;
    }
}

static void escape_each(struct text *out, const char *string, replace_function replace) {
    escape_all(out, string, false, replace);
}

static bool replace_markup(struct text *out, uint32_t code) {
    switch (code) {
    case '&':
        text_append(out, "&amp;");
        return true;
    case '<':
        text_append(out, "&lt;");
        return true;
    case '>':
        text_append(out, "&gt;");
        return true;
    case '"':
        text_append(out, "&quot;");
        return true;
    case '\'':
        text_append(out, "&#39;");
        return true;
    default:
        return false;
    }
}

void escape_html(struct text *out, const char *string) {
    escape_each(out, string, replace_markup);
}

void escape_xml(struct text *out, const char *string) {
    escape_each(out, string, replace_markup);
}

static bool replace_script(struct text *out, uint32_t code) {
    if (code == '"' || code == '\\') {
        text_append_char(out, '\\');
        text_append_char(out, (char)code);
        return true;
    }
    if (code == '<' || code == '>' || code == '&') {
        text_append_format(out, "\\u%04x", code);
        return true;
    }
    return false;
}

void escape_script_json(struct text *out, const char *string) {
    text_append_char(out, '"');
    escape_each(out, string, replace_script);
    text_append_char(out, '"');
}

static bool replace_nothing(struct text *out, uint32_t code) {
    (void)out;
    (void)code;
    return false;
}

void escape_terminal(struct text *out, const char *string) {
    escape_all(out, string, true, replace_nothing);
}

void escape_terminal_lines(struct text *out, const char *string) {
    escape_all(out, string, true, replace_layout);
}

static bool replace_markdown(struct text *out, uint32_t code) {
    if (code == '<' || code == '>' || code == '&' || code == '@') {
        text_append_format(out, "&#%u;", code);
        return true;
    }
    if (code < 0x80 && strchr("\\`*_{}[]()#+!|~$", (int)code) && code) {
        text_append_char(out, '\\');
        text_append_char(out, (char)code);
        return true;
    }
    return false;
}

/* GitHub and GitLab make links of bare addresses: a reference in their midst is read as the same character, but not as an address. */
void escape_markdown(struct text *out, const char *string) {
    struct text escaped __attribute__((cleanup(text_deinit))) = {0};
    escape_each(&escaped, string, replace_markdown);
    for (const char *at = text_string(&escaped); *at; at++) {
        bool dot = at[0] == '.' && at - text_string(&escaped) >= 3 && strncasecmp(at - 3, "www", 3) == 0;
        if (dot || strncmp(at, "://", 3) == 0) {
            text_append_format(out, "&#%d;", *at);
        } else {
            text_append_char(out, *at);
        }
    }
    out->failed = out->failed || escaped.failed;
}

static bool replace_workflow_data(struct text *out, uint32_t code) {
    if (code == '%' || code == '\r' || code == '\n') {
        text_append_format(out, "%%%02X", code);
        return true;
    }
    return false;
}

static bool replace_workflow_property(struct text *out, uint32_t code) {
    if (code == ':' || code == ',') {
        text_append_format(out, "%%%02X", code);
        return true;
    }
    return replace_workflow_data(out, code);
}

void escape_workflow(struct text *out, const char *string, bool property) {
    escape_each(out, string, property ? replace_workflow_property : replace_workflow_data);
}

void escape_json_shown(struct text *out, const char *string) {
    struct text shown __attribute__((cleanup(text_deinit))) = {0};
    escape_each(&shown, string, replace_nothing);
    text_append_json_string(out, text_string(&shown));
}

void escape_path(struct text *out, const char *path) {
    struct text segment __attribute__((cleanup(text_deinit))) = {0};
    for (const char *at = path;; at++) {
        size_t length = strcspn(at, "/");
        bool leads_out = length == 0 || (length == 1 && at[0] == '.') || (length == 2 && at[0] == '.' && at[1] == '.');
        text_clear(&segment);
        text_append_bytes(&segment, at, length);
        text_append(out, leads_out ? "[" : "");
        escape_each(out, text_string(&segment), replace_nothing);
        text_append(out, leads_out ? "]" : "");
        at += length;
        text_append(out, *at ? "/" : "");
        if (!*at) {
            return;
        }
    }
}

void escape_json_path(struct text *out, const char *path) {
    struct text shown __attribute__((cleanup(text_deinit))) = {0};
    escape_path(&shown, path);
    text_append_json_string(out, text_string(&shown));
}

void escape_uri_path(struct text *out, const char *path) {
    struct text shown __attribute__((cleanup(text_deinit))) = {0};
    escape_path(&shown, path);
    for (const unsigned char *at = (const unsigned char *)text_string(&shown); *at; at++) {
        bool plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') || strchr("-._~/", *at);
        if (plain) {
            text_append_char(out, (char)*at);
        } else {
            text_append_format(out, "%%%02X", *at);
        }
    }
}
