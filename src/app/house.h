/* SPDX-License-Identifier: MIT */
/* house: what a command or the daemon needs, opened in order and closed at once.
 *
 * Functions return an exit status: 0, or 1 (input refused), 3 (the system failed), after having
 * reported why.                                                                                  */
#ifndef CONVIER_APP_HOUSE_H
#define CONVIER_APP_HOUSE_H

#include "app/clock.h"
#include "app/conductor.h"
#include "app/list_guard.h"
#include "app/options.h"
#include "app/phrases.h"
#include "app/report.h"

enum exit_status { EXIT_YES = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_SYSTEM = 3 };

struct house {
    const struct options *options;
    struct report *report;
    struct arena *arena; /* settings and everything that lives as long */
    uint64_t began;      /* monotonic */
    struct clock clock;
    struct zones *zones;
    struct locale *locale;
    const struct zone *zone; /* the organisation's, or the system's without settings */
    const struct settings *settings;
    const struct settings *salvage; /* of refused settings; see settings_file */
    struct flaws flaws;             /* of the settings */
    struct sources *sources;
    struct list_guard list_guard;
    struct ledger *ledger;
    struct composer *composer;
    struct arena *template_arena;
    struct flaws template_flaws;
    struct conductor *conductor;
};

/* Zones, locale and the clock; no settings are needed. */
int house_open(struct house *house, const struct options *options, struct report *report);
void house_close(struct house *house); /* also half-opened */

int house_load_settings(struct house *house);
/* Settings from elsewhere: sets the zone and, with --at, the clock. */
int house_use_settings(struct house *house, const struct settings *settings);
/* Last good copies, then every file; may_fetch: addresses too, waiting for them. may_keep: healthy
 * readings become last good copies in the state folder. Trouble is not an error here.            */
int house_read_sources(struct house *house, bool may_fetch, bool may_keep);
int house_open_ledger(struct house *house, enum ledger_mode mode);
/* Compiles the templates. house->composer stays what it was when they have errors: EXIT_NO and
 * house->template_flaws say why, nothing is reported.                                            */
int house_load_templates(struct house *house);
int house_open_conductor(struct house *house, const struct courier *courier,
                         int horizon_slack_days);

/* A conductor without courier whose view is made but which records nothing: for finding events and
 * contacts beside a running daemon. */
int house_open_conductor_for_questions(struct house *house);

/* All of it on a copy of the ledger in memory: for questions about the future. The pass at `now`
 * has been made. Sources that are in trouble are reported as warnings.                           */
int house_open_forecast(struct house *house);

/* A moment from the command line; EXIT_USAGE with a report when it is none. */
int house_parse_when(struct house *house, const char *text, struct instant *ret);
struct instant house_now(const struct house *house);

/* The organisation's; English without settings. */
enum language house_language(const struct house *house);

/* A line on stdout in the organisation's language, with its value (or NULL; one that is missing for
 * lack of memory shows as an ellipsis).                                                          */
void house_say(const struct house *house, enum phrase words, const char *value);
void house_say_counted(const struct house *house, enum phrase words, size_t count,
                       const char *value);
/* The same with several values, which end with NULL. */
enum { HOUSE_VALUES_MAX = 4 };
void house_say_all(const struct house *house, enum phrase words, const char *const *values);
/* A phrase with its values (NULL = none), in house->arena; "…" without memory. A number comes
 * before the values of a counted one. */
const char *house_phrase(const struct house *house, enum phrase words, const char *const *values);
const char *house_phrase_counted(const struct house *house, enum phrase words, size_t count,
                                 const char *const *values);

/* On stdout, what waits after a pass, why and until when; nothing when nothing does. */
void house_tell_pass(const struct house *house, const struct pass_report *pass);
void house_tell_waits(const struct house *house, const char *const *waits, size_t shown,
                      size_t count, const char *until);

/* A bar on a terminal's stderr when the command takes longer than a second; report_progress_done
 * clears it.                                                                                     */
void house_progress(const struct house *house, const char *label, size_t done, size_t total);

/* "convier: WHAT: strerror" on stderr; returns EXIT_SYSTEM. */
int house_failed(struct house *house, const char *what, int error);

#endif
