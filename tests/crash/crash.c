/* SPDX-License-Identifier: MIT */
/* crash [--stride N] [--power|--memory] [--first N] FILE…: plays each scenario once in peace,
 * numbering the moments at which the program can die (a write to the ledger, a sync of it, bytes to
 * or from the relay), then again for every N-th moment, before and after it, dying there and
 * starting again at once. The end must be the same: each notice in the state that it has without a
 * death, no message taken twice by the relay unless the ledger declared it uncertain, and no more
 * of them in any minute, hour or day than the limits allow. With --power the machine goes down,
 * too: what was not synced is lost. With --memory nothing dies: each N-th allocation that the
 * program asks for is refused, the end is the same, and nothing leaks. Exit 1 when some death left
 * a trace, told as FILE: moment N, before|after: WHAT; `crash --only N before|after FILE` plays
 * that one again.                                                                                */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "app/house.h"
#include "deliver/pacing.h"
#include "play.h"
#include "stage/memory.h"

#define TORTURE_SPARES (!memory_is_programs)
#include "torture.h"

enum { AFTERMATH_DAYS = 3, TEXT_BYTES = 256 };

struct end {
    struct arena *arena;
    struct notices notices; /* by occurrence, contact, due */
    uint64_t moments;
    bool has_died, is_fragile, is_good;
};

struct death {
    uint64_t at;
    bool is_after, is_power_cut, is_memory, has_birth;
};

struct request {
    uint64_t stride, first, only;
    bool is_power_cut, is_memory, is_only_after, has_birth;
};

static int failures;

static void complain(const char *path, const struct death *death, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "%s: %s %llu, %s%s: ", path, death->is_memory ? "allocation" : "moment",
            (unsigned long long)death->at,
            death->is_memory  ? "refused"
            : death->is_after ? "after"
                              : "before",
            death->is_power_cut ? ", power" : "");
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    failures++;
}

static bool was_uncertain(struct stage *stage, struct arena *arena, int64_t notice)
{
    struct notice_facts life = {0};
    if (stage_life(stage, arena, notice, &life))
        return false;
    for (size_t i = 0; i < life.count; i++)
        if (life.items[i].state == NOTICE_UNCERTAIN)
            return true;
    return false;
}

/* A message that arrived more than once must have been declared uncertain before. */
static void check_twins(struct play *play, struct end *end, const char *path,
                        const struct death *death)
{
    size_t count;
    const struct mail *const *mails = stage_mails(play->stage, &count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++) {
            if (strcmp(mails[i]->message_id, mails[k]->message_id) != 0 ||
                strcmp(mails[i]->recipients[0], mails[k]->recipients[0]) != 0)
                continue;
            bool is_declared = false, is_known = false;
            for (size_t n = 0; n < end->notices.count; n++) {
                const struct notice *notice = &end->notices.items[n];
                if (!string_equal(notice->message_id, mails[i]->message_id))
                    continue;
                is_known = true;
                is_declared |= was_uncertain(play->stage, end->arena, notice->id);
            }
            if (is_known && !is_declared)
                complain(path, death, "taken twice, never uncertain: %s for %s", mails[i]->subject,
                         mails[i]->recipients[0]);
            if (!text_equal(mails[i]->bytes, mails[k]->bytes))
                complain(path, death, "the twins differ: %s for %s", mails[i]->subject,
                         mails[i]->recipients[0]);
        }
}

/* However often it dies, no window holds more than the relay's limit. */
static void check_pace(struct play *play, const char *path, const struct death *death)
{
    const struct settings *settings = stage_house(play->stage)->settings;
    struct pacing_limits limits;
    size_t count;
    const struct mail *const *mails = stage_mails(play->stage, &count);
    pacing_limits_of(&settings->relays[0], &limits);
    const struct {
        int limit;
        int64_t usec;
    } windows[] = {{limits.per_minute, USEC_PER_MIN},
                   {limits.per_hour, USEC_PER_HOUR},
                   {limits.per_day, USEC_PER_DAY}};
    for (size_t w = 0; w < sizeof windows / sizeof *windows && settings->relay_count == 1; w++)
        for (size_t i = (size_t)windows[w].limit; windows[w].limit && i < count; i++)
            if (instant_diff(mails[i]->at, mails[i - (size_t)windows[w].limit]->at) <
                windows[w].usec)
                complain(path, death, "mail %zu is one too many in %lld s", i + 1,
                         (long long)(windows[w].usec / USEC_PER_SEC));
}

static bool is_same_notice(const struct notice *a, const struct notice *b)
{
    return strcmp(a->occurrence, b->occurrence) == 0 && strcmp(a->contact, b->contact) == 0 &&
           strcmp(a->step, b->step) == 0;
}

/* Who may have, after a death, what never left in peace, is told of its end, too. */
static bool is_owed_to_doubt(const struct notices *notices, const struct notice *news)
{
    if (news->kind != NOTICE_CANCELLATION && news->kind != NOTICE_CHANGE)
        return false;
    for (size_t i = 0; i < notices->count; i++) {
        const struct notice *notice = &notices->items[i];
        if (notice->may_be_known && strcmp(notice->occurrence, news->occurrence) == 0 &&
            strcmp(notice->contact, news->contact) == 0)
            return true;
    }
    return false;
}

/* Whoever was refused memory was not there when the relay misbehaved, and came later. */
static bool is_luckier(const struct notice *was, const struct notice *is, const struct death *death)
{
    return death->is_memory && was->may_be_known && is->state == NOTICE_ACCEPTED;
}

static const struct notice *find(const struct notices *notices, const struct notice *wanted)
{
    for (size_t i = 0; i < notices->count; i++)
        if (is_same_notice(&notices->items[i], wanted))
            return &notices->items[i];
    return NULL;
}

static void compare(const struct end *peace, const struct end *end, const char *path,
                    const struct death *death)
{
    for (size_t i = 0; i < peace->notices.count; i++) {
        const struct notice *was = &peace->notices.items[i];
        const struct notice *is = find(&end->notices, was);
        if (!is)
            complain(path, death, "%s to %s is not in the ledger", was->step, was->contact);
        else if (is->state != was->state && !is_luckier(was, is, death))
            complain(path, death, "%s to %s is %s, was %s (%s)", was->step, was->contact,
                     notice_state_to_text(is->state), notice_state_to_text(was->state),
                     is->reply ? is->reply : "");
    }
    for (size_t i = 0; i < end->notices.count; i++)
        if (!find(&peace->notices, &end->notices.items[i]) &&
            !is_owed_to_doubt(&end->notices, &end->notices.items[i]))
            complain(path, death, "%s to %s (%s) was not there", end->notices.items[i].step,
                     end->notices.items[i].contact,
                     notice_state_to_text(end->notices.items[i].state));
}

/* Plays it to its end and a few days on, so that what was tried again has arrived. */
static struct end play_once(const char *path, const struct death *death)
{
    struct end end = {.arena = arena_new((size_t)1 << 30)};
    struct play play;
    if (!end.arena)
        abort();
    if (play_open(&play, path)) {
        play.is_judged = false;
        if (!death->is_memory)
            play.fate = (struct fate){.counted = FATE_ANY,
                                      .at = death->at,
                                      .is_after = death->is_after,
                                      .cuts_power = death->is_power_cut};
        play.hopes = death->is_memory;
        play.has_birth = death->has_birth;
        end.is_good = play_run(&play) && play.stage;
        end.is_good = end.is_good && play_start(&play);
        end.is_good =
            end.is_good &&
            play_advance(&play, instant_add(stage_now(play.stage), AFTERMATH_DAYS * USEC_PER_DAY));
        if (end.is_good) {
            struct notice_filter all = {0};
            end.moments = stage_fate(play.stage)->passed;
            end.has_died = death->is_memory || (death->at && end.moments >= death->at);
            end.is_fragile = play.is_fragile;
            end.is_good = stage_notices(play.stage, end.arena, &all, &end.notices) == 0;
            if (!play.is_fragile) {
                check_twins(&play, &end, path, death);
                check_pace(&play, path, death);
            }
        }
    }
    play_close(&play);
    return end;
}

static void die_once(const char *path, const struct end *peace, const struct death *death)
{
    struct end end = play_once(path, death);
    if (!end.is_good)
        complain(path, death, "it does not come to its end");
    else if (!end.has_died)
        complain(path, death, "it never died");
    else
        compare(peace, &end, path, death);
    arena_free(end.arena);
}

/* The whole play is in the torture: what is still allocated when stage and all are gone leaked. */
static void starve(const char *path, const struct request *request)
{
    struct death death = {.is_memory = true};
    struct end peace = play_once(path, &death);
    long plays = 0, last = request->only ? (long)request->only : LONG_MAX;
    long first = request->only ? last : (long)request->first;
    if (!peace.is_good)
        complain(path, &death, "it does not come to its end even in peace");
    if (peace.is_good && !peace.is_fragile)
        TORTURE_SOME(n, first, (long)request->stride)
        {
            death.at = (uint64_t)n;
            die_once(path, &peace, &death);
            plays++;
            if (n == last)
                break;
        }
    printf("%s: %ld refusals%s\n", path, plays, peace.is_fragile ? ", spared" : "");
    arena_free(peace.arena);
}

static void play_all(const char *path, const struct request *request)
{
    struct death death = {.has_birth = request->has_birth};
    struct end peace = play_once(path, &death);
    uint64_t deaths = 0, at = request->only ? request->only : request->first;
    if (!peace.is_good)
        complain(path, &death, "it does not come to its end even in peace");
    death.is_power_cut = request->is_power_cut;
    death.is_after = request->is_only_after;
    for (; peace.is_good && !peace.is_fragile && at <= peace.moments; at += request->stride) {
        death.at = at;
        die_once(path, &peace, &death);
        deaths++;
        if (request->only)
            break;
    }
    if (deaths && !request->only) {
        death.at = peace.moments;
        death.is_after = true;
        die_once(path, &peace, &death);
        deaths++;
    }
    printf("%s: %llu deaths at %llu moments%s\n", path, (unsigned long long)deaths,
           (unsigned long long)peace.moments, peace.is_fragile ? ", spared" : "");
    arena_free(peace.arena);
}

static uint64_t number(const char *text)
{
    int64_t value = 0;
    if (!text || !text_number(text_of(text), 1, INT32_MAX, &value)) {
        fputs("crash [--stride N] [--first N] [--power|--memory] [--birth] [--only N before|after]"
              " FILE...\n",
              stderr);
        exit(2);
    }
    return (uint64_t)value;
}

int main(int argc, char **argv)
{
    struct request request = {.stride = 1, .first = 1};
    int i = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        if (strcmp(argv[i], "--power") == 0) {
            request.is_power_cut = true;
        } else if (strcmp(argv[i], "--memory") == 0) {
            request.is_memory = true;
        } else if (strcmp(argv[i], "--birth") == 0) {
            request.has_birth = true;
        } else if (strcmp(argv[i], "--stride") == 0) {
            request.stride = number(argv[++i]);
        } else if (strcmp(argv[i], "--first") == 0) {
            request.first = number(argv[++i]);
        } else if (strcmp(argv[i], "--only") == 0) {
            request.only = number(argv[++i]);
            request.is_only_after = argv[++i] && strcmp(argv[i], "after") == 0;
        } else {
            (void)number(NULL);
        }
    }
    for (; i < argc; i++)
        (request.is_memory ? starve : play_all)(argv[i], &request);
    return failures || check_failures ? 1 : 0;
}
