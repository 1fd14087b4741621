/* SPDX-License-Identifier: MIT */
/* conductor: the one way through the house.
 *
 *     fetch → parse → expand → plan → record owed → compose → record claimed → send → verdict →
 * record outcome
 *
 * The three records are the only writes on it. The return path closes only through the ledger.
 * Whoever drives it (daemon, `run --once`, forecast, tests) brings the time, the sources and a
 * courier; the conductor itself knows neither clock nor network.                                 */
#ifndef CONVIER_APP_CONDUCTOR_H
#define CONVIER_APP_CONDUCTOR_H

#include "app/audiences.h"
#include "app/horizon.h"
#include "app/pass.h"
#include "app/sources.h"
#include "app/staff.h"
#include "compose/composer.h"
#include "ledger/ledger.h"

/* Takes messages away; the relay, a folder of .eml files, or a script. Each message that `send`
 * took (0) is answered once by conductor_outcome with its token, never from inside `send`.       */
struct courier {
    void *context;
    size_t (*room)(void *context); /* messages it would take now */
    int (*send)(void *context, const struct message *message, void *token);
    void (*recall)(void *context); /* what has not begun to leave comes back; or NULL */
};

struct conductor;

/* Everything is borrowed. composer may be NULL for a conductor that only plans. */
struct conductor_parts {
    const struct settings *settings;
    struct zones *zones;
    struct locale *locale;
    struct sources *sources;
    struct ledger *ledger;
    struct composer *composer;
    struct courier courier; /* zeroed: nothing is sent */
    int horizon_slack_days; /* see horizon_new */
};

int conductor_new(const struct conductor_parts *parts, struct conductor **ret);
struct conductor *conductor_free(struct conductor *conductor);
void conductor_set_composer(struct conductor *conductor, struct composer *composer);

/* Once after start: claims that a dead daemon left behind become uncertain, rules get their birth.
 */
int conductor_start(struct conductor *conductor, struct instant now);

/* Only looks: brings calendars and audiences up to date, records nothing. */
int conductor_look(struct conductor *conductor, struct instant now);

/* The ledger changed from outside (a command, a human's word): the next pass asks everything. */
void conductor_touch(struct conductor *conductor);
/* … about one occurrence only. */
void conductor_touch_occurrence(struct conductor *conductor, const char *occurrence);

/* Notes new readings, plans everything and records what is owed. Run twice, it does nothing more.
 */
int conductor_plan(struct conductor *conductor, struct instant now, struct pass_report *ret);
/* The same in slices: call it until *ret_is_done; `now` counts at the first call of a pass, *ret
 * after the last. Between two calls outcomes may be recorded; sources may be read, and will be
 * looked at by the next pass. A failed slice ends the pass: the next call begins anew.           */
int conductor_plan_step(struct conductor *conductor, struct instant now,
                        const struct budget *budget, struct pass_report *ret, bool *ret_is_done);
bool conductor_is_planning(const struct conductor *conductor);

/* After a pass: what staff should hear becomes owed, too; see staff.h. Not while one is under way.
 */
int conductor_tell_staff(struct conductor *conductor, struct instant now);
struct staff *conductor_staff(struct conductor *conductor);

/* Composes, claims and hands over as many due notices as the courier has room for; none unless they
 * may leave, nor while a pass is under way. In any case it writes down the outcomes that came, and
 * at a pause calls back what has not begun to leave. */
int conductor_send(struct conductor *conductor, struct instant now, bool may_leave,
                   size_t *ret_sent);
/* From the courier: what became of a message. */
int conductor_outcome(struct conductor *conductor, void *token, const struct outcome *outcome,
                      struct instant now);
size_t conductor_in_hand(const struct conductor *conductor);
/* conductor_send could take more than is in hand. */
bool conductor_has_room(const struct conductor *conductor, struct instant now);
/* No new message is handed over from now on; what our own closing does to those in hand is no news.
 */
void conductor_stop(struct conductor *conductor);
/* Is anything due? It may be that nothing can leave (conductor_stopped). */
int conductor_has_due(struct conductor *conductor, struct instant now, bool *ret_has_due);
/* Writes down outcomes that wait for a group commit. */
int conductor_flush(struct conductor *conductor);

/* Erases a slice of what is older than limits.keep: 1 when there may be more, 0, or -errno. */
int conductor_purge(struct conductor *conductor, struct instant now);
/* Before a long sleep: gives back the memory that is kept to be fast. */
void conductor_rest(struct conductor *conductor);

/* A reason why nothing is sent although things are due (paused by a human, by a verdict, no
 * contacts yet), or NULL. Dies with the next call of the conductor.                              */
const char *conductor_stopped(struct conductor *conductor);

/* For a pause that the relays asked for before this start, and that goes on (outage_restore). */
struct outage;
struct outage *conductor_outage(struct conductor *conductor);
/* When a queue that the relay stopped tries again; UNSET = it is not stopped. */
struct instant conductor_resumes(const struct conductor *conductor);

/* The request that would compose a notice, for previews and forecasts. before or after recording.
 */
int conductor_request(struct conductor *conductor, struct arena *arena, const struct notice *notice,
                      struct instant now, struct compose_request *ret);

/* For questions: what the last pass saw. */
struct horizon *conductor_horizon(struct conductor *conductor);
const struct contact_list *conductor_contacts(struct conductor *conductor);
struct issues *conductor_issues(struct conductor *conductor);
struct audiences *conductor_audiences(struct conductor *conductor);
const struct planner_input *conductor_input(struct conductor *conductor);
/* One occurrence as the planner sees it now; the subject's parts live in the arena. */
int conductor_subject(struct conductor *conductor, struct arena *arena, const char *key,
                      struct planner_subject *ret);

#endif
