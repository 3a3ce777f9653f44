#include "svg_tag.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool par_slice_is(struct par_slice slice, const char *text)
{
	return slice.at != NULL && strlen(text) == slice.size &&
	       memcmp(slice.at, text, slice.size) == 0;
}

bool par_slice_starts(struct par_slice slice, const char *text)
{
	size_t size = strlen(text);

	return slice.at != NULL && slice.size >= size && memcmp(slice.at, text, size) == 0;
}

static const char *skip_space(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

/* Reads name = "value"; NULL when it is cut. */
static const char *read_attribute(struct par_tag *tag, const char *at)
{
	struct par_slice name = { at, strcspn(at, " \t\r\n=/>") }, value;
	const char *end;
	char quote;

	at = skip_space(at + name.size);
	if (*at != '=' || name.size == 0)
		return NULL;
	at = skip_space(at + 1);
	quote = *at;
	if (quote != '"' && quote != '\'')
		return NULL;
	end = strchr(at + 1, quote);
	if (end == NULL)
		return NULL;
	value = (struct par_slice){ at + 1, (size_t)(end - at - 1) };
	if (tag->count < PAR_TAG_ATTRIBUTES_MAX) {
		tag->attributes[tag->count].name = name;
		tag->attributes[tag->count].value = value;
		tag->count++;
	}
	return end + 1;
}

const char *par_tag_read(struct par_tag *tag, const char *at)
{
	memset(tag, 0, sizeof *tag);
	at++;
	tag->closing = *at == '/';
	at += tag->closing;
	tag->name = (struct par_slice){ at, strcspn(at, " \t\r\n/>") };
	at = skip_space(at + tag->name.size);
	while (*at != '>' && *at != '\0') {
		if (*at == '/') {
			tag->empty = true;
			at = skip_space(at + 1);
			continue;
		}
		at = read_attribute(tag, at);
		if (at == NULL)
			return NULL;
		at = skip_space(at);
	}
	return *at == '>' ? at + 1 : NULL;
}

struct par_slice par_tag_value(const struct par_tag *tag, const char *name)
{
	for (size_t i = 0; i < tag->count; i++)
		if (par_slice_is(tag->attributes[i].name, name))
			return tag->attributes[i].value;
	return (struct par_slice){ NULL, 0 };
}

static void add_number(struct par_text *out, double value)
{
	char text[32];
	double tenths = round(10 * value) / 10 + 0.0; /* no -0 */

	snprintf(text, sizeof text, fmod(tenths, 1) == 0 ? "%.0f" : "%.1f", tenths);
	par_text_add(out, text);
}

bool par_svg_is_place(double value)
{
	return fabs(value) < 1e6;
}

bool par_svg_add_numbers(struct par_text *out, struct par_slice list)
{
	const char *at = list.at, *end = list.at + list.size;
	bool after_number = false;

	while (at < end) {
		if (isdigit((unsigned char)*at) || *at == '-' || *at == '.') {
			char *next;
			double value = strtod(at, &next);

			if (next == at || !par_svg_is_place(value))
				return false;
			par_text_add(out, after_number ? " " : "");
			add_number(out, value);
			after_number = true;
			at = next;
		} else if (isalpha((unsigned char)*at) || *at == '(' || *at == ')') {
			par_text_add_bytes(out, at++, 1);
			after_number = false;
		} else if (isspace((unsigned char)*at) || *at == ',') {
			at++;
		} else {
			return false;
		}
	}
	return true;
}

bool par_svg_read_colour(uint32_t *colour, struct par_slice value)
{
	unsigned r, g, b;
	char text[40];

	if (value.at == NULL || value.size >= sizeof text)
		return false;
	memcpy(text, value.at, value.size);
	text[value.size] = '\0';
	if (sscanf(text, "rgb( %u , %u , %u )", &r, &g, &b) != 3 &&
		sscanf(text, "#%2x%2x%2x", &r, &g, &b) != 3)
		return false;
	*colour = (r & 0xFF) << 16 | (g & 0xFF) << 8 | (b & 0xFF);
	return true;
}

/* Values that the root element of the drawing sets for all, or that a browser assumes. */
static bool is_default(struct par_slice name, struct par_slice value)
{
	static const struct {
		const char *name, *value;
	} defaults[] = {
		{ "fill", "none" },
		{ "stroke", "none" },
		{ "stroke", "currentColor" },
		{ "stroke", "black" },
		{ "color", "black" },
		{ "color", "white" },
		{ "stroke-width", "1.00" },
		{ "stroke-linecap", "butt" },
		{ "stroke-linejoin", "miter" },
		{ "font-size", "13.00" },
		{ "text-anchor", "start" },
	};

	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
		if (par_slice_is(name, defaults[i].name) && par_slice_is(value, defaults[i].value))
			return true;
	return false;
}

static bool is_dropped(struct par_slice name)
{
	static const char *const dropped[] = { "id", "font-family", "onmousemove", "onmouseout",
		"shape-rendering", "xmlns", "xmlns:xlink" };

	for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
		if (par_slice_is(name, dropped[i]))
			return true;
	return false;
}

bool par_svg_is_noise(struct par_slice name, struct par_slice value)
{
	return is_dropped(name) || is_default(name, value);
}
