/*
 * analysis.json: the analysis for scripts. tests/schema/analysis.schema.json describes it.
 */
#include <math.h>
#include <string.h>

#include "analysis.h"
#include "json_text.h"
#include "metric.h"

/* [low, high], or null where there is no interval. */
static json_t *interval(const double values[2])
{
	if (!isfinite(values[0]) || !isfinite(values[1]))
		return json_null();
	return json_pack("[f, f]", values[0], values[1]);
}

/* [low, high], where a bound that is out of reach is null; null where there is no interval. */
static json_t *open_interval(const double values[2])
{
	if (isnan(values[0]) || isnan(values[1]))
		return json_null();
	return json_pack("[o, o]", par_json_real(values[0]), par_json_real(values[1]));
}

static json_t *text_or_null(const char *text)
{
	return text == NULL || text[0] == '\0' ? json_null() : par_json_text(text);
}

/* Adds `item` to `list` and returns it; NULL, with both freed, when either is NULL. */
static json_t *append(json_t *list, json_t *item)
{
	if (json_array_append_new(list, item) == 0)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *params_json(const struct par_cell *cell)
{
	const struct par_param *params = cell->workload->params;
	json_t *object = json_object();

	for (size_t i = 0; params != NULL && params[i].name != NULL; i++)
		json_object_set_new(
			object, params[i].name, json_integer((json_int_t)cell->params[i]));
	return object;
}

static const char *variant(const struct par_cell *cell)
{
	return strcmp(cell->variant, "-") == 0 ? NULL : cell->variant;
}

static const char *cell_id(const struct par_analysis *analysis, size_t cell)
{
	return cell == SIZE_MAX ? NULL : analysis->cells[cell].cell.id;
}

/* {"requests": 300, "n": 7, "p50_ns": {"median": ..., "ci": [...]}, ...}; null without any. */
static json_t *latency_json(const struct par_cell_latency *latency)
{
	json_t *object;

	if (latency->visits == 0)
		return json_null();
	object = json_pack(
		"{s:I, s:i}", "requests", (json_int_t)latency->n, "n", (int)latency->visits);
	for (unsigned i = 0; object != NULL && i < PAR_LATENCIES; i++) {
		json_t *one = json_pack("{s:o, s:o}", "median", par_json_real(latency->ns[i]), "ci",
			interval(latency->ci_ns[i]));

		if (json_object_set_new(object, par_latency_name((enum par_latency_rank)i), one) <
			0) {
			json_decref(object);
			object = NULL;
		}
	}
	return object;
}

static json_t *scatter_json(const struct par_cell_scatter *scatter)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:b, s:i}", "within",
		par_json_real(scatter->components.within), "between",
		par_json_real(scatter->components.between), "trend_p",
		par_json_real(scatter->trend.p), "trend_change",
		par_json_real(scatter->trend.change), "drifts", (int)scatter->trend.drifts,
		"outlying", (int)scatter->outlying);
}

static json_t *use_json(const struct par_cell_use *use)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "running",
		par_json_real(use->running), "runnable", par_json_real(use->runnable), "blocked",
		par_json_real(use->blocked), "pss_bytes", par_json_real(use->pss_bytes),
		"worker_pss_bytes", par_json_real(use->worker_pss_bytes), "peak_bytes",
		par_json_real(use->peak_bytes), "energy_j", par_json_real(use->energy_j));
}

/* [{"name": "lost", "unit": "share", "median": 0.4, "ci": [...], "n": 7}, ...] */
static json_t *measures_json(const struct par_cell_stats *stats)
{
	json_t *list = json_array();

	for (size_t i = 0; i < stats->measure_count; i++) {
		const struct par_cell_measure *measure = &stats->measures[i];

		list = append(list, json_pack("{s:s, s:s, s:o, s:o, s:i}", "name", measure->name,
					    "unit", par_metric_unit(measure->unit), "median",
					    par_json_real(measure->median), "ci",
					    interval(measure->ci), "n", (int)measure->n));
	}
	return list;
}

static json_t *cell_json(const struct par_analysis *analysis, const struct par_cell_stats *stats)
{
	const struct par_cell *cell = &stats->cell;
	json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s?, s:i, s:i, s:s, s:I, s:o}", "id",
		cell->id, "experiment", cell->experiment, "workload", cell->workload->name, "model",
		cell->model->name, "variant", variant(cell), "cores", (int)cell->cores, "workers",
		(int)cell->workers, "placement", par_placement_name(cell->placement), "tasks",
		(json_int_t)cell->tasks, "params", params_json(cell));
	json_t *found = json_pack("{s:s, s:o, s:i, s:i, s:i, s:i, s:i, s:o, s:o, s:o, s:o, s:o}",
		"status", par_status_name(stats->status), "reason", text_or_null(stats->reason),
		"n", (int)stats->n, "visits", (int)stats->visits, "wrong", (int)stats->wrong,
		"failed", (int)stats->failed, "untrustworthy", (int)stats->untrustworthy,
		"median_ns", par_json_real(stats->median_ns), "ci_ns", interval(stats->ci_ns),
		"speedup", par_json_real(stats->speedup), "speedup_ci", interval(stats->speedup_ci),
		"efficiency", par_json_real(stats->efficiency));
	json_t *more = json_pack("{s:s?, s:o, s:o, s:b, s:o, s:o, s:s?, s:o, s:o, s:o, s:o, s:o}",
		"serial", cell_id(analysis, stats->serial), "open_ns",
		par_json_real(stats->open_ns), "cpu_ns", par_json_real(stats->cpu_ns), "two_humped",
		(int)stats->two_humped, "condition", text_or_null(stats->condition), "latency",
		latency_json(&stats->latency), "finish", stats->finish, "serial_fraction",
		par_json_real(stats->serial_fraction), "serial_fraction_ci",
		interval(stats->serial_fraction_ci), "scatter", scatter_json(&stats->scatter),
		"use", use_json(&stats->use), "measures", measures_json(stats));

	if (json_object_update(object, found) < 0 || json_object_update(object, more) < 0) {
		json_decref(object);
		object = NULL;
	}
	json_decref(found);
	json_decref(more);
	return object;
}

static json_t *usl_json(const struct par_rank *rank)
{
	if (!rank->has_usl)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "gamma",
		par_json_real(rank->usl.gamma), "sigma", par_json_real(rank->usl.sigma), "sigma_ci",
		interval(rank->usl_ci.sigma), "kappa", par_json_real(rank->usl.kappa), "kappa_ci",
		interval(rank->usl_ci.kappa), "peak", par_json_real(rank->usl.peak), "peak_ci",
		open_interval(rank->usl_ci.peak), "r2", par_json_real(rank->usl.r2));
}

static json_t *ranks_json(const struct par_analysis *analysis, const struct par_answer *answer)
{
	json_t *list = json_array();

	for (size_t i = 0; i < answer->rank_count; i++) {
		const struct par_rank *rank = &answer->ranks[i];

		list = append(list,
			json_pack("{s:s, s:s?, s:o, s:o, s:i, s:b, s:s?, s:o, s:o}", "model",
				rank->model->name, "cell", cell_id(analysis, rank->cell), "ratio",
				par_json_real(rank->ratio), "ratio_ci", interval(rank->ratio_ci),
				"pairs", (int)rank->pairs, "tie", (int)rank->tie, "comparison",
				i == 0 ? NULL : par_comparison_name(rank->comparison),
				"rounds_needed", par_json_real(rank->needed), "usl",
				usl_json(rank)));
	}
	return list;
}

static json_t *answer_json(const struct par_analysis *analysis, const struct par_answer *answer)
{
	return json_pack("{s:s, s:s, s:s?, s:o, s:s, s:s?, s:s, s:o, s:s, s:i, s:o}", "workload",
		answer->workload->name, "bound", par_bound_name(answer->workload->bound), "serial",
		cell_id(analysis, answer->serial), "t1_ns", par_json_real(answer->t1_ns),
		"recommended", answer->recommended->name, "cell",
		cell_id(analysis, answer->recommended_cell), "verdict",
		par_verdict_name(answer->verdict), "rounds_needed",
		par_json_real(answer->rounds_needed), "text", answer->verdict_text, "cores_90",
		(int)answer->cores_90, "ranks", ranks_json(analysis, answer));
}

static json_t *finding_json(const struct par_analysis *analysis, const struct par_finding *finding)
{
	json_t *cells = json_array();

	for (size_t i = 0; i < finding->cell_count; i++)
		cells = append(cells, json_string(cell_id(analysis, finding->cells[i])));
	return json_pack("{s:s, s:s, s:o}", "experiment", finding->experiment, "headline",
		finding->headline, "cells", cells);
}

static json_t *numbers_json(const struct par_analysis *analysis)
{
	json_t *list = json_array();

	for (size_t i = 0; i < PAR_KEY_NUMBERS; i++) {
		const struct par_key_number *number = &analysis->numbers[i];

		if (number->value[0] != '\0')
			list = append(list, json_pack("{s:s, s:s}", "value", number->value,
						    "caption", number->caption));
	}
	return list;
}

static json_t *lines_json(const char *text)
{
	json_t *list = json_array();

	while (*text != '\0') {
		size_t size = strcspn(text, "\n");

		if (size > 0)
			list = append(list, json_stringn(text, size));
		text += size + (text[size] == '\n');
	}
	return list;
}

json_t *par_analysis_json(const struct par_analysis *analysis)
{
	json_t *cells = json_array(), *answers = json_array(), *findings = json_array();
	const char *run_id = json_string_value(json_object_get(analysis->run, "run_id"));

	for (size_t i = 0; i < analysis->cell_count; i++)
		cells = append(cells, cell_json(analysis, &analysis->cells[i]));
	for (size_t i = 0; i < analysis->answer_count; i++)
		answers = append(answers, answer_json(analysis, &analysis->answers[i]));
	for (size_t i = 0; i < analysis->finding_count; i++)
		findings = append(findings, finding_json(analysis, &analysis->findings[i]));
	/* json_pack takes the lists also when it fails, or when one of them is NULL. */
	return json_pack("{s:i, s:s?, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "schema",
		PAR_SCHEMA_VERSION, "run_id", run_id, "headline", analysis->headline, "machine",
		analysis->machine_line, "numbers", numbers_json(analysis), "cautions",
		lines_json(par_text_get(&analysis->cautions)), "answers", answers, "findings",
		findings, "cells", cells);
}
