/*
 * karp_flatt: the experimentally determined serial fraction.
 *
 *   e = (1 / S - 1 / p) / (1 - 1 / p)
 *
 * the share of the work that would have to be serial to explain a speedup S on p workers by
 * Amdahl's law alone (Karp and Flatt 1990, "Measuring Parallel Processor Performance", CACM 33:5).
 * Where it grows with p, something other than a serial part costs: overhead, waiting, memory. It is
 * negative where S > p, and above 1 where S < 1.
 */
#ifndef PAR_KARP_FLATT_H
#define PAR_KARP_FLATT_H

/* NaN for workers <= 1, and for a speedup that is not positive or not known. */
double par_karp_flatt(double speedup, double workers);

/*
 * The interval of the fraction from that of the speedup, with the same confidence: the fraction
 * falls as the speedup rises, so the speedup's upper bound gives out[0]. NaN as above, each bound
 * by itself.
 */
void par_karp_flatt_interval(double out[2], const double speedup[2], double workers);

#endif
