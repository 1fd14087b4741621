/* SPDX-License-Identifier: MIT */
/* json_value: a JSON file as the value tree that templates are rendered with. */
#ifndef CONVIER_APP_JSON_VALUE_H
#define CONVIER_APP_JSON_VALUE_H

#include "base/flaw.h"
#include "compose/mustache.h"

enum { JSON_VALUE_E_MALFORMED = 1 };
/* Numbers become the shortest text that reads back as the same number. "-" is standard input. */
int json_value_load(struct arena *arena, const char *path, struct flaws *flaws, struct value *ret);

#endif
