/*
 * python_multiprocessing: CPython, multiprocessing.Pool: forked processes.
 */
#include "python.h"

const struct par_model par_model_python_multiprocessing = {
	.name = "python_multiprocessing",
	.label = "Python multiproc.",
	.short_label = "py mp",
	.summary = "CPython, multiprocessing.Pool: forked processes",
	.traits = PAR_TRAIT_PROCESS,
	.only = "gil",
	.simplicity = 10,
	.look = { "#807970", "#806960", "#5F5F50", "#A3958C", 10 },
	.unavailable = par_python_unavailable,
	.outside = &par_python,
};
