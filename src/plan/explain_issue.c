/* SPDX-License-Identifier: MIT */
/* The same topics about an issue of a newsletter: which one, whose, what it tells this reader, what
 * became of it, what comes. */
#include <errno.h>
#include <string.h>

#include "plan/explain_inside.h"
#include "plan/newsletter.h"

enum { TOLD_MAX = 5 };

static const struct issue *issue_of(const struct speech *speech)
{
    return speech->question->subject->issue;
}

static bool has_notice(const struct speech *speech)
{
    const struct history *history = speech->question->subject->history;
    for (size_t i = 0; i < history->notice_count; i++)
        if (strcmp(history->notices[i].contact, speech->contact->email) == 0)
            return true;
    return false;
}

/* "Réunion (2026-12-10), Bureau (2026-12-14) …"; "" when it tells the reader nothing. */
static int list_told(struct speech *speech, const char **ret)
{
    const struct issue *issue = issue_of(speech);
    const struct explain_question *question = speech->question;
    struct instant leaves;
    size_t count = 0;
    int r = newsletter_leaves(speech->arena, question->input, issue, question->contact, &leaves);
    leaves = r ? leaves : instant_max(leaves, speech->now);
    *ret = "";
    for (size_t i = 0; i < issue->event_count && !r; i++) {
        const struct issue_event *event = &issue->events[i];
        char day[11];
        if (!newsletter_tells(issue, event, question->contact, speech->contact->zone, leaves) ||
            count++ > TOLD_MAX)
            continue;
        civil_date_format(when_day(&event->facts->when), day);
        *ret = count > TOLD_MAX
                   ? arena_printf(speech->arena, "%s …", *ret)
                   : arena_printf(speech->arena, "%s%s%s (%s)", *ret, **ret ? ", " : "",
                                  words_in(&event->facts->summary, speech->language), day);
        r = *ret ? 0 : -ENOMEM;
    }
    return r;
}

/* What was sent stands in no calendar any more, and what is written by hand says what it will. */
static int say_what(struct speech *speech, const char *told)
{
    const struct issue *issue = issue_of(speech);
    bool was_let_go = issue->word.utc_usec != INSTANT_UNSET.utc_usec && !issue->is_unsaid;
    int r = explain_say(speech, EXPLAIN_WHAT, false, issue->is_written ? S_ISSUE_WRITTEN : S_ISSUE,
                        VALUES(issue->newsletter->name, newsletter_label(issue)));
    if (!r && was_let_go)
        r = explain_say(speech, EXPLAIN_WHAT, false, S_ISSUE_WORD,
                        VALUES(explain_moment(speech, issue->word, NULL)));
    if (r || issue->is_written || has_notice(speech) || !speech->is_concerned)
        return r;
    if (*told)
        return explain_say(speech, EXPLAIN_WHAT, false, S_ISSUE_TELLS, VALUES(told));
    return issue->lost ? 0
                       : explain_say(speech, EXPLAIN_WHAT, false, S_ISSUE_TELLS_NOTHING, NO_VALUES);
}

static int say_audience(struct speech *speech)
{
    const struct issue *issue = issue_of(speech);
    const struct explain_question *question = speech->question;
    const char *words = question->audience_words ? question->audience_words[0] : NULL;
    bool is_yes = speech->is_concerned;
    words = words ? arena_printf(speech->arena,
                                 speech->language == LANGUAGE_JA ? "（%s）" : " (%s)", words)
                  : "";
    int r = explain_say(speech, EXPLAIN_RULE, is_yes, is_yes ? S_READER_IN : S_READER_OUT,
                        VALUES(issue->newsletter->audience, words));
    if (r || !is_yes || !issue->canary.bits)
        return r;
    bool is_first = explain_is_in(&issue->canary, question->contact);
    return explain_say(speech, EXPLAIN_RULE, true, is_first ? S_READER_FIRST : S_READER_AFTER,
                       VALUES(issue->newsletter->canary));
}

static int say_nothing(struct speech *speech, const char *told)
{
    const struct issue *issue = issue_of(speech);
    const struct explain_question *question = speech->question;
    const char *value = issue->is_unsaid ? newsletter_label(issue) : explain_or_dash(issue->lost);
    enum sentence why = explain_is_in(&question->input->suppressed, question->contact)
                            ? S_NOTHING_SUPPRESSED
                        : !speech->is_concerned        ? S_NOTHING_NOT_READER
                        : has_notice(speech)           ? S_NOTHING_OF_ISSUE
                        : issue->is_unsaid             ? S_NOTHING_UNSAID
                        : issue->lost                  ? S_NOTHING_LOST
                        : !*told && !issue->is_written ? S_NOTHING_TOLD
                                                       : S_NOTHING_ISSUE_PAST;
    return explain_say(speech, EXPLAIN_NEXT, false, why, VALUES(value));
}

static int say_next(struct speech *speech, const char *told)
{
    const struct explain_question *question = speech->question;
    const struct issue *issue = issue_of(speech);
    struct planned_notice next;
    bool is_found = false, is_pending = false;
    int r = explain_say_pending(speech, &is_pending);
    if (r || is_pending)
        return r;
    /* Said before the forecast ends what it is about. */
    size_t said = speech->lines->count;
    r = say_nothing(speech, told);
    if (!r && question->foresee && !issue->is_unsaid)
        r = question->foresee(question->foresee_context, speech->arena, &is_found, &next);
    if (r || !is_found)
        return r;
    speech->lines->count = said;
    bool is_held = next.notice.state == NOTICE_HELD;
    return explain_say(speech, EXPLAIN_NEXT, true, is_held ? S_NEXT_ISSUE_HELD : S_NEXT_ISSUE,
                       VALUES(explain_due(speech, next.notice.due)));
}

int explain_issue(struct speech *speech)
{
    const char *told;
    speech->is_concerned = explain_is_in(&issue_of(speech)->audience, speech->question->contact);
    int r = list_told(speech, &told);
    r = r ? r : say_what(speech, told);
    r = r ? r : say_audience(speech);
    if (!r && !has_notice(speech))
        r = explain_say(speech, EXPLAIN_PAST, false, S_ISSUE_NOT_SENT, NO_VALUES);
    r = r ? r : explain_say_notices(speech);
    return r ? r : say_next(speech, told);
}
