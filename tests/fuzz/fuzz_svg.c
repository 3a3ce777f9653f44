/* gnuplot's SVG: placed as a whole element of valid text, or refused with the page as before. */
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "fuzz.h"
#include "svg.h"

static bool ends_with(const char *text, const char *end)
{
	size_t size = strlen(text), tail = strlen(end);

	return size >= tail && strcmp(text + size - tail, end) == 0;
}

static bool has_number(const char *text, const char *word)
{
	for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
		if (at > text && (at[-1] == ' ' || at[-1] == '-'))
			return true;
	return false;
}

static void check_drawn(const char *drawn, const char *svg)
{
	FUZZ_CHECK(strncmp(drawn, "<svg class=\"c\"", 14) == 0 && ends_with(drawn, "</svg>"), "%s",
		drawn);
	FUZZ_CHECK(
		!fuzz_is_utf8(svg, strlen(svg)) || fuzz_is_utf8(drawn, strlen(drawn)), "%s", drawn);
	FUZZ_CHECK(strstr(svg, "nan") != NULL || !has_number(drawn, "nan"), "%s", drawn);
	FUZZ_CHECK(strstr(svg, "inf") != NULL || !has_number(drawn, "inf"), "%s", drawn);
}

static void check_inline(const char *svg, bool hover)
{
	struct par_text out = PAR_TEXT_INIT, unmapped = PAR_TEXT_INIT;
	struct par_error error = PAR_ERROR_INIT;
	struct par_palette palette;
	struct par_svg_frame frame = {
		.css_class = "c", .label = "l", .palette = &palette, .hover = hover
	};
	int status;

	par_palette_init(&palette, par_catalogue_registry());
	par_text_add(&out, "before");
	status = par_svg_inline(&out, svg, &frame, &unmapped, &error);
	FUZZ_CHECK(strncmp(par_text_get(&out), "before", 6) == 0, "the page has changed");
	if (status < 0) {
		fuzz_check_error(&error, status, true);
		FUZZ_CHECK(out.size == 6 && out.data[6] == '\0', "left: %s", out.data);
	} else {
		check_drawn(out.data + 6, svg);
	}
	par_text_fini(&unmapped);
	par_text_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *svg = fuzz_text(data, size);
	struct par_text symbols = PAR_TEXT_INIT;
	struct par_error error = PAR_ERROR_INIT;
	int status;

	check_inline(svg, true);
	check_inline(svg, false);
	status = par_svg_symbols(&symbols, svg, &error);
	if (status < 0)
		fuzz_check_error(&error, status, true);
	par_text_fini(&symbols);
	free(svg);
	return 0;
}
