#include "progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "text.h"

void par_meter_init(struct par_meter *meter)
{
	struct winsize size;

	*meter = (struct par_meter){ .terminal = isatty(STDERR_FILENO) == 1, .columns = 80 };
	if (meter->terminal && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
		meter->columns = size.ws_col;
}

static void add_left(struct par_text *line, uint64_t left_ns)
{
	uint64_t seconds = left_ns / PAR_NS_PER_S;

	if (seconds >= 60)
		par_text_format(line, "%llum%02llus left", (unsigned long long)seconds / 60,
			(unsigned long long)seconds % 60);
	else
		par_text_format(line, "%llus left", (unsigned long long)seconds);
}

static void compose(struct par_text *line, const struct par_progress *progress)
{
	const struct par_cell *cell = progress->cell;

	par_text_format(line, "round %u: %zu/%zu, %zu/%zu cells done, ", progress->round,
		progress->in_round, progress->round_size, progress->finished, progress->cells);
	if (isnan(progress->worst))
		par_text_format(line, "no intervals yet, ");
	else
		par_text_format(line, "worst +-%.1f%%, ", 100 * progress->worst);
	add_left(line, progress->left_ns);
	par_text_format(
		line, ", %s %s x%u", cell->workload->name, cell->model->name, cell->workers);
}

void par_meter_show(struct par_meter *meter, const struct par_progress *progress)
{
	struct par_text line = PAR_TEXT_INIT;

	if (!meter->terminal && progress->round == meter->round)
		return;
	meter->round = progress->round;
	compose(&line, progress);
	if (meter->terminal)
		fprintf(stderr, "\r%-*.*s", (int)meter->columns - 1, (int)meter->columns - 1,
			par_text_get(&line));
	else
		fprintf(stderr, "%s\n", par_text_get(&line));
	fflush(stderr);
	par_text_fini(&line);
}

void par_meter_clear(const struct par_meter *meter)
{
	if (meter->terminal)
		fprintf(stderr, "\r%*s\r", (int)meter->columns - 1, "");
	fflush(stderr);
}
