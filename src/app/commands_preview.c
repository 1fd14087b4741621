/* SPDX-License-Identifier: MIT */
/* preview: the very message that somebody would get, composed at the moment it would leave. It asks
 * the forecast, so what it shows is what the daemon will do.                                     */
#include <errno.h>
#include <string.h>

#include "app/commands.h"
#include "app/finder.h"
#include "app/forecast.h"
#include "app/invitation.h"
#include "app/showing.h"
#include "plan/explain.h"

static const size_t preview_max_bytes = (size_t)2 << 30;

/* `--step digest` shows a mail about several events: this one and the reader's next ones. */
enum { DIGEST_MAX = 3, DIGEST_DAYS = 60 };
enum { PREVIEW_FOUND = 1 };
static const char digest_step[] = "digest";

struct preview {
    struct house *house;
    struct arena *arena;
    const struct viewed *viewed;
    const struct contact *contact;
    const char *step;
    bool is_found;
    const char *next;               /* what is to come or why nothing is */
    struct notice told[DIGEST_MAX]; /* digest: its notices, the event's own first */
    size_t told_count;
    struct instant leaves; /* digest: when the first would */
    struct showing showing;
};

static bool is_digest(const struct preview *preview)
{
    return string_equal(preview->step, digest_step);
}

static bool is_step(const struct preview *preview, const struct notice *notice)
{
    const char *step = preview->step;
    return !step || is_digest(preview) || strcmp(step, notice->step) == 0 ||
           strcmp(step, notice_kind_to_text(notice->kind)) == 0 ||
           string_equal(step, notice->template_name);
}

/* After the first about the event: one about each further event that looks ahead. */
static int on_digest(struct preview *preview, const struct notice *notice, struct instant leaves,
                     bool is_ours)
{
    bool looks_ahead = notice->kind == NOTICE_SAVE_THE_DATE || notice->kind == NOTICE_INVITATION ||
                       notice->kind == NOTICE_REMINDER;
    bool is_known = is_ours;
    for (size_t i = 0; i < preview->told_count; i++)
        is_known |= strcmp(preview->told[i].occurrence, notice->occurrence) == 0;
    if (!looks_ahead || is_known == (preview->told_count > 0))
        return 0;
    if (!preview->told_count)
        preview->leaves = leaves;
    int r = notice_copy(preview->arena, notice, &preview->told[preview->told_count++]);
    return r ? r : preview->told_count == DIGEST_MAX ? PREVIEW_FOUND : 0;
}

static int on_notice(void *context, const struct notice *notice, const struct notices *mail,
                     struct instant leaves)
{
    (void)mail;
    struct preview *preview = context;
    if (strcmp(notice->contact, preview->contact->email) != 0)
        return 0;
    bool is_ours = strcmp(notice->occurrence, preview->viewed->occurrence->key) == 0;
    if (is_digest(preview))
        return on_digest(preview, notice, leaves, is_ours);
    if (!is_ours || !is_step(preview, notice))
        return 0;
    preview->is_found = true;
    showing_notice(&preview->showing, notice, leaves);
    return PREVIEW_FOUND;
}

/* What the planner has in store for the two, in words, asked before the forecast moves on. */
static int foretell(struct preview *preview)
{
    struct house *house = preview->house;
    struct planner_subject subject = {0};
    struct explanation lines = {0};
    int r = conductor_subject(house->conductor, preview->arena, preview->viewed->occurrence->key,
                              &subject);
    const struct explain_question question = {
        .input = conductor_input(house->conductor),
        .subject = &subject,
        .contact = contact_list_find(conductor_contacts(house->conductor), preview->contact->email),
        .language = house->settings->organisation.language};
    r = r ? r : explain_why(preview->arena, &question, &lines);
    for (size_t i = 0; i < lines.count && !r; i++)
        if (lines.items[i].topic == EXPLAIN_NEXT)
            preview->next = lines.items[i].text;
    return r;
}

/* Nothing like it is to come: composed as if it were due now. */
static int preview_anyway(struct preview *preview, struct instant now)
{
    struct house *house = preview->house;
    const struct contact *contact = preview->contact;
    const struct viewed *viewed = preview->viewed;
    struct notice notice = {.occurrence = viewed->occurrence->key,
                            .step = "invitation",
                            .contact = contact->email,
                            .kind = NOTICE_INVITATION,
                            .facts = viewed->facts ? viewed->facts->id : "",
                            .due = now,
                            .language = contact->language,
                            .zone = zone_name(contact->zone)};
    const struct rule_settings *own = finder_rule(house, preview->arena, viewed->occurrence);
    bool is_kind = preview->step && notice_kind_from_text(text_of(preview->step), &notice.kind);
    size_t rules = !own ? 0 : is_kind ? 1 : 1 + house->settings->rule_count; /* its own first */
    for (size_t i = 0; i < rules && !notice.rule; i++) {
        const struct rule_settings *rule = i ? &house->settings->rules[i - 1] : own;
        for (size_t k = 0; k < rule->step_count; k++)
            if (preview->step && (string_equal(preview->step, rule->steps[k].id) ||
                                  string_equal(preview->step, rule->steps[k].send))) {
                notice.rule = rule->name;
                notice.step = rule->steps[k].id;
                notice.kind = rule->steps[k].kind;
                notice.template_name = rule->template_name;
            }
    }
    if (preview->step && !notice.rule && !is_kind) {
        report_problem(house->report, "a kind (reminder) or a step of a rule (reminder-7d)",
                       "no step \"%s\"", preview->step);
        return EXIT_NO;
    }
    if (!notice.rule && own) {
        notice.rule = own->name;
        notice.template_name = own->template_name;
    }
    showing_notice(&preview->showing, &notice, now);
    if (!preview->showing.error)
        report_problem(house->report, preview->next, "%s",
                       phrase(PHRASE_NOT_TO_COME, house->settings->organisation.language));
    return EXIT_YES;
}

/* Requests point into what a pass remembers: they are made when the forecast is over. */
static void compose_digest(struct preview *preview)
{
    struct house *house = preview->house;
    struct compose_request first = {0};
    struct compose_item items[DIGEST_MAX];
    size_t count = 0;
    for (size_t i = 0; i < preview->told_count; i++) {
        struct compose_request request;
        int r = conductor_request(house->conductor, preview->arena, &preview->told[i],
                                  preview->leaves, &request);
        r = r ? r
              : invitation_courtesy(preview->arena, house->settings, &request, &request.calendar);
        preview->showing.error = r;
        if (r)
            return;
        if (i == 0)
            first = request;
        else
            items[count++] = (struct compose_item){.notice = request.notice,
                                                   .facts = request.facts,
                                                   .occurrence = request.occurrence,
                                                   .rule = request.rule,
                                                   .calendar = request.calendar};
    }
    first.items = items;
    first.item_count = count;
    showing_compose(&preview->showing, &first);
}

static int preview_digest(struct preview *preview)
{
    if (preview->told_count < 2) {
        report_problem(preview->house->report, "a digest needs two",
                       "%s hears of no other event by then", preview->contact->email);
        return EXIT_NO;
    }
    compose_digest(preview);
    return EXIT_YES;
}

static int run(struct preview *preview)
{
    struct house *house = preview->house;
    struct instant now = house_now(house); /* the forecast moves the clock on */
    struct instant end = when_end(&preview->viewed->occurrence->when, house->zone);
    struct instant until = instant_add(instant_max(now, end), FORECAST_AFTER_USEC);
    if (is_digest(preview))
        until = instant_max(until, instant_add(now, DIGEST_DAYS * USEC_PER_DAY));
    int r = foretell(preview);
    r = r ? r : forecast_run(house, until, on_notice, preview);
    if (r < 0)
        return house_failed(house, "preview", r);
    int status = is_digest(preview)  ? preview_digest(preview)
                 : preview->is_found ? EXIT_YES
                                     : preview_anyway(preview, now);
    return status ? status : showing_print(&preview->showing);
}

int command_preview(struct house *house)
{
    CLEANUP_ARENA struct arena *arena = arena_new(preview_max_bytes);
    struct preview preview = {.house = house, .arena = arena, .step = house->options->step};
    if (!arena)
        return house_failed(house, "preview", -ENOMEM);
    int status = house_open_forecast(house);
    status = status ? status
                    : finder_event(house, house->options->event, FINDER_CALENDARS, &preview.viewed);
    status = status ? status : finder_contact(house, house->options->contact, &preview.contact);
    if (status)
        return status;
    if (!house->composer) {
        report_flaws(house->report, &house->template_flaws);
        return EXIT_NO;
    }
    showing_init(&preview.showing, house, arena);
    status = run(&preview);
    showing_done(&preview.showing);
    return status;
}
