#include "html/assets.h"

/* The assembler includes the files, so they stay plain files in the source tree; each gets a NUL. */
__asm__(".section .rodata\n"
        ".global asset_style\n"
        "asset_style:\n"
        ".incbin \"" ASSET_DIRECTORY "/report.css\"\n"
        ".byte 0\n"
        ".global asset_script\n"
        "asset_script:\n"
        ".incbin \"" ASSET_DIRECTORY "/report.js\"\n"
        ".byte 0\n"
        ".previous\n");
