#include "karp_flatt.h"

#include <math.h>

double par_karp_flatt(double speedup, double workers)
{
	if (!(workers > 1.0) || !(speedup > 0.0))
		return NAN;
	return (1.0 / speedup - 1.0 / workers) / (1.0 - 1.0 / workers);
}

void par_karp_flatt_interval(double out[2], const double speedup[2], double workers)
{
	out[0] = par_karp_flatt(speedup[1], workers);
	out[1] = par_karp_flatt(speedup[0], workers);
}
