/* SPDX-License-Identifier: MIT */
/* ledger: the durable record of everything that was owed, tried and told.
 *
 * Facts are appended, the current state of a notice is their sum; one function changes states and
 * checks notice_may_become. Nothing here names its engine (SQLite today): a PostgreSQL ledger has
 * this same header. Changes are durable when ledger_commit returns 0.
 *
 * Errors: a negative errno from any change means that nothing of the open transaction was kept: it
 * is over (no commit, no rollback needed), and changes are refused with the same errno until
 * ledger_begin succeeds again. -ENOSPC, -EIO: the disk; -EBUSY: somebody else writes for too long;
 * -EBADMSG: the file is damaged. Positive values changed nothing and leave the transaction open.
 * A notice that was erased meanwhile (ledger_forget beside a daemon) cannot be claimed
 * (LEDGER_E_ABSENT); its outcome or move is nobody's any more: 0, and nothing is recorded.
 * Not for several threads. Strings given are not kept.                                           */
#ifndef CONVIER_LEDGER_LEDGER_H
#define CONVIER_LEDGER_LEDGER_H

#include "base/arena.h"
#include "base/flaw.h"
#include "model/contact.h"
#include "model/history.h"
#include "model/matter.h"
#include "model/outcome.h"
#include "model/settings.h"

struct ledger;

enum ledger_mode {
    LEDGER_DAEMON,  /* the one writer of notices: takes the lock; creates and migrates */
    LEDGER_COMMAND, /* short reads and short writes beside a daemon (pause, approve …); no lock */
    LEDGER_CREATE,  /* the same, and makes the ledger when there is none, for the folder's owner:
                       what may be said before the daemon first runs */
    LEDGER_QUESTION, /* LEDGER_COMMAND for reads alone: where nothing can be written, LEDGER_MEMORY
                      */
    LEDGER_MEMORY    /* path is copied into memory (or empty when it does not exist): forecasts, dry
                        runs */
};
enum {
    LEDGER_E_LOCKED = 1, /* another daemon has it */
    LEDGER_E_DAMAGED,    /* integrity check failed; the flaw says what to do */
    LEDGER_E_NEWER,      /* made by a newer version */
    LEDGER_E_ABSENT,     /* no LEDGER_DAEMON nor _MEMORY, and there is none yet; or no such row */
};
int ledger_open(const char *path, enum ledger_mode mode, struct instant now, struct flaws *flaws,
                struct ledger **ret);
struct ledger *ledger_close(struct ledger *ledger);

/* Group commits. Every change below needs an open transaction. */
int ledger_begin(struct ledger *ledger);
int ledger_commit(struct ledger *ledger);
void ledger_rollback(struct ledger *ledger);

/* --- identity, flags ------------------------------------------------------------------------ */
/* Small named values: instance identity, pause reason, watermarks. NULL value erases.            */
int ledger_set(struct ledger *ledger, const char *name, const char *value);
int ledger_get(struct ledger *ledger, struct arena *arena, const char *name,
               const char **ret_or_null);
/* 32 random bytes made with the ledger, for tokens and keyed hashes; never leave the machine's
 * backups. */
int ledger_key(struct ledger *ledger, uint8_t ret_key[32]);

/* When each named thing (rule and step, contact list …) was first seen; records `now` for new ones.
 */
int ledger_birth(struct ledger *ledger, const char *kind, const char *name, struct instant now,
                 struct instant *ret_at);
/* All that are known of a kind. */
struct named_birth {
    const char *name;
    struct instant at;
};
LIST_TYPE(named_births, struct named_birth);
int ledger_births(struct ledger *ledger, struct arena *arena, const char *kind,
                  struct named_births *ret);
/* As if it had never been seen. */
int ledger_forget_birth(struct ledger *ledger, const char *kind, const char *name);

/* --- what was read -------------------------------------------------------------------------- */
int ledger_keep_facts(struct ledger *ledger, const struct facts *facts); /* idempotent */
int ledger_find_facts(struct ledger *ledger, struct arena *arena, struct zones *zones,
                      const char *id, const struct facts **ret_or_null);
int ledger_keep_sighting(struct ledger *ledger, const struct sighting *sighting);

/* All sightings of a feed that end at or after `since`, ordered by occurrence key: by their facts,
 * or by earlier ones if somebody was told of it, who may reckon with those still. NULL: of all
 * feeds, but only those that somebody was told of or has a notice about. */
LIST_TYPE(sightings, struct sighting);
int ledger_sightings(struct ledger *ledger, struct arena *arena, struct zones *zones,
                     const char *feed, struct instant since, struct sightings *ret);
/* The same of one feed, a part at a time: those with a key after *after ("" at first), about max,
 * or all when max is SIZE_MAX, and none beyond `limit` unless that is NULL. *after becomes the last
 * key of the part; NULL: there are no more. */
int ledger_sightings_part(struct ledger *ledger, struct arena *arena, struct zones *zones,
                          const char *feed, struct instant since, size_t max, const char *limit,
                          const char **after, struct sightings *ret);
/* Of the sightings of a feed that were not over at a reading: how many are there, and how many went
 * missing at it and came back under no other name.                                               */
int ledger_loss(struct ledger *ledger, const char *feed, struct instant missing_since,
                size_t *ret_kept, size_t *ret_lost);
/* Of those that are not over at `since`: when the last of those that are missing went missing,
 * UNSET = none is; and when the first of them is over. */
int ledger_missing_since(struct ledger *ledger, const char *feed, struct instant since,
                         struct instant *ret, struct instant *ret_over);

/* Is an occurrence that is not over missing from its calendar, and came back under no other name?
 */
int ledger_is_missing(struct ledger *ledger, const char *occurrence, struct instant now, bool *ret);

/* The key by which readers' calendars know an occurrence; NULL = its own. */
int ledger_known_as(struct ledger *ledger, struct arena *arena, const char *occurrence,
                    const char **ret_or_null);

/* When an occurrence was last edited in a way that a message must wait for; UNSET = never seen. */
int ledger_quiet_since(struct ledger *ledger, const char *occurrence, struct instant *ret);

/* Everything about one occurrence. Never fails for lack of it: an unknown key gives an empty one.
 */
int ledger_history(struct ledger *ledger, struct arena *arena, struct zones *zones,
                   const char *occurrence, struct history *ret);
/* The same some rows at a time, for occurrences of whole congresses: *ret is made when
 * *ret_is_done. What is recorded between two calls is in it or not. Of more than whole_max rows it
 * is an outline (model/history.h). The reading lives in the arena, which must not be cleared before
 * the last part was read; arena, zones and occurrence are borrowed. */
struct history_reading;
int ledger_history_open(struct ledger *ledger, struct arena *arena, struct zones *zones,
                        const char *occurrence, size_t whole_max, struct history_reading **ret);
int ledger_history_read(struct history_reading *reading, size_t rows_max, struct history *ret,
                        bool *ret_is_done);
/* Then the rows themselves, by address: those from the `until` of the call before (the first one)
 * up to this one, which is not among them and must live until the next call; NULL = all that are
 * left. They live in `arena`.                                                                    */
int ledger_history_part(struct history_reading *reading, struct arena *arena, const char *until,
                        struct history *ret);

/* --- notices -------------------------------------------------------------------------------- */
/* Records a new notice as OWED or HELD with its reason. LEDGER_E_EXISTS when its key is there.
 * Its facts should have been kept before; those that were not (or NULL) are told to nobody.      */
enum { LEDGER_E_EXISTS = 10, LEDGER_E_TRANSITION = 11 };
int ledger_owe(struct ledger *ledger, const struct notice *notice, const char *reason,
               struct instant now, int64_t *ret_id);
/* The same of many, all of one occurrence and in the order of their ids, for a fraction of the time
 * (fastest in the order of addresses). Those whose key is there are left out of the count.       */
struct owed {
    const struct notice *notice;
    const char *reason;
};
int ledger_owe_all(struct ledger *ledger, const struct owed *items, size_t count,
                   struct instant now, size_t *ret_count);

/* The next notices to send: OWED with due <= now, or DEFERRED or UNCERTAIN with next_try <= now;
 * neither expired nor of an open hold; by lane (cancellation, change and postponed, reminder
 * of the day, reminder, invitation and the rest, newsletter), then due, then id. */
LIST_TYPE(notices, struct notice);
int ledger_due(struct ledger *ledger, struct arena *arena, struct instant now, size_t max,
               struct notices *ret);
/* The same, but only what staff must hear. */
int ledger_due_to_staff(struct ledger *ledger, struct arena *arena, struct instant now, size_t max,
                        struct notices *ret);
/* How many are due, whatever holds them up. */
int ledger_due_count(struct ledger *ledger, struct instant now, size_t *ret);
/* The same of one contact, all of them. */
int ledger_due_to(struct ledger *ledger, struct arena *arena, const char *contact,
                  struct instant now, struct notices *ret);
/* The earliest due, next_try or expiry that could make ledger_due or ledger_expire say more; NEVER
 * if none. */
int ledger_next(struct ledger *ledger, struct instant now, struct instant *ret);

/* Message-ID of the last mail about an occurrence that the relay took for a contact before a
 * moment, for In-Reply-To; NULL = none.                                                          */
int ledger_last_message(struct ledger *ledger, struct arena *arena, const char *occurrence,
                        const char *contact, struct instant before, const char **ret);

/* OWED, DEFERRED or UNCERTAIN → CLAIMED; counts an attempt. Bytes that were kept under another
 * message_id are forgotten.                                                                      */
int ledger_claim(struct ledger *ledger, int64_t notice, const char *message_id, struct instant now);
/* The bytes of a message just claimed, while it is in hand: if its daemon is killed,
 * ledger_settle_claims keeps them, as ledger_keep_bytes would. Cheap, since it waits for no disk: a
 * power cut may lose them, and then the message is composed again.                               */
int ledger_stash_bytes(struct ledger *ledger, int64_t notice, struct text bytes);
/* The bytes of a message whose outcome is not settled; erased with the first final state. The first
 * ones stay: a later call changes nothing. */
int ledger_keep_bytes(struct ledger *ledger, int64_t notice, struct text bytes);
int ledger_find_bytes(struct ledger *ledger, struct arena *arena, int64_t notice,
                      struct text *ret_or_empty);
/* CLAIMED → what the outcome says. next_try: for DEFERRED and UNCERTAIN. An accepted notice makes
 * its contact told its facts, in the same transaction.                                           */
int ledger_outcome(struct ledger *ledger, int64_t notice, const struct outcome *outcome,
                   struct instant next_try, struct instant now);
/* Any other change of state: superseded, expired, suppressed, held, owed again. LEDGER_E_TRANSITION
 * when notice_may_become forbids it (nothing changed).                                           */
int ledger_move(struct ledger *ledger, int64_t notice, enum notice_state state, const char *reason,
                struct instant now);
/* It does not leave before then; nothing of its life changes. */
int ledger_put_off(struct ledger *ledger, int64_t notice, struct instant until);
/* OWED, DEFERRED or UNCERTAIN → HELD, as a part of an open hold (ledger_move to HELD leaves its
 * hold alone).
 */
int ledger_put_on_hold(struct ledger *ledger, int64_t notice, int64_t hold, const char *reason,
                       struct instant now);
/* Every OWED, HELD, DEFERRED or UNCERTAIN notice with expires <= now becomes EXPIRED. */
int ledger_expire(struct ledger *ledger, struct instant now, size_t *ret_count);
/* At start: every CLAIMED notice (a daemon died with it in hand) becomes UNCERTAIN, next_try now;
 * its bytes are kept. */
int ledger_settle_claims(struct ledger *ledger, struct instant now, size_t *ret_count);
/* Taken as told without a message; was_invited: but for one under another UID. */
int ledger_tell(struct ledger *ledger, const char *occurrence, const char *contact,
                const char *facts_id, int sequence, bool was_invited, struct instant now);

/* --- questions ------------------------------------------------------------------------------ */
struct notice_filter { /* all given must match; zeroed = everything */
    const char *occurrence, *contact, *step;
    const struct instant *due_by; /* due then or before */
    bool has_state;
    enum notice_state state;
    int64_t hold;
    size_t max; /* 0 = no limit */
};
int ledger_notices(struct ledger *ledger, struct arena *arena, const struct notice_filter *filter,
                   struct notices *ret); /* by occurrence, contact, due */

/* What left in one mail with notices of the occurrence, those not among it; by contact. Walks all
 * that was ever recorded. 0 or -errno.                                                           */
int ledger_sent_with(struct ledger *ledger, struct arena *arena, const char *occurrence,
                     struct notices *ret);

/* What is owed of the batch (occurrence and step) of a notice, one by one, in the order in which
 * its readers became known; `max` at most, 0 = all. A notice lives until `visit` returns, which may
 * read the ledger but not change it; what it returns, if not 0, ends the walk and is returned.   */
typedef int ledger_notice_visitor(void *context, const struct notice *notice);
int ledger_visit_batch(struct ledger *ledger, struct arena *arena, const struct notice *of,
                       struct instant now, size_t max, ledger_notice_visitor *visit, void *context);

/* The life of one notice, oldest first: every change of state with its time and words. */
struct notice_fact {
    struct instant at;
    enum notice_state state;
    const char *text; /* reason or reply */
};
LIST_TYPE(notice_facts, struct notice_fact);
int ledger_life(struct ledger *ledger, struct arena *arena, int64_t notice,
                struct notice_facts *ret);

struct ledger_counts {
    size_t states[NOTICE_STATE_COUNT];
    size_t suppressions, holds;
    struct instant last_accepted; /* UNSET = never */
};
int ledger_counts(struct ledger *ledger, struct ledger_counts *ret);
/* Non-urgent mails (invitation, reminder, save-the-date, thanks, newsletter) that were accepted
 * since, or are on their way or held and were due since; by contact. Notices with one Message-ID
 * count once.
 */
struct recent_sent {
    const char *contact;
    struct instant sent;
};
LIST_TYPE(recent_sents, struct recent_sent);
int ledger_recent(struct ledger *ledger, struct arena *arena, struct instant since,
                  struct recent_sents *ret);

/* --- the relay's pace ----------------------------------------------------------------------- */
/* How many recipients were handed to the relay, whatever became of them: for limits that hold
 * across a restart, however the last run ended. Spent in the transaction that claims their notices;
 * returned when nothing of the message left us (outcome_was_handed). Kept for two days.          */
int ledger_spend(struct ledger *ledger, size_t count, struct instant now);
int ledger_return(struct ledger *ledger, size_t count, struct instant spent_at);
struct spending {
    struct instant at; /* the whole second */
    size_t count;
};
LIST_TYPE(spendings, struct spending);
int ledger_spent(struct ledger *ledger, struct arena *arena, struct instant since,
                 struct spendings *ret); /* oldest first; the second of `since` is among them */

/* --- holds ---------------------------------------------------------------------------------- */
struct hold {
    int64_t id;
    const char *reason;
    struct instant created, expires; /* expires: when the last of its notices loses its use */
    size_t messages, contacts, events;
};
LIST_TYPE(holds, struct hold);
int ledger_hold(struct ledger *ledger, const char *reason, struct instant now, int64_t *ret_id);
int ledger_holds(struct ledger *ledger, struct arena *arena, struct holds *ret); /* open ones */
int ledger_hold_is_open(struct ledger *ledger, int64_t hold, bool *ret);
/* When a human answered it; UNSET = it is open, or not known. */
int ledger_hold_closed(struct ledger *ledger, int64_t hold, struct instant *ret);
/* approve: its HELD notices become OWED; discard: SUPERSEDED. LEDGER_E_ABSENT: no such open hold.
 */
int ledger_approve(struct ledger *ledger, int64_t hold, struct instant now, size_t *ret_count);
int ledger_discard(struct ledger *ledger, int64_t hold, struct instant now, size_t *ret_count);

/* --- what staff are told ---------------------------------------------------------------------- */
/* A letter tells its matters; to each address it is a notice of NOTICE_STAFF about the occurrence
 * "staff/NUMBER".                                                                                */
LIST_TYPE(matters, struct matter);
int ledger_letter(struct ledger *ledger, struct instant due, int64_t *ret_number);
/* The newest; 0 = none yet. */
int ledger_last_letter(struct ledger *ledger, int64_t *ret_number);
/* How many letters are due after a moment, and when the first of them is; NEVER. */
int ledger_letters_since(struct ledger *ledger, struct instant since, size_t *ret_count,
                         struct instant *ret_first);
int ledger_keep_matter(struct ledger *ledger, const struct matter *matter); /* anew or instead */
int ledger_drop_matter(struct ledger *ledger, const char *key);             /* unknown: nothing */
/* Frees the key for another matter; a letter goes on telling the old one. Unknown, or in no letter:
 * nothing.                                                                                       */
int ledger_close_matter(struct ledger *ledger, const char *key);
/* NULL: not known. */
int ledger_find_matter(struct ledger *ledger, struct arena *arena, const char *key,
                       const struct matter **ret_or_null);
int ledger_matters(struct ledger *ledger, struct arena *arena, int64_t letter,
                   struct matters *ret); /* by key */
/* Those whose key begins so, which must be plain ASCII. */
int ledger_matters_like(struct ledger *ledger, struct arena *arena, const char *prefix,
                        struct matters *ret);
/* The newest hold, open or not; 0 = none ever. */
int ledger_last_hold(struct ledger *ledger, int64_t *ret_id);

/* --- who must not be written to -------------------------------------------------------------- */
/* Kept as a keyed hash of the address, with the address itself unless forgotten. */
enum suppression_reason { SUPPRESSED_OPPOSED, SUPPRESSED_DEAD, SUPPRESSED_STAFF };
struct suppression {
    const char *address; /* NULL when forgotten */
    enum suppression_reason reason;
    const char *text;
    struct instant at;
};
LIST_TYPE(suppressions, struct suppression);
int ledger_suppress(struct ledger *ledger, const char *address, enum suppression_reason reason,
                    const char *text, struct instant now);
int ledger_unsuppress(struct ledger *ledger, const char *address); /* LEDGER_E_ABSENT */
int ledger_suppressions(struct ledger *ledger, struct arena *arena, struct suppressions *ret);
int ledger_is_suppressed(struct ledger *ledger, const char *address, bool *ret);
/* One bit for each contact of the list that is suppressed. Of who is forgotten only a hash is
 * known, and each contact must be hashed, too, which takes half a second for a million: open, then
 * step, some contacts at a time. `before`: what was found of the same list, or NULL; *ret is that
 * when nobody was suppressed or freed since. Else it lives in the arena. */
struct opposed;
struct suppressed {
    struct membership members;
    const struct opposed *opposed; /* whom it is searched for */
    size_t searched;               /* contacts: all, when it is done */
};
int ledger_suppressed_open(struct ledger *ledger, struct arena *arena,
                           const struct contact_list *list, struct suppressed *before,
                           struct suppressed **ret);
int ledger_suppressed_step(struct ledger *ledger, const struct contact_list *list, size_t max,
                           struct suppressed *suppressed);
/* Erases a person: address out of notices, told and suppressions; the keyed hash of an opposition
 * stays. */
int ledger_forget(struct ledger *ledger, const char *address, size_t *ret_rows);

/* --- upkeep --------------------------------------------------------------------------------- */
int ledger_backup(struct ledger *ledger, const char *path); /* on line, a consistent copy */
/* Retention: erases occurrences that ended before, with all that was said of them, a few a call;
 * what nobody refers to any more goes last. Call again, in a new transaction, until *ret_rows is
 * 0: then the file has shrunk, too. Oppositions stay, as keyed hashes. */
int ledger_purge(struct ledger *ledger, struct instant before, size_t *ret_rows);
/* Gives back what is kept in memory to be fast. */
void ledger_rest(struct ledger *ledger);

#endif
