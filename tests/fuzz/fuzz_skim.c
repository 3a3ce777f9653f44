/* A line without what nobody reads is, to the parser, the whole line without those members. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "json_skim.h"

static const char *const unread[] = { "pus", "noise", "workers", NULL };

/* The whole line by the parser; the skimmer may overlook a name that is twice in what it skips. */
static json_t *parse(const char *text, size_t size)
{
	json_error_t fault;
	json_t *json = json_loadb(text, size, 0, &fault);

	FUZZ_CHECK(json != NULL, "skimmed, though: %s: %.*s", fault.text, (int)size, text);
	return json;
}

static void check_skimmed(const char *line, size_t size, const char *gist, size_t gist_size)
{
	json_t *all = parse(line, size), *some = parse(gist, gist_size);

	for (size_t i = 0; unread[i] != NULL; i++) {
		FUZZ_CHECK(json_object_get(some, unread[i]) == NULL, "%s is left", unread[i]);
		json_object_del(all, unread[i]);
	}
	FUZZ_CHECK(json_equal(all, some), "'%.*s' became '%.*s'", (int)size, line, (int)gist_size,
		gist);
	json_decref(all);
	json_decref(some);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + !size), *gist = malloc(size + !size);
	size_t gist_size = 0;

	FUZZ_CHECK(line != NULL && gist != NULL, "no memory");
	if (size > 0)
		memcpy(line, data, size); /* not NUL-terminated, so that reading past it is seen */
	if (par_json_skim(gist, &gist_size, line, size, unread))
		check_skimmed(line, size, gist, gist_size);
	free(gist);
	free(line);
	return 0;
}
