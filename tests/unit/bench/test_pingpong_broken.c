/* A wrong reply is wrong over every channel; a part that dies fails the visit. */
#include "broken.h"

#include <signal.h>
#include <unistd.h>

#include "../../../bench/workloads/pingpong.c"

static const char *const all[] = { "pipe", "socketpair", "eventfd", "ring", "ring_sleep", "mq",
	"queue" };
#define ALL (sizeof all / sizeof *all)

/* Side 1 answers one message with the number before. */
static uint64_t answer_wrongly(void *state, uint64_t index, struct par_io *io)
{
	const struct pingpong *pingpong = state;
	struct par_messages *messages = pingpong->messages;
	int status;

	if (index == 0)
		return pingpong_task(state, index, io);
	status = par_meeting_join(&messages->board->meeting, 2, messages->spin, io);
	for (uint64_t i = 0; status == 0 && i < pingpong->trips; i++) {
		status = par_messages_receive(messages, 1, i, io);
		if (status == 0)
			status = par_messages_send(messages, 1, i == 100 ? 99 : i, io);
	}
	return par_messages_end(messages, 1, status, io);
}

static void a_wrong_reply_is_wrong(void **state)
{
	struct par_workload broken = par_workload_pingpong;

	(void)state;
	broken.task = answer_wrongly;
	for (size_t i = 0; i < ALL; i++)
		broken_check(broken_visit(&broken, "thread_pool", all[i], 2), "wrong",
			"number 100 should have been");
	broken_check(broken_visit(&broken, "coroutine", "rendezvous", 1), "wrong",
		"number 100 should have been");
}

static uint64_t die_on_the_way(void *state, uint64_t index, struct par_io *io)
{
	const struct pingpong *pingpong = state;

	if (index == 1) {
		(void)par_meeting_join(&pingpong->messages->board->meeting, 2, false, io);
		(void)par_messages_receive(pingpong->messages, 1, 0, io);
		kill(getpid(), SIGKILL);
	}
	return pingpong_task(state, index, io);
}

static void a_dead_part_fails_the_visit(void **state)
{
	struct par_workload broken = par_workload_pingpong;

	(void)state;
	broken.task = die_on_the_way;
	for (size_t i = 0; i < ALL; i++)
		broken_check(broken_visit(&broken, "process_pool", all[i], 2), "failed", "");
}

/* A third part has no side of the channel to play. */
static void a_channel_has_two_sides(void **state)
{
	struct par_workload broken = par_workload_pingpong;

	(void)state;
	broken.tasks[PAR_SCALE_QUICK] = 3;
	broken_check(broken_visit(&broken, "thread_pool", "pipe", 3), "failed", "two sides");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_reply_is_wrong),
		cmocka_unit_test(a_dead_part_fails_the_visit),
		cmocka_unit_test(a_channel_has_two_sides),
	};

	return cmocka_run_group_tests_name("pingpong broken", tests, NULL, NULL);
}
