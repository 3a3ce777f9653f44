/* Memory: how much is left, and what the kernel does with pages behind a program's back. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_parts.h"
#include "procfs.h"

#define MEMORY_LEAST 0.10       /* available share: below it the kernel begins to look for pages */
#define SWAP_SMALL   (64 << 10) /* kB: idle services may lie there for ever */

/* kB; -1: not told. */
static int64_t memory_kb(const struct par_doctor_look *look, const char *key)
{
	char *text = par_procfs_read(look->root, "/proc/meminfo");
	char value[32], *end;
	long long kb;

	par_procfs_field(value, sizeof value, text, key);
	free(text);
	kb = strtoll(value, &end, 10);
	return end == value ? -1 : (int64_t)kb;
}

void par_doctor_memory(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	int64_t total = memory_kb(look, "MemTotal:");
	int64_t available = memory_kb(look, "MemAvailable:");

	par_doctor_why(check, "Short of memory the kernel drops caches and writes pages out in the "
			      "middle of a cell: 0.1 ms a page and more.");
	if (total <= 0 || available < 0) {
		par_doctor_unknown(check, "not told");
		return;
	}
	if ((double)available >= MEMORY_LEAST * (double)total) {
		par_doctor_good(check, "%.1f of %.1f GiB", (double)available / (1 << 20),
			(double)total / (1 << 20));
		return;
	}
	par_doctor_disturbs(check, PAR_DOCTOR_MUCH, "%.1f of %.1f GiB",
		(double)available / (1 << 20), (double)total / (1 << 20));
	par_doctor_instead(check, "End what uses most of it: 'ps aux --sort=-rss' lists it.");
}

/* Commands for one line of /proc/swaps, "/dev/sda2  partition  8388604  1024  -2"; false: refused.
 */
static bool add_swap(struct par_doctor_check *check, const char *line)
{
	char path[256], type[32];
	int64_t size, used;
	int priority;

	if (sscanf(line, "%255s %31s %" SCNd64 " %" SCNd64 " %d", path, type, &size, &used,
		    &priority) != 5 ||
		!par_doctor_path_is_safe(path))
		return false;
	par_text_format(&check->mend, "sudo swapoff %s\n", path);
	if (priority >= 0)
		par_text_format(&check->restore, "sudo swapon -p %d %s\n", priority, path);
	else /* the kernel hands out the negative ones by itself */
		par_text_format(&check->restore, "sudo swapon %s\n", path);
	return true;
}

static void swap_commands(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	char *text = par_procfs_read(look->root, "/proc/swaps"), *save = NULL;
	char *line = text == NULL ? NULL : strtok_r(text, "\n", &save);
	bool safe = true;

	while (safe && line != NULL && (line = strtok_r(NULL, "\n", &save)) != NULL)
		safe = add_swap(check, line);
	free(text);
	if (safe)
		return;
	par_text_clear(&check->mend);
	par_text_clear(&check->restore);
	par_doctor_instead(check, "No command is given: the name of a swap file has characters "
				  "that a shell might take for something else.");
}

void par_doctor_swap(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	int64_t total = memory_kb(look, "SwapTotal:"), left = memory_kb(look, "SwapFree:");
	int64_t available = memory_kb(look, "MemAvailable:");
	char swappiness[32];

	par_doctor_why(check, "A page that comes back from a disk takes 0.1 to 10 ms. Visits with "
			      "over 1 MiB of it are measured again.");
	par_procfs_line(swappiness, sizeof swappiness, look->root, "/proc/sys/vm/swappiness");
	if (total < 0 || left < 0) {
		par_doctor_unknown(check, "not told");
		return;
	}
	if (total - left <= SWAP_SMALL) {
		par_doctor_good(check, "%" PRId64 " of %" PRId64 " MiB in use, swappiness %s",
			(total - left) >> 10, total >> 10, swappiness);
		return;
	}
	par_doctor_disturbs(check, PAR_DOCTOR_SOME,
		"%" PRId64 " of %" PRId64 " MiB in use, swappiness %s", (total - left) >> 10,
		total >> 10, swappiness);
	if (available >= 0 && (double)available < 1.5 * (double)(total - left))
		par_doctor_instead(check, "No command is given: what is swapped out would not fit "
					  "into memory. End something first.");
	else
		swap_commands(check, look);
}

/* "always [madvise] never" gives "madvise". */
static void chosen_word(char *word, size_t size, const char *line)
{
	const char *from = strchr(line, '['), *to = from == NULL ? NULL : strchr(from, ']');

	word[0] = '\0';
	if (to != NULL)
		snprintf(word, size, "%.*s", (int)(to - from - 1), from + 1);
}

void par_doctor_huge_pages(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	static const char path[] = "/sys/kernel/mm/transparent_hugepage/enabled";
	char line[128], word[64];

	par_doctor_why(check, "Whether memory comes in huge pages is then up to what is free: fork "
			      "of 256 MiB takes 0.25 ms with them and 8.5 ms without, first touch "
			      "0.2 or 1.3 us for 4 KiB.");
	par_procfs_line(line, sizeof line, look->root, path);
	chosen_word(word, sizeof word, line);
	if (word[0] == '\0') {
		par_doctor_unknown(check, "this kernel has none");
	} else if (strcmp(word, "madvise") == 0 || strcmp(word, "never") == 0) {
		par_doctor_good(check, "%s", word);
	} else {
		par_doctor_disturbs(check, PAR_DOCTOR_SOME, "%s", word);
		par_doctor_file_commands(check, path, "madvise", word);
	}
}

void par_doctor_aslr(struct par_doctor_check *check, const struct par_doctor_look *look)
{
	char value[32];

	par_doctor_why(check,
		"Where code and data lie decides some percent of some loops. Each "
		"visit is a fresh process, so layouts are sampled and the interval "
		"holds them: leave it on. Without it one layout's luck stays unseen.");
	par_procfs_line(value, sizeof value, look->root, "/proc/sys/kernel/randomize_va_space");
	if (value[0] == '\0') {
		par_doctor_unknown(check, "not told");
	} else if (strcmp(value, "0") != 0) {
		par_doctor_good(check, "on (%s), which does no harm here", value);
	} else {
		par_doctor_disturbs(check, PAR_DOCTOR_LITTLE, "off: every visit has one layout");
		par_doctor_sysctl_commands(check, "kernel.randomize_va_space", "2", value);
	}
}
