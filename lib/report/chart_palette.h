/*
 * chart_palette: every colour of the charts and the page, in its light and its dark form.
 *
 * gnuplot draws with the light colours. On the page each of them is replaced by a CSS variable, so
 * that dark mode is another value of the variable; therefore no two entries may share a light
 * colour: one that would is moved by the smallest step that keeps them apart (nobody sees 1/255 of
 * blue).
 */
#ifndef PAR_CHART_PALETTE_H
#define PAR_CHART_PALETTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registry.h"
#include "text.h"

enum par_colour {
	PAR_COLOUR_INK,
	PAR_COLOUR_MUTED,
	PAR_COLOUR_AXIS,
	PAR_COLOUR_GRID,
	PAR_COLOUR_SHADE,  /* ground of points that share something: SMT siblings */
	PAR_COLOUR_SHADE2, /* ground of points past all PUs */
	PAR_COLOUR_STRIP,  /* the winner's interval */
	PAR_COLOUR_PAPER,
	PAR_COLOUR_WARN,
	PAR_COLOUR_GREY, /* a series beyond those that a chart can tell apart */
	PAR_COLOUR_HEAT, /* first of PAR_HEAT_LEVELS grounds, best first */
	PAR_COLOUR_HEAT_INK = PAR_COLOUR_HEAT + 7, /* first of as many inks on them */
	PAR_COLOURS_FIXED = PAR_COLOUR_HEAT_INK + 7,
};
#define PAR_HEAT_LEVELS 7

#define PAR_PALETTE_MODELS_MAX 24
#define PAR_PAINTS             3 /* of a model: line, ink, soft */

/* One colour. `css` is the variable's name without the dashes. */
struct par_paint {
	char css[40];
	uint32_t light, dark; /* 0xRRGGBB; light is unique in its palette */
};

/* Plain data; needs no fini. */
struct par_palette {
	const struct par_registry *registry; /* borrowed */
	struct par_paint paints[PAR_COLOURS_FIXED + PAR_PAINTS * PAR_PALETTE_MODELS_MAX];
	size_t count;
};

/* Fills the palette; models beyond PAR_PALETTE_MODELS_MAX are grey. */
void par_palette_init(struct par_palette *palette, const struct par_registry *registry);

/* The light colour of a fixed entry, as gnuplot is given it. */
uint32_t par_palette_fixed(const struct par_palette *palette, enum par_colour colour);

/* Lines and marks of a model, and its text. Grey or muted for a model that is not in the registry.
 */
uint32_t par_palette_line(const struct par_palette *palette, const struct par_model *model);
uint32_t par_palette_ink(const struct par_palette *palette, const struct par_model *model);

/* A paler form of the line, for curves that share a model. */
uint32_t par_palette_soft(const struct par_palette *palette, const struct par_model *model);

/* The CSS variable ("par-ink") that stands for a light colour; NULL: it is not of this palette. */
const char *par_palette_css(const struct par_palette *palette, uint32_t light);

/* Adds the declarations of all variables, light or dark: "--par-ink:#1b1f24;...". */
void par_palette_declare(struct par_text *out, const struct par_palette *palette, bool dark);

/* Reads "#RRGGBB"; 0 (black) for anything else. */
uint32_t par_colour_parse(const char *hex);

/*
 * How far two colours are apart for an eye: 100 times the Euclidean distance in OKLab (Ottosson
 * 2020, "A perceptual color space for image processing"). 2 is just visible side by side.
 */
double par_colour_distance(uint32_t a, uint32_t b);

enum par_vision {
	PAR_VISION_NORMAL,
	PAR_VISION_PROTAN,
	PAR_VISION_DEUTAN,
	PAR_VISION_TRITAN,
	PAR_VISIONS,
};

/*
 * What someone with that vision sees, at full severity: the matrices of Machado, Oliveira and
 * Fernandes (2009), "A Physiologically-based Model for Simulation of Color Vision Deficiency".
 */
uint32_t par_colour_seen(uint32_t colour, enum par_vision vision);

/* The least distance between any two of them over all kinds of vision; infinite for count < 2. */
double par_colour_least_distance(const uint32_t *colours, size_t count);

#endif
