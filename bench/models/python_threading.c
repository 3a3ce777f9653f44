/*
 * python_threading: CPython, a pool of threads (concurrent.futures).
 */
#include "python.h"

const struct par_model par_model_python_threading = {
	.name = "python_threading",
	.label = "Python threading",
	.short_label = "py threads",
	.summary = "CPython, a pool of threads (concurrent.futures)",
	.only = "gil",
	.simplicity = 9,
	.look = { "#817870", "#816860", "#5F5F50", "#A3958C", 14 },
	.unavailable = par_python_unavailable,
	.outside = &par_python,
};
