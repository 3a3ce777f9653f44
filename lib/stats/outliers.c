#include "outliers.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "describe.h"

static int take_logs(double *logs, const double *times, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(times[i]) || !(times[i] > 0.0))
			return -EINVAL;
		logs[i] = log(times[i]);
	}
	return 0;
}

int par_outliers_mark(bool *out, size_t *count, const double *times, size_t n)
{
	double *logs = malloc((n + 1) * sizeof *logs);
	struct par_description all;
	int status;

	*count = 0;
	for (size_t i = 0; i < n; i++)
		out[i] = false;
	if (logs == NULL)
		return -ENOMEM;
	status = take_logs(logs, times, n);
	if (status < 0 || n < PAR_OUTLIERS_LEAST)
		goto done;
	status = par_describe(&all, logs, n);
	for (size_t i = 0; i < n && status == 0; i++) {
		out[i] = (logs[i] < all.fence_low || logs[i] > all.fence_high) &&
			 fabs(logs[i] - all.median) > log1p(PAR_OUTLIERS_FLOOR);
		*count += out[i];
	}
done:
	free(logs);
	return status;
}
