#include "doctor_json.h"

#include <string.h>
#include <unistd.h>

#include "build_info.h"

/* A string a line. */
static json_t *lines_json(const struct par_text *text)
{
	json_t *list = json_array();

	for (const char *at = par_text_get(text); *at != '\0';) {
		size_t size = strcspn(at, "\n");

		json_array_append_new(list, json_stringn(at, size));
		at += size + (at[size] == '\n');
	}
	return list;
}

static json_t *check_json(const struct par_doctor_check *check)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:o, s:o}", "id", check->id, "title",
		check->title, "state", par_doctor_state_name(check->state), "matter",
		par_doctor_matter_name(check->matter), "found", check->found, "why", check->why,
		"instead", check->instead[0] != '\0' ? check->instead : NULL, "mend",
		lines_json(&check->mend), "restore", lines_json(&check->restore));
}

json_t *par_doctor_json(const struct par_doctor *doctor)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < doctor->count; i++) {
		if (json_array_append_new(list, check_json(&doctor->checks[i])) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

int par_doctor_examine_here(struct par_doctor *doctor, unsigned widest, const char *folder)
{
	struct par_doctor_input input = {
		.widest = widest,
		.build_type = par_build_info.type,
		.build_flags = par_build_info.flags,
		.folder = folder,
		.superuser = geteuid() == 0,
		.sample_ms = PAR_DOCTOR_SAMPLE_MS,
	};

	return par_doctor_examine(doctor, &input, "");
}
