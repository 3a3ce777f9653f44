/* A program that never ran, and a keeper that cannot tell: neither is a success. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "child_parts.h"
#include "child_test.h"

#define FORBIDDEN_ALREADY 77

/* A system call that fails from now on, for one value of one argument and one of another. */
struct ban {
	unsigned call;
	unsigned argument[2], value[2];
	int code; /* what it fails with */
};

#define LOAD(field)        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define UNLESS(what, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (what), 0, (skip))

/* The low half of an argument, on a machine of either order. */
static unsigned half(unsigned argument)
{
	const unsigned one = 1;
	const unsigned first = *(const unsigned char *)&one;

	return (unsigned)offsetof(struct seccomp_data, args) + 8 * argument + (first ? 0 : 4);
}

static int ban(const struct ban *ban)
{
	struct sock_filter code[] = {
		LOAD(nr),
		UNLESS(ban->call, 5),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, half(ban->argument[0])),
		UNLESS(ban->value[0], 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, half(ban->argument[1])),
		UNLESS(ban->value[1], 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)ban->code),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { sizeof code / sizeof code[0], code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ? -errno : 0;
}

struct untold {
	struct ban ban;
	int expected;
};

static int run_banned(const void *argument)
{
	const struct untold *untold = argument;
	const char *const argv[] = { "sh", "-c", "exit 0", NULL };
	const struct par_child_spec spec = { .argv = argv, .output_limit = 100 };
	struct par_child_result result;
	int wrong;

	if (par_child_adopt() || ban(&untold->ban))
		return FORBIDDEN_ALREADY;
	if (par_child_run(&result, &spec))
		return 1;
	wrong = result.spawn_error != untold->expected || result.exit_code != -1;
	if (wrong)
		fprintf(stderr, "spawn error %d, exit %d\n", result.spawn_error, result.exit_code);
	par_child_result_fini(&result);
	return wrong ? 2 : 0;
}

static void expect_told(const struct untold *untold)
{
	int result = test_in_process(run_banned, untold);

	if (result == FORBIDDEN_ALREADY)
		skip();
	assert_int_equal(result, 0);
}

/* As where there is no /dev/null: the keeper stops half way through its descriptors. */
static void keeper_without_descriptors(void **state)
{
	static const struct untold untold = {
		{ SYS_openat, { 0, 2 }, { (unsigned)AT_FDCWD, O_RDWR }, EMFILE }, -EMFILE
	};

	(void)state;
	expect_told(&untold);
}

/* As one that is full of trouble to the end. */
static void keeper_that_tells_nothing(void **state)
{
	static const struct untold untold = {
		{ SYS_write, { 0, 2 }, { PAR_KEEPER_REPORT, sizeof(struct par_keeper_report) },
			EPIPE },
		-EIO
	};

	(void)state;
	expect_told(&untold);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeper_without_descriptors),
		cmocka_unit_test(keeper_that_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
