/* SPDX-License-Identifier: MIT */
/* headings: what the columns of tables are called, in the three languages. */
#ifndef CONVIER_APP_HEADINGS_H
#define CONVIER_APP_HEADINGS_H

#include "app/report.h"
#include "base/language.h"

enum heading {
    HEADING_ADDRESS,
    HEADING_CONTACT,
    HEADING_CONTACTS,
    HEADING_CREATED,
    HEADING_DUE,
    HEADING_EMAIL,
    HEADING_END,
    HEADING_EVENT,
    HEADING_EVENTS,
    HEADING_EXPIRES,
    HEADING_FIRST_MAIL,
    HEADING_GROUPS,
    HEADING_HOLD,
    HEADING_ISSUE,
    HEADING_KIND,
    HEADING_LANGUAGE,
    HEADING_MESSAGES,
    HEADING_NEWSLETTER,
    HEADING_ORGANISATION,
    HEADING_PERSON,
    HEADING_PLACE,
    HEADING_READERS,
    HEADING_REPLY,
    HEADING_SENT,
    HEADING_SINCE,
    HEADING_START,
    HEADING_STATE,
    HEADING_STATUS,
    HEADING_TITLE,
    HEADING_TOGETHER,
    HEADING_WHY,
    HEADING_WORDS,
    HEADING_ZONE,
    HEADING_COUNT
};

/* report_table_init with these columns; those that count things are set right-aligned. */
void headings_begin(struct report_table *table, struct arena *arena, enum language language,
                    const enum heading *headings, size_t count);

#endif
