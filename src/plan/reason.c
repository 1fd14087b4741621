/* SPDX-License-Identifier: MIT */
/* Sentences for `why`, for the journal and for holds. */
#include "plan/pass.h"

static const char *const texts[REASON_COUNT] = {
    [REASON_OUTDATED] = "the event changed before the message left",
    [REASON_CANCELLED] = "the event was cancelled before the message left",
    [REASON_POSTPONED] = "the event was postponed before the message left",
    [REASON_GONE] = "the event is no longer in the calendar",
    [REASON_NOT_CONCERNED] = "the contact is no longer in the audience",
    [REASON_NOT_LISTED] = "the contact is no longer in the list",
    [REASON_SUPPRESSED] = "the contact is on the opposition list",
    [REASON_EXPIRED] = "the message lost its use before it left",
};

const char *reason_text(enum reason reason)
{
    return texts[reason];
}

bool reason_is_ours(const char *text)
{
    for (size_t i = 0; i < REASON_COUNT; i++)
        if (string_equal(texts[i], text))
            return true;
    return false;
}

const char *reason_of_first_word(struct pass *pass, const struct pass_step *step)
{
    const char *rule = step->rule->rule->name;
    if (step->step->kind == NOTICE_INVITATION || step->step->kind == NOTICE_SAVE_THE_DATE)
        return arena_printf(pass->arena, "the step %s of the rule %s", step->step->id, rule);
    return arena_printf(pass->arena,
                        "the step %s of the rule %s; the first word to somebody is an invitation",
                        step->step->id, rule);
}

const char *reason_of_step(struct pass *pass, const struct pass_step *step)
{
    return arena_printf(pass->arena, "the step %s of the rule %s", step->step->id,
                        step->rule->rule->name);
}

static const char *fields_of(struct arena *arena, unsigned fields)
{
    static const struct {
        enum facts_field field;
        const char *word;
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
        return pass->occurrence ? "the event was cancelled after the contact was told of it"
                                : "the event vanished from the calendar after the contact was told";
    case NEWS_POSTPONED:
        return "the event was postponed to a date to come after the contact was told of it";
    case NEWS_INVITATION:
        return "the event has a date again after the contact was told that it would not take place";
    case NEWS_CHANGE: {
        const char *words = fields_of(pass->arena, fields);
        return words ? arena_printf(pass->arena, "changed since the contact was told: %s", words)
                     : NULL;
    }
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
    return arena_printf(pass->arena, "%s %02d:%02d", day, local.hour, local.minute);
}

static const char *title_of(const struct pass *pass)
{
    const char *title =
        words_in(&pass->facts->summary, pass->input->settings->organisation.language);
    return title ? title : "(no title)";
}

const char *reason_of_wait(struct pass *pass, const char *what, struct instant until)
{
    const char *words = moment(pass, until);
    return words
               ? arena_printf(pass->arena, "“%s”: %s, waits until %s", title_of(pass), what, words)
               : NULL;
}

const char *reason_of_absence(struct pass *pass)
{
    return arena_printf(pass->arena, "“%s”: missing from the calendar, the next reading decides",
                        title_of(pass));
}

const char *reason_of_hold(struct pass *pass)
{
    char day[11];
    civil_date_format(when_day(&pass->facts->when), day);
    return arena_printf(pass->arena,
                        "“%s” of %s is no longer in the calendar “%s”: approve to send "
                        "cancellations, discard to stay silent",
                        title_of(pass), day, pass->history->sighting.feed);
}
