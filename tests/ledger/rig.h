/* SPDX-License-Identifier: MIT */
/* rig: a ledger in a folder of its own, and notices that need only one line. */
#ifndef CONVIER_TESTS_LEDGER_RIG_H
#define CONVIER_TESTS_LEDGER_RIG_H

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "ledger/ledger.h"

#define DAY(n) ((struct instant){INT64_C(1790000000000000) + (n)*USEC_PER_DAY})

struct rig {
    char folder[64];
    char path[160];
    struct arena *arena;
    struct zones *zones;
    struct flaws flaws;
    struct ledger *ledger;
};

static inline int rig_remove(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

static inline int rig_open(struct rig *rig, enum ledger_mode mode, struct ledger **ret)
{
    return ledger_open(rig->path, mode, DAY(0), &rig->flaws, ret);
}

static inline void rig_init(struct rig *rig)
{
    /* In memory where possible: what is tested is what is written, not how fast a disk syncs. */
    *rig = (struct rig){0};
    snprintf(rig->folder, sizeof rig->folder, "%s/ledger-test-XXXXXX",
             access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    if (!mkdtemp(rig->folder))
        abort();
    snprintf(rig->path, sizeof rig->path, "%s/ledger", rig->folder);
    rig->arena = arena_new(SIZE_MAX);
    rig->zones = zones_new(NULL);
    flaws_init(&rig->flaws, rig->arena, rig->path);
    int r = rig_open(rig, LEDGER_DAEMON, &rig->ledger);
    if (r) {
        fprintf(stderr, "ledger_open: %d\n", r);
        abort();
    }
}

static inline void rig_reopen(struct rig *rig)
{
    rig->ledger = ledger_close(rig->ledger);
    int r = rig_open(rig, LEDGER_DAEMON, &rig->ledger);
    if (r) {
        fprintf(stderr, "ledger_open again: %d\n", r);
        abort();
    }
}

static inline void rig_done(struct rig *rig)
{
    ledger_close(rig->ledger);
    zones_free(rig->zones);
    arena_free(rig->arena);
    nftw(rig->folder, rig_remove, 8, FTW_DEPTH | FTW_PHYS);
}

#define RIG __attribute__((cleanup(rig_done))) struct rig

static inline struct notice rig_notice(const char *occurrence, const char *step,
                                       const char *contact, enum notice_kind kind)
{
    return (struct notice){.occurrence = occurrence,
                           .step = step,
                           .contact = contact,
                           .kind = kind,
                           .state = NOTICE_OWED,
                           .rule = "groupe-pays",
                           .due = DAY(1),
                           .expires = DAY(10),
                           .next_try = INSTANT_UNSET,
                           .sent = INSTANT_UNSET,
                           .language = LANGUAGE_FR,
                           .zone = "Europe/Paris"};
}

static inline int64_t rig_owe(struct rig *rig, struct notice notice)
{
    int64_t id = 0;
    int r = ledger_owe(rig->ledger, &notice, "because", DAY(1), &id);
    if (r) {
        fprintf(stderr, "ledger_owe: %d\n", r);
        abort();
    }
    return id;
}

static inline struct outcome rig_outcome(enum verdict verdict, int code, const char *reply)
{
    struct outcome outcome = {.verdict = verdict, .stage = STAGE_DOT, .code = code};
    snprintf(outcome.reply, sizeof outcome.reply, "%s", reply);
    return outcome;
}

/* The state of one notice, or NOTICE_STATE_COUNT when it is not there. */
static inline struct notice rig_find(struct rig *rig, int64_t id)
{
    struct notices all = {0};
    struct notice_filter filter = {0};
    if (ledger_notices(rig->ledger, rig->arena, &filter, &all))
        abort();
    for (size_t i = 0; i < all.count; i++)
        if (all.items[i].id == id)
            return all.items[i];
    return (struct notice){.state = NOTICE_STATE_COUNT};
}

#define BEGIN(rig)  REQUIRE(ledger_begin((rig).ledger) == 0)
#define COMMIT(rig) REQUIRE(ledger_commit((rig).ledger) == 0)

/* Looks for one contact at a time. */
static inline int rig_suppressed(struct rig *rig, const struct contact_list *list,
                                 struct suppressed *before, struct suppressed **ret)
{
    struct suppressed *found = NULL;
    int r = ledger_suppressed_open(rig->ledger, rig->arena, list, before, &found);
    while (!r && found->searched < list->count)
        r = ledger_suppressed_step(rig->ledger, list, 1, found);
    *ret = r ? NULL : found;
    return r;
}

#endif
