/* SPDX-License-Identifier: MIT */
/* Two things are remembered, for they are the same for most notices of a campaign: facts, which
 * never change under their id, and calendar objects that name no reader (PUBLISH). Both live in one
 * arena, which is emptied when the view changes and when it has grown.                           */
#include "app/requests.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/invitation.h"
#include "calendar/itip_check.h"

enum { FACTS_MAX = 16, CALENDARS_MAX = 16 };
static const size_t memory_max_bytes = 64 << 20, memory_full_bytes = 2 << 20;

/* Two are alike when nothing but their reader differs. */
struct calendar {
    const struct rule_settings *rule;
    const struct occurrence *occurrence;
    const struct facts *facts;
    const char *key;
    enum notice_kind kind;
    enum language language;
    int sequence;
    struct instant stamp;
    struct text bytes;
    const char *method;
};

struct requests {
    const struct conductor_parts *parts;
    const struct horizon *horizon;
    const struct contact_list *contacts;
    struct issues *issues;
    struct arena *memory;
    const struct facts *facts[FACTS_MAX];
    struct calendar calendars[CALENDARS_MAX];
    size_t facts_next, calendars_next;  /* the oldest place */
    const char *named, *known_as;       /* the last occurrence asked for, and its other name */
    bool is_checked[NOTICE_KIND_COUNT]; /* a calendar object of this kind was found sound */
};

int requests_new(const struct conductor_parts *parts, struct requests **ret)
{
    struct requests *requests = calloc(1, sizeof *requests);
    if (!requests)
        return -ENOMEM;
    requests->parts = parts;
    requests->memory = arena_new(memory_max_bytes);
    if (!requests->memory) {
        free(requests);
        return -ENOMEM;
    }
    *ret = requests;
    return 0;
}

struct requests *requests_free(struct requests *requests)
{
    if (requests)
        arena_free(requests->memory);
    free(requests);
    return NULL;
}

static void forget(struct requests *requests)
{
    memset(requests->facts, 0, sizeof requests->facts);
    memset(requests->calendars, 0, sizeof requests->calendars);
    requests->named = requests->known_as = NULL;
    arena_clear(requests->memory);
}

void requests_set_view(struct requests *requests, const struct horizon *horizon,
                       const struct contact_list *contacts, struct issues *issues)
{
    requests->horizon = horizon;
    requests->contacts = contacts;
    requests->issues = issues;
    forget(requests);
}

/* NULL id: none. */
static int find_facts(struct requests *requests, const char *id, const struct facts **ret_or_null)
{
    const struct conductor_parts *parts = requests->parts;
    *ret_or_null = NULL;
    if (!id)
        return 0;
    for (size_t i = 0; i < FACTS_MAX; i++)
        if (requests->facts[i] && strcmp(requests->facts[i]->id, id) == 0) {
            *ret_or_null = requests->facts[i];
            return 0;
        }
    int r = ledger_find_facts(parts->ledger, requests->memory, parts->zones, id, ret_or_null);
    if (r || !*ret_or_null)
        return r;
    requests->facts[requests->facts_next++ % FACTS_MAX] = *ret_or_null;
    return 0;
}

/* A campaign asks for the same one again and again. */
static int find_name(struct requests *requests, const char *occurrence, const char **ret_or_null)
{
    int r = 0;
    if (!requests->named || strcmp(requests->named, occurrence) != 0) {
        requests->named = NULL;
        r = ledger_known_as(requests->parts->ledger, requests->memory, occurrence,
                            &requests->known_as);
        requests->named = r ? NULL : arena_copy_string(requests->memory, occurrence);
        r = r || requests->named ? r : -ENOMEM;
    }
    *ret_or_null = requests->known_as;
    return r;
}

static const struct rule_settings *find_rule(const struct settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->rule_count; i++)
        if (string_equal(settings->rules[i].name, name))
            return &settings->rules[i];
    return NULL;
}

/* The stamp has seconds. */
static struct instant stamp_of(const struct compose_request *request)
{
    return (struct instant){request->date.utc_usec / USEC_PER_SEC * USEC_PER_SEC};
}

static bool fits(const struct calendar *calendar, const struct compose_request *request)
{
    const struct notice *notice = request->notice;
    return calendar->facts == request->facts && calendar->kind == notice->kind &&
           calendar->language == request->contact->language && calendar->rule == request->rule &&
           calendar->occurrence == request->occurrence && calendar->sequence == notice->sequence &&
           calendar->stamp.utc_usec == stamp_of(request).utc_usec &&
           strcmp(calendar->key, notice->occurrence) == 0;
}

static int remember(struct requests *requests, const struct compose_request *request)
{
    struct calendar *slot = &requests->calendars[requests->calendars_next % CALENDARS_MAX];
    struct arena *memory = requests->memory;
    const char *bytes = arena_copy_text(memory, request->calendar);
    const char *key = arena_copy_string(memory, request->notice->occurrence);
    if (!bytes || !key)
        return -ENOMEM;
    *slot = (struct calendar){.rule = request->rule,
                              .occurrence = request->occurrence,
                              .facts = request->facts,
                              .key = key,
                              .kind = request->notice->kind,
                              .language = request->contact->language,
                              .sequence = request->notice->sequence,
                              .stamp = stamp_of(request),
                              .bytes = {bytes, request->calendar.size},
                              .method = request->calendar_method};
    requests->calendars_next++;
    return 0;
}

static int attach_calendar(struct requests *requests, struct arena *arena,
                           struct compose_request *request)
{
    for (size_t i = 0; i < CALENDARS_MAX; i++) {
        const struct calendar *known = &requests->calendars[i];
        if (!known->key || !fits(known, request))
            continue;
        request->calendar = known->bytes;
        request->calendar_method = known->method;
        return 0;
    }
    int r = invitation_attach(arena, requests->parts->settings, request);
    bool names_reader = request->calendar_method && strcmp(request->calendar_method, "PUBLISH");
    return r || names_reader || !request->calendar.size ? r : remember(requests, request);
}

static struct instant date_of(const struct notice *notice, struct instant now)
{
    bool was_claimed = notice->id && notice->claimed.utc_usec != INSTANT_UNSET.utc_usec;
    return was_claimed ? notice->claimed : now;
}

/* Does it ask before it leaves without what a calendar lost? What a human approved since goes as it
 * is. */
static int ask_loss(struct requests *requests, const struct issue *issue,
                    const struct notice *notice)
{
    struct instant approved = INSTANT_UNSET;
    if (!issue || !issue->lost || !notice->id)
        return 0;
    int r = notice->hold ? ledger_hold_closed(requests->parts->ledger, notice->hold, &approved) : 0;
    return r ? r : instant_before(approved, issue->lost_since) ? REQUESTS_E_LOST : 0;
}

/* What may have arrived goes again in the very same bytes, whatever it would say by now. */
static int has_bytes(struct requests *requests, struct arena *arena, const struct notice *notice,
                     bool *ret)
{
    struct text bytes = {0};
    int r = notice->may_be_known
                ? ledger_find_bytes(requests->parts->ledger, arena, notice->id, &bytes)
                : 0;
    *ret = bytes.size > 0;
    return r;
}

/* One mail about all events of an issue: the first is the request's own. */
static int make_issue(struct requests *requests, struct arena *arena, const struct notice *notice,
                      struct instant now, struct compose_request *ret)
{
    struct compose_request request = {.notice = notice, .date = date_of(notice, now)};
    size_t contact = contact_list_find(requests->contacts, notice->contact);
    const struct issue *issue;
    struct told_events told = {0};
    bool is_kept = false;
    if (contact == requests->contacts->count)
        return REQUESTS_E_GONE;
    request.contact = requests->contacts->items[contact];
    int r = issues_find(requests->issues, notice->occurrence, &issue);
    r = r ? r : has_bytes(requests, arena, notice, &is_kept);
    r = r || is_kept ? r : ask_loss(requests, issue, notice);
    if (!r && issue)
        r = issues_told(arena, issue, contact, request.contact->zone, request.date, &told);
    if (r || !issue || (!told.count && !issue->is_written && !is_kept))
        return r ? r : REQUESTS_E_EMPTY;
    struct compose_item *items = arena_alloc_array(arena, told.count + 1, sizeof *items);
    if (!items)
        return -ENOMEM;
    for (size_t i = 0; i < told.count; i++)
        items[i] = (struct compose_item){.notice = notice,
                                         .facts = told.items[i]->facts,
                                         .occurrence = told.items[i]->occurrence};
    request.facts = items[0].facts;
    request.occurrence = items[0].occurrence;
    request.items = items + 1;
    request.item_count = told.count ? told.count - 1 : 0;
    *ret = request;
    return 0;
}

int requests_ask_off(struct requests *requests, const struct notice *notice, struct instant now)
{
    const struct viewed *viewed = horizon_find(requests->horizon, notice->occurrence);
    bool is_off = false;
    int r = 0;
    switch (notice->kind) {
    case NOTICE_CANCELLATION:
    case NOTICE_POSTPONED:
    case NOTICE_UNINVITED:
    case NOTICE_NEWSLETTER:
    case NOTICE_STAFF:
        return 0;
    default:
        if (!notice->id)
            return 0;
    }
    if (viewed)
        is_off = viewed->occurrence->state == EVENT_CANCELLED ||
                 viewed->occurrence->state == EVENT_POSTPONED;
    else
        r = ledger_is_missing(requests->parts->ledger, notice->occurrence, now, &is_off);
    return r ? r : is_off ? REQUESTS_E_OFF : 0;
}

static int make(struct requests *requests, struct arena *arena, const struct notice *notice,
                struct instant now, struct compose_request *ret)
{
    if (notice->kind == NOTICE_NEWSLETTER)
        return make_issue(requests, arena, notice, now, ret);
    struct compose_request request = {.notice = notice, .date = date_of(notice, now)};
    size_t contact = contact_list_find(requests->contacts, notice->contact);
    const struct viewed *viewed = horizon_find(requests->horizon, notice->occurrence);

    int r = find_facts(requests, notice->facts, &request.facts);
    r = r ? r : find_facts(requests, notice->facts_before, &request.before);
    r = r ? r : find_name(requests, notice->occurrence, &request.known_as);
    r = r ? r : requests_ask_off(requests, notice, now);
    if (r)
        return r;
    /* Not yet recorded (a preview): the facts of the moment. */
    if (!request.facts && viewed && viewed->facts && notice->facts &&
        strcmp(viewed->facts->id, notice->facts) == 0)
        request.facts = viewed->facts;
    if (contact == requests->contacts->count || !request.facts)
        return REQUESTS_E_GONE;
    request.contact = requests->contacts->items[contact];
    request.occurrence = viewed ? viewed->occurrence : NULL;
    request.rule = find_rule(requests->parts->settings, notice->rule);
    /* Only what had left before the first attempt: a retry follows the same mail. */
    r = ledger_last_message(requests->parts->ledger, arena, notice->occurrence, notice->contact,
                            request.date, &request.follows);
    r = r ? r : attach_calendar(requests, arena, &request);
    if (!r)
        *ret = request;
    return r;
}

int requests_make(struct requests *requests, struct arena *arena, const struct notice *notice,
                  struct instant now, struct compose_request *ret)
{
    if (arena_bytes(requests->memory) > memory_full_bytes)
        forget(requests);
    return make(requests, arena, notice, now, ret);
}

int requests_make_several(struct requests *requests, struct arena *arena,
                          const struct notices *notices, struct instant now,
                          struct compose_request *ret)
{
    size_t count = notices->count - 1;
    struct compose_item *items = arena_alloc_array(arena, count + 1, sizeof *items);
    int r = items ? requests_make(requests, arena, &notices->items[0], now, ret) : -ENOMEM;
    for (size_t i = 0; i < count && !r; i++) {
        struct compose_request one;
        const struct notice *notice = &notices->items[i + 1];
        r = make(requests, arena, notice, now, &one);
        if (!r)
            items[i] = (struct compose_item){.notice = notice,
                                             .facts = one.facts,
                                             .occurrence = one.occurrence,
                                             .rule = one.rule,
                                             .calendar = one.calendar};
    }
    if (r || !count)
        return r;
    ret->items = items;
    ret->item_count = count;
    return 0;
}

static int check(struct requests *requests, struct arena *arena, enum notice_kind kind,
                 struct text calendar, struct flaws *flaws)
{
    bool *is_checked = &requests->is_checked[kind];
    if (*is_checked || !calendar.size)
        return 0;
    int r = itip_check(arena, calendar, flaws);
    *is_checked = r == 0;
    return r < 0 ? r : r ? REQUESTS_E_UNSOUND : 0;
}

int requests_check(struct requests *requests, struct arena *arena,
                   const struct compose_request *request, struct flaws *flaws)
{
    int r = check(requests, arena, request->notice->kind, request->calendar, flaws);
    for (size_t i = 0; i < request->item_count && !r; i++)
        r = check(requests, arena, request->items[i].notice->kind, request->items[i].calendar,
                  flaws);
    return r;
}
