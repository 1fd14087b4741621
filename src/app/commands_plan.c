/* SPDX-License-Identifier: MIT */
/* Commands about the future: plan, who. Both ask the forecast, so what they show is what the daemon
 * will do.                                                                                       */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands.h"
#include "app/finder.h"
#include "app/forecast.h"
#include "app/forms.h"
#include "app/gather.h"
#include "app/headings.h"
#include "app/lateness.h"
#include "app/remembered.h"
#include "app/when.h"
#include "plan/match.h"
#include "plan/notice_words.h"
#include "plan/reason_words.h"

static const size_t answer_max_bytes = (size_t)2 << 30;
static const int64_t plan_default_usec = 60 * USEC_PER_DAY;

struct answer {
    struct notice notice; /* a copy */
    struct together together;
    bool is_to_come;
};
LIST_TYPE(answers, struct answer);

/* What the caller asked about; NULL or empty = everything. */
struct question {
    struct house *house;
    struct arena *arena;
    struct found found;
    bool has_event;
    const char *key; /* only this occurrence or issue; NULL = `found` says which */
    const struct contact *contact;
    struct answers answers; /* in time order */
    struct remembered remembered;
    bool has_remembered;
};

static const struct zone *zone_of(struct house *house, const struct notice *notice)
{
    const struct zone *zone = notice->zone ? zones_find(house->zones, text_of(notice->zone)) : NULL;
    return zone ? zone : house->zone;
}

static bool is_about(const struct question *question, const struct notice *notice)
{
    if (question->contact && strcmp(question->contact->email, notice->contact) != 0)
        return false;
    if (question->key)
        return strcmp(question->key, notice->occurrence) == 0;
    return !question->has_event || finder_is_about(&question->found, notice->occurrence);
}

static int keep_answer(struct question *question, const struct notice *notice)
{
    struct answer *answer = list_add(question->arena, &question->answers);
    if (!answer)
        return -ENOMEM;
    *answer = (struct answer){.together.words = ""};
    return notice_copy(question->arena, notice, &answer->notice);
}

static int on_planned(void *context, const struct notice *notice, const struct notices *mail,
                      struct instant leaves)
{
    struct question *question = context;
    struct house *house = question->house;
    if (!is_about(question, notice))
        return 0;
    int r = keep_answer(question, notice);
    if (r)
        return r;
    struct answer *answer = &question->answers.items[question->answers.count - 1];
    answer->is_to_come = true;
    if (notice->state != NOTICE_HELD)
        answer->notice.due = instant_max(notice->due, leaves);
    return together_of(question->arena, conductor_horizon(house->conductor), house->zone,
                       house_language(house), mail, notice, &answer->together);
}

/* Then the table has a column more. */
static bool has_together(const struct question *question)
{
    for (size_t i = 0; i < question->answers.count; i++)
        if (question->answers.items[i].together.count)
            return true;
    return false;
}

/* --- plan --------------------------------------------------------------------------------------
 */

/* In a calendar, or as it was when it stood there last; NULL = nothing is known, or no memory. */
static const struct occurrence *occurrence_of(struct question *question, const char *key)
{
    struct house *house = question->house;
    const struct viewed *viewed = horizon_find(conductor_horizon(house->conductor), key);
    if (!viewed && !question->has_remembered)
        question->has_remembered = remembered_load(house->ledger, question->arena, house->zones,
                                                   &question->remembered) == 0;
    viewed = viewed ? viewed : remembered_find(&question->remembered, key);
    return viewed ? viewed->occurrence : NULL;
}

static const char *title_of(struct question *question, const char *key)
{
    const struct occurrence *occurrence = occurrence_of(question, key);
    return occurrence ? forms_plain(&occurrence->event->summary) : key;
}

static const char *start_of(struct question *question, const char *key)
{
    const struct occurrence *occurrence = occurrence_of(question, key);
    return occurrence ? forms_when(question->arena, &occurrence->when, question->house->zone) : "";
}

static int print_plan(struct question *question)
{
    static const enum heading headings[] = {HEADING_DUE,      HEADING_KIND,    HEADING_CONTACT,
                                            HEADING_LANGUAGE, HEADING_EVENT,   HEADING_START,
                                            HEADING_STATE,    HEADING_TOGETHER};
    struct house *house = question->house;
    enum language language = house_language(house);
    struct report_table table;
    bool is_merged = has_together(question);
    headings_begin(&table, question->arena, language, headings, is_merged ? 8 : 7);
    for (size_t i = 0; i < question->answers.count; i++) {
        const struct answer *answer = &question->answers.items[i];
        const struct notice *n = &answer->notice;
        if (house->options->is_json) {
            int r =
                report_json(house->report, forms_planned(n, occurrence_of(question, n->occurrence),
                                                         zone_of(house, n), &answer->together));
            if (r)
                return r;
            continue;
        }
        report_table_text(&table, forms_moment(question->arena, n->due, house->zone));
        report_table_text(&table, notice_words_kind(n->kind, language));
        report_table_text(&table, n->contact);
        report_table_text(&table, language_to_text(n->language));
        report_table_text(&table, title_of(question, n->occurrence));
        report_table_text(&table, start_of(question, n->occurrence));
        report_table_cell(&table, n->state == NOTICE_HELD ? COLOUR_WARNING : COLOUR_PLAIN, "%s",
                          notice_words_state(n->state, language));
        if (is_merged)
            report_table_text(&table, answer->together.words);
    }
    if (house->options->is_json)
        return 0;
    if (!question->answers.count)
        house_say(house, PHRASE_NOTHING_DUE, NULL);
    return report_table_print(house->report, &table);
}

/* A warning when the relay's limits are too low for what is planned. */
static int warn_of_lateness(struct question *question, struct instant start)
{
    struct house *house = question->house;
    struct lateness lateness;
    if (question->contact || question->has_event)
        return 0; /* a part says nothing of the pace */
    int r = lateness_open(house->ledger, house->settings, question->arena, start, &lateness);
    if (r)
        return r;
    for (size_t i = 0; i < question->answers.count; i++)
        if (question->answers.items[i].notice.state == NOTICE_OWED)
            lateness_add(&lateness, &question->answers.items[i].notice);
    if (!lateness.late)
        return 0;
    const char *words =
        lateness_words(question->arena, &lateness, title_of(question, lateness.occurrence),
                       house->zone, house_language(house));
    if (!words)
        return -ENOMEM;
    report_problem(house->report, house_phrase(house, PHRASE_TOO_LATE_ADVICE, NULL), "%s", words);
    return 0;
}

int command_plan(struct house *house)
{
    CLEANUP_ARENA struct arena *arena = arena_new(answer_max_bytes);
    struct question question = {.house = house, .arena = arena};
    const struct options *options = house->options;
    struct instant until, start;
    if (!arena)
        return house_failed(house, "plan", -ENOMEM);
    question.has_event = options->event;
    int status = house_open_forecast(house);
    if (!status && options->event)
        status = finder_subjects(house, arena, options->event, &question.found);
    if (!status && options->contact)
        status = finder_contact(house, options->contact, &question.contact);
    if (status)
        return status;
    start = house_now(house);
    until = instant_add(start, plan_default_usec);
    if (options->span) {
        char *later = arena_printf(arena, "+%s", options->span);
        if (!later || !when_parse(text_of(later), house_now(house), house->zone, &until)) {
            report_problem(house->report, "a span looks like \"60 days\" or \"3 months\"",
                           "\"%s\" is no span", options->span);
            return EXIT_USAGE;
        }
    }
    int r = forecast_run(house, until, on_planned, &question);
    r = r ? r : print_plan(&question);
    r = r ? r : warn_of_lateness(&question, start);
    return r ? house_failed(house, "plan", r) : EXIT_YES;
}

/* --- who ---------------------------------------------------------------------------------------
 */

/* What left in one mail with others. */
static int find_sent_together(struct question *question)
{
    struct house *house = question->house;
    struct notices sent = {0};
    if (!gather_is_wanted(house->settings))
        return 0;
    int r = ledger_sent_with(house->ledger, question->arena, question->key, &sent);
    for (size_t i = 0; i < question->answers.count && sent.count && !r; i++) {
        struct answer *answer = &question->answers.items[i];
        r = together_of_sent(question->arena, conductor_horizon(house->conductor), house->zone,
                             house_language(house), &sent, &answer->notice, &answer->together);
    }
    return r;
}

/* What is recorded; what is still to leave, the forecast tells again as it leaves. */
static int ask_ledger(struct question *question, const char *key)
{
    struct notice_filter filter = {.occurrence = key};
    struct notices found = {0};
    int r = ledger_notices(question->house->ledger, question->arena, &filter, &found);
    for (size_t i = 0; i < found.count && !r; i++)
        if (notice_state_is_final(found.items[i].state) || found.items[i].state == NOTICE_CLAIMED)
            r = keep_answer(question, &found.items[i]);
    return r;
}

static int find_concerned(struct question *question, const struct planner_subject *subject,
                          uint64_t *bits)
{
    const struct house *house = question->house;
    const struct planner_input *input = conductor_input(house->conductor);
    for (size_t i = 0; i < house->settings->rule_count; i++) {
        enum match match;
        int r =
            match_rule(question->arena, &house->settings->rules[i], subject->occurrence, &match);
        if (r)
            return r;
        const struct membership *audience = &input->audiences[i].rule;
        for (size_t k = 0; match == MATCH_YES && k < input->contacts->count; k++)
            if (audience->bits && membership_has(audience, k))
                bits[k / 64] |= UINT64_C(1) << (k % 64);
    }
    return 0;
}

static bool is_told_of(const struct question *question, const char *contact)
{
    for (size_t i = 0; i < question->answers.count; i++)
        if (strcmp(question->answers.items[i].notice.contact, contact) == 0)
            return true;
    return false;
}

/* Who is concerned and opposed, and got nothing: no pass makes anything for them. */
static int ask_opposed(struct question *question)
{
    const struct planner_input *input = conductor_input(question->house->conductor);
    const struct contact_list *contacts = input->contacts;
    struct planner_subject subject = {0};
    int r = conductor_subject(question->house->conductor, question->arena, question->key, &subject);
    if (r || !subject.occurrence || !input->suppressed.bits)
        return r;
    struct membership concerned = {
        .bits = arena_alloc_array(question->arena, contacts->count / 64 + 1, sizeof(uint64_t))};
    if (!concerned.bits)
        return -ENOMEM;
    if (subject.marked)
        concerned = *subject.marked;
    else
        r = find_concerned(question, &subject, concerned.bits);
    for (size_t i = 0; i < contacts->count && !r; i++) {
        const struct notice notice = {.occurrence = question->key,
                                      .step = "invitation",
                                      .contact = contacts->items[i]->email,
                                      .kind = NOTICE_INVITATION,
                                      .state = NOTICE_SUPPRESSED,
                                      .due = INSTANT_UNSET,
                                      .sent = INSTANT_UNSET};
        if (membership_has(&input->suppressed, i) && concerned.bits &&
            membership_has(&concerned, i) && !is_told_of(question, notice.contact))
            r = keep_answer(question, &notice);
    }
    return r;
}

static int compare_who(const void *a, const void *b)
{
    const struct notice *x = &((const struct answer *)a)->notice;
    const struct notice *y = &((const struct answer *)b)->notice;
    int order = strcmp(x->contact, y->contact);
    return order ? order : instant_compare(x->due, y->due);
}

/* In English as in --json. */
static const char *state_text(const struct notice *notice, enum language language)
{
    return language == LANGUAGE_EN && notice->state == NOTICE_SUPPRESSED
               ? "opted out"
               : notice_words_state(notice->state, language);
}

static int print_who(struct question *question, const struct occurrence *occurrence)
{
    static const enum heading headings[] = {HEADING_CONTACT, HEADING_KIND, HEADING_STATE,
                                            HEADING_DUE,     HEADING_SENT, HEADING_REPLY,
                                            HEADING_TOGETHER};
    struct house *house = question->house;
    enum language language = house_language(house);
    struct answers *answers = &question->answers;
    bool is_merged = has_together(question);
    struct report_table table;
    if (answers->count)
        qsort(answers->items, answers->count, sizeof *answers->items, compare_who);
    headings_begin(&table, question->arena, language, headings, is_merged ? 7 : 6);
    for (size_t i = 0; i < answers->count; i++) {
        struct answer *answer = &answers->items[i];
        struct notice *n = &answer->notice;
        n->reply = reason_in(question->arena, n->reply, language);
        if (house->options->is_json) {
            int r = report_json(
                house->report,
                forms_who(n, occurrence, state_text(n, LANGUAGE_EN), zone_of(house, n),
                          answer->is_to_come || answer->together.count ? &answer->together : NULL));
            if (r)
                return r;
            continue;
        }
        report_table_text(&table, n->contact);
        report_table_text(&table, notice_words_kind(n->kind, language));
        report_table_cell(&table,
                          n->state == NOTICE_ACCEPTED  ? COLOUR_GOOD
                          : n->state == NOTICE_REFUSED ? COLOUR_BAD
                                                       : COLOUR_PLAIN,
                          "%s", state_text(n, language));
        report_table_text(&table, forms_moment(question->arena, n->due, house->zone));
        report_table_text(&table, forms_moment(question->arena, n->sent, house->zone));
        report_table_text(&table, n->reply);
        if (is_merged)
            report_table_text(&table, answer->together.words);
    }
    if (!house->options->is_json && !answers->count)
        house_say(house, PHRASE_NOBODY, NULL);
    return house->options->is_json ? 0 : report_table_print(house->report, &table);
}

/* An event or an issue; ret_until: when it is all over. */
static int find_asked(struct question *question, const struct occurrence **ret_or_null,
                      struct instant *ret_until)
{
    struct house *house = question->house;
    struct found_one found;
    struct instant end;
    int status = finder_subject(house, house->options->event, &found);
    if (status)
        return status;
    if (found.issue)
        end = zone_to_instant(house->zone, civil_time_at(found.issue->day, 0, 0), NULL);
    else
        end = when_end(&found.event->occurrence->when, house->zone);
    *ret_or_null = found.issue ? NULL : found.event->occurrence;
    question->key =
        arena_copy_string(question->arena, found.issue ? found.issue->key : (*ret_or_null)->key);
    *ret_until = instant_add(instant_max(house_now(house), end), FORECAST_AFTER_USEC);
    return question->key ? EXIT_YES : house_failed(house, "who", -ENOMEM);
}

/* The forecast plans on the copy of the ledger that it was given, so what was recorded before it
 * ran is told apart by asking first.                                                             */
int command_who(struct house *house)
{
    CLEANUP_ARENA struct arena *arena = arena_new(answer_max_bytes);
    struct question question = {.house = house, .arena = arena};
    const struct occurrence *occurrence;
    struct instant until;
    if (!arena)
        return house_failed(house, "who", -ENOMEM);
    int status = house_open_forecast(house);
    status = status ? status : find_asked(&question, &occurrence, &until);
    if (status)
        return status;
    int r = ask_ledger(&question, question.key);
    r = r ? r : find_sent_together(&question);
    r = r ? r : ask_opposed(&question);
    r = r ? r : forecast_run(house, until, on_planned, &question);
    r = r ? r : print_who(&question, occurrence);
    return r ? house_failed(house, "who", r) : EXIT_YES;
}
