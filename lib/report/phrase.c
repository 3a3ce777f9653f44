#include "phrase.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "chart_format.h"

/* Two words that are no plural are a thing, "a thread pool"; one word is a name, "fork". */
void par_phrase_model(struct par_text *out, const struct par_model *model)
{
	size_t size = strlen(model->label);
	bool plural = size > 0 && model->label[size - 1] == 's';
	bool thing = strchr(model->label, ' ') != NULL && !plural;

	par_text_format(out, "%s%s", thing ? "a " : "", model->label);
}

void par_phrase_place(struct par_text *out, const struct par_cell *cell)
{
	bool past = cell->workers > cell->cores;
	unsigned count = past ? cell->workers : cell->cores;

	par_text_format(out, past ? "with %s worker%s" : "on %s core%s",
		par_label_count(count).text, par_phrase_s(count));
}

void par_phrase_base(struct par_text *out, double t1_ns)
{
	double seconds = t1_ns / 1e9;

	if (seconds >= 100.0)
		par_text_format(out, "T1 = %.0f s", seconds);
	else
		par_text_format(out, "T1 = %#.3g s", seconds);
}

void par_phrase_slower(struct par_text *out, double ratio)
{
	if (ratio < 1.995)
		par_text_format(out, "%s slower", par_label_slower(ratio).text);
	else
		par_text_format(out, "takes %s as long", par_label_times(ratio).text);
}

const char *par_phrase_s(size_t count)
{
	return count == 1 ? "" : "s";
}

void par_phrase_join(struct par_text *out, size_t index, size_t count)
{
	if (index > 0)
		par_text_add(out, index + 1 == count ? " and " : ", ");
}

int par_phrase_take(char *out, size_t size, struct par_text *text)
{
	int status = par_text_status(text);
	size_t length = text->size < size ? text->size : size - 1;

	/* Not in the middle of a UTF-8 character, whose later bytes are 10xxxxxx. */
	while (length < text->size && length > 0 && (text->data[length] & 0xC0) == 0x80)
		length--;
	if (length > 0)
		memcpy(out, text->data, length);
	out[length] = '\0';
	par_text_fini(text);
	return status;
}
