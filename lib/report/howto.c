#include "howto.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *name, *text;
} texts[] = {
	{ "answers",
		"- **Recommended model**: the fastest, or the simplest of those that cannot be "
		"told "
		"from it.\n"
		"- **Speedup**: the best serial time over this model's time, with the fewest "
		"workers that "
		"come within 2 % of its best. ± is half of the 95 % interval.\n"
		"- **Cores for 90 %**: the fewest cores with which it reaches nine tenths of that; "
		"more "
		"cores buy little.\n"
		"- **How sure**: *clear* means that every other model is slower by more than 1 % "
		"and "
		"that chance does not explain it. *Tie* means that the data cannot tell the named "
		"models "
		"apart. *Not sure* means too few rounds, too much noise, or a model that was "
		"planned and "
		"has no visit that can be trusted: it might have won. Models with wrong results "
		"or that "
		"failed take no part and are named.\n" },
	{ "heatmap",
		"- A **row** is a model, a **column** a workload (on a phone the other way round). "
		"Each "
		"model is shown at its own best number of workers.\n"
		"- The **number** is its median time over that of the fastest model: 1.3 takes 30 "
		"% "
		"longer, 12 takes twelve times as long. The **darker** the better.\n"
		"- **★** is the fastest. **≈** cannot be told from it: choose the simpler one.\n"
		"- **–** was not run; the method section says why.\n" },
	{ "speedup",
		"- **Up** is faster: how many times the best serial version fits into this model's "
		"time. The **dotted line** is what perfect use of the cores would give.\n"
		"- A **point** is a median over rounds, the **band** its 95 % interval. Where "
		"bands "
		"overlap, do not tell the models apart.\n"
		"- The **curve** is the Universal Scalability Law fitted to the points; a **ring** "
		"is "
		"where it peaks: past it, workers cost more than they bring. Without at least four "
		"core "
		"counts there is no fit, and the points are only joined.\n"
		"- **Vertical lines** are edges of the machine. On **shaded ground** workers share "
		"a core "
		"or a CPU.\n"
		"- **Small points** were placed otherwise: spread over the caches and sockets, or "
		"not "
		"pinned.\n"
		"- The **label** gives the best speedup that was measured, and at how many "
		"workers. "
		"Models whose workers hold many waits at once need few workers; their level is "
		"drawn on "
		"as a dashed line.\n" },
	{ "dots", "- A **panel** is a workload. A **dot** is a model's time over that of the "
		  "fastest; "
		  "further right is slower.\n"
		  "- The **whisker** is the 95 % interval of that ratio, from pairs within rounds. "
		  "Where it "
		  "includes 1, the difference may be chance.\n"
		  "- The **strip** is the interval of the fastest model's own median: how well the "
		  "base "
		  "itself is known. No strip: fewer than six rounds.\n"
		  "- **▸** is off the scale; the ratio stands beside it.\n" },
	{ "samples", "- A **dot** is one run of the job in some visit; its height means nothing.\n"
		     "- The **curve** is their density, the **bar** their middle half, the **black "
		     "mark** "
		     "the median with its 95 % interval.\n"
		     "- **Two humps** are two behaviours (another clock, another placement, a "
		     "neighbour): then "
		     "the median describes neither.\n"
		     "- Each visit is a fresh process, so dots of one visit are closer kin than "
		     "the rest.\n" },
};

const char *par_howto(const char *name)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (strcmp(texts[i].name, name) == 0)
			return texts[i].text;
	return NULL;
}

const char par_howto_method[] =
	"- **Order.** Rounds: each visits every cell that still needs it once, in a newly shuffled "
	"order, so that drift hits all models alike. run.json has the orders.\n"
	"- **Visit.** One measurement of one cell in a fresh process: workers are made and pinned, "
	"wait at a gate, warm up, then run the job several times.\n"
	"- **Inside the timer.** From the moment the job is handed to the waiting workers until "
	"all "
	"have finished. Making and ending workers is timed apart, except for models that make a "
	"worker "
	"for each task: there it is part of the job.\n"
	"- **Truth first.** The digests of all tasks must equal those of the serial run, or the "
	"visit "
	"has no time.\n"
	"- **Statistic.** A visit counts as the median of its runs; a cell is the median of its "
	"visits, with the exact 95 % interval between order statistics (six visits at least). "
	"Ratios "
	"are paired within rounds.\n"
	"- **Verdict.** A win needs more than 1 % and an interval that excludes it, corrected for "
	"the "
	"number of models compared. A model is judged at its fastest cell, which needs six visits; "
	"a "
	"planned model without a trusted visit leaves the verdict open.\n"
	"- **Not counted.** Visits during which the machine did not hold still (another clock, "
	"stolen "
	"time, moved CPUs) are kept and shown, never ranked.\n";
