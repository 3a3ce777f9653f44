#include "variant.h"

#include <string.h>

const struct par_variant *par_variant_find(const struct par_variant *table, const char *name)
{
	for (; table != NULL && table->name != NULL; table++) {
		if (strcmp(table->name, name) == 0)
			return table;
	}
	return NULL;
}

size_t par_variant_count(const struct par_variant *table)
{
	size_t count = 0;

	while (table != NULL && table[count].name != NULL)
		count++;
	return count;
}
