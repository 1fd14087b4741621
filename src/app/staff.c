/* SPDX-License-Identifier: MIT */
#include "app/staff.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/staff_inside.h"
#include "app/staff_letter.h"
#include "base/log.h"

static const size_t look_max_bytes = 64 << 20;
enum { LETTER_DAYS = 30 }; /* what could not leave for so long is no news */

int staff_new(const struct settings *settings, struct zones *zones, struct staff **ret)
{
    struct staff *staff = calloc(1, sizeof *staff);
    size_t sources = settings->calendar_count + settings->contacts_count + settings->holiday_count;
    if (!staff)
        return -ENOMEM;
    staff->settings = settings;
    staff->zones = zones;
    staff->is_touched = true;
    staff->next = INSTANT_NEVER;
    staff->pace_at = INSTANT_UNSET;
    staff->arena = arena_new(look_max_bytes);
    staff->flaws_count = sources + 1;
    staff->flaws_seen = calloc(staff->flaws_count, sizeof *staff->flaws_seen);
    if (!staff->arena || !staff->flaws_seen) {
        staff_free(staff);
        return -ENOMEM;
    }
    *ret = staff;
    return 0;
}

struct staff *staff_free(struct staff *staff)
{
    if (!staff)
        return NULL;
    arena_free(staff->arena);
    free(staff->flaws_seen);
    free(staff);
    return NULL;
}

/* --- news --------------------------------------------------------------------------------------
 */

void staff_touch(struct staff *staff)
{
    staff->is_touched = true;
}

void staff_note_own_trouble(struct staff *staff, const char *what, struct instant since)
{
    snprintf(staff->own_trouble, sizeof staff->own_trouble, "%s", what);
    staff->own_since = since;
    staff_touch(staff);
}

void staff_note_templates(struct staff *staff, const struct flaws *flaws_or_null)
{
    staff->templates = flaws_or_null;
    staff_touch(staff);
}

void staff_note_fallback(struct staff *staff, const char *from, const char *to, const char *why)
{
    snprintf(staff->from, sizeof staff->from, "%s", from);
    snprintf(staff->to, sizeof staff->to, "%s", to);
    snprintf(staff->why, sizeof staff->why, "%s", why);
    staff_touch(staff);
}

struct instant staff_next(const struct staff *staff)
{
    return staff->next;
}

/* --- the letter --------------------------------------------------------------------------------
 */

/* The newest letter, if none of its mails has begun to leave. */
static int find_open(struct look *look)
{
    struct ledger *ledger = look->view->ledger;
    int64_t number = 0;
    struct notices mails = {0};
    int r = ledger_last_letter(ledger, &number);
    if (r || !number)
        return r;
    const struct notice_filter filter = {.occurrence = staff_letter_key(look->arena, number)};
    r = filter.occurrence ? ledger_notices(ledger, look->arena, &filter, &mails) : -ENOMEM;
    bool is_open = mails.count > 0;
    for (size_t i = 0; i < mails.count; i++)
        is_open &= mails.items[i].state == NOTICE_OWED;
    if (is_open) {
        look->open = number;
        look->open_due = mails.items[0].due;
    }
    return r;
}

static int begin_letter(struct look *look)
{
    struct ledger *ledger = look->view->ledger;
    const struct settings *settings = look->staff->settings;
    size_t count = 0;
    struct instant first, due = look->now;
    int r = ledger_letters_since(ledger, instant_add(look->now, -USEC_PER_DAY), &count, &first);
    if (count >= STAFF_LETTERS_A_DAY)
        due = instant_max(due, instant_add(first, USEC_PER_DAY));
    look->open_due = due;
    r = r ? r : ledger_letter(ledger, due, &look->open);
    struct notice notice = {.step = "letter",
                            .kind = NOTICE_STAFF,
                            .state = NOTICE_OWED,
                            .due = due,
                            .expires = instant_add(due, LETTER_DAYS * USEC_PER_DAY),
                            .language = look->language};
    notice.occurrence = staff_letter_key(look->arena, look->open);
    for (size_t i = 0; i < settings->staff_count && !r; i++) {
        bool is_opposed;
        notice.contact = settings->staff[i];
        r = ledger_is_suppressed(ledger, notice.contact, &is_opposed);
        if (r || is_opposed)
            continue;
        r = notice.occurrence ? ledger_owe(ledger, &notice, "staff", look->now, NULL) : -ENOMEM;
        r = r == LEDGER_E_EXISTS ? 0 : r; /* one address twice */
    }
    return r;
}

/* The keys of what was read are digests, which tell nobody anything. */
static void log_told(const struct matter *matter)
{
    bool has_source = !string_is_empty(matter->source);
    log_line(LOG_LEVEL_NOTICE, NULL, "staff are told: %s%s%s",
             has_source ? matter_kind_to_text(matter->kind) : matter->key, has_source ? ": " : "",
             has_source ? matter->source : "");
}

static int write_act(struct look *look, struct act *act)
{
    struct ledger *ledger = look->view->ledger;
    struct matter *matter = &act->matter;
    int r = 0;
    switch (act->verb) {
    case ACT_DROP:
        return ledger_drop_matter(ledger, matter->key);
    case ACT_CLOSE:
        return ledger_close_matter(ledger, matter->key);
    case ACT_TELL:
        r = look->open ? 0 : begin_letter(look);
        matter->letter = look->open;
        if (!r)
            log_told(matter);
        break;
    case ACT_NOTE:
        break;
    }
    return r ? r : ledger_keep_matter(ledger, matter);
}

static int write_acts(struct look *look)
{
    struct ledger *ledger = look->view->ledger;
    int r = ledger_begin(ledger);
    if (r)
        return r;
    for (size_t i = 0; i < look->acts.count && !r; i++)
        r = write_act(look, &look->acts.items[i]);
    r = r ? r : ledger_commit(ledger);
    if (r)
        ledger_rollback(ledger);
    return r;
}

/* --- the look ----------------------------------------------------------------------------------
 */

int staff_must_look(struct staff *staff, const struct staff_view *view, struct instant now,
                    bool *ret)
{
    int64_t last_hold = 0;
    *ret = false;
    if (!staff->settings->staff_count)
        return 0;
    int r = ledger_last_hold(view->ledger, &last_hold);
    staff->is_touched |= last_hold != staff->last_hold || view->is_proven != staff->was_proven ||
                         !instant_equal(view->failed_last, staff->failed_last);
    staff->last_hold = last_hold;
    staff->failed_last = view->failed_last;
    staff->was_proven = view->is_proven;
    *ret = staff->is_touched || !instant_before(now, staff->next);
    return r;
}

/* Nothing counts as told while all of them are on the opposition list. */
static int find_reader(const struct staff *staff, struct ledger *ledger, bool *ret_has)
{
    bool is_opposed = true;
    int r = 0;
    for (size_t i = 0; i < staff->settings->staff_count && is_opposed && !r; i++)
        r = ledger_is_suppressed(ledger, staff->settings->staff[i], &is_opposed);
    *ret_has = !is_opposed;
    return r;
}

int staff_look(struct staff *staff, const struct staff_view *view, struct instant now)
{
    bool has_reader;
    int found = find_reader(staff, view->ledger, &has_reader);
    if (found || !has_reader) {
        staff->next = INSTANT_NEVER;
        return found;
    }
    arena_clear(staff->arena);
    staff->is_touched = true;
    struct look look = {.open_due = INSTANT_UNSET,
                        .staff = staff,
                        .view = view,
                        .arena = staff->arena,
                        .now = now,
                        .language = staff->settings->organisation.language};
    int r = find_open(&look);
    r = r ? r : staff_matters_find(&look);
    if (!r && look.acts.count)
        r = write_acts(&look);
    if (r) { /* all of it is found again */
        memset(staff->flaws_seen, 0, staff->flaws_count * sizeof *staff->flaws_seen);
        return r;
    }
    if (instant_before(now, look.open_due)) /* the letter of a full day */
        staff->next = instant_min(staff->next, look.open_due);
    staff->is_touched = false;
    staff->own_trouble[0] = staff->from[0] = '\0';
    return 0;
}
