/* Channels between threads and between processes: long talks, sleepers, the end and the death. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "channel_fixture.h"
#include "wait.h"

/* One side of a talk: `messages` sent, as many received, in bursts of random length. */
struct part {
	struct par_channel *channel;
	unsigned side;
	uint64_t messages;
	size_t bytes; /* the largest message; sizes are random where the kind has more than one */
	unsigned pauses; /* one message in so many is followed by a yield; 0: none */
	bool one_way;    /* side 0 only sends, side 1 only receives */
	uint64_t wrong;
};

static size_t size_of(const struct part *part, uint64_t number)
{
	if (part->bytes == 8)
		return 8;
	return 1 + par_mix64(number ^ 0x51) % part->bytes;
}

static void pause_maybe(const struct part *part, uint64_t number)
{
	uint64_t dice = par_mix64(number * 2 + part->side);

	if (part->pauses == 0 || dice % part->pauses != 0)
		return;
	for (unsigned i = 0; i < 1 + dice / 7 % 5; i++)
		sched_yield();
}

static void note(struct part *part, bool right)
{
	if (!right)
		part->wrong++;
}

static void send_next(struct part *part, unsigned char *data, uint64_t number)
{
	size_t size = size_of(part, number);

	message_make(data, size, number + part->side);
	note(part, par_channel_send(
			   part->channel, part->side, data, size, 20 * PAR_NS_PER_S, NULL) == 0);
	pause_maybe(part, number);
}

static void receive_next(struct part *part, unsigned char *data, uint64_t number)
{
	size_t size = size_of(part, number);
	ssize_t got = par_channel_receive(
		part->channel, part->side, data, part->bytes, PAR_CHANNEL_FOREVER, NULL);

	note(part, got == (ssize_t)size && message_is(data, size, number + 1 - part->side));
	pause_maybe(part, number + 1);
}

/* Ends early on the first error, so that a broken channel does not take for ever. */
static void *play(void *argument)
{
	struct part *part = argument;
	unsigned char *data = malloc(part->bytes);
	bool sends = !part->one_way || part->side == 0;
	bool receives = !part->one_way || part->side == 1;

	for (uint64_t i = 0; i < part->messages && part->wrong == 0; i++) {
		/* In a talk, side 0 begins; a burst of up to 4 is under way. */
		if (sends)
			send_next(part, data, i);
		if (receives)
			receive_next(part, data, i);
	}
	if (sends)
		par_channel_leave(part->channel, part->side);
	note(part, sends || par_channel_receive(part->channel, part->side, data, part->bytes,
				    PAR_CHANNEL_FOREVER, NULL) == 0);
	free(data);
	return NULL;
}

static void between_threads(const struct par_channel_spec *spec, struct part model)
{
	struct par_channel *channel = channel_open(spec);
	struct part parts[2] = { model, model };
	pthread_t other;

	for (unsigned side = 0; side < 2; side++) {
		parts[side].channel = channel;
		parts[side].side = side;
		parts[side].bytes = spec->bytes;
	}
	assert_int_equal(pthread_create(&other, NULL, play, &parts[1]), 0);
	play(&parts[0]);
	assert_int_equal(pthread_join(other, NULL), 0);
	assert_int_equal(parts[0].wrong, 0);
	assert_int_equal(parts[1].wrong, 0);
	par_channel_close(channel);
}

/* Sends until it cannot: the status that ended it. */
struct sender {
	struct par_channel *channel;
	_Atomic unsigned sent;
	int status;
};

static void *send_for_ever(void *argument)
{
	struct sender *sender = argument;
	const uint64_t word = 5;

	while ((sender->status = par_channel_send(
			sender->channel, 0, &word, sizeof word, PAR_CHANNEL_FOREVER, NULL)) == 0)
		atomic_fetch_add_explicit(&sender->sent, 1, memory_order_relaxed);
	return NULL;
}

/* Nothing is received, so that in the end the sender waits in its call. */
static void who_leaves_lets_a_sender_go(void **state)
{
	(void)state;
	for (size_t i = 0; par_channel_kinds[i] != NULL; i++) {
		struct sender sender = { .sent = 0 };
		pthread_t thread;

		if (par_channel_kinds[i]->loop_only)
			continue;
		sender.channel = channel_of(par_channel_kinds[i], 8);
		assert_int_equal(pthread_create(&thread, NULL, send_for_ever, &sender), 0);
		while (atomic_load_explicit(&sender.sent, memory_order_relaxed) == 0)
			sched_yield();
		for (unsigned turn = 0; turn < 100; turn++)
			sched_yield();
		par_channel_leave(sender.channel, 1);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_int_equal(sender.status, -EPIPE);
		par_channel_close(sender.channel);
	}
}

/* A process that plays side 1. */
static pid_t fork_side(
	struct par_channel *channel, void (*main)(struct par_channel *, void *), void *context)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		par_channel_alone(channel, 1);
		main(channel, context);
		_exit(0);
	}
	par_channel_alone(channel, 0);
	return pid;
}

static int reap(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void play_in_child(struct par_channel *channel, void *context)
{
	struct part *part = context;

	part->channel = channel;
	part->side = 1;
	play(part);
	_exit(part->wrong != 0);
}

static void between_processes(const struct par_channel_spec *spec, struct part model)
{
	struct par_channel *channel = channel_open(spec);
	pid_t pid;

	model.bytes = spec->bytes;
	pid = fork_side(channel, play_in_child, &model);
	model.channel = channel;
	model.side = 0;
	play(&model);
	assert_int_equal(model.wrong, 0);
	assert_int_equal(reap(pid), 0);
	par_channel_close(channel);
}

static void for_each_spec(void (*check)(const struct par_channel_spec *spec))
{
	struct leftovers before = leftovers_now();

	for (size_t i = 0; par_channel_kinds[i] != NULL; i++) {
		struct par_channel_spec spec = { .kind = par_channel_kinds[i], .bytes = 8 };

		if (spec.kind->loop_only)
			continue;
		check(&spec);
		spec.bytes = sure_bytes(spec.kind);
		if (spec.bytes > 8)
			check(&spec);
		spec.spin_ns = PAR_SPIN_NS;
		spec.batch = 5;
		if (spec.kind->batches)
			check(&spec);
	}
	leftovers_none_since(&before);
}

static void check_talk(const struct par_channel_spec *spec)
{
	struct part talk = { .messages = 500, .pauses = 3 };
	struct part stream = { .messages = 2000, .pauses = 5, .one_way = true };

	between_threads(spec, talk);
	between_threads(spec, stream);
	between_processes(spec, talk);
	between_processes(spec, stream);
}

static void every_message_once_in_order(void **state)
{
	(void)state;
	for_each_spec(check_talk);
}

/*
 * A million messages through small rings whose both sides sleep at once when they have to wait: a
 * wake that is lost would cost PAR_CHANNEL_LOOK_NS each time, and a wrong order or a torn message
 * is seen.
 */
static void ring_with_sleepers(void **state)
{
	static const unsigned capacities[] = { 4, 16, 4096 };
	struct part stream = { .messages = 1000000 / 6, .pauses = 50, .one_way = true };

	(void)state;
	for (unsigned turn = 0; turn < 6; turn++) {
		struct par_channel_spec spec = { .kind = &par_channel_ring,
			.bytes = turn % 2 ? 100 : 8,
			.capacity = capacities[turn / 2],
			.batch = turn % 2 ? 7 : 1 };

		between_threads(&spec, stream);
	}
}

/* --- sleepers --- */

static void sleep_ns(long ns)
{
	const struct timespec nap = { .tv_nsec = ns };

	nanosleep(&nap, NULL);
}

struct sleeper {
	struct par_channel *channel;
	ssize_t got;
	unsigned char data[8];
};

static void *receive_once(void *argument)
{
	struct sleeper *sleeper = argument;

	sleeper->got = par_channel_receive(
		sleeper->channel, 1, sleeper->data, 8, PAR_CHANNEL_FOREVER, NULL);
	return NULL;
}

static void *send_until_refused(void *argument)
{
	struct sleeper *sleeper = argument;

	message_make(sleeper->data, 8, 1);
	do
		sleeper->got = par_channel_send(
			sleeper->channel, 1, sleeper->data, 8, PAR_CHANNEL_FOREVER, NULL);
	while (sleeper->got == 0);
	return NULL;
}

static void wake_by_leaving(const struct par_channel_spec *spec, void *(*main)(void *))
{
	struct sleeper sleeper = { .channel = channel_open(spec) };
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, main, &sleeper), 0);
	sleep_ns(5000000);
	par_channel_leave(sleeper.channel, 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(sleeper.got, main == receive_once ? 0 : -EPIPE);
	par_channel_close(sleeper.channel);
}

static void check_wake(const struct par_channel_spec *spec)
{
	if (spec->bytes != 8)
		return;
	wake_by_leaving(spec, receive_once);
	/* A thread that has not closed the other side's end of an eventfd cannot be told. */
	if (spec->kind != &par_channel_eventfd)
		wake_by_leaving(spec, send_until_refused);
}

static void leaving_wakes_sleepers(void **state)
{
	(void)state;
	for_each_spec(check_wake);
}

/* --- death --- */

static void send_some_and_wait(struct par_channel *channel, void *context)
{
	unsigned char data[8];

	(void)context;
	message_make(data, 8, 1);
	if (par_channel_send(channel, 1, data, 8, PAR_CHANNEL_FOREVER, NULL) == 0)
		(void)par_channel_receive(channel, 1, data, 8, PAR_CHANNEL_FOREVER, NULL);
	pause();
}

/* What was sent before the death comes; then an error, to sleepers and to those who try. */
static void check_death(const struct par_channel_spec *spec)
{
	struct par_channel *channel;
	unsigned char data[PAR_CHANNEL_BYTES_MAX];
	pid_t pid;

	if (spec->batch > 1)
		return;
	channel = channel_open(spec);
	pid = fork_side(channel, send_some_and_wait, NULL);
	assert_int_equal(
		par_channel_receive(channel, 0, data, sizeof data, PAR_CHANNEL_FOREVER, NULL), 8);
	assert_true(message_is(data, 8, 1));
	assert_int_equal(par_channel_send(channel, 0, data, 8, PAR_CHANNEL_FOREVER, NULL), 0);
	sleep_ns(2000000);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(
		par_channel_receive(channel, 0, data, sizeof data, PAR_CHANNEL_FOREVER, NULL),
		-ECONNRESET);
	assert_int_equal(
		par_channel_receive(channel, 0, data, sizeof data, 10 * PAR_NS_PER_S, NULL),
		-ECONNRESET);
	assert_true(WIFSIGNALED(reap(pid)));
	par_channel_close(channel);
}

static void death_is_an_error(void **state)
{
	(void)state;
	for_each_spec(check_death);
}

static void only_wait(struct par_channel *channel, void *context)
{
	(void)channel, (void)context;
	pause();
}

struct killer {
	pid_t pid;
};

static void *kill_soon(void *argument)
{
	const struct killer *killer = argument;

	sleep_ns(10000000);
	kill(killer->pid, SIGKILL);
	return NULL;
}

/* The peer dies while we sleep: for a message, and for room. */
static void check_death_of_sleepers_peer(const struct par_channel_spec *spec)
{
	unsigned char data[PAR_CHANNEL_BYTES_MAX];

	if (spec->batch > 1)
		return;
	message_make(data, 8, 1);
	for (unsigned sends = 0; sends < 2; sends++) {
		struct par_channel *channel = channel_open(spec);
		struct killer killer = { .pid = fork_side(channel, only_wait, NULL) };
		pthread_t thread;
		ssize_t status;

		assert_int_equal(pthread_create(&thread, NULL, kill_soon, &killer), 0);
		do
			status = sends ? par_channel_send(
						 channel, 0, data, 8, PAR_CHANNEL_FOREVER, NULL)
				       : par_channel_receive(channel, 0, data, sizeof data,
						 PAR_CHANNEL_FOREVER, NULL);
		while (status == 0);
		assert_int_equal(status, -ECONNRESET);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_true(WIFSIGNALED(reap(killer.pid)));
		par_channel_close(channel);
	}
}

static void death_wakes_sleepers(void **state)
{
	(void)state;
	for_each_spec(check_death_of_sleepers_peer);
}

static void leave_at_once(struct par_channel *channel, void *context)
{
	(void)context;
	par_channel_leave(channel, 1);
}

/* A process that ends after it has left has not died. */
static void check_departure(const struct par_channel_spec *spec)
{
	struct par_channel *channel = channel_open(spec);
	pid_t pid = fork_side(channel, leave_at_once, NULL);
	unsigned char data[PAR_CHANNEL_BYTES_MAX];

	assert_int_equal(
		par_channel_receive(channel, 0, data, sizeof data, PAR_CHANNEL_FOREVER, NULL), 0);
	assert_int_equal(reap(pid), 0);
	assert_int_equal(
		par_channel_receive(channel, 0, data, sizeof data, PAR_CHANNEL_TRY, NULL), 0);
	message_make(data, 8, 1);
	assert_int_equal(par_channel_send(channel, 0, data, 8, PAR_CHANNEL_FOREVER, NULL), -EPIPE);
	par_channel_close(channel);
}

static void departure_is_no_death(void **state)
{
	(void)state;
	for_each_spec(check_departure);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_once_in_order),
		cmocka_unit_test(ring_with_sleepers),
		cmocka_unit_test(leaving_wakes_sleepers),
		cmocka_unit_test(death_is_an_error),
		cmocka_unit_test(death_wakes_sleepers),
		cmocka_unit_test(departure_is_no_death),
		cmocka_unit_test(who_leaves_lets_a_sender_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
