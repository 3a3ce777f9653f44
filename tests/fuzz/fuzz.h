/*
 * fuzz: what the fuzz targets share. A target takes any bytes; what must hold of them is checked.
 *
 * Built with clang and -DPAR_FUZZ=ON a target is a libFuzzer program; otherwise replay.c runs it
 * over the corpus. See tests/fuzz/run.sh.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errors.h"

/* libFuzzer's: the target, a mutator of its own, and the common one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity);

/* Ends the program unless `holds`; the rest is a printf format and its values. */
#define FUZZ_CHECK(holds, ...) ((holds) ? (void)0 : fuzz_fail(__FILE__, __LINE__, __VA_ARGS__))

_Noreturn void fuzz_fail(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A NUL-terminated copy of just that size, so that reading past its end is seen. free() it. */
char *fuzz_text(const uint8_t *data, size_t size);

bool fuzz_is_utf8(const char *text, size_t size);

/* That a text for a person is not empty, is valid UTF-8, and has no control character in it. */
void fuzz_check_line(const char *text);

/*
 * That a failure is told in one line: not empty, no control character; valid UTF-8 if `utf8`, which
 * says whether all that went in was.
 */
void fuzz_check_error(const struct par_error *error, int status, bool utf8);

/* A file in memory with that content; the path is good until the next call. */
const char *fuzz_file(const void *data, size_t size);

/* Sends what is printed on standard error and standard output to a text until fuzz_heard(). */
void fuzz_listen(void);

/* What was printed on standard error since; the caller frees it. */
char *fuzz_heard(void);

#endif
