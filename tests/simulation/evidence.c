/* SPDX-License-Identifier: MIT */
#include "simulation/evidence.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "simulation/issues.h"
#include "simulation/play_inside.h"

enum { LIFE_MAX = 20000 }; /* a relay that answers 421 for weeks is tried every few minutes */

void evidence_note(struct play *play, const void *data, size_t size)
{
    const unsigned char *bytes = data; /* FNV-1a */
    for (size_t i = 0; i < size; i++)
        play->result->hash = (play->result->hash ^ bytes[i]) * UINT64_C(0x100000001B3);
}

static void note_string(struct play *play, const char *string)
{
    evidence_note(play, string ? string : "", string ? strlen(string) + 1 : 1);
}

/* --- mails ------------------------------------------------------------------------------------ */

/* The same Message-ID after limits.keep is another mail: the ledger has forgotten the first. */
static int times_taken(const struct play *play, const struct mail *const *mails, size_t count,
                       const char *message_id, struct instant at)
{
    int times = 0, keep_days = play->story->keep_days ? play->story->keep_days : STORY_DAYS;
    struct instant since = instant_add(at, -keep_days * USEC_PER_DAY);
    for (size_t i = 0; i < count; i++)
        times +=
            strcmp(mails[i]->message_id, message_id) == 0 && !instant_before(mails[i]->at, since);
    return times;
}

static bool was_ever(struct play *play, struct arena *arena, int64_t notice,
                     enum notice_state state)
{
    struct notice_facts life = {0};
    if (stage_life(play->stage, arena, notice, &life))
        return false;
    for (size_t i = 0; i < life.count; i++)
        if (life.items[i].state == state)
            return true;
    return false;
}

/* The folder of the stage, which letters to staff name, has another name in each process. */
static void note_letter(struct play *play, struct arena *arena, const struct mail *mail)
{
    const char *folder = stage_folder(play->stage);
    char *text = arena_printf(arena, "%s\n%s", mail->subject, mail->text);
    for (char *at = text; at && (at = strstr(at, folder));)
        memset(at, '.', strlen(folder));
    note_string(play, text);
}

static void note_mail(struct play *play, struct arena *arena, const struct mail *mail)
{
    evidence_note(play, &mail->at, sizeof mail->at);
    if (strcmp(mail->recipients[0], LETTERS_ADDRESS) == 0)
        note_letter(play, arena, mail);
    else
        evidence_note(play, mail->bytes.data, mail->bytes.size);
}

/* Some message to the contact about the occurrence may have arrived, unknown to all. */
static bool may_know(const struct notices *notices, const struct notice *of)
{
    for (size_t i = 0; i < notices->count; i++)
        if (notices->items[i].may_be_known &&
            strcmp(notices->items[i].occurrence, of->occurrence) == 0 &&
            strcmp(notices->items[i].contact, of->contact) == 0)
            return true;
    return false;
}

static void show_mail(struct play *play, struct arena *arena, const struct notices *notices,
                      const struct mail *const *mails, size_t i)
{
    const struct mail *mail = mails[i];
    bool is_known = false;
    note_mail(play, arena, mail);
    for (size_t k = 0; k < notices->count; k++) {
        const struct notice *notice = &notices->items[k];
        if (!notice->message_id || strcmp(notice->message_id, mail->message_id) != 0)
            continue;
        is_known = true;
        int times = times_taken(play, mails, i + 1, mail->message_id, mail->at);
        play_trace(play, "mail at %lld: %s %s to %s (%d)", (long long)instant_sec(mail->at),
                   notice->step, notice->occurrence, notice->contact, times);
        if (strcmp(mail->recipients[0], notice->contact) != 0)
            (void)oracle_fail(&play->oracle, "never-to-strangers", "%s of %s went to %s",
                              notice->step, notice->contact, mail->recipients[0]);
        if (times == 1)
            letters_mail(play, notice, mail);
        bool was_uncertain = times > 1 && was_ever(play, arena, notice->id, NOTICE_UNCERTAIN);
        (void)oracle_mail(&play->oracle, notice, mail->at, times, was_uncertain,
                          may_know(notices, notice));
        if (notice->kind == NOTICE_STAFF)
            continue;
        foretold_mail(&play->foretold, notice, mail->at, times);
        if (times > 1 || was_ever(play, arena, notice->id, NOTICE_UNCERTAIN)) /* the same bytes */
            continue;
        (void)oracle_language(&play->oracle, notice, mail->at,
                              mail_header(arena, mail, "Content-Language"));
        if (notice->kind == NOTICE_NEWSLETTER)
            (void)issues_text(&play->oracle, notice, mail->at, mail->text);
    }
    if (!is_known)
        (void)oracle_fail(&play->oracle, "ledger-integrity",
                          "a mail that the ledger does not know: %s", mail->subject);
}

void evidence_show_mails(struct play *play)
{
    CLEANUP_ARENA struct arena *arena = arena_new((size_t)1 << 30);
    struct notices notices = {0};
    size_t count;
    const struct mail *const *mails = stage_mails(play->stage, &count);
    if (count == play->shown)
        return;
    if (!arena || stage_notices(play->stage, arena, &(struct notice_filter){0}, &notices)) {
        (void)oracle_fail(&play->oracle, "ledger-integrity", "the ledger cannot be read");
        return;
    }
    for (; play->shown < count; play->shown++)
        show_mail(play, arena, &notices, mails, play->shown);
}

/* --- what the ledger knows -------------------------------------------------------------------- */

/* Refused by the relay. Or perhaps not told at all: that an event is off, or on again, is said to
 * whoever may know otherwise; another date or place comes with the next step.                    */
static bool is_excuse(const struct notice *notice, bool is_alive)
{
    bool is_end = notice->kind == NOTICE_CANCELLATION || notice->kind == NOTICE_POSTPONED;
    return notice->state == NOTICE_REFUSED || (notice->may_be_known && !is_end && is_alive);
}

bool evidence_has_excuse(void *context, int event, int instance, int contact)
{
    struct play *play = context;
    CLEANUP_ARENA struct arena *arena = arena_new((size_t)1 << 30);
    struct notices notices = {0};
    char address[40];
    desk_address(contact, address);
    const struct notice_filter filter = {.contact = address};
    if (play->story->discards || !arena || stage_notices(play->stage, arena, &filter, &notices))
        return true;
    for (size_t i = 0; i < notices.count; i++) {
        int e, k;
        if (desk_find(play->story, notices.items[i].occurrence, &e, &k) && e == event &&
            k == instance &&
            is_excuse(&notices.items[i],
                      play->oracle.instances[event][instance].now.state == DESK_ALIVE))
            return true;
    }
    return false;
}

bool evidence_has_refusal(void *context, const char *occurrence, int contact)
{
    struct play *play = context;
    CLEANUP_ARENA struct arena *arena = arena_new((size_t)1 << 30);
    struct notices notices = {0};
    char address[40];
    desk_address(contact, address);
    const struct notice_filter filter = {.contact = address};
    if (!arena || stage_notices(play->stage, arena, &filter, &notices))
        return true;
    for (size_t i = 0; i < notices.count; i++)
        if (strcmp(notices.items[i].occurrence, occurrence) == 0 &&
            notices.items[i].state == NOTICE_REFUSED)
            return true;
    return false;
}

void evidence_check_lives(struct play *play, bool is_over)
{
    CLEANUP_ARENA struct arena *arena = arena_new((size_t)1 << 30);
    struct notices notices = {0};
    size_t mail_count;
    const struct mail *const *mails = stage_mails(play->stage, &mail_count);
    if (!arena || stage_notices(play->stage, arena, &(struct notice_filter){0}, &notices)) {
        (void)oracle_fail(&play->oracle, "ledger-integrity", "the ledger cannot be read");
        return;
    }
    play->result->notices = notices.count;
    for (size_t i = 0; i < notices.count; i++) {
        const struct notice *notice = &notices.items[i];
        struct notice_facts life = {0};
        static enum notice_state states[LIFE_MAX];
        size_t count = 0;
        if (stage_life(play->stage, arena, notice->id, &life) || life.count > LIFE_MAX)
            (void)oracle_fail(&play->oracle, "ledger-integrity",
                              "%s %s to %s: a life of %zu states", notice->occurrence, notice->step,
                              notice->contact, life.count);
        for (; count < life.count && count < LIFE_MAX; count++)
            states[count] = life.items[count].state;
        if (is_over) {
            note_string(play, notice->occurrence);
            note_string(play, notice->step);
            note_string(play, notice->contact);
            note_string(play, notice_state_to_text(notice->state));
        }
        int times = notice->message_id
                        ? times_taken(play, mails, mail_count, notice->message_id, notice->claimed)
                        : 0;
        (void)oracle_life(&play->oracle, notice, states, count, times, is_over);
    }
}

void evidence_check_file(struct play *play)
{
    char path[512];
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    snprintf(path, sizeof path, "%s/state/ledger.db", stage_folder(play->stage));
    int r = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
    r = r ? r : sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &statement, NULL);
    if (r || sqlite3_step(statement) != SQLITE_ROW ||
        strcmp((const char *)sqlite3_column_text(statement, 0), "ok") != 0)
        (void)oracle_fail(&play->oracle, "ledger-integrity", "%s: %s", path,
                          r ? sqlite3_errmsg(db) : "damaged");
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

void evidence_trace_pending(struct play *play)
{
    CLEANUP_ARENA struct arena *arena = arena_new((size_t)1 << 30);
    struct notices notices = {0};
    if (!play->is_traced || !arena ||
        stage_notices(play->stage, arena, &(struct notice_filter){0}, &notices))
        return;
    for (size_t i = 0; i < notices.count; i++)
        if (!notice_state_is_final(notices.items[i].state))
            play_trace(play, "pending: %s %s to %s is %s, due %lld, hold %lld",
                       notices.items[i].step, notices.items[i].occurrence, notices.items[i].contact,
                       notice_state_to_text(notices.items[i].state),
                       (long long)instant_sec(notices.items[i].due),
                       (long long)notices.items[i].hold);
}
