/* SPDX-License-Identifier: MIT */
/* Everything is drawn here and in this order: a change of the order changes every story. */
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "simulation/story.h"

enum { DAY_SEC = 86400, YEARS = 6 };

/* --- dice ------------------------------------------------------------------------------------ */

struct dice {
    uint64_t state;
};

/* A permutation of 64 bits applied to a counter (the finaliser of MurmurHash3). */
static uint64_t roll(struct dice *dice)
{
    uint64_t x = dice->state += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    x = (x ^ x >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return x ^ x >> 33;
}

static int between(struct dice *dice, int low, int high) /* both included */
{
    return low + (int)(roll(dice) % (uint64_t)(high - low + 1));
}

static bool happens(struct dice *dice, int percent)
{
    return between(dice, 1, 100) <= percent;
}

/* --- the organisation ------------------------------------------------------------------------ */

static void draw_contacts(struct dice *dice, struct story *story)
{
    story->contact_count = between(dice, 2, STORY_CONTACTS_MAX);
    for (int i = 0; i < story->contact_count; i++)
        story->contacts[i] = (struct story_contact){
            .zone = (enum story_zone)between(dice, 0, STORY_ZONES - 1),
            .language = between(dice, 0, 2),
            .groups = (unsigned)between(dice, 0, (1 << STORY_GROUPS) - 1),
            .is_there = i == 0 || happens(dice, 80),
        };
}

static void draw_audience(struct dice *dice, struct story_wording *wording)
{
    wording->set = (enum story_set)between(dice, STORY_ALL, STORY_GROUP);
    wording->a = between(dice, 0, STORY_GROUPS - 1);
    wording->b = (wording->a + between(dice, 1, STORY_GROUPS - 1)) % STORY_GROUPS;
}

static void add_step(struct dice *dice, struct story_wording *wording, struct story_step step)
{
    if (step.days >= 30 && step.kind != STORY_THANKS && happens(dice, 20)) {
        step.unit = STORY_MONTHS;
        step.days /= 30;
    } else if (step.days && step.days < 30 && happens(dice, 30)) {
        step.unit = STORY_WORKING_DAYS;
    }
    wording->steps[wording->step_count++] = step;
}

static void draw_steps(struct dice *dice, struct story_wording *wording)
{
    static const int offsets[] = {120, 60, 30, 14, 7, 2, 1, 0};
    int at = between(dice, 0, 2);
    wording->step_count = 0;
    if (happens(dice, 30))
        add_step(dice, wording,
                 (struct story_step){.kind = STORY_SAVE_THE_DATE,
                                     .days = offsets[at++],
                                     .hour = between(dice, 8, 18)});
    add_step(dice, wording,
             (struct story_step){
                 .kind = STORY_INVITATION, .days = offsets[at], .hour = between(dice, 8, 18)});
    if (happens(dice, 70))
        add_step(dice, wording,
                 (struct story_step){.kind = STORY_REMINDER,
                                     .days = offsets[between(dice, at + 1, 7)],
                                     .hour = between(dice, 7, 18)});
    if (happens(dice, 40))
        add_step(dice, wording,
                 (struct story_step){.kind = STORY_THANKS,
                                     .days = between(dice, 0, 3),
                                     .hour = between(dice, 8, 18)});
}

static void draw_rules(struct dice *dice, struct story *story)
{
    story->rule_count = between(dice, 1, STORY_RULES_MAX);
    for (int i = 0; i < story->rule_count; i++) {
        struct story_rule *rule = &story->rules[i];
        struct story_wording *first = &rule->wordings[0], *other = &rule->wordings[1];
        draw_audience(dice, first);
        draw_steps(dice, first);
        rule->vanished = between(dice, STORY_VANISHED_HOLD, STORY_VANISHED_IGNORE);
        rule->tells_removed = happens(dice, 30);
        rule->merges = happens(dice, 30);
        rule->is_event_zone = happens(dice, 20);
        *other = *first;
        if (happens(dice, 40))
            draw_audience(dice, other);
        if (happens(dice, 40))
            draw_steps(dice, other);
        other->is_absent = i && happens(dice, 15);
    }
}

static void draw_limits(struct dice *dice, struct story *story)
{
    static const int settles[] = {0, 5, 20, 20, 60};
    for (int w = 0; w < STORY_WORDINGS; w++)
        story->settle_minutes[w] = settles[between(dice, 0, 4)];
    story->hold_above = happens(dice, 15) ? between(dice, 1, 5) : STORY_HOLD_ABOVE;
    story->hold_share = happens(dice, 30) ? 20 : 100;
    story->per_contact_days = happens(dice, 20) ? between(dice, 1, 4) : 0;
    story->quiet = between(dice, 0, 5);
    story->keep_days = happens(dice, 20) ? between(dice, 30, 200) : 0;
    story->per_hour = happens(dice, 15) ? between(dice, 4, 12) : 0;
    story->calendars = happens(dice, 30) ? 2 : 1;
    story->lists = happens(dice, 30) ? 2 : 1;
    story->has_second_relay = happens(dice, 20);
    story->holds_uncertain = happens(dice, 20);
    story->has_pipelining = happens(dice, 80);
    story->discards = happens(dice, 15);
    story->calm_day = between(dice, 60, 250);
}

/* --- acts ------------------------------------------------------------------------------------ */

static void add_act(struct story *story, int64_t at_sec, enum act_kind kind, int who, int a, int b)
{
    int64_t calm = (int64_t)story->calm_day * DAY_SEC;
    bool is_calm = at_sec >= calm && at_sec < calm + (int64_t)STORY_CALM_DAYS * DAY_SEC;
    /* What would fall into the calm is moved before it, so that each fault has its end. */
    if (is_calm)
        at_sec = calm - 3600 + (at_sec - calm) / (STORY_CALM_DAYS * DAY_SEC / 3600);
    if (at_sec < 0 || at_sec >= (int64_t)(STORY_LAST_EVENT_DAY + 10) * DAY_SEC ||
        story->act_count == STORY_ACTS_MAX)
        return;
    story->acts[story->act_count++] =
        (struct act){.at_sec = at_sec, .kind = kind, .who = who, .a = a, .b = b};
}

/* A moment in the days [from, until), more often in the hours when people work. */
static int64_t moment(struct dice *dice, int from, int until)
{
    int day = between(dice, from, until > from ? until - 1 : from);
    int hour = happens(dice, 80) ? between(dice, 7, 18) : between(dice, 0, 23);
    return (int64_t)day * DAY_SEC + hour * INT64_C(3600) + between(dice, 0, 3599);
}

/* Something that begins and ends: most are short, some last for days. */
static void add_spell(struct dice *dice, struct story *story, enum act_kind begins,
                      enum act_kind ends, int who)
{
    int64_t from = moment(dice, 0, STORY_LAST_EVENT_DAY);
    int64_t lasts = happens(dice, 60)   ? between(dice, 30, 7200)
                    : happens(dice, 70) ? between(dice, 7200, DAY_SEC)
                                        : between(dice, DAY_SEC, 5 * DAY_SEC);
    add_act(story, from, begins, who, 0, 0);
    add_act(story, from + lasts, ends, who, 0, 0);
}

/* Marks, categories, exports, and what only series have. */
static void draw_rare_edit(struct dice *dice, struct story *story, int e, int64_t at)
{
    const struct story_event *event = &story->events[e];
    bool is_series = event->instances > 1;
    switch (between(dice, 0, 5)) {
    case 0:
        add_act(story, at, ACT_TEXT, e, 0, 0);
        break;
    case 1:
        add_act(story, at, ACT_RULE, e, between(dice, 0, story->rule_count - 1), 0);
        break;
    case 2:
        add_act(story, at, ACT_SILENCE, e, 0, 0);
        add_act(story, at + between(dice, 60, 40 * DAY_SEC), ACT_SPEAK, e, 0, 0);
        break;
    case 3:
        add_act(story, at, ACT_POSTPONE, e, 0, 0);
        at += between(dice, 60, 60 * DAY_SEC);
        if (!is_series && happens(dice, 70))
            add_act(story, at - 30, ACT_MOVE, e, between(dice, 10, 90), 0);
        add_act(story, at, ACT_DATE, e, 0, 0);
        break;
    case 4:
        add_act(story, at, happens(dice, 70) ? ACT_CHURN : ACT_SHIFT, e, 0, 0);
        break;
    default:
        if (is_series)
            add_act(story, at, happens(dice, 50) ? ACT_MOVE_REST : ACT_EXCLUDE_INSTANCE, e,
                    between(dice, 1, event->instances - 1), between(dice, -3, 3));
        else
            add_act(story, at, ACT_MOVE, e, between(dice, -10, 30), 0);
    }
}

static void draw_edit(struct dice *dice, struct story *story, int e, int64_t at)
{
    const struct story_event *event = &story->events[e];
    bool is_series = event->instances > 1;
    if (happens(dice, 40)) {
        draw_rare_edit(dice, story, e, at);
        return;
    }
    switch (between(dice, 0, 9)) {
    case 0:
    case 1:
    case 2:
        if (is_series)
            add_act(story, at, ACT_MOVE_INSTANCE, e, between(dice, 0, event->instances - 1),
                    between(dice, -72, 72));
        else
            add_act(story, at, ACT_MOVE, e, between(dice, -10, 30), between(dice, -4, 4));
        break;
    case 3:
    case 4:
        add_act(story, at, ACT_PLACE, e, 0, 0);
        break;
    case 5:
        add_act(story, at, ACT_TITLE, e, 0, 0);
        break;
    case 6:
        if (is_series)
            add_act(story, at, ACT_CANCEL_INSTANCE, e, between(dice, 0, event->instances - 1), 0);
        else
            add_act(story, at, ACT_CANCEL, e, 0, 0);
        break;
    case 7:
        add_act(story, at, ACT_CANCEL, e, 0, 0);
        add_act(story, at + between(dice, 60, 4 * DAY_SEC), ACT_REVIVE, e, 0, 0);
        break;
    case 8:
        add_act(story, at, ACT_REMOVE, e, 0, 0);
        if (happens(dice, 50))
            add_act(story, at + between(dice, 60, 4 * DAY_SEC), ACT_ADD, e, 0, 0);
        break;
    default:
        add_act(story, at, ACT_MANGLE, e, 0, 0);
        add_act(story, at + between(dice, 60, 2 * DAY_SEC), ACT_HEAL, e, 0, 0);
    }
}

static void draw_events(struct dice *dice, struct story *story)
{
    story->event_count = between(dice, 1, STORY_EVENTS_MAX);
    for (int e = 0; e < story->event_count; e++) {
        struct story_event *event = &story->events[e];
        int64_t written = moment(dice, 0, STORY_LAST_EVENT_DAY - 60);
        *event = (struct story_event){
            .rule = between(dice, 0, story->rule_count - 1),
            .zone = (enum story_zone)between(dice, 0, STORY_ZONES - 1),
            .is_all_day = happens(dice, 25),
            .hour = between(dice, 8, 19),
            .minute = 15 * between(dice, 0, 3),
            .hours = between(dice, 1, 4),
            .instances = happens(dice, 25) ? between(dice, 2, STORY_INSTANCES_MAX) : 1,
            .calendar = between(dice, 0, story->calendars - 1),
            .is_urgent = happens(dice, 10),
        };
        int first = (int)(written / DAY_SEC) + between(dice, 1, happens(dice, 30) ? 10 : 130);
        int last = STORY_LAST_EVENT_DAY - 7 * event->instances - 40;
        event->day = first < last ? first : last;
        add_act(story, written, ACT_ADD, e, 0, 0);
        int edits = happens(dice, 30) ? 0 : between(dice, 1, 5);
        for (int i = 0; i < edits; i++) {
            int64_t at = moment(dice, (int)(written / DAY_SEC), event->day + 2);
            draw_edit(dice, story, e, at > written ? at : written + between(dice, 10, 7200));
        }
    }
}

static void draw_people(struct dice *dice, struct story *story)
{
    for (int i = between(dice, 0, 8); i > 0; i--) {
        int c = between(dice, 0, story->contact_count - 1);
        int64_t at = moment(dice, 0, STORY_LAST_EVENT_DAY);
        switch (between(dice, 0, 4)) {
        case 0:
            add_act(story, at, ACT_JOIN, c, 0, 0);
            break;
        case 1:
            add_act(story, at, ACT_LEAVE, c, 0, 0);
            break;
        case 2:
        case 3:
            add_act(story, at, ACT_REGROUP, c, between(dice, 0, (1 << STORY_GROUPS) - 1), 0);
            break;
        default:
            add_act(story, at, ACT_OPPOSE, c, 0, 0);
            if (happens(dice, 30))
                add_act(story, at + between(dice, 3600, 20 * DAY_SEC), ACT_ACCEPT, c, 0, 0);
        }
    }
    for (int i = between(dice, 0, 3); i > 0; i--)
        add_spell(dice, story, ACT_HALF_SAVE, ACT_FULL_SAVE, 0);
    if (happens(dice, 40))
        add_spell(dice, story, ACT_HALF_LIST, ACT_FULL_LIST, 0);
    if (happens(dice, 30))
        add_spell(dice, story, ACT_PAUSE, ACT_RESUME, 0);
    for (int i = happens(dice, 30) ? between(dice, 1, 3) : 0; i > 0; i--)
        add_act(story, moment(dice, 0, STORY_LAST_EVENT_DAY), ACT_SETTINGS, i % STORY_WORDINGS, 0,
                0);
}

static void draw_troubles(struct dice *dice, struct story *story)
{
    for (int i = between(dice, 0, 8); i > 0; i--)
        add_spell(dice, story, (enum act_kind)between(dice, ACT_RELAY_DOWN, ACT_RELAY_STALLS),
                  ACT_RELAY_SOUND, between(dice, 0, story->contact_count - 1));
    for (int i = between(dice, 0, 6); i > 0; i--) {
        int64_t at = moment(dice, 0, STORY_LAST_EVENT_DAY);
        int minutes = happens(dice, 70) ? 0 : between(dice, 1, 600);
        switch (between(dice, 0, 4)) {
        case 0:
            add_act(story, at, ACT_RESTART, 0, 0, 0);
            break;
        case 1:
            add_act(story, at, ACT_KILL, minutes, 0, 0);
            break;
        case 2:
            add_act(story, at, ACT_POWER_CUT, minutes, 0, 0);
            break;
        default:
            add_act(story, at, ACT_DOOM, between(dice, 1, 60), happens(dice, 50), minutes);
        }
    }
    if (happens(dice, 30))
        add_spell(dice, story, ACT_OFF, ACT_ON, 0);
    if (happens(dice, 30))
        add_act(story, moment(dice, 0, STORY_LAST_EVENT_DAY), ACT_JUMP,
                happens(dice, 50) ? between(dice, -1440, -1) : between(dice, 1, 2880), 0, 0);
    if (happens(dice, 30))
        add_spell(dice, story, happens(dice, 60) ? ACT_DISK_FULL : ACT_DISK_BROKEN, ACT_DISK_SOUND,
                  0);
}

/* What lasts for days, and what recurs by a list of dates. */
static void draw_shapes(struct dice *dice, struct story *story)
{
    for (int e = 0; e < story->event_count; e++) {
        story->events[e].days = happens(dice, 40) ? between(dice, 2, 4) : 1;
        story->events[e].is_dated = happens(dice, 30);
    }
}

static void draw_marks(struct dice *dice, struct story *story)
{
    for (int e = 0; e < story->event_count; e++)
        for (int i = happens(dice, 25) ? between(dice, 1, 3) : 0; i > 0; i--)
            add_act(story, moment(dice, 0, story->events[e].day + 2), ACT_MARK, e,
                    between(dice, STORY_MARK_NONE, STORY_MARK_BROKEN), 0);
}

/* Commands that staff do not give every day. */
static void draw_commands(struct dice *dice, struct story *story)
{
    for (int i = happens(dice, 30) ? between(dice, 1, 3) : 0; i > 0; i--)
        add_act(story, moment(dice, 0, STORY_LAST_EVENT_DAY), ACT_RETRY, 0, 0, 0);
    if (happens(dice, 15))
        add_act(story, moment(dice, 0, STORY_LAST_EVENT_DAY), ACT_FORGET,
                between(dice, 0, story->contact_count - 1), 0, 0);
}

/* The clocks of a series name its instances: those stay. */
static void draw_zones_and_losses(struct dice *dice, struct story *story)
{
    for (int e = 0; e < story->event_count; e++)
        if (story->events[e].instances == 1 && happens(dice, 15))
            add_act(story, moment(dice, 0, story->events[e].day + 2), ACT_ZONE, e, 0, 0);
    if (happens(dice, 25))
        add_spell(dice, story, ACT_HALF_SAVE, ACT_FULL_SAVE, 1);
}

/* Some events are written with the mark #silencieux, which goes late or never. */
static void draw_silent_beginnings(struct dice *dice, struct story *story)
{
    for (int i = story->act_count - 1; i >= 0; i--) {
        const struct act add = story->acts[i];
        if (add.kind != ACT_ADD || !happens(dice, 8))
            continue;
        add_act(story, add.at_sec, ACT_SILENCE, add.who, 0, 0);
        int64_t last = (int64_t)(story->events[add.who].day + 9) * DAY_SEC;
        if (last > add.at_sec && happens(dice, 80))
            add_act(story, moment(dice, (int)(add.at_sec / DAY_SEC) + 1, (int)(last / DAY_SEC)),
                    ACT_SPEAK, add.who, 0, 0);
    }
}

static bool has_reminder(const struct story_wording *wording, int days)
{
    for (int i = 0; i < wording->step_count; i++)
        if (wording->steps[i].kind == STORY_REMINDER && wording->steps[i].days == days)
            return true;
    return false;
}

/* A step more, or less, or at another hour. */
static void edit_steps(struct dice *dice, struct story_wording *wording)
{
    static const int offsets[] = {45, 21, 10, 5, 3};
    int i = between(dice, 0, wording->step_count - 1);
    switch (between(dice, 0, 3)) {
    case 0:
        if (wording->step_count > 1)
            wording->steps[i] = wording->steps[--wording->step_count];
        break;
    case 1:
        wording->steps[i].hour = between(dice, 8, 18);
        break;
    default:
        i = offsets[between(dice, 0, 4)];
        if (!has_reminder(wording, i))
            wording->steps[wording->step_count++] = (struct story_step){
                .kind = STORY_REMINDER, .days = i, .hour = between(dice, 8, 18)};
    }
}

/* Small edits of the settings, and of the lines of the list. */
static void draw_small_edits(struct dice *dice, struct story *story)
{
    for (int i = 0; i < story->rule_count; i++) {
        struct story_rule *rule = &story->rules[i];
        rule->wordings[2] = rule->wordings[0];
        if (happens(dice, 70))
            edit_steps(dice, &rule->wordings[2]);
    }
    for (int i = happens(dice, 40) ? between(dice, 1, 3) : 0; i > 0; i--)
        add_act(story, moment(dice, 0, STORY_LAST_EVENT_DAY), ACT_SETTINGS, i % 2 ? 2 : 0, 0, 0);
    for (int i = happens(dice, 40) ? between(dice, 1, 3) : 0; i > 0; i--) {
        int c = between(dice, 0, story->contact_count - 1);
        int64_t at = moment(dice, 0, STORY_LAST_EVENT_DAY);
        if (happens(dice, 50))
            add_act(story, at, ACT_EMIGRATE, c, 0, 0);
        else
            add_act(story, at, ACT_LANGUAGE, c, between(dice, 0, 2), 0);
    }
}

static void draw_newsletter(struct dice *dice, struct story *story)
{
    struct story_newsletter *newsletter = &story->newsletter;
    newsletter->is_there = happens(dice, 40);
    newsletter->is_weekly = happens(dice, 40);
    draw_audience(dice, &newsletter->readers);
    newsletter->hour = between(dice, 7, 19);
    newsletter->covers_months = between(dice, 1, 3);
    newsletter->useful_days = between(dice, 2, 6);
    newsletter->canary = between(dice, 0, STORY_GROUPS - 1);
    newsletter->canary_hours = happens(dice, 40) ? between(dice, 1, 30) : 0;
}

static int compare_acts(const void *a, const void *b)
{
    const struct act *x = a, *y = b;
    if (x->at_sec != y->at_sec)
        return x->at_sec < y->at_sec ? -1 : 1;
    return x->kind - y->kind;
}

void story_draw(uint64_t seed, struct story *ret)
{
    struct dice dice = {.state = seed};
    struct civil_date first = {2024, 1, 1};
    memset(ret, 0, sizeof *ret);
    ret->seed = seed;
    first = civil_date_add_days(first, between(&dice, 0, YEARS * 365));
    ret->start = (struct instant){civil_date_to_days(first) * USEC_PER_DAY};
    draw_contacts(&dice, ret);
    draw_rules(&dice, ret);
    draw_limits(&dice, ret);
    draw_events(&dice, ret);
    draw_people(&dice, ret);
    draw_troubles(&dice, ret);
    draw_marks(&dice, ret);
    draw_shapes(&dice, ret);
    draw_commands(&dice, ret);
    draw_zones_and_losses(&dice, ret);
    ret->has_staff = happens(&dice, 60);
    draw_silent_beginnings(&dice, ret);
    draw_small_edits(&dice, ret);
    ret->is_web = happens(&dice, 15);
    ret->slice_asks = happens(&dice, 30) ? between(&dice, 1, 4) : 0;
    draw_newsletter(&dice, ret);
    qsort(ret->acts, (size_t)ret->act_count, sizeof ret->acts[0], compare_acts);
}
