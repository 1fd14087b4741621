/* SPDX-License-Identifier: MIT */
#include "app/options_table.h"

#include <stddef.h>

#define AT(field) offsetof(struct options, field)

/* clang-format off: one option, one line or two. */
const struct option_key options_table_keys[] = {
    {"config", "FILE", OPTION_COMMON, AT(config), -1,
     "the settings; default " OPTIONS_CONFIG_DEFAULT},
    {"at", "T", OPTION_COMMON, AT(at), -1, "pretend that now is T"},
    {"json", NULL, OPTION_COMMON, AT(is_json), -1, "answer with one JSON object a line"},
    {"trace", "AREA,…", OPTION_COMMON, AT(trace), -1,
     "tell on stderr what happens in: calendar, contacts, plan,\n"
     "compose, deliver, ledger, net, app or all"},
    {"once", NULL, OPTION_ONCE, AT(is_once), -1,
     "one pass: send all that is due, then exit (1: some is due\n"
     "still)"},
    {"dry-run", "DIR", OPTION_DRY_RUN, AT(dry_run), -1,
     "write the mails as .eml files to DIR, also while paused;\n"
     "touch neither relay nor ledger"},
    {"offline", NULL, OPTION_OFFLINE, AT(is_offline), -1, "leave the network alone"},
    {"for", "SPAN", OPTION_FOR, AT(span), -1, "how far ahead, \"60 days\""},
    {"event", "E", OPTION_EVENT, AT(event), -1,
     "a UID, or enough of a title and/or a date to be unique"},
    {"contact", "C", OPTION_CONTACT, AT(contact), -1,
     "an address, or enough of a name to be unique"},
    {"step", "S", OPTION_STEP, AT(step), -1,
     "a step or kind: \"invitation\", \"reminder-7d\", \"change\" …"},
    {"eml", NULL, OPTION_FORM, AT(form), PREVIEW_EML, "the whole message, byte for byte"},
    {"html", NULL, OPTION_FORM, AT(form), PREVIEW_HTML, "its HTML part"},
    {"text", NULL, OPTION_FORM, AT(form), PREVIEW_TEXT, "its text part"},
    {"all", NULL, OPTION_ALL, AT(is_all), -1, "of every event"},
    {"reason", "R", OPTION_REASON, AT(reason), -1, "kept with it, for whoever asks later"},
    {"from", "T", OPTION_WINDOW, AT(from), -1, "first moment of the window"},
    {"to", "T", OPTION_WINDOW, AT(to), -1, "first moment after the window"},
    {"zone", "Z", OPTION_ZONE, AT(zone), -1, "zone of times that have none, \"Europe/Paris\""},
    {"audience", "EXPR", OPTION_AUDIENCE, AT(audience), -1,
     "only those within an expression, \"japon & elus - presse\""},
    {"partials", "DIR", OPTION_RENDER, AT(partials), -1,
     "{{> name}} is DIR/name.mustache, else DIR/name"},
    {"escape", "HOW", OPTION_RENDER, AT(escape), -1,
     "html (default), markdown or none: what {{name}} does to\n"
     "special characters"},
    {NULL}};

const struct command options_table_commands[COMMAND_COUNT] = {
    {COMMAND_RUN, "run", "[--once] [--dry-run DIR]", "the daemon: plan, compose, send, for ever",
     "Reads the settings, watches calendars and contact lists, and sends what is due.\n"
     "Stops on SIGTERM after the message in hand; reads everything again on SIGHUP.\n"
     "Started by systemd it says when it is ready and what it is doing.\n"
     "\n"
     "--at T pretends another time; it is refused here unless --dry-run is given or\n"
     "the relay is on this machine, since it would write to people at a wrong hour.\n"
     "A T before the one of an earlier run is a clock that went back: see resume.",
     OPTION_ONCE | OPTION_DRY_RUN, 0, 0},
    {COMMAND_CHECK, "check", "[--offline]",
     "every flaw of settings, templates, calendars, contacts",
     "Reads all of it as the daemon would, asks each address, logs in to the relay\n"
     "(without sending anything), and prints every flaw with what to do about it,\n"
     "then a summary. Settings with flaws are no end: what they name and can be read\n"
     "is looked at all the same. --json gives a line for each flaw before the summary.\n"
     "Exit status 1 if there is an error; warnings alone give 0.",
     OPTION_OFFLINE, 0, 0},
    {COMMAND_PLAN, "plan", "[--for SPAN] [--event E] [--contact C]",
     "the forecast: what would leave, to whom, when, why",
     "Every notice that would leave in the span (default 60 days) if nothing changed,\n"
     "in time order, and which leave in one mail. Sends nothing and records nothing.",
     OPTION_FOR | OPTION_EVENT | OPTION_CONTACT, 0, 0},
    {COMMAND_PREVIEW, "preview", "--event E --contact C [--step S] [--eml|--html|--text]",
     "the very message that someone would get",
     "Composes the next message about the event for the contact, or the one of a\n"
     "step, without sending it. --eml gives it byte for byte. --step digest shows\n"
     "a mail about several events: this one and the contact's next ones. A message\n"
     "that would not be sent as things stand is shown all the same; the reason\n"
     "stands on stderr.",
     OPTION_EVENT | OPTION_CONTACT | OPTION_STEP | OPTION_FORM, 0, 0},
    {COMMAND_WHY, "why", "--contact C --event E", "why someone heard, or did not hear, of an event",
     "In words: which rule, by which path of the audience, which language and zone\n"
     "and why; what was sent and what the relay said; what comes next, or why\n"
     "nothing does.",
     OPTION_EVENT | OPTION_CONTACT, 0, 0},
    {COMMAND_WHO, "who", "--event E", "everyone concerned, and how far each got",
     "One line a notice: owed, accepted, deferred, refused, bounced, opted out, and\n"
     "what leaves or left in one mail with it. Here and elsewhere, tables are in the\n"
     "organisation's language, kinds and states of --json in English. Of a series it\n"
     "is about the next occurrence, or the one that a date in E names.",
     OPTION_EVENT, 0, 0},
    {COMMAND_STATUS, "status", "", "what the daemon is doing",
     "Last reading of each calendar and contact list, next notices, held batches,\n"
     "troubles, and what staff were told last that is still so. Exit status 1 if a\n"
     "source cannot be read, the relay cannot be used, or mails would leave too late.",
     0, 0, 0},
    {COMMAND_HOLDS, "holds", "", "batches that wait for a human's word",
     "Each with the reason, how many messages to how many people, and a sample. A\n"
     "contact list that shrank is asked about, too: the new one, or the one in force.\n"
     "Then: convier approve ID, or convier discard ID.",
     0, 0, 0},
    {COMMAND_APPROVE, "approve", "ID", "let a held batch go",
     "The messages of the batch that still make sense leave at their hour.", 0, 1, 1},
    {COMMAND_DISCARD, "discard", "ID", "drop a held batch", "Nothing of the batch is ever sent.", 0,
     1, 1},
    {COMMAND_PAUSE, "pause", "[REASON]", "stop sending; planning goes on",
     "What the relay has begun to take is finished. Holds across restarts, until\n"
     "convier resume; also ahead of the first start.",
     0, 0, 1},
    {COMMAND_RESUME, "resume", "", "send again after a pause",
     "What is still useful leaves. Also the answer when the daemon paused itself: a\n"
     "ledger that was restored or copied, a clock that went back, or three refusals\n"
     "in a row for a fault of ours: what was refused then leaves by convier retry.",
     0, 0, 0},
    {COMMAND_RETRY, "retry", "--event E | --all", "try refused and expired notices again",
     "Puts those that are still useful back to owed.", OPTION_EVENT | OPTION_ALL, 0, 0},
    {COMMAND_SUPPRESS, "suppress", "ADDRESS [--reason R]", "never write to an address again",
     "The opposition list stands above every contact list: importing someone again\n"
     "does not revive them. It stands above the setting staff, too. It may be said\n"
     "before the daemon first runs.",
     OPTION_REASON, 1, 1},
    {COMMAND_UNSUPPRESS, "unsuppress", "ADDRESS", "take an address off the opposition list",
     "Only at the person's own wish.", 0, 1, 1},
    {COMMAND_SUPPRESSIONS, "suppressions", "", "the opposition list",
     "With the day and the reason of each.", 0, 0, 0},
    {COMMAND_FORGET, "forget", "ADDRESS", "erase a person",
     "Removes all that is remembered of the address and never writes to it again: a\n"
     "keyed hash stays on the opposition list. convier unsuppress takes it off. Lists\n"
     "that still have the line, older backups and the journal are not touched.",
     0, 1, 1},
    {COMMAND_BACKUP, "backup", "FILE", "a copy of the ledger, beside the running daemon",
     "FILE must not exist yet. To restore, stop the daemon; in /var/lib/convier put\n"
     "ledger.db aside, and ledger.db-wal and ledger.db-shm if they are there (the old\n"
     "log would be played into the copy); copy FILE there as ledger.db, owned as the\n"
     "folder is: chown --reference=/var/lib/convier. On another machine, before the\n"
     "first start: mkdir -m 700 /var/lib/convier, and the copy into it. Start:\n"
     "sending is paused, since the copy does not know what was sent after it was\n"
     "made. Look at convier plan, then resume.",
     0, 1, 1},
    {COMMAND_TEST_MAIL, "test-mail", "ADDRESS [--event E --step S]",
     "one real message, with the whole dialogue shown",
     "Sends one message to the address through the relay and prints what both sides\n"
     "said; secrets are masked. Of several relays the next one is tried when one\n"
     "cannot be reached or refuses the login. Without --event it is about the next\n"
     "event to come, or a plain test message when there is none.",
     OPTION_EVENT | OPTION_STEP, 1, 1},
    {COMMAND_OCCURRENCES, "occurrences", "FILE|URL… --from T --to T [--zone Z]",
     "what a calendar says, expanded",
     "Every occurrence that overlaps the half-open window, by start. A T without an\n"
     "hour is midnight in the zone of the organisation, or in --zone; the days of an\n"
     "all-day event are those of its calendar's zone. Exit status 1 if an event was\n"
     "refused; the others are printed. Needs no settings.",
     OPTION_WINDOW | OPTION_ZONE, 1, -1},
    {COMMAND_CONTACTS, "contacts", "FILE|URL… [--audience EXPR]", "what a contact list says",
     "Everyone in the lists, one line an address, with what was guessed. Exit status\n"
     "1 if a row was refused; the others are printed. Needs no settings.",
     OPTION_AUDIENCE | OPTION_ZONE, 1, -1},
    {COMMAND_RENDER, "render", "TEMPLATE DATA.json [--partials DIR] [--escape HOW]",
     "a template engine's bare output",
     "Renders a Mustache template with the data and prints the result as it is.\n"
     "Needs no settings.",
     OPTION_RENDER, 2, 2},
    {COMMAND_NEWSLETTER, "newsletter", "list | preview NAME | send NAME", "issues of a newsletter",
     "list: each newsletter, its next issue, when its first mail leaves, and how many\n"
     "readers and events it has; then those that are written by hand and were not\n"
     "sent. preview: the mail of an issue to a contact, or to the first reader, as\n"
     "preview shows it.\n"
     "send: lets an issue leave now, whatever its day and hour, if each of its mails\n"
     "can be composed; brakes and holds apply, and at night it waits for seven\n"
     "o'clock. An issue never leaves twice.\n"
     "NAME may also be the file of an issue that is written by hand, without its\n"
     "language: 2026-12-lettre for the newsletter lettre.",
     OPTION_CONTACT | OPTION_FORM, 1, 2},
    {COMMAND_HELP, "help", "[COMMAND]", "this overview, or all about one command", "", 0, 0, 1},
    {COMMAND_VERSION, "version", "", "the version", "", 0, 0, 0},
};
