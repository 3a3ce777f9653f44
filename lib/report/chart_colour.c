#include "chart_palette.h"

#include <math.h>

struct vector {
	double v[3];
};

static double to_linear(uint32_t byte)
{
	double c = (byte & 0xFF) / 255.0;

	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static uint32_t to_byte(double linear)
{
	double c = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;

	return (uint32_t)lround(255 * fmin(1, fmax(0, c)));
}

static struct vector linear_of(uint32_t rgb)
{
	return (struct vector){ { to_linear(rgb >> 16), to_linear(rgb >> 8), to_linear(rgb) } };
}

static struct vector times(const double matrix[3][3], struct vector x)
{
	struct vector y;

	for (int i = 0; i < 3; i++)
		y.v[i] = matrix[i][0] * x.v[0] + matrix[i][1] * x.v[1] + matrix[i][2] * x.v[2];
	return y;
}

static struct vector oklab(uint32_t rgb)
{
	static const double to_lms[3][3] = {
		{ 0.4122214708, 0.5363325363, 0.0514459929 },
		{ 0.2119034982, 0.6806995451, 0.1073969566 },
		{ 0.0883024619, 0.2817188376, 0.6299787005 },
	};
	static const double to_lab[3][3] = {
		{ 0.2104542553, 0.7936177850, -0.0040720468 },
		{ 1.9779984951, -2.4285922050, 0.4505937099 },
		{ 0.0259040371, 0.7827717662, -0.8086757660 },
	};
	struct vector lms = times(to_lms, linear_of(rgb));

	for (int i = 0; i < 3; i++)
		lms.v[i] = cbrt(lms.v[i]);
	return times(to_lab, lms);
}

double par_colour_distance(uint32_t a, uint32_t b)
{
	struct vector p = oklab(a), q = oklab(b);

	return 100 * hypot(hypot(p.v[0] - q.v[0], p.v[1] - q.v[1]), p.v[2] - q.v[2]);
}

uint32_t par_colour_seen(uint32_t colour, enum par_vision vision)
{
	static const double matrices[PAR_VISIONS][3][3] = {
		{ { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
		{ { 0.152286, 1.052583, -0.204868 }, { 0.114503, 0.786281, 0.099216 },
			{ -0.003882, -0.048116, 1.051998 } },
		{ { 0.367322, 0.860646, -0.227968 }, { 0.280085, 0.672501, 0.047413 },
			{ -0.011820, 0.042940, 0.968881 } },
		{ { 1.255528, -0.076749, -0.178779 }, { -0.078411, 0.930809, 0.147602 },
			{ 0.004733, 0.691367, 0.303900 } },
	};
	struct vector seen = times(matrices[vision], linear_of(colour));

	return to_byte(seen.v[0]) << 16 | to_byte(seen.v[1]) << 8 | to_byte(seen.v[2]);
}

double par_colour_least_distance(const uint32_t *colours, size_t count)
{
	double least = INFINITY;

	for (int vision = 0; vision < PAR_VISIONS; vision++)
		for (size_t i = 0; i < count; i++)
			for (size_t j = 0; j < i; j++)
				least = fmin(
					least, par_colour_distance(par_colour_seen(colours[i],
									   (enum par_vision)vision),
						       par_colour_seen(colours[j],
							       (enum par_vision)vision)));
	return least;
}
