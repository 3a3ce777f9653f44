#include "chart_palette.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fixed {
	enum par_colour colour;
	const char *css;
	uint32_t light, dark;
};

#define HEAT(level)     PAR_COLOUR_HEAT + (level)
#define HEAT_INK(level) PAR_COLOUR_HEAT_INK + (level)

static const struct fixed fixed_paints[] = {
	{ PAR_COLOUR_INK, "par-ink", 0x1B1F24, 0xEEF3F8 },
	{ PAR_COLOUR_MUTED, "par-muted", 0x59636E, 0x9AA6B2 },
	{ PAR_COLOUR_AXIS, "par-axis", 0x8C959F, 0x66717D },
	{ PAR_COLOUR_GRID, "par-grid", 0xE4E8EC, 0x2A3138 },
	{ PAR_COLOUR_SHADE, "par-shade", 0xF7F8FA, 0x151A20 },
	{ PAR_COLOUR_SHADE2, "par-shade2", 0xF0F2F6, 0x1A2129 },
	{ PAR_COLOUR_STRIP, "par-strip", 0xD6E6F4, 0x1D3A57 },
	{ PAR_COLOUR_PAPER, "par-paper", 0xFFFFFF, 0x0F1419 },
	{ PAR_COLOUR_WARN, "par-warn", 0xB3261E, 0xFF8A80 },
	{ PAR_COLOUR_GREY, "par-grey", 0xB4BBC3, 0x4A545E },
	{ HEAT(0), "par-heat0", 0x12498F, 0x7DB4FF },
	{ HEAT(1), "par-heat1", 0x3572B5, 0x4A8BD6 },
	{ HEAT(2), "par-heat2", 0x8DB5DD, 0x2A5FA0 },
	{ HEAT(3), "par-heat3", 0xC5DAEF, 0x1F4470 },
	{ HEAT(4), "par-heat4", 0xE3ECF5, 0x1A2D44 },
	{ HEAT(5), "par-heat5", 0xF2F3F5, 0x191F26 },
	{ HEAT(6), "par-heat6", 0xF7DCCF, 0x452413 },
	{ HEAT_INK(0), "par-heat0-ink", 0xFFFFFE, 0x0B1A2E },
	{ HEAT_INK(1), "par-heat1-ink", 0xFEFFFF, 0x06121F },
	{ HEAT_INK(2), "par-heat2-ink", 0x10233A, 0xE6F0FB },
	{ HEAT_INK(3), "par-heat3-ink", 0x172A40, 0xD6E4F3 },
	{ HEAT_INK(4), "par-heat4-ink", 0x2B3A4A, 0xB9C8D8 },
	{ HEAT_INK(5), "par-heat5-ink", 0x5A646F, 0x97A3AF },
	{ HEAT_INK(6), "par-heat6-ink", 0xA23E07, 0xFFB08A },
};
_Static_assert(sizeof fixed_paints / sizeof *fixed_paints == PAR_COLOURS_FIXED,
	"every colour has a paint");

uint32_t par_colour_parse(const char *hex)
{
	char *end;
	unsigned long value;

	if (hex == NULL || hex[0] != '#' || strlen(hex) != 7)
		return 0;
	value = strtoul(hex + 1, &end, 16);
	return *end == '\0' ? (uint32_t)value : 0;
}

static bool is_taken(const struct par_palette *palette, uint32_t light)
{
	return par_palette_css(palette, light) != NULL;
}

/* Moves blue by one step at a time, alternately up and down, until nobody has the colour. */
static uint32_t unique_light(const struct par_palette *palette, uint32_t light)
{
	for (uint32_t step = 1; is_taken(palette, light) && step < 64; step++) {
		uint32_t blue = light & 0xFF;
		uint32_t moved = (step & 1) != 0 ? blue + step : blue - step;

		light = (light & 0xFFFF00) | (moved & 0xFF);
	}
	return light;
}

static void add_paint(struct par_palette *palette, const char *name, const char *suffix,
	uint32_t light, uint32_t dark)
{
	struct par_paint *paint = &palette->paints[palette->count];

	snprintf(paint->css, sizeof paint->css, "%s%s", name, suffix);
	paint->light = unique_light(palette, light);
	paint->dark = dark;
	palette->count++;
}

/* A third of the way to the ground it stands on. */
static uint32_t soften(uint32_t colour, uint32_t ground)
{
	uint32_t soft = 0;

	for (unsigned shift = 0; shift < 24; shift += 8)
		soft |= ((2 * (colour >> shift & 0xFF) + (ground >> shift & 0xFF)) / 3) << shift;
	return soft;
}

static void add_model(struct par_palette *palette, const struct par_model *model)
{
	const struct par_paint *paper = &palette->paints[PAR_COLOUR_PAPER];
	uint32_t light = par_colour_parse(model->look.light);
	uint32_t dark = par_colour_parse(model->look.dark);

	add_paint(palette, model->name, "", light, dark);
	add_paint(palette, model->name, "-ink", par_colour_parse(model->look.ink),
		par_colour_parse(model->look.ink_dark));
	add_paint(palette, model->name, "-soft", soften(light, paper->light),
		soften(dark, paper->dark));
}

void par_palette_init(struct par_palette *palette, const struct par_registry *registry)
{
	memset(palette, 0, sizeof *palette);
	palette->registry = registry;
	for (size_t i = 0; i < PAR_COLOURS_FIXED; i++) {
		struct par_paint *paint = &palette->paints[fixed_paints[i].colour];

		snprintf(paint->css, sizeof paint->css, "%s", fixed_paints[i].css);
		paint->light = fixed_paints[i].light;
		paint->dark = fixed_paints[i].dark;
	}
	palette->count = PAR_COLOURS_FIXED;
	for (size_t i = 0; registry->models[i] != NULL && i < PAR_PALETTE_MODELS_MAX; i++)
		add_model(palette, registry->models[i]);
}

uint32_t par_palette_fixed(const struct par_palette *palette, enum par_colour colour)
{
	return palette->paints[colour].light;
}

/* The place of a model's line colour, or 0 when it has none. */
static size_t model_place(const struct par_palette *palette, const struct par_model *model)
{
	for (size_t i = 0; palette->registry->models[i] != NULL && i < PAR_PALETTE_MODELS_MAX; i++)
		if (palette->registry->models[i] == model)
			return PAR_COLOURS_FIXED + PAR_PAINTS * i;
	return 0;
}

uint32_t par_palette_line(const struct par_palette *palette, const struct par_model *model)
{
	size_t place = model_place(palette, model);

	return palette->paints[place != 0 ? place : PAR_COLOUR_GREY].light;
}

uint32_t par_palette_ink(const struct par_palette *palette, const struct par_model *model)
{
	size_t place = model_place(palette, model);

	return palette->paints[place != 0 ? place + 1 : PAR_COLOUR_MUTED].light;
}

uint32_t par_palette_soft(const struct par_palette *palette, const struct par_model *model)
{
	size_t place = model_place(palette, model);

	return palette->paints[place != 0 ? place + 2 : PAR_COLOUR_GREY].light;
}

const char *par_palette_css(const struct par_palette *palette, uint32_t light)
{
	for (size_t i = 0; i < palette->count; i++)
		if (palette->paints[i].light == light)
			return palette->paints[i].css;
	return NULL;
}

void par_palette_declare(struct par_text *out, const struct par_palette *palette, bool dark)
{
	for (size_t i = 0; i < palette->count; i++) {
		const struct par_paint *paint = &palette->paints[i];

		par_text_format(out, "--%s:#%06x;", paint->css, dark ? paint->dark : paint->light);
	}
}
