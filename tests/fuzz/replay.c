/* Runs a fuzz target over files, and over all files of folders: what libFuzzer's main would do. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

#define INPUT_LIMIT (1U << 20) /* bytes */

/* Not with the project's own functions, which a target may replace. */
static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(INPUT_LIMIT);
	size_t size = 0;

	if (file == NULL || data == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	size = fread(data, 1, INPUT_LIMIT, file);
	fclose(file);
	printf("%s: %zu bytes\n", path, size);
	fflush(stdout);
	(void)LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 1;
}

/* Returns how many files were replayed. */
static int replay(const char *path)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	int count = 0;

	if (folder == NULL)
		return replay_file(path);
	while ((entry = readdir(folder)) != NULL) {
		char name[PATH_MAX];

		snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.')
			count += replay_file(name);
	}
	closedir(folder);
	return count;
}

int main(int argc, char **argv)
{
	int count = 0;

	for (int i = 1; i < argc; i++)
		count += replay(argv[i]);
	printf("%d inputs replayed\n", count);
	return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
