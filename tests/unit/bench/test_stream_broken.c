/* Messages that are lost, doubled, swapped or changed are wrong over every channel; a part that
 * dies fails the visit. */
#include "broken.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "rng.h"

#include "../../../bench/workloads/stream.c"

#define BENT 7 /* the message that it happens to */

static const char *const all[] = { "pipe", "pipe_batched", "socketpair", "ring", "ring_batched",
	"ring_sleep", "mq", "queue" };
#define ALL (sizeof all / sizeof *all)

/* The sender's part with something else in place of message BENT. */
static uint64_t bend(void *state, uint64_t index, struct par_io *io,
	int (*instead)(struct par_messages *messages, struct par_io *io))
{
	const struct stream *stream = state;
	struct par_messages *messages = stream->messages;
	int status;

	if (index == 1)
		return stream_task(state, index, io);
	status = par_meeting_join(&messages->board->meeting, 2, messages->spin, io);
	for (uint64_t i = 0; status == 0 && i < stream->count; i++)
		status = i == BENT ? instead(messages, io) : par_messages_send(messages, 0, i, io);
	if (status == 0)
		status = par_channel_flush(messages->channel, 0, PAR_CHANNEL_FOREVER, io);
	return par_messages_end(messages, 0, status, io);
}

/* Lost: another stands in its place. */
static int drop(struct par_messages *messages, struct par_io *io)
{
	return par_messages_send(messages, 0, 1000000, io);
}

static int repeat(struct par_messages *messages, struct par_io *io)
{
	return par_messages_send(messages, 0, BENT - 1, io);
}

static int send_raw(struct par_messages *messages, size_t size, struct par_io *io)
{
	return par_channel_send(
		messages->channel, 0, messages->out[0], size, PAR_CHANNEL_FOREVER, io);
}

/* One bit in the last byte; then as it was. The stamp is that of message BENT. */
static int flip_a_bit(struct par_messages *messages, struct par_io *io)
{
	unsigned char *last = &messages->out[0][messages->bytes - 1];
	uint64_t stamp = par_mix64(2 * BENT) >> 3;
	int status;

	memcpy(messages->out[0], &stamp, sizeof stamp);
	*last ^= 1;
	status = send_raw(messages, messages->bytes, io);
	*last ^= 1;
	return status;
}

/* Two words change places, which leaves their sum. */
static int swap_words(struct par_messages *messages, struct par_io *io)
{
	unsigned char *words = messages->out[0], word[8];
	uint64_t stamp = par_mix64(2 * BENT) >> 3;
	int status;

	memcpy(words, &stamp, sizeof stamp);
	memcpy(word, words + 8, 8);
	memcpy(words + 8, words + 16, 8);
	memcpy(words + 16, word, 8);
	status = send_raw(messages, messages->bytes, io);
	memcpy(words + 16, words + 8, 8);
	memcpy(words + 8, word, 8);
	return status;
}

static int cut(struct par_messages *messages, struct par_io *io)
{
	return send_raw(messages, messages->bytes - 1, io);
}

static uint64_t task_drop(void *state, uint64_t index, struct par_io *io)
{
	return bend(state, index, io, drop);
}

static uint64_t task_repeat(void *state, uint64_t index, struct par_io *io)
{
	return bend(state, index, io, repeat);
}

static uint64_t task_flip(void *state, uint64_t index, struct par_io *io)
{
	return bend(state, index, io, flip_a_bit);
}

static uint64_t task_swap(void *state, uint64_t index, struct par_io *io)
{
	return bend(state, index, io, swap_words);
}

static uint64_t task_cut(void *state, uint64_t index, struct par_io *io)
{
	return bend(state, index, io, cut);
}

static void check_all(uint64_t (*task)(void *, uint64_t, struct par_io *))
{
	struct par_workload broken = par_workload_stream;

	broken.task = task;
	for (size_t i = 0; i < ALL; i++)
		broken_check(broken_visit(&broken, "thread_pool", all[i], 2), "wrong",
			"lost, doubled or changed");
	broken_check(broken_visit(&broken, "process_pool", "ring", 2), "wrong",
		"number 7 should have been");
	broken_check(broken_visit(&broken, "coroutine", "rendezvous", 1), "wrong",
		"number 7 should have been");
}

static void what_is_lost_is_wrong(void **state)
{
	(void)state;
	check_all(task_drop);
}

static void what_is_doubled_is_wrong(void **state)
{
	(void)state;
	check_all(task_repeat);
}

static void what_is_changed_is_wrong(void **state)
{
	(void)state;
	check_all(task_flip);
	check_all(task_swap);
	check_all(task_cut);
}

/* The receiver gives up early: fewer than were sent. */
static uint64_t one_less(void *state, uint64_t index, struct par_io *io)
{
	const struct stream *stream = state;
	uint64_t digest = stream_task(state, index, io);

	if (index == 1)
		stream->messages->board->counts[1].received--;
	return digest;
}

static void what_is_missing_is_wrong(void **state)
{
	struct par_workload broken = par_workload_stream;

	(void)state;
	broken.task = one_less;
	broken_check(broken_visit(&broken, "thread_pool", "pipe", 2), "wrong",
		"messages were received instead of");
}

static uint64_t die(void *state, uint64_t index, struct par_io *io)
{
	if (index == 0)
		kill(getpid(), SIGKILL);
	return stream_task(state, index, io);
}

static void a_dead_part_fails_the_visit(void **state)
{
	struct par_workload broken = par_workload_stream;

	(void)state;
	broken.task = die;
	for (size_t i = 0; i < ALL; i++)
		broken_check(broken_visit(&broken, "process_pool", all[i], 2), "failed", "");
}

/* Sends to a side that has left. */
static uint64_t leave(void *state, uint64_t index, struct par_io *io)
{
	const struct stream *stream = state;

	if (index == 1) {
		int status = par_meeting_join(&stream->messages->board->meeting, 2, false, io);

		par_channel_leave(stream->messages->channel, 1);
		return par_mix64(index + (status < 0));
	}
	return stream_task(state, index, io);
}

static void a_side_that_leaves_fails_the_other(void **state)
{
	struct par_workload broken = par_workload_stream;

	(void)state;
	broken.task = leave;
	for (size_t i = 0; i < ALL; i++)
		broken_check(broken_visit(&broken, "thread_pool", all[i], 2), "failed", "pipe");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_lost_is_wrong),
		cmocka_unit_test(what_is_doubled_is_wrong),
		cmocka_unit_test(what_is_changed_is_wrong),
		cmocka_unit_test(what_is_missing_is_wrong),
		cmocka_unit_test(a_dead_part_fails_the_visit),
		cmocka_unit_test(a_side_that_leaves_fails_the_other),
	};

	return cmocka_run_group_tests_name("stream broken", tests, NULL, NULL);
}
