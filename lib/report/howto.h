/*
 * howto: "How to read this", in Markdown: the same words in report.md and on the page.
 */
#ifndef PAR_HOWTO_H
#define PAR_HOWTO_H

/* The text for a chart by its name, or for "answers"; NULL when there is none. */
const char *par_howto(const char *name);

/* What is the same for every run: how it was measured, in Markdown. */
extern const char par_howto_method[];

#endif
