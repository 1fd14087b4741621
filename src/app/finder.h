/* SPDX-License-Identifier: MIT */
/* finder: the E and C of the command line: an event by UID, or by enough of its title and date, or
 * an issue of a newsletter; a contact by address, or by enough of a name.                        */
#ifndef CONVIER_APP_FINDER_H
#define CONVIER_APP_FINDER_H

#include "app/house.h"

LIST_TYPE(found_events, const struct viewed *);

/* What the calendars hold; or, when nothing there fits, also what somebody was told of once. The
 * events of the latter are stand-ins that live as long as the house.                             */
enum finder_reach { FINDER_CALENDARS, FINDER_LEDGER };

/* What E names: one event, and of a series every occurrence that fits: the key or UID is the text,
 * or each of its words stands in the title (any language, accents and case aside) or the UID, or
 * begins the start date ("2027", "2027-03"). By start. When none fits: an issue of a newsletter, by
 * its key or as `newsletter list` shows it ("lettre 2026-12-01", "2026-12-lettre"), or all of one
 * ("lettre").                                                                                    */
struct found {
    struct found_events events;
    const char *issue;  /* key; NULL: events, or a whole newsletter */
    const char *issues; /* how the keys of a whole newsletter begin; else NULL */
    size_t newsletter;  /* of the settings */
};
/* Else reports "no such event" or the candidates: EXIT_NO. */
int finder_subjects(struct house *house, struct arena *arena, const char *text, struct found *ret);
bool finder_is_about(const struct found *found, const char *occurrence);

/* One of them: of a series or a newsletter the next to come, else the last event, of those that
 * fit; a terminal is told which. Else as above. issue NULL: it is an event; it lives until the next
 * pass. */
struct found_one {
    const struct viewed *event;
    const struct issue *issue;
};
int finder_subject(struct house *house, const char *text, struct found_one *ret);
/* The same, but an event. */
int finder_event(struct house *house, const char *text, enum finder_reach reach,
                 const struct viewed **ret);

/* The rule that speaks about an occurrence: the first that matches, else the first of all (for an
 * event that names its own audience); NULL when there is none.                                   */
const struct rule_settings *finder_rule(struct house *house, struct arena *arena,
                                        const struct occurrence *occurrence);

/* Exactly one contact, else reports and returns EXIT_NO. */
int finder_contact(struct house *house, const char *text, const struct contact **ret);

#endif
