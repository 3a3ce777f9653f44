/* What a child printed becomes a record in every case: its own, or one that says why not. */
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "fuzz.h"
#include "outcome.h"

#define SPEC "scaling/primes/serial/cores=1/workers=1/place=close/tasks=256/span=2000"

/* Linked in place of the one that reads /proc/vmstat; the kernel has killed one. */
uint64_t __wrap_par_limit_oom_kills(void);

uint64_t __wrap_par_limit_oom_kills(void)
{
	return 1;
}

/* The first byte says how the child ended, the second is its exit status or signal. */
static struct par_child_result ended(const uint8_t *data, char *output, size_t size)
{
	struct par_child_result result = { .output = output, .output_size = size };
	uint8_t how = data[0];

	if (how & 1)
		result.exit_code = data[1];
	else if (how & 2)
		result.signal = 1 + data[1] % 64;
	result.timed_out = (how & 4) != 0;
	result.overflow = (how & 8) != 0;
	result.halted = (how & 16) != 0;
	result.wall_ns = (uint64_t)data[1] << (how & 31);
	result.gap_ns = how & 32 ? result.wall_ns / 2 : 0;
	if (how & 64)
		memcpy(result.complaint, output,
			size < sizeof result.complaint ? size : sizeof result.complaint - 1);
	return result;
}

static void check_told(const json_t *json, const struct par_record *record, const char *id)
{
	char *line = json_dumps(json, JSON_COMPACT);

	FUZZ_CHECK(line != NULL && strchr(line, '\n') == NULL, "not a line");
	FUZZ_CHECK(strcmp(record->cell, id) == 0, "of another cell: %s", record->cell);
	FUZZ_CHECK(record->round == 3, "round %u", record->round);
	FUZZ_CHECK(json_integer_value(json_object_get(json, "schema")) == PAR_SCHEMA_VERSION,
		"a journal with it cannot be read: %s", line);
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const argv[] = { "parbench", "cell", SPEC, NULL };
	static const struct par_machine machine = { .memory_limit_bytes = 1 << 20 };
	struct par_cell cell;
	struct par_child_result result;
	struct par_records records = PAR_RECORDS_INIT;
	char *output;
	json_t *json;

	if (size < 2)
		return 0;
	FUZZ_CHECK(par_cell_parse(&cell, SPEC, par_catalogue_registry(), NULL) == 0, SPEC);
	output = fuzz_text(data + 2, size - 2);
	result = ended(data, output, size - 2);
	json = par_outcome_tell(&(struct par_outcome){ .cell = &cell,
					.machine = &machine,
					.argv = argv,
					.result = &result,
					.deadline_ns = 1000000000,
					.round = 3,
					.visit = 9 },
		&records);
	FUZZ_CHECK(json != NULL && records.count == 1, "no record");
	check_told(json, &records.items[0], cell.id);
	par_records_fini(&records);
	json_decref(json);
	free(output);
	return 0;
}
