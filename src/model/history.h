/* SPDX-License-Identifier: MIT */
/* history: what the ledger remembers about one occurrence, as the planner needs it.
 *
 * Lists are sorted by contact address (bytes), like a contact_list, so that a pass is a merge.
 *
 * Of many rows there may be an outline instead: one `told` stands for all with its facts and its
 * sequence, one notice for all with its kind, state, facts and sequence; nothing else is in them.
 * It answers whatever is asked of the occurrence as a whole.                                     */
#ifndef CONVIER_MODEL_HISTORY_H
#define CONVIER_MODEL_HISTORY_H

#include "model/facts.h"
#include "model/notice.h"

/* What healthy readings of the feed said of an occurrence over time (one row of the ledger).
 * plan/sighting makes a new one from an old one at each reading.                                 */
struct sighting {
    const char *occurrence; /* key */
    const char *feed;       /* name of the calendar */
    struct instant first_seen;
    struct instant quiet_since;    /* reading of the last edit that a message must wait for */
    struct instant restless_since; /* reading of the last edit that mattered; see plan/sighting */
    char wording[FACTS_ID_BYTES];  /* digest of what is no fact: text, marks …; "" = not known */
    struct instant missing_since;  /* INSTANT_UNSET while it is there */
    int missing_reads;             /* consecutive healthy readings without it */
    int sequence;              /* our SEQUENCE: +1 whenever material facts differ from those told */
    const char *moved_to;      /* key of the occurrence that took its place (UID churn), or NULL */
    const char *known_as;      /* key that readers' calendars know it by, if it took a place so */
    const struct facts *facts; /* as last seen; never NULL */
};

/* What a contact was last told about it (accepted by the relay, or recorded in silence). */
struct told {
    const char *contact;
    const struct facts *facts;
    int sequence;
    struct instant first_at; /* first word ever about this occurrence */
    struct instant at;       /* last word */
    bool was_invited; /* an invitation reached the relay (not only a save-the-date), or any word
                         under another UID */
};

struct history {
    bool has_sighting; /* false: never seen before this reading */
    struct sighting sighting;
    const struct told *told;
    size_t told_count;
    const struct notice *notices; /* all of it, by contact, then step; no Message-ID */
    size_t notice_count;
};

#endif
