/*
 * parbench cell: one visit of one cell, in this very process; one JSON line comes out. It is what
 * `run` starts for every visit, and what a person pastes to repeat a point.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../catalogue.h"
#include "commands.h"
#include "file.h"
#include "parse.h"
#include "usage.h"
#include "visit.h"

static const char help_text[] =
	"Usage: parbench cell SPEC [OPTION]...\n"
	"Measures one point once, in this process, and prints its record as one JSON line.\n\n"
	"SPEC names the point as every record does, for example\n"
	"  scaling/sha256/thread_pool/cores=2/workers=2/place=close/tasks=400\n"
	"Parts that are left out take defaults; 'parbench list' shows names and parameters.\n\n"
	"  --pus LIST      pin worker i to the i-th of these CPU numbers (-1: not pinned);\n"
	"                  default: as SPEC's cores and place say on this machine\n"
	"  --expect HEX    the serial digest; default: computed here, after the timed region\n"
	"  --scratch DIR   folder for the workload's files, kept; default: a temporary one\n"
	"  --llc BYTES     size of the last-level cache; default: this machine's\n"
	"  --timed DUR     least length of the timed region (default 20ms)\n"
	"  --samples N     exactly N samples, at most 64; 0, the default: as many as fill it\n"
	"  --help          this text\n";

/* Everything a visit is made of. Inert when zeroed. */
struct cell_run {
	struct par_cell cell;
	int *pus; /* owned */
	const char *pus_text, *scratch, *llc, *expect, *timed, *samples;
	char *temporary; /* a scratch folder that is removed at the end; owned */
	uint64_t llc_bytes, expected, timed_ns, sample_count;
	struct par_error error;
};

static int read_pus(struct cell_run *run)
{
	char *list = strdup(run->pus_text);
	const char **items = calloc(PAR_WORKERS_MAX, sizeof *items);
	int count = -ENOMEM, status = 0;

	if (list != NULL && items != NULL)
		count = par_parse_list(list, items, PAR_WORKERS_MAX, "--pus", &run->error);
	if (count >= 0 && (unsigned)count != run->cell.workers)
		count = par_fail(&run->error, -EINVAL, "--pus names %d CPUs for %u workers", count,
			run->cell.workers);
	for (int i = 0; status == 0 && i < count; i++) {
		uint64_t pu = 0;

		if (strcmp(items[i], "-1") != 0)
			status = par_parse_u64(&pu, items[i], 0, 1U << 20, "--pus", &run->error);
		run->pus[i] = strcmp(items[i], "-1") == 0 ? -1 : (int)pu;
	}
	free(list);
	free(items);
	return count < 0 ? count : status;
}

/* What the options leave open is read from the machine: an hwloc discovery, some milliseconds. */
static int ask_machine(struct cell_run *run)
{
	struct par_machine machine = PAR_MACHINE_INIT;
	int status = par_machine_init(&machine, &run->error);

	if (status == 0 && !machine.real)
		status = par_fail(&run->error, -EINVAL,
			"HWLOC_SYNTHETIC or HWLOC_XMLFILE describes another machine: nothing can "
			"be "
			"measured on it; use 'parbench run --dry-run'");
	if (status == 0 && run->pus_text == NULL && run->cell.placement == PAR_PLACE_NONE &&
		run->cell.workers > run->cell.cores && run->cell.cores < machine.allowed_pus)
		status = par_fail(&run->error, -EINVAL,
			"cores=%u with place=none: nothing would keep %u workers on fewer than the "
			"%u "
			"PUs here; use place=close",
			run->cell.cores, run->cell.workers, machine.allowed_pus);
	if (status == 0 && run->pus_text == NULL && run->cell.cores > machine.allowed_pus)
		status = par_fail(&run->error, -EINVAL,
			"cores=%u: only %u can be used here (see 'parbench topo')", run->cell.cores,
			machine.allowed_pus);
	if (status == 0 && run->pus_text == NULL)
		status = par_placement_assign(run->pus, run->cell.workers, run->cell.cores,
			&machine, run->cell.placement);
	if (status == 0 && run->llc == NULL)
		run->llc_bytes = machine.llc_bytes;
	par_machine_fini(&machine);
	return status;
}

static int make_scratch(struct cell_run *run)
{
	const char *folder = getenv("TMPDIR");

	run->temporary = par_path_join(
		folder != NULL && folder[0] != '\0' ? folder : "/tmp", "parbench-XXXXXX");
	if (run->temporary == NULL)
		return -ENOMEM;
	if (mkdtemp(run->temporary) != NULL) {
		run->scratch = run->temporary;
		return 0;
	}
	return par_fail(&run->error, -errno, "%s: %s", run->temporary, par_error_text(-errno));
}

static int prepare(struct cell_run *run)
{
	int status = 0;

	run->timed_ns = PAR_VISIT_TIMED_NS;
	run->pus = calloc(run->cell.workers, sizeof *run->pus);
	if (run->pus == NULL)
		return -ENOMEM;
	if (run->timed != NULL)
		status = par_parse_duration(&run->timed_ns, run->timed, "--timed", &run->error);
	if (status == 0 && run->samples != NULL)
		status = par_parse_u64(&run->sample_count, run->samples, 0, PAR_SAMPLES_MAX,
			"--samples", &run->error);
	if (status == 0 && run->expect != NULL)
		status = par_parse_u64(
			&run->expected, run->expect, 0, UINT64_MAX, "--expect", &run->error);
	if (status == 0 && run->llc != NULL)
		status = par_parse_u64(
			&run->llc_bytes, run->llc, 0, UINT64_MAX, "--llc", &run->error);
	if (status == 0 && run->pus_text != NULL)
		status = read_pus(run);
	if (status == 0 && (run->pus_text == NULL || run->llc == NULL))
		status = ask_machine(run);
	if (status == 0 && run->scratch == NULL)
		status = make_scratch(run);
	return status;
}

static int measure(struct cell_run *run)
{
	struct par_visit_spec spec = {
		.cell = &run->cell,
		.pus = run->pus,
		.scratch = run->scratch,
		.llc_bytes = run->llc_bytes,
		.has_expected = run->expect != NULL,
		.expected = run->expected,
		.timed_ns = run->timed_ns,
		.samples = (uint32_t)run->sample_count,
	};
	json_t *record = NULL;
	int status = par_visit_run(&record, &spec);

	if (status == 0 && (json_dumpf(record, stdout, JSON_COMPACT) < 0 || putchar('\n') == EOF ||
				   fflush(stdout) != 0))
		status = par_fail(&run->error, -EIO, "the record could not be printed");
	json_decref(record);
	return status;
}

static int read_options(struct cell_run *run, int argc, char **argv, bool *help)
{
	static const struct option options[] = {
		{ "pus", required_argument, NULL, 'p' },
		{ "expect", required_argument, NULL, 'e' },
		{ "scratch", required_argument, NULL, 's' },
		{ "llc", required_argument, NULL, 'l' },
		{ "timed", required_argument, NULL, 't' },
		{ "samples", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		switch (option) {
		case 'p': run->pus_text = optarg; break;
		case 'e': run->expect = optarg; break;
		case 's': run->scratch = optarg; break;
		case 'l': run->llc = optarg; break;
		case 't': run->timed = optarg; break;
		case 'n': run->samples = optarg; break;
		case 'h': *help = true; return 0;
		default: return par_usage_option("cell", option, argc, argv);
		}
	}
	if (optind + 1 != argc)
		return par_usage_error("cell",
			"expected one SPEC, got %d; see 'parbench cell --help'", argc - optind);
	return 0;
}

int par_command_cell(int argc, char **argv)
{
	struct cell_run run = { .pus = NULL };
	bool help = false;
	int status = read_options(&run, argc, argv, &help);

	if (status != 0 || help) {
		if (help)
			fputs(help_text, stdout);
		return status;
	}
	status = par_cell_parse(&run.cell, argv[optind], par_catalogue_registry(), &run.error);
	if (status == 0)
		status = prepare(&run);
	if (status == 0)
		status = measure(&run);
	if (run.temporary != NULL)
		par_dir_remove(run.temporary);
	free(run.temporary);
	free(run.pus);
	if (status == 0)
		return PAR_EXIT_OK;
	if (run.error.text[0] == '\0')
		par_fail(&run.error, status, "%s", par_error_text(status));
	fprintf(stderr, "parbench cell: %s\n", run.error.text);
	return status == -EINVAL || status == -ERANGE || status == -E2BIG ? PAR_EXIT_USAGE
									  : PAR_EXIT_FAILED;
}
