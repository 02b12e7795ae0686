#include "html/markup.h"

#include <string.h>

#include "findings/digest.h"
#include "findings/wording.h"
#include "spillscope/escape.h"
#include "html/assets.h"

void markup_cell(struct text *out, const char *string) {
    text_append(out, "<td>");
    escape_html(out, string);
    text_append(out, "</td>");
}

void markup_code_cell(struct text *out, const char *string) {
    text_append(out, "<td><code>");
    escape_html(out, string);
    text_append(out, "</code></td>");
}

void markup_number(struct text *out, int64_t number) {
    text_append_format(out, "<td class=\"number\">%lld</td>", (long long)number);
}

void markup_fact(struct text *out, const char *name, const char *value) {
    if (*value) {
        text_append_format(out, "<dt>%s</dt><dd>", name);
        escape_html(out, value);
        text_append(out, "</dd>");
    }
}

void markup_fingerprint_cell(struct text *out, const char *fingerprint) {
    text_append_format(out, "<td><a href=\"#f-%.*s\"><code>%.*s</code></a></td>", FINGERPRINT_ANCHOR, fingerprint, FINGERPRINT_SHORT, fingerprint);
}

void markup_query(struct text *out, const char *sql) {
    text_append(out, "<details class=\"query\"><summary>how this is counted</summary><pre><code>");
    struct text line __attribute__((cleanup(text_deinit))) = {0};
    for (const char *at = sql; *at;) {
        size_t length = strcspn(at, "\n");
        text_clear(&line);
        text_append_bytes(&line, at, length);
        escape_html(out, text_string(&line));
        at += length;
        if (*at) {
            text_append(out, "\n");
            at++;
        }
    }
    text_append(out, "</code></pre></details>\n");
}

/* The policy admits our one script by its digest: markup that slipped through an escape would still not run. */
static void append_script_digest(struct text *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char bytes[DIGEST_SIZE + 1] = {0};
    struct digest digest;
    digest_init(&digest);
    digest_add(&digest, asset_script, strlen(asset_script));
    digest_finish(&digest, bytes);
    for (size_t index = 0; index < DIGEST_SIZE; index += 3) {
        uint32_t group = (uint32_t)bytes[index] << 16 | (uint32_t)bytes[index + 1] << 8 | (index + 2 < DIGEST_SIZE ? bytes[index + 2] : 0);
        text_append_char(out, digits[group >> 18 & 63]);
        text_append_char(out, digits[group >> 12 & 63]);
        text_append_char(out, digits[group >> 6 & 63]);
        text_append_char(out, index + 2 < DIGEST_SIZE ? digits[group & 63] : '=');
    }
}

void markup_page_open(struct text *out, const char *title, const char *linked) {
    text_append(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"color-scheme\" content=\"light dark\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ");
    if (linked) {
        text_append(out, "'self'; script-src 'self");
    } else {
        text_append(out, "'unsafe-inline'; script-src 'sha256-");
        append_script_digest(out);
    }
    text_append(out, "'\">\n<title>");
    escape_html(out, title);
    text_append(out, "</title>\n");
    if (linked) {
        text_append(out, "<link rel=\"stylesheet\" href=\"");
        escape_uri_path(out, linked);
        text_append(out, ".css\">\n");
    } else {
        text_append(out, "<style>\n");
        text_append(out, asset_style);
        text_append(out, "</style>\n");
    }
    text_append(out, "</head>\n<body>\n");
}

void markup_script(struct text *out, const char *linked) {
    if (linked) {
        text_append(out, "<script src=\"");
        escape_uri_path(out, linked);
        text_append(out, ".js\">");
    } else {
        text_append(out, "<script>");
        text_append(out, asset_script);
    }
    text_append(out, "</script>\n");
}

void markup_page_close(struct text *out) {
    text_append(out, "</body>\n</html>\n");
}

static void append_row(struct text *out, const struct query *query, const struct markup_column *columns) {
    text_append(out, "<tr>");
    for (int column = 0; columns[column].title; column++) {
        const char *string = query_text(query, column);
        if (columns[column].form == 'n') {
            text_append(out, "<td class=\"number\">");
            escape_html(out, string ? string : "");
            text_append(out, "</td>");
        } else if (columns[column].form == 'c') {
            markup_code_cell(out, string ? string : "");
        } else {
            markup_cell(out, string ? string : "");
        }
    }
    text_append(out, "</tr>\n");
}

void markup_region(struct text *out, const char *label, const char *of) {
    text_append_format(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"table of %s", label);
    escape_html(out, of);
    text_append(out, "\">");
}

struct error *markup_table(struct text *out, struct store *store, const char *label, const char *sql, const struct markup_column *columns,
                           int64_t limit) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    int64_t count = 0;
    struct error *error = store_prepare(store, sql, &query);
    while (!error && !(error = query_step(query, &row)) && row) {
        if (count == 0) {
            markup_region(out, label, "");
            text_append(out, "<table><thead><tr>");
            for (int column = 0; columns[column].title; column++) {
                text_append_format(out, "<th scope=\"col\"%s>%s</th>", columns[column].form == 'n' ? " class=\"number\"" : "", columns[column].title);
            }
            text_append(out, "</tr></thead><tbody>\n");
        }
        if (count++ < limit) {
            append_row(out, query, columns);
        }
    }
    if (error) {
        return error;
    }
    text_append(out, count ? "</tbody></table></div>\n" : "<p>None.</p>\n");
    if (count > limit) {
        text_append_format(out, "<p class=\"notice\">%lld more rows are not shown; the query below has all.</p>\n", (long long)(count - limit));
    }
    markup_query(out, sql);
    return NULL;
}
