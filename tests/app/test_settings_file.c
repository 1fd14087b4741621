/* SPDX-License-Identifier: MIT */
#include "app/settings_file.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/settings_table.h"
#include "base/file.h"
#include "check.h"
#include "settings_keys.h"

/* libconfig drops the piece of a string that it was reading when it meets a syntax error. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig";
}

enum { ARENA_BYTES = 16 * 1024 * 1024 };

static struct arena *arena;
static struct zones *zones;
static struct flaws flaws;
static const struct settings *settings;

/* A sound file; rows replace or add parts of it. */
#define ORGANISATION                                                                               \
    "organisation: { name = \"CUF\"; address = \"9 rue Christiani\"; zone = \"Europe/Paris\"; "    \
    "};\n"
#define SENDER    "sender: { name = \"Japon\"; address = \"Japon@Example.ORG\"; };\n"
#define RELAY     "relay: { url = \"smtp://127.0.0.1:2525\"; tls = \"none\"; };\n"
#define CALENDARS "calendars: ( { name = \"japon\"; source = \"japon.ics\"; } );\n"
#define CONTACTS  "contacts: ( { source = \"contacts.csv\"; } );\n"
#define RULES                                                                                      \
    "rules: ( { name = \"r\"; audience = \"japon\"; steps = ( { send = \"invitation\"; before = "  \
    "\"30 days\"; } ); } );\n"
#define HEAD  ORGANISATION SENDER RELAY
#define WHOLE HEAD CALENDARS CONTACTS RULES

static void begin(void)
{
    arena = arena_new(ARENA_BYTES);
    zones = zones_new(NULL);
    flaws_init(&flaws, arena, "?");
    settings = NULL;
    setenv("TZ", "Asia/Tokyo", 1);
}

static void end(void)
{
    zones = zones_free(zones);
    arena = arena_free(arena);
}

static int parse(const char *text)
{
    return settings_file_parse(arena, text_of(text), "/etc/convier/convier.cfg", zones, &flaws,
                               &settings);
}

TEST(defaults)
{
    begin();
    unsetenv("STATE_DIRECTORY");
    REQUIRE(parse(WHOLE) == 0);
    CHECK_INT(flaws.count, 0);
    CHECK_STRING(settings->file, "/etc/convier/convier.cfg");
    CHECK_STRING(settings->state, "/var/lib/convier");
    CHECK_STRING(settings->templates, NULL);
    CHECK_INT(settings->organisation.language, LANGUAGE_FR);
    CHECK_STRING(zone_name(settings->organisation.zone), "Europe/Paris");
    CHECK_STRING(settings->sender.address, "Japon@example.org");
    CHECK_STRING(settings->sender.domain, "example.org");
    CHECK_STRING(settings->sender.reply_to, "Japon@example.org");
    CHECK_STRING(settings->sender.bounces, "Japon@example.org");
    CHECK_STRING(settings->sender.unsubscribe, "Japon@example.org");
    CHECK(settings->sender.subaddress);
    REQUIRE(settings->relay_count == 1);
    CHECK(settings->relays[0].is_loopback);
    CHECK(!settings->relays[0].is_tls_required);
    CHECK_INT(settings->relays[0].auth, AUTH_AUTOMATIC);
    CHECK_INT(settings->relays[0].connections, 0);
    CHECK_STRING(settings->calendars[0].source, "/etc/convier/japon.ics");
    CHECK(!settings->calendars[0].is_remote);
    CHECK(settings->calendars[0].zone == settings->organisation.zone);
    CHECK_INT(settings->calendars[0].every_usec, 15 * USEC_PER_MIN);
    CHECK_STRING(settings->contacts[0].source, "/etc/convier/contacts.csv");
    CHECK(!settings->contacts[0].has_language);
    CHECK(settings->contacts[0].zone == NULL);
    const struct rule_settings *rule = &settings->rules[0];
    CHECK_STRING(rule->list, "r");
    CHECK(!rule->is_event_zone && !rule->may_merge && !rule->tell_removed && !rule->tell_titles);
    CHECK(!rule->is_request);
    CHECK_INT(rule->vanished, VANISHED_HOLD);
    CHECK_INT(rule->place.line, 6);
    CHECK_INT(rule->steps[0].at_minute, MINUTES_UNSET);
    CHECK(!rule->steps[0].has_useful && !rule->steps[0].is_after);
    CHECK_INT(settings->limits.settle_usec, 20 * USEC_PER_MIN);
    CHECK_INT(settings->limits.hold_above, 300);
    CHECK_INT(settings->limits.hold_share, 20);
    CHECK(settings->limits.quiet.weekends && settings->limits.quiet.holidays);
    CHECK_INT(settings->limits.quiet.from_minute, 18 * 60 + 30);
    CHECK_INT(settings->limits.quiet.until_minute, 8 * 60 + 30);
    CHECK_INT(settings->limits.per_contact, 0);
    CHECK_INT(settings->limits.uncertain, UNCERTAIN_RESEND);
    CHECK_INT(settings->limits.keep.months, 36);
    end();
}

TEST(everything_given)
{
    begin();
    REQUIRE(
        parse("state = \"s\"; templates = \"/t\"; metrics = \"m.prom\";\n"
              "staff = ( \"a@example.org\", \"b@example.org\" );\n"
              "organisation: { name = \"Évry\"; address = \"a\\nb\"; language = \"ja\"; zone = "
              "\"asia/tokyo\"; phone = \"+33\"; url = \"https://x.example\"; colour = \"#1a4F8b\"; "
              "logo = \"l.png\"; };\n"
              "sender: { name = \"n\"; address = \"a@b.example\"; reply_to = \"r@b.example\"; "
              "bounces = \"v@b.example\"; unsubscribe = \"u@b.example\"; subaddress = false; "
              "unsubscribe_url = \"https://x.example/{token}\"; };\n"
              "relays: ( { url = \"smtps://[::1]:465\"; user = \"u\"; password = "
              "\"file:secret\"; auth = \"cram-md5\"; ca_file = \"ca\"; helo = \"h\"; preset = "
              "\"ovh\"; connections = 2; per_minute = 3; per_hour = 4; per_day = 5; "
              "messages_per_connection = 6; patience = \"90 s\"; },\n"
              "  { url = \"smtp://mail.example.org\"; user = \"u\"; auth = \"xoauth2\"; "
              "token_command = \"/bin/t\"; } );\n"
              "calendars: ( { name = \"c\"; source = \"webcal://h.example/c.ics\"; every = \"1 "
              "h\"; zone = \"UTC\"; category = \"K\"; user = \"u\"; password = "
              "\"credential:cal\"; ca_file = \"/ca\"; } );\n"
              "contacts: ( { source = \"https://h.example/c.csv\"; every = \"2 days\"; charset = "
              "\"CP932\"; delimiter = \"tab\"; language = \"en\"; zone = \"Europe/Paris\"; groups "
              "= [ \"x\", \"y\" ]; user = \"u\"; password = \"file:/p\"; } );\n"
              "audiences: { all_of_us = \"a | b\";\n some = \"all_of_us - c\"; };\n"
              "holidays: ( { country = \"fr\"; source = \"fr.ics\"; } );\n"
              "rules: ( { name = \"r\"; category = \"K\"; calendar = \"c\"; title = \"R*\"; "
              "audience = \"x\"; template = \"t\"; zone = \"event\"; merge = true; vanished = "
              "\"cancel\"; removed = \"tell\"; title_changes = \"tell\"; invitation = "
              "\"request\"; list = \"l\"; steps = (\n"
              "    { send = \"save-the-date\"; before = \"9 months\"; at = \"10:30\"; useful = \"2 "
              "days\"; audience = \"y\"; },\n"
              "    { send = \"reminder\"; before = \"10 working days\"; },\n"
              "    { send = \"reminder\"; before = \"2 h\"; },\n"
              "    { send = \"reminder\"; before = \"90 min\"; },\n"
              "    { send = \"reminder\"; before = \"2 h\"; audience = \"y\"; },\n"
              "    { send = \"practical-info\"; before = \"0 days\"; },\n"
              "    { send = \"thanks\"; after = \"1 day\"; } ); } );\n"
              "newsletters: ( { name = \"n\"; audience = \"x\"; template = \"d\"; every = "
              "\"FREQ=MONTHLY;BYDAY=1TU\"; since = \"2027-01-02\"; at = \"09:30\"; covers = \"3 "
              "months\"; useful = \"1 day\"; canary = \"y\"; canary_delay = \"3 h\"; } );\n"
              "newsletter_folder = \"issues\";\n"
              "limits: { settle = \"5 min\"; hold_above = 10; hold_share = 100; quiet = \"\"; "
              "per_contact = \"2 per week\"; uncertain = \"hold\"; keep = \"1 year\"; };\n") == 0);
    CHECK_INT(flaws.count, 0);
    CHECK_STRING(settings->state, "/etc/convier/s");
    CHECK_STRING(settings->templates, "/t");
    CHECK_STRING(settings->metrics, "/etc/convier/m.prom");
    REQUIRE(settings->staff_count == 2);
    CHECK_STRING(settings->staff[1], "b@example.org");
    CHECK_STRING(settings->organisation.address, "a\nb");
    CHECK_STRING(zone_name(settings->organisation.zone), "Asia/Tokyo");
    CHECK_STRING(settings->organisation.logo, "/etc/convier/l.png");
    CHECK_STRING(settings->sender.unsubscribe, "u@b.example");
    CHECK(!settings->sender.subaddress);
    CHECK_STRING(settings->sender.unsubscribe_url, "https://x.example/{token}");
    REQUIRE(settings->relay_count == 2);
    const struct relay_settings *relay = &settings->relays[0];
    CHECK(relay->is_loopback && relay->is_tls_required);
    CHECK_INT(relay->password.kind, SECRET_FILE);
    CHECK_STRING(relay->password.name, "/etc/convier/secret");
    CHECK_INT(relay->auth, AUTH_CRAM_MD5);
    CHECK_INT(relay->limit_per_minute, 3);
    CHECK_INT(relay->limit_per_hour, 4);
    CHECK_INT(relay->limit_per_day, 5);
    CHECK_INT(relay->messages_per_connection, 6);
    CHECK_INT(relay->patience_usec, 90 * USEC_PER_SEC);
    CHECK_STRING(relay->helo, "h");
    CHECK_STRING(settings->relays[1].helo, "b.example");
    CHECK(!settings->relays[1].is_loopback);
    CHECK_INT(settings->relays[1].auth, AUTH_XOAUTH2);
    CHECK(settings->calendars[0].is_remote);
    CHECK_INT(settings->calendars[0].every_usec, USEC_PER_HOUR);
    CHECK_STRING(zone_name(settings->calendars[0].zone), "UTC");
    CHECK_INT(settings->calendars[0].password.kind, SECRET_CREDENTIAL);
    CHECK_STRING(settings->calendars[0].password.name, "cal");
    CHECK_STRING(settings->contacts[0].delimiter, "\t");
    CHECK(settings->contacts[0].has_language);
    CHECK_INT(settings->contacts[0].language, LANGUAGE_EN);
    REQUIRE(settings->contacts[0].group_count == 2);
    CHECK_STRING(settings->contacts[0].groups[1], "y");
    REQUIRE(settings->audience_count == 2);
    CHECK_STRING(settings->audiences[1].name, "some");
    CHECK_STRING(settings->audiences[1].expression, "all_of_us - c");
    CHECK_INT(settings->audiences[1].place.line, 10);
    CHECK_STRING(settings->holidays[0].country, "FR");
    const struct rule_settings *rule = &settings->rules[0];
    CHECK(rule->is_event_zone && rule->may_merge && rule->tell_removed && rule->tell_titles);
    CHECK(rule->is_request);
    CHECK_INT(rule->vanished, VANISHED_CANCEL);
    CHECK_STRING(rule->list, "l");
    static const char *const ids[] = {"save-the-date-9m", "reminder-10wd", "reminder-2h",
                                      "reminder-90min",   "reminder-2h-2", "practical-info-0d",
                                      "thanks+1d"};
    REQUIRE(rule->step_count == 7);
    for (size_t i = 0; i < 7; i++)
        CHECK_STRING(rule->steps[i].id, ids[i]);
    CHECK_INT(rule->steps[0].at_minute, 630);
    CHECK(rule->steps[0].has_useful && rule->steps[0].useful.days == 2);
    CHECK_INT(rule->steps[5].kind, NOTICE_REMINDER);
    CHECK(rule->steps[6].is_after);
    CHECK_INT(rule->steps[6].kind, NOTICE_THANKS);
    const struct newsletter_settings *letter = &settings->newsletters[0];
    CHECK(letter->has_since && letter->since.year == 2027 && letter->since.day == 2);
    CHECK_INT(letter->at_minute, 570);
    CHECK_INT(letter->canary_delay.usec, 3 * USEC_PER_HOUR);
    CHECK_STRING(settings->newsletter_folder, "/etc/convier/issues");
    CHECK(!settings->limits.quiet.weekends && !settings->limits.quiet.holidays);
    CHECK_INT(settings->limits.quiet.from_minute, settings->limits.quiet.until_minute);
    CHECK_INT(settings->limits.per_contact, 2);
    CHECK_INT(settings->limits.per_contact_span.days, 7);
    CHECK_INT(settings->limits.uncertain, UNCERTAIN_HOLD);
    end();
}

/* Each bad file gives exactly one error, at this place, with these words. */
static const struct {
    const char *title, *text;
    int line, column;
    const char *words, *advice;
} bad[] = {
    {"unknown at the top", WHOLE "templets = \"x\";", 7, 1,
     "templets: no such key at the top level", "did you mean templates?"},
    {"unknown in a group", HEAD "limits: { setle = \"1 h\"; };", 4, 11,
     "setle: no such key in limits", "did you mean settle?"},
    {"nothing near", WHOLE "zzzzzz = 1;", 7, 1, "zzzzzz: no such key at the top level",
     "remove it"},
    {"American", WHOLE "organization: { name = \"x\"; };", 7, 1,
     "organization: no such key at the top level", "did you mean organisation?"},
    {"second step of a line",
     HEAD CALENDARS "rules: ( { name = \"é\"; audience = \"x\"; steps = ( { send = \"reminder\"; "
                    "before = \"1 day\"; }, { send = \"reminder\"; before = \"soon\"; } ); } );",
     5, 113, "before: \"soon\" is not a time like \"7 days\" or \"10 working days\"", NULL},
    {"required in a group", ORGANISATION RELAY "sender: { name = \"x\"; };", 3, 1,
     "address is missing in sender", NULL},
    {"required in an item", HEAD "calendars: (\n  { source = \"x.ics\"; } );", 5, 3,
     "name is missing in calendars", NULL},
    {"required group", SENDER RELAY, 0, 0, "organisation is missing", NULL},
    {"no relay", ORGANISATION SENDER, 0, 0, "relay is missing",
     "add relay = { url = \"smtps://smtp.example.org\"; … };"},
    {"relay twice", HEAD "relays: ( { url = \"smtps://a.example\"; } );", 4, 1,
     "relay and relays are both given", "put all of them into relays"},
    {"string for a number", HEAD "limits: { hold_above = \"300\"; };", 4, 11,
     "hold_above: must be a whole number, without quotes, not a string", NULL},
    {"number for a string", SENDER RELAY "organisation: { name = 3; address = \"a\"; };", 3, 17,
     "name: must be a string in quotes, not a number", NULL},
    {"float for a number", HEAD "limits: { hold_above = 3.5; };", 4, 11,
     "hold_above: must be a whole number, without quotes, not a number", NULL},
    {"group for a list", HEAD "calendars: { name = \"a\"; source = \"b\"; };", 4, 1,
     "calendars: must be a list of groups, ( { … }, { … } ), not a group", NULL},
    {"list for a group", ORGANISATION RELAY "sender: ( \"a\" );", 3, 1,
     "sender: must be a group, { … }, not a list", NULL},
    {"string in a list", HEAD "calendars: ( \"a.ics\" );", 4, 1,
     "calendars: element 1 must be a group, not a string", "write ( { … }, { … } )"},
    {"out of range", HEAD "limits: { hold_share = 0; };", 4, 11,
     "hold_share: 0 is not within 1 and 100", NULL},
    {"far out of range", HEAD "limits: { hold_above = 99999999999L; };", 4, 11,
     "hold_above: 99999999999 is not within 1 and 10000000", NULL},
    {"password in clear",
     ORGANISATION SENDER
     "relay: { url = \"smtps://a.example\"; user = \"u\"; password = \"hunter2\"; };",
     3, 49, "password: neither \"credential:NAME\" nor \"file:PATH\"",
     "put the secret into a file of mode 0600 and write \"file:PATH\", or use systemd's "
     "LoadCredential= and write \"credential:NAME\""},
    {"login in the url", ORGANISATION SENDER "relay: { url = \"smtp://u:p@a.example\"; };", 3, 10,
     "url: holds a login name", "use the keys user and password"},
    {"not a relay", ORGANISATION SENDER "relay: { url = \"mail.example.org\"; };", 3, 10,
     "url: \"mail.example.org\" is not the address of a relay",
     "write smtps://host or smtp://host, either with :PORT if need be"},
    {"no tls beyond this machine",
     ORGANISATION SENDER "relay: { url = \"smtp://a.example\"; tls = \"none\"; };", 3, 36,
     "tls: \"none\" is for a relay on this machine only",
     "leave tls out; it is required beyond this machine"},
    {"a host that only looks like loopback",
     ORGANISATION SENDER "relay: { url = \"smtp://127.0.0.1.example\"; tls = \"none\"; };", 3, 44,
     "tls: \"none\" is for a relay on this machine only",
     "leave tls out; it is required beyond this machine"},
    {"user without password",
     ORGANISATION SENDER "relay: { url = \"smtps://a.example\"; user = \"u\"; };", 3, 37,
     "user: is given without password", "add password = \"credential:NAME\" or \"file:PATH\""},
    {"preset", ORGANISATION SENDER "relay: { url = \"smtps://a.example\"; preset = \"ovhh\"; };", 3,
     37, "preset: \"ovhh\" is not a provider that is known", "did you mean \"ovh\"?"},
    {"oauth without token",
     ORGANISATION SENDER "relay: { url = \"smtps://a.example\"; user = \"u\"; password = "
                         "\"file:p\"; auth = \"xoauth2\"; };",
     3, 70, "auth: needs token_command",
     "add token_command, a program that prints an access token"},
    {"a greeting of several words",
     ORGANISATION SENDER "relay: { url = \"smtps://a.example\"; helo = \"my host\"; };", 3, 37,
     "helo: \"my host\" is not the name of a host",
     "write this machine's name as others know it, \"mail.example.org\""},
    {"an empty choice of events",
     HEAD CALENDARS CONTACTS
     "rules: ( { name = \"r\"; category = \"\"; audience = \"x\"; steps = ( { send = "
     "\"reminder\"; before = \"1 day\"; } ); } );",
     6, 24, "category: is empty", "leave the key out"},
    {"an empty choice of people",
     HEAD CALENDARS CONTACTS
     "rules: ( { name = \"r\"; audience = \"x\"; steps = ( { send = \"reminder\"; before = "
     "\"1 day\"; audience = \" \"; } ); } );",
     6, 89, "audience: is empty", "leave the key out"},
    {"an empty time",
     HEAD CALENDARS CONTACTS
     "rules: ( { name = \"r\"; audience = \"x\"; steps = ( { send = \"reminder\"; before = "
     "\"\"; } ); } );",
     6, 71, "before: is empty", "leave the key out"},
    {"enum", HEAD "limits: { uncertain = \"resent\"; };", 4, 11,
     "uncertain: \"resent\" is not one of \"resend\", \"hold\"", "did you mean \"resend\"?"},
    {"enum, nothing near", HEAD "limits: { uncertain = \"maybe so\"; };", 4, 11,
     "uncertain: \"maybe so\" is not one of \"resend\", \"hold\"", "one of \"resend\", \"hold\""},
    {"a way out without TLS",
     ORGANISATION RELAY "sender: { name = \"x\"; address = \"a@b.example\"; "
                        "unsubscribe_url = \"http://x.example/{token}\"; };",
     3, 48, "unsubscribe_url: must be an https address with {token} once",
     "for example \"https://www.example.org/stop?t={token}\""},
    {"a way out for nobody",
     ORGANISATION RELAY "sender: { name = \"x\"; address = \"a@b.example\"; "
                        "unsubscribe_url = \"https://x.example/\"; };",
     3, 48, "unsubscribe_url: must be an https address with {token} once",
     "for example \"https://www.example.org/stop?t={token}\""},
    {"a token twice",
     ORGANISATION RELAY "sender: { name = \"x\"; address = \"a@b.example\"; "
                        "unsubscribe_url = \"https://x.example/{token}/{token}\"; };",
     3, 48, "unsubscribe_url: must be an https address with {token} once",
     "for example \"https://www.example.org/stop?t={token}\""},
    {"a way out of the header",
     ORGANISATION RELAY "sender: { name = \"x\"; address = \"a@b.example\"; "
                        "unsubscribe_url = \"https://x.example/>{token}\"; };",
     3, 48, "unsubscribe_url: must be an https address with {token} once",
     "for example \"https://www.example.org/stop?t={token}\""},
    {"display name in an address",
     ORGANISATION RELAY "sender: { name = \"x\"; address = \"X <a@b.example>\"; };", 3, 23,
     "address: \"X <a@b.example>\" is not a bare address",
     "write the bare address; a name has its own key"},
    {"not an address", ORGANISATION RELAY "sender: { name = \"x\"; address = \"a@@b\"; };", 3, 23,
     "address: \"a@@b\" is not an e-mail address", NULL},
    {"header injection",
     ORGANISATION RELAY "sender: { name = \"x\\nBcc: b@c.example\"; address = \"a@b.example\"; };",
     3, 11, "name: holds a line break or control character", "write it as one line"},
    {"bad staff", WHOLE "staff = (\n  \"a@b.example\",\n  \"nobody\" );", 9, 3,
     "staff: \"nobody\" is not an e-mail address", NULL},
    {"unknown zone",
     SENDER RELAY "organisation: { name = \"x\"; address = \"y\"; zone = \"Europe/Pari\"; };", 3,
     44, "zone: \"Europe/Pari\" is not a time zone like \"Europe/Paris\"",
     "did you mean \"Europe/Paris\"?"},
    {"recurrence",
     HEAD "newsletters: ( { name = \"n\"; audience = \"x\"; every = \"monthly\"; } );", 4, 46,
     "every: the part monthly is not known",
     "write a recurrence as calendars do, \"FREQ=MONTHLY;BYDAY=1TU\""},
    {"recurrence within a day",
     HEAD "newsletters: ( { name = \"n\"; audience = \"x\"; every = \"FREQ=DAILY;BYHOUR=8\"; } );",
     4, 46, "every: an issue is of a day", "`at` says the hour"},
    {"zone outside the folder",
     SENDER RELAY "organisation: { name = \"x\"; address = \"y\"; zone = \"../../etc/passwd\"; };",
     3, 44, "zone: \"../../etc/passwd\" is not a time zone like \"Europe/Paris\"", NULL},
    {"language",
     SENDER RELAY "organisation: { name = \"x\"; address = \"y\"; language = \"de\"; };", 3, 44,
     "language: \"de\" is not \"fr\", \"ja\" or \"en\"", NULL},
    {"ftp", HEAD "calendars: ( { name = \"a\"; source = \"ftp://h/x\"; } );", 4, 28,
     "source: \"ftp://h/x\" has a scheme that is not known",
     "give a path, an https:// or a webcal:// address"},
    {"login in a calendar's address",
     HEAD "calendars: ( { name = \"a\"; source = \"https://u:p@h.example/x\"; } );", 4, 28,
     "source: holds a login name", "use the keys user and password"},
    {"password in the clear over http",
     HEAD "calendars: ( { name = \"a\"; source = \"http://h.example/x\"; user = \"u\"; password = "
          "\"file:p\"; } );",
     4, 28, "source: would send the password without encryption", "write https://"},
    {"name twice",
     HEAD "calendars: ( { name = \"a\"; source = \"x\"; }, { name = \"a\"; source = \"y\"; } );", 4,
     47, "name: \"a\" is taken by another of the calendars", "give each its own name"},
    {"rule's calendar",
     HEAD CALENDARS
     "rules: ( { name = \"r\"; calendar = \"japan\"; audience = \"x\"; steps = ( { send = "
     "\"thanks\"; after = \"1 day\"; } ); } );",
     5, 24, "calendar: no calendar is called \"japan\"", "did you mean \"japon\"?"},
    {"before and after",
     HEAD CALENDARS
     "rules: ( { name = \"r\"; audience = \"x\"; steps = (\n{ send = \"reminder\"; before = \"1 "
     "day\"; after = \"1 day\"; } ); } );",
     6, 40, "before and after are both given", "write before = \"7 days\" or after = \"1 day\""},
    {"neither",
     HEAD CALENDARS
     "rules: ( { name = \"r\"; audience = \"x\"; steps = (\n  { send = \"reminder\"; } ); } );",
     6, 3, "before or after is missing", "write before = \"7 days\" or after = \"1 day\""},
    {"no steps", HEAD CALENDARS "rules: ( { name = \"r\"; audience = \"x\"; steps = ( ); } );", 5,
     40, "steps: is empty", "write what is sent and when"},
    {"a kind that comes by itself",
     HEAD CALENDARS
     "rules: ( { name = \"r\"; audience = \"x\"; steps = ( { send = \"change\"; before = \"1 "
     "day\"; } ); } );",
     5, 52, "send: \"change\" is sent without being asked for", "take the step out"},
    {"template with a path",
     HEAD CALENDARS
     "rules: ( { name = \"r\"; audience = \"x\"; template = \"../x\"; steps = ( { send = "
     "\"thanks\"; after = \"1 day\"; } ); } );",
     5, 40, "template: \"../x\" is not a name in quotes (letters, digits, '-', '_', '.')", NULL},
    {"quiet", HEAD "limits: { quiet = \"weekend, 18:30-08:30\"; };", 4, 11,
     "quiet: \"weekend, 18:30-08:30\" is not quiet hours like \"weekends, holidays, "
     "18:30-08:30\"",
     NULL},
    {"rate", HEAD "limits: { per_contact = \"1 each 3 days\"; };", 4, 11,
     "per_contact: \"1 each 3 days\" is not a rate like \"1 per 3 days\"", NULL},
    {"asked too often",
     HEAD "calendars: ( { name = \"a\"; source = \"https://h.example/x\"; every = \"1 s\"; } );", 4,
     60, "every: is too often", "ask at most once a minute"},
    {"hour",
     HEAD CALENDARS
     "rules: ( { name = \"r\"; audience = \"x\"; steps = ( { send = \"thanks\"; after = \"1 day\"; "
     "at = \"25:00\"; } ); } );",
     5, 86, "at: \"25:00\" is not an hour like \"09:00\"", NULL},
    {"a forgotten quote", WHOLE "limits: { settle = \"1 h };\n", 7, 20, "syntax error",
     "a string begins here and runs over the end of its line: is its quote missing?"},
    {"syntax", WHOLE "limits: { settle == 3; };\n", 7, 0, "syntax error",
     "look for a missing quote, bracket or semicolon on this line and the one before"},
    {"the same key twice", WHOLE "metrics = \"a\";\nmetrics = \"b\";", 8, 0,
     "duplicate setting name", "the key of this line already stands above: keep one of them"},
    {"not UTF-8", SENDER RELAY "organisation: { name = \"Cit\xE9s\"; address = \"y\"; };", 3, 17,
     "name: the text is not UTF-8", "save the file as UTF-8"},
};

/* What `check` goes on with lacks nothing, and nobody is asked through a flaw. */
static void check_salvage(void)
{
    for (size_t i = 0; settings && i < settings->calendar_count; i++)
        CHECK(settings->calendars[i].name && settings->calendars[i].source &&
              !strstr(settings->calendars[i].source, "http://"));
    for (size_t i = 0; settings && i < settings->contacts_count; i++)
        CHECK(settings->contacts[i].source != NULL);
    for (size_t i = 0; settings && i < settings->relay_count; i++)
        CHECK(settings->relays[i].url && !settings->relays[i].user);
    for (size_t i = 0; settings && i < settings->rule_count; i++) {
        CHECK(settings->rules[i].name && settings->rules[i].audience);
        for (size_t k = 0; k < settings->rules[i].step_count; k++)
            CHECK(settings->rules[i].steps[k].send && settings->rules[i].steps[k].id);
    }
}

TEST(each_mistake_has_a_place)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_ROW(bad[i].title);
        begin();
        CHECK_INT(parse(bad[i].text), SETTINGS_FILE_E_REFUSED);
        check_salvage();
        const struct flaw *error = NULL;
        for (size_t j = 0; j < flaws.count; j++) {
            if (flaws.items[j].severity != SEVERITY_ERROR)
                continue;
            if (error)
                CHECK_STRING(flaws.items[j].text, "no second error");
            else
                error = &flaws.items[j];
        }
        CHECK(error);
        if (error) {
            CHECK_STRING(error->source, "/etc/convier/convier.cfg");
            CHECK_INT(error->line, bad[i].line);
            CHECK_INT(error->column, bad[i].column);
            CHECK_STRING(error->text, bad[i].words);
            CHECK_STRING(error->advice, bad[i].advice);
        }
        end();
    }
}

TEST(all_flaws_at_once)
{
    begin();
    CHECK_INT(parse("organisation: { nam = \"x\"; };\nsender: { };\nstate = 3;\n"),
              SETTINGS_FILE_E_REFUSED);
    REQUIRE(flaws.count >= 7); /* nam, name, address, name, address, state, relay */
    for (size_t i = 1; i < flaws.count; i++)
        CHECK(flaws.items[i - 1].line <= flaws.items[i].line);
    end();
}

TEST(warnings_let_it_pass)
{
    static const struct {
        const char *title, *text, *words;
    } rows[] = {
        {"near a kind",
         HEAD CALENDARS CONTACTS
         "rules: ( { name = \"r\"; audience = \"x\"; steps = ( { send = \"remainder\"; before = "
         "\"1 day\"; } ); } );",
         "send: \"remainder\" is read as the name of a template"},
        {"a step twice",
         HEAD CALENDARS CONTACTS
         "rules: ( { name = \"r\"; audience = \"x\"; steps = ( { send = \"reminder\"; before = "
         "\"7 days\"; }, { send = \"reminder\"; before = \"1 week\"; at = \"09:00\"; }, "
         "{ send = \"reminder\"; before = \"7 days\"; at = \"10:00\"; }, { send = \"reminder\"; "
         "before = \"7 days\"; audience = \"y\"; } ); } );",
         "send: \"reminder\" stands twice for the same moment"},
        {"an hour of the day for hours",
         HEAD CALENDARS CONTACTS
         "rules: ( { name = \"r\"; audience = \"x\"; steps = ( { send = \"reminder\"; before = "
         "\"24 h\"; at = \"09:00\"; } ); } );",
         "at: means nothing to a time in hours or minutes"},
        {"plain http",
         HEAD CONTACTS RULES "calendars: ( { name = \"a\"; source = \"http://h.example/x\"; } );",
         "source: is fetched without encryption"},
        {"an empty optional key", WHOLE "metrics = \"\";",
         "metrics: is empty and counts as not given"},
        {"no rules", HEAD CALENDARS CONTACTS, "rules is missing, so nothing will ever be sent"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].title);
        begin();
        CHECK_INT(parse(rows[i].text), 0);
        REQUIRE(flaws.count == 1);
        CHECK_INT(flaws.items[0].severity, SEVERITY_WARNING);
        CHECK_STRING(flaws.items[0].text, rows[i].words);
        end();
    }
}

TEST(a_password_never_shows)
{
    begin();
    CHECK_INT(parse(ORGANISATION SENDER
                    "relay: { url = \"smtps://a.example\"; password = \"hunter2-é\"; };"),
              SETTINGS_FILE_E_REFUSED);
    for (size_t i = 0; i < flaws.count; i++) {
        CHECK(!strstr(flaws.items[i].text, "hunter2"));
        CHECK(!flaws.items[i].advice || !strstr(flaws.items[i].advice, "hunter2"));
    }
    end();
}

static void write_text(const char *path, const char *text)
{
    REQUIRE(file_write(path, text_of(text), 0644) == 0);
}

TEST(included_files_are_named)
{
    char folder[] = "/tmp/convier-settings-XXXXXX";
    char main_path[64], more_path[64];
    REQUIRE(mkdtemp(folder));
    snprintf(main_path, sizeof main_path, "%s/main.cfg", folder);
    snprintf(more_path, sizeof more_path, "%s/more.cfg", folder);
    write_text(main_path, WHOLE "@include \"more.cfg\"\nlimts: { };\n");
    write_text(more_path, "metrics = \"m\";\n  templtes = \"x\";\n");
    begin();
    CHECK_INT(settings_file_load(arena, main_path, zones, &flaws, &settings),
              SETTINGS_FILE_E_REFUSED);
    REQUIRE(flaws.count == 2);
    CHECK_STRING(flaws.items[0].source, main_path);
    CHECK_INT(flaws.items[0].line, 8);
    CHECK_INT(flaws.items[0].column, 1);
    CHECK_STRING(flaws.items[1].source, more_path);
    CHECK_INT(flaws.items[1].line, 2);
    CHECK_INT(flaws.items[1].column, 3);
    end();

    write_text(main_path, WHOLE "@include \"more.cfg\"\n");
    write_text(more_path, "\nlimits: { settle == 3; };\n");
    begin();
    CHECK_INT(settings_file_load(arena, main_path, zones, &flaws, &settings),
              SETTINGS_FILE_E_REFUSED);
    REQUIRE(flaws.count == 1);
    CHECK_STRING(flaws.items[0].source, more_path);
    end();

    write_text(main_path, WHOLE "@include \"absent.cfg\"\n");
    begin();
    CHECK_INT(settings_file_load(arena, main_path, zones, &flaws, &settings),
              SETTINGS_FILE_E_REFUSED);
    CHECK_INT(flaws.count, 1);
    end();
    unlink(main_path);
    unlink(more_path);
    rmdir(folder);
}

static void check_place(struct settings_place place, const char *file, int line, int column)
{
    CHECK_STRING(place.file, file);
    CHECK_INT(place.line, line);
    CHECK_INT(place.column, column);
}

/* Expressions are looked at when the lists are known; what is wrong then stands here. */
TEST(places_of_expressions)
{
    char folder[] = "/tmp/convier-settings-XXXXXX";
    char main_path[64], more_path[64];
    REQUIRE(mkdtemp(folder));
    snprintf(main_path, sizeof main_path, "%s/main.cfg", folder);
    snprintf(more_path, sizeof more_path, "%s/more.cfg", folder);
    write_text(main_path, HEAD CALENDARS CONTACTS "@include \"more.cfg\"\n");
    write_text(
        more_path,
        "audiences: { elus = \"a | b\"; };\n"
        "rules: (\n  { name = \"r\"; audience = \"elus\";\n"
        "    steps = ( { send = \"invitation\"; before = \"2 days\"; },\n"
        "              { send = \"reminder\"; before = \"1 day\"; audience: \"a\"; } ); } );\n"
        "newsletters: ( { name = \"n\"; every = \"FREQ=DAILY\"; audience =\n"
        "  \"all\"; canary = \"b\"; } );\n");
    begin();
    (void)settings_file_load(arena, main_path, zones, &flaws, &settings);
    for (size_t i = 0; i < flaws.count; i++)
        CHECK_STRING(flaws.items[i].text, "no flaw");
    REQUIRE(settings && settings->audience_count && settings->rule_count == 1 &&
            settings->newsletter_count == 1);
    check_place(settings->audiences[0].place, more_path, 1, 22);
    check_place(settings->rules[0].place, more_path, 3, 3);
    check_place(settings->rules[0].audience_place, more_path, 3, 29);
    CHECK(!settings->rules[0].steps[0].audience_place.file);
    check_place(settings->rules[0].steps[1].audience_place, more_path, 5, 65);
    check_place(settings->newsletters[0].audience_place, more_path, 6, 0);
    check_place(settings->newsletters[0].canary_place, more_path, 7, 20);
    end();
    unlink(main_path);
    unlink(more_path);
    rmdir(folder);
}

TEST(files_that_are_none)
{
    begin();
    CHECK_INT(settings_file_load(arena, "/nonexistent/x.cfg", zones, &flaws, &settings),
              SETTINGS_FILE_E_REFUSED);
    REQUIRE(flaws.count == 1);
    CHECK_STRING(flaws.items[0].source, "/nonexistent/x.cfg");
    CHECK_STRING(flaws.items[0].text, "No such file or directory");
    end();
    begin();
    CHECK_INT(settings_file_load(arena, "/tmp", zones, &flaws, &settings), SETTINGS_FILE_E_REFUSED);
    end();
    begin();
    CHECK_INT(settings_file_parse(arena, (struct text){"a\0b", 3}, "/x", zones, &flaws, &settings),
              SETTINGS_FILE_E_REFUSED);
    end();
    begin();
    CHECK_INT(parse("\xEF\xBB\xBF" WHOLE), 0); /* a byte order mark is no flaw */
    end();
}

TEST(system_zone_and_state_folder)
{
    begin();
    setenv("STATE_DIRECTORY", "/var/lib/private/convier:/other", 1);
    REQUIRE(parse("organisation: { name = \"x\"; address = \"y\"; };" SENDER RELAY) == 0);
    CHECK_STRING(zone_name(settings->organisation.zone), "Asia/Tokyo"); /* $TZ */
    CHECK_STRING(settings->state, "/var/lib/private/convier");
    unsetenv("STATE_DIRECTORY");
    end();
}

TEST(memory_runs_out)
{
    begin();
    for (size_t bytes = 0; bytes < 256 * 1024; bytes += 997) {
        struct arena *small = arena_new(bytes);
        struct flaws few;
        flaws_init(&few, small, "?");
        settings = NULL;
        int r = settings_file_parse(small, text_of(WHOLE), "/x/y", zones, &few, &settings);
        CHECK(r == -ENOMEM || (r == 0 && settings));
        arena_free(small);
    }
    end();
}

/* The shipped settings show every key and load without a flaw. */
static struct text shipped;

static void check_shown(void *context, const char *group, const struct setting_key *key)
{
    char with_equals[64], with_colon[64], alone[64];
    (void)context;
    (void)group;
    snprintf(with_equals, sizeof with_equals, "%s =", key->name);
    snprintf(with_colon, sizeof with_colon, "%s:", key->name);
    snprintf(alone, sizeof alone, "%s\n", key->name);
    CHECK_ROW(key->name);
    CHECK(text_find(shipped, text_of(with_equals)) < shipped.size ||
          text_find(shipped, text_of(with_colon)) < shipped.size ||
          text_find(shipped, text_of(alone)) < shipped.size);
    CHECK(setting_type_to_text(key->type));
}

TEST(shipped_settings)
{
    CLEANUP_BUF struct buf buf = BUF_INIT(SETTINGS_FILE_BYTES_MAX);
    begin();
    REQUIRE(file_read(CONVIER_SOURCE "/etc/convier.cfg", &buf) == 0);
    shipped = buf_text(&buf);
    settings_keys_visit(check_shown, NULL);
    CHECK_ROW(NULL);
    CHECK_INT(
        settings_file_load(arena, CONVIER_SOURCE "/etc/convier.cfg", zones, &flaws, &settings), 0);
    CHECK_INT(flaws.count, 0);
    end();
}

static void check_explained(void *context, const char *group, const struct setting_key *key)
{
    const char *manual = context;
    struct buf entry = BUF_INIT(256);
    (void)group;
    buf_add_string(&entry, "\n.BR ");
    buf_add_string(&entry, key->name);
    bool is_there = false;
    for (const char *at = manual; (at = strstr(at, entry.data)); at++)
        is_there |= strchr(" \n", at[entry.size]) != NULL;
    buf_done(&entry);
    CHECK_ROW(key->name);
    CHECK(is_there || key->keys || string_equal(key->name, "relays"));
}

TEST(the_manual_is_whole)
{
    CLEANUP_BUF struct buf buf = BUF_INIT(SETTINGS_FILE_BYTES_MAX);
    REQUIRE(file_read(CONVIER_SOURCE "/etc/convier.cfg.5", &buf) == 0);
    settings_keys_visit(check_explained, buf.data);
}

/* With its commented keys switched on, it holds no key that is unknown. */
TEST(shipped_comments_are_settings)
{
    CLEANUP_BUF struct buf buf = BUF_INIT(SETTINGS_FILE_BYTES_MAX);
    begin();
    REQUIRE(file_read(CONVIER_SOURCE "/etc/convier.cfg", &buf) == 0);
    for (size_t i = 0; i + 2 < buf.size; i++)
        if (buf.data[i] == '#' && (i == 0 || buf.data[i - 1] == '\n') &&
            (buf.data[i + 1] != ' ' || text_starts(text_from(buf_text(&buf), i), "#   ")))
            buf.data[i] = ' ';
    char *relay = strstr(buf.data, "\nrelay: { url"); /* the commented one takes its place */
    REQUIRE(relay);
    relay[1] = '#';
    CHECK_INT(settings_file_parse(arena, buf_text(&buf), "/etc/convier/convier.cfg", zones, &flaws,
                                  &settings),
              0);
    for (size_t i = 0; i < flaws.count; i++)
        if (!strstr(flaws.items[i].text, ": read, but this version "))
            CHECK_STRING(flaws.items[i].text, "no flaw");
    end();
}

CHECK_MAIN
