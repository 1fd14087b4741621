/* SPDX-License-Identifier: MIT */
/* settings: what the administrator decided, checked and with defaults filled in.
 *
 * Loaded by app/settings_file; constant afterwards. Strings are NUL-terminated UTF-8, NULL = not
 * given, unless a default is named. Paths are absolute.                                          */
#ifndef CONVIER_MODEL_SETTINGS_H
#define CONVIER_MODEL_SETTINGS_H

#include "base/language.h"
#include "base/span.h"
#include "base/zone.h"
#include "model/notice.h"

enum { MINUTES_UNSET = -1, MINUTES_OF_STEP = 9 * 60 /* of a step that names no hour */ };

/* Where something stands in the settings file or in one that it includes. */
struct settings_place {
    const char *file; /* as the administrator called it; NULL = not in a settings file */
    int line;         /* 0 = the whole file */
    int column;       /* in characters; 0 = not known */
};

struct organisation_settings {
    const char *name, *address; /* required */
    enum language language;     /* fr */
    const struct zone *zone;    /* the system's */
    const char *phone, *url, *colour, *logo;
};

struct sender_settings {
    const char *name, *address;  /* required */
    const char *reply_to;        /* default: address */
    const char *bounces;         /* envelope sender; default: address */
    const char *unsubscribe;     /* default: bounces */
    const char *unsubscribe_url; /* https address with "{token}" once; NULL = mailto alone */
    bool subaddress;             /* true */
    const char *domain;          /* of address, for Message-ID and UIDs */
};

enum relay_auth {
    AUTH_AUTOMATIC,
    AUTH_PLAIN,
    AUTH_LOGIN,
    AUTH_CRAM_MD5,
    AUTH_XOAUTH2,
    AUTH_OAUTHBEARER
};

/* A secret's whereabouts; its text never stands in settings. */
enum secret_kind { SECRET_NONE, SECRET_CREDENTIAL, SECRET_FILE };
struct secret {
    enum secret_kind kind;
    const char *name; /* credential name or absolute path */
};

struct relay_settings {
    const char *url; /* required */
    bool is_loopback;
    const char *user;
    struct secret password;
    enum relay_auth auth;
    const char *token_command;
    bool is_tls_required; /* true; false only for loopback */
    const char *ca_file, *helo, *preset;
    int connections, messages_per_connection; /* 0 = the preset's, else 1 and unlimited */
    int limit_per_minute, limit_per_hour, limit_per_day; /* 0 = the preset's, else none */
    int64_t patience_usec; /* caps each wait for an answer; 0 = RFC 5321's, minutes */
};

struct calendar_settings {
    const char *name, *source; /* required; path or address */
    bool is_remote;
    int64_t every_usec;      /* 15 min; only for addresses */
    const struct zone *zone; /* the organisation's */
    bool is_zone_pinned;     /* zone stands above X-WR-TIMEZONE; only from the command line */
    const char *category, *user, *ca_file;
    struct secret password;
};

struct contacts_settings {
    const char *source; /* required */
    bool is_remote;
    int64_t every_usec;
    const char *charset, *delimiter;
    bool has_language;
    enum language language;
    const struct zone *zone; /* NULL = not given */
    const char *const *groups;
    size_t group_count;
    const char *user;
    struct secret password;
};

struct audience_settings {
    const char *name, *expression;
    struct settings_place place; /* of the expression */
};

struct holiday_settings {
    const char *country, *source;
};

struct step_settings {
    const char *send;      /* "invitation", "reminder", "rencontre-practical" … */
    enum notice_kind kind; /* a template's own name counts as a reminder */
    bool is_after;         /* of the end; else before the start */
    struct span offset;
    int at_minute; /* of the day; MINUTES_UNSET = 09:00 for day offsets, the very moment for hours
                    */
    bool has_useful;
    struct span useful;
    const char *audience; /* narrower, or NULL */
    struct settings_place audience_place;
    const char *id; /* "invitation-30d": kind and offset, unique in its rule; part of notice keys */
};

enum rule_vanished { VANISHED_HOLD, VANISHED_CANCEL, VANISHED_IGNORE };

struct rule_settings {
    const char *name;
    const char *category, *calendar, *title; /* NULL = any; title is a pattern with * and ? */
    const char *audience;
    const struct step_settings *steps;
    size_t step_count;
    const char *template_name; /* NULL = the kind's */
    bool is_event_zone;        /* `at` is read in the event's zone, not the recipient's */
    bool may_merge;
    enum rule_vanished vanished;
    bool tell_removed;
    bool tell_titles;
    bool is_request;  /* invitation = "request" */
    const char *list; /* List-Id label; default: name */
    struct settings_place place, audience_place;
};

/* May such a notice share a mail about what is coming with others? News show what changed, thanks
 * speak of the past, an invitation that asks for an answer is one calendar object, and a step with
 * a template of its own has its own words: they are mails of their own. */
static inline bool rule_may_join(const struct rule_settings *rule, enum notice_kind kind,
                                 const char *template_name)
{
    return rule->may_merge && string_equal(template_name, rule->template_name) &&
           (kind == NOTICE_SAVE_THE_DATE || kind == NOTICE_REMINDER ||
            (kind == NOTICE_INVITATION && !rule->is_request));
}

struct newsletter_settings {
    const char *name, *audience, *template_name, *every;
    const char *category, *calendar, *title; /* NULL = any event that a rule is about */
    bool has_since;
    struct civil_date since;
    int at_minute;
    struct span covers, useful;
    const char *canary;
    struct span canary_delay;
    struct settings_place audience_place, canary_place;
};

struct quiet_settings {
    bool weekends, holidays;
    int from_minute, until_minute; /* of the day; equal = no quiet hours; may span midnight */
};

enum uncertain_policy { UNCERTAIN_RESEND, UNCERTAIN_HOLD };

struct limit_settings {
    int64_t settle_usec;         /* 20 min */
    int hold_above;              /* 300 */
    int hold_share;              /* 20 %; 100 = off */
    struct quiet_settings quiet; /* weekends, holidays, 18:30-08:30 */
    int per_contact;             /* 0 = no cap */
    struct span per_contact_span;
    enum uncertain_policy uncertain;
    struct span keep; /* 3 years */
};

struct settings {
    const char *file;
    const char *state, *templates, *metrics; /* state always set */
    const char *const *staff;
    size_t staff_count;
    struct organisation_settings organisation;
    struct sender_settings sender;
    const struct relay_settings *relays; /* at least one, in order of preference */
    size_t relay_count;
    const struct calendar_settings *calendars;
    size_t calendar_count;
    const struct contacts_settings *contacts;
    size_t contacts_count;
    const struct audience_settings *audiences;
    size_t audience_count;
    const struct holiday_settings *holidays;
    size_t holiday_count;
    const struct rule_settings *rules;
    size_t rule_count;
    const struct newsletter_settings *newsletters;
    size_t newsletter_count;
    const char *newsletter_folder;
    struct limit_settings limits;
};

#endif
