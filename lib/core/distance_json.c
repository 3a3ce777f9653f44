#include "distance_json.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static json_t *rows_json(const struct par_distance *distance)
{
	json_t *rows = json_array();
	int status = 0;

	for (unsigned i = 0; status == 0 && i < distance->count; i++) {
		json_t *row = json_array();

		for (unsigned j = 0; status == 0 && j < i; j++) {
			double ns = par_distance_at(distance, i, j);

			status = json_array_append_new(
				row, isnan(ns) ? json_null() : json_integer((json_int_t)round(ns)));
		}
		status |= json_array_append_new(rows, row);
	}
	if (status == 0)
		return rows;
	json_decref(rows);
	return NULL;
}

static json_t *pus_json(const struct par_distance *distance)
{
	json_t *list = json_array();
	int status = 0;

	for (unsigned i = 0; i < distance->count; i++)
		status |= json_array_append_new(list, json_integer(distance->pus[i]));
	if (status == 0)
		return list;
	json_decref(list);
	return NULL;
}

/* json_object_set_new() refuses NULL. */
static int add_later(
	json_t *json, const struct par_distance *earlier, const struct par_distance *later)
{
	struct par_distance_change change;
	int status = par_distance_compare(&change, earlier, later);

	if (status < 0)
		return status;
	status = json_object_set_new(json, "again_ns", rows_json(later));
	status |= json_object_set_new(
		json, "ratio", isnan(change.ratio) ? json_null() : json_real(change.ratio));
	status |= json_object_set_new(json, "moved", json_real(change.moved));
	status |= json_object_set_new(json, "changed", json_boolean(change.changed));
	return status;
}

json_t *par_distance_json(const struct par_distance *earlier, const struct par_distance *later)
{
	json_t *json = json_object();
	int status = json_object_set_new(json, "pus", pus_json(earlier));

	status |= json_object_set_new(json, "ns", rows_json(earlier));
	if (status == 0 && later != NULL)
		status = add_later(json, earlier, later);
	if (status == 0)
		return json;
	json_decref(json);
	return NULL;
}

static int read_pus(struct par_distance *distance, const json_t *list)
{
	size_t count = json_array_size(list);
	int *pus, status = 0;

	if (!json_is_array(list) || count > PAR_DISTANCE_PUS_MAX)
		return -EBADMSG;
	pus = calloc(count + 1, sizeof *pus);
	if (pus == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const json_t *pu = json_array_get(list, i);

		if (!json_is_integer(pu) || json_integer_value(pu) < 0 ||
			json_integer_value(pu) > 1 << 20)
			status = -EBADMSG;
		pus[i] = (int)json_integer_value(pu);
	}
	if (status == 0)
		status = par_distance_init_pus(distance, pus, (unsigned)count);
	free(pus);
	return status;
}

static int read_row(struct par_distance *distance, const json_t *row, unsigned i)
{
	if (json_array_size(row) != i)
		return -EBADMSG;
	for (unsigned j = 0; j < i; j++) {
		const json_t *ns = json_array_get(row, j);

		if (json_is_null(ns))
			continue;
		if (!json_is_integer(ns) || json_integer_value(ns) <= 0)
			return -EBADMSG;
		par_distance_set(distance, i, j, (double)json_integer_value(ns));
	}
	return 0;
}

int par_distance_read(struct par_distance *distance, const json_t *json, bool again)
{
	const json_t *rows = json_object_get(json, again ? "again_ns" : "ns");
	int status;

	*distance = (struct par_distance)PAR_DISTANCE_INIT;
	if (rows == NULL)
		return -ENOENT;
	status = read_pus(distance, json_object_get(json, "pus"));
	if (status == 0 && json_array_size(rows) != distance->count)
		status = -EBADMSG;
	for (unsigned i = 0; status == 0 && i < distance->count; i++)
		status = read_row(distance, json_array_get(rows, i), i);
	if (status < 0)
		par_distance_fini(distance);
	return status;
}

json_t *par_distance_json_here(const struct par_machine *machine)
{
	struct par_distance distance;
	json_t *json = NULL;

	if (par_distance_init(&distance, machine) < 0)
		return NULL;
	if (par_distance_measure(&distance, machine, &par_distance_here, PAR_DISTANCE_BUDGET_NS) ==
		0)
		json = par_distance_json(&distance, NULL);
	par_distance_fini(&distance);
	return json;
}

int par_distance_note_again(json_t *info, const struct par_machine *machine)
{
	struct par_distance earlier, later = PAR_DISTANCE_INIT;
	json_t *json = NULL;
	int status = par_distance_read(&earlier, json_object_get(info, "distance"), false);

	if (status < 0)
		return status == -ENOMEM ? status : 0;
	status = par_distance_init_pus(&later, earlier.pus, earlier.count);
	if (status == 0)
		status = par_distance_measure(
			&later, machine, &par_distance_here, PAR_DISTANCE_BUDGET_NS);
	if (status == 0)
		json = par_distance_json(&earlier, &later);
	if (status == 0)
		status = json_object_set_new(info, "distance", json) < 0 ? -ENOMEM : 0;
	par_distance_fini(&earlier);
	par_distance_fini(&later);
	return status;
}
