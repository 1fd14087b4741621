/* SPDX-License-Identifier: MIT */
/* why: every fact between one contact and one event, or issue of a newsletter, in the
 * organisation's language. */
#include <errno.h>
#include <string.h>

#include "app/commands.h"
#include "app/finder.h"
#include "app/forecast.h"
#include "app/gather.h"
#include "app/together.h"
#include "plan/explain.h"
#include "plan/explain_words.h"
#include "plan/reason_words.h"

static const size_t why_max_bytes = (size_t)512 << 20;

static const char *const topics[] = {[EXPLAIN_WHO] = "who",
                                     [EXPLAIN_WHAT] = "what",
                                     [EXPLAIN_RULE] = "rule",
                                     [EXPLAIN_PAST] = "past",
                                     [EXPLAIN_NEXT] = "next"};

/* The first notice that the forecast of all occurrences has for them. */
struct foresight {
    struct house *house;
    struct instant until;
    const char *occurrence, *contact;
    const struct history *history; /* what is recorded is no news */
    struct arena *arena;
    struct planned_notice *next;
    bool is_found;
    struct explanation mails; /* which steps leave in one mail with others */
};
enum { FORESEEN = 1 };

static bool is_recorded(const struct foresight *foresight, const struct notice *notice)
{
    const struct history *history = foresight->history;
    for (size_t i = 0; i < history->notice_count; i++)
        if (strcmp(history->notices[i].contact, notice->contact) == 0 &&
            strcmp(history->notices[i].step, notice->step) == 0)
            return true;
    return false;
}

/* A step that shares its mail; nothing when it does not. */
static int add_together(const struct house *house, struct arena *arena, enum explain_topic topic,
                        const struct notice *notice, const struct together *together,
                        struct explanation *ret)
{
    enum language language = house_language(house);
    if (!together->count)
        return 0;
    struct explain_line *line = list_add(arena, ret);
    const char *values[] = {explain_step(arena, notice, language), together->words, NULL};
    if (!line)
        return -ENOMEM;
    *line = (struct explain_line){topic, topic == EXPLAIN_NEXT,
                                  reason_fill(arena, phrase(PHRASE_TOGETHER, language), values)};
    return line->text ? 0 : -ENOMEM;
}

static int tell_together(struct foresight *foresight, const struct notice *notice,
                         const struct notices *mail)
{
    const struct house *house = foresight->house;
    struct together together;
    int r = together_of(foresight->arena, conductor_horizon(house->conductor), house->zone,
                        house_language(house), mail, notice, &together);
    return r ? r
             : add_together(house, foresight->arena, EXPLAIN_NEXT, notice, &together,
                            &foresight->mails);
}

/* What left in one mail with others; asked before the forecast writes into its ledger. */
static int find_sent_together(struct house *house, struct arena *arena, const char *key,
                              const char *contact, struct explanation *ret)
{
    const struct notice_filter filter = {.occurrence = key, .contact = contact};
    struct notices own = {0}, sent = {0};
    if (!gather_is_wanted(house->settings))
        return 0;
    int r = ledger_notices(house->ledger, arena, &filter, &own);
    r = r ? r : ledger_sent_with(house->ledger, arena, key, &sent);
    for (size_t i = 0; i < own.count && !r; i++) {
        struct together together;
        r = together_of_sent(arena, conductor_horizon(house->conductor), house->zone,
                             house_language(house), &sent, &own.items[i], &together);
        r = r ? r : add_together(house, arena, EXPLAIN_PAST, &own.items[i], &together, ret);
    }
    return r;
}

/* Each after the last line of its topic. */
static int insert(struct arena *arena, const struct explanation *lines, struct explanation *ret)
{
    for (size_t i = 0; i < lines->count; i++) {
        size_t at = ret->count;
        struct explain_line *last = list_add(arena, ret);
        if (!last)
            return -ENOMEM;
        for (; at && ret->items[at - 1].topic > lines->items[i].topic; at--)
            ret->items[at] = ret->items[at - 1];
        ret->items[at] = lines->items[i];
    }
    return 0;
}

static int on_foreseen(void *context, const struct notice *notice, const struct notices *mail,
                       struct instant leaves)
{
    struct foresight *foresight = context;
    if (strcmp(notice->occurrence, foresight->occurrence) != 0 ||
        strcmp(notice->contact, foresight->contact) != 0)
        return 0;
    int r = tell_together(foresight, notice, mail);
    if (r || is_recorded(foresight, notice))
        return r;
    *foresight->next =
        (struct planned_notice){.notice = {
                                    .step = arena_copy_string(foresight->arena, notice->step),
                                    .kind = notice->kind,
                                    .rule = arena_copy_string(foresight->arena, notice->rule),
                                    .state = notice->state,
                                    .due = instant_max(notice->due, leaves),
                                }};
    foresight->is_found = true;
    return foresight->next->notice.step ? FORESEEN : -ENOMEM;
}

static int foresee(void *context, struct arena *arena, bool *ret_found, struct planned_notice *ret)
{
    struct foresight *foresight = context;
    foresight->arena = arena;
    foresight->next = ret;
    int r = forecast_run(foresight->house, foresight->until, on_foreseen, foresight);
    *ret_found = foresight->is_found;
    return r < 0 ? r : 0;
}

/* By which path of each audience the contact is in it: of all rules, or of the issue's readers. */
static int find_paths(struct house *house, struct arena *arena, const struct issue *issue,
                      const struct contact *contact, const char ***ret)
{
    const struct settings *settings = house->settings;
    const struct audiences *audiences = conductor_audiences(house->conductor);
    size_t count = issue ? 1 : settings->rule_count;
    const char **words = arena_alloc_array(arena, count + 1, sizeof *words);
    for (size_t i = 0; words && i < count; i++) {
        size_t newsletter = issue ? (size_t)(issue->newsletter - settings->newsletters) : 0;
        const struct audience *audience = issue ? audiences_of_newsletter(audiences, newsletter)
                                                : audiences_of_rule(audiences, i);
        bool is_in;
        words[i] =
            audience_explain(arena, audience, contact, settings->organisation.language, &is_in);
        if (!words[i])
            return -ENOMEM;
    }
    *ret = words;
    return words ? 0 : -ENOMEM;
}

/* When it is all over. */
static struct instant end_of(const struct house *house, const struct found_one *found)
{
    if (!found->issue)
        return when_end(&found->event->occurrence->when, house->zone);
    struct instant day = zone_to_instant(house->zone, civil_time_at(found->issue->day, 0, 0), NULL);
    return instant_max(day, house_now(house));
}

static int explain(struct house *house, struct arena *arena, const struct found_one *found,
                   const struct contact *contact, struct explanation *ret)
{
    const struct settings *settings = house->settings;
    struct planner_subject subject = {0};
    const char **words = NULL;
    const char *key =
        arena_copy_string(arena, found->issue ? found->issue->key : found->event->occurrence->key);
    int r = find_paths(house, arena, found->issue, contact, &words);
    if (!r)
        r = key ? conductor_subject(house->conductor, arena, key, &subject) : -ENOMEM;
    subject.issue = found->issue;
    struct foresight foresight = {.house = house,
                                  .until = instant_add(end_of(house, found), FORECAST_AFTER_USEC),
                                  .occurrence = key,
                                  .contact = arena_copy_string(arena, contact->email),
                                  .history = subject.history};
    if (!foresight.contact)
        r = -ENOMEM;
    struct explanation sent = {0};
    r = r ? r : find_sent_together(house, arena, key, foresight.contact, &sent);
    bool must_foresee = found->issue || settings->limits.per_contact || gather_is_wanted(settings);
    const struct explain_question question = {
        .input = conductor_input(house->conductor),
        .subject = &subject,
        .contact = contact_list_find(conductor_contacts(house->conductor), contact->email),
        .language = settings->organisation.language,
        .audience_words = words,
        .foresee = must_foresee ? foresee : NULL,
        .foresee_context = &foresight};
    r = r ? r : explain_why(arena, &question, ret);
    r = r ? r : insert(arena, &sent, ret);
    return r ? r : insert(arena, &foresight.mails, ret);
}

/* What is due leaves only when that is over. */
static int tell_pause(struct house *house, struct arena *arena, struct explanation *lines)
{
    enum language language = house->settings->organisation.language;
    const char *pause = NULL;
    int r = ledger_get(house->ledger, arena, "pause", &pause);
    if (r || !pause)
        return r;
    struct explain_line *line = list_add(arena, lines);
    const char *values[] = {reason_in(arena, pause, language), NULL};
    if (!line)
        return -ENOMEM;
    *line = (struct explain_line){EXPLAIN_NEXT, false,
                                  reason_fill(arena, phrase(PHRASE_IS_PAUSED, language), values)};
    return line->text ? 0 : -ENOMEM;
}

static int print(struct house *house, const struct explanation *lines)
{
    struct report *report = house->report;
    for (size_t i = 0; i < lines->count; i++) {
        const struct explain_line *line = &lines->items[i];
        bool is_answer = line->topic == EXPLAIN_RULE || line->topic == EXPLAIN_NEXT;
        if (house->options->is_json) {
            int r = report_json(report,
                                json_pack("{s:s, s:o, s:o}", "topic", topics[line->topic], "yes",
                                          is_answer ? json_boolean(line->is_yes) : json_null(),
                                          "text", report_json_string(line->text)));
            if (r)
                return r;
            continue;
        }
        bool is_new = i == 0 || line->topic != lines->items[i - 1].topic;
        bool is_good = is_answer && line->is_yes;
        fprintf(report->out, "%s%s%s%s\n", is_new && i ? "\n" : "",
                is_good ? report_on(report, COLOUR_GOOD) : "", line->text,
                is_good ? report_off(report) : "");
    }
    return 0;
}

int command_why(struct house *house)
{
    CLEANUP_ARENA struct arena *arena = arena_new(why_max_bytes);
    struct found_one found;
    const struct contact *contact;
    struct explanation lines = {0};
    if (!arena)
        return house_failed(house, "why", -ENOMEM);
    int status = house_open_forecast(house);
    status = status ? status : finder_subject(house, house->options->event, &found);
    status = status ? status : finder_contact(house, house->options->contact, &contact);
    if (status)
        return status;
    int r = explain(house, arena, &found, contact, &lines);
    r = r ? r : tell_pause(house, arena, &lines);
    r = r ? r : print(house, &lines);
    return r ? house_failed(house, "why", r) : EXIT_YES;
}
