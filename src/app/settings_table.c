/* SPDX-License-Identifier: MIT */
#include "app/settings_table.h"

#include <limits.h>
#include <stdio.h>

#include "model/settings.h"

#define END                                                                                        \
    {                                                                                              \
        .name = NULL                                                                               \
    }
#define AT(field)   .offset = offsetof(struct HERE, field)
#define ALSO(field) .extra_offset = offsetof(struct HERE, field)
#define REQUIRED    .is_required = true

/* Zero is the smallest number of messages that has a meaning: "the preset's, else none". */
#define NUMBER(low, high) .type = SETTING_COUNT, .min = (low), .max = (high)

static const struct setting_word auth_words[] = {{"plain", AUTH_PLAIN},
                                                 {"login", AUTH_LOGIN},
                                                 {"cram-md5", AUTH_CRAM_MD5},
                                                 {"xoauth2", AUTH_XOAUTH2},
                                                 {"oauthbearer", AUTH_OAUTHBEARER},
                                                 {NULL, 0}};
static const struct setting_word tls_words[] = {{"none", 0}, {"required", 1}, {NULL, 0}};
static const struct setting_word zone_words[] = {{"recipient", 0}, {"event", 1}, {NULL, 0}};
static const struct setting_word removed_words[] = {{"silent", 0}, {"tell", 1}, {NULL, 0}};
static const struct setting_word title_words[] = {{"quiet", 0}, {"tell", 1}, {NULL, 0}};
static const struct setting_word invitation_words[] = {{"publish", 0}, {"request", 1}, {NULL, 0}};
static const struct setting_word vanished_words[] = {
    {"hold", VANISHED_HOLD}, {"cancel", VANISHED_CANCEL}, {"ignore", VANISHED_IGNORE}, {NULL, 0}};
static const struct setting_word uncertain_words[] = {
    {"resend", UNCERTAIN_RESEND}, {"hold", UNCERTAIN_HOLD}, {NULL, 0}};

/* clang-format off: one key, one line or two, so that the table reads as a page. */

#define HERE organisation_settings
static const struct setting_key organisation_keys[] = {
    {"name", SETTING_STRING, REQUIRED, AT(name), .help = "who writes, in full"},
    {"address", SETTING_LINES, REQUIRED, AT(address),
     .help = "postal address, at the foot of each mail"},
    {"language", SETTING_LANGUAGE, AT(language), .standard = "fr",
     .help = "of contacts who have none: fr, ja or en"},
    {"zone", SETTING_ZONE, AT(zone),
     .help = "of contacts and calendars that have none; default: the system's"},
    {"phone", SETTING_STRING, AT(phone), .help = "shown at the foot of each mail"},
    {"url", SETTING_WEB, AT(url), .help = "web site, shown at the foot of each mail"},
    {"colour", SETTING_COLOUR, AT(colour), .help = "of headings and buttons, #rrggbb"},
    {"logo", SETTING_PATH, AT(logo), .help = "PNG, JPEG or GIF under 20 KB, embedded"},
    END};
#undef HERE

#define HERE sender_settings
static const struct setting_key sender_keys[] = {
    {"name", SETTING_STRING, REQUIRED, AT(name), .help = "shown as the sender"},
    {"address", SETTING_ADDRESS, REQUIRED, AT(address), .help = "From:"},
    {"reply_to", SETTING_ADDRESS, AT(reply_to), .help = "where answers go; default: address"},
    {"bounces", SETTING_ADDRESS, AT(bounces),
     .help = "envelope sender, where failures come back; default: address"},
    {"unsubscribe", SETTING_ADDRESS, AT(unsubscribe),
     .help = "mailbox of the unsubscribe link; default: bounces"},
    {"unsubscribe_url", SETTING_STRING, AT(unsubscribe_url),
     .help = "https address with {token}, where a POST unsubscribes (RFC 8058)"},
    {"subaddress", SETTING_BOOL, AT(subaddress), .standard = "true",
     .help = "the mailboxes accept local+TOKEN@"},
    END};
#undef HERE

#define HERE relay_settings
static const struct setting_key relay_keys[] = {
    {"url", SETTING_STRING, REQUIRED, AT(url), .help = "smtps://host[:465] or smtp://host[:587]"},
    {"user", SETTING_STRING, AT(user), .help = "login name"},
    {"password", SETTING_SECRET, AT(password), .help = "credential:NAME or file:PATH"},
    {"auth", SETTING_WORD, AT(auth), .words = auth_words,
     .help = "default: the best that the relay offers"},
    {"token_command", SETTING_STRING, AT(token_command), .help = "prints an OAuth access token"},
    {"tls", SETTING_FLAG, AT(is_tls_required), .words = tls_words, .standard = "required",
     .help = "none is for loopback only"},
    {"ca_file", SETTING_PATH, AT(ca_file), .help = "certificates to trust instead of the system's"},
    {"helo", SETTING_STRING, AT(helo),
     .help = "name given at EHLO; default: the domain of the sender"},
    {"preset", SETTING_STRING, AT(preset),
     .help =
         "limits of a known provider: ovh, office365, workspace, gmail, ses, infomaniak, gandi"},
    {"connections", NUMBER(1, 50), AT(connections),
     .help = "at once; default: the preset's, else 1"},
    {"per_minute", NUMBER(1, 1000000), AT(limit_per_minute),
     .help = "messages in any minute, across restarts, each copy counted; default: the preset's, "
             "else no limit"},
    {"per_hour", NUMBER(1, 10000000), AT(limit_per_hour),
     .help = "messages in any hour, across restarts, each copy counted; default: the preset's, "
             "else no limit"},
    {"per_day", NUMBER(1, 100000000), AT(limit_per_day),
     .help = "messages in any 24 hours, across restarts, each copy counted; default: the preset's, "
             "else no limit"},
    {"messages_per_connection", NUMBER(1, 1000000), AT(messages_per_connection),
     .help = "default: the preset's, else no limit"},
    {"patience", SETTING_DURATION, AT(patience_usec),
     .help = "caps each wait for an answer; default: those of RFC 5321, 2 to 10 min"},
    END};
#undef HERE

#define HERE calendar_settings
static const struct setting_key calendar_keys[] = {
    {"name", SETTING_STRING, REQUIRED, AT(name), .help = "used by rules and messages"},
    {"source", SETTING_SOURCE, REQUIRED, AT(source), ALSO(is_remote),
     .help = "an .ics file, or an https:// or webcal:// address"},
    {"every", SETTING_DURATION, AT(every_usec), .standard = "15 min",
     .help = "how often an address is asked; files are watched"},
    {"zone", SETTING_ZONE, AT(zone),
     .help = "of times without a zone; default: the organisation's"},
    {"category", SETTING_STRING, AT(category), .help = "of events that have none"},
    {"user", SETTING_STRING, AT(user), .help = "login name for an address"},
    {"password", SETTING_SECRET, AT(password), .help = "credential:NAME or file:PATH"},
    {"ca_file", SETTING_PATH, AT(ca_file), .help = "certificates to trust instead of the system's"},
    END};
#undef HERE

#define HERE contacts_settings
static const struct setting_key contacts_keys[] = {
    {"source", SETTING_SOURCE, REQUIRED, AT(source), ALSO(is_remote),
     .help = "a CSV, vCard, xlsx or ods file, or an https:// address"},
    {"every", SETTING_DURATION, AT(every_usec), .standard = "15 min",
     .help = "how often an address is asked; files are watched"},
    {"charset", SETTING_STRING, AT(charset), .help = "default: guessed"},
    {"delimiter", SETTING_DELIMITER, AT(delimiter), .help = "of CSV; default: guessed"},
    {"language", SETTING_LANGUAGE, AT(language), ALSO(has_language),
     .help = "of lines that have none"},
    {"zone", SETTING_ZONE, AT(zone), .help = "of lines that have none"},
    {"groups", SETTING_STRINGS, AT(groups), ALSO(group_count), .help = "added to every line"},
    {"user", SETTING_STRING, AT(user), .help = "login name for an address"},
    {"password", SETTING_SECRET, AT(password), .help = "credential:NAME or file:PATH"},
    END};
#undef HERE

#define HERE holiday_settings
static const struct setting_key holiday_keys[] = {
    {"country", SETTING_COUNTRY, REQUIRED, AT(country), .help = "two letters, FR or JP"},
    {"source", SETTING_PATH, REQUIRED, AT(source), .help = "an .ics file of its public holidays"},
    END};
#undef HERE

#define HERE step_settings
static const struct setting_key step_keys[] = {
    {"send", SETTING_NAME, REQUIRED, AT(send),
     .help = "save-the-date, invitation, reminder, thanks, or the name of a template"},
    {"before", SETTING_SPAN, AT(offset), .help = "the start; before or after must be given"},
    {"after", SETTING_SPAN, AT(offset), ALSO(is_after), .help = "the end"},
    {"at", SETTING_CLOCK, AT(at_minute),
     .help = "hour of the day; default: 09:00, and the very moment for spans in hours or minutes"},
    {"useful", SETTING_SPAN, AT(useful), ALSO(has_useful),
     .help = "how long after its hour it still makes sense; default: 24 hours for a reminder, "
             "7 days after the end; a first word until the event begins"},
    {"audience", SETTING_STRING, AT(audience), .help = "narrower than the rule's"},
    END};
#undef HERE

#define HERE rule_settings
static const struct setting_key rule_keys[] = {
    {"name", SETTING_STRING, REQUIRED, AT(name),
     .help = "unique; under another name, category, calendar or title it is a new rule"},
    {"category", SETTING_STRING, AT(category), .help = "events of this category"},
    {"calendar", SETTING_STRING, AT(calendar), .help = "events of this calendar"},
    {"title", SETTING_STRING, AT(title),
     .help = "events whose title fits; * and ? stand for others"},
    {"audience", SETTING_STRING, REQUIRED, AT(audience),
     .help = "who is concerned, an expression over groups"},
    {"steps", SETTING_LIST, REQUIRED, AT(steps), ALSO(step_count), .keys = step_keys,
     .item_size = sizeof(struct step_settings), .help = "what is sent and when"},
    {"template", SETTING_NAME, AT(template_name), .help = "instead of the kind's own"},
    {"zone", SETTING_FLAG, AT(is_event_zone), .words = zone_words, .standard = "recipient",
     .help = "whose clock `at` means"},
    {"merge", SETTING_BOOL, AT(may_merge), .standard = "false",
     .help =
         "several due notices for one person become one mail; news and what is #urgent stay alone"},
    {"vanished", SETTING_WORD, AT(vanished), .words = vanished_words, .standard = "hold",
     .help = "when an event is no longer in the calendar; when most are gone at once: hold"},
    {"removed", SETTING_FLAG, AT(tell_removed), .words = removed_words, .standard = "silent",
     .help = "when someone who was told leaves the audience"},
    {"title_changes", SETTING_FLAG, AT(tell_titles), .words = title_words, .standard = "quiet",
     .help = "when only the title changes"},
    {"invitation", SETTING_FLAG, AT(is_request), .words = invitation_words, .standard = "publish",
     .help = "request asks for an answer"},
    {"list", SETTING_STRING, AT(list), .help = "label of the List-Id; default: the name"},
    END};
#undef HERE

#define HERE newsletter_settings
static const struct setting_key newsletter_keys[] = {
    {"name", SETTING_STRING, REQUIRED, AT(name), .help = "unique; part of what is remembered"},
    {"audience", SETTING_STRING, REQUIRED, AT(audience), .help = "who receives it"},
    {"category", SETTING_STRING, AT(category), .help = "tells the events of this category"},
    {"calendar", SETTING_STRING, AT(calendar), .help = "tells the events of this calendar"},
    {"title", SETTING_STRING, AT(title),
     .help = "tells the events whose title fits; * and ? stand for others"},
    {"template", SETTING_NAME, AT(template_name), .standard = "digest", .help = "of the issues"},
    {"every", SETTING_RECURRENCE, REQUIRED, AT(every),
     .help = "the days of its issues, as RFC 5545 writes RRULE"},
    {"since", SETTING_DATE, AT(since), ALSO(has_since),
     .help = "where the recurrence begins; default: the day on which it is first seen"},
    {"at", SETTING_CLOCK, AT(at_minute), .standard = "09:00", .help = "hour of the day"},
    {"covers", SETTING_SPAN, AT(covers), .standard = "1 month", .help = "how far ahead it looks"},
    {"useful", SETTING_SPAN, AT(useful), .standard = "3 days",
     .help = "how long after its hour it still makes sense"},
    {"canary", SETTING_STRING, AT(canary), .help = "those of the audience who receive it first"},
    {"canary_delay", SETTING_SPAN, AT(canary_delay), .standard = "2 h",
     .help = "after the last of them, the others at the earliest"},
    END};
#undef HERE

#define HERE limit_settings
static const struct setting_key limit_keys[] = {
    {"settle", SETTING_DURATION, AT(settle_usec), .standard = "20 min",
     .help = "how long a new or changed event must be quiet before it speaks"},
    {"hold_above", NUMBER(1, 10000000), AT(hold_above), .standard = "300",
     .help = "messages in a pass that wait for a human's word"},
    {"hold_share", NUMBER(1, 100), AT(hold_share), .standard = "20",
     .help =
         "per cent of contacts or future events touched, or of a list gone, at once; 100 = off"},
    {"quiet", SETTING_QUIET, AT(quiet), .standard = "weekends, holidays, 18:30-08:30",
     .help = "when nobody is written to; empty = never quiet"},
    {"per_contact", SETTING_RATE, AT(per_contact), ALSO(per_contact_span),
     .help = "messages that can wait, \"1 per 3 days\"; default: no cap"},
    {"uncertain", SETTING_WORD, AT(uncertain), .words = uncertain_words, .standard = "resend",
     .help = "a message of which nobody knows whether it arrived"},
    {"keep", SETTING_SPAN, AT(keep), .standard = "3 years", .help = "how long it is remembered"},
    END};
#undef HERE

#define HERE settings
#define LIST(field, count, table, item)                                                            \
    SETTING_LIST, AT(field), ALSO(count), .keys = (table), .item_size = sizeof(struct item)
static const struct setting_key top_keys[] = {
    {"state", SETTING_PATH, AT(state),
     .help = "folder of the ledger; default: $STATE_DIRECTORY, else /var/lib/convier"},
    {"templates", SETTING_PATH, AT(templates), .help = "folder searched before the installed one"},
    {"metrics", SETTING_PATH, AT(metrics), .help = "file for Prometheus' textfile collector"},
    {"staff", SETTING_ADDRESSES, AT(staff), ALSO(staff_count),
     .help = "addresses that hear, each thing once and in a dozen mails a day at most, of what "
             "waits for a word, what is wrong in calendars and lists, and what does not work"},
    {"organisation", SETTING_GROUP, REQUIRED, AT(organisation), .keys = organisation_keys},
    {"sender", SETTING_GROUP, REQUIRED, AT(sender), .keys = sender_keys},
    {"relay", LIST(relays, relay_count, relay_keys, relay_settings), .max = 1,
     .help = "the submission server that mail is handed to, a single { … }"},
    {"relays", LIST(relays, relay_count, relay_keys, relay_settings),
     .help = "several, in order of preference, instead of relay"},
    {"calendars", LIST(calendars, calendar_count, calendar_keys, calendar_settings)},
    {"contacts", LIST(contacts, contacts_count, contacts_keys, contacts_settings)},
    {"audiences", SETTING_AUDIENCES, AT(audiences), ALSO(audience_count),
     .help = "named expressions, for use in others"},
    {"holidays", LIST(holidays, holiday_count, holiday_keys, holiday_settings)},
    {"rules", LIST(rules, rule_count, rule_keys, rule_settings)},
    {"newsletters", LIST(newsletters, newsletter_count, newsletter_keys, newsletter_settings)},
    {"newsletter_folder", SETTING_PATH, AT(newsletter_folder),
     .help = "hand-written issues, 2026-12-lettre.fr.md"},
    {"limits", SETTING_GROUP, AT(limits), .keys = limit_keys},
    END};
#undef LIST
#undef HERE
/* clang-format on */

const struct setting_key *settings_table(void)
{
    return top_keys;
}

static void visit_keys(settings_table_visitor visit, void *context, const char *group,
                       const struct setting_key *keys)
{
    for (const struct setting_key *key = keys; key->name; key++) {
        visit(context, group, key);
        if (!key->keys)
            continue;
        char inner[64];
        snprintf(inner, sizeof inner, "%s%s%s", group, *group ? "." : "", key->name);
        visit_keys(visit, context, inner, key->keys);
    }
}

void settings_table_visit(settings_table_visitor visit, void *context)
{
    visit_keys(visit, context, "", top_keys);
}

const char *setting_type_to_text(enum setting_type type)
{
    static const char *const texts[] = {
        [SETTING_STRING] = "a string in quotes",
        [SETTING_LINES] = "a string in quotes",
        [SETTING_ADDRESS] = "an e-mail address in quotes",
        [SETTING_ADDRESSES] = "a list of e-mail addresses, ( \"a@example.org\", … )",
        [SETTING_STRINGS] = "a list of strings, ( \"a\", \"b\" )",
        [SETTING_PATH] = "a path in quotes",
        [SETTING_SOURCE] = "a path or an https:// address in quotes",
        [SETTING_WEB] = "an https:// address in quotes",
        [SETTING_COLOUR] = "a colour like \"#1a4f8b\"",
        [SETTING_NAME] = "a name in quotes (letters, digits, '-', '_', '.')",
        [SETTING_DELIMITER] = "one character in quotes, or \"tab\"",
        [SETTING_SECRET] = "\"credential:NAME\" or \"file:PATH\"",
        [SETTING_BOOL] = "true or false, without quotes",
        [SETTING_COUNT] = "a whole number, without quotes",
        [SETTING_WORD] = "one of a few words, in quotes",
        [SETTING_FLAG] = "one of two words, in quotes",
        [SETTING_DURATION] = "a time like \"20 min\" or \"2 h\"",
        [SETTING_SPAN] = "a time like \"7 days\" or \"10 working days\"",
        [SETTING_CLOCK] = "an hour like \"09:00\"",
        [SETTING_DATE] = "a date like \"2026-10-05\"",
        [SETTING_ZONE] = "a time zone like \"Europe/Paris\"",
        [SETTING_LANGUAGE] = "\"fr\", \"ja\" or \"en\"",
        [SETTING_RECURRENCE] = "a recurrence like \"FREQ=MONTHLY;BYDAY=1TU\"",
        [SETTING_COUNTRY] = "a country in two letters, \"FR\"",
        [SETTING_QUIET] = "quiet hours like \"weekends, holidays, 18:30-08:30\"",
        [SETTING_RATE] = "a rate like \"1 per 3 days\"",
        [SETTING_GROUP] = "a group, { … }",
        [SETTING_LIST] = "a list of groups, ( { … }, { … } )",
        [SETTING_AUDIENCES] = "a group of expressions, { NAME = \"…\"; … }",
    };
    return texts[type];
}
