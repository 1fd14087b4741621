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
    }
    for (int c = 0; c < story->contact_count; c++) {
        ret->contacts[c].is_there = story->contacts[c].is_there;
        ret->contacts[c].groups = story->contacts[c].groups;
    }
}

static void apply_to_event(const struct act *act, struct desk_event *event)
{
    switch (act->kind) {
    case ACT_ADD:
        event->is_written = true;
        break;
    case ACT_REMOVE:
        event->is_written = false;
        break;
    case ACT_MOVE:
        event->day += act->a;
        event->day = event->day < STORY_LAST_EVENT_DAY ? event->day : STORY_LAST_EVENT_DAY;
        event->hour = FIRST_HOUR + (event->hour - FIRST_HOUR + act->b + HOURS) % HOURS;
        break;
    case ACT_PLACE:
        event->place++;
        break;
    case ACT_TITLE:
        event->has_capital = !event->has_capital;
        break;
    case ACT_CANCEL:
        event->is_cancelled = true;
        break;
    case ACT_REVIVE:
        event->is_cancelled = false;
        break;
    case ACT_MOVE_INSTANCE:
        event->instance_hours[act->a] = act->b;
        break;
    case ACT_CANCEL_INSTANCE:
        event->is_instance_cancelled[act->a] = true;
        break;
    case ACT_MANGLE:
        event->is_mangled = true;
        break;
    case ACT_HEAL:
        event->is_mangled = false;
        break;
    default:
        break;
    }
}

void desk_apply(const struct story *story, const struct act *act, struct desk *desk)
{
    (void)story;
    if (act->kind <= ACT_HEAL)
        apply_to_event(act, &desk->events[act->who]);
    else if (act->kind == ACT_HALF_SAVE || act->kind == ACT_FULL_SAVE)
        desk->is_calendar_half = act->kind == ACT_HALF_SAVE;
    else if (act->kind == ACT_HALF_LIST || act->kind == ACT_FULL_LIST)
        desk->is_list_half = act->kind == ACT_HALF_LIST;
    else if (act->kind == ACT_JOIN || act->kind == ACT_LEAVE)
        desk->contacts[act->who].is_there = act->kind == ACT_JOIN;
    else if (act->kind == ACT_REGROUP)
        desk->contacts[act->who].groups = (unsigned)act->a;
}

/* --- instances ------------------------------------------------------------------------------- */

/* Day and hour of an instance; as the series has it, or as it was moved. */
static void instance_hour(const struct story *story, const struct desk_event *event, int e, int k,
                          bool is_moved, int *ret_day, int *ret_hour)
{
    int hours = is_moved ? event->instance_hours[k] : 0;
    *ret_day = event->day + 7 * k + hours / 24;
    *ret_hour = story->events[e].is_all_day ? 0 : event->hour;
}

struct desk_instance desk_instance(const struct story *story, const struct desk *desk, int e, int k)
{
    const struct desk_event *event = &desk->events[e];
    const struct story_event *drawn = &story->events[e];
    struct desk_instance ret = {.is_all_day = drawn->is_all_day, .place = event->place};
    if (!event->is_written || k >= drawn->instances)
        return ret;
    bool is_cancelled = event->is_cancelled || event->is_instance_cancelled[k];
    ret.state = is_cancelled ? DESK_CANCELLED : DESK_ALIVE;
    instance_hour(story, event, e, k, !event->is_instance_cancelled[k], &ret.day, &ret.hour);
    ret.minute = drawn->is_all_day ? 0 : drawn->minute;
    ret.start = story_local(story, drawn->zone, ret.day, ret.hour, ret.minute);
    ret.end = instant_add(ret.start, drawn->hours * USEC_PER_HOUR);
    return ret;
}

bool desk_same(const struct desk_instance *a, const struct desk_instance *b)
{
    if (a->state != b->state)
        return false;
    return a->day == b->day && a->hour == b->hour && a->minute == b->minute && a->place == b->place;
}

struct instant desk_start(const struct story *story, const struct desk_instance *instance,
                          int contact)
{
    return instance->is_all_day
               ? story_local(story, story->contacts[contact].zone, instance->day, 0, 0)
               : instance->start;
}

struct instant desk_end(const struct story *story, const struct desk_instance *instance,
                        int contact)
{
    return instance->is_all_day
               ? story_local(story, story->contacts[contact].zone, instance->day + 1, 0, 0)
               : instance->end;
}

/* --- the calendar ---------------------------------------------------------------------------- */

static void add_date(const struct story *story, int day, struct buf *out)
{
    struct civil_date date = civil_date_from_days(story->start.utc_usec / USEC_PER_DAY + day);
    buf_printf(out, "%04d%02d%02d", date.year, date.month, date.day);
}

static void add_time(const struct story *story, int e, const char *name, int day, int hour,
                     struct buf *out)
{
    const struct story_event *drawn = &story->events[e];
    if (drawn->is_all_day) {
        buf_printf(out, "%s;VALUE=DATE:", name);
        add_date(story, day, out);
    } else {
        buf_printf(out, "%s;TZID=%s:", name, story_zone_name(drawn->zone));
        add_date(story, day, out);
        buf_printf(out, "T%02d%02d00", hour, drawn->minute);
    }
    buf_add_string(out, "\r\n");
}

static void add_words(const struct story *story, const struct desk *desk, int e, struct buf *out)
{
    const struct desk_event *event = &desk->events[e];
    buf_printf(out,
               "SUMMARY:%s %d\r\nLOCATION:Salle %d-%d\r\nCATEGORIES:Cercle %d\r\n"
               "DTSTAMP:20240101T000000Z\r\n",
               event->has_capital ? "RENCONTRE" : "Rencontre", e, e, event->place,
               story->events[e].rule);
}

static void add_override(const struct story *story, const struct desk *desk, int e, int k,
                         struct buf *out)
{
    const struct desk_event *event = &desk->events[e];
    int day, hour, own_day, own_hour;
    instance_hour(story, event, e, k, false, &own_day, &own_hour);
    instance_hour(story, event, e, k, !event->is_instance_cancelled[k], &day, &hour);
    buf_printf(out, "BEGIN:VEVENT\r\nUID:e%d@sim.example\r\n", e);
    add_time(story, e, "RECURRENCE-ID", own_day, own_hour, out);
    add_time(story, e, "DTSTART", day, hour, out);
    if (!story->events[e].is_all_day)
        buf_printf(out, "DURATION:PT%dH\r\n", story->events[e].hours);
    add_words(story, desk, e, out);
    if (event->is_instance_cancelled[k] || event->is_cancelled)
        buf_add_string(out, "STATUS:CANCELLED\r\n");
    buf_add_string(out, "END:VEVENT\r\n");
}

static void add_event(const struct story *story, const struct desk *desk, int e, struct buf *out)
{
    const struct desk_event *event = &desk->events[e];
    const struct story_event *drawn = &story->events[e];
    buf_printf(out, "BEGIN:VEVENT\r\nUID:e%d@sim.example\r\n", e);
    if (event->is_mangled)
        buf_add_string(out, "DTSTART:2026-13-45 at noon\r\n");
    else
        add_time(story, e, "DTSTART", event->day, event->hour, out);
    if (!drawn->is_all_day)
        buf_printf(out, "DURATION:PT%dH\r\n", drawn->hours);
    add_words(story, desk, e, out);
    if (event->is_cancelled)
        buf_add_string(out, "STATUS:CANCELLED\r\n");
    if (drawn->instances > 1)
        buf_printf(out, "RRULE:FREQ=WEEKLY;COUNT=%d\r\n", drawn->instances);
    buf_add_string(out, "END:VEVENT\r\n");
    for (int k = 0; k < drawn->instances && drawn->instances > 1; k++)
        if (event->instance_hours[k] / 24 || event->is_instance_cancelled[k])
            add_override(story, desk, e, k, out);
}

void desk_calendar(const struct story *story, const struct desk *desk, struct buf *out)
{
    buf_add_string(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//desk//EN\r\n");
    for (int e = 0; e < story->event_count; e++)
        if (desk->events[e].is_written)
            add_event(story, desk, e, out);
    if (desk->is_calendar_half)
        buf_truncate(out, out->size * 2 / 3);
    else
        buf_add_string(out, "END:VCALENDAR\r\n");
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

bool desk_list_is_good(const struct story *story, const struct desk *desk)
{
    for (int c = 0; c < story->contact_count; c++)
        if (desk->contacts[c].is_there)
            return !desk->is_list_half;
    return false;
}

void desk_list(const struct story *story, const struct desk *desk, struct buf *out)
{
    static const char *const languages[] = {"fr", "ja", "en"};
    buf_add_string(out, "email;name;language;zone;groups\r\n");
    for (int c = 0; c < story->contact_count && !desk->is_list_half; c++) {
        const struct story_contact *contact = &story->contacts[c];
        if (!desk->contacts[c].is_there)
            continue;
        buf_printf(out, "c%d@sim.example;Personne %d;%s;%s;all-%d", c, c,
                   languages[contact->language], story_zone_name(contact->zone), c);
        for (int g = 0; g < STORY_GROUPS; g++)
            if (desk->contacts[c].groups >> g & 1)
                buf_printf(out, ",g%d", g);
        buf_add_string(out, "\r\n");
    }
}

/* --- settings -------------------------------------------------------------------------------- */

static void add_rule(const struct story_rule *rule, int number, struct buf *out)
{
    static const char *const kinds[] = {"save-the-date", "invitation", "reminder", "thanks"};
    static const char *const vanished[] = {"hold", "cancel", "ignore"};
    char audience[32];
    snprintf(audience, sizeof audience, "all");
    if (rule->set != STORY_ALL) {
        const char *sign = rule->set == STORY_AND ? " & " : rule->set == STORY_OR ? " | " : " - ";
        snprintf(audience, sizeof audience, "g%d", rule->a);
        if (rule->set != STORY_GROUP)
            snprintf(audience, sizeof audience, "g%d%sg%d", rule->a, sign, rule->b);
    }
    buf_printf(out,
               "%s{ name = \"rule-%d\"; category = \"Cercle %d\"; audience = \"%s\"; "
               "vanished = \"%s\"; removed = \"%s\";\n  steps = (",
               number ? "," : "", number, number, audience, vanished[rule->vanished],
               rule->tells_removed ? "tell" : "silent");
    for (int i = 0; i < rule->step_count; i++)
        buf_printf(out, "%s\n    { send = \"%s\"; %s = \"%d days\"; at = \"%02d:00\"; }",
                   i ? "," : "", kinds[rule->steps[i].kind],
                   rule->steps[i].kind == STORY_THANKS ? "after" : "before", rule->steps[i].days,
                   rule->steps[i].hour);
    buf_add_string(out, "); }\n");
}

void desk_settings(const struct story *story, struct buf *out)
{
    static const char *const quiet[] = {"", "18:30-08:30", "weekends", "weekends, 18:30-08:30"};
    buf_add_string(out, "organisation: { name = \"Cercle\"; address = \"1 rue de la Paix\"; "
                        "zone = \"Europe/Paris\"; };\n"
                        "calendars: ( { name = \"desk\"; source = \"desk.ics\"; } );\n"
                        "contacts: ( { source = \"contacts.csv\"; } );\nrules: (\n");
    for (int i = 0; i < story->rule_count; i++)
        add_rule(&story->rules[i], i, out);
    buf_printf(out,
               ");\nlimits: { settle = \"%d min\"; hold_above = %d; hold_share = %d; "
               "quiet = \"%s\"; uncertain = \"%s\";",
               story->settle_minutes, story->hold_above, story->hold_share, quiet[story->quiet],
               story->holds_uncertain ? "hold" : "resend");
    if (story->per_contact_days)
        buf_printf(out, " per_contact = \"1 per %d days\";", story->per_contact_days);
    buf_add_string(out, " };\n");
}

/* --- keys ------------------------------------------------------------------------------------ */

bool desk_find(const struct story *story, const char *key, int *ret_event, int *ret_instance)
{
    int e = -1, length = 0;
    if (sscanf(key, "e%d@sim.example%n", &e, &length) != 1 || e < 0 || e >= story->event_count)
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
