/*
 * python: models that run in CPython, if there is one: what their cells are measured against.
 */
#ifndef PAR_PYTHON_H
#define PAR_PYTHON_H

#include "model.h"

/* bench/models/python.py, made part of the program by cmake/embed_text.cmake. */
extern const char par_python_script[];

/* How CPython runs a cell. */
extern const struct par_outside par_python;

/* NULL, or that there is no python3 in PATH. */
const char *par_python_unavailable(const struct par_machine *machine);

#endif
