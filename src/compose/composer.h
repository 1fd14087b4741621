/* SPDX-License-Identifier: MIT */
/* composer: a notice and a template become the bytes of a message. Pure and deterministic: the same
 * request gives the same bytes, so that a retry is the same mail.                                */
#ifndef CONVIER_COMPOSE_COMPOSER_H
#define CONVIER_COMPOSE_COMPOSER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/flaw.h"
#include "base/locale.h"
#include "model/contact.h"
#include "model/facts.h"
#include "model/message.h"
#include "model/settings.h"

/* One file of a template folder: "invitation.fr.md", "layout.html", "partials/signature.fr.md".
 * The folder of the settings comes before the installed one: the first file of a name wins. The
 * file of organisation.logo comes as the source "logo".                                          */
struct template_source {
    const char *name; /* relative to the folder */
    const char *file; /* path, for flaws */
    struct text text;
    bool is_issue; /* an issue written by hand: its errors are warnings, and it is as if absent */
};

struct composer;

/* Compiles all templates and checks them (syntax, unknown variables, missing translations of kinds
 * that the rules use): each flaw names file:line:column. settings, locale and zones must outlive
 * the composer; sources need not. token_key signs the unsubscribe and bounce tokens.
 * 0; COMPOSER_E_TEMPLATES when a flaw is an error (no composer then); negative errno.            */
enum { COMPOSER_E_TEMPLATES = 1, COMPOSER_E_INCOMPLETE = 2 };
int composer_new(const struct settings *settings, struct locale *locale,
                 const struct template_source *sources, size_t source_count, struct text token_key,
                 struct flaws *flaws, struct composer **ret);
struct composer *composer_free(struct composer *composer);

/* A further occurrence of a mail about several (rule.merge). */
struct compose_item {
    const struct notice *notice;
    const struct facts *facts;           /* what it tells */
    const struct occurrence *occurrence; /* or NULL */
    const struct rule_settings *rule;    /* or NULL */
    struct text calendar;                /* courtesy attachment (PUBLISH), empty = none */
};

struct compose_request {
    const struct notice *notice;
    const struct facts *facts;  /* what it tells; NULL only for an issue without events */
    const struct facts *before; /* what the contact was told before; NULL = none */
    const struct occurrence
        *occurrence; /* for description, attachments, organiser; NULL when gone */
    const struct contact *contact;
    const struct rule_settings *rule; /* NULL: the rule is gone from the settings */
    struct instant date;              /* Date: header; of the first attempt */
    struct text calendar;             /* iTIP bytes (calendar/itip), empty = none */
    const char *calendar_method; /* "REQUEST" … ; NULL with a calendar = courtesy attachment only */
    /* Not empty: one mail lists the request's own occurrence and these, by start; its template is
     * "digest", its calendars are attachments only, its Message-ID comes from all the keys. An
     * issue of a newsletter has one notice, shared by all its items, and its own template.       */
    const struct compose_item *items;
    size_t item_count;
    /* Message-ID (no brackets) of the last mail that this contact was sent about this occurrence,
     * for In-Reply-To; NULL = none. The same at every attempt.                                   */
    const char *follows;
    const char *known_as; /* key by which the contact's calendar and threads know the occurrence;
                             NULL = that of the notice */
};

/* Adds the message to out (CRLF, 7-bit) and describes it; ret's strings live in the arena and
 * ret->bytes in out. COMPOSER_E_INCOMPLETE: a required value is missing or no template fits; the
 * flaw says which.                                                                               */
int composer_compose(struct composer *composer, struct arena *arena,
                     const struct compose_request *request, struct buf *out,
                     struct message *ret_message, struct flaws *flaws);

/* The envelope and the name of that message, without its bytes: for those that were kept. 0 or
 * -ENOMEM.                                                                                       */
int composer_envelope(struct composer *composer, struct arena *arena,
                      const struct compose_request *request, struct message *ret_message);

/* Can it be composed? Cheap for every further reader of a campaign who differs from one before in
 * his words alone. The same results as composer_compose's.                                      */
int composer_proof(struct composer *composer, struct arena *arena,
                   const struct compose_request *request, struct flaws *flaws);

/* A mail about several notices, not a newsletter's. */
bool composer_is_digest(const struct compose_request *request);

/* The parts before MIME, for `preview --text`, `--html`. */
struct composed_parts {
    const char *subject;
    struct text text, html; /* in the arena */
};
int composer_parts(struct composer *composer, struct arena *arena,
                   const struct compose_request *request, struct composed_parts *ret,
                   struct flaws *flaws);

/* A letter to those who run the house (settings.staff), in the organisation's language, by the
 * templates staff-hold, staff-expiring … (staff_view_template). What a subject does not name stays
 * zero. Strings are plain text; reason, advice and sample are shown as they are, whatever their
 * language.
 *
 *     struct staff_letter letter = {.subject = STAFF_HOLD, .address = settings->staff[i],
 *                                   .key = "hold-12", .date = now, .hold = 12, .reason = why,
 *                                   .messages = 42, .contacts = 40, .expires = INSTANT_UNSET};
 *     r = composer_staff(composer, arena, &letter, &out, &message, &flaws);                      */
enum staff_subject {
    STAFF_HOLD,     /* a batch waits for a word */
    STAFF_EXPIRING, /* … and will soon have lost its use */
    STAFF_FLAWS,    /* what was found wrong in a calendar, a list, the templates */
    STAFF_TROUBLE,  /* something does not work */
    STAFF_WELL,     /* it works again */
    STAFF_STOPPED,  /* for a while nothing could leave */
    STAFF_LATE,     /* at this pace mails leave too late */
    STAFF_SEVERAL,  /* several of these, a line each */
    STAFF_TEST,
    STAFF_SUBJECT_COUNT
};
enum { STAFF_SAMPLE_MAX = 20 };
struct staff_letter {
    enum staff_subject subject;
    const char *address;
    const char *key;     /* same key, same address: same Message-ID, whatever the rest */
    struct instant date; /* Date: header; of the first attempt */

    const char *reason; /* HOLD, EXPIRING: why it waits. TROUBLE, STOPPED: what is wrong */
    size_t messages;    /* HOLD, EXPIRING, LATE: how many; 0 = the question is not about mails.
                           FLAWS, SEVERAL: how many, at least 1 */
    size_t contacts;    /* HOLD: to how many people */
    int64_t hold;       /* HOLD, EXPIRING: its number, for `convier approve` */
    const char *const *sample; /* HOLD, FLAWS, SEVERAL: a line for each; STAFF_SAMPLE_MAX are shown,
                                  and how many more there are, counted from messages */
    size_t sample_count;
    struct instant expires; /* HOLD, EXPIRING: when it has lost its use; INSTANT_UNSET = not said */
    struct instant since;   /* TROUBLE, WELL, STOPPED: since when it was so; UNSET = not said */
    const char *source;   /* FLAWS, TROUBLE, WELL: the file, calendar, list or relay; NULL = none */
    const char *advice;   /* TROUBLE: what to do about it; NULL = none */
    const char *title;    /* LATE: of the event */
    struct instant last;  /* LATE: when the last mail would leave, at the present pace */
    struct instant start; /* LATE: when the event begins */
};

/* Adds the letter to out, as composer_compose does: multipart/alternative, no list fields, the
 * bounces mailbox as envelope sender. The same results.                                          */
int composer_staff(struct composer *composer, struct arena *arena,
                   const struct staff_letter *letter, struct buf *out, struct message *ret_message,
                   struct flaws *flaws);

/* Is there a template of that very name in the language? */
bool composer_has_template(const struct composer *composer, const char *name,
                           enum language language);

#endif
