/* SPDX-License-Identifier: MIT */
#include "plan/newsletter.h"
#include "plan/pass.h"

#define SAY(arena, reason, ...) reason_say(arena, reason, (const char *const[]){__VA_ARGS__, NULL})

const char *reason_text(enum reason reason)
{
    return reason_sentence(reason, LANGUAGE_EN);
}

bool reason_is(enum reason reason, const char *text)
{
    return string_equal(reason_text(reason), text);
}

bool reason_is_ours(const char *text)
{
    for (int i = 0; i < REASON_OURS_COUNT; i++)
        if (reason_is((enum reason)i, text))
            return true;
    return false;
}

const char *reason_of_first_word(struct pass *pass, const struct pass_step *step)
{
    enum notice_kind kind = step->step->kind;
    bool is_first = kind == NOTICE_INVITATION || kind == NOTICE_SAVE_THE_DATE;
    return SAY(pass->keep, is_first ? REASON_STEP : REASON_FIRST_WORD, step->step->id,
               step->rule->rule->name);
}

const char *reason_of_step(struct pass *pass, const struct pass_step *step)
{
    return SAY(pass->keep, REASON_STEP, step->step->id, step->rule->rule->name);
}

const char *reason_of_issue(struct pass *pass)
{
    const struct issue *issue = pass->issue;
    return SAY(pass->keep, issue->is_written ? REASON_WRITTEN_ISSUE : REASON_ISSUE,
               issue->newsletter->name, newsletter_label(issue));
}

static const char *fields_of(struct arena *arena, unsigned fields)
{
    static const struct {
        enum facts_field field;
        const char *word; /* as reason_words knows it */
    } words[] = {{FACTS_TIME, "date or time"},
                 {FACTS_STATE, "state"},
                 {FACTS_PLACE, "place"},
                 {FACTS_LINK, "link"},
                 {FACTS_TITLE, "title"}};
    const char *text = "";
    for (size_t i = 0; i < sizeof words / sizeof words[0] && text; i++)
        if (fields & words[i].field)
            text = arena_printf(arena, "%s%s%s", text, *text ? ", " : "", words[i].word);
    return text;
}

const char *reason_of_news(struct pass *pass, enum news news, unsigned fields)
{
    switch (news) {
    case NEWS_CANCELLATION:
        return reason_text(pass->occurrence ? REASON_NEWS_CANCELLED : REASON_NEWS_VANISHED);
    case NEWS_POSTPONED:
        return reason_text(REASON_NEWS_POSTPONED);
    case NEWS_INVITATION:
        return reason_text(REASON_NEWS_DATED);
    case NEWS_CHANGE:
        return SAY(pass->arena, REASON_NEWS_CHANGED, fields_of(pass->arena, fields));
    case NEWS_NONE:
        break;
    }
    return "";
}

/* Times in these sentences are the organisation's. */
static const char *moment(struct pass *pass, struct instant t)
{
    struct civil_time local = zone_to_civil(pass->input->settings->organisation.zone, t);
    char day[11];
    civil_date_format(local.date, day);
    return arena_printf(pass->keep, "%s %02d:%02d", day, local.hour, local.minute);
}

static const char *title_of(const struct pass *pass)
{
    if (pass->issue)
        return pass->issue->newsletter->name;
    const char *title =
        words_in(&pass->facts->summary, pass->input->settings->organisation.language);
    return title ? title : "—";
}

const char *reason_of_wait(struct pass *pass, enum reason why, struct instant until)
{
    return SAY(pass->keep, why, title_of(pass), moment(pass, until));
}

const char *reason_of_absence(struct pass *pass)
{
    return SAY(pass->keep, REASON_WAIT_ABSENT, title_of(pass));
}

const char *reason_of_loss(struct pass *pass)
{
    return SAY(pass->keep, REASON_WAIT_LOST, title_of(pass), pass->issue->lost);
}

const char *reason_of_canary(struct pass *pass, enum reason why)
{
    return SAY(pass->keep, why, title_of(pass));
}

const char *reason_of_hold(struct pass *pass)
{
    char day[11];
    civil_date_format(when_day(&pass->facts->when), day);
    return SAY(pass->keep,
               pass->subject->is_lost_with_most ? REASON_HOLD_LOST : REASON_HOLD_VANISHED,
               title_of(pass), day, pass->history->sighting.feed);
}
