/* SPDX-License-Identifier: MIT */
/* newsletter list, preview, send: about the next issue of each. They ask the forecast, so what they
 * show is what the daemon will do; `send` writes one word into the ledger, which the daemon obeys.
 */
#include <errno.h>
#include <string.h>

#include "app/commands.h"
#include "app/finder.h"
#include "app/forms.h"
#include "app/nudge.h"
#include "app/showing.h"

static const size_t answer_max_bytes = (size_t)1 << 30;

/* What an issue comes to. */
struct outlook {
    size_t readers, events; /* who would have a mail, and what any of them is told */
    size_t first_reader;    /* index; of a list without readers its end */
};

static int look_at_reader(struct house *house, struct arena *arena, const struct issue *issue,
                          size_t reader, bool *told, struct outlook *ret)
{
    const struct planner_input *input = conductor_input(house->conductor);
    const struct contact *contact = input->contacts->items[reader];
    bool is_told = false;
    struct instant leaves;
    int r = newsletter_leaves(arena, input, issue, reader, &leaves);
    leaves = r ? leaves : instant_max(leaves, house_now(house));
    for (size_t i = 0; i < issue->event_count && !r; i++) {
        bool is_new = newsletter_tells(issue, &issue->events[i], reader, contact->zone, leaves);
        ret->events += is_new && !told[i];
        told[i] |= is_new;
        is_told |= is_new;
    }
    if (is_told && !ret->readers++)
        ret->first_reader = reader;
    return r;
}

static int look(struct house *house, struct arena *arena, const struct issue *issue,
                struct outlook *ret)
{
    const struct planner_input *input = conductor_input(house->conductor);
    bool *told = arena_alloc_array(arena, issue->event_count + 1, sizeof *told);
    *ret = (struct outlook){.first_reader = input->contacts->count};
    int r = told ? 0 : -ENOMEM;
    for (size_t i = 0; i < input->contacts->count && !r; i++)
        if (membership_has(&issue->audience, i) &&
            !(input->suppressed.bits && membership_has(&input->suppressed, i)))
            r = look_at_reader(house, arena, issue, i, told, ret);
    return r;
}

static const char *day_of(struct arena *arena, const struct issue *issue)
{
    char text[11];
    civil_date_format(issue->day, text);
    return arena_copy_string(arena, text);
}

/* --- list ------------------------------------------------------------------------------------ */

static int add_row(struct house *house, struct arena *arena, size_t index,
                   struct report_table *table)
{
    const struct newsletter_settings *newsletter = &house->settings->newsletters[index];
    const struct planner_input *input = conductor_input(house->conductor);
    const struct issue *issue;
    struct outlook outlook = {0};
    struct issue_span span = {.first = INSTANT_UNSET};
    int r = issues_next(conductor_issues(house->conductor), input, index, &issue);
    r = r || !issue ? r : newsletter_span(arena, input, issue, &span);
    r = r || !issue ? r : look(house, arena, issue, &outlook);
    const char *day = !r && issue ? day_of(arena, issue) : NULL;
    if (r)
        return r;
    if (house->options->is_json)
        return report_json(
            house->report,
            json_pack("{s:s, s:s, s:o, s:o, s:I, s:I, s:o}", "name", newsletter->name, "audience",
                      newsletter->audience, "issue", report_json_string(day), "first",
                      forms_instant(span.first, house->zone), "readers",
                      (json_int_t)outlook.readers, "events", (json_int_t)outlook.events, "key",
                      report_json_string(issue ? issue->key : NULL)));
    report_table_text(table, newsletter->name);
    report_table_text(table, day);
    report_table_text(table, forms_moment(arena, span.first, house->zone));
    report_table_cell(table, COLOUR_PLAIN, "%zu", outlook.readers);
    report_table_cell(table, COLOUR_PLAIN, "%zu", outlook.events);
    return 0;
}

static int list(struct house *house, struct arena *arena)
{
    static const char *const heads[] = {"NAME", "ISSUE", "FIRST MAIL", ">READERS", ">EVENTS"};
    struct report_table table;
    int r = 0;
    report_table_init(&table, arena, heads, 5);
    for (size_t i = 0; i < house->settings->newsletter_count && !r; i++)
        r = add_row(house, arena, i, &table);
    r = r ? r : report_table_print(house->report, &table);
    return r ? house_failed(house, "newsletter", r) : EXIT_YES;
}

/* --- the next issue of one ---------------------------------------------------------------------
 */

static int find(struct house *house, struct arena *arena, size_t *ret)
{
    const struct settings *settings = house->settings;
    const char *name = house->options->arguments[1];
    const char **names = arena_alloc_array(arena, settings->newsletter_count + 1, sizeof *names);
    if (!names)
        return house_failed(house, "newsletter", -ENOMEM);
    for (*ret = 0; *ret < settings->newsletter_count; ++*ret) {
        names[*ret] = settings->newsletters[*ret].name;
        if (string_equal(names[*ret], name))
            return EXIT_YES;
    }
    const char *nearest = text_nearest(text_of(name), names, settings->newsletter_count);
    report_problem(house->report,
                   nearest ? arena_printf(arena, "did you mean \"%s\"?", nearest)
                           : "`convier newsletter list` names them",
                   "no newsletter is called \"%s\"", name);
    return EXIT_NO;
}

static int find_issue(struct house *house, struct arena *arena, const struct issue **ret)
{
    size_t index;
    int status = find(house, arena, &index);
    if (status)
        return status;
    int r = issues_next(conductor_issues(house->conductor), conductor_input(house->conductor),
                        index, ret);
    if (r)
        return house_failed(house, "newsletter", r);
    if (!*ret)
        report_problem(house->report, "`every` of the newsletter says when", "%s has no next issue",
                       house->settings->newsletters[index].name);
    return *ret ? EXIT_YES : EXIT_NO;
}

static int nothing_to_tell(struct house *house, const struct issue *issue, const char *whom)
{
    char day[11];
    civil_date_format(issue->day, day);
    report_problem(house->report,
                   "an issue tells each reader the events that a rule has him for; or those of its "
                   "own category, calendar or title",
                   "the issue of %s has nothing to tell %s", day, whom);
    return EXIT_NO;
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
    if (!told.count)
        return nothing_to_tell(house, issue, contact->email);
    if (!membership_has(&issue->audience, reader))
        report_problem(house->report, "the contact is not in the newsletter's audience", "%s",
                       phrase(PHRASE_NOT_TO_COME, house->settings->organisation.language));
    const struct notice notice = {.occurrence = issue->key,
                                  .step = newsletter_step,
                                  .contact = contact->email,
                                  .kind = NOTICE_NEWSLETTER,
                                  .rule = issue->newsletter->name,
                                  .template_name = issue->newsletter->template_name,
                                  .due = leaves,
                                  .language = contact->language,
                                  .zone = zone_name(contact->zone)};
    showing_init(&showing, house, arena);
    showing_notice(&showing, &notice, leaves);
    int status = showing_print(&showing);
    showing_done(&showing);
    return status;
}

static int preview(struct house *house, struct arena *arena)
{
    const struct contact_list *contacts = conductor_contacts(house->conductor);
    const struct issue *issue;
    const struct contact *contact = NULL;
    struct outlook outlook;
    int status = find_issue(house, arena, &issue);
    if (!status && house->options->contact)
        status = finder_contact(house, house->options->contact, &contact);
    if (status)
        return status;
    if (!house->composer) {
        report_flaws(house->report, &house->template_flaws);
        return EXIT_NO;
    }
    if (contact)
        return preview_to(house, arena, issue, contact,
                          contact_list_find(contacts, contact->email));
    int r = look(house, arena, issue, &outlook);
    if (r)
        return house_failed(house, "newsletter", r);
    if (!outlook.readers)
        return nothing_to_tell(house, issue, "anybody");
    return preview_to(house, arena, issue, contacts->items[outlook.first_reader],
                      outlook.first_reader);
}

/* --- send ------------------------------------------------------------------------------------ */

/* The forecast's ledger makes room for the real one. */
static int say(struct house *house, const struct newsletter_settings *newsletter,
               struct civil_date day, struct instant now)
{
    house->conductor = conductor_free(house->conductor);
    house->ledger = ledger_close(house->ledger);
    int status = house_open_ledger(house, LEDGER_COMMAND);
    if (status)
        return status;
    int r = ledger_begin(house->ledger);
    r = r ? r : issues_say(house->ledger, newsletter, day, now);
    r = r ? r : ledger_commit(house->ledger);
    if (r) {
        ledger_rollback(house->ledger);
        return house_failed(house, "newsletter", r);
    }
    nudge_send(house->settings->state);
    return EXIT_YES;
}

/* One that was let go before its day is not followed by the next. */
static int refuse_second(struct house *house, struct arena *arena,
                         const struct newsletter_settings *newsletter)
{
    struct civil_date day;
    struct instant said;
    int r = issues_word(house->ledger, arena, newsletter, &day, &said);
    if (r)
        return house_failed(house, "newsletter", r);
    struct civil_date today = zone_to_civil(house->zone, house_now(house)).date;
    if (said.utc_usec == INSTANT_UNSET.utc_usec || civil_date_compare(day, today) < 0)
        return EXIT_YES;
    char text[11];
    civil_date_format(day, text);
    report_problem(house->report, "the next one leaves by itself; `convier newsletter list`",
                   "the issue of %s was let go on %s", text,
                   forms_moment(arena, said, house->zone));
    return EXIT_NO;
}

static int send(struct house *house, struct arena *arena)
{
    const struct issue *issue;
    struct outlook outlook;
    struct instant now = house_now(house);
    size_t index;
    int status = find(house, arena, &index);
    status = status ? status : refuse_second(house, arena, &house->settings->newsletters[index]);
    status = status ? status : find_issue(house, arena, &issue);
    if (status)
        return status;
    int r = look(house, arena, issue, &outlook);
    const char *day = r ? NULL : day_of(arena, issue);
    if (r)
        return house_failed(house, "newsletter", r);
    if (!outlook.readers)
        return nothing_to_tell(house, issue, "anybody");
    status = say(house, issue->newsletter, issue->day, now);
    if (!status)
        house_say_counted(house, PHRASE_ISSUE_LEAVES, outlook.readers, day);
    return status;
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
