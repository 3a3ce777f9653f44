#include "json_skim.h"

#include <stdint.h>
#include <string.h>

#define DEPTH_MAX  8
#define DIGITS_MAX 19 /* of 64 bits, if the first is no 9 */

/* What is left of the line. Each step returns false at what it does not know. */
struct skim {
	const char *at, *end;
};

static bool take(struct skim *skim, char wanted)
{
	if (skim->at == skim->end || *skim->at != wanted)
		return false;
	skim->at++;
	return true;
}

/* Printable ASCII without escapes. */
static bool skip_string(struct skim *skim)
{
	if (!take(skim, '"'))
		return false;
	while (skim->at < skim->end && *skim->at != '"') {
		if (*skim->at < ' ' || *skim->at > '~' || *skim->at == '\\')
			return false;
		skim->at++;
	}
	return take(skim, '"');
}

static size_t skip_digits(struct skim *skim)
{
	const char *start = skim->at;

	while (skim->at < skim->end && *skim->at >= '0' && *skim->at <= '9')
		skim->at++;
	return (size_t)(skim->at - start);
}

/* Without an exponent. */
static bool skip_number(struct skim *skim)
{
	const char *first;
	size_t digits;

	take(skim, '-');
	first = skim->at;
	digits = skip_digits(skim);
	if (digits == 0 || digits > DIGITS_MAX || (digits == DIGITS_MAX && *first == '9') ||
		(digits > 1 && *first == '0'))
		return false;
	if (!take(skim, '.'))
		return true;
	digits = skip_digits(skim);
	return digits > 0 && digits <= DIGITS_MAX;
}

static bool skip_word(struct skim *skim, const char *word)
{
	size_t size = strlen(word);

	if ((size_t)(skim->end - skim->at) < size || memcmp(skim->at, word, size) != 0)
		return false;
	skim->at += size;
	return true;
}

static bool skip_scalar(struct skim *skim)
{
	if (skim->at == skim->end)
		return false;
	switch (*skim->at) {
	case '"': return skip_string(skim);
	case 'n': return skip_word(skim, "null");
	case 't': return skip_word(skim, "true");
	case 'f': return skip_word(skim, "false");
	default: return skip_number(skim);
	}
}

/* Any value; `closers` are those of the lists and objects that it is in. */
static bool skip_value(struct skim *skim)
{
	char closers[DEPTH_MAX];
	size_t depth = 0;

	for (;;) {
		bool opened = false;

		if (depth > 0 && closers[depth - 1] == '}' &&
			(!skip_string(skim) || !take(skim, ':')))
			return false;
		if (skim->at < skim->end && (*skim->at == '[' || *skim->at == '{')) {
			if (depth == DEPTH_MAX)
				return false;
			closers[depth++] = *skim->at++ == '[' ? ']' : '}';
			opened = true;
		} else if (!skip_scalar(skim)) {
			return false;
		}
		/* An empty list or object ends at once. */
		if (opened && (skim->at == skim->end || *skim->at != closers[depth - 1]))
			continue;
		while (depth > 0 && take(skim, closers[depth - 1]))
			depth--;
		if (depth == 0)
			return true;
		if (!take(skim, ','))
			return false;
	}
}

/* The place of a name in the list, or -1. */
static int find(const char *const *names, const char *name, size_t size)
{
	for (int i = 0; names[i] != NULL; i++) {
		if (strncmp(names[i], name, size) == 0 && names[i][size] == '\0')
			return i;
	}
	return -1;
}

/* Steps over one member. Whether it is to be kept is in *keep. */
static bool skip_member(struct skim *skim, const char *const *unread, uint32_t *seen, bool *keep)
{
	const char *name = skim->at + 1;
	int place;

	if (!skip_string(skim))
		return false;
	place = find(unread, name, (size_t)(skim->at - name - 1));
	*keep = place < 0;
	if (place >= 0 && (*seen & (1U << place)) != 0)
		return false; /* a second one: the parser will say so */
	if (place >= 0)
		*seen |= 1U << place;
	return take(skim, ':') && skip_value(skim);
}

bool par_json_skim(
	char *out, size_t *out_size, const char *line, size_t size, const char *const *unread)
{
	struct skim skim = { line, line + size };
	uint32_t seen = 0;
	size_t used = 0;
	bool keep;

	if (!take(&skim, '{'))
		return false;
	out[used++] = '{';
	do {
		const char *start = skim.at;

		if (!skip_member(&skim, unread, &seen, &keep))
			return false;
		if (!keep)
			continue;
		if (used > 1)
			out[used++] = ',';
		memcpy(out + used, start, (size_t)(skim.at - start));
		used += (size_t)(skim.at - start);
	} while (take(&skim, ','));
	if (!take(&skim, '}') || skim.at != skim.end)
		return false;
	out[used++] = '}';
	*out_size = used;
	return true;
}
