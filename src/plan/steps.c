/* SPDX-License-Identifier: MIT */
#include "plan/steps.h"

enum {
    REMINDER_HOURS = 24, /* useful after its hour, unless the step says otherwise */
    AFTERWARDS_DAYS = 7, /* the same for steps after the end */
    LAST_MINUTES = 60,   /* a day-of reminder whose hour is past the start leaves so much before */
};

struct span_of_event steps_span(const struct when *when, const struct place *place)
{
    return (struct span_of_event){when_start(when, place->zone), when_end(when, place->zone)};
}

/* Where the hour of a step is read. */
static struct place clock_place(const struct settings *settings, const struct rule_settings *rule,
                                const struct when *when, const struct place *place)
{
    struct place clock = *place;
    if (rule->is_event_zone)
        clock.zone = when->is_all_day ? settings->organisation.zone : when->zone;
    return clock;
}

/* The last day of the event: an end at midnight belongs to the day before. */
static struct civil_date last_day(const struct when *when, const struct zone *zone)
{
    if (when->is_all_day) {
        struct civil_date last = civil_date_add_days(when->end_day, -1);
        return civil_date_compare(last, when->first_day) < 0 ? when->first_day : last;
    }
    struct instant inside =
        instant_before(when->start, when->end) ? instant_add(when->end, -1) : when->end;
    return zone_to_civil(zone, inside).date;
}

static struct civil_date first_day(const struct when *when, const struct zone *zone)
{
    return when->is_all_day ? when->first_day : zone_to_civil(zone, when->start).date;
}

static struct civil_date day_of_step(const struct step_settings *step, const struct when *when,
                                     const struct place *clock)
{
    int sign = step->is_after ? 1 : -1;
    struct civil_date day =
        step->is_after ? last_day(when, clock->zone) : first_day(when, clock->zone);
    day = civil_date_add_months(day, sign * step->offset.months);
    day = civil_date_add_days(day, sign * step->offset.days);
    return hours_add_working_days(clock, day, sign * step->offset.working_days);
}

static struct instant nominal_time(const struct settings *settings,
                                   const struct rule_settings *rule,
                                   const struct step_settings *step, const struct when *when,
                                   const struct place *place)
{
    struct place clock = clock_place(settings, rule, when, place);
    struct span_of_event span = steps_span(when, &clock);
    if (step->offset.usec)
        return step->is_after ? instant_add(span.end, step->offset.usec)
                              : instant_add(span.start, -step->offset.usec);

    int minute = step->at_minute == MINUTES_UNSET ? MINUTES_OF_STEP : step->at_minute;
    struct civil_date day = day_of_step(step, when, &clock);
    struct instant t =
        zone_to_instant(clock.zone, civil_time_at(day, minute / 60, minute % 60), NULL);
    if (step->is_after)
        return instant_max(t, span.end);
    /* An all-day event has no hour to be late for: its own morning is a fine moment. */
    if (when->is_all_day || instant_before(t, span.start))
        return t;
    return instant_add(span.start, -LAST_MINUTES * USEC_PER_MIN);
}

struct instant steps_add_span(const struct place *place, struct instant t, struct span span)
{
    struct civil_time local = zone_to_civil(place->zone, t);
    local.date = civil_date_add_months(local.date, span.months);
    local.date = civil_date_add_days(local.date, span.days);
    local.date = hours_add_working_days(place, local.date, span.working_days);
    return instant_add(zone_to_instant(place->zone, local, NULL), span.usec);
}

struct instant steps_too_late(const struct when *when, const struct place *place)
{
    if (!when->is_all_day)
        return when_start(when, place->zone);
    struct civil_date next = civil_date_add_days(when->first_day, 1);
    return zone_to_instant(place->zone, civil_time_at(next, 0, 0), NULL);
}

/* When a step before the event stops being useful at the latest. */
static struct instant last_use(const struct when *when, const struct place *place,
                               struct instant nominal)
{
    struct instant start = when_start(when, place->zone);
    return instant_before(nominal, start) ? start : steps_too_late(when, place);
}

void steps_time(const struct settings *settings, const struct rule_settings *rule,
                const struct step_settings *step, const struct when *when,
                const struct place *place, struct step_time *ret)
{
    const struct quiet_settings *quiet = &settings->limits.quiet;
    bool is_first_word = step->kind == NOTICE_INVITATION || step->kind == NOTICE_SAVE_THE_DATE;
    struct span useful = step->useful;
    if (!step->has_useful)
        useful = step->is_after ? (struct span){.days = AFTERWARDS_DAYS}
                                : (struct span){.usec = REMINDER_HOURS * USEC_PER_HOUR};

    ret->nominal = nominal_time(settings, rule, step, when, place);
    ret->leave = step->is_after || is_first_word ? hours_move_later(quiet, place, ret->nominal)
                                                 : hours_move_earlier(quiet, place, ret->nominal);
    ret->expires = steps_add_span(place, ret->nominal, useful);
    if (!step->is_after) {
        struct instant last = last_use(when, place, ret->nominal);
        /* A first word serves until the event begins, unless the rule says otherwise. */
        ret->expires = is_first_word && !step->has_useful ? last : instant_min(ret->expires, last);
    }
    /* Moved later must not mean too late: then its own hour stands. */
    if (!instant_before(ret->leave, ret->expires))
        ret->leave = ret->nominal;
}
