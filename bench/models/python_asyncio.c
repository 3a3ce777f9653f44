/*
 * python_asyncio: CPython, one event loop, a coroutine for each task.
 */
#include "python.h"

const struct par_model par_model_python_asyncio = {
	.name = "python_asyncio",
	.label = "Python asyncio",
	.short_label = "py asyncio",
	.summary = "CPython, one event loop, a coroutine for each task",
	.traits = PAR_TRAIT_ONE_CORE | PAR_TRAIT_LOOP,
	.only = "gil",
	.simplicity = 11,
	.look = { "#807871", "#806861", "#5F5F50", "#A3958C", 12 },
	.unavailable = par_python_unavailable,
	.outside = &par_python,
};
