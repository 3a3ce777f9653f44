#include "fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "file.h"

void fuzz_fail(const char *file, int line, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	dprintf(STDERR_FILENO, "%s:%d: ", file, line);
	vdprintf(STDERR_FILENO, format, values);
	dprintf(STDERR_FILENO, "\n");
	va_end(values);
	abort();
}

char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	FUZZ_CHECK(text != NULL, "no memory");
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* Bytes of the character at `at`, by RFC 3629; 0: none. */
static size_t character(const unsigned char *at, size_t size)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = *at < 0x80 ? 1 : *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : 4;
	uint32_t code;

	if (length == 1)
		return 1;
	if (*at < 0xC0 || *at > 0xF7 || length > size)
		return 0;
	code = *at & (0x7FU >> length);
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xC0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3F);
	}
	if (code < least[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		return 0;
	return length;
}

bool fuzz_is_utf8(const char *text, size_t size)
{
	const unsigned char *at = (const unsigned char *)text;

	while (size > 0) {
		size_t length = character(at, size);

		if (length == 0)
			return false;
		at += length;
		size -= length;
	}
	return true;
}

static void check_printable(const char *text)
{
	for (const char *at = text; *at != '\0'; at++)
		FUZZ_CHECK((unsigned char)*at >= ' ' && *at != 0x7F, "control character %d in: %s",
			*at, text);
}

void fuzz_check_line(const char *text)
{
	FUZZ_CHECK(text[0] != '\0', "an empty text");
	FUZZ_CHECK(fuzz_is_utf8(text, strlen(text)), "no UTF-8: %s", text);
	check_printable(text);
}

void fuzz_check_error(const struct par_error *error, int status, bool utf8)
{
	size_t size = strlen(error->text);

	FUZZ_CHECK(status < 0, "status %d with the error: %s", status, error->text);
	FUZZ_CHECK(size > 0, "status %d without a text", status);
	FUZZ_CHECK(!utf8 || fuzz_is_utf8(error->text, size), "no UTF-8: %s", error->text);
	check_printable(error->text);
}

const char *fuzz_file(const void *data, size_t size)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		FUZZ_CHECK(fd >= 0, "memfd_create failed");
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	}
	FUZZ_CHECK(lseek(fd, 0, SEEK_SET) == 0 && ftruncate(fd, 0) == 0 &&
			   par_write_all(fd, data, size) == 0,
		"the file in memory cannot be written");
	return path;
}

/* What stdout and stderr were, and what stands for them meanwhile. */
static FILE *real_error, *real_output;
static char *heard, *printed;
static size_t heard_size, printed_size;

void fuzz_listen(void)
{
	real_error = stderr;
	real_output = stdout;
	stderr = open_memstream(&heard, &heard_size);
	stdout = open_memstream(&printed, &printed_size);
	FUZZ_CHECK(stderr != NULL && stdout != NULL, "no memory");
}

char *fuzz_heard(void)
{
	fclose(stderr);
	fclose(stdout);
	stderr = real_error;
	stdout = real_output;
	free(printed);
	return heard;
}
