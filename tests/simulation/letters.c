/* SPDX-License-Identifier: MIT */
/* Letters are in French, the organisation's language: the words looked for are those of
 * templates/staff-*.fr.md, and of a line of a letter about several matters (app/staff_words.c). */
#include "simulation/letters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulation/play_inside.h"

/* A letter may wait for the hour's quota, or for the next try after a deferral. */
static const int64_t slack_usec = 2 * USEC_PER_HOUR;
/* A calendar is lost after so long; one on the web is asked every six hours. */
static const int64_t lost_usec = 2 * USEC_PER_HOUR, web_usec = 9 * USEC_PER_HOUR;
static const int64_t stop_usec = 3 * USEC_PER_HOUR; /* an hour, and the tries around it */

void letters_init(struct letters *letters)
{
    *letters = (struct letters){.away_from = INSTANT_NEVER,
                                .stop_known = INSTANT_NEVER,
                                .loss_told_at = INSTANT_UNSET,
                                .stop_told_at = INSTANT_UNSET};
    letters_begin(letters);
}

void letters_begin(struct letters *letters)
{
    letters->up_since = letters->posts_since = INSTANT_NEVER;
    letters->lost_since = letters->away_since = INSTANT_NEVER;
    letters->count = 0;
}

static void keep_since(struct instant *since, bool is_so, struct instant now)
{
    if (!is_so)
        *since = INSTANT_NEVER;
    else if (instant_equal(*since, INSTANT_NEVER))
        *since = now;
}

static bool is_longer(struct instant since, int64_t usec, struct instant now)
{
    return !instant_equal(since, INSTANT_NEVER) && instant_before(instant_add(since, usec), now);
}

/* A day that has had its letters tells the rest on the next. */
static bool is_full_day(const struct letters *letters, struct instant now)
{
    struct instant oldest = letters->dues[letters->count % LETTERS_A_DAY];
    return letters->count >= LETTERS_A_DAY &&
           instant_before(now, instant_add(oldest, USEC_PER_DAY + slack_usec));
}

/* --- what is so ------------------------------------------------------------------------------- */

void letters_trouble(struct play *play, enum act_kind kind)
{
    struct letters *letters = &play->letters;
    struct instant now = stage_now(play->stage);
    bool is_away = kind == ACT_RELAY_DOWN || kind == ACT_RELAY_BUSY;
    letters->troubles += kind != ACT_RELAY_SOUND && kind != ACT_DISK_SOUND;
    if (is_away && !instant_equal(letters->up_since, INSTANT_NEVER)) {
        keep_since(&letters->away_since, true, now);
    } else if (kind == ACT_RELAY_SOUND && !instant_equal(letters->away_since, INSTANT_NEVER)) {
        letters->away_from = letters->away_since;
        letters->away_til = now;
        letters->away_since = INSTANT_NEVER;
    }
}

static void see(struct play *play, struct instant now)
{
    struct letters *letters = &play->letters;
    bool is_up = stage_is_running(play->stage) && play->is_disk_sound && !play->is_paused;
    bool is_lost = play->desk.is_calendar_half;
    keep_since(&letters->up_since, is_up, now);
    keep_since(&letters->posts_since, is_up && play->is_relay_sound, now);
    keep_since(&letters->lost_since, is_lost && is_up, now);
    if (is_lost && !letters->was_lost) {
        letters->losses++;
        letters->loss_at = now;
    }
    letters->was_lost = is_lost;
    if (!is_up)
        letters->away_since = INSTANT_NEVER;
}

void letters_look(struct play *play)
{
    struct letters *letters = &play->letters;
    struct instant now = stage_now(play->stage);
    see(play, now);
    if (!play->story->has_staff || !is_longer(letters->posts_since, slack_usec, now) ||
        is_full_day(letters, now))
        return;
    int64_t lost = play->story->is_web ? web_usec : lost_usec;
    if (is_longer(letters->lost_since, lost + slack_usec, now) &&
        instant_before(letters->loss_told_at, letters->loss_at))
        (void)oracle_fail(&play->oracle, "staff-hear", "nobody was told that a calendar is lost");
    if (!is_longer(letters->stop_known, slack_usec, now))
        return;
    letters->stop_known = INSTANT_NEVER;
    if (instant_before(letters->stop_told_at, letters->away_from))
        (void)oracle_fail(&play->oracle, "staff-hear", "nobody was told that sending had stopped");
}

void letters_review(struct play *play)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 24);
    struct letters *letters = &play->letters;
    struct instant now = stage_now(play->stage);
    struct holds holds = {0};
    if (!play->story->has_staff || !is_longer(letters->posts_since, slack_usec, now) ||
        is_full_day(letters, now) || !arena || stage_holds(play->stage, arena, &holds))
        return;
    for (size_t i = 0; i < holds.count; i++)
        if (is_longer(holds.items[i].created, slack_usec, now) &&
            holds.items[i].id < LETTERS_HOLDS_MAX && !letters->holds[holds.items[i].id])
            (void)oracle_fail(&play->oracle, "staff-hear", "nobody was told of hold %lld",
                              (long long)holds.items[i].id);
}

/* --- what is said ----------------------------------------------------------------------------- */

/* "Convier a besoin de vous : …/desk.ics", or in a line among others. Of an address, the host. */
static bool tells_of_loss(const struct story *story, const struct mail *mail)
{
    const char *name = story->is_web ? "cloud.example/…" : "/desk.ics";
    if (strstr(mail->subject, "Convier a besoin de vous") && strstr(mail->subject, name))
        return true;
    for (const char *at = mail->text; (at = strstr(at, "Ne fonctionne pas")); at++) {
        const char *path = strchr(at, '/');
        const char *end = path ? strstr(path, name) : NULL;
        if (end && end == path + strcspn(path, " \n") - strlen(name))
            return true;
    }
    return false;
}

static bool says(const struct mail *mail, const char *words)
{
    return strstr(mail->subject, words) || strstr(mail->text, words);
}

/* Each hold once, and once more when its last day has come. */
static void read_holds(struct play *play, const struct mail *mail)
{
    static const char order[] = "convier approve ";
    struct letters *letters = &play->letters;
    bool has_last_call = says(mail, "Dernier rappel") || says(mail, "Sera abandonné");
    for (const char *at = mail->text; (at = strstr(at, order)); at++) {
        long id = strtol(at + sizeof order - 1, NULL, 10);
        if (id < 1 || id >= LETTERS_HOLDS_MAX)
            continue;
        letters->holds[id]++;
        letters->last_calls[id] |= has_last_call;
        if (letters->holds[id] > 1 + letters->last_calls[id])
            (void)oracle_fail(&play->oracle, "staff-once", "hold %ld was told %d times", id,
                              letters->holds[id]);
    }
}

static void read_troubles(struct play *play, const struct mail *mail)
{
    struct letters *letters = &play->letters;
    if (tells_of_loss(play->story, mail)) {
        letters->losses_told++;
        letters->loss_told_at = mail->at;
    }
    if (letters->losses_told > letters->losses)
        (void)oracle_fail(&play->oracle, "staff-once",
                          "a calendar that was lost %d times was told %d times", letters->losses,
                          letters->losses_told);
    if (!says(mail, "interrompus"))
        return;
    letters->stop_told_at = mail->at;
    letters->stops_told++;
    if (letters->stops_told > letters->troubles)
        (void)oracle_fail(&play->oracle, "staff-once",
                          "%d troubles of relay and disk, told %d times", letters->troubles,
                          letters->stops_told);
}

static void read_letter(struct play *play, const struct notice *notice, const struct mail *mail)
{
    struct letters *letters = &play->letters;
    struct instant *oldest = &letters->dues[letters->count % LETTERS_A_DAY];
    if (letters->count >= LETTERS_A_DAY &&
        instant_before(notice->due, instant_add(*oldest, USEC_PER_DAY)))
        (void)oracle_fail(&play->oracle, "staff-once", "more than %d letters in a day",
                          LETTERS_A_DAY);
    *oldest = notice->due;
    letters->count++;
    play_trace(play, "letter: %s\n%s", mail->subject, mail->text);
    read_holds(play, mail);
    read_troubles(play, mail);
}

/* Could it have left in the hours in which nobody answered? */
static void note_stop(struct play *play, const struct notice *notice, const struct mail *mail)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 24);
    struct letters *letters = &play->letters;
    struct notice_facts life = {0};
    if (play->story->has_second_relay || instant_equal(letters->away_from, INSTANT_NEVER) ||
        !arena || stage_life(play->stage, arena, notice->id, &life))
        return;
    struct instant last = instant_add(letters->away_til, -stop_usec);
    for (size_t i = 0; i < life.count; i++)
        if (life.items[i].state == NOTICE_OWED &&
            !instant_before(life.items[i].at, letters->away_from) &&
            instant_before(life.items[i].at, last))
            letters->stop_known = instant_min(letters->stop_known, mail->at);
}

void letters_mail(struct play *play, const struct notice *notice, const struct mail *mail)
{
    if (notice->kind == NOTICE_STAFF)
        read_letter(play, notice, mail);
    else
        note_stop(play, notice, mail);
}
