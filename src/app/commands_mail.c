/* SPDX-License-Identifier: MIT */
/* test-mail: one real message through the relay, with the whole dialogue shown; of several, through
 * the first that takes it, as the daemon would. It is in no ledger: nobody counts as told by it. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "app/commands.h"
#include "app/dialogue.h"
#include "app/finder.h"
#include "app/forms.h"
#include "app/invitation.h"
#include "app/mailroom.h"

static const size_t mail_max_bytes = 64 << 20;
static const int64_t patience_usec = 30 * USEC_PER_SEC;

struct trial {
    struct house *house;
    sd_event *loop;
    struct relays *relays;
    const struct relay_settings *relay; /* the one that has it */
    struct message message;
    struct buf *bytes;
    struct outcome outcome;
    bool is_sent, is_answered;
};

/* With --json stdout is the answer alone. */
static FILE *stream_of(const struct house *house)
{
    return house->options->is_json ? house->report->err : house->report->out;
}

static void on_dialogue(void *context, char direction, struct text line)
{
    struct trial *trial = context;
    dialogue_print(stream_of(trial->house), direction, line);
}

static void begin_relay(struct trial *trial, const struct relay_settings *relay)
{
    trial->relay = relay;
    fprintf(stream_of(trial->house), "Relay %s\n", relay->url);
}

static void print_outcome(const struct house *house, const struct outcome *outcome)
{
    char line[OUTCOME_LINE_BYTES];
    outcome_line(outcome, line);
    fprintf(stream_of(house), "\n%s: %s at %s: %s\n", house->options->arguments[0],
            verdict_to_text(outcome->verdict), smtp_stage_to_text(outcome->stage), line);
}

static void print_advice(const struct house *house, const struct outcome *outcome)
{
    const char *advice = dialogue_advice(outcome);
    fflush(house->report->out); /* it belongs below what was said */
    if (advice)
        fprintf(house->report->err, "    %s\n", advice);
}

static void on_fallback(void *context, const struct relay_settings *from,
                        const struct relay_settings *to, const struct outcome *why)
{
    struct trial *trial = context;
    (void)from;
    print_outcome(trial->house, why);
    print_advice(trial->house, why);
    fputc('\n', stream_of(trial->house));
    begin_relay(trial, to);
}

static void on_outcome(void *context, void *token, const struct outcome *outcome)
{
    struct trial *trial = context;
    (void)token;
    trial->outcome = *outcome;
    trial->is_answered = true;
    relays_drain(trial->relays);
    (void)sd_event_exit(trial->loop, 0);
}

static void on_room(void *context)
{
    (void)context;
}

/* The occurrence that --event names, else the next to come; NULL when none is and none is needed.
 */
static int choose_event(struct house *house, const struct viewed **ret)
{
    if (house->options->event)
        return finder_event(house, house->options->event, FINDER_CALENDARS, ret);
    size_t count;
    const struct viewed *items = horizon_items(conductor_horizon(house->conductor), &count);
    struct instant now = house_now(house), best = INSTANT_NEVER;
    *ret = NULL;
    for (size_t i = 0; i < count; i++) {
        struct instant start = when_start(&items[i].occurrence->when, house->zone);
        if (items[i].facts && instant_before(now, start) && instant_before(start, best)) {
            best = start;
            *ret = &items[i];
        }
    }
    if (*ret || !house->options->step)
        return EXIT_YES;
    report_problem(house->report, "give one with --event", "no event of the calendars is to come");
    return EXIT_NO;
}

static int compose(struct trial *trial, struct arena *arena, const struct viewed *viewed,
                   const char *address, struct flaws *flaws)
{
    struct house *house = trial->house;
    const struct contact_list *list = conductor_contacts(house->conductor);
    size_t known = contact_list_find(list, address);
    const struct person person = {.name = address};
    const struct contact stranger = {.email = address,
                                     .person = person,
                                     .people = &person,
                                     .person_count = 1,
                                     .language = house->settings->organisation.language,
                                     .zone = house->settings->organisation.zone};
    const struct contact *contact = known < list->count ? list->items[known] : &stranger;
    const char *step = house->options->step ? house->options->step : "invitation";
    const struct rule_settings *rule = finder_rule(house, arena, viewed->occurrence);
    struct notice notice = {.occurrence = viewed->occurrence->key,
                            .step = step,
                            .contact = contact->email,
                            .kind = NOTICE_INVITATION,
                            .rule = rule ? rule->name : NULL,
                            .template_name = rule ? rule->template_name : NULL,
                            .facts = viewed->facts->id,
                            .due = house_now(house),
                            .claimed = INSTANT_UNSET,
                            .language = contact->language,
                            .zone = zone_name(contact->zone)};
    if (!notice_kind_from_text(text_of(step), &notice.kind)) {
        flaws_add(flaws, SEVERITY_ERROR, 0, 0, "invitation, reminder, change, cancellation …",
                  "no kind of notice is called \"%s\"", step);
        return COMPOSER_E_INCOMPLETE;
    }
    struct compose_request request = {.notice = &notice,
                                      .facts = viewed->facts,
                                      .occurrence = viewed->occurrence,
                                      .contact = contact,
                                      .rule = rule,
                                      .date = house_now(house)};
    int r = invitation_attach(arena, house->settings, &request);
    return r ? r
             : composer_compose(house->composer, arena, &request, trial->bytes, &trial->message,
                                flaws);
}

/* A new house has nothing to tell yet, and asks all the same whether the relay takes its mail. */
static int compose_plain(struct trial *trial, struct arena *arena, const char *address,
                         struct flaws *flaws)
{
    struct instant now = house_now(trial->house);
    const char *key = arena_printf(arena, "test-%lld", (long long)now.utc_usec);
    const struct staff_letter letter = {.subject = STAFF_TEST,
                                        .address = address,
                                        .key = key,
                                        .date = now,
                                        .expires = INSTANT_UNSET};
    return key ? composer_staff(trial->house->composer, arena, &letter, trial->bytes,
                                &trial->message, flaws)
               : -ENOMEM;
}

/* Somebody is watching, but no longer than the settings say. */
static int64_t patience(const struct settings *settings)
{
    int64_t usec = patience_usec;
    for (size_t i = 0; i < settings->relay_count; i++)
        if (settings->relays[i].patience_usec && settings->relays[i].patience_usec < usec)
            usec = settings->relays[i].patience_usec;
    return usec;
}

static int send(struct trial *trial)
{
    struct house *house = trial->house;
    const struct relay_callbacks callbacks = {.context = trial,
                                              .on_outcome = on_outcome,
                                              .on_room = on_room,
                                              .on_dialogue = on_dialogue,
                                              .on_fallback = on_fallback};
    signal(SIGPIPE, SIG_IGN); /* a relay that hangs up is an outcome */
    int r = sd_event_new(&trial->loop);
    r = r < 0 ? r : mailroom_open_uncounted(house, trial->loop, &callbacks, &trial->relays);
    if (r >= 0) {
        relays_set_patience(trial->relays, patience(house->settings));
        begin_relay(trial, &house->settings->relays[0]);
        r = relays_send(trial->relays, &trial->message, trial);
    }
    r = r < 0 ? r : sd_event_loop(trial->loop);
    relays_close(trial->relays);
    sd_event_unref(trial->loop);
    return r < 0 ? r : 0;
}

static json_t *outcome_form(const struct trial *trial)
{
    const struct outcome *outcome = &trial->outcome;
    return json_pack("{s:o, s:o, s:s, s:s, s:o, s:o, s:o}", "contact",
                     report_json_string(trial->house->options->arguments[0]), "relay",
                     report_json_string(trial->relay->url), "verdict",
                     verdict_to_text(outcome->verdict), "stage", smtp_stage_to_text(outcome->stage),
                     "code", outcome->code ? json_integer(outcome->code) : json_null(), "reply",
                     report_json_string(outcome->reply), "message_id",
                     report_json_string(trial->message.message_id));
}

static int tell_outcome(struct trial *trial)
{
    struct house *house = trial->house;
    const struct outcome *outcome = &trial->outcome;
    int r = 0;
    if (house->options->is_json)
        r = report_json(house->report, outcome_form(trial));
    else
        print_outcome(house, outcome);
    if (r)
        return house_failed(house, "test-mail", r);
    if (outcome->verdict == VERDICT_ACCEPTED)
        return EXIT_YES;
    print_advice(house, outcome);
    return EXIT_NO;
}

int command_test_mail(struct house *house)
{
    CLEANUP_ARENA struct arena *arena = arena_new(mail_max_bytes);
    CLEANUP_BUF struct buf bytes = BUF_INIT(mail_max_bytes);
    struct trial trial = {.house = house, .bytes = &bytes};
    const struct viewed *viewed;
    struct flaws flaws;
    if (!arena)
        return house_failed(house, "test-mail", -ENOMEM);
    if (!command_wants_address(house, house->options->arguments[0]))
        return EXIT_NO;
    int status = house_open_forecast(house);
    if (!status && !house->composer) {
        report_flaws(house->report, &house->template_flaws);
        return EXIT_NO;
    }
    status = status ? status : choose_event(house, &viewed);
    if (status)
        return status;
    if (viewed && !viewed->facts) {
        report_problem(house->report, "`convier why` says more", "no rule speaks about this event");
        return EXIT_NO;
    }
    flaws_init(&flaws, arena, "templates");
    const char *address = house->options->arguments[0];
    int r = viewed ? compose(&trial, arena, viewed, address, &flaws)
                   : compose_plain(&trial, arena, address, &flaws);
    report_flaws(house->report, &flaws);
    if (r > 0)
        return EXIT_NO;
    r = r ? r : send(&trial);
    if (r)
        return house_failed(house, "test-mail", r);
    return tell_outcome(&trial);
}
