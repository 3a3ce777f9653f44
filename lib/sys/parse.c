#include "parse.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "clock.h"

/* The longest name par_parse_nearest() looks at; longer ones are never near. */
#define NAME_LIMIT 64

/* The value of a digit in `base` (10 or 16), or -1. Not isdigit(): no locale may change this. */
static int digit_value(char c, unsigned base)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (base == 16 && c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (base == 16 && c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Reads the digits at *at into *out and moves *at past them: 0, -EINVAL (none), -ERANGE. */
static int read_digits(const char **at, unsigned base, uint64_t *out)
{
	const char *start = *at;
	uint64_t value = 0;
	bool overflow = false;
	int digit;

	for (; (digit = digit_value(**at, base)) >= 0; (*at)++) {
		overflow |= value > (UINT64_MAX - (unsigned)digit) / base;
		value = value * base + (unsigned)digit;
	}
	*out = value;
	if (*at == start)
		return -EINVAL;
	return overflow ? -ERANGE : 0;
}

int par_parse_u64(uint64_t *out, const char *string, uint64_t low, uint64_t high, const char *what,
	struct par_error *error)
{
	bool hex = string[0] == '0' && (string[1] == 'x' || string[1] == 'X');
	const char *at = hex ? string + 2 : string;
	uint64_t value;
	int rc = read_digits(&at, hex ? 16 : 10, &value);

	if (rc == -EINVAL || *at != 0)
		return par_fail(error, -EINVAL, "%s: \"%s\" is not a whole number, such as 8", what,
			string);
	if (rc || value < low || value > high)
		return par_fail(error, -ERANGE,
			"%s: %s is out of range, give %" PRIu64 " to %" PRIu64, what, string, low,
			high);
	*out = value;
	return 0;
}

/* Nanoseconds of a unit's name, or 0 when there is no such unit. */
static uint64_t unit_ns(const char *name)
{
	static const struct {
		char name[4];
		uint64_t ns;
	} units[] = {
		{ "ns", 1 },
		{ "us", PAR_NS_PER_US },
		{ "ms", PAR_NS_PER_MS },
		{ "s", PAR_NS_PER_S },
		{ "m", 60 * PAR_NS_PER_S },
		{ "h", 3600 * PAR_NS_PER_S },
	};

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (strcmp(units[i].name, name) == 0)
			return units[i].ns;
	return 0;
}

/* The digits behind the point as a part of `unit`; what is below a nanosecond is cut. */
static uint64_t fraction_ns(const char *digits, const char *end, uint64_t unit)
{
	uint64_t sum = 0;

	/* Every unit is divisible by 10 until it is a few ns, so no digit that counts is lost. */
	for (; digits < end; digits++) {
		unit /= 10;
		sum += unit * (unsigned)digit_value(*digits, 10);
	}
	return sum;
}

int par_parse_duration(
	uint64_t *out_ns, const char *string, const char *what, struct par_error *error)
{
	const char *at = string;
	const char *digits = NULL;
	const char *digits_end = NULL;
	uint64_t whole;
	uint64_t unit;
	uint64_t part;
	int rc = read_digits(&at, 10, &whole);

	if (rc == -EINVAL)
		goto invalid;
	if (*at == '.') {
		uint64_t unused;

		digits = ++at;
		if (read_digits(&at, 10, &unused) == -EINVAL)
			goto invalid;
		digits_end = at;
	}
	unit = unit_ns(at);
	if (unit == 0)
		goto invalid;
	part = fraction_ns(digits, digits_end, unit);
	if (rc || whole > (INT64_MAX - part) / unit)
		return par_fail(
			error, -ERANGE, "%s: %s is too long, give at most 2562047h", what, string);
	*out_ns = whole * unit + part;
	return 0;
invalid:
	return par_fail(error, -EINVAL,
		"%s: \"%s\" is not a duration, give a number and a unit (ns us ms s m h), such as "
		"90s",
		what, string);
}

int par_parse_list(
	char *list, const char **items, size_t capacity, const char *what, struct par_error *error)
{
	size_t count = 0;

	for (char *item = list; item; count++) {
		char *comma = strchr(item, ',');

		if (*item == 0 || comma == item)
			return par_fail(error, -EINVAL,
				"%s: an item of the list is empty, give items like a,b,c", what);
		if (count == capacity)
			return par_fail(error, -E2BIG, "%s: the list has more than %zu items", what,
				capacity);
		items[count] = item;
		if (comma)
			*comma++ = 0;
		item = comma;
	}
	return (int)count;
}

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/*
 * Edits (insert, delete, replace, swap two neighbours) that make `a` from `b`: the optimal string
 * alignment distance, by dynamic programming over the last three rows. Both have at most
 * NAME_LIMIT characters.
 */
static unsigned edit_distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
	unsigned rows[3][NAME_LIMIT + 1];

	for (size_t j = 0; j <= b_size; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a_size; i++) {
		unsigned *row = rows[i % 3];
		const unsigned *above = rows[(i + 2) % 3];
		const unsigned *above2 = rows[(i + 1) % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_size; j++) {
			unsigned differ = a[i - 1] != b[j - 1];

			row[j] = smaller(above[j - 1] + differ, smaller(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = smaller(row[j], above2[j - 2] + 1);
		}
	}
	return rows[a_size % 3][b_size];
}

const char *par_parse_nearest(const char *word, size_t count,
	const char *(*name_of)(const void *context, size_t index), const void *context)
{
	size_t word_size = strlen(word);
	const char *best = NULL;
	unsigned best_distance = (unsigned)smaller((unsigned)word_size, NAME_LIMIT) / 3 + 1;

	if (word_size > NAME_LIMIT)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		const char *name = name_of(context, i);
		size_t name_size = strlen(name);
		unsigned distance;

		if (name_size > NAME_LIMIT)
			continue;
		distance = edit_distance(word, word_size, name, name_size);
		if (distance < best_distance) {
			best_distance = distance;
			best = name;
		}
	}
	return best;
}
