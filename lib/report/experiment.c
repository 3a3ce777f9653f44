#include "experiment.h"

int par_experiment_find(struct par_analysis *analysis, const struct par_experiment *experiment)
{
	if (experiment->find != NULL)
		return experiment->find(analysis);
	if (experiment->lesson != NULL)
		return par_lesson_find_all(analysis, experiment->name, experiment->lesson);
	return 0;
}
