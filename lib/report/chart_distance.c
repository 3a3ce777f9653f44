/*
 * What the matrix of distances says: a cell for each pair of PUs, darker where they are nearer.
 */
#include "chart_distance.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart_format.h"
#include "distance_json.h"

static void map_fini(struct par_distance_map *map)
{
	par_distance_fini(&map->first);
	par_distance_fini(&map->again);
}

static void find_ends(struct par_distance_map *map)
{
	map->low = INFINITY;
	map->high = 0;
	for (int level = 0; level < PAR_DISTANCE_LEVELS; level++)
		if (map->ranges[level].pairs > 0) {
			map->low = fmin(map->low, map->ranges[level].low);
			map->high = fmax(map->high, map->ranges[level].high);
		}
}

/* 0; -ENOENT when the run has no distances that could be drawn; -ENOMEM. */
static int map_init(struct par_distance_map *map, const struct par_analysis *analysis)
{
	const json_t *json = json_object_get(analysis->run, "distance");
	int status;

	*map = (struct par_distance_map){ .machine = analysis->machine };
	status = par_distance_read(&map->first, json, false);
	if (status < 0)
		return status == -ENOMEM ? status : -ENOENT;
	if (par_distance_read(&map->again, json, true) == 0)
		status = par_distance_compare(&map->change, &map->first, &map->again);
	if (status == 0)
		status = par_distance_ranges(map->ranges, &map->first, map->machine);
	if (status == 0) {
		find_ends(map);
		status = map->high > 0 ? 0 : -ENOENT;
	}
	if (status < 0)
		map_fini(map);
	return status;
}

static size_t distance_count(const struct par_analysis *analysis)
{
	struct par_distance_map map;

	if (map_init(&map, analysis) < 0)
		return 0;
	map_fini(&map);
	return 1;
}

/* By the logarithm, darkest for the nearest. */
static unsigned heat_of(const struct par_distance_map *map, double ns)
{
	double span = log(map->high / map->low);
	double share = span > 0 ? log(ns / map->low) / span : 0;

	return (unsigned)fmin(PAR_HEAT_LEVELS - 1, floor(share * PAR_HEAT_LEVELS));
}

static void write_numbers(struct par_text *out, const struct par_distance_map *map)
{
	bool again = map->change.pairs > 0;

	par_text_add(out, "# round trips of a cache line between two PUs, ns\n"
			  "# pu\tother_pu\tlevel\tns\tagain_ns\n");
	for (unsigned i = 0; i < map->first.count; i++)
		for (unsigned j = 0; j < i; j++)
			par_text_format(out, "%d\t%d\t%s\t%.0f\t%.0f\n", map->first.pus[i],
				map->first.pus[j],
				par_distance_level_name(par_distance_level_of(
					map->machine, map->first.pus[i], map->first.pus[j])),
				par_distance_at(&map->first, i, j),
				again ? par_distance_at(&map->again, i, j) : NAN);
}

/* The last of the cells from j on in row i that are drawn as one. */
static unsigned run_end(const struct par_distance_map *map, unsigned i, unsigned j)
{
	unsigned heat = heat_of(map, par_distance_at(&map->first, i, j));

	if (map->first.count <= PAR_DISTANCE_NUMBERS_MOST)
		return j;
	while (j + 1 < map->first.count) {
		double ns = par_distance_at(&map->first, i, j + 1);

		if (isnan(ns) || heat_of(map, ns) != heat)
			break;
		j++;
	}
	return j;
}

static void write_box(struct par_text *out, const struct par_distance_map *map, unsigned i,
	unsigned j, unsigned to)
{
	bool numbers = map->first.count <= PAR_DISTANCE_NUMBERS_MOST;
	double ns = par_distance_at(&map->first, i, j), gap = numbers ? 0.03 : 0;
	unsigned heat = heat_of(map, ns);

	par_text_format(out, "%g\t%g\t%u\t%g\t0x%06X\t0x%06X\t", j - 0.5 + gap, to + 0.5 - gap, i,
		0.5 - gap,
		(unsigned)par_palette_fixed(
			map->palette, (enum par_colour)(PAR_COLOUR_HEAT + heat)),
		(unsigned)par_palette_fixed(
			map->palette, (enum par_colour)(PAR_COLOUR_HEAT_INK + heat)));
	par_text_format(out, numbers ? "%.0f\t" : "\t", ns);
	par_text_format(out, "PU %d and PU %d: %s\n", map->first.pus[i], map->first.pus[j],
		par_label_time(ns).text);
}

static void write_boxes(struct par_text *out, const struct par_distance_map *map)
{
	par_text_add(out, "\n\n# from\tto\trow\thalf\tground\tink\ttext\tlabel\n");
	for (unsigned i = 0; i < map->first.count; i++)
		for (unsigned j = 0; j < map->first.count; j++) {
			unsigned to;

			if (isnan(par_distance_at(&map->first, i, j)))
				continue;
			to = run_end(map, i, j);
			write_box(out, map, i, j, to);
			j = to;
		}
}

static const char *among(enum par_distance_level level)
{
	static const char *const words[PAR_DISTANCE_LEVELS] = { "between PUs of one core",
		"between cores of one cache", "between cores of one NUMA node",
		"between NUMA nodes", "between packages" };

	return words[level];
}

static void add_median(
	struct par_text *out, const struct par_distance_map *map, enum par_distance_level level)
{
	const struct par_distance_range *range = &map->ranges[level];

	par_text_format(out, "%s %s", par_label_time(range->median).text, among(level));
	if (range->pairs > 1 && range->high > 1.2 * range->low)
		par_text_format(out, " (%.0f to %.0f)", range->low, range->high);
}

/* The nearest and the farthest level that were measured; they may be one. */
static void find_levels(const struct par_distance_map *map, enum par_distance_level *near,
	enum par_distance_level *far)
{
	*near = *far = PAR_DISTANCE_LEVELS;
	for (int level = 0; level < PAR_DISTANCE_LEVELS; level++) {
		if (map->ranges[level].pairs == 0)
			continue;
		if (*near == PAR_DISTANCE_LEVELS)
			*near = (enum par_distance_level)level;
		*far = (enum par_distance_level)level;
	}
}

/* Whether it was so at the end of the run too; nothing where nobody looked. */
static void add_change(struct par_text *out, const struct par_distance_map *map)
{
	const struct par_distance_change *change = &map->change;

	if (change->pairs == 0)
		return;
	if (!change->changed)
		par_text_add(out, "; it was about the same at the end of the run");
	else if (change->ratio >= 1.5 || change->ratio <= 1 / 1.5)
		par_text_format(out,
			"; at the end of the run it was %s that, as when CPUs are moved: times of "
			"this run are of two machines",
			par_label_times(change->ratio).text);
	else
		par_text_format(out,
			"; at the end of the run %.0f %% of the pairs were twice or half as far, "
			"as when CPUs are moved",
			100 * change->moved);
}

static void find(struct par_sheet *sheet, const struct par_distance_map *map)
{
	struct par_text text = PAR_TEXT_INIT;
	enum par_distance_level near, far;

	find_levels(map, &near, &far);
	par_text_add(&text, "A cache line goes there and back in ");
	add_median(&text, map, near);
	if (far != near) {
		par_text_add(&text, " and in ");
		add_median(&text, map, far);
	}
	add_change(&text, map);
	snprintf(sheet->finding, sizeof sheet->finding, "%s", par_text_get(&text));
	par_text_fini(&text);
	snprintf(sheet->alt, sizeof sheet->alt,
		"Matrix in colours: the time of a cache line between each two of %u PUs, with the "
		"boundaries of caches, NUMA nodes and packages. %.500s.",
		map->first.count, sheet->finding);
}

static int distance_fill(struct par_sheet *sheet, const struct par_analysis *analysis,
	const struct par_palette *palette, size_t index)
{
	struct par_distance_map map;
	int status = map_init(&map, analysis);

	(void)index; /* there is one sheet */
	if (status < 0)
		return status;
	map.palette = palette;
	snprintf(sheet->stem, sizeof sheet->stem, "distance");
	snprintf(sheet->what, sizeof sheet->what,
		"How far are the cores from each other? A cache line handed over and back, ns");
	find(sheet, &map);
	write_numbers(&sheet->data, &map);
	write_boxes(&sheet->data, &map);
	for (int size = 0; size < PAR_SIZES; size++)
		par_distance_lay(sheet, (enum par_size_kind)size, &map);
	map_fini(&map);
	return 0;
}

const struct par_chart par_chart_distance = {
	.name = "distance",
	.title = "Distance",
	.count = distance_count,
	.fill = distance_fill,
};
