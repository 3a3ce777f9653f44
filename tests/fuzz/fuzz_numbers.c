/* Numbers, durations, lists and near names as people type them, against plain arithmetic. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "parse.h"

#define ITEMS_MAX 16

/* Whether `text` is digits, or 0x and hexadecimal digits, and nothing else. */
static bool is_number(const char *text, int *base)
{
	const char *digits = "0123456789";

	*base = 10;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		*base = 16;
		text += 2;
		digits = "0123456789abcdefABCDEF";
	}
	return text[0] != '\0' && strspn(text, digits) == strlen(text);
}

static void check_number(const char *text, bool utf8)
{
	struct par_error error = PAR_ERROR_INIT;
	uint64_t number = 7, expected;
	int base, status = par_parse_u64(&number, text, 3, UINT64_MAX - 3, "--number", &error);

	if (status < 0)
		fuzz_check_error(&error, status, utf8);
	if (!is_number(text, &base)) {
		FUZZ_CHECK(status == -EINVAL, "'%s' is no number: %d", text, status);
		return;
	}
	errno = 0;
	expected = strtoull(text, NULL, base);
	if (errno == ERANGE || expected < 3 || expected > UINT64_MAX - 3)
		FUZZ_CHECK(status == -ERANGE && number == 7, "%s is out of range", text);
	else
		FUZZ_CHECK(status == 0 && number == expected, "%s is %" PRIu64, text, number);
}

static void check_duration(const char *text, bool utf8)
{
	static const char *const names[] = { "ns", "us", "ms", "s", "m", "h" };
	static const long double units[] = { 1, 1e3L, 1e6L, 1e9L, 60e9L, 3600e9L };
	struct par_error error = PAR_ERROR_INIT;
	uint64_t ns = 0;
	int status = par_parse_duration(&ns, text, "--duration", &error);
	size_t size = strspn(text, "0123456789.");
	long double expected = strtold(text, NULL);

	if (status < 0) {
		fuzz_check_error(&error, status, utf8);
		return;
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(text + size, names[i]) == 0)
			expected *= units[i];
	FUZZ_CHECK(ns <= INT64_MAX, "%s is longer than a signed number holds", text);
	/* what is below a nanosecond is cut, and long double rounds */
	FUZZ_CHECK((long double)ns <= expected * (1 + 1e-15L) + 1 &&
			   (long double)ns >= expected * (1 - 1e-15L) - 9,
		"%s is %" PRIu64 " ns, not %Lg", text, ns, expected);
}

/* Joined again, the items are the list. */
static void check_list(const char *text, bool utf8)
{
	struct par_error error = PAR_ERROR_INIT;
	const char *items[ITEMS_MAX];
	char *list = strdup(text);
	int count = par_parse_list(list, items, ITEMS_MAX, "--list", &error);
	const char *at = text;

	if (count < 0)
		fuzz_check_error(&error, count, utf8);
	for (int i = 0; i < count; i++) {
		size_t size = strlen(items[i]);

		FUZZ_CHECK(size > 0 && strncmp(at, items[i], size) == 0, "item %d of %s", i, text);
		at += size;
		FUZZ_CHECK(
			*at == (i + 1 < count ? ',' : '\0'), "the end of item %d of %s", i, text);
		at++;
	}
	free(list);
}

static const char *name_of(const void *context, size_t index)
{
	return ((const char *const *)context)[index];
}

static void check_nearest(const char *text)
{
	static const char *const names[] = { "thread", "thread_pool", "fork", "sha256" };
	const char *nearest = par_parse_nearest(text, 4, name_of, names);

	for (size_t i = 0; i < 4; i++)
		FUZZ_CHECK(strcmp(text, names[i]) != 0 || nearest == names[i], "near %s", text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	bool utf8 = fuzz_is_utf8(text, strlen(text));

	check_number(text, utf8);
	check_duration(text, utf8);
	check_list(text, utf8);
	check_nearest(text);
	free(text);
	return 0;
}
