#ifndef SPILLSCOPE_ESCAPE_H
#define SPILLSCOPE_ESCAPE_H
/*
 * Names from the analysed source are hostile until escaped. One function for each context that text can land in; whoever writes
 * output calls exactly one of them for every string that is not a literal of ours.
 *
 * In all of them bytes that are not UTF-8 become U+FFFD, and control characters, bidirectional overrides and line separators are made visible
 * (HTML and terminal) or replaced by what the format allows (XML, workflow commands). Text for terminals may stand in the log of a CI job, whose
 * runner obeys "::" at the beginning of a line and "##[" anywhere: these are made visible too.
 */
#include "spillscope/text.h"

void escape_html(struct text *out, const char *string);                    /* HTML text and double-quoted attribute values */
void escape_xml(struct text *out, const char *string);                     /* XML 1.0 text and attribute values */
void escape_script_json(struct text *out, const char *string);             /* a JSON string literal, quotes included, inside <script> */
void escape_terminal(struct text *out, const char *string);                /* one line of a terminal or a job's log: \n and \t are made visible too */
void escape_terminal_lines(struct text *out, const char *string);          /* the same, but \n and \t stay: a whole message */
void escape_markdown(struct text *out, const char *string);                /* text of a GitHub or GitLab markdown table cell */
void escape_workflow(struct text *out, const char *string, bool property); /* data or property of a "::warning" workflow command */
void escape_json_shown(struct text *out, const char *string);              /* a JSON string literal of a text that people are shown */
/*
 * A path of the analysed source, relative to its root, for programs that look the file up: what would lead out of the root, or mean another host, is
 * put into brackets ("[..]/[..]/etc/passwd"), so that it names nothing. One line.
 */
void escape_path(struct text *out, const char *path);
void escape_json_path(struct text *out, const char *path); /* the same as a JSON string literal */
void escape_uri_path(struct text *out, const char *path);  /* the same as an RFC 3986 path, relative to the root */
#endif
