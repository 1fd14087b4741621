/* SPDX-License-Identifier: MIT */
#include "simulation/desk.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"

enum { FIRST_HOUR = 8, HOURS = 12 };

void desk_init(const struct story *story, struct desk *ret)
{
    memset(ret, 0, sizeof *ret);
    for (int e = 0; e < story->event_count; e++) {
        ret->events[e].day = story->events[e].day;
        ret->events[e].hour = story->events[e].hour;
        ret->events[e].zone = story->events[e].zone;
        ret->events[e].rule = story->events[e].rule;
        ret->events[e].calendar = story->events[e].calendar;
    }
    for (int c = 0; c < story->contact_count; c++) {
        ret->contacts[c].is_there = story->contacts[c].is_there;
        ret->contacts[c].groups = story->contacts[c].groups;
        ret->contacts[c].zone = story->contacts[c].zone;
        ret->contacts[c].language = story->contacts[c].language;
    }
}

static void apply_to_series(const struct act *act, struct desk_event *event)
{
    switch (act->kind) {
    case ACT_MOVE_INSTANCE:
        event->instance_hours[act->a] = act->b;
        break;
    case ACT_CANCEL_INSTANCE:
        event->is_instance_cancelled[act->a] = true;
        break;
    case ACT_EXCLUDE_INSTANCE:
        event->is_instance_excluded[act->a] = true;
        break;
    default:
        event->rest = act->a;
        event->rest_days = act->b;
        event->instance_hours[act->a] = 0;
    }
}

static void apply_to_event(const struct story *story, const struct act *act,
                           struct desk_event *event)
{
    switch (act->kind) {
    case ACT_ADD:
    case ACT_REMOVE:
        event->is_written = act->kind == ACT_ADD;
        break;
    case ACT_MOVE:
        event->day += act->a;
        event->day = event->day < STORY_LAST_EVENT_DAY ? event->day : STORY_LAST_EVENT_DAY;
        event->hour = FIRST_HOUR + (event->hour - FIRST_HOUR + act->b + HOURS) % HOURS;
        break;
    case ACT_ZONE:
        event->zone = story_other_zone(event->zone);
        break;
    case ACT_PLACE:
        event->place++;
        break;
    case ACT_TITLE:
        event->has_capital = !event->has_capital;
        break;
    case ACT_TEXT:
        event->text++;
        break;
    case ACT_RULE:
        event->rule = act->a;
        break;
    case ACT_SILENCE:
    case ACT_SPEAK:
        event->is_silent = act->kind == ACT_SILENCE;
        break;
    case ACT_POSTPONE:
    case ACT_DATE:
        event->is_postponed = act->kind == ACT_POSTPONE;
        break;
    case ACT_MARK:
        event->mark = act->a;
        break;
    case ACT_CHURN:
        event->exports++;
        break;
    case ACT_SHIFT:
        event->calendar = story->calendars - 1 - event->calendar;
        break;
    case ACT_CANCEL:
    case ACT_REVIVE:
        event->is_cancelled = act->kind == ACT_CANCEL;
        break;
    case ACT_MANGLE:
    case ACT_HEAL:
        event->is_mangled = act->kind == ACT_MANGLE;
        break;
    default:
        apply_to_series(act, event);
    }
}

static void save_calendar(const struct act *act, struct desk *desk)
{
    desk->is_calendar_half = act->kind == ACT_HALF_SAVE;
    desk->is_calendar_gone = desk->is_calendar_half && act->who;
}

void desk_apply(const struct story *story, const struct act *act, struct desk *desk)
{
    /* What is dragged out of a calendar that cannot be read, or is read later, would be in both. */
    if (act->kind == ACT_SHIFT && (desk->is_calendar_half || story->is_web))
        return;
    if (act->kind <= ACT_HEAL)
        apply_to_event(story, act, &desk->events[act->who]);
    else if (act->kind == ACT_SETTINGS)
        desk->wording = act->who;
    else if (act->kind == ACT_HALF_SAVE || act->kind == ACT_FULL_SAVE)
        save_calendar(act, desk);
    else if (act->kind == ACT_HALF_LIST || act->kind == ACT_FULL_LIST)
        desk->is_list_half = act->kind == ACT_HALF_LIST;
    else if (act->kind == ACT_JOIN || act->kind == ACT_LEAVE)
        desk->contacts[act->who].is_there = act->kind == ACT_JOIN;
    else if (act->kind == ACT_REGROUP)
        desk->contacts[act->who].groups = (unsigned)act->a;
    else if (act->kind == ACT_EMIGRATE)
        desk->contacts[act->who].zone = story_other_zone(desk->contacts[act->who].zone);
    else if (act->kind == ACT_LANGUAGE)
        desk->contacts[act->who].language = act->a;
}

/* --- instances ------------------------------------------------------------------------------- */

bool desk_rest_is_there(const struct desk_event *event)
{
    return event->rest && !event->instance_hours[event->rest] &&
           !event->is_instance_cancelled[event->rest] && !event->is_instance_excluded[event->rest];
}

void desk_hour(const struct story *story, const struct desk_event *event, int e, int k,
               bool is_moved, int *ret_day, int *ret_hour)
{
    int days = event->instance_hours[k] / 24;
    if (!days && event->rest && k >= event->rest && desk_rest_is_there(event))
        days = event->rest_days;
    *ret_day = event->day + 7 * k + (is_moved ? days : 0);
    *ret_hour = story->events[e].is_all_day ? 0 : event->hour;
}

struct desk_instance desk_instance(const struct story *story, const struct desk *desk, int e, int k)
{
    const struct desk_event *event = &desk->events[e];
    const struct story_event *drawn = &story->events[e];
    struct desk_instance ret = {
        .is_all_day = drawn->is_all_day, .place = event->place, .days = drawn->days};
    if (!event->is_written || k >= drawn->instances || event->is_instance_excluded[k])
        return ret;
    bool is_cancelled = event->is_cancelled || event->is_instance_cancelled[k];
    ret.state = is_cancelled ? DESK_CANCELLED : event->is_postponed ? DESK_POSTPONED : DESK_ALIVE;
    desk_hour(story, event, e, k, !event->is_instance_cancelled[k], &ret.day, &ret.hour);
    ret.minute = drawn->is_all_day ? 0 : drawn->minute;
    ret.start = story_local(story, event->zone, ret.day, ret.hour, ret.minute);
    ret.end = instant_add(ret.start, drawn->hours * USEC_PER_HOUR);
    return ret;
}

bool desk_same(const struct desk_instance *a, const struct desk_instance *b)
{
    if (a->state != b->state || a->place != b->place)
        return false;
    return a->is_all_day ? a->day == b->day : instant_equal(a->start, b->start);
}

struct instant desk_start(const struct story *story, const struct desk_instance *instance,
                          enum story_zone zone)
{
    return instance->is_all_day ? story_local(story, zone, instance->day, 0, 0) : instance->start;
}

struct instant desk_end(const struct story *story, const struct desk_instance *instance,
                        enum story_zone zone)
{
    return instance->is_all_day ? story_local(story, zone, instance->day + instance->days, 0, 0)
                                : instance->end;
}

/* --- people ---------------------------------------------------------------------------------- */

void desk_address(int contact, char ret[40])
{
    snprintf(ret, 40, "c%d@sim.example", contact);
}

int desk_contact(const struct story *story, const char *address)
{
    for (int c = 0; c < story->contact_count; c++) {
        char own[40];
        desk_address(c, own);
        if (strcmp(own, address) == 0)
            return c;
    }
    return -1;
}

bool desk_list_is_good(const struct story *story, const struct desk *desk, int list)
{
    for (int c = list; c < story->contact_count; c += story->lists)
        if (desk->contacts[c].is_there)
            return list > 0 || !desk->is_list_half;
    return false;
}

bool desk_lists_are_good(const struct story *story, const struct desk *desk)
{
    bool is_good = true;
    for (int list = 0; list < story->lists; list++)
        is_good &= desk_list_is_good(story, desk, list);
    return is_good;
}

const struct story_wording *desk_wording(const struct story *story, const struct desk *desk,
                                         int event)
{
    return &story->rules[desk->events[event].rule].wordings[desk->wording];
}

/* --- keys ------------------------------------------------------------------------------------ */

bool desk_find(const struct story *story, const char *key, int *ret_event, int *ret_instance)
{
    int e = -1, export, length = 0;
    if (sscanf(key, "e%d-%d@sim.example%n", &e, &export, &length) != 2 || e < 0 ||
        e >= story->event_count)
        return false;
    const struct story_event *drawn = &story->events[e];
    *ret_event = e;
    *ret_instance = 0;
    if (drawn->instances == 1)
        return key[length] == '\0';
    for (int k = 0; k < drawn->instances; k++) {
        struct civil_time own = civil_time_from_sec(instant_sec(
            story_local(story, drawn->zone, drawn->day + 7 * k, drawn->hour, drawn->minute)));
        char id[40];
        if (drawn->is_all_day) {
            struct civil_date date =
                civil_date_from_days(story->start.utc_usec / USEC_PER_DAY + drawn->day + 7 * k);
            snprintf(id, sizeof id, "/%04d%02d%02d", date.year, date.month, date.day);
        } else {
            snprintf(id, sizeof id, "/%04d%02d%02dT%02d%02d00Z", own.date.year, own.date.month,
                     own.date.day, own.hour, own.minute);
        }
        *ret_instance = k;
        if (strcmp(key + length, id) == 0)
            return true;
    }
    return false;
}
