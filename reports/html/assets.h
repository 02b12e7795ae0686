#ifndef SPILLSCOPE_REPORTS_ASSETS_H
#define SPILLSCOPE_REPORTS_ASSETS_H
/* assets/report.css and assets/report.js as strings. */
extern const char asset_style[];
extern const char asset_script[];
#endif
