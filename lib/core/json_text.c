#include "json_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

json_t *par_json_text(const char *text)
{
	json_t *json = json_string(text);
	char *copy;

	if (json != NULL)
		return json;
	copy = strdup(text);
	for (char *byte = copy; byte != NULL && *byte != '\0'; byte++) {
		if ((unsigned char)*byte >= 0x80)
			*byte = '?';
	}
	json = copy == NULL ? NULL : json_string(copy);
	free(copy);
	return json;
}

json_t *par_json_real(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}
