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
#define CHOICE      .is_choice = true

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
    {"name", SETTING_STRING, REQUIRED, AT(name)},
    {"address", SETTING_LINES, REQUIRED, AT(address)},
    {"language", SETTING_LANGUAGE, AT(language), .standard = "fr"},
    {"zone", SETTING_ZONE, AT(zone)},
    {"phone", SETTING_STRING, AT(phone)},
    {"url", SETTING_WEB, AT(url)},
    {"colour", SETTING_COLOUR, AT(colour)},
    {"logo", SETTING_PATH, AT(logo)},
    END};
#undef HERE

#define HERE sender_settings
static const struct setting_key sender_keys[] = {
    {"name", SETTING_STRING, REQUIRED, AT(name)},
    {"address", SETTING_ADDRESS, REQUIRED, AT(address)},
    {"reply_to", SETTING_ADDRESS, AT(reply_to)},
    {"bounces", SETTING_ADDRESS, AT(bounces)},
    {"unsubscribe", SETTING_ADDRESS, AT(unsubscribe)},
    {"unsubscribe_url", SETTING_STRING, AT(unsubscribe_url)},
    {"subaddress", SETTING_BOOL, AT(subaddress), .standard = "true"},
    END};
#undef HERE

#define HERE relay_settings
static const struct setting_key relay_keys[] = {
    {"url", SETTING_STRING, REQUIRED, AT(url)},
    {"user", SETTING_STRING, AT(user)},
    {"password", SETTING_SECRET, AT(password)},
    {"auth", SETTING_WORD, AT(auth), .words = auth_words},
    {"token_command", SETTING_STRING, AT(token_command)},
    {"tls", SETTING_FLAG, AT(is_tls_required), .words = tls_words, .standard = "required"},
    {"ca_file", SETTING_PATH, AT(ca_file)},
    {"helo", SETTING_STRING, AT(helo)},
    {"preset", SETTING_STRING, AT(preset)},
    {"connections", NUMBER(1, 50), AT(connections)},
    {"per_minute", NUMBER(1, 1000000), AT(limit_per_minute)},
    {"per_hour", NUMBER(1, 10000000), AT(limit_per_hour)},
    {"per_day", NUMBER(1, 100000000), AT(limit_per_day)},
    {"messages_per_connection", NUMBER(1, 1000000), AT(messages_per_connection)},
    {"patience", SETTING_DURATION, AT(patience_usec)},
    END};
#undef HERE

#define HERE calendar_settings
static const struct setting_key calendar_keys[] = {
    {"name", SETTING_STRING, REQUIRED, AT(name)},
    {"source", SETTING_SOURCE, REQUIRED, AT(source), ALSO(is_remote)},
    {"every", SETTING_DURATION, AT(every_usec), .standard = "15 min"},
    {"zone", SETTING_ZONE, AT(zone)},
    {"category", SETTING_STRING, AT(category)},
    {"user", SETTING_STRING, AT(user)},
    {"password", SETTING_SECRET, AT(password)},
    {"ca_file", SETTING_PATH, AT(ca_file)},
    END};
#undef HERE

#define HERE contacts_settings
static const struct setting_key contacts_keys[] = {
    {"source", SETTING_SOURCE, REQUIRED, AT(source), ALSO(is_remote)},
    {"every", SETTING_DURATION, AT(every_usec), .standard = "15 min"},
    {"charset", SETTING_STRING, AT(charset)},
    {"delimiter", SETTING_DELIMITER, AT(delimiter)},
    {"language", SETTING_LANGUAGE, AT(language), ALSO(has_language)},
    {"zone", SETTING_ZONE, AT(zone)},
    {"groups", SETTING_STRINGS, AT(groups), ALSO(group_count)},
    {"user", SETTING_STRING, AT(user)},
    {"password", SETTING_SECRET, AT(password)},
    END};
#undef HERE

#define HERE holiday_settings
static const struct setting_key holiday_keys[] = {
    {"country", SETTING_COUNTRY, REQUIRED, AT(country)},
    {"source", SETTING_PATH, REQUIRED, AT(source)},
    END};
#undef HERE

#define HERE step_settings
static const struct setting_key step_keys[] = {
    {"send", SETTING_NAME, REQUIRED, AT(send)},
    {"before", SETTING_SPAN, AT(offset), CHOICE},
    {"after", SETTING_SPAN, AT(offset), ALSO(is_after), CHOICE},
    {"at", SETTING_CLOCK, AT(at_minute)},
    {"useful", SETTING_SPAN, AT(useful), ALSO(has_useful)},
    {"audience", SETTING_STRING, AT(audience), CHOICE},
    END};
#undef HERE

#define HERE rule_settings
static const struct setting_key rule_keys[] = {
    {"name", SETTING_STRING, REQUIRED, AT(name)},
    {"category", SETTING_STRING, AT(category), CHOICE},
    {"calendar", SETTING_STRING, AT(calendar), CHOICE},
    {"title", SETTING_STRING, AT(title), CHOICE},
    {"audience", SETTING_STRING, REQUIRED, AT(audience)},
    {"steps", SETTING_LIST, REQUIRED, AT(steps), ALSO(step_count), .keys = step_keys,
     .item_size = sizeof(struct step_settings)},
    {"template", SETTING_NAME, AT(template_name)},
    {"zone", SETTING_FLAG, AT(is_event_zone), .words = zone_words, .standard = "recipient"},
    {"merge", SETTING_BOOL, AT(may_merge), .standard = "false"},
    {"vanished", SETTING_WORD, AT(vanished), .words = vanished_words, .standard = "hold"},
    {"removed", SETTING_FLAG, AT(tell_removed), .words = removed_words, .standard = "silent"},
    {"title_changes", SETTING_FLAG, AT(tell_titles), .words = title_words, .standard = "quiet"},
    {"invitation", SETTING_FLAG, AT(is_request), .words = invitation_words, .standard = "publish"},
    {"list", SETTING_STRING, AT(list)},
    END};
#undef HERE

#define HERE newsletter_settings
static const struct setting_key newsletter_keys[] = {
    {"name", SETTING_STRING, REQUIRED, AT(name)},
    {"audience", SETTING_STRING, REQUIRED, AT(audience)},
    {"category", SETTING_STRING, AT(category), CHOICE},
    {"calendar", SETTING_STRING, AT(calendar), CHOICE},
    {"title", SETTING_STRING, AT(title), CHOICE},
    {"template", SETTING_NAME, AT(template_name), .standard = "digest"},
    {"every", SETTING_RECURRENCE, REQUIRED, AT(every)},
    {"since", SETTING_DATE, AT(since), ALSO(has_since)},
    {"at", SETTING_CLOCK, AT(at_minute), .standard = "09:00"},
    {"covers", SETTING_SPAN, AT(covers), .standard = "1 month"},
    {"useful", SETTING_SPAN, AT(useful), .standard = "3 days"},
    {"canary", SETTING_STRING, AT(canary), CHOICE},
    {"canary_delay", SETTING_SPAN, AT(canary_delay), .standard = "2 h"},
    END};
#undef HERE

#define HERE limit_settings
static const struct setting_key limit_keys[] = {
    {"settle", SETTING_DURATION, AT(settle_usec), .standard = "20 min"},
    {"hold_above", NUMBER(1, 10000000), AT(hold_above), .standard = "300"},
    {"hold_share", NUMBER(1, 100), AT(hold_share), .standard = "20"},
    {"quiet", SETTING_QUIET, AT(quiet), .standard = "weekends, holidays, 18:30-08:30"},
    {"per_contact", SETTING_RATE, AT(per_contact), ALSO(per_contact_span)},
    {"uncertain", SETTING_WORD, AT(uncertain), .words = uncertain_words, .standard = "resend"},
    {"keep", SETTING_SPAN, AT(keep), .standard = "3 years"},
    END};
#undef HERE

#define HERE settings
#define LIST(field, count, table, item)                                                            \
    SETTING_LIST, AT(field), ALSO(count), .keys = (table), .item_size = sizeof(struct item)
static const struct setting_key top_keys[] = {
    {"state", SETTING_PATH, AT(state)},
    {"templates", SETTING_PATH, AT(templates)},
    {"metrics", SETTING_PATH, AT(metrics)},
    {"staff", SETTING_ADDRESSES, AT(staff), ALSO(staff_count)},
    {"organisation", SETTING_GROUP, REQUIRED, AT(organisation), .keys = organisation_keys},
    {"sender", SETTING_GROUP, REQUIRED, AT(sender), .keys = sender_keys},
    {"relay", LIST(relays, relay_count, relay_keys, relay_settings), .max = 1},
    {"relays", LIST(relays, relay_count, relay_keys, relay_settings)},
    {"calendars", LIST(calendars, calendar_count, calendar_keys, calendar_settings)},
    {"contacts", LIST(contacts, contacts_count, contacts_keys, contacts_settings)},
    {"audiences", SETTING_AUDIENCES, AT(audiences), ALSO(audience_count)},
    {"holidays", LIST(holidays, holiday_count, holiday_keys, holiday_settings)},
    {"rules", LIST(rules, rule_count, rule_keys, rule_settings)},
    {"newsletters", LIST(newsletters, newsletter_count, newsletter_keys, newsletter_settings)},
    {"newsletter_folder", SETTING_PATH, AT(newsletter_folder)},
    {"limits", SETTING_GROUP, AT(limits), .keys = limit_keys},
    END};
#undef LIST
#undef HERE
/* clang-format on */

const struct setting_key *settings_table(void)
{
    return top_keys;
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
