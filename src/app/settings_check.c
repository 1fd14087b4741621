/* SPDX-License-Identifier: MIT */
#include "app/settings_check.h"

#include <string.h>

#include "app/settings_value.h"
#include "app/system_zone.h"
#include "calendar/rule.h"
#include "deliver/pacing.h"

void settings_check_flaw(struct settings_reading *reading, enum severity severity,
                         const config_setting_t *setting, const char *key, const char *advice,
                         const char *format, ...)
{
    struct settings_place place = {.file = reading->places->file};
    if (setting && key) {
        const config_setting_t *member = config_setting_get_member(setting, key);
        setting = member ? member : setting;
    }
    if (setting)
        place = settings_place_of(reading->places, setting);
    va_list arguments;
    va_start(arguments, format);
    const char *text = arena_vprintf(reading->arena, format, arguments);
    va_end(arguments);
    if (text)
        flaws_add_in(reading->flaws, place.file, severity, place.line, place.column, advice, "%s",
                     text);
    else
        reading->is_out_of_memory = true;
}

#define ERROR(setting, key, advice, ...)                                                           \
    settings_check_flaw(reading, SEVERITY_ERROR, setting, key, advice, __VA_ARGS__)
#define WARNING(setting, key, advice, ...)                                                         \
    settings_check_flaw(reading, SEVERITY_WARNING, setting, key, advice, __VA_ARGS__)

static bool has(const config_setting_t *setting, const char *key)
{
    return setting && config_setting_get_member(setting, key);
}

static void finish_sender(struct sender_settings *sender)
{
    if (!sender->address)
        return;
    sender->domain = strrchr(sender->address, '@') + 1;
    if (!sender->reply_to)
        sender->reply_to = sender->address;
    if (!sender->bounces)
        sender->bounces = sender->address;
    if (!sender->unsubscribe)
        sender->unsubscribe = sender->bounces;
}

/* "https://host/…{token}…" that can stand in a header field as it is. */
static bool is_unsubscribe_url(struct text url)
{
    enum { URL_BYTES_MAX = 500 };
    struct text token = TEXT("{token}");
    size_t at = text_find(url, token);
    for (size_t i = 0; i < url.size; i++)
        if (url.data[i] <= ' ' || url.data[i] > '~' || strchr("<>\"\\,", url.data[i]))
            return false;
    return text_starts(url, "https://") && url.size <= URL_BYTES_MAX && at < url.size &&
           text_find(text_from(url, at + 1), token) == text_from(url, at + 1).size;
}

static void check_sender(struct settings_reading *reading, const config_setting_t *setting,
                         const struct sender_settings *sender)
{
    if (sender->unsubscribe_url && !is_unsubscribe_url(text_of(sender->unsubscribe_url)))
        ERROR(setting, "unsubscribe_url", "for example \"https://www.example.org/stop?t={token}\"",
              "unsubscribe_url: must be an https address with {token} once");
}

void settings_check_group(struct settings_reading *reading, const struct setting_key *key,
                          const config_setting_t *setting, struct settings *settings)
{
    if (string_equal(key->name, "organisation") && !settings->organisation.zone)
        settings->organisation.zone = system_zone(reading->zones);
    if (string_equal(key->name, "sender")) {
        finish_sender(&settings->sender);
        check_sender(reading, setting, &settings->sender);
    }
}

static bool is_host(struct text host)
{
    for (size_t i = 0; i < host.size; i++) {
        char c = host.data[i];
        if (!char_is_alpha(c) && !char_is_digit(c) && c != '.' && c != '-' && c != ':' && c != '_')
            return false;
    }
    return host.size > 0;
}

/* smtp[s]://host[:port], nothing behind it but a slash. */
static bool is_relay_url(struct text url)
{
    struct text host = settings_value_host(url);
    if ((!text_starts(url, "smtp://") && !text_starts(url, "smtps://")) || !is_host(host))
        return false;
    struct text rest = text_from(url, (size_t)(host.data - url.data) + host.size);
    if (text_starts(rest, "]"))
        rest = text_from(rest, 1);
    if (rest.size && rest.data[rest.size - 1] == '/')
        rest.size--;
    int64_t port;
    return rest.size == 0 ||
           (rest.data[0] == ':' && text_number(text_from(rest, 1), 1, 65535, &port));
}

static void check_relay_login(struct settings_reading *reading, const config_setting_t *setting,
                              const struct relay_settings *relay)
{
    bool is_oauth = relay->auth == AUTH_XOAUTH2 || relay->auth == AUTH_OAUTHBEARER;
    bool has_password = has(setting, "password");
    if (has_password && !has(setting, "user"))
        ERROR(setting, "password", "add user", "password: is given without user");
    if (is_oauth && !relay->token_command)
        ERROR(setting, "auth", "add token_command, a program that prints an access token",
              "auth: needs token_command");
    if (relay->token_command && !has(setting, "user"))
        ERROR(setting, "token_command", "add user", "token_command: is given without user");
    if (relay->token_command && !is_oauth)
        ERROR(setting, "token_command", "write auth = \"xoauth2\" or \"oauthbearer\"",
              "token_command: is of no use without an auth for tokens");
    if (relay->user && !has_password && !relay->token_command)
        ERROR(setting, "user", "add password = \"credential:NAME\" or \"file:PATH\"",
              "user: is given without password");
}

static void check_preset(struct settings_reading *reading, const config_setting_t *setting,
                         const char *preset)
{
    struct pacing_limits limits;
    if (!preset || pacing_preset(preset, &limits))
        return;
    const char *const *names = pacing_preset_names();
    size_t count = 0;
    const char *list = "one of";
    for (; names[count] && list; count++)
        list = arena_printf(reading->arena, "%s%s %s", list, count ? "," : "", names[count]);
    const char *nearest = text_nearest(text_of(preset), names, count);
    if (nearest)
        list = arena_printf(reading->arena, "did you mean \"%s\"?", nearest);
    if (!list)
        reading->is_out_of_memory = true;
    ERROR(setting, "preset", list, "preset: \"%s\" is not a provider that is known", preset);
}

/* "mail.example.org" or "[192.0.2.1]" (RFC 5321 4.1.1.1): relays refuse anything else. */
static bool is_helo(const char *helo)
{
    size_t size = strlen(helo);
    bool is_literal = size > 2 && helo[0] == '[' && helo[size - 1] == ']';
    for (size_t i = is_literal; i + is_literal < size; i++)
        if (!char_is_alpha(helo[i]) && !char_is_digit(helo[i]) &&
            !strchr(is_literal ? ".:" : ".-", helo[i]))
            return false;
    return true;
}

static void check_relay(struct settings_reading *reading, const config_setting_t *setting,
                        struct relay_settings *relay)
{
    struct text url = text_of(relay->url);
    if (!relay->url)
        return;
    if (settings_value_has_login(url))
        ERROR(setting, "url", "use the keys user and password", "url: holds a login name");
    else if (!is_relay_url(url))
        ERROR(setting, "url", "write smtps://host or smtp://host, either with :PORT if need be",
              "url: \"%s\" is not the address of a relay", relay->url);
    relay->is_loopback = settings_value_is_loopback(settings_value_host(url));
    if (!relay->is_tls_required && !relay->is_loopback)
        ERROR(setting, "tls", "leave tls out; it is required beyond this machine",
              "tls: \"none\" is for a relay on this machine only");
    else if (!relay->is_tls_required && text_starts(url, "smtps://"))
        ERROR(setting, "tls", "write smtp:// or leave tls out",
              "tls: \"none\" contradicts smtps://");
    if (relay->helo && !is_helo(relay->helo))
        ERROR(setting, "helo", "write this machine's name as others know it, \"mail.example.org\"",
              "helo: \"%s\" is not the name of a host", relay->helo);
    check_relay_login(reading, setting, relay);
    check_preset(reading, setting, relay->preset);
}

/* A login that does not fit its address; a password over plain http would be read by others. */
static void check_download(struct settings_reading *reading, const config_setting_t *setting,
                           const char *source, bool is_remote, const char *user)
{
    struct text url = text_of(source);
    bool has_password = has(setting, "password");
    if (has(setting, "user") != has_password)
        ERROR(setting, has_password ? "password" : "user",
              has_password ? "add user" : "add password", "user and password go together");
    if (source && user && !is_remote)
        ERROR(setting, "user", "leave user and password out", "user: a file needs no login");
    if (source && has(setting, "every") && !is_remote)
        WARNING(setting, "every", "leave it out; files are watched",
                "every: is for addresses only");
    if (!source || !is_remote)
        return;
    if (settings_value_has_login(url))
        ERROR(setting, "source", "use the keys user and password", "source: holds a login name");
    if (!text_starts_nocase(url, "http://") || settings_value_is_loopback(settings_value_host(url)))
        return;
    if (user)
        ERROR(setting, "source", "write https://",
              "source: would send the password without encryption");
    else
        WARNING(setting, "source", "write https:// if the server can",
                "source: is fetched without encryption");
}

static void check_every(struct settings_reading *reading, const config_setting_t *setting,
                        int64_t *every_usec)
{
    if (*every_usec >= USEC_PER_MIN)
        return;
    if (has(setting, "every"))
        ERROR(setting, "every", "ask at most once a minute", "every: is too often");
    *every_usec = USEC_PER_MIN;
}

/* Kinds that the daemon sends of its own accord. */
static bool is_automatic(enum notice_kind kind)
{
    return kind == NOTICE_CHANGE || kind == NOTICE_POSTPONED || kind == NOTICE_CANCELLATION ||
           kind == NOTICE_UNINVITED || kind == NOTICE_NEWSLETTER || kind == NOTICE_STAFF;
}

static void check_step_kind(struct settings_reading *reading, const config_setting_t *setting,
                            struct step_settings *step)
{
    static const char *const kinds[] = {"save-the-date", "invitation", "reminder", "thanks"};
    step->kind = NOTICE_REMINDER;
    if (!step->send)
        return;
    if (notice_kind_from_text(text_of(step->send), &step->kind)) {
        if (is_automatic(step->kind))
            ERROR(setting, "send", "take the step out",
                  "send: \"%s\" is sent without being asked for", step->send);
        return;
    }
    step->kind = NOTICE_REMINDER;
    const char *nearest = text_nearest(text_of(step->send), kinds, sizeof kinds / sizeof *kinds);
    if (!nearest)
        return;
    const char *advice = arena_printf(reading->arena, "did you mean \"%s\"?", nearest);
    if (!advice)
        reading->is_out_of_memory = true;
    WARNING(setting, "send", advice, "send: \"%s\" is read as the name of a template", step->send);
}

/* "invitation-30d", "reminder-2h", "thanks+1d", "reminder-10wd": kind and offset, with -2, -3 where
 * a rule has several alike. It is a part of what the ledger remembers. */
static const char *step_id(struct settings_reading *reading, const struct step_settings *step,
                           const struct step_settings *earlier, size_t count)
{
    const struct span *span = &step->offset;
    long number = span->working_days ? span->working_days
                  : span->months     ? span->months
                                     : span->days;
    const char *unit = span->working_days ? "wd" : span->months ? "m" : "d";
    if (span->usec) {
        bool is_hours = span->usec % USEC_PER_HOUR == 0;
        number = (long)(span->usec / (is_hours ? USEC_PER_HOUR : USEC_PER_MIN));
        unit = is_hours ? "h" : "min";
    }
    const char *id = arena_printf(reading->arena, "%s%c%ld%s", step->send,
                                  step->is_after ? '+' : '-', number, unit);
    const char *first = id;
    for (int twin = 2; id;) {
        size_t i = 0;
        while (i < count && !string_equal(earlier[i].id, id))
            i++;
        if (i == count)
            return id;
        id = arena_printf(reading->arena, "%s-%d", first, twin++);
    }
    reading->is_out_of_memory = true;
    return "";
}

/* Offsets of hours and minutes are exact: they have no hour of the day. */
static int hour_of(const struct step_settings *step)
{
    if (step->offset.usec)
        return MINUTES_UNSET;
    return step->at_minute == MINUTES_UNSET ? MINUTES_OF_STEP : step->at_minute;
}

/* Two that say the same at the same moment to the same people. */
static bool is_twin(const struct step_settings *a, const struct step_settings *b)
{
    return string_equal(a->send, b->send) && a->is_after == b->is_after &&
           a->offset.months == b->offset.months && a->offset.days == b->offset.days &&
           a->offset.working_days == b->offset.working_days && a->offset.usec == b->offset.usec &&
           hour_of(a) == hour_of(b) && string_equal(a->audience, b->audience);
}

static void check_twin(struct settings_reading *reading, const config_setting_t *setting,
                       const struct step_settings *steps, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (is_twin(&steps[i], &steps[index])) {
            WARNING(setting, "send", "take one of the two out, or give them different hours",
                    "send: \"%s\" stands twice for the same moment", steps[index].send);
            return;
        }
}

static void check_step(struct settings_reading *reading, const config_setting_t *setting,
                       struct step_settings *steps, size_t index)
{
    struct step_settings *step = &steps[index];
    step->audience_place = settings_place_of_string(reading->places, setting, "audience");
    bool has_before = has(setting, "before"), has_after = has(setting, "after");
    if (has_before == has_after)
        ERROR(setting, has_after ? "after" : NULL, "write before = \"7 days\" or after = \"1 day\"",
              has_after ? "before and after are both given" : "before or after is missing");
    if (step->offset.usec && step->at_minute != MINUTES_UNSET)
        WARNING(setting, "at", "for an hour of the day, write the time in days: \"1 day\"",
                "at: means nothing to a time in hours or minutes");
    check_step_kind(reading, setting, step);
    if (step->send) {
        step->id = step_id(reading, step, steps, index);
        check_twin(reading, setting, steps, index);
    }
    if (step->kind == NOTICE_THANKS && has_before && !has_after && !span_is_zero(step->offset))
        ERROR(setting, "before", "write after", "send: thanks come after the event");
    bool is_invitation = step->kind == NOTICE_INVITATION || step->kind == NOTICE_SAVE_THE_DATE;
    if (is_invitation && has_after)
        ERROR(setting, "after", "write before", "send: \"%s\" comes before the event", step->send);
}

static void check_calendar(struct settings_reading *reading, const config_setting_t *setting,
                           const struct settings *settings, const char *calendar)
{
    if (!calendar)
        return;
    const char **names = arena_alloc_array(reading->arena, settings->calendar_count, sizeof *names);
    if (!names) {
        reading->is_out_of_memory = true;
        return;
    }
    size_t count = 0;
    for (size_t i = 0; i < settings->calendar_count; i++) {
        if (string_equal(settings->calendars[i].name, calendar))
            return;
        if (settings->calendars[i].name)
            names[count++] = settings->calendars[i].name;
    }
    const char *nearest = text_nearest(text_of(calendar), names, count);
    const char *advice =
        nearest ? arena_printf(reading->arena, "did you mean \"%s\"?", nearest) : NULL;
    ERROR(setting, "calendar", advice, "calendar: no calendar is called \"%s\"", calendar);
}

static void check_rule(struct settings_reading *reading, const config_setting_t *setting,
                       const struct settings *settings, struct rule_settings *rule)
{
    rule->place = settings_place_of(reading->places, setting);
    rule->audience_place = settings_place_of_string(reading->places, setting, "audience");
    if (!rule->list)
        rule->list = rule->name;
    if (has(setting, "steps") && rule->step_count == 0)
        ERROR(setting, "steps", "write what is sent and when", "steps: is empty");
    check_calendar(reading, setting, settings, rule->calendar);
}

static void check_name(struct settings_reading *reading, const char *list,
                       const config_setting_t *setting, const char *name, const char *earlier)
{
    if (name && string_equal(name, earlier))
        ERROR(setting, "name", "give each its own name",
              "name: \"%s\" is taken by another of the %s", name, list);
}

static void check_recurrence(struct settings_reading *reading, const config_setting_t *setting,
                             const char *every)
{
    struct rule rule;
    const char *complaint = NULL;
    int r = every ? rule_parse(reading->arena, text_of(every), &rule, &complaint) : 0;
    if (r < 0)
        reading->is_out_of_memory = true;
    else if (r)
        ERROR(setting, "every", "write a recurrence as calendars do, \"FREQ=MONTHLY;BYDAY=1TU\"",
              "every: %s", complaint ? complaint : "not a recurrence");
    else if (complaint)
        WARNING(setting, "every", NULL, "every: %s", complaint);
    if (!r && every && rule.frequency == FREQUENCY_HOURLY)
        ERROR(setting, "every", "FREQ=DAILY is the most", "every: an issue is of a day");
    else if (!r && every && (rule.hours || rule.minutes || rule.seconds))
        ERROR(setting, "every", "`at` says the hour", "every: an issue is of a day");
}

static void check_newsletter(struct settings_reading *reading, const config_setting_t *setting,
                             const struct settings *settings,
                             struct newsletter_settings *newsletter)
{
    newsletter->audience_place = settings_place_of_string(reading->places, setting, "audience");
    newsletter->canary_place = settings_place_of_string(reading->places, setting, "canary");
    check_recurrence(reading, setting, newsletter->every);
    check_calendar(reading, setting, settings, newsletter->calendar);
    if (span_is_zero(newsletter->covers))
        ERROR(setting, "covers", "write \"1 month\"", "covers: an issue would tell nothing");
    if (span_is_zero(newsletter->useful))
        ERROR(setting, "useful", "write \"3 days\"", "useful: no issue would ever leave");
}

void settings_check_item(struct settings_reading *reading, const struct setting_key *key,
                         const config_setting_t *setting, const struct settings *settings,
                         void *items, size_t index)
{
    if (text_starts(text_of(key->name), "relay")) {
        check_relay(reading, setting, (struct relay_settings *)items + index);
    } else if (string_equal(key->name, "calendars")) {
        struct calendar_settings *all = items, *calendar = &all[index];
        check_download(reading, setting, calendar->source, calendar->is_remote, calendar->user);
        check_every(reading, setting, &calendar->every_usec);
        if (!calendar->zone)
            calendar->zone = settings->organisation.zone;
        for (size_t i = 0; i < index; i++)
            check_name(reading, key->name, setting, calendar->name, all[i].name);
    } else if (string_equal(key->name, "contacts")) {
        struct contacts_settings *list = (struct contacts_settings *)items + index;
        check_download(reading, setting, list->source, list->is_remote, list->user);
        check_every(reading, setting, &list->every_usec);
    } else if (string_equal(key->name, "steps")) {
        check_step(reading, setting, items, index);
    } else if (string_equal(key->name, "rules")) {
        struct rule_settings *all = items;
        check_rule(reading, setting, settings, &all[index]);
        for (size_t i = 0; i < index; i++)
            check_name(reading, key->name, setting, all[index].name, all[i].name);
    } else if (string_equal(key->name, "newsletters")) {
        struct newsletter_settings *all = items;
        check_newsletter(reading, setting, settings, &all[index]);
        for (size_t i = 0; i < index; i++)
            check_name(reading, key->name, setting, all[index].name, all[i].name);
    }
}

void settings_check_refuse(const struct setting_key *key, void *items, size_t index)
{
    struct calendar_settings *calendar = (struct calendar_settings *)items + index;
    struct contacts_settings *list = (struct contacts_settings *)items + index;
    if (text_starts(text_of(key->name), "relay"))
        ((struct relay_settings *)items)[index].url = NULL;
    else if (string_equal(key->name, "calendars") && calendar->is_remote)
        calendar->source = NULL;
    else if (string_equal(key->name, "contacts") && list->is_remote)
        list->source = NULL;
}

/* The machine's own name is often one that nobody outside knows; the sender's domain is known. */
static void finish_relays(struct settings_reading *reading, struct settings *settings)
{
    struct relay_settings *relays =
        arena_alloc_array(reading->arena, settings->relay_count, sizeof *relays);
    if (!relays) {
        reading->is_out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < settings->relay_count; i++) {
        relays[i] = settings->relays[i];
        if (!relays[i].helo)
            relays[i].helo = settings->sender.domain;
    }
    settings->relays = relays;
}

void settings_check_whole(struct settings_reading *reading, struct settings *settings)
{
    if (settings->relay_count)
        finish_relays(reading, settings);
    bool has_one = has(reading->root, "relay"), has_many = has(reading->root, "relays");
    if (has_one && has_many)
        ERROR(reading->root, "relays", "put all of them into relays",
              "relay and relays are both given");
    else if (!has_one && !has_many)
        ERROR(NULL, NULL, "add relay = { url = \"smtps://smtp.example.org\"; … };",
              "relay is missing");
    else if (has_many && settings->relay_count == 0)
        ERROR(reading->root, "relays", NULL, "relays: is empty");
    if (!has(reading->root, "calendars"))
        WARNING(NULL, NULL, "add calendars = ( { name = \"…\"; source = \"….ics\"; } );",
                "calendars is missing, so nothing will ever be sent");
    if (!has(reading->root, "contacts"))
        WARNING(NULL, NULL, "add contacts = ( { source = \"….csv\"; } );",
                "contacts is missing, so nobody will ever be written to");
    if (!has(reading->root, "rules"))
        WARNING(NULL, NULL, "add rules = ( { name = …; audience = …; steps = ( … ); } );",
                "rules is missing, so nothing will ever be sent");
}
