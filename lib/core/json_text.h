/*
 * json_text: values that JSON cannot hold as they are: text of unknown origin, NaN.
 */
#ifndef PAR_JSON_TEXT_H
#define PAR_JSON_TEXT_H

#include <jansson.h>

/*
 * A JSON string of `text`. Bytes that are not UTF-8 (a path may hold any) become '?', so that a
 * record is never lost for a name. A new reference; NULL without memory.
 */
json_t *par_json_text(const char *text);

/* A JSON number, or null where `value` is not finite: JSON has no NaN. A new reference. */
json_t *par_json_real(double value);

#endif
