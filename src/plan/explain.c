/* SPDX-License-Identifier: MIT */
/* Each sentence stands once, in the three languages, with its values in the same order. Times are
 * the organisation's, with the zone named; the next message is given in the reader's zone too.   */
#include "plan/explain.h"

#include <errno.h>
#include <string.h>

#include "plan/explain_inside.h"
#include "plan/explain_words.h"
#include "plan/match.h"
#include "plan/notice_words.h"
#include "plan/reason_words.h"

/* --- saying ---------------------------------------------------------------------------------- */

int explain_say_text(struct speech *speech, enum explain_topic topic, bool is_yes, const char *text)
{
    struct explain_line *line = text ? list_add(speech->arena, speech->lines) : NULL;
    if (!line)
        return -ENOMEM;
    *line = (struct explain_line){.topic = topic, .is_yes = is_yes, .text = text};
    return 0;
}

int explain_say(struct speech *speech, enum explain_topic topic, bool is_yes,
                enum sentence sentence, const char *const *values)
{
    return explain_say_text(
        speech, topic, is_yes,
        reason_fill(speech->arena, explain_sentence(sentence, speech->language), values));
}
const char *explain_moment(struct speech *speech, struct instant t, const struct zone *zone)
{
    const struct zone *home = speech->question->input->settings->organisation.zone;
    const struct zone *shown = zone ? zone : home;
    if (t.utc_usec == INT64_MIN || t.utc_usec == INT64_MAX)
        return "—";
    struct civil_time local = zone_to_civil(shown, t);
    char day[11];
    civil_date_format(local.date, day);
    return arena_printf(speech->arena, "%s %02d:%02d %s", day, local.hour, local.minute,
                        zone_name(shown));
}

const char *explain_due(struct speech *speech, struct instant t)
{
    const char *there = explain_moment(speech, t, speech->contact->zone);
    const char *here = explain_moment(speech, t, NULL);
    if (!there || !here || strcmp(there, here) == 0)
        return there;
    return arena_printf(speech->arena, speech->language == LANGUAGE_JA ? "%s（%s）" : "%s (%s)",
                        there, here);
}

static const char *date_of(struct speech *speech, const struct when *when)
{
    char first[11], last[11];
    if (!when->is_all_day)
        return explain_moment(speech, when->start, when->zone);
    civil_date_format(when->first_day, first);
    civil_date_format(civil_date_add_days(when->end_day, -1), last);
    if (strcmp(first, last) == 0)
        return arena_printf(speech->arena, "%s", first);
    return arena_printf(speech->arena, "%s – %s", first, last);
}

const char *explain_or_dash(const char *text)
{
    return text ? text : "—";
}

const char *explain_step_of(struct speech *speech, const struct notice *notice)
{
    return explain_step(speech->arena, notice, speech->language);
}

/* --- topics ---------------------------------------------------------------------------------- */

int explain_say_who(struct speech *speech)
{
    const struct contact *contact = speech->contact;
    const char *line = arena_printf(speech->arena, "%d", contact->line);
    const char *name = contact->person.name ? contact->person.name : contact->organisation;
    int r = explain_say(
        speech, EXPLAIN_WHO, false, S_CONTACT,
        VALUES(explain_or_dash(name), contact->email, explain_or_dash(contact->source), line));
    r = r ? r
          : explain_say(
                speech, EXPLAIN_WHO, false, S_LANGUAGE,
                VALUES(explain_language(contact->language, speech->language),
                       explain_origin(speech->arena, contact->language_reason, speech->language)));
    return r ? r
             : explain_say(
                   speech, EXPLAIN_WHO, false, S_ZONE,
                   VALUES(zone_name(contact->zone),
                          explain_origin(speech->arena, contact->zone_reason, speech->language)));
}

static int say_what(struct speech *speech)
{
    const struct history *history = speech->question->subject->history;
    const struct sighting *sighting = &history->sighting;
    const struct facts *facts = speech->facts;
    if (!facts)
        return 0;
    const char *feed = speech->occurrence ? speech->occurrence->event->feed : sighting->feed;
    int r = explain_say(speech, EXPLAIN_WHAT, false, S_EVENT,
                        VALUES(explain_or_dash(words_in(&facts->summary, speech->language)),
                               date_of(speech, &facts->when), explain_or_dash(feed)));
    if (!r && facts->state != EVENT_ALIVE)
        r = explain_say(speech, EXPLAIN_WHAT, false, S_EVENT_STATE,
                        VALUES(explain_event_state(facts->state, speech->language)));
    if (!r && speech->occurrence && speech->occurrence->event->marks.is_silent)
        r = explain_say(speech, EXPLAIN_WHAT, false, S_MARK_SILENT, NO_VALUES);
    if (!r && speech->occurrence && speech->occurrence->event->marks.is_urgent)
        r = explain_say(speech, EXPLAIN_WHAT, false, S_MARK_URGENT, NO_VALUES);
    if (!r && history->has_sighting)
        r = explain_say(speech, EXPLAIN_WHAT, false, S_SEEN,
                        VALUES(explain_moment(speech, sighting->first_seen, NULL),
                               explain_moment(speech, sighting->quiet_since, NULL)));
    if (!r && history->has_sighting && sighting->missing_reads && !speech->occurrence)
        r = explain_say(speech, EXPLAIN_WHAT, false, S_VANISHED,
                        VALUES(explain_moment(speech, sighting->missing_since, NULL),
                               arena_printf(speech->arena, "%d", sighting->missing_reads)));
    return r;
}

static const char *categories_of(struct speech *speech)
{
    const struct event *event = speech->occurrence->event;
    const char *text = NULL;
    for (size_t i = 0; i < event->category_count; i++)
        text = text ? arena_printf(speech->arena, "%s, %s", text, event->categories[i])
                    : event->categories[i];
    return explain_or_dash(text);
}

bool explain_is_in(const struct membership *membership, size_t index)
{
    return membership->bits && membership_has(membership, index);
}

/* of three sentences: it lets the contact in, keeps it out, cannot be understood */
static enum sentence of_mark(const struct planner_subject *subject, bool is_in,
                             const enum sentence sentences[3])
{
    return sentences[subject->mark_doubt == MARK_MALFORMED ? 2 : is_in ? 0 : 1];
}

static int say_rule(struct speech *speech, size_t i)
{
    const struct explain_question *question = speech->question;
    const struct rule_settings *rule = &question->input->settings->rules[i];
    const struct event *event = speech->occurrence->event;
    const char *words = question->audience_words ? question->audience_words[i] : NULL;
    enum match match;
    int r = match_rule(speech->arena, rule, speech->occurrence, &match);
    if (r)
        return r;
    switch (match) {
    case MATCH_CALENDAR:
        return explain_say(speech, EXPLAIN_RULE, false, S_RULE_CALENDAR,
                           VALUES(rule->name, rule->calendar, explain_or_dash(event->feed)));
    case MATCH_CATEGORY:
        return explain_say(speech, EXPLAIN_RULE, false, S_RULE_CATEGORY,
                           VALUES(rule->name, rule->category, categories_of(speech)));
    case MATCH_TITLE:
        return explain_say(speech, EXPLAIN_RULE, false, S_RULE_TITLE,
                           VALUES(rule->name, rule->title,
                                  explain_or_dash(words_in(&event->summary, speech->language))));
    case MATCH_YES:
        break;
    }
    bool is_yes = explain_is_in(&question->input->audiences[i].rule, question->contact);
    if (question->subject->marked) { /* the event's own audience stands for the rule's */
        is_yes = explain_is_in(question->subject->marked, question->contact);
        words = NULL;
    }
    speech->is_concerned |= is_yes;
    if (question->subject->marked)
        return explain_say(speech, EXPLAIN_RULE, is_yes,
                           of_mark(question->subject, is_yes,
                                   (const enum sentence[]){S_RULE_MARK_IN, S_RULE_MARK_OUT,
                                                           S_RULE_MARK_MALFORMED}),
                           VALUES(rule->name, explain_or_dash(event->marks.audience)));
    words = words ? arena_printf(speech->arena,
                                 speech->language == LANGUAGE_JA ? "（%s）" : " (%s)", words)
                  : "";
    return explain_say(speech, EXPLAIN_RULE, is_yes, is_yes ? S_RULE_IN : S_RULE_OUT,
                       VALUES(rule->name, explain_or_dash(rule->audience), words));
}

static int say_rules(struct speech *speech)
{
    const struct explain_question *question = speech->question;
    size_t count = question->input->settings->rule_count;
    bool any_match = false;
    if (!speech->occurrence)
        return 0;
    if (!count && !question->subject->marked)
        return explain_say(speech, EXPLAIN_RULE, false, S_NO_RULES, NO_VALUES);
    for (size_t i = 0; i < count; i++) {
        enum match match;
        int r = match_rule(speech->arena, &question->input->settings->rules[i], speech->occurrence,
                           &match);
        any_match |= match == MATCH_YES;
        r = r ? r : say_rule(speech, i);
        if (r)
            return r;
    }
    if (any_match || !question->subject->marked)
        return 0;
    speech->is_concerned = explain_is_in(question->subject->marked, question->contact);
    return explain_say(speech, EXPLAIN_RULE, speech->is_concerned,
                       of_mark(question->subject, speech->is_concerned,
                               (const enum sentence[]){S_MARK_IN, S_MARK_OUT, S_MARK_MALFORMED}),
                       VALUES(explain_or_dash(speech->occurrence->event->marks.audience)));
}

static int say_notice(struct speech *speech, const struct notice *notice)
{
    const char *state = notice_words_told(notice->state, speech->language);
    bool is_sent = notice->state == NOTICE_ACCEPTED;
    const char *when = explain_moment(speech, is_sent ? notice->sent : notice->due, NULL);
    int r = explain_say(speech, EXPLAIN_PAST, false, is_sent ? S_NOTICE_SENT : S_NOTICE,
                        VALUES(explain_step_of(speech, notice), state, when));
    if (r || string_is_empty(notice->reply))
        return r;
    struct explain_line *line = &speech->lines->items[speech->lines->count - 1];
    line->text = arena_printf(speech->arena, "%s — %s", line->text,
                              reason_in(speech->arena, notice->reply, speech->language));
    return line->text ? 0 : -ENOMEM;
}

int explain_say_notices(struct speech *speech)
{
    const struct history *history = speech->question->subject->history;
    size_t from = 0, count = 0;
    while (from < history->notice_count &&
           strcmp(history->notices[from].contact, speech->contact->email) != 0)
        from++;
    while (from + count < history->notice_count &&
           strcmp(history->notices[from + count].contact, speech->contact->email) == 0)
        count++;
    bool *is_said = arena_alloc_array(speech->arena, count + 1, sizeof *is_said);
    if (!is_said)
        return -ENOMEM;
    for (size_t said = 0; said < count; said++) {
        size_t next = count;
        for (size_t i = 0; i < count; i++)
            if (!is_said[i] && (next == count || instant_before(history->notices[from + i].due,
                                                                history->notices[from + next].due)))
                next = i;
        is_said[next] = true;
        int r = say_notice(speech, &history->notices[from + next]);
        if (r)
            return r;
    }
    return 0;
}

static const struct told *find_told(const struct speech *speech)
{
    const struct history *history = speech->question->subject->history;
    for (size_t i = 0; i < history->told_count; i++)
        if (strcmp(history->told[i].contact, speech->contact->email) == 0)
            return &history->told[i];
    return NULL;
}

/* When a message last told the contact; UNSET = none did. */
static struct instant last_sent(const struct speech *speech)
{
    const struct history *history = speech->question->subject->history;
    struct instant last = INSTANT_UNSET;
    for (size_t i = 0; i < history->notice_count; i++)
        if (history->notices[i].state == NOTICE_ACCEPTED &&
            strcmp(history->notices[i].contact, speech->contact->email) == 0)
            last = instant_max(last, history->notices[i].sent);
    return last;
}

/* What was told in silence is not what a message said. */
static int say_told(struct speech *speech, const struct told *told)
{
    struct instant last = last_sent(speech);
    const char *first = explain_moment(speech, told->first_at, NULL);
    const char *at = explain_moment(speech, told->at, NULL);
    const char *date = date_of(speech, &told->facts->when);
    bool has_message = !instant_equal(last, INSTANT_UNSET);
    if (!has_message && !told->was_invited)
        return explain_say(speech, EXPLAIN_PAST, false, S_TOLD_SILENTLY, VALUES(at, date));
    if (has_message && instant_before(last, told->at))
        return explain_say(speech, EXPLAIN_PAST, false, S_TOLD_SINCE,
                           VALUES(first, explain_moment(speech, last, NULL), at, date));
    return explain_say(speech, EXPLAIN_PAST, false, S_TOLD, VALUES(first, at, date));
}

static int say_past(struct speech *speech)
{
    const struct history *history = speech->question->subject->history;
    const struct told *told = find_told(speech);
    int r = told ? say_told(speech, told)
                 : explain_say(speech, EXPLAIN_PAST, false, S_NEVER_TOLD, NO_VALUES);
    struct instant listed = planner_listed(speech->question->input, history, speech->contact);
    if (!r && !told && speech->is_concerned && !instant_equal(listed, INSTANT_UNSET))
        r = explain_say(speech, EXPLAIN_PAST, false, S_LIST_IS_NEW,
                        VALUES(explain_moment(speech, listed, NULL)));
    return r ? r : explain_say_notices(speech);
}

static enum sentence why_nothing(const struct speech *speech)
{
    const struct explain_question *question = speech->question;
    const struct membership *suppressed = &question->input->suppressed;
    if (explain_is_in(suppressed, question->contact))
        return S_NOTHING_SUPPRESSED;
    if (!speech->occurrence)
        return S_NOTHING_VANISHED;
    if (!speech->is_concerned)
        return S_NOTHING_NOT_CONCERNED;
    if (speech->occurrence->state == EVENT_CANCELLED)
        return S_NOTHING_CANCELLED;
    if (speech->occurrence->state == EVENT_POSTPONED)
        return S_NOTHING_POSTPONED;
    if (!instant_before(speech->now, when_start(&speech->facts->when, speech->contact->zone)))
        return S_NOTHING_PAST;
    const struct told *told = find_told(speech);
    if (speech->occurrence->event->marks.is_silent && !(told && told->was_invited) &&
        instant_equal(last_sent(speech), INSTANT_UNSET))
        return S_NOTHING_SILENT;
    return S_NOTHING_LEFT;
}

int explain_say_pending(struct speech *speech, bool *ret_any)
{
    const struct history *history = speech->question->subject->history;
    int r = 0;
    *ret_any = false;
    for (size_t i = 0; i < history->notice_count && !r; i++) {
        const struct notice *notice = &history->notices[i];
        enum sentence when = instant_before(speech->now, notice->due) ? S_NEXT : S_NEXT_PENDING;
        if (strcmp(notice->contact, speech->contact->email) != 0 ||
            notice_state_is_final(notice->state))
            continue;
        *ret_any = true;
        r = explain_say(speech, EXPLAIN_NEXT, true,
                        notice->state == NOTICE_HELD ? S_NEXT_WAITS : when,
                        VALUES(explain_step_of(speech, notice), explain_due(speech, notice->due),
                               explain_or_dash(notice->rule)));
    }
    return r;
}

static int say_next(struct speech *speech)
{
    const struct explain_question *question = speech->question;
    enum sentence nothing = why_nothing(speech);
    struct planned_notice next;
    bool is_found = false, is_pending = false;
    int r = explain_say_pending(speech, &is_pending);
    if (!r)
        r = question->foresee
                ? question->foresee(question->foresee_context, speech->arena, &is_found, &next)
                : explain_next(speech->arena, question, &is_found, &next);
    if (r)
        return r;
    if (!is_found)
        return is_pending ? 0 : explain_say(speech, EXPLAIN_NEXT, false, nothing, NO_VALUES);
    const struct notice *notice = &next.notice;
    const struct history *history = speech->question->subject->history;
    struct instant settled = instant_add(history->sighting.quiet_since,
                                         speech->question->input->settings->limits.settle_usec);
    bool is_urgent = speech->occurrence && speech->occurrence->event->marks.is_urgent;
    if (history->has_sighting && !is_urgent && instant_before(speech->now, settled))
        r = explain_say(speech, EXPLAIN_NEXT, true, S_SETTLING,
                        VALUES(explain_moment(speech, settled, NULL)));
    if (r)
        return r;
    return explain_say(
        speech, EXPLAIN_NEXT, true, notice->state == NOTICE_HELD ? S_NEXT_HELD : S_NEXT,
        VALUES(explain_step_of(speech, notice), explain_due(speech, notice->due), notice->rule));
}

int explain_why(struct arena *arena, const struct explain_question *question,
                struct explanation *ret)
{
    const struct planner_subject *subject = question->subject;
    const struct history *history = subject->history;
    struct speech speech = {
        .arena = arena,
        .question = question,
        .lines = ret,
        .occurrence = subject->occurrence,
        .facts = subject->facts ? subject->facts
                                : (history->has_sighting ? history->sighting.facts : NULL),
        .contact = question->input->contacts->items[question->contact],
        .now = question->input->now,
        .language = question->language,
    };
    *ret = (struct explanation){0};
    int r = explain_say_who(&speech);
    if (subject->issue)
        return r ? r : explain_issue(&speech);
    r = r ? r : say_what(&speech);
    r = r ? r : say_rules(&speech);
    r = r ? r : say_past(&speech);
    return r ? r : say_next(&speech);
}

/* --- what comes next ------------------------------------------------------------------------- */

static int narrow(struct arena *arena, const struct membership *from, size_t index,
                  struct membership *ret)
{
    *ret = (struct membership){0};
    if (!from || !from->bits)
        return 0;
    ret->bits = arena_alloc(arena, sizeof *ret->bits);
    ret->count = 1;
    if (!ret->bits)
        return -ENOMEM;
    *ret->bits = membership_has(from, index);
    return 0;
}

static int narrow_audiences(struct arena *arena, const struct planner_input *from, size_t index,
                            const struct rule_audience **ret)
{
    size_t count = from->settings->rule_count;
    struct rule_audience *audiences = arena_alloc_array(arena, count + 1, sizeof *audiences);
    if (!audiences)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct rule_audience *whole = &from->audiences[i];
        size_t steps = whole->steps ? from->settings->rules[i].step_count : 0;
        struct membership *narrowed =
            steps ? arena_alloc_array(arena, steps, sizeof *narrowed) : NULL;
        if (steps && !narrowed)
            return -ENOMEM;
        int r = narrow(arena, &whole->rule, index, &audiences[i].rule);
        for (size_t k = 0; k < steps && !r; k++)
            r = narrow(arena, &whole->steps[k], index, &narrowed[k]);
        if (r)
            return r;
        audiences[i].steps = narrowed;
    }
    *ret = audiences;
    return 0;
}

/* The planner is asked with this contact alone in the list, from `next` to `next`. Nothing needs to
 * be recorded on the way: the first notice ends the search.                                      */
int explain_next(struct arena *arena, const struct explain_question *question, bool *ret_found,
                 struct planned_notice *ret)
{
    enum { PASSES_MAX = 2000 };
    const struct planner_input *whole = question->input;
    struct contact_list alone = {&whole->contacts->items[question->contact], 1};
    struct planner_input input = *whole;
    struct planner_subject subject = *question->subject;
    struct membership marked;

    *ret_found = false;
    input.contacts = &alone;
    input.places = NULL;
    int r = narrow(arena, &whole->suppressed, question->contact, &input.suppressed);
    r = r ? r : narrow(arena, subject.marked, question->contact, &marked);
    r = r ? r : narrow_audiences(arena, whole, question->contact, &input.audiences);
    if (subject.marked)
        subject.marked = &marked;
    for (int i = 0; i < PASSES_MAX && !r; i++) {
        struct arena_mark mark = arena_mark(arena);
        struct plan plan;
        r = planner_plan(arena, &input, &subject, &plan);
        if (!r && plan.notices.count) {
            *ret = plan.notices.items[0];
            *ret_found = true;
            return 0;
        }
        if (instant_equal(plan.next, INSTANT_NEVER))
            break;
        input.now = plan.next;
        arena_rewind(arena, mark);
    }
    return r;
}
