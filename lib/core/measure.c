#include "measure.h"

const char *par_unit_name(enum par_unit unit)
{
	switch (unit) {
	case PAR_UNIT_NS: return "ns";
	case PAR_UNIT_BYTES: return "bytes";
	case PAR_UNIT_COUNT: return "";
	case PAR_UNIT_SHARE: return "%";
	case PAR_UNIT_PER_SECOND: return "/s";
	}
	return "";
}

size_t par_measure_count(const struct par_measure_kind *table)
{
	size_t count = 0;

	while (table != NULL && count < PAR_MEASURES_MAX && table[count].name != NULL)
		count++;
	return count;
}
