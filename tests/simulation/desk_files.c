/* SPDX-License-Identifier: MIT */
/* The desk as the files that the program reads. */
#include "base/civil.h"
#include "simulation/desk.h"
#include "simulation/letters.h"

/* --- the calendar ---------------------------------------------------------------------------- */

static void add_date(const struct story *story, int day, struct buf *out)
{
    struct civil_date date = civil_date_from_days(story->start.utc_usec / USEC_PER_DAY + day);
    buf_printf(out, "%04d%02d%02d", date.year, date.month, date.day);
}

static void add_time(const struct story *story, const struct desk *desk, int e, const char *name,
                     int day, int hour, struct buf *out)
{
    const struct story_event *drawn = &story->events[e];
    if (drawn->is_all_day) {
        buf_printf(out, "%s;VALUE=DATE:", name);
        add_date(story, day, out);
    } else {
        buf_printf(out, "%s;TZID=%s:", name, story_zone_name(desk->events[e].zone));
        add_date(story, day, out);
        buf_printf(out, "T%02d%02d00", hour, drawn->minute);
    }
    buf_add_string(out, "\r\n");
}

static void add_length(const struct story *story, const struct desk *desk, int e, int day,
                       struct buf *out)
{
    const struct story_event *drawn = &story->events[e];
    if (!drawn->is_all_day)
        buf_printf(out, "DURATION:PT%dH\r\n", drawn->hours);
    else if (drawn->days > 1)
        add_time(story, desk, e, "DTEND", day + drawn->days, 0, out);
}

static void add_uid(const struct desk_event *event, int e, struct buf *out)
{
    buf_printf(out, "BEGIN:VEVENT\r\nUID:e%d-%d@sim.example\r\n", e, event->exports);
}

static void add_mark(int mark, struct buf *out)
{
    if (mark == STORY_MARK_BROKEN)
        buf_add_string(out, "\\n#audience: g0 & (g1");
    else if (mark == STORY_MARK_NOBODY)
        buf_add_string(out, "\\n#audience: goo");
    else if (mark)
        buf_printf(out, "\\n#audience: g%d", mark - STORY_MARK_GROUP);
}

static void add_words(const struct story *story, const struct desk *desk, int e, struct buf *out)
{
    const struct desk_event *event = &desk->events[e];
    buf_printf(out,
               "SUMMARY:%s %d\r\nLOCATION:Salle %d-%d\r\nCATEGORIES:Cercle %d\r\n"
               "DTSTAMP:20240101T000000Z\r\nDESCRIPTION:Texte %d%s%s%s",
               event->has_capital ? "RENCONTRE" : "Rencontre", e, e, event->place, event->rule,
               event->text, story->events[e].is_urgent ? "\\n#urgent" : "",
               event->is_silent ? "\\n#silencieux" : "", event->is_postponed ? "\\n#reporté" : "");
    add_mark(event->mark, out);
    buf_add_string(out, "\r\n");
}

static void add_override(const struct story *story, const struct desk *desk, int e, int k,
                         struct buf *out)
{
    const struct desk_event *event = &desk->events[e];
    int day, hour, own_day, own_hour;
    bool is_rest = desk_rest_is_there(event) && k == event->rest;
    desk_hour(story, event, e, k, false, &own_day, &own_hour);
    desk_hour(story, event, e, k, !event->is_instance_cancelled[k], &day, &hour);
    add_uid(event, e, out);
    add_time(story, desk, e, is_rest ? "RECURRENCE-ID;RANGE=THISANDFUTURE" : "RECURRENCE-ID",
             own_day, own_hour, out);
    add_time(story, desk, e, "DTSTART", day, hour, out);
    add_length(story, desk, e, day, out);
    add_words(story, desk, e, out);
    if (event->is_instance_cancelled[k] || event->is_cancelled)
        buf_add_string(out, "STATUS:CANCELLED\r\n");
    buf_add_string(out, "END:VEVENT\r\n");
}

static void add_series(const struct story *story, const struct desk *desk, int e, struct buf *out)
{
    const struct desk_event *event = &desk->events[e];
    int instances = story->events[e].instances, day, hour;
    if (!story->events[e].is_dated)
        buf_printf(out, "RRULE:FREQ=WEEKLY;COUNT=%d\r\n", instances);
    for (int k = 0; k < instances; k++) {
        desk_hour(story, event, e, k, false, &day, &hour);
        if (story->events[e].is_dated && k)
            add_time(story, desk, e, "RDATE", day, hour, out);
        if (event->is_instance_excluded[k])
            add_time(story, desk, e, "EXDATE", day, hour, out);
    }
}

static bool is_apart(const struct desk_event *event, int k)
{
    return event->instance_hours[k] / 24 || event->is_instance_cancelled[k] ||
           (k == event->rest && desk_rest_is_there(event));
}

static void add_event(const struct story *story, const struct desk *desk, int e, struct buf *out)
{
    const struct desk_event *event = &desk->events[e];
    const struct story_event *drawn = &story->events[e];
    add_uid(event, e, out);
    if (event->is_mangled)
        buf_add_string(out, "DTSTART:2026-13-45 at noon\r\n");
    else
        add_time(story, desk, e, "DTSTART", event->day, event->hour, out);
    add_length(story, desk, e, event->day, out);
    add_words(story, desk, e, out);
    if (event->is_cancelled)
        buf_add_string(out, "STATUS:CANCELLED\r\n");
    if (drawn->instances > 1)
        add_series(story, desk, e, out);
    buf_add_string(out, "END:VEVENT\r\n");
    for (int k = 0; k < drawn->instances && drawn->instances > 1; k++)
        if (is_apart(event, k) && !event->is_instance_excluded[k])
            add_override(story, desk, e, k, out);
}

static void add_calendar(const struct story *story, const struct desk *desk, int calendar,
                         struct buf *out)
{
    if (desk->is_calendar_gone && calendar == 0)
        return;
    buf_add_string(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//desk//EN\r\n");
    for (int e = 0; e < story->event_count; e++)
        if (desk->events[e].is_written && desk->events[e].calendar == calendar)
            add_event(story, desk, e, out);
    if (desk->is_calendar_half && calendar == 0)
        buf_truncate(out, out->size * 2 / 3);
    else
        buf_add_string(out, "END:VCALENDAR\r\n");
}

/* The first of each month in France, the middle of it in Japan. */
static void add_holidays(const char *days, struct buf *out)
{
    buf_printf(out,
               "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//desk//EN\r\nBEGIN:VEVENT\r\n"
               "UID:h@sim.example\r\nDTSTAMP:20240101T000000Z\r\nDTSTART;VALUE=DATE:20240101\r\n"
               "SUMMARY:Closed\r\nRRULE:FREQ=MONTHLY;BYMONTHDAY=%s\r\nEND:VEVENT\r\n"
               "END:VCALENDAR\r\n",
               days);
}

/* --- lists ----------------------------------------------------------------------------------- */

static void add_list(const struct story *story, const struct desk *desk, int list, struct buf *out)
{
    static const char *const languages[] = {"fr", "ja", "en"};
    bool is_half = desk->is_list_half && list == 0;
    buf_add_string(out, "email;name;language;zone;groups\r\n");
    for (int c = list; c < story->contact_count && !is_half; c += story->lists) {
        if (!desk->contacts[c].is_there)
            continue;
        buf_printf(out, "c%d@sim.example;Personne %d;%s;%s;all-%d", c, c,
                   languages[desk->contacts[c].language], story_zone_name(desk->contacts[c].zone),
                   c);
        for (int g = 0; g < STORY_GROUPS; g++)
            if (desk->contacts[c].groups >> g & 1)
                buf_printf(out, ",g%d", g);
        buf_add_string(out, "\r\n");
    }
}

/* --- settings -------------------------------------------------------------------------------- */

static void add_audience(const struct story_wording *wording, struct buf *out)
{
    const char *sign = wording->set == STORY_AND ? " & " : wording->set == STORY_OR ? " | " : " - ";
    if (wording->set == STORY_ALL)
        buf_add_string(out, "all");
    else if (wording->set == STORY_GROUP)
        buf_printf(out, "g%d", wording->a);
    else
        buf_printf(out, "g%d%sg%d", wording->a, sign, wording->b);
}

static void add_step(const struct story_step *step, bool is_first, struct buf *out)
{
    static const char *const kinds[] = {"save-the-date", "invitation", "reminder", "thanks"};
    static const char *const units[] = {"days", "working days", "months"};
    buf_printf(out, "%s\n    { send = \"%s\"; %s = \"%d %s\"; at = \"%02d:00\"; }",
               is_first ? "" : ",", kinds[step->kind],
               step->kind == STORY_THANKS ? "after" : "before", step->days, units[step->unit],
               step->hour);
}

static void add_rule(const struct story_rule *rule, const struct story_wording *wording, int number,
                     struct buf *out)
{
    static const char *const vanished[] = {"hold", "cancel", "ignore"};
    buf_printf(out, "%s{ name = \"rule-%d\"; category = \"Cercle %d\"; audience = \"",
               number ? "," : "", number, number);
    add_audience(wording, out);
    buf_printf(out,
               "\"; vanished = \"%s\"; removed = \"%s\"; merge = %s; zone = \"%s\";\n"
               "  steps = (",
               vanished[rule->vanished], rule->tells_removed ? "tell" : "silent",
               rule->merges ? "true" : "false", rule->is_event_zone ? "event" : "recipient");
    for (int i = 0; i < wording->step_count; i++)
        add_step(&wording->steps[i], i == 0, out);
    buf_add_string(out, "); }\n");
}

static void add_newsletter(const struct story_newsletter *newsletter, struct buf *out)
{
    if (!newsletter->is_there)
        return;
    buf_printf(out, "newsletters: ( { name = \"lettre\"; every = \"%s\"; at = \"%02d:00\"; ",
               newsletter->is_weekly ? "FREQ=WEEKLY;BYDAY=TH" : "FREQ=MONTHLY;BYDAY=1TU",
               newsletter->hour);
    buf_printf(out, "covers = \"%d months\"; useful = \"%d days\"; audience = \"",
               newsletter->covers_months, newsletter->useful_days);
    add_audience(&newsletter->readers, out);
    if (newsletter->canary_hours)
        buf_printf(out, "\"; canary = \"g%d\"; canary_delay = \"%d h", newsletter->canary,
                   newsletter->canary_hours);
    buf_add_string(out, "\"; } );\n");
}

static const char *calendar_name(const struct story *story)
{
    return story->is_web ? DESK_WEB "cloud.example/desk.ics" : "desk.ics";
}

static void add_sources(const struct story *story, struct buf *out)
{
    if (story->has_staff)
        buf_add_string(out, "staff = ( \"" LETTERS_ADDRESS "\" );\n");
    buf_add_string(out, "organisation: { name = \"Cercle\"; address = \"1 rue de la Paix\"; "
                        "zone = \"Europe/Paris\"; };\n"
                        "calendars: ( { name = \"desk\"; source = \"");
    buf_printf(out, story->is_web ? "%s\"; every = \"6 h\"; }" : "%s\"; }", calendar_name(story));
    if (story->calendars > 1)
        buf_add_string(out, ", { name = \"other\"; source = \"other.ics\"; }");
    buf_add_string(out, " );\ncontacts: ( { source = \"contacts.csv\"; }");
    if (story->lists > 1)
        buf_add_string(out, ", { source = \"others.csv\"; }");
    buf_add_string(out, " );\nholidays: ( { country = \"FR\"; source = \"fr.ics\"; }, "
                        "{ country = \"JP\"; source = \"jp.ics\"; } );\nrelays: ( ");
    for (int i = 0; i <= story->has_second_relay; i++) {
        buf_printf(out, "%s{ url = \"smtp://127.0.0.1:%d\"; tls = \"none\";", i ? ", " : "",
                   2525 + i);
        if (story->per_hour)
            buf_printf(out, " per_hour = %d;", story->per_hour);
        buf_add_string(out, " }");
    }
    buf_add_string(out, " );\n");
}

static void add_settings(const struct story *story, const struct desk *desk, struct buf *out)
{
    static const char *const quiet[] = {"",         "18:30-08:30",
                                        "weekends", "weekends, 18:30-08:30",
                                        "holidays", "weekends, holidays, 18:30-08:30"};
    add_sources(story, out);
    buf_add_string(out, "rules: (\n");
    for (int i = 0; i < story->rule_count; i++)
        if (!story->rules[i].wordings[desk->wording].is_absent)
            add_rule(&story->rules[i], &story->rules[i].wordings[desk->wording], i, out);
    buf_add_string(out, ");\n");
    add_newsletter(&story->newsletter, out);
    buf_printf(out,
               "limits: { settle = \"%d min\"; hold_above = %d; hold_share = %d; "
               "quiet = \"%s\"; uncertain = \"%s\";",
               story->settle_minutes[desk->wording], story->hold_above, story->hold_share,
               quiet[story->quiet], story->holds_uncertain ? "hold" : "resend");
    if (story->keep_days)
        buf_printf(out, " keep = \"%d days\";", story->keep_days);
    if (story->per_contact_days)
        buf_printf(out, " per_contact = \"1 per %d days\";", story->per_contact_days);
    buf_add_string(out, " };\n");
}

/* --- files ----------------------------------------------------------------------------------- */

const char *desk_file(const struct story *story, const struct desk *desk, int file, struct buf *out)
{
    static const char *const names[DESK_FILES] = {
        "convier.cfg", "desk.ics", "other.ics", "contacts.csv", "others.csv", "fr.ics", "jp.ics"};
    switch (file) {
    case 0:
        add_settings(story, desk, out);
        break;
    case 1:
    case 2:
        add_calendar(story, desk, file - 1, out);
        break;
    case 3:
    case 4:
        add_list(story, desk, file - 3, out);
        break;
    default:
        add_holidays(file == 5 ? "1" : "15,16", out);
    }
    if (file == 1)
        return calendar_name(story);
    bool is_missing = (file == 2 && story->calendars < 2) || (file == 4 && story->lists < 2);
    return is_missing ? NULL : names[file];
}
