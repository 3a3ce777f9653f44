/* The end of a program's standard error: one line of UTF-8, however the bytes arrived. */
#include <string.h>

#include "child_parts.h"
#include "fuzz.h"

static void check_clean(const char *line, size_t size)
{
	FUZZ_CHECK(strlen(line) < size, "too long");
	if (line[0] == '\0')
		return;
	fuzz_check_line(line);
	FUZZ_CHECK(
		strstr(line, "  ") == NULL && line[strlen(line) - 1] != ' ', "blanks: '%s'", line);
}

/* The first byte says in what pieces the rest arrives. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct par_tail tail = { .size = 0 };
	struct par_tail whole = { .size = 0 };
	const char *bytes = (const char *)data + 1;
	char line[512], same[512], little[8], none[1];
	size_t step;

	if (size == 0)
		return 0;
	step = data[0] + 1U;
	for (size_t at = 0; at < size - 1; at += step)
		par_tail_add(&tail, bytes + at, step < size - 1 - at ? step : size - 1 - at);
	par_tail_add(&whole, bytes, size - 1);
	par_tail_line(&tail, line, sizeof line);
	par_tail_line(&whole, same, sizeof same);
	FUZZ_CHECK(strcmp(line, same) == 0, "'%s' in pieces, '%s' at once", line, same);
	check_clean(line, sizeof line);
	par_tail_line(&tail, little, sizeof little);
	check_clean(little, sizeof little);
	par_tail_line(&tail, none, sizeof none);
	FUZZ_CHECK(none[0] == '\0', "no room");
	return 0;
}
