#include "distribution.h"

#include <math.h>

double par_normal_cdf(double x)
{
	return 0.5 * erfc(-x * M_SQRT1_2);
}

/* Horner's rule: c[0] + c[1] x + ... + c[7] x^7. */
static double polynomial(const double c[8], double x)
{
	double sum = c[7];

	for (int i = 6; i >= 0; i--)
		sum = sum * x + c[i];
	return sum;
}

/* AS 241, |p - 0.5| <= 0.425. */
static double quantile_middle(double q)
{
	static const double a[8] = { 3.3871328727963666080e0, 1.3314166789178437745e+2,
		1.9715909503065514427e+3, 1.3731693765509461125e+4, 4.5921953931549871457e+4,
		6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3 };
	static const double b[8] = { 1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2,
		5.3941960214247511077e+3, 2.1213794301586595867e+4, 3.9307895800092710610e+4,
		2.8729085735721942674e+4, 5.2264952788528545610e+3 };
	double r = 0.180625 - q * q;

	return q * polynomial(a, r) / polynomial(b, r);
}

/* AS 241, the tails; r = sqrt(-log(p)) of the smaller side. */
static double quantile_tail(double r)
{
	static const double c[8] = { 1.42343711074968357734e0, 4.63033784615654529590e0,
		5.76949722146069140550e0, 3.64784832476320460504e0, 1.27045825245236838258e0,
		2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4 };
	static const double d[8] = { 1.0, 2.05319162663775882187e0, 1.67638483018380384940e0,
		6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2,
		5.47593808499534494600e-4, 1.05075007164441684324e-9 };
	static const double e[8] = { 6.65790464350110377720e0, 5.46378491116411436990e0,
		1.78482653991729133580e0, 2.96560571828504891230e-1, 2.65321895265761230930e-2,
		1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7 };
	static const double f[8] = { 1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1,
		1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5,
		1.42151175831644588870e-7, 2.04426310338993978564e-15 };

	if (r <= 5.0)
		return polynomial(c, r - 1.6) / polynomial(d, r - 1.6);
	return polynomial(e, r - 5.0) / polynomial(f, r - 5.0);
}

double par_normal_quantile(double p)
{
	double q = p - 0.5;

	if (fabs(q) <= 0.425)
		return quantile_middle(q);
	if (q < 0.0)
		return -quantile_tail(sqrt(-log(p)));
	return quantile_tail(sqrt(-log(1.0 - p)));
}

static double away_from_zero(double x)
{
	return fabs(x) < 1e-300 ? 1e-300 : x;
}

/*
 * The continued fraction of the incomplete beta function by Lentz's method (Lentz 1976, as modified
 * by Thompson and Barnett 1986).
 */
static double beta_fraction(double a, double b, double x)
{
	double c = 1.0;
	double d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
	double value = d;

	for (int m = 1; m <= 500; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0));
		double step;

		d = 1.0 / away_from_zero(1.0 + even * d);
		c = away_from_zero(1.0 + even / c);
		value *= d * c;
		d = 1.0 / away_from_zero(1.0 + odd * d);
		c = away_from_zero(1.0 + odd / c);
		step = d * c;
		value *= step;
		if (fabs(step - 1.0) < 1e-15)
			break;
	}
	return value;
}

/* log of the gamma function, without the global sign of lgamma(). */
static double log_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign);
}

/* The regularised incomplete beta function. */
static double beta_regular(double a, double b, double x)
{
	double front;

	if (x <= 0.0 || x >= 1.0)
		return x <= 0.0 ? 0.0 : 1.0;
	front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x));
	if (x < (a + 1.0) / (a + b + 2.0))
		return front * beta_fraction(a, b, x) / a;
	return 1.0 - front * beta_fraction(b, a, 1.0 - x) / b;
}

/* P(T > t) for t >= 0. */
static double student_tail(double t, double freedom)
{
	return 0.5 * beta_regular(0.5 * freedom, 0.5, freedom / (freedom + t * t));
}

double par_student_quantile(double p, double freedom)
{
	double tail = p < 0.5 ? p : 1.0 - p;
	double low = 0.0, high = 1.0;

	while (student_tail(high, freedom) > tail && high < 1e300)
		high *= 2.0;
	for (int i = 0; i < 200 && high - low > 1e-14 * high; i++) {
		double middle = 0.5 * (low + high);

		if (student_tail(middle, freedom) > tail)
			low = middle;
		else
			high = middle;
	}
	return p < 0.5 ? -0.5 * (low + high) : 0.5 * (low + high);
}

double par_binomial_cdf(long k, size_t n, double p)
{
	double log_term =
		(double)n * log1p(-p); /* of P(B = 0); the powers underflow, logs do not */
	double sum = 0.0;

	if (k < 0 || p >= 1.0)
		return k >= (long)n ? 1.0 : 0.0;
	if (k >= (long)n || p <= 0.0)
		return 1.0;
	for (long i = 0; i <= k; i++) {
		sum += exp(log_term);
		log_term += log((double)((long)n - i) / (double)(i + 1)) + log(p) - log1p(-p);
	}
	return sum < 1.0 ? sum : 1.0;
}
