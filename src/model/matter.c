/* SPDX-License-Identifier: MIT */
#include "model/matter.h"

#define CONVIER_TEXT_ROW(name, text) [name] = text,
static const char *const kind_texts[] = {MATTER_KINDS(CONVIER_TEXT_ROW)};
#undef CONVIER_TEXT_ROW

const char *matter_kind_to_text(enum matter_kind kind)
{
    return kind_texts[kind];
}

bool matter_kind_from_text(struct text text, enum matter_kind *ret)
{
    for (int i = 0; i < MATTER_KIND_COUNT; i++)
        if (text_is(text, kind_texts[i])) {
            *ret = (enum matter_kind)i;
            return true;
        }
    return false;
}
