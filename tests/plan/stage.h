/* SPDX-License-Identifier: MIT */
/* stage: a small organisation on a set clock, with a ledger in memory, for tests of the planner.
 *
 * stage_pass plans and records like the conductor: ends first, then notices, which the relay
 * accepts at once unless it is down. Every accepted notice becomes a line of stage.log, in the
 * reader's own time, at its hour if the pass was on time: "09-05 09:00 invitation paul". stage_run
 * jumps from `next` to `next`, and fails a test when the planner gives no progress or would say
 * more when asked again. */
#ifndef CONVIER_TESTS_PLAN_STAGE_H
#define CONVIER_TESTS_PLAN_STAGE_H

#include "base/buf.h"
#include "base/list.h"
#include "check.h"
#include "plan/planner.h"
#include "plan/sighting.h"

enum { STAGE_RULES_MAX = 4, STAGE_STEPS_MAX = 8, STAGE_CONTACTS_MAX = 8, STAGE_ROWS_MAX = 400 };

struct stage {
    struct arena *arena;
    struct zones *zones;
    struct settings settings;
    struct rule_settings rules[STAGE_RULES_MAX];
    struct step_settings steps[STAGE_RULES_MAX][STAGE_STEPS_MAX];
    struct rule_audience audiences[STAGE_RULES_MAX];
    uint64_t bits[STAGE_RULES_MAX];
    uint64_t suppressed;
    struct contact contacts[STAGE_CONTACTS_MAX];
    const struct contact *people[STAGE_CONTACTS_MAX]; /* of the list */
    struct contact_list list;
    struct birth births[STAGE_RULES_MAX * STAGE_STEPS_MAX];
    size_t birth_count;
    struct list_birth list_births[2];
    size_t list_birth_count;
    struct holiday_calendar holidays[2];
    struct recent_message recent[STAGE_ROWS_MAX];
    size_t recent_count;

    struct event event;
    struct occurrence occurrence;
    const char *category;
    bool is_absent;
    bool is_relay_down;
    struct membership marked;
    bool is_marked;
    enum mark_doubt mark_doubt;

    struct history history;
    struct told told[STAGE_CONTACTS_MAX];
    struct notice notices[STAGE_ROWS_MAX];
    int64_t last_id;
    const struct facts *facts[STAGE_ROWS_MAX]; /* all that were ever read */
    size_t facts_count;
    struct plan plan; /* the last one */
    struct buf log;
};

static inline const struct zone *stage_zone(struct stage *s, const char *name)
{
    const struct zone *zone = zones_find(s->zones, text_of(name));
    REQUIRE(zone != NULL);
    return zone;
}

/* "2026-10-05 09:00" on the clocks of a zone. */
static inline struct instant stage_time(struct stage *s, const char *zone, const char *text)
{
    struct civil_date date;
    int minute = 0;
    struct text t = text_of(text);
    REQUIRE(civil_date_parse(text_slice(t, 0, 10), &date));
    if (t.size > 10)
        REQUIRE(clock_parse(text_slice(t, 11, 5), &minute));
    return zone_to_instant(stage_zone(s, zone), civil_time_at(date, minute / 60, minute % 60),
                           NULL);
}

static inline struct instant paris(struct stage *s, const char *text)
{
    return stage_time(s, "Europe/Paris", text);
}

static inline void stage_contact(struct stage *s, const char *email, const char *zone,
                                 const char *country, enum language language)
{
    /* Sorted by address: tests add them in that order. */
    s->contacts[s->list.count++] = (struct contact){
        .email = email,
        .country = country,
        .language = language,
        .zone = stage_zone(s, zone),
        .zone_reason = "column",
        .language_reason = "column",
    };
}

/* A step from "invitation before 30 days at 09:00". */
static inline void stage_step(struct stage *s, size_t rule, const char *text)
{
    struct text rest = text_of(text);
    struct step_settings *step = &s->steps[rule][s->rules[rule].step_count++];
    *step = (struct step_settings){.at_minute = MINUTES_UNSET};
    step->send = arena_copy_text(s->arena, text_split(&rest, ' '));
    step->is_after = text_is(text_split(&rest, ' '), "after");
    if (!notice_kind_from_text(text_of(step->send), &step->kind))
        step->kind = NOTICE_REMINDER;
    size_t useful = text_find(rest, TEXT(" useful "));
    if (useful < rest.size) {
        step->has_useful = true;
        REQUIRE(span_parse(text_from(rest, useful + 8), &step->useful));
        rest = text_slice(rest, 0, useful);
    }
    size_t at = text_find(rest, TEXT(" at "));
    if (at < rest.size)
        REQUIRE(clock_parse(text_from(rest, at + 4), &step->at_minute));
    struct text offset = text_slice(rest, 0, at);
    REQUIRE(span_parse(offset, &step->offset));
    step->id = arena_printf(s->arena, "%s%c%.*s", step->send, step->is_after ? '+' : '-',
                            (int)offset.size, offset.data);
    for (char *c = (char *)(uintptr_t)step->id; *c; c++)
        *c = *c == ' ' ? '_' : *c;
}

static inline void stage_open(struct stage *s)
{
    memset(s, 0, sizeof *s);
    s->arena = arena_new((size_t)64 << 20);
    s->zones = zones_new(NULL);
    REQUIRE(s->arena && s->zones);
    buf_init(&s->log, 1 << 20);
    s->settings.organisation.zone = stage_zone(s, "Europe/Paris");
    s->settings.organisation.name = "Test";
    s->settings.limits = (struct limit_settings){
        .settle_usec = 20 * USEC_PER_MIN, .hold_above = 300, .hold_share = 20};
    s->settings.rules = s->rules;
    s->settings.rule_count = 1;
    for (size_t i = 0; i < STAGE_RULES_MAX; i++) {
        s->rules[i] =
            (struct rule_settings){.name = i ? arena_printf(s->arena, "rule-%zu", i) : "rule",
                                   .audience = "all",
                                   .list = "list",
                                   .steps = s->steps[i]};
        s->bits[i] = i ? 0 : UINT64_MAX;
        s->audiences[i].rule = (struct membership){&s->bits[i], STAGE_CONTACTS_MAX};
    }
    s->event = (struct event){.uid = "uid", .feed = "japon", .source = "japon.ics"};
    s->event.summary.any = "Groupe-pays Japon";
    s->event.location.any = "Paris";
    s->event.categories = &s->category;
    s->event.category_count = 1;
    s->category = "Groupe-pays Japon";
    s->occurrence = (struct occurrence){.key = "uid", .event = &s->event};
    for (size_t i = 0; i < STAGE_CONTACTS_MAX; i++)
        s->people[i] = &s->contacts[i];
    s->list.items = s->people;
}

static inline void stage_close(struct stage *s)
{
    buf_done(&s->log);
    s->zones = zones_free(s->zones);
    s->arena = arena_free(s->arena);
}

/* A timed event of two hours. */
static inline void stage_timed(struct stage *s, const char *zone, const char *start)
{
    struct instant t = stage_time(s, zone, start);
    s->occurrence.when = (struct when){
        .start = t, .end = instant_add(t, 2 * USEC_PER_HOUR), .zone = stage_zone(s, zone)};
}

static inline void stage_days(struct stage *s, const char *first, const char *end)
{
    s->occurrence.when = (struct when){.is_all_day = true};
    REQUIRE(civil_date_parse(text_of(first), &s->occurrence.when.first_day));
    REQUIRE(civil_date_parse(text_of(end), &s->occurrence.when.end_day));
}

static inline struct facts *stage_facts(struct stage *s)
{
    struct facts *facts = arena_alloc(s->arena, sizeof *facts);
    s->occurrence.state = s->event.state;
    REQUIRE(facts && facts_of(s->arena, &s->occurrence, facts) == 0);
    REQUIRE(s->facts_count < STAGE_ROWS_MAX);
    s->facts[s->facts_count++] = facts;
    return facts;
}

/* One healthy reading. */
static inline void stage_read(struct stage *s, struct instant now)
{
    struct sighting after;
    const struct sighting *before = s->history.has_sighting ? &s->history.sighting : NULL;
    bool keep = s->is_absent ? sighting_absent(before, now, &after)
                             : sighting_present(before, &s->occurrence, stage_facts(s),
                                                s->settings.limits.settle_usec, now, &after) > 0;
    if (keep)
        s->history.sighting = after;
    s->history.has_sighting = true;
}

static inline int stage_compare(const void *a, const void *b)
{
    const struct notice *x = a, *y = b;
    int order = strcmp(x->contact, y->contact);
    return order ? order : strcmp(x->step, y->step);
}

static inline void stage_tell(struct stage *s, const char *contact, const struct facts *facts,
                              int sequence, struct instant now, bool is_invitation)
{
    size_t i = 0;
    while (i < s->history.told_count && strcmp(s->told[i].contact, contact) < 0)
        i++;
    if (i == s->history.told_count || strcmp(s->told[i].contact, contact) != 0) {
        memmove(&s->told[i + 1], &s->told[i], (s->history.told_count++ - i) * sizeof *s->told);
        s->told[i] = (struct told){.contact = contact, .first_at = now};
    }
    s->told[i].facts = facts;
    s->told[i].sequence = sequence;
    s->told[i].at = now;
    s->told[i].was_invited |= is_invitation;
    s->history.told = s->told;
}

static inline const struct facts *stage_find_facts(const struct stage *s, const char *id)
{
    for (size_t i = 0; i < s->facts_count; i++)
        if (string_equal(s->facts[i]->id, id))
            return s->facts[i];
    REQUIRE(!"known facts");
    return NULL;
}

static inline void stage_accept(struct stage *s, struct notice *notice, struct instant now)
{
    bool is_step = notice->kind == NOTICE_REMINDER || notice->kind == NOTICE_THANKS;
    bool is_late = is_step && instant_before(instant_add(notice->due, 10 * USEC_PER_MIN), now);
    struct civil_time local =
        zone_to_civil(zones_find(s->zones, text_of(notice->zone)), is_late ? now : notice->due);
    notice->state = NOTICE_ACCEPTED;
    notice->sent = now;
    stage_tell(s, notice->contact, stage_find_facts(s, notice->facts), notice->sequence, now,
               notice->kind == NOTICE_INVITATION);
    size_t name = text_find_char(text_of(notice->contact), '@');
    buf_printf(&s->log, "%02d-%02d %02d:%02d %s %.*s\n", local.date.month, local.date.day,
               local.hour, local.minute, notice->step, (int)name, notice->contact);
    if (notice->kind == NOTICE_INVITATION || notice->kind == NOTICE_REMINDER) {
        size_t i = s->recent_count++;
        for (; i && strcmp(s->recent[i - 1].contact, notice->contact) > 0; i--)
            s->recent[i] = s->recent[i - 1];
        s->recent[i] = (struct recent_message){notice->contact, now};
    }
}

/* Everything that waits leaves. */
static inline void stage_relay_up(struct stage *s, struct instant now)
{
    s->is_relay_down = false;
    for (size_t i = 0; i < s->history.notice_count; i++)
        if (s->notices[i].state == NOTICE_OWED)
            stage_accept(s, &s->notices[i], now);
}

static inline void stage_plan(struct stage *s, struct instant now, struct plan *ret)
{
    struct planner_input input = {
        .now = now,
        .settings = &s->settings,
        .contacts = &s->list,
        .audiences = s->audiences,
        .suppressed = {&s->suppressed, STAGE_CONTACTS_MAX},
        .births = s->births,
        .list_births = s->list_births,
        .list_birth_count = s->list_birth_count,
        .birth_count = s->birth_count,
        .holidays = s->holidays,
        .holiday_count = s->holidays[0].country ? s->holidays[1].country ? 2 : 1 : 0,
        .recent = s->recent,
        .recent_count = s->recent_count,
    };
    s->history.notices = s->notices;
    struct planner_subject subject = {.history = &s->history};
    if (!s->is_absent) {
        subject.occurrence = &s->occurrence;
        subject.facts = s->history.sighting.facts;
    }
    if (s->is_marked)
        subject.marked = &s->marked;
    subject.mark_doubt = s->mark_doubt;
    REQUIRE(planner_plan(s->arena, &input, &subject, ret) == 0);
    CHECK(instant_before(now, ret->next));
}

static inline void stage_record(struct stage *s, const struct plan *plan, struct instant now)
{
    for (size_t i = 0; i < plan->ends.count; i++)
        for (size_t k = 0; k < s->history.notice_count; k++)
            if (s->notices[k].id == plan->ends.items[i].notice) {
                CHECK(notice_may_become(s->notices[k].state, plan->ends.items[i].state));
                s->notices[k].state = plan->ends.items[i].state;
                s->notices[k].reply = plan->ends.items[i].reason;
            }
    for (size_t i = 0; i < plan->tolds.count; i++)
        stage_tell(s, plan->tolds.items[i].contact, plan->tolds.items[i].facts, plan->sequence, now,
                   false);
    for (size_t i = 0; i < plan->notices.count; i++) {
        struct notice notice = plan->notices.items[i].notice;
        for (size_t k = 0; k < s->history.notice_count; k++)
            if (!strcmp(s->notices[k].contact, notice.contact) &&
                !strcmp(s->notices[k].step, notice.step))
                check_fail(__FILE__, __LINE__, "key twice: %s %s", notice.step, notice.contact);
        CHECK(notice.state == NOTICE_HELD || !instant_before(now, notice.due));
        CHECK(instant_before(now, notice.expires));
        notice.id = ++s->last_id;
        notice.hold = notice.state == NOTICE_HELD ? 7 : 0;
        if (notice.state == NOTICE_OWED && !s->is_relay_down)
            stage_accept(s, &notice, now);
        REQUIRE(s->history.notice_count < STAGE_ROWS_MAX);
        s->notices[s->history.notice_count++] = notice;
    }
    for (size_t i = 0; i < plan->drops.count; i++) {
        struct notice notice = plan->drops.items[i].notice;
        notice.id = ++s->last_id;
        notice.state = NOTICE_SUPERSEDED;
        notice.reply = plan->drops.items[i].reason;
        REQUIRE(s->history.notice_count < STAGE_ROWS_MAX);
        s->notices[s->history.notice_count++] = notice;
    }
    qsort(s->notices, s->history.notice_count, sizeof *s->notices, stage_compare);
    s->history.notices = s->notices;
    s->history.sighting.sequence = plan->sequence;
}

/* Plans, records, and sees that nothing is left to say. */
static inline void stage_pass(struct stage *s, struct instant now)
{
    struct plan again;
    stage_plan(s, now, &s->plan);
    stage_record(s, &s->plan, now);
    stage_plan(s, now, &again);
    for (size_t i = 0; i < again.notices.count; i++)
        check_fail(__FILE__, __LINE__, "asked again: %s %s", again.notices.items[i].notice.step,
                   again.notices.items[i].notice.contact);
    CHECK_INT(again.ends.count, 0);
    CHECK_INT(again.drops.count, 0);
    CHECK_INT(again.tolds.count, 0);
}

/* From `next` to `next` until a moment, with a pass every `every` usec besides (0 = none). */
static inline void stage_run_every(struct stage *s, struct instant from, struct instant until,
                                   int64_t every)
{
    struct instant t = from;
    for (int i = 0; i < 20000 && instant_before(t, until); i++) {
        stage_pass(s, t);
        struct instant next = s->plan.next;
        if (every)
            next = instant_min(next, instant_add(t, every));
        t = next;
    }
}

static inline void stage_run(struct stage *s, struct instant from, struct instant until)
{
    stage_run_every(s, from, until, 0);
}

static inline const char *stage_log(struct stage *s)
{
    return s->log.data ? s->log.data : "";
}

static inline void stage_forget_log(struct stage *s)
{
    buf_clear(&s->log);
}

#endif
