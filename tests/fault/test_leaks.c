/*
 * Many visits leave nothing: no process, descriptor, shared memory or temporary file, and the
 * memory of the one that makes them stays what it was. PAR_FAULT_VISITS says how many; 500.
 */
#include <dirent.h>

#include "fault_desk.h"
#include "leftovers.h"

#define GROWTH_MOST (1UL << 20) /* bytes */

/* Resident bytes of this process. */
static unsigned long resident(void)
{
	unsigned long pages = 0;
	char line[128];

	assert_int_equal(par_file_read_line(line, sizeof line, "/proc/self/statm"), 0);
	assert_int_equal(sscanf(line, "%*u %lu", &pages), 1);
	return pages * (unsigned long)sysconf(_SC_PAGESIZE);
}

static void visits_leave_nothing(void **state)
{
	const char *given = getenv("PAR_FAULT_VISITS");
	unsigned count = given != NULL ? (unsigned)atoi(given) : 500;
	unsigned shared = count_entries("/dev/shm"), files;
	struct leftovers before;
	unsigned long memory = 0;
	struct desk desk;

	(void)state;
	desk_open(&desk);
	files = count_entries(desk.folder);
	before = leftovers_now();
	for (unsigned i = 1; i <= count; i++) {
		assert_int_equal(desk_visit(&desk, "none").status, PAR_STATUS_OK);
		if (i == count / 10)
			memory = resident();
	}
	leftovers_none_since(&before);
	assert_int_equal(count_entries("/dev/shm"), shared);
	assert_int_equal(count_entries(desk.folder), files);
	print_message("%u visits: %+ld bytes of memory after the first %u\n", count,
		(long)(resident() - memory), count / 10);
#ifndef __SANITIZE_ADDRESS__ /* which keeps what is freed for a while */
	assert_true(resident() < memory + GROWTH_MOST);
#endif
	desk_close(&desk);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(visits_leave_nothing),
	};

	if (argc > 2 && strcmp(argv[1], "cell") == 0) {
		fault_print_record(argv[2]);
		return 0;
	}
	if (par_child_adopt() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
