/* SPDX-License-Identifier: MIT */
/* rule_days: which days the BY parts of a recurrence rule name (RFC 5545 3.3.10), and which other
 * days stand in for those that do not exist (SKIP, RFC 7529 4.1).
 *
 * Days are counted since 1970-01-01; years are 1 to 9999.                                        */
#ifndef CONVIER_CALENDAR_RULE_DAYS_H
#define CONVIER_CALENDAR_RULE_DAYS_H

#include "calendar/rule.h"

int64_t rule_days_from(int year, int month, int day);
/* The first day of week 1: the week with at least four days in the year. */
int64_t rule_days_first_week(int year, enum weekday week_start);

/* Whether the rule names the day, which is that date. */
bool rule_days_has(const struct rule *rule, int64_t day, struct civil_date date);

/* The days that stand in for those that a month of a rule with SKIP lacks: at most two, each once,
 * ascending; they may lie a day outside of the month. Returns how many.                          */
size_t rule_days_month_stand_ins(const struct rule *rule, int year, int month,
                                 int64_t ret[static 2]);
/* The same for the days that a year lacks (BYYEARDAY=366). */
size_t rule_days_year_stand_ins(const struct rule *rule, int year, int64_t ret[static 2]);

#endif
