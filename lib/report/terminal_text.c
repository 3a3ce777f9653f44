#include "terminal_text.h"

#include <string.h>

#include "terminal.h"

/* The ASCII likeness of the character at `text`, whose bytes are `size`. */
static const char *likeness(const char *text, size_t size)
{
	static const char *const pairs[][2] = { { "×", "x" }, { "±", "+-" }, { "·", "-" },
		{ "µ", "u" }, { "–", "-" }, { "—", "-" }, { "…", "..." }, { "≥", ">=" },
		{ "≤", "<=" }, { "\u00a0", " " }, { "\u2009", " " }, { "\u202f", " " },
		{ "’", "'" } };

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		if (strlen(pairs[i][0]) == size && memcmp(pairs[i][0], text, size) == 0)
			return pairs[i][1];
	}
	return "?";
}

size_t par_terminal_character(const char *text)
{
	size_t size = 1;

	while ((text[size] & 0xC0) == 0x80)
		size++;
	return size;
}

void par_terminal_fold(struct par_text *out, const char *text, bool utf8)
{
	while (*text != '\0') {
		size_t size = par_terminal_character(text);

		if (utf8 || (size == 1 && (text[0] & 0x80) == 0))
			par_text_add_bytes(out, text, size);
		else
			par_text_add(out, likeness(text, size));
		text += size;
	}
}

unsigned par_terminal_width(const char *text)
{
	unsigned width = 0;

	for (; *text != '\0'; text++)
		width += (*text & 0xC0) != 0x80;
	return width;
}

/* Adds `text` wrapped at blanks to `columns`; lines begin with `first`, then with `next`. */
static void add_wrapped(struct par_text *out, const char *text, unsigned columns, const char *first,
	const char *next)
{
	unsigned used = par_terminal_width(first);

	par_text_add(out, first);
	while (*text != '\0') {
		size_t size = strcspn(text, " ");
		struct par_text word = PAR_TEXT_INIT;
		bool begins = used == par_terminal_width(first) || used == par_terminal_width(next);
		unsigned width;

		par_text_add_bytes(&word, text, size);
		width = par_terminal_width(par_text_get(&word));
		if (!begins && used + 1 + width > columns) {
			par_text_format(out, "\n%s", next);
			used = par_terminal_width(next);
			begins = true;
		}
		par_text_format(out, "%s%s", begins ? "" : " ", par_text_get(&word));
		used += width + (begins ? 0 : 1);
		par_text_fini(&word);
		text += size + strspn(text + size, " ");
	}
	par_text_add(out, "\n");
}

void par_terminal_wrap(struct par_text *out, const char *text, unsigned columns, bool utf8,
	const char *first, const char *next)
{
	struct par_text folded = PAR_TEXT_INIT;

	par_terminal_fold(&folded, text, utf8);
	add_wrapped(out, par_text_get(&folded), columns, first, next);
	par_text_fini(&folded);
}
