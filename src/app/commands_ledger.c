/* SPDX-License-Identifier: MIT */
/* Commands that read or change the ledger beside a running daemon, which notices by itself. */
#include <errno.h>
#include <string.h>

#include "app/commands.h"
#include "app/finder.h"
#include "app/forms.h"
#include "app/headings.h"
#include "app/nudge.h"
#include "plan/notice_words.h"
#include "plan/reason_words.h"

static const size_t answer_max_bytes = (size_t)1 << 30;

/* Settings and the ledger that the daemon uses. */
static int open_ledger(struct house *house, enum ledger_mode mode)
{
    int status = house_load_settings(house);
    return status ? status : house_open_ledger(house, mode);
}

/* Ends a change: durable, and the daemon is told to look. */
static int finish(struct house *house, const char *what, int r)
{
    r = r ? r : ledger_commit(house->ledger);
    if (r < 0) {
        ledger_rollback(house->ledger);
        return house_failed(house, what, r);
    }
    nudge_send(house->settings->state);
    return EXIT_YES;
}

static const char *by_hand(void)
{
    return reason_sentence(REASON_BY_HAND, LANGUAGE_EN);
}

/* The answer of a change that was made, for scripts. */
static int answer(struct house *house, json_t *object)
{
    int r = report_json(house->report, object);
    return r ? house_failed(house, house->options->command->name, r) : EXIT_YES;
}

/* --- holds -------------------------------------------------------------------------------------
 */

enum { SAMPLE_MAX = 5 };

/* What a hold is about, for staff who must decide. */
struct question {
    const struct hold *hold;
    const char *list; /* the contact list that waits; NULL = messages do */
    struct notices sample;
    const struct facts *facts[SAMPLE_MAX]; /* what each of the sample tells; NULL = not known */
};

static int ask(struct house *house, struct arena *arena, const struct hold *hold,
               struct question *ret)
{
    const struct notice_filter filter = {
        .hold = hold->id, .has_state = true, .state = NOTICE_HELD, .max = SAMPLE_MAX};
    *ret = (struct question){.hold = hold};
    int r = list_guard_list(house->ledger, arena, hold->id, &ret->list);
    r = r ? r : ledger_notices(house->ledger, arena, &filter, &ret->sample);
    for (size_t i = 0; i < ret->sample.count && !r; i++) {
        const char *facts = ret->sample.items[i].facts;
        r = facts ? ledger_find_facts(house->ledger, arena, house->zones, facts, &ret->facts[i])
                  : 0;
    }
    return r;
}

/* "invitation → marie@nancy.example (Réunion, 2026-10-05 14:00)" */
static void print_notice(struct house *house, struct arena *arena, const struct notice *notice,
                         const struct facts *facts)
{
    enum language language = house_language(house);
    const char *title = facts ? words_in(&facts->summary, language) : NULL;
    const char *when = facts ? forms_when(arena, &facts->when, house->zone) : NULL;
    fprintf(house->report->out,
            language == LANGUAGE_JA ? "   %s → %s（%s%s%s）\n" : "   %s → %s (%s%s%s)\n",
            notice_words_kind(notice->kind, language), notice->contact,
            title ? title : notice->occurrence, when ? language_comma(language) : "",
            when ? when : "");
}

static void print_question(struct house *house, struct arena *arena,
                           const struct question *question)
{
    const struct hold *hold = question->hold;
    char id[24];
    snprintf(id, sizeof id, "%lld", (long long)hold->id);
    fprintf(house->report->out, "\n%s. %s\n", id, hold->reason);
    for (size_t i = 0; i < question->sample.count; i++)
        print_notice(house, arena, &question->sample.items[i], question->facts[i]);
    if (hold->messages > question->sample.count) {
        fputs("   ", house->report->out);
        house_say_counted(house, PHRASE_MORE, hold->messages - question->sample.count, NULL);
    }
    fputs("   ", house->report->out);
    house_say(house, question->list ? PHRASE_ADVICE_LIST : PHRASE_ADVICE, id);
}

/* A list that waits counts no messages: who gets which is known when it is in force. */
static void add_row(struct report_table *table, struct arena *arena, const struct house *house,
                    const struct question *question)
{
    const struct hold *hold = question->hold;
    report_table_cell(table, COLOUR_STRONG, "%lld", (long long)hold->id);
    report_table_text(table, forms_moment(arena, hold->created, house->zone));
    report_table_text(table, forms_moment(arena, hold->expires, house->zone));
    const size_t counts[] = {hold->events, hold->messages, hold->contacts};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (question->list)
            report_table_text(table, "—");
        else
            report_table_cell(table, COLOUR_PLAIN, "%zu", counts[i]);
}

static int print_questions(struct house *house, struct arena *arena,
                           const struct question *questions, size_t count)
{
    static const enum heading headings[] = {HEADING_HOLD,   HEADING_CREATED,  HEADING_EXPIRES,
                                            HEADING_EVENTS, HEADING_MESSAGES, HEADING_CONTACTS};
    struct report_table table;
    headings_begin(&table, arena, house_language(house), headings,
                   sizeof headings / sizeof *headings);
    for (size_t i = 0; i < count; i++)
        add_row(&table, arena, house, &questions[i]);
    int r = report_table_print(house->report, &table);
    for (size_t i = 0; i < count && !r; i++)
        print_question(house, arena, &questions[i]);
    if (!count)
        house_say(house, PHRASE_NO_HOLD, NULL);
    return r;
}

int command_holds(struct house *house)
{
    CLEANUP_ARENA struct arena *arena = arena_new(answer_max_bytes);
    struct holds holds = {0};
    int status = open_ledger(house, LEDGER_COMMAND);
    if (status)
        return status;
    int r = arena ? ledger_holds(house->ledger, arena, &holds) : -ENOMEM;
    struct question *questions =
        r ? NULL : arena_alloc_array(arena, holds.count + 1, sizeof *questions);
    if (!questions)
        r = r ? r : -ENOMEM;
    for (size_t i = 0; i < holds.count && !r; i++) {
        struct hold *hold = &holds.items[i];
        struct question *question = &questions[i];
        hold->reason = reason_in(arena, hold->reason, house_language(house));
        r = ask(house, arena, hold, question);
        if (!r && house->options->is_json)
            r = report_json(house->report, forms_hold(hold, &question->sample, question->facts,
                                                      question->list, house->zone));
    }
    if (!r && !house->options->is_json)
        r = print_questions(house, arena, questions, holds.count);
    return r ? house_failed(house, "holds", r) : EXIT_YES;
}

static int decide(struct house *house, enum phrase done, enum phrase hold_done,
                  int (*decision)(struct ledger *, int64_t, struct instant, size_t *))
{
    int64_t id;
    size_t count = 0;
    if (!text_number(text_of(house->options->arguments[0]), 1, INT64_MAX, &id)) {
        report_problem(house->report, "`convier holds` lists them", "\"%s\" is no hold",
                       house->options->arguments[0]);
        return EXIT_USAGE;
    }
    int status = open_ledger(house, LEDGER_COMMAND);
    if (status)
        return status;
    int r = ledger_begin(house->ledger);
    r = r ? r : decision(house->ledger, id, house_now(house), &count);
    r = r ? r : list_guard_decide(house->ledger, house->arena, id, decision == ledger_approve);
    if (r == LEDGER_E_ABSENT) {
        ledger_rollback(house->ledger);
        report_problem(house->report, "`convier holds` lists them", "there is no open hold %lld",
                       (long long)id);
        return EXIT_NO;
    }
    status = finish(house, house->options->command->name, r);
    if (status)
        return status;
    if (house->options->is_json)
        return answer(house, json_pack("{s:I, s:b, s:I}", "hold", (json_int_t)id, "approved",
                                       decision == ledger_approve, "messages", (json_int_t)count));
    if (count)
        house_say_counted(house, done, count, NULL);
    else
        house_say(house, hold_done, house->options->arguments[0]);
    return EXIT_YES;
}

int command_approve(struct house *house)
{
    return decide(house, PHRASE_APPROVED, PHRASE_HOLD_APPROVED, ledger_approve);
}

int command_discard(struct house *house)
{
    return decide(house, PHRASE_DISCARDED, PHRASE_HOLD_DISCARDED, ledger_discard);
}

/* --- pause -------------------------------------------------------------------------------------
 */

static int set_pause(struct house *house, const char *reason, enum phrase done)
{
    int status = open_ledger(house, reason ? LEDGER_CREATE : LEDGER_COMMAND);
    if (status)
        return status;
    int r = ledger_begin(house->ledger);
    r = r ? r : ledger_set(house->ledger, "pause", reason);
    status = finish(house, "pause", r);
    if (status)
        return status;
    if (house->options->is_json)
        return answer(house, json_pack("{s:o}", "paused", report_json_string(reason)));
    house_say(house, done, NULL);
    return EXIT_YES;
}

int command_pause(struct house *house)
{
    const char *reason = house->options->argument_count ? house->options->arguments[0] : by_hand();
    return set_pause(house, reason, PHRASE_PAUSED);
}

int command_resume(struct house *house)
{
    return set_pause(house, NULL, PHRASE_RESUMED);
}

/* --- retry -------------------------------------------------------------------------------------
 */

struct retried {
    size_t count, useless; /* useless: what has lost its use stays as it is */
};

/* Those of one state, of one occurrence or (NULL) of all that are asked about. */
static int retry_state(struct house *house, struct arena *arena, enum notice_state state,
                       const struct found *found, const char *occurrence, struct retried *retried)
{
    const struct notice_filter filter = {
        .has_state = true, .state = state, .occurrence = occurrence};
    struct instant now = house_now(house);
    struct notices notices = {0};
    int r = ledger_notices(house->ledger, arena, &filter, &notices);
    for (size_t i = 0; i < notices.count && !r; i++) {
        const struct notice *notice = &notices.items[i];
        if (found && !finder_is_about(found, notice->occurrence))
            continue;
        if (!instant_before(now, notice->expires)) {
            retried->useless++;
            continue;
        }
        r = ledger_move(house->ledger, notice->id, NOTICE_OWED,
                        reason_sentence(REASON_RETRIED, LANGUAGE_EN), now);
        retried->count += r == 0;
    }
    return r;
}

static int retry_occurrence(struct house *house, struct arena *arena, const struct found *found,
                            const char *occurrence, struct retried *retried)
{
    int r = retry_state(house, arena, NOTICE_REFUSED, found, occurrence, retried);
    return r ? r : retry_state(house, arena, NOTICE_EXPIRED, found, occurrence, retried);
}

/* found NULL: everything. */
static int retry_found(struct house *house, struct arena *arena, const struct found *found,
                       struct retried *retried)
{
    if (!found || !found->events.count)
        return retry_occurrence(house, arena, found, found ? found->issue : NULL, retried);
    int r = 0;
    for (size_t i = 0; i < found->events.count && !r; i++)
        r = retry_occurrence(house, arena, found, found->events.items[i]->occurrence->key, retried);
    return r;
}

int command_retry(struct house *house)
{
    CLEANUP_ARENA struct arena *arena = arena_new(answer_max_bytes);
    const char *event = house->options->event;
    struct retried retried = {0};
    struct found found;
    int status = open_ledger(house, LEDGER_COMMAND);
    status = status ? status : house_read_sources(house, false, false);
    status = status ? status : house_open_conductor_for_questions(house);
    if (status)
        return status;
    if (!arena)
        return house_failed(house, "retry", -ENOMEM);
    if (event)
        status = finder_subjects(house, arena, event, &found);
    if (status)
        return status;
    int r = ledger_begin(house->ledger);
    r = r ? r : retry_found(house, arena, event ? &found : NULL, &retried);
    status = finish(house, "retry", r);
    if (status)
        return status;
    if (house->options->is_json)
        return answer(house, json_pack("{s:I, s:I}", "retried", (json_int_t)retried.count,
                                       "useless", (json_int_t)retried.useless));
    house_say_counted(house, PHRASE_RETRIED, retried.count, NULL);
    if (retried.useless)
        house_say_counted(house, PHRASE_USELESS, retried.useless, NULL);
    return EXIT_YES;
}

/* --- opposition --------------------------------------------------------------------------------
 */

/* A slip of the pen would be an opposition that never bites. */
bool command_wants_address(struct house *house, const char *address)
{
    size_t at = text_find_char(text_of(address), '@');
    if (at > 0 && address[at] && address[at + 1] && !strpbrk(address, " \t<>,;"))
        return true;
    report_problem(house->report, "write it as name@example.org", "\"%s\" is no address", address);
    return false;
}

static int end_suppression(struct house *house, int status, bool is_suppressed, enum phrase done)
{
    const char *address = house->options->arguments[0];
    if (status)
        return status;
    if (house->options->is_json)
        return answer(house, json_pack("{s:o, s:b}", "address", report_json_string(address),
                                       "suppressed", is_suppressed));
    house_say(house, done, address);
    return EXIT_YES;
}

int command_suppress(struct house *house)
{
    const char *address = house->options->arguments[0];
    if (!command_wants_address(house, address))
        return EXIT_NO;
    int status = open_ledger(house, LEDGER_CREATE);
    if (status)
        return status;
    int r = ledger_begin(house->ledger);
    r = r ? r
          : ledger_suppress(house->ledger, address, SUPPRESSED_STAFF,
                            house->options->reason ? house->options->reason : by_hand(),
                            house_now(house));
    return end_suppression(house, finish(house, "suppress", r), true, PHRASE_SUPPRESSED);
}

int command_unsuppress(struct house *house)
{
    const char *address = house->options->arguments[0];
    int status = open_ledger(house, LEDGER_COMMAND);
    if (status)
        return status;
    int r = ledger_begin(house->ledger);
    r = r ? r : ledger_unsuppress(house->ledger, address);
    if (r == LEDGER_E_ABSENT) {
        ledger_rollback(house->ledger);
        report_problem(house->report, "`convier suppressions` lists them", "%s is not suppressed",
                       address);
        return EXIT_NO;
    }
    return end_suppression(house, finish(house, "unsuppress", r), false, PHRASE_UNSUPPRESSED);
}

int command_suppressions(struct house *house)
{
    static const enum heading headings[] = {HEADING_ADDRESS, HEADING_SINCE, HEADING_WHY,
                                            HEADING_WORDS};
    static const char *const reasons[] = {
        [SUPPRESSED_OPPOSED] = "opposed", [SUPPRESSED_DEAD] = "dead", [SUPPRESSED_STAFF] = "staff"};
    static const enum phrase phrases[] = {[SUPPRESSED_OPPOSED] = PHRASE_OPPOSED,
                                          [SUPPRESSED_DEAD] = PHRASE_DEAD,
                                          [SUPPRESSED_STAFF] = PHRASE_BY_STAFF};
    CLEANUP_ARENA struct arena *arena = arena_new(answer_max_bytes);
    struct suppressions list = {0};
    struct report_table table;
    int status = open_ledger(house, LEDGER_COMMAND);
    if (status)
        return status;
    enum language language = house_language(house);
    int r = arena ? ledger_suppressions(house->ledger, arena, &list) : -ENOMEM;
    if (r)
        return house_failed(house, "suppressions", r);
    headings_begin(&table, arena, language, headings, 4);
    for (size_t i = 0; i < list.count && !r; i++) {
        const struct suppression *s = &list.items[i];
        if (house->options->is_json) {
            r = report_json(house->report,
                            json_pack("{s:o, s:s, s:o, s:o}", "address",
                                      report_json_string(s->address), "why", reasons[s->reason],
                                      "reason", report_json_string(s->text), "since",
                                      forms_instant(s->at, house->zone)));
            continue;
        }
        report_table_text(&table, s->address ? s->address : phrase(PHRASE_ERASED, language));
        report_table_text(&table, forms_moment(arena, s->at, house->zone));
        report_table_text(&table, phrase(phrases[s->reason], language));
        report_table_text(&table, reason_in(arena, s->text, language));
    }
    if (!r && !house->options->is_json && !list.count)
        house_say(house, PHRASE_NO_SUPPRESSION, NULL);
    r = r || house->options->is_json ? r : report_table_print(house->report, &table);
    return r ? house_failed(house, "suppressions", r) : EXIT_YES;
}

int command_forget(struct house *house)
{
    const char *address = house->options->arguments[0];
    size_t rows = 0;
    if (!command_wants_address(house, address))
        return EXIT_NO;
    int status = open_ledger(house, LEDGER_CREATE);
    if (status)
        return status;
    /* Whoever is still in a list would be a newcomer to the next pass, and invited. */
    int r = ledger_begin(house->ledger);
    r = r ? r : ledger_suppress(house->ledger, address, SUPPRESSED_STAFF, NULL, house_now(house));
    r = r ? r : ledger_forget(house->ledger, address, &rows);
    status = finish(house, "forget", r);
    if (status)
        return status;
    if (house->options->is_json)
        return answer(house, json_pack("{s:o, s:I, s:b}", "address", report_json_string(address),
                                       "records", (json_int_t)rows, "suppressed", true));
    house_say_counted(house, PHRASE_FORGOTTEN, rows, address);
    return EXIT_YES;
}
