/*
 * svg: gnuplot's SVG made fit to stand inside a page.
 *
 * Many drawings share one page, so ids, scripts and gnuplot's own titles go, colours become CSS
 * variables (dark mode), hover texts become native titles, dots become one path, and the point
 * symbols are kept once for all.
 */
#ifndef PAR_SVG_H
#define PAR_SVG_H

#include "chart_palette.h"
#include "errors.h"
#include "text.h"

/* How a drawing is placed. Borrowed. */
struct par_svg_frame {
	const char *css_class; /* of the svg element */
	const char *label;     /* for those who cannot see it; escaped here */
	const struct par_palette *palette;
	bool hover; /* keep the hover texts */
};

/*
 * Adds `svg` (NUL-terminated, as gnuplot 5.4 writes it) to `out` as an inline element. Colours that
 * are not of the palette are kept, and added to `unmapped` (may be NULL) one a line.
 * Returns 0, -ENOMEM, or -EBADMSG with `error` when it is not such a file; `out` is then as before.
 */
int par_svg_inline(struct par_text *out, const char *svg, const struct par_svg_frame *frame,
	struct par_text *unmapped, struct par_error *error);

/*
 * Adds the point symbols that inlined drawings refer to, as a hidden svg element, from any of them.
 * Returns as above.
 */
int par_svg_symbols(struct par_text *out, const char *svg, struct par_error *error);

/* True when `svg` is whole: it has a start, and ends with </svg>. */
bool par_svg_is_whole(const char *svg);

#endif
