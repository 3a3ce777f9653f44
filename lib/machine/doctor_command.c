/* Commands that a person may paste: see doctor.h for what may stand in them. */
#include "doctor_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "procfs.h"

#define PLAIN                                                                                      \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"                                     \
	"0123456789_.-"

bool par_doctor_word_is_safe(const char *word)
{
	size_t size = strlen(word);

	return size > 0 && size < 64 && word[0] != '-' && strspn(word, PLAIN) == size;
}

bool par_doctor_path_is_safe(const char *path)
{
	return path[0] == '/' && strspn(path, PLAIN "/@:+,") == strlen(path);
}

/* Says why there is no command. The value itself is shown, cleaned, in `found`. */
static void refuse(struct par_doctor_check *check, const char *where)
{
	par_text_clear(&check->mend);
	par_text_clear(&check->restore);
	par_doctor_instead(check,
		"No command is given: what was read in %s has characters that a shell might take "
		"for something else.",
		where);
}

static void add_write(struct par_text *text, const char *path, const char *value)
{
	par_text_format(text, "echo %s | sudo tee %s >/dev/null\n", value, path);
}

void par_doctor_file_commands(
	struct par_doctor_check *check, const char *path, const char *wanted, const char *present)
{
	if (!par_doctor_word_is_safe(present) || !par_doctor_path_is_safe(path)) {
		refuse(check, "a file of /sys");
		return;
	}
	add_write(&check->mend, path, wanted);
	add_write(&check->restore, path, present);
}

void par_doctor_sysctl_commands(
	struct par_doctor_check *check, const char *name, const char *wanted, const char *present)
{
	if (!par_doctor_word_is_safe(present + (present[0] == '-'))) {
		refuse(check, name);
		return;
	}
	par_text_format(&check->mend, "sudo sysctl -w %s=%s\n", name, wanted);
	par_text_format(&check->restore, "sudo sysctl -w %s=%s\n", name, present);
}

int par_doctor_settings_read(
	struct par_doctor_settings *settings, const struct par_doctor_look *look, const char *file)
{
	*settings = (struct par_doctor_settings){ .file = file };
	settings->items = calloc(look->cpu_count + 1, sizeof *settings->items);
	if (settings->items == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < look->cpu_count; i++) {
		struct par_doctor_setting *item = &settings->items[settings->count];
		char path[160];

		snprintf(path, sizeof path, PAR_DOCTOR_CPU "cpu%d/%s", look->cpus[i], file);
		par_procfs_line(item->value, sizeof item->value, look->root, path);
		item->cpu = look->cpus[i];
		settings->count += item->value[0] != '\0';
	}
	return 0;
}

void par_doctor_settings_fini(struct par_doctor_settings *settings)
{
	free(settings->items);
	*settings = (struct par_doctor_settings){ 0 };
}

unsigned par_doctor_settings_count(const struct par_doctor_settings *settings, const char *value)
{
	unsigned count = 0;

	for (unsigned i = 0; i < settings->count; i++)
		count += strcmp(settings->items[i].value, value) == 0;
	return count;
}

/* True where no CPU before this one holds the same value. */
static bool is_first(const struct par_doctor_settings *settings, unsigned index)
{
	for (unsigned i = 0; i < index; i++)
		if (strcmp(settings->items[i].value, settings->items[index].value) == 0)
			return false;
	return true;
}

void par_doctor_settings_describe(struct par_text *text, const struct par_doctor_settings *settings)
{
	const char *comma = "";

	for (unsigned i = 0; i < settings->count; i++) {
		const char *value = settings->items[i].value;
		unsigned count = par_doctor_settings_count(settings, value);

		if (!is_first(settings, i))
			continue;
		par_text_format(text, "%s%s", comma, value);
		if (count < settings->count)
			par_text_format(text, " on %u CPU%s", count, count == 1 ? "" : "s");
		comma = ", ";
	}
}

/* Adds " 0 1 $(seq 4 15)": the CPUs that hold `value`. */
static void add_cpus(
	struct par_text *text, const struct par_doctor_settings *settings, const char *value)
{
	for (unsigned i = 0; i < settings->count; i++) {
		unsigned last = i;

		if (strcmp(settings->items[i].value, value) != 0)
			continue;
		while (last + 1 < settings->count &&
			strcmp(settings->items[last + 1].value, value) == 0 &&
			settings->items[last + 1].cpu == settings->items[last].cpu + 1)
			last++;
		if (last > i + 1)
			par_text_format(text, " $(seq %d %d)", settings->items[i].cpu,
				settings->items[last].cpu);
		else
			last = i;
		if (last == i)
			par_text_format(text, " %d", settings->items[i].cpu);
		i = last;
	}
}

static void add_group(
	struct par_text *text, const struct par_doctor_settings *settings, const char *value)
{
	par_text_add(text, "for n in");
	add_cpus(text, settings, value);
	par_text_format(text,
		"; do echo %s | sudo tee " PAR_DOCTOR_CPU "cpu$n/%s >/dev/null; done\n", value,
		settings->file);
}

void par_doctor_settings_commands(struct par_doctor_check *check,
	const struct par_doctor_settings *settings, const char *wanted)
{
	char path[160];

	for (unsigned i = 0; i < settings->count; i++) {
		if (!par_doctor_word_is_safe(settings->items[i].value)) {
			refuse(check, settings->file);
			return;
		}
	}
	if (settings->count == 0)
		return;
	snprintf(path, sizeof path, PAR_DOCTOR_CPU "cpu*/%s", settings->file);
	add_write(&check->mend, path, wanted);
	if (par_doctor_settings_count(settings, settings->items[0].value) == settings->count) {
		add_write(&check->restore, path, settings->items[0].value);
		return;
	}
	for (unsigned i = 0; i < settings->count; i++)
		if (is_first(settings, i))
			add_group(&check->restore, settings, settings->items[i].value);
}
