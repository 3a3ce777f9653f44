#include "python.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -I: neither the folder that we are in nor the user's settings change what it does. */
static const char *const command[] = { "python3", "-I", "-c", par_python_script, NULL };
static const char *const workloads[] = { "spin", "nap", "timer", NULL };

const struct par_outside par_python = { command, workloads };

static bool is_in(const char *folder, size_t size)
{
	char path[4096];
	int length = snprintf(path, sizeof path, "%.*s/%s", (int)size, folder, command[0]);

	return length > 0 && (size_t)length < sizeof path && access(path, X_OK) == 0;
}

const char *par_python_unavailable(const struct par_machine *machine)
{
	const char *at = getenv("PATH");

	(void)machine;
	while (at != NULL) {
		size_t size = strcspn(at, ":");

		if (is_in(at, size))
			return NULL;
		at = at[size] == ':' ? at + size + 1 : NULL;
	}
	return "there is no python3 in PATH";
}
