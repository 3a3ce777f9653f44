/*
 * svg_tag: reading one tag of an SVG file, and writing numbers with fewer digits.
 */
#ifndef PAR_SVG_TAG_H
#define PAR_SVG_TAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* A piece of the file; not NUL-terminated. */
struct par_slice {
	const char *at;
	size_t size;
};

#define PAR_TAG_ATTRIBUTES_MAX 16

struct par_tag {
	struct par_slice name;
	bool closing; /* </name> */
	bool empty;   /* <name/> */
	struct {
		struct par_slice name, value;
	} attributes[PAR_TAG_ATTRIBUTES_MAX];
	size_t count;
};

/* Reads the tag at `at`, which is a '<'. Returns the place after its '>', or NULL: it is cut. */
const char *par_tag_read(struct par_tag *tag, const char *at);

/* The value of an attribute; at is NULL when there is none. */
struct par_slice par_tag_value(const struct par_tag *tag, const char *name);

bool par_slice_is(struct par_slice slice, const char *text);
bool par_slice_starts(struct par_slice slice, const char *text);

/* Reads "rgb( 25,  73, 151)" or "#194997". False for anything else. */
bool par_svg_read_colour(uint32_t *colour, struct par_slice value);

/* True for an attribute that says nothing in an inlined drawing: ids, scripts, fonts, defaults. */
bool par_svg_is_noise(struct par_slice name, struct par_slice value);

/* False for a number that stands nowhere near a page: infinite, NaN, beyond a million. */
bool par_svg_is_place(double value);

/*
 * Copies a list of numbers and letters (path data, points, transform) with one decimal at most.
 * False when it is no such list.
 */
bool par_svg_add_numbers(struct par_text *out, struct par_slice list);

#endif
