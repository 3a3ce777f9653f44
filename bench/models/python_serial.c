/*
 * python_serial: CPython, one task after the other: the base of its speedups.
 */
#include "python.h"

const struct par_model par_model_python_serial = {
	.name = "python_serial",
	.label = "Python, serial",
	.short_label = "py serial",
	.summary = "CPython, one task after the other: the base of its speedups",
	.traits = PAR_TRAIT_SERIAL | PAR_TRAIT_ONE_CORE,
	.only = "gil",
	.simplicity = 0,
	.look = { "#807870", "#806860", "#5F5F50", "#A3958C", 3 },
	.unavailable = par_python_unavailable,
	.outside = &par_python,
};
