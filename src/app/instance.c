/* SPDX-License-Identifier: MIT */
/* The ledger is written first, the file second. A crash between the two leaves the ledger ahead,
 * which is harmless; only a ledger that is behind the file has forgotten something.
 *
 * Where the whole state folder was copied, or put back, the two agree. But the copy is another
 * file: it was born later than the one that the ledger says it lies in. */
#include "app/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/file.h"
#include "plan/reason_words.h"

enum { MACHINE_BYTES = 8, SMALL_FILE_BYTES = 4096, MACHINE_ID_SIZE = 32 };
static const char pretended_name[] = "pretended start"; /* seconds, of the last one with --at */
static const int64_t clock_back_usec = USEC_PER_HOUR;   /* more than a correction by NTP */

struct mark {
    char machine[2 * MACHINE_BYTES + 1];
    int64_t starts;
    int64_t at_sec; /* of the last start */
};

/* A hash: the machine-id itself is not to be shown (machine-id(5)). "" when there is none. */
static int find_machine(char ret[2 * MACHINE_BYTES + 1])
{
    CLEANUP_BUF struct buf bytes = BUF_INIT(SMALL_FILE_BYTES);
    uint8_t digest[DIGEST_BYTES];
    ret[0] = '\0';
    if (file_read("/etc/machine-id", &bytes))
        return 0;
    struct text id = text_trim(buf_text(&bytes));
    const struct text parts[] = {TEXT("convier instance"), id};
    if (id.size != MACHINE_ID_SIZE) /* "uninitialized", or empty in an image */
        return 0;
    int r = digest_parts(parts, 2, digest);
    if (!r)
        digest_hex(digest, MACHINE_BYTES, ret);
    return r;
}

/* Which file the ledger lies in: when that was born. "" where the file system does not know: its
 * number would not do, network mounts may give it another at each start.                         */
static void find_place(const char *state, char *ret, size_t size)
{
    char path[PATH_MAX];
    struct statx status;
    ret[0] = '\0';
    snprintf(path, sizeof path, "%s/ledger.db", state);
    if (statx(AT_FDCWD, path, 0, STATX_BTIME, &status) || !(status.stx_mask & STATX_BTIME))
        return;
    snprintf(ret, size, "born %lld.%09u", (long long)status.stx_btime.tv_sec,
             status.stx_btime.tv_nsec);
}

static bool is_moved(const char *kept, const char *place)
{
    return !string_is_empty(kept) && *place && strcmp(kept, place) != 0;
}

static struct mark parse(const char *text)
{
    struct mark mark = {0};
    if (!text || sscanf(text, "%16[0-9a-f-] %" SCNd64 " %" SCNd64, mark.machine, &mark.starts,
                        &mark.at_sec) != 3)
        mark = (struct mark){0};
    return mark;
}

static const char *in_english(enum reason reason)
{
    return reason_sentence(reason, LANGUAGE_EN);
}

static const char *what_is_wrong(const struct mark *ledger, const struct mark *file,
                                 const char *machine, bool is_copy, int64_t last_sec,
                                 struct instant now)
{
    bool is_other = ledger->starts && *machine && ledger->machine[0] != '-' &&
                    !string_equal(ledger->machine, machine);
    if (is_other)
        return in_english(REASON_PAUSED_MACHINE);
    if (file->starts > ledger->starts)
        return in_english(REASON_PAUSED_OLDER);
    if (is_copy)
        return in_english(REASON_PAUSED_COPY);
    if (last_sec && instant_sec(now) < last_sec - clock_back_usec / USEC_PER_SEC)
        return in_english(REASON_PAUSED_CLOCK);
    return NULL;
}

int instance_mark_copy(struct ledger *copy, struct instant now)
{
    char at[32];
    snprintf(at, sizeof at, "%" PRId64, instant_sec(now));
    int r = ledger_begin(copy);
    r = r ? r : ledger_set(copy, "copied", at);
    r = r ? r : ledger_commit(copy);
    if (r)
        ledger_rollback(copy);
    return r;
}

/* Clocks that are pretended are compared with each other: neither those nor the real one, which
 * may lie years apart, are wrong because of the other.                                           */
static int find_last(struct ledger *ledger, struct arena *arena, const struct mark *mark,
                     bool is_pretended, int64_t *ret_sec)
{
    const char *kept = NULL;
    int r = is_pretended ? ledger_get(ledger, arena, pretended_name, &kept) : 0;
    *ret_sec = !is_pretended ? mark->at_sec : kept ? strtoll(kept, NULL, 10) : 0;
    return r;
}

static int keep_pretended(struct ledger *ledger, struct arena *arena, struct instant now)
{
    const char *text = arena_printf(arena, "%" PRId64, instant_sec(now));
    return text ? ledger_set(ledger, pretended_name, text) : -ENOMEM;
}

int instance_enter(struct ledger *ledger, struct arena *arena, const char *state,
                   struct instant now, bool is_pretended, const char **ret_reason)
{
    CLEANUP_BUF struct buf bytes = BUF_INIT(SMALL_FILE_BYTES);
    char machine[2 * MACHINE_BYTES + 1], path[PATH_MAX], place[64];
    const char *kept = NULL, *paused = NULL, *copied = NULL, *kept_place = NULL;
    int r = find_machine(machine);
    r = r ? r : ledger_get(ledger, arena, "instance", &kept);
    r = r ? r : ledger_get(ledger, arena, "pause", &paused);
    r = r ? r : ledger_get(ledger, arena, "copied", &copied);
    r = r ? r : ledger_get(ledger, arena, "place", &kept_place);
    if (r)
        return r;
    find_place(state, place, sizeof place);
    snprintf(path, sizeof path, "%s/instance", state);
    const struct mark in_ledger = parse(kept);
    const struct mark in_file = parse(file_read(path, &bytes) ? NULL : bytes.data);
    int64_t last_sec = 0;
    r = find_last(ledger, arena, &in_ledger, is_pretended, &last_sec);
    if (r)
        return r;
    const char *reason = copied ? in_english(REASON_PAUSED_BACKUP)
                                : what_is_wrong(&in_ledger, &in_file, machine,
                                                is_moved(kept_place, place), last_sec, now);

    int64_t starts = in_file.starts > in_ledger.starts ? in_file.starts : in_ledger.starts;
    const char *mark = arena_printf(arena, "%s %" PRId64 " %" PRId64 "\n", *machine ? machine : "-",
                                    starts + 1, is_pretended ? in_ledger.at_sec : instant_sec(now));
    if (!mark)
        return -ENOMEM;
    r = ledger_begin(ledger);
    r = r ? r : ledger_set(ledger, "instance", mark);
    r = r ? r : ledger_set(ledger, "place", *place ? place : NULL);
    if (!r && is_pretended)
        r = keep_pretended(ledger, arena, now);
    if (!r && copied)
        r = ledger_set(ledger, "copied", NULL);
    if (!r && reason && !paused)
        r = ledger_set(ledger, "pause", reason);
    r = r ? r : ledger_commit(ledger);
    if (r) {
        ledger_rollback(ledger);
        return r;
    }
    *ret_reason = reason;
    return file_write(path, text_of(mark), 0600);
}
