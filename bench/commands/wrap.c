#include "wrap.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 80u

struct par_wrap par_wrap_begin(struct par_text *text, const char *label, unsigned indent)
{
	par_text_format(text, "%-*s", (int)indent, label);
	return (struct par_wrap){ .text = text, .used = indent, .indent = indent, .fresh = true };
}

void par_wrap_add(struct par_wrap *wrap, const char *words)
{
	unsigned size = (unsigned)strlen(words);

	if (!wrap->fresh && wrap->used + 1 + size > WIDTH) {
		par_text_format(wrap->text, "\n%*s", (int)wrap->indent, "");
		wrap->used = wrap->indent;
		wrap->fresh = true;
	}
	par_text_format(wrap->text, "%s%s", wrap->fresh ? "" : " ", words);
	wrap->used += size + (wrap->fresh ? 0 : 1);
	wrap->fresh = false;
}

/* How many numbers from the first one on follow one another. */
static unsigned run_length(const int *numbers, unsigned count)
{
	unsigned length = 1;

	while (length < count && numbers[length] == numbers[length - 1] + 1)
		length++;
	return length;
}

void par_wrap_numbers(struct par_wrap *wrap, const int *numbers, unsigned count)
{
	for (unsigned i = 0; i < count;) {
		unsigned length = run_length(numbers + i, count - i);
		char word[32];

		if (length < 3) {
			length = 1;
			(void)snprintf(word, sizeof(word), "%d", numbers[i]);
		} else {
			(void)snprintf(
				word, sizeof(word), "%d-%d", numbers[i], numbers[i + length - 1]);
		}
		par_wrap_add(wrap, word);
		i += length;
	}
}

void par_wrap_end(struct par_wrap *wrap)
{
	par_text_add(wrap->text, "\n");
}
