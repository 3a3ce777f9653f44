/*
 * catalogue: all that parbench can measure. To add a model, a workload or an experiment, write its
 * file and add one line to the list in catalogue.c.
 */
#ifndef PAR_CATALOGUE_H
#define PAR_CATALOGUE_H

#include "experiment.h"
#include "registry.h"

/* The tables of models and workloads. */
const struct par_registry *par_catalogue_registry(void);

/* The experiments in page order, ends with NULL. */
const struct par_experiment *const *par_catalogue_experiments(void);

#endif
