/* SPDX-License-Identifier: MIT */
/* newsletter list, preview, send: about the next issue of each, or one that is written by hand.
 * They ask the forecast, so what they show is what the daemon will do; `send` writes one word into
 * the ledger, which the daemon obeys. */
#include <errno.h>
#include <string.h>

#include "app/commands.h"
#include "app/finder.h"
#include "app/forms.h"
#include "app/headings.h"
#include "app/nudge.h"
#include "app/showing.h"
#include "app/template_folder.h"
#include "plan/brakes.h"
#include "plan/reason_words.h"

static const size_t answer_max_bytes = (size_t)1 << 30;

/* What an issue comes to. */
struct outlook {
    size_t readers, events; /* who would have a mail, and what any of them is told */
    size_t few;             /* who of them has it first */
    size_t first_reader;    /* index; of a list without readers its end */
    struct instant first;   /* when the first mail leaves; NEVER: none does */
};

static int look_at_reader(struct house *house, struct arena *arena, const struct issue *issue,
                          size_t reader, bool *told, struct outlook *ret)
{
    const struct planner_input *input = conductor_input(house->conductor);
    const struct contact *contact = input->contacts->items[reader];
    bool is_told = issue->is_written;
    struct instant leaves;
    int r = newsletter_leaves(arena, input, issue, reader, &leaves);
    struct instant then = r ? leaves : instant_max(leaves, house_now(house));
    for (size_t i = 0; i < issue->event_count && !r; i++) {
        bool is_new = newsletter_tells(issue, &issue->events[i], reader, contact->zone, then);
        ret->events += is_new && !told[i];
        told[i] |= is_new;
        is_told |= is_new;
    }
    if (r || !is_told)
        return r;
    if (!ret->readers++)
        ret->first_reader = reader;
    ret->few += issue->canary.bits && membership_has(&issue->canary, reader);
    ret->first = instant_min(ret->first, leaves);
    return 0;
}

static bool is_reader(const struct planner_input *input, const struct issue *issue, size_t contact)
{
    return membership_has(&issue->audience, contact) &&
           !(input->suppressed.bits && membership_has(&input->suppressed, contact));
}

static int look(struct house *house, struct arena *arena, const struct issue *issue,
                struct outlook *ret)
{
    const struct planner_input *input = conductor_input(house->conductor);
    bool *told = arena_alloc_array(arena, issue->event_count + 1, sizeof *told);
    *ret = (struct outlook){.first_reader = input->contacts->count, .first = INSTANT_NEVER};
    int r = told ? 0 : -ENOMEM;
    for (size_t i = 0; i < input->contacts->count && !r; i++)
        if (is_reader(input, issue, i))
            r = look_at_reader(house, arena, issue, i, told, ret);
    return r;
}

/* --- list ------------------------------------------------------------------------------------ */

/* issue NULL: there is no next one. One that is written by hand has no hour of its own. */
static int add_row(struct house *house, struct arena *arena,
                   const struct newsletter_settings *newsletter, const struct issue *issue,
                   struct report_table *table)
{
    struct outlook outlook = {.first = INSTANT_NEVER};
    int r = issue ? look(house, arena, issue, &outlook) : 0;
    const char *label = issue ? newsletter_label(issue) : NULL;
    bool is_written = issue && issue->is_written;
    if (r)
        return r;
    if (is_written)
        outlook.first = INSTANT_NEVER;
    if (house->options->is_json)
        return report_json(
            house->report,
            json_pack("{s:s, s:s, s:o, s:b, s:o, s:I, s:I, s:o}", "name", newsletter->name,
                      "audience", newsletter->audience, "issue", report_json_string(label),
                      "by_hand", is_written, "first", forms_instant(outlook.first, house->zone),
                      "readers", (json_int_t)outlook.readers, "events", (json_int_t)outlook.events,
                      "key", report_json_string(issue ? issue->key : NULL)));
    report_table_text(table, newsletter->name);
    report_table_text(table, label);
    report_table_text(table, forms_moment(arena, outlook.first, house->zone));
    report_table_cell(table, COLOUR_PLAIN, "%zu", outlook.readers);
    report_table_cell(table, COLOUR_PLAIN, "%zu", outlook.events);
    return 0;
}

/* Those that are written by hand and were not let go. */
static int add_written(struct house *house, struct arena *arena, const struct issue_names *names,
                       size_t newsletter, struct report_table *table)
{
    struct issues *issues = conductor_issues(house->conductor);
    const struct settings *settings = house->settings;
    const struct issue *issue;
    int r = 0;
    for (size_t i = 0; i < names->count && !r; i++) {
        if (issues_newsletter_of(settings, names->items[i]) != newsletter)
            continue;
        r = issues_named(issues, newsletter, names->items[i], &issue);
        if (!r && instant_equal(issues_word(issues, issue->key), INSTANT_UNSET))
            r = add_row(house, arena, &settings->newsletters[newsletter], issue, table);
    }
    return r;
}

static int list(struct house *house, struct arena *arena)
{
    static const enum heading headings[] = {HEADING_NEWSLETTER, HEADING_ISSUE, HEADING_FIRST_MAIL,
                                            HEADING_READERS, HEADING_EVENTS};
    const struct settings *settings = house->settings;
    struct report_table table;
    struct issue_names names = {0};
    int r = settings->newsletter_folder
                ? template_folder_issues(arena, settings->newsletter_folder, &names)
                : 0;
    headings_begin(&table, arena, settings->organisation.language, headings, 5);
    for (size_t i = 0; i < settings->newsletter_count && !r; i++) {
        const struct issue *issue;
        r = issues_next(conductor_issues(house->conductor), conductor_input(house->conductor), i,
                        &issue);
        r = r ? r : add_row(house, arena, &settings->newsletters[i], issue, &table);
        r = r ? r : add_written(house, arena, &names, i, &table);
    }
    if (!r && !settings->newsletter_count && !house->options->is_json)
        house_say(house, PHRASE_NO_NEWSLETTER, NULL);
    else
        r = r ? r : report_table_print(house->report, &table);
    return r ? house_failed(house, "newsletter", r) : EXIT_YES;
}

/* --- the next issue of one ---------------------------------------------------------------------
 */

static int refuse_name(struct house *house, struct arena *arena, const char *name)
{
    const struct settings *settings = house->settings;
    const char **names = arena_alloc_array(arena, settings->newsletter_count + 1, sizeof *names);
    if (!names)
        return house_failed(house, "newsletter", -ENOMEM);
    for (size_t i = 0; i < settings->newsletter_count; i++)
        names[i] = settings->newsletters[i].name;
    const char *nearest = text_nearest(text_of(name), names, settings->newsletter_count);
    report_problem(house->report,
                   nearest ? arena_printf(arena, "did you mean \"%s\"?", nearest)
                           : "`convier newsletter list` names them",
                   "no newsletter is called \"%s\"", name);
    return EXIT_NO;
}

/* The newsletter that the command names, or of the issue that it names. */
static int find(struct house *house, struct arena *arena, size_t *ret, bool *ret_is_written)
{
    const struct settings *settings = house->settings;
    const char *name = house->options->arguments[1];
    *ret_is_written = false;
    for (*ret = 0; *ret < settings->newsletter_count; ++*ret)
        if (string_equal(settings->newsletters[*ret].name, name))
            return EXIT_YES;
    *ret_is_written = true;
    *ret = issues_newsletter_of(settings, name);
    if (*ret == settings->newsletter_count)
        return refuse_name(house, arena, name);
    if (settings->newsletter_folder)
        return EXIT_YES;
    report_problem(house->report, "name the folder of what is written by hand",
                   "newsletter_folder is not given");
    return EXIT_NO;
}

static int find_issue(struct house *house, struct arena *arena, const struct issue **ret)
{
    struct issues *issues = conductor_issues(house->conductor);
    size_t index;
    bool is_written;
    int status = find(house, arena, &index, &is_written);
    if (status)
        return status;
    if (!house->composer) {
        report_flaws(house->report, &house->template_flaws);
        return EXIT_NO;
    }
    int r = is_written ? issues_named(issues, index, house->options->arguments[1], ret)
                       : issues_next(issues, conductor_input(house->conductor), index, ret);
    if (r)
        return house_failed(house, "newsletter", r);
    if (!*ret)
        report_problem(house->report, "`every` of the newsletter says when", "%s has no next issue",
                       house->settings->newsletters[index].name);
    return *ret ? EXIT_YES : EXIT_NO;
}

static bool has_words(const struct house *house, const struct issue *issue, enum language language)
{
    return !issue->is_written ||
           composer_has_template(house->composer, issue->template_name, language);
}

/* Every reader needs words in a language of his own. */
static int check_words(struct house *house, const struct issue *issue)
{
    const struct planner_input *input = conductor_input(house->conductor);
    bool is_sound = true;
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        enum language language = (enum language)i;
        size_t readers = 0;
        for (size_t k = 0; k < input->contacts->count; k++)
            readers +=
                input->contacts->items[k]->language == language && is_reader(input, issue, k);
        if (!readers || has_words(house, issue, language))
            continue;
        report_problem(house->report, "each reader has it in a language of his own",
                       "%s.%s.md is missing or has errors; readers who need it: %zu",
                       issue->template_name, language_to_text(language), readers);
        is_sound = false;
    }
    if (!is_sound)
        report_flaws(house->report, &house->template_flaws);
    return is_sound ? EXIT_YES : EXIT_NO;
}

static int nothing_to_tell(struct house *house, const struct issue *issue, const char *whom)
{
    report_problem(house->report,
                   "an issue tells each reader the events that a rule has him for; or those of its "
                   "own category, calendar or title",
                   "the issue of %s has nothing to tell %s", newsletter_label(issue), whom);
    return EXIT_NO;
}

static int nobody_to_tell(struct house *house, const struct issue *issue)
{
    const struct membership *audience = &issue->audience;
    for (size_t i = 0; audience->bits && i < audience->count; i++)
        if (membership_has(audience, i))
            return nothing_to_tell(house, issue, "anybody");
    report_problem(house->report, "`convier contacts FILE --audience EXPR` lists who is in one",
                   "nobody is in the audience of %s: %s", issue->newsletter->name,
                   issue->newsletter->audience);
    return EXIT_NO;
}

/* The mail of an issue to one of its readers. */
static struct notice notice_to(const struct issue *issue, const struct contact *contact,
                               struct instant leaves)
{
    return (struct notice){.occurrence = issue->key,
                           .step = newsletter_step,
                           .contact = contact->email,
                           .kind = NOTICE_NEWSLETTER,
                           .rule = issue->newsletter->name,
                           .template_name = issue->template_name,
                           .due = leaves,
                           .language = contact->language,
                           .zone = zone_name(contact->zone)};
}

/* --- preview --------------------------------------------------------------------------------- */

static int preview_to(struct house *house, struct arena *arena, const struct issue *issue,
                      const struct contact *contact, size_t reader)
{
    struct told_events told;
    struct showing showing;
    struct instant leaves;
    int r = newsletter_leaves(arena, conductor_input(house->conductor), issue, reader, &leaves);
    leaves = r ? leaves : instant_max(leaves, house_now(house));
    r = r ? r : issues_told(arena, issue, reader, contact->zone, leaves, &told);
    if (r)
        return house_failed(house, "newsletter", r);
    if (!told.count && !issue->is_written)
        return nothing_to_tell(house, issue, contact->email);
    if (!membership_has(&issue->audience, reader))
        report_problem(house->report, house_phrase(house, PHRASE_NO_READER, NULL), "%s",
                       house_phrase(house, PHRASE_NOT_TO_COME, NULL));
    const struct notice notice = notice_to(issue, contact, leaves);
    showing_init(&showing, house, arena);
    showing_notice(&showing, &notice, leaves);
    int status = showing_print(&showing);
    showing_done(&showing);
    return status;
}

/* The first who would have it; of what is written by hand, who has words already. */
static int first_reader(struct house *house, struct arena *arena, const struct issue *issue,
                        size_t *ret)
{
    const struct planner_input *input = conductor_input(house->conductor);
    struct outlook outlook;
    int r = look(house, arena, issue, &outlook);
    if (r)
        return house_failed(house, "newsletter", r);
    if (!outlook.readers)
        return nobody_to_tell(house, issue);
    *ret = outlook.first_reader;
    for (size_t i = *ret; i < input->contacts->count && issue->is_written; i++)
        if (is_reader(input, issue, i) &&
            has_words(house, issue, input->contacts->items[i]->language)) {
            *ret = i;
            break;
        }
    return EXIT_YES;
}

/* What is not finished in one language can be looked at in another. */
static int preview(struct house *house, struct arena *arena)
{
    const struct contact_list *contacts = conductor_contacts(house->conductor);
    const struct issue *issue;
    const struct contact *contact;
    size_t reader = contacts->count;
    int status = find_issue(house, arena, &issue);
    if (!status && house->options->contact) {
        status = finder_contact(house, house->options->contact, &contact);
        reader = status ? reader : contact_list_find(contacts, contact->email);
    } else if (!status) {
        status = first_reader(house, arena, issue, &reader);
    }
    if (status)
        return status;
    contact = contacts->items[reader];
    (void)check_words(house, issue); /* `send` refuses what is missing */
    if (!has_words(house, issue, contact->language))
        return EXIT_NO;
    return preview_to(house, arena, issue, contact, reader);
}

/* --- send ------------------------------------------------------------------------------------ */

static int refuse(struct house *house, struct arena *arena, const char *name, struct instant said)
{
    report_problem(house->report, "an issue never leaves twice", "%s was let go on %s", name,
                   forms_moment(arena, said, house->zone));
    return EXIT_NO;
}

/* One that was let go before its day is not followed by the next. */
static int refuse_second(struct house *house, struct arena *arena, const struct issue *issue)
{
    struct civil_date day, today = zone_to_civil(house->zone, house_now(house)).date;
    struct instant said;
    size_t index = (size_t)(issue->newsletter - house->settings->newsletters);
    char text[11];
    if (issue->is_written ||
        !issues_said(conductor_issues(house->conductor), index, today, &day, &said))
        return EXIT_YES;
    civil_date_format(day, text);
    return refuse(house, arena, text, said);
}

/* The daemon would wait for it, perhaps for longer than the word is of use. */
static int refuse_unread(struct house *house)
{
    const char *calendar = issues_unread(conductor_issues(house->conductor));
    if (!calendar)
        return EXIT_YES;
    report_problem(house->report, "an issue waits until each of them was read once",
                   "the calendar \"%s\" was never read", calendar);
    return EXIT_NO;
}

/* What could not be composed would wait for a word, after one was given. */
static int prove_to(struct house *house, struct arena *arena, const struct issue *issue,
                    size_t reader)
{
    const struct contact *contact = conductor_contacts(house->conductor)->items[reader];
    const struct notice notice = notice_to(issue, contact, issue->word);
    struct compose_request request;
    struct flaws flaws;
    flaws_init(&flaws, arena, NULL);
    int r = conductor_request(house->conductor, arena, &notice, issue->word, &request);
    if (r > 0)
        return EXIT_YES; /* not for him */
    r = r ? r : composer_proof(house->composer, arena, &request, &flaws);
    if (r < 0)
        return house_failed(house, "newsletter", r);
    if (!r)
        return EXIT_YES;
    report_flaws(house->report, &flaws);
    report_problem(house->report, "nothing leaves: correct that, and say it again",
                   "the issue %s cannot be composed for %s", newsletter_label(issue),
                   contact->email);
    return EXIT_NO;
}

static int prove(struct house *house, struct arena *arena, const struct issue *issue)
{
    int status = EXIT_YES;
    for (size_t i = 0; i < issue->audience.count && !status; i++) {
        struct arena_mark mark = arena_mark(arena);
        if (is_reader(conductor_input(house->conductor), issue, i))
            status = prove_to(house, arena, issue, i);
        arena_rewind(arena, mark);
    }
    return status;
}

/* The forecast's ledger makes room for the real one. */
static int say(struct house *house, const char *key, struct instant now, struct instant *ret_said)
{
    house->conductor = conductor_free(house->conductor);
    house->ledger = ledger_close(house->ledger);
    int status = house_open_ledger(house, LEDGER_COMMAND);
    if (status)
        return status;
    int r = ledger_begin(house->ledger);
    r = r ? r : issues_say(house->ledger, key, now, ret_said);
    r = r ? r : ledger_commit(house->ledger);
    if (r) {
        ledger_rollback(house->ledger);
        return house_failed(house, "newsletter", r);
    }
    nudge_send(house->settings->state);
    return EXIT_YES;
}

/* Why the most that leave at once would be held; NULL: they would not. */
static const char *held_because(const struct house *house, struct arena *arena,
                                const struct outlook *outlook, size_t *ret_count)
{
    const struct settings *settings = house->settings;
    size_t others = outlook->readers - outlook->few;
    const struct pass_totals totals = {.notices = others > outlook->few ? others : outlook->few};
    *ret_count = totals.notices;
    return reason_in(arena, brakes_reason(arena, &settings->limits, &totals),
                     settings->organisation.language);
}

static int tell_said(struct house *house, struct arena *arena, const char *key,
                     const struct outlook *outlook)
{
    const char *pause = NULL, *label = strrchr(key, '/') + 1;
    size_t count;
    const char *held = held_because(house, arena, outlook, &count);
    if (ledger_get(house->ledger, arena, "pause", &pause))
        pause = NULL;
    pause = reason_in(arena, pause, house->settings->organisation.language);
    if (house->options->is_json) {
        int r = report_json(house->report,
                            json_pack("{s:s, s:s, s:I, s:I, s:I, s:o, s:o}", "issue", label, "key",
                                      key, "readers", (json_int_t)outlook->readers, "events",
                                      (json_int_t)outlook->events, "first",
                                      (json_int_t)outlook->few, "held", report_json_string(held),
                                      "paused", report_json_string(pause)));
        return r ? house_failed(house, "newsletter", r) : EXIT_YES;
    }
    house_say_counted(house, PHRASE_ISSUE_LEAVES, outlook->readers, label);
    if (outlook->few && outlook->few < outlook->readers)
        house_say_counted(house, PHRASE_FEW_FIRST, outlook->few, NULL);
    if (held)
        house_say_counted(house, PHRASE_WOULD_HOLD, count, held);
    if (pause)
        house_say(house, PHRASE_IS_PAUSED, pause);
    return EXIT_YES;
}

/* The issue that the word is about, as it will leave: with readers, and composable. */
static int find_sendable(struct house *house, struct arena *arena, const struct issue **ret,
                         struct outlook *ret_outlook)
{
    int status = find_issue(house, arena, ret);
    status = status ? status : check_words(house, *ret);
    status = status ? status : refuse_second(house, arena, *ret);
    status = status ? status : refuse_unread(house);
    if (status)
        return status;
    int r = issues_let_go(conductor_issues(house->conductor), *ret, ret);
    r = r ? r : look(house, arena, *ret, ret_outlook);
    if (r)
        return house_failed(house, "newsletter", r);
    return ret_outlook->readers ? prove(house, arena, *ret) : nobody_to_tell(house, *ret);
}

static int send(struct house *house, struct arena *arena)
{
    const struct issue *issue;
    struct outlook outlook;
    struct instant said, now = house_now(house);
    int status = find_sendable(house, arena, &issue, &outlook);
    if (status)
        return status;
    const char *key = arena_copy_string(arena, issue->key);
    if (!key)
        return house_failed(house, "newsletter", -ENOMEM);
    status = say(house, key, now, &said);
    if (status)
        return status;
    if (!instant_equal(said, now))
        return refuse(house, arena, strrchr(key, '/') + 1, said);
    return tell_said(house, arena, key, &outlook);
}

int command_newsletter(struct house *house)
{
    CLEANUP_ARENA struct arena *arena = arena_new(answer_max_bytes);
    const char *verb = house->options->arguments[0];
    if (!arena)
        return house_failed(house, "newsletter", -ENOMEM);
    int status = house_open_forecast(house);
    if (status)
        return status;
    return string_equal(verb, "list")      ? list(house, arena)
           : string_equal(verb, "preview") ? preview(house, arena)
                                           : send(house, arena);
}
