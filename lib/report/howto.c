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
		"- **How sure**: *faster* means that every other model is slower by more than 1 % "
		"and "
		"that chance does not explain it. *Tie* means that the data cannot tell the named "
		"models "
		"apart. *Not sure* means too few rounds, too much noise, or a model that was "
		"planned and "
		"has no visit that can be trusted: it might have won. Models with wrong results "
		"or that "
		"failed take no part and are named.\n" },
	{ "use",
		"- From the scheduler's counters over the timed samples, for each model at its "
		"fastest number of workers: medians over visits.\n"
		"- **Running** is on a CPU; **waiting for a CPU** is ready to run while others do, "
		"as where workers outnumber the cores; **blocked** is waiting for a lock, a timer, "
		"a file or the network. Shares of the time of all workers together.\n"
		"- **Memory a worker** is what each adds to the proportional set size (PSS: shared "
		"pages are split between those who share them); **memory in all** is that of all "
		"processes of a visit.\n"
		"- **Serial fraction** is the share of the work that would have to be serial to "
		"explain the speedup by Amdahl's law alone (Karp and Flatt), with its 95 % "
		"interval; below 0 it is faster than its cores explain. With four core counts or "
		"more, the Universal Scalability Law tells contention from coherency.\n"
		"- **–** was not told: a worker that lives for one task only is gone before it "
		"could "
		"be asked, and energy needs a counter that may be read.\n" },
	{ "distance",
		"- A **cell** is the time of a cache line from one PU to another and back, the "
		"least that a lock, a queue or a wake-up between the two can cost. The **darker** "
		"the nearer, by the logarithm.\n"
		"- **Lines** are what the topology knows of: caches that group cores, NUMA nodes, "
		"packages (framed). Where the colours do not follow them, the machine is not what "
		"it says: on virtual machines the hypervisor decides.\n"
		"- Keep workers that share much within one dark block: `place=close` fills it "
		"first. Work that shares nothing does not care.\n"
		"- It is measured at the start and at the end of a run; a change between them is "
		"told, since it moves every chart above. Big machines show one PU a core, or some "
		"of them; an empty cell was not measured.\n" },
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
	{ "samples", "- A **dot** is one run of the job in some visit; its height means nothing. "
		     "Of more than 400 runs of a model some 400 are drawn, evenly over the rounds, "
		     "with the fastest and the slowest; all else is of all runs.\n"
		     "- The **curve** is their density, the **bar** their middle half, the **black "
		     "mark** "
		     "the median with its 95 % interval.\n"
		     "- **Two humps** are two behaviours (another clock, another placement, a "
		     "neighbour): then "
		     "the median describes neither.\n"
		     "- Each visit is a fresh process, so dots of one visit are closer kin than "
		     "the rest.\n" },
	{ "granularity",
		"- A **point** is what a model makes of its cores when every task is so long: "
		"serial time over cores × time. At 100 % all cores compute all the time; what is "
		"missing is the cost of handing tasks out. The **band** is its 95 % interval.\n"
		"- **○** is where the curve passes one half, between two measured lengths: the "
		"smallest task worth handing to that model (METG, Task Bench 2020). With "
		"**<** or **>** all measured tasks are long enough, or too short.\n"
		"- The **length** is what a task takes in the serial run, without any overhead. A "
		"job has at most a thousand tasks, and starting it is inside the timer.\n" },
	{ "latency",
		"- A **panel** is a rate at which requests arrive, on a fixed random schedule that "
		"no model can slow down. A **row** is a model with its workers.\n"
		"- The **mark** is the median time from the scheduled arrival to the answer, the "
		"**line** reaches to the 99th percentile, the **|** is the 99.9th. The queue is "
		"in it: who waits for a free worker waits.\n"
		"- A request itself takes a little over 1 ms, so what is beyond that is waiting. "
		"Few blocking workers queue when requests come faster than they can be served; the "
		"queue then grows for as long as the run lasts, and so does the latency shown.\n"
		"- A percentile is told only where enough requests support it. A worker may be "
		"made "
		"for its request before that arrives, so the cost of a process for each request "
		"shows only when all places are taken.\n" },
	{ "comparison",
		"- A **row** is a cell, a **dot** its new time over its base time: left of 1 is "
		"faster, right of it slower. The **whisker** is the 95 % interval of that cell by "
		"itself.\n"
		"- **Bold** changes are sure for all cells at once, and larger than 1 %. With "
		"hundreds of cells some whiskers miss 1 by chance; bold ones hardly ever do.\n"
		"- A **regression** is bold, and its whole whisker is on the shaded ground, beyond "
		"the slowdown that may pass. **≈** is a tie, **?** is not sure: more visits would "
		"tell.\n"
		"- **▸** and **◂** are off the scale; the ratio stands beside it.\n" },
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
	"wait at a gate, warm up, then run the job once or several times: how many follows from "
	"the noise within visits and between them.\n"
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
	"- **When it stops.** A cell is visited until its interval is within 2 % of the median and "
	"it is told apart from the other models' fastest cells, or as equal as makes no "
	"difference; until more visits no longer narrow it; at most 200 times; or until the time "
	"is "
	"out, which goes to the widest intervals. analysis.json has the reason (`finish`).\n"
	"- **Verdict.** A win needs more than 1 % and an interval that excludes it, corrected for "
	"the "
	"number of models compared. A model is judged at its fastest cell, which needs six visits; "
	"a "
	"planned model without a trusted visit leaves the verdict open.\n"
	"- **Not counted.** Visits during which the machine did not hold still (another clock, "
	"stolen "
	"time, moved CPUs, other work on its CPUs, heat, swap, a stop) are kept and shown, never "
	"ranked.\n";
