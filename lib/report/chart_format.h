/*
 * chart_format: numbers as charts and pages write them, and how wide text is.
 */
#ifndef PAR_CHART_FORMAT_H
#define PAR_CHART_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

/* Room for any of the formats below. */
#define PAR_LABEL_MAX 48

struct par_label {
	char text[PAR_LABEL_MAX];
};

/* "850 ns", "12.3 ms", "1.24 s": three digits. "-" for NaN. */
struct par_label par_label_time(double ns);

/* A round time, as at an axis: "100 ms", without decimals that say nothing. */
struct par_label par_label_tick(double ns);

/* A speedup: "0.97", "12.3", "249", with the multiplication sign. */
struct par_label par_label_times(double factor);

/* How many times slower: "1.07", "1.3", "12", without a sign; two decimals only below 1.1. */
struct par_label par_label_ratio(double ratio);

/* How much slower, in words that end in "slower": "7.0 %"; from twice the time on a factor,
 * "2.40×". */
struct par_label par_label_slower(double ratio);

/* A count with thin groups: "10 000". */
struct par_label par_label_count(unsigned long long count);

/* Half of an interval as a share of its middle: "±1.2 %"; "" when there is none. */
struct par_label par_label_spread(const double interval[2], double middle);

/* The colour as gnuplot's `rgb variable` reads it from a table: "0x194997". */
struct par_label par_label_colour(unsigned rgb);

/*
 * The width of UTF-8 text in pixels, set in DejaVu Sans at `size` pixels. Pages may use narrower
 * fonts, hardly ever wider ones; so what fits in DejaVu fits.
 */
double par_text_width(const char *text, double size, bool bold);

#endif
