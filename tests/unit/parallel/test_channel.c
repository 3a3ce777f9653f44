/* Channels in one thread: order, full and empty, sizes, the end, what waits in a batch. */
#include <errno.h>

#include "channel_fixture.h"
#include "loop.h"

/* More than any kind holds of one size. */
#define MANY 200000

static unsigned char sent[PAR_CHANNEL_BYTES_MAX], got[PAR_CHANNEL_BYTES_MAX];

static void for_each_kind(void (*check)(const struct par_channel_kind *kind))
{
	struct leftovers before = leftovers_now();

	for (size_t i = 0; par_channel_kinds[i] != NULL; i++)
		if (!par_channel_kinds[i]->loop_only)
			check(par_channel_kinds[i]);
	leftovers_none_since(&before);
}

static int send_number(
	struct par_channel *channel, unsigned side, size_t size, uint64_t number, uint64_t timeout)
{
	message_make(sent, size, number);
	return par_channel_send(channel, side, sent, size, timeout, NULL);
}

static void expect_number(
	struct par_channel *channel, unsigned side, size_t size, uint64_t number, uint64_t timeout)
{
	ssize_t here = par_channel_receive(channel, side, got, sizeof got, timeout, NULL);

	if (here != (ssize_t)size || !message_is(got, size, number))
		fail_msg("message %llu of %zu bytes came as %zd", (unsigned long long)number, size,
			here);
}

static void check_sizes(const struct par_channel_kind *kind)
{
	static const size_t sizes[] = { 1, 3, 7, 8, 9, 64, 100, 4091, 4092, 4096, 8192, 40001,
		65535, 65536 };
	size_t bytes = sure_bytes(kind);
	struct par_channel *channel = channel_of(kind, bytes);

	for (unsigned side = 0; side < 2; side++)
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			if (sizes[i] > bytes || (kind == &par_channel_eventfd && sizes[i] != 8))
				continue;
			for (unsigned turn = 0; turn < 3; turn++) {
				assert_int_equal(send_number(channel, side, sizes[i], turn,
							 PAR_CHANNEL_FOREVER),
					0);
				expect_number(channel, 1 - side, sizes[i], turn,
					turn == 0 ? PAR_CHANNEL_TRY : PAR_CHANNEL_FOREVER);
			}
		}
	assert_int_equal(par_channel_send(channel, 0, sent, 0, 0, NULL), -EINVAL);
	assert_int_equal(par_channel_send(channel, 0, sent, bytes + 1, 0, NULL), -EMSGSIZE);
	par_channel_close(channel);
}

static void every_size_both_ways(void **state)
{
	(void)state;
	for_each_kind(check_sizes);
}

static void check_empty(const struct par_channel_kind *kind)
{
	struct par_channel *channel = channel_of(kind, 8);

	for (unsigned side = 0; side < 2; side++) {
		uint64_t start = par_now_ns();

		assert_int_equal(par_channel_receive(channel, side, got, 8, 0, NULL), -EAGAIN);
		assert_int_equal(
			par_channel_receive(channel, side, got, 8, A_MOMENT, NULL), -ETIMEDOUT);
		assert_true(par_now_ns() - start >= A_MOMENT / 2);
	}
	par_channel_close(channel);
}

static void empty_is_told(void **state)
{
	(void)state;
	for_each_kind(check_empty);
}

/* Fills it, finds it full, empties it: what was accepted comes, and nothing else. */
static void fill_and_empty(struct par_channel *channel, size_t size)
{
	uint64_t in = 0, out = 0;
	int status = 0;

	while (status == 0 && in < MANY) {
		status = send_number(channel, 0, size, in, PAR_CHANNEL_TRY);
		if (status == 0)
			in++;
	}
	assert_int_equal(status, -EAGAIN);
	assert_true(in > 0);
	assert_int_equal(send_number(channel, 0, size, in, A_MOMENT), -ETIMEDOUT);
	assert_int_equal(send_number(channel, 0, size, in, PAR_CHANNEL_TRY), -EAGAIN);
	while (out < in)
		expect_number(channel, 1, size, out++, PAR_NS_PER_S);
	assert_int_equal(par_channel_receive(channel, 1, got, sizeof got, 0, NULL), -EAGAIN);
	assert_int_equal(send_number(channel, 0, size, in, PAR_CHANNEL_TRY), 0);
	expect_number(channel, 1, size, in, PAR_CHANNEL_TRY);
}

static void check_full(const struct par_channel_kind *kind)
{
	static const size_t sizes[] = { 8, 1000, 8192, 65536 };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct par_channel *channel;

		if (sizes[i] > sure_bytes(kind))
			break;
		channel = channel_of(kind, sizes[i]);
		fill_and_empty(channel, sizes[i]);
		par_channel_close(channel);
	}
}

static void full_is_told_and_nothing_lost(void **state)
{
	(void)state;
	for_each_kind(check_full);
}

/* Too large for the receiver's buffer: an error, and it stays. */
static void check_too_large(const struct par_channel_kind *kind)
{
	size_t bytes = kind == &par_channel_eventfd ? 8 : 6000;
	struct par_channel *channel = channel_of(kind, bytes);

	for (unsigned turn = 0; turn < 3; turn++) {
		uint64_t timeout = turn == 0   ? PAR_CHANNEL_TRY
				   : turn == 1 ? A_MOMENT
					       : PAR_CHANNEL_FOREVER;

		assert_int_equal(send_number(channel, 1, bytes, 77, PAR_CHANNEL_FOREVER), 0);
		if (bytes > 8)
			assert_int_equal(
				send_number(channel, 1, bytes, 78, PAR_CHANNEL_FOREVER), 0);
		for (size_t size = 1; size < bytes; size = size * 7 - 3) {
			size_t tried = size < bytes ? size : bytes - 1;

			assert_int_equal(par_channel_receive(channel, 0, got, tried, timeout, NULL),
				-EMSGSIZE);
		}
		assert_int_equal(
			par_channel_receive(channel, 0, got, bytes - 1, timeout, NULL), -EMSGSIZE);
		expect_number(channel, 0, bytes, 77, timeout);
		if (bytes > 8)
			expect_number(channel, 0, bytes, 78, timeout);
	}
	assert_int_equal(par_channel_receive(channel, 0, got, 1, 0, NULL), -EAGAIN);
	par_channel_close(channel);
}

static void too_large_stays(void **state)
{
	(void)state;
	for_each_kind(check_too_large);
}

static void check_leave(const struct par_channel_kind *kind)
{
	struct par_channel *channel = channel_of(kind, 8);
	unsigned pending = kind == &par_channel_eventfd ? 1 : 3;

	for (unsigned i = 0; i < pending; i++)
		assert_int_equal(send_number(channel, 0, 8, i, PAR_CHANNEL_FOREVER), 0);
	/* On its way to the side that leaves: lost, and no harm. */
	assert_int_equal(send_number(channel, 1, 8, 9, PAR_CHANNEL_FOREVER), 0);
	par_channel_leave(channel, 0);
	for (unsigned i = 0; i < pending; i++)
		expect_number(channel, 1, 8, i, i % 2 ? PAR_CHANNEL_TRY : PAR_CHANNEL_FOREVER);
	assert_int_equal(par_channel_receive(channel, 1, got, 8, PAR_CHANNEL_FOREVER, NULL), 0);
	assert_int_equal(par_channel_receive(channel, 1, got, 8, PAR_CHANNEL_TRY, NULL), 0);
	assert_int_equal(par_channel_receive(channel, 1, got, 8, A_MOMENT, NULL), 0);
	assert_int_equal(send_number(channel, 1, 8, 1, PAR_CHANNEL_FOREVER), -EPIPE);
	assert_int_equal(send_number(channel, 1, 8, 1, PAR_CHANNEL_TRY), -EPIPE);
	par_channel_leave(channel, 1);
	par_channel_close(channel);
}

static void end_of_file_after_the_rest(void **state)
{
	(void)state;
	for_each_kind(check_leave);
}

/* Gathered messages are not seen before they are published: by number, by flush, by waiting. */
static void check_batch(const struct par_channel_kind *kind)
{
	struct par_channel_spec spec = { .kind = kind, .bytes = 64, .batch = 4 };
	struct par_channel *channel;

	if (!kind->batches) {
		assert_int_equal(par_channel_open(&channel, &spec), -EINVAL);
		return;
	}
	channel = channel_open(&spec);
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(send_number(channel, 0, 64, i, PAR_CHANNEL_TRY), 0);
	assert_int_equal(par_channel_receive(channel, 1, got, 64, PAR_CHANNEL_TRY, NULL), -EAGAIN);
	assert_int_equal(send_number(channel, 0, 64, 3, PAR_CHANNEL_TRY), 0);
	for (uint64_t i = 0; i < 4; i++)
		expect_number(channel, 1, 64, i, PAR_CHANNEL_TRY);
	assert_int_equal(send_number(channel, 0, 64, 4, PAR_CHANNEL_FOREVER), 0);
	assert_int_equal(par_channel_receive(channel, 1, got, 64, PAR_CHANNEL_TRY, NULL), -EAGAIN);
	assert_int_equal(par_channel_flush(channel, 0, PAR_CHANNEL_FOREVER, NULL), 0);
	expect_number(channel, 1, 64, 4, PAR_CHANNEL_TRY);
	assert_int_equal(send_number(channel, 0, 64, 5, PAR_CHANNEL_FOREVER), 0);
	assert_int_equal(par_channel_receive(channel, 0, got, 64, A_MOMENT, NULL), -ETIMEDOUT);
	expect_number(channel, 1, 64, 5, PAR_CHANNEL_TRY);
	assert_int_equal(send_number(channel, 0, 64, 6, PAR_CHANNEL_FOREVER), 0);
	par_channel_leave(channel, 0);
	expect_number(channel, 1, 64, 6, PAR_CHANNEL_FOREVER);
	assert_int_equal(par_channel_receive(channel, 1, got, 64, PAR_CHANNEL_FOREVER, NULL), 0);
	par_channel_close(channel);
}

static void batches_are_published(void **state)
{
	(void)state;
	for_each_kind(check_batch);
}

/* The outbox is full, the pipe has no room for it, and yet is writable: a receive gives up. */
static void who_cannot_publish_can_give_up(void **state)
{
	struct par_channel_spec spec = { .kind = &par_channel_pipe, .bytes = 64, .batch = 1024 };
	struct par_channel *channel = channel_open(&spec);
	uint64_t in = 0;

	(void)state;
	while (in < MANY && send_number(channel, 0, 64, in, PAR_CHANNEL_TRY) == 0)
		in++;
	assert_in_range(in, 1, MANY - 1);
	assert_int_equal(par_channel_receive(channel, 0, got, 64, PAR_CHANNEL_TRY, NULL), -EAGAIN);
	assert_int_equal(par_channel_receive(channel, 0, got, 64, A_MOMENT, NULL), -ETIMEDOUT);
	par_channel_close(channel);
}

static void check_spec(const struct par_channel_kind *kind)
{
	struct par_channel_spec spec = { .kind = kind, .bytes = 0 };
	struct par_channel *channel;

	assert_int_equal(par_channel_open(&channel, &spec), -EINVAL);
	spec.bytes = kind->bytes_max + 1;
	assert_int_equal(par_channel_open(&channel, &spec), -EINVAL);
	assert_null(channel);
}

static void impossible_specs_are_refused(void **state)
{
	uint64_t large = PAR_CHANNEL_EVENTFD_MAX;
	struct par_channel *channel;

	(void)state;
	for_each_kind(check_spec);
	channel = channel_of(&par_channel_eventfd, 8);
	assert_int_equal(par_channel_send(channel, 0, &large, 8, 0, NULL), 0);
	assert_int_equal(par_channel_receive(channel, 1, got, 8, 0, NULL), 8);
	assert_memory_equal(got, &large, 8);
	large++;
	assert_int_equal(par_channel_send(channel, 0, &large, 8, 0, NULL), -EINVAL);
	assert_int_equal(par_channel_send(channel, 0, &large, 4, 0, NULL), -EINVAL);
	par_channel_close(channel);
	par_channel_close(NULL);
}

/* --- two coroutines of a loop --- */

#define TALK 300

struct talk {
	struct par_channel *channel;
	size_t size;
	unsigned trips, timed_out, ends;
	bool claimed;
	bool timed;
};

static uint64_t claim_two(void *context, uint64_t limit, uint64_t *first)
{
	struct talk *talk = context;

	*first = 0;
	if (talk->claimed)
		return 0;
	assert_true(limit >= 2);
	talk->claimed = true;
	return 2;
}

static void talk_part(void *context, uint64_t side, struct par_io *io)
{
	struct talk *talk = context;
	unsigned char data[16384];
	uint64_t forever = talk->timed ? 10 * PAR_NS_PER_S : PAR_CHANNEL_FOREVER;

	if (side == 1 &&
		par_channel_receive(talk->channel, 1, data, sizeof data, 100000, io) == -ETIMEDOUT)
		talk->timed_out++;
	while (side == 0 && talk->timed_out == 0) /* or it would receive what is sent below */
		assert_int_equal(par_io_sleep(io, PAR_NS_PER_MS), 0);
	for (unsigned i = 0; i < TALK; i++) {
		message_make(data, talk->size, i);
		if (side == 0)
			assert_int_equal(
				par_channel_send(talk->channel, 0, data, talk->size, forever, io),
				0);
		assert_int_equal(par_channel_receive(talk->channel, (unsigned)side, data,
					 sizeof data, forever, io),
			talk->size);
		assert_true(message_is(data, talk->size, i));
		if (side == 1)
			assert_int_equal(
				par_channel_send(talk->channel, 1, data, talk->size, forever, io),
				0);
		talk->trips += (unsigned)side;
	}
	if (side == 1)
		par_channel_leave(talk->channel, 1);
	else
		talk->ends += par_channel_receive(talk->channel, 0, data, sizeof data,
				      PAR_CHANNEL_FOREVER, io) == 0;
}

static void talk_on_a_loop(const struct par_channel_kind *kind, size_t size, bool timed)
{
	struct talk talk = { .size = size, .timed = timed };
	struct par_loop_source source = { claim_two, talk_part, &talk };
	struct par_loop *loop;

	assert_int_equal(par_loop_open(&loop, NULL), 0);
	talk.channel = channel_of(kind, size);
	assert_int_equal(par_loop_run(loop, &source, 2), 0);
	assert_int_equal(talk.trips, TALK);
	assert_int_equal(talk.timed_out, 1);
	assert_int_equal(talk.ends, 1);
	par_channel_close(talk.channel);
	par_loop_close(loop);
}

static void check_loop(const struct par_channel_kind *kind)
{
	struct par_channel *channel;
	struct par_loop *loop;

	if (kind->loops) {
		talk_on_a_loop(kind, 8, false);
		talk_on_a_loop(kind, 8, true);
		if (kind->bytes_max > 8)
			talk_on_a_loop(kind, 10000, false);
		return;
	}
	assert_int_equal(par_loop_open(&loop, NULL), 0);
	channel = channel_of(kind, 8);
	assert_int_equal(par_channel_receive(channel, 0, got, 8, 0, par_loop_io(loop)), -ENOTSUP);
	assert_int_equal(par_channel_send(channel, 0, got, 8, 0, par_loop_io(loop)), -ENOTSUP);
	par_channel_close(channel);
	par_loop_close(loop);
}

static void coroutines_talk(void **state)
{
	(void)state;
	for_each_kind(check_loop);
	check_loop(&par_channel_rendezvous);
}

/* --- a rendezvous --- */

struct meeting {
	struct par_channel *channel;
	bool claimed;
	uint64_t sum;
};

static uint64_t claim_meeting(void *context, uint64_t limit, uint64_t *first)
{
	struct meeting *meeting = context;
	bool more = !meeting->claimed;

	(void)limit;
	meeting->claimed = true;
	*first = 0;
	return more ? 2 : 0;
}

/* Side 0 makes numbers as a generator does, one whenever the other asks. */
static void meet(void *context, uint64_t side, struct par_io *io)
{
	struct meeting *meeting = context;
	struct par_channel *channel = meeting->channel;
	uint64_t number, small = 0;
	ssize_t status;

	if (side == 0) {
		/* Nobody waits: there is no place to leave it. */
		assert_int_equal(par_channel_send(channel, 0, &side, 8, 0, io), -EAGAIN);
		for (number = 1; number <= 100; number++)
			assert_int_equal(par_channel_send(channel, 0, &number, sizeof number,
						 PAR_CHANNEL_FOREVER, io),
				0);
		par_channel_leave(channel, 0);
		return;
	}
	/* The sender waits with its message, also while the buffer is too small. */
	assert_int_equal(
		par_channel_receive(channel, 1, &small, 4, PAR_CHANNEL_FOREVER, io), -EMSGSIZE);
	assert_int_equal(par_channel_receive(channel, 1, &number, 8, 0, io), 8);
	assert_int_equal(number, 1);
	/* It goes on when it has its turn; then our wish is there first, and too small again. */
	assert_int_equal(
		par_channel_receive(channel, 1, &small, 4, PAR_CHANNEL_FOREVER, io), -EMSGSIZE);
	meeting->sum = number;
	while ((status = par_channel_receive(channel, 1, &number, 8, PAR_CHANNEL_FOREVER, io)) > 0)
		meeting->sum += number;
	assert_int_equal(status, 0);
	assert_int_equal(par_channel_send(channel, 1, &number, 8, 0, io), -EPIPE);
}

/* Both sides wait for the other to send. */
static void wait_both(void *context, uint64_t side, struct par_io *io)
{
	struct meeting *meeting = context;
	uint64_t number;

	meeting->sum += par_channel_receive(meeting->channel, (unsigned)side, &number, 8,
				PAR_CHANNEL_FOREVER, io) == -EDEADLK;
}

static uint64_t meet_on_a_loop(void (*task)(void *, uint64_t, struct par_io *))
{
	struct meeting meeting = { .channel = channel_of(&par_channel_rendezvous, 8) };
	struct par_loop_source source = { claim_meeting, task, &meeting };
	struct par_loop *loop;

	assert_int_equal(par_loop_open(&loop, NULL), 0);
	assert_int_equal(par_loop_run(loop, &source, 2), 0);
	par_loop_close(loop);
	par_channel_close(meeting.channel);
	return meeting.sum;
}

static void a_rendezvous_has_no_buffer(void **state)
{
	struct par_channel *channel;

	(void)state;
	assert_int_equal(meet_on_a_loop(meet), 5050);
	assert_int_equal(meet_on_a_loop(wait_both), 2);
	channel = channel_of(&par_channel_rendezvous, 8);
	assert_int_equal(par_channel_send(channel, 0, sent, 8, 0, NULL), -ENOTSUP);
	assert_int_equal(par_channel_receive(channel, 0, got, 8, 0, NULL), -ENOTSUP);
	par_channel_close(channel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_both_ways),
		cmocka_unit_test(empty_is_told),
		cmocka_unit_test(full_is_told_and_nothing_lost),
		cmocka_unit_test(too_large_stays),
		cmocka_unit_test(end_of_file_after_the_rest),
		cmocka_unit_test(batches_are_published),
		cmocka_unit_test(who_cannot_publish_can_give_up),
		cmocka_unit_test(impossible_specs_are_refused),
		cmocka_unit_test(coroutines_talk),
		cmocka_unit_test(a_rendezvous_has_no_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
