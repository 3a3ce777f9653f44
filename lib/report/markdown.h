/*
 * markdown: Markdown (GitHub's, with tables) to HTML, and text escaped for Markdown.
 */
#ifndef PAR_MARKDOWN_H
#define PAR_MARKDOWN_H

#include "text.h"

/* Adds `markdown` as HTML; raw HTML in it is left out. Returns 0 or -ENOMEM. */
int par_markdown_html(struct par_text *out, const char *markdown);

/* Adds plain text so that Markdown shows it as it is, in a table's cell too. */
void par_markdown_escape(struct par_text *out, const char *text);

#endif
