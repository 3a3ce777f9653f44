/*
 * svg_marks: the marks of a drawing in fewer bytes: those of one form, colour and size that follow
 * each other share an element.
 */
#ifndef PAR_SVG_MARKS_H
#define PAR_SVG_MARKS_H

#include "chart_palette.h"
#include "svg_tag.h"
#include "text.h"

/* The marks that were added last. Inert when zeroed. */
struct par_svg_marks {
	size_t end;      /* where they end in the output; 0: there are none */
	unsigned symbol; /* gnuplot's number of their form */
	uint32_t colour;
	double scale;
};

/* Adds "var(--par-ink)", or the colour itself where the palette has no variable for it. */
void par_svg_add_colour(struct par_text *out, const struct par_palette *palette, uint32_t colour);

/* Reads the place of a mark, "translate(10.00,10.01) scale(4.88)". */
bool par_svg_read_place(const struct par_tag *use, double *x, double *y, double *scale);

/*
 * Adds a mark to those before it, or begins anew: a dot as a line of no length with round ends,
 * another form as a use of its symbol. Returns false, and adds nothing, for what is no opaque mark.
 */
bool par_svg_add_mark(struct par_text *out, struct par_svg_marks *marks,
	const struct par_palette *palette, const struct par_tag *use);

#endif
