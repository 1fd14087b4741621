/* SPDX-License-Identifier: MIT */
/* simulate: plays the stories of many seeds, and makes one that fails short.
 *
 *     simulate [--seeds N] [--first S] [--jobs N] [--trace] [--no-shrink] [--stop]
 *
 * One line for each failure; exit 1 if there was one. Each story that fails is told again without
 * parts of its acts (delta debugging), until no act can be left out: what is left is printed, for a
 * single seed also in the language of tests/scenarios. --trace tells it act by act on stderr; with
 * --no-shrink the whole story. --stop ends with the first failure. Every 25th story is played
 * twice, and must come out the same to the bit.                                                  */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/civil.h"
#include "simulation/play.h"
#include "simulation/retell.h"

enum { TWICE_EVERY = 25, JOBS_MAX = 64, PRINT_BYTES_MAX = 1 << 20 };

struct options {
    uint64_t seeds, first;
    int jobs;
    bool is_traced, may_shrink, must_stop;
};

struct sums {
    uint64_t stories, failures, mails, twins, notices, deaths, foretold, turns;
};

static void print_failure(const struct story *story, const struct play_result *result)
{
    struct civil_time at = civil_time_from_sec(instant_sec(result->at));
    char day[11];
    civil_date_format(at.date, day);
    printf("seed %" PRIu64 ": %s: %s (%s %02d:%02d UTC)\n", story->seed, result->broken,
           result->words, day, at.hour, at.minute);
    fflush(stdout);
}

/* --- a short story -----------------------------------------------------------------------------
 */

static int count_acts(const struct story *story)
{
    int count = 0;
    for (int i = 0; i < story->act_count; i++)
        count += !story->acts[i].is_dropped;
    return count;
}

/* Drops `size` of the acts that are left, from the `skip`th. */
static void drop(struct story *story, int skip, int size)
{
    for (int i = 0, seen = 0; i < story->act_count; i++) {
        if (story->acts[i].is_dropped)
            continue;
        story->acts[i].is_dropped = seen >= skip && seen < skip + size;
        seen++;
    }
}

/* Halves first, then ever smaller pieces, until no single act can go. */
static void shrink(struct story *story, struct play_result *result)
{
    for (int size = count_acts(story) / 2; size >= 1; size /= 2)
        for (int skip = 0; skip < count_acts(story);) {
            struct story shorter = *story;
            struct play_result again;
            drop(&shorter, skip, size);
            play_story(&shorter, false, &again);
            if (again.broken && strcmp(again.broken, result->broken) == 0) {
                *story = shorter;
                *result = again;
            } else {
                skip += size;
            }
        }
}

static void print_scenario(const struct story *story, const struct play_result *result)
{
    CLEANUP_BUF struct buf out = BUF_INIT(PRINT_BYTES_MAX);
    char title[440];
    snprintf(title, sizeof title, "%s: %s", result->broken, result->words);
    retell(story, title, &out);
    printf("---- the same as tests/scenarios/*.scn (staff approve holds at 10:00 UTC)\n%s",
           out.data ? out.data : "");
}

/* --- one seed ----------------------------------------------------------------------------------
 */

static void play_seed(const struct options *options, uint64_t seed, struct sums *sums)
{
    static struct story story;
    struct play_result result, again;
    story_draw(seed, &story);
    play_story(&story, options->is_traced && !options->may_shrink, &result);
    sums->stories++;
    sums->mails += result.mails;
    sums->twins += result.twins;
    sums->notices += result.notices;
    sums->deaths += result.deaths;
    sums->foretold += result.foretold;
    sums->turns += result.turns;
    if (!result.broken && (options->seeds == 1 || seed % TWICE_EVERY == 0)) {
        play_story(&story, false, &again);
        if (again.hash != result.hash) {
            result.broken = "same-seed-same-story";
            snprintf(result.words, sizeof result.words, "%016" PRIx64 " and %016" PRIx64,
                     result.hash, again.hash);
        }
    }
    if (options->seeds == 1)
        printf("seed %" PRIu64 ": hash %016" PRIx64 "\n", seed, result.hash);
    if (!result.broken)
        return;
    sums->failures++;
    print_failure(&story, &result);
    if (!options->may_shrink)
        return;
    CLEANUP_BUF struct buf out = BUF_INIT(PRINT_BYTES_MAX);
    shrink(&story, &result);
    print_failure(&story, &result);
    story_print(&story, &out);
    printf("%s", out.data ? out.data : "(nothing needs to happen)\n");
    if (options->seeds == 1)
        print_scenario(&story, &result);
    if (options->is_traced)
        play_story(&story, true, &result);
    fflush(stdout);
}

/* --- many --------------------------------------------------------------------------------------
 */

/* Seeds are dealt out in turn; a story that ends its process counts as one that fails. */
static void play_share(const struct options *options, int job, struct sums *sums)
{
    for (uint64_t i = (uint64_t)job; i < options->seeds && !(options->must_stop && sums->failures);
         i += (uint64_t)options->jobs)
        play_seed(options, options->first + i, sums);
}

static bool play_all(const struct options *options, struct sums *ret)
{
    struct sums *shared = mmap(NULL, sizeof *shared * JOBS_MAX, PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    bool is_whole = shared != MAP_FAILED;
    for (int job = 0; is_whole && job < options->jobs; job++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            play_share(options, job, &shared[job]);
            fflush(stdout);
            _exit(0);
        }
        is_whole = child > 0;
    }
    for (int status; wait(&status) > 0 || errno == EINTR;)
        is_whole &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
    for (int job = 0; shared != MAP_FAILED && job < options->jobs; job++) {
        const uint64_t *from = (const uint64_t *)&shared[job];
        for (size_t i = 0; i < sizeof *ret / sizeof *from; i++)
            ((uint64_t *)ret)[i] += from[i];
    }
    return is_whole;
}

static bool parse(int argc, char **argv, struct options *ret)
{
    *ret = (struct options){.seeds = 200, .first = 1, .jobs = 1, .may_shrink = true};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--trace") == 0)
            ret->is_traced = true;
        else if (strcmp(argv[i], "--no-shrink") == 0)
            ret->may_shrink = false;
        else if (strcmp(argv[i], "--stop") == 0)
            ret->must_stop = true;
        else if (strcmp(argv[i], "--seeds") == 0)
            ret->seeds = strtoull(value, NULL, 10), i++;
        else if (strcmp(argv[i], "--first") == 0)
            ret->first = strtoull(value, NULL, 10), i++;
        else if (strcmp(argv[i], "--jobs") == 0)
            ret->jobs = (int)strtol(value, NULL, 10), i++;
        else
            return false;
    }
    return ret->seeds > 0 && ret->jobs > 0 && ret->jobs <= JOBS_MAX;
}

int main(int argc, char **argv)
{
    struct options options;
    struct sums sums = {0};
    struct timespec began, ended;
    if (!parse(argc, argv, &options)) {
        fprintf(stderr,
                "usage: simulate [--seeds N] [--first S] [--jobs N] [--trace] [--no-shrink] "
                "[--stop]\n");
        return 2;
    }
    clock_gettime(CLOCK_MONOTONIC, &began);
    bool is_whole = play_all(&options, &sums);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    double seconds =
        (double)(ended.tv_sec - began.tv_sec) + (double)(ended.tv_nsec - began.tv_nsec) / 1e9;
    printf("%" PRIu64 " stories from seed %" PRIu64 ", %" PRIu64 " broken; %" PRIu64
           " turns, %" PRIu64 " notices, %" PRIu64 " mails (%" PRIu64 " twins), %" PRIu64
           " deaths, %" PRIu64 " foretold; %.0f days a second\n",
           sums.stories, options.first, sums.failures, sums.turns, sums.notices, sums.mails,
           sums.twins, sums.deaths, sums.foretold, (double)sums.stories * STORY_DAYS / seconds);
    if (!is_whole)
        printf("a story ended its process\n");
    return sums.failures || !is_whole || sums.stories < options.seeds;
}
