/* SPDX-License-Identifier: MIT */
/* Random lives of one event, each from a seed. The stage checks at every pass that nothing is said
 * twice under one key, before its hour or after its use, that asking again gives nothing, and that
 * `next` moves on. Here: waking more often than asked changes nothing, and the same life gives the
 * same log.                                                                                      */
#include "stage.h"

enum { SEEDS = 300, EDITS_MAX = 8 };

static uint64_t state;

static unsigned pick(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % below;
}

static const char *const step_texts[] = {
    "save-the-date before 270 days",
    "invitation before 60 days at 09:00",
    "invitation before 10 working days at 10:00",
    "invitation before 2 months",
    "reminder before 14 days at 08:00",
    "reminder before 7 days at 09:00",
    "reminder before 7 days at 19:30 useful 3 days",
    "reminder before 1 day at 09:00",
    "reminder before 2 h",
    "reminder before 0 days at 07:30",
    "thanks after 1 day at 10:00",
    "thanks after 3 h useful 5 days",
    "reminder before 3 working days at 16:00",
    "thanks after 2 working days",
};
enum { STEP_TEXTS = sizeof step_texts / sizeof step_texts[0] };

static const struct quiet_settings quiets[] = {
    {false, false, 0, 0}, {true, true, 18 * 60 + 30, 8 * 60 + 30}, {true, false, 0, 0}};
static const struct civil_date holidays[] = {{2026, 7, 14}, {2026, 11, 11}, {2026, 12, 25}};

static void move_event(struct stage *s, struct instant now)
{
    struct when *when = &s->occurrence.when;
    if (pick(4) == 0) {
        struct civil_date day = zone_to_civil(stage_zone(s, "Europe/Paris"), now).date;
        day = civil_date_add_days(day, 1 + pick(250));
        *when = (struct when){
            .is_all_day = true, .first_day = day, .end_day = civil_date_add_days(day, 1 + pick(4))};
    } else {
        struct instant start = instant_add(now, (int64_t)(1 + pick(250 * 24)) * USEC_PER_HOUR);
        *when = (struct when){.start = start,
                              .end = instant_add(start, USEC_PER_HOUR),
                              .zone = stage_zone(s, pick(2) ? "Europe/Paris" : "Asia/Tokyo")};
    }
}

static void edit(struct stage *s, struct instant now)
{
    static const char *const places[] = {"Paris", "Tours", "高松", NULL};
    static const char *const titles[] = {"Rencontres", "Réunion"};
    static const char *const texts[] = {NULL, "Ordre du jour", "Ordre du jour : accueil"};
    static const enum event_state states[] = {EVENT_ALIVE, EVENT_ALIVE, EVENT_TENTATIVE,
                                              EVENT_POSTPONED, EVENT_CANCELLED};
    s->is_absent = false;
    switch (pick(11)) {
    case 0:
    case 1:
        move_event(s, now);
        break;
    case 2:
        s->event.location.any = places[pick(4)];
        break;
    case 3:
        s->event.summary.any = titles[pick(2)];
        break;
    case 4:
    case 5:
        s->event.state = states[pick(5)];
        break;
    case 6:
        s->event.marks.is_silent = pick(2);
        s->event.marks.is_urgent = pick(2);
        break;
    case 7:
        s->bits[0] = pick(8);
        s->suppressed = pick(8) & pick(8) & pick(8);
        break;
    case 8:
        s->is_absent = s->history.has_sighting;
        break;
    case 9:
        s->event.description.any = texts[pick(3)];
        break;
    case 10: /* in and out of the reach of the first rule */
        s->category = string_equal(s->category, "Other") ? "Groupe-pays Japon" : "Other";
        break;
    }
}

static void open_life(struct stage *s)
{
    stage_open(s);
    stage_contact(s, "anna@example.org", "America/New_York", NULL, LANGUAGE_EN);
    stage_contact(s, "paul@example.org", "Europe/Paris", "FR", LANGUAGE_FR);
    stage_contact(s, "yuko@example.jp", "Asia/Tokyo", "JP", LANGUAGE_JA);
    s->settings.rule_count = 1 + pick(3);
    for (size_t rule = 0; rule < s->settings.rule_count; rule++) {
        unsigned count = 1 + pick(4);
        for (unsigned i = 0; i < count; i++)
            stage_step(s, rule, step_texts[pick(STEP_TEXTS)]);
        for (unsigned i = 1; i < count; i++) /* ids are unique in a rule */
            for (unsigned k = 0; k < i; k++)
                if (string_equal(s->steps[rule][i].id, s->steps[rule][k].id))
                    s->steps[rule][i].id = arena_printf(s->arena, "%s-%u", s->steps[rule][i].id, i);
        s->rules[rule].is_event_zone = pick(3) == 0;
        s->rules[rule].may_merge = pick(2);
        s->rules[rule].category = rule == 0 && pick(2) ? "Groupe-pays Japon" : NULL;
        s->rules[rule].tell_removed = pick(2);
        s->rules[rule].tell_titles = pick(2);
        s->rules[rule].vanished = (enum rule_vanished)pick(3);
        s->bits[rule] = 1 + pick(7);
    }
    s->settings.limits.quiet = quiets[pick(3)];
    s->holidays[0] = (struct holiday_calendar){"FR", holidays, 3};
    s->settings.limits.settle_usec = pick(2) ? 20 * USEC_PER_MIN : 0;
    s->settings.limits.per_contact = (int)pick(3);
    s->settings.limits.per_contact_span = (struct span){.days = 1 + (int)pick(9)};
}

/* Who is concerned and was told knows what is true, some days after the last edit. */
static void check_told(struct stage *s, struct instant now)
{
    const struct facts *facts = s->history.sighting.facts;
    struct instant start = when_start(&facts->when, s->settings.organisation.zone);
    if (s->is_absent || s->event.marks.is_silent || facts->state == EVENT_POSTPONED ||
        !instant_before(instant_add(now, USEC_PER_DAY), start))
        return;
    for (size_t i = 0; i < s->history.told_count; i++) {
        const struct told *told = &s->told[i];
        size_t contact = 0;
        while (strcmp(s->contacts[contact].email, told->contact) != 0)
            contact++;
        uint64_t wanted = 0;
        for (size_t k = 0; k < s->settings.rule_count; k++)
            if (!s->rules[k].category || string_equal(s->rules[k].category, s->category))
                wanted |= s->bits[k];
        bool was_past = when_start(&told->facts->when, s->contacts[contact].zone).utc_usec <
                        now.utc_usec + 5 * USEC_PER_DAY;
        bool is_uninvited = false, is_cancelled = told->facts->state == EVENT_CANCELLED;
        for (size_t k = 0; k < s->history.notice_count; k++) {
            bool is_own = !strcmp(s->notices[k].contact, told->contact);
            is_uninvited |= is_own && s->notices[k].kind == NOTICE_UNINVITED;
            is_cancelled |= is_own && s->notices[k].kind == NOTICE_CANCELLATION;
        }
        if (!(wanted >> contact & 1) || s->suppressed >> contact & 1 || is_uninvited ||
            (facts->state == EVENT_CANCELLED && (was_past || is_cancelled)))
            continue;
        CHECK_INT(facts_differ(told->facts, facts) & FACTS_MATERIAL, 0);
    }
}

static char *live(uint64_t seed, int64_t every)
{
    struct stage s;
    state = seed * 0x9e3779b97f4a7c15u + 1;
    open_life(&s);
    struct instant now = paris(&s, "2026-06-01 10:00");
    move_event(&s, now);
    unsigned edits = pick(EDITS_MAX + 1);
    stage_read(&s, now);
    for (unsigned i = 0; i <= edits; i++) {
        int64_t pause = pick(2) ? (int64_t)pick(100) * USEC_PER_DAY : 0;
        pause += (int64_t)(1 + pick(3 * 1440)) * USEC_PER_MIN;
        struct instant until =
            i == edits ? instant_add(now, 700 * USEC_PER_DAY) : instant_add(now, pause);
        stage_run_every(&s, now, until, every);
        now = until;
        if (pause > 5 * USEC_PER_DAY || i == edits)
            check_told(&s, now);
        edit(&s, now);
        stage_read(&s, now);
        if (s.is_absent) /* and read again after a while */
            stage_read(&s, instant_add(now, USEC_PER_MIN));
    }
    char *log = strdup(stage_log(&s));
    stage_close(&s);
    return log;
}

/* A relay, a host and staff that do what they like to what is owed. */
static void stir(struct stage *s, struct instant now)
{
    static const enum notice_state states[] = {NOTICE_CLAIMED, NOTICE_DEFERRED, NOTICE_UNCERTAIN,
                                               NOTICE_REFUSED, NOTICE_EXPIRED,  NOTICE_HELD,
                                               NOTICE_OWED,    NOTICE_ACCEPTED, NOTICE_ACCEPTED};
    for (size_t i = 0; i < s->history.notice_count; i++) {
        struct notice *notice = &s->notices[i];
        enum notice_state to = states[pick(9)];
        if (notice_state_is_final(notice->state) || pick(2))
            continue;
        if (notice->state == NOTICE_CLAIMED && pick(2))
            to = NOTICE_ACCEPTED;
        else if (to == NOTICE_ACCEPTED && notice->state != NOTICE_CLAIMED)
            notice->state = NOTICE_CLAIMED;
        if (to == NOTICE_ACCEPTED)
            stage_accept(s, notice, now);
        else if (notice_may_become(notice->state, to))
            notice->state = to;
        if (notice->state == NOTICE_HELD)
            notice->hold = 9;
    }
}

TEST(hard_lives)
{
    char title[32];
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct stage s;
        snprintf(title, sizeof title, "seed %d", (int)seed);
        CHECK_ROW(title);
        state = seed * 0x9e3779b97f4a7c15u + 7;
        open_life(&s);
        s.is_relay_down = true;
        struct instant now = paris(&s, "2026-06-01 10:00");
        move_event(&s, now);
        stage_read(&s, now);
        for (int i = 0; i < 150 && s.history.notice_count < STAGE_ROWS_MAX - 20; i++) {
            stage_pass(&s, now);
            stir(&s, now);
            if (pick(8) == 0) {
                edit(&s, now);
                stage_read(&s, now);
            }
            struct instant until = instant_add(now, (int64_t)pick(3 * 1440) * USEC_PER_MIN + 1);
            now = pick(3) ? instant_min(until, s.plan.next) : until;
        }
        stage_close(&s);
    }
}

TEST(cadence_changes_nothing)
{
    char title[32];
    size_t lines = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        snprintf(title, sizeof title, "seed %d", (int)seed);
        CHECK_ROW(title);
        char *asked = live(seed, 0);
        char *often = live(seed, 17 * USEC_PER_HOUR + (int64_t)seed * USEC_PER_MIN);
        CHECK_STRING(often, asked);
        for (const char *c = asked; *c; c++)
            lines += *c == '\n';
        free(asked);
        free(often);
    }
    CHECK(lines > SEEDS); /* these lives are not silent */
}

CHECK_MAIN
