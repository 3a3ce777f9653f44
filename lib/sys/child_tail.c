/* The end of a program's standard error, as one clean line. */
#include <string.h>

#include "child_parts.h"

void par_tail_add(struct par_tail *tail, const char *bytes, size_t size)
{
	size_t room = sizeof tail->bytes;
	size_t kept;

	if (size > room) {
		bytes += size - room;
		size = room;
	}
	kept = tail->size < room - size ? tail->size : room - size;
	memmove(tail->bytes, tail->bytes + tail->size - kept, kept);
	memcpy(tail->bytes + kept, bytes, size);
	tail->size = kept + size;
}

/*
 * The length of the UTF-8 character at `at`, of which `size` bytes may be read; 0 when there is
 * none. The ranges are those of table 3-7 of the Unicode standard: no overlong form, no surrogate.
 */
static size_t utf8_length(const unsigned char *at, size_t size)
{
	unsigned char low = 0x80;
	unsigned char high = 0xbf;
	size_t length;

	if (at[0] < 0x80)
		return 1;
	if (at[0] < 0xc2 || at[0] > 0xf4)
		return 0;
	length = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	if (length > size)
		return 0;
	switch (at[0]) {
	case 0xe0: low = 0xa0; break;
	case 0xed: high = 0x9f; break;
	case 0xf0: low = 0x90; break;
	case 0xf4: high = 0x8f; break;
	default: break;
	}
	if (at[1] < low || at[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

/* Cleans `tail` into `out`, which has room for as many bytes; returns the size. */
static size_t tail_clean(const struct par_tail *tail, char *out)
{
	const unsigned char *in = (const unsigned char *)tail->bytes;
	size_t used = 0;

	for (size_t i = 0; i < tail->size;) {
		size_t length = utf8_length(in + i, tail->size - i);

		if (length == 1 && (in[i] <= ' ' || in[i] == 0x7f)) {
			if (used > 0 && out[used - 1] != ' ')
				out[used++] = ' ';
		} else if (length == 0) {
			out[used++] = '?';
		} else {
			memcpy(out + used, in + i, length);
			used += length;
		}
		i += length > 0 ? length : 1;
	}
	return used > 0 && out[used - 1] == ' ' ? used - 1 : used;
}

void par_tail_line(const struct par_tail *tail, char *line, size_t size)
{
	char clean[sizeof tail->bytes];
	size_t used = tail_clean(tail, clean);
	size_t from = used < size ? 0 : used - (size - 1);

	/* Not from the middle of a character. */
	while (from > 0 && from < used && ((unsigned char)clean[from] & 0xc0) == 0x80)
		from++;
	memcpy(line, clean + from, used - from);
	line[used - from] = 0;
}
