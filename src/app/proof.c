/* SPDX-License-Identifier: MIT */
#include "app/proof.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/message_ids.h"
#include "base/digest.h"
#include "base/log.h"
#include "plan/reason_words.h"

enum {
    BATCHES_MAX = 256,
    HOLD_MAX = 10000, /* notices in memory while a batch is held */
};

/* What is known of the batches read last. */
struct proof {
    struct {
        uint8_t key[DIGEST_BYTES];
        bool is_held;
    } batches[BATCHES_MAX];
    size_t count, next;
};

int proof_new(struct proof **ret)
{
    *ret = calloc(1, sizeof **ret);
    return *ret ? 0 : -ENOMEM;
}

struct proof *proof_free(struct proof *proof)
{
    free(proof);
    return NULL;
}

void proof_forget(struct proof *proof)
{
    proof->count = proof->next = 0;
}

void proof_next(struct proof *proof)
{
    for (size_t i = 0; i < proof->count; i++)
        if (proof->batches[i].is_held)
            memset(proof->batches[i].key, 0, DIGEST_BYTES); /* the digest of nothing */
}

static int key_of(const struct notice *notice, uint8_t ret[DIGEST_BYTES])
{
    const struct text parts[] = {text_of(notice->occurrence), text_of(notice->step)};
    return digest_parts(parts, sizeof parts / sizeof *parts, ret);
}

static void remember(struct proof *proof, const uint8_t key[DIGEST_BYTES], bool is_held)
{
    memcpy(proof->batches[proof->next].key, key, DIGEST_BYTES);
    proof->batches[proof->next].is_held = is_held;
    proof->next = (proof->next + 1) % BATCHES_MAX;
    if (proof->count < BATCHES_MAX)
        proof->count++;
}

/* "templates/invitation.fr.md:5: "event.link" is empty for this message (contacts.csv:2)" */
static char *reason_of(struct arena *arena, const struct flaws *flaws,
                       const struct contact *contact)
{
    if (!flaws->count)
        return arena_copy_string(arena, reason_sentence(REASON_NOT_COMPOSED, LANGUAGE_EN));
    const struct flaw *flaw = &flaws->items[0];
    char *what = flaw->source && flaw->line
                     ? arena_printf(arena, "%s:%d: %s", flaw->source, flaw->line, flaw->text)
                     : arena_copy_string(arena, flaw->text);
    return what && contact->source
               ? arena_printf(arena, "%s (%s:%d)", what, contact->source, contact->line)
               : what;
}

struct reading {
    const struct proof_input *input;
    char *reason; /* why the batch cannot leave, or NULL */
};

static int read_one(void *context, const struct notice *notice)
{
    enum { FOUND = 1 };
    struct reading *reading = context;
    const struct proof_input *input = reading->input;
    struct compose_request request;
    struct flaws flaws;
    flaws_init(&flaws, input->scratch, NULL);
    int r = requests_make(input->requests, input->scratch, notice, input->now, &request);
    if (r == REQUESTS_E_GONE || r == REQUESTS_E_EMPTY || r == REQUESTS_E_OFF)
        return 0; /* it will not leave either, for a reason of its own */
    if (r == 0)
        r = composer_proof(input->composer, input->scratch, &request, &flaws);
    if (r <= 0)
        return r;
    const char *reason = r == REQUESTS_E_LOST ? reason_sentence(REASON_HOLD_ISSUE, LANGUAGE_EN)
                                              : reason_of(input->scratch, &flaws, request.contact);
    reading->reason = reason ? strdup(reason) : NULL; /* the scratch is rewound */
    return reading->reason ? FOUND : -ENOMEM;
}

/* What is held is owed no more: the next read begins after it. */
static int hold_some(const struct proof_input *input, const struct notice *first, int64_t hold,
                     const char *reason, size_t *ret_count)
{
    const struct notice_filter filter = {.occurrence = first->occurrence,
                                         .step = first->step,
                                         .due_by = &input->now,
                                         .has_state = true,
                                         .state = NOTICE_OWED,
                                         .max = HOLD_MAX};
    struct arena_mark mark = arena_mark(input->scratch);
    struct notices notices = {0};
    int r = ledger_notices(input->ledger, input->scratch, &filter, &notices);
    for (size_t i = 0; !r && i < notices.count; i++)
        r = ledger_put_on_hold(input->ledger, notices.items[i].id, hold, reason, input->now);
    *ret_count = r ? 0 : notices.count;
    arena_rewind(input->scratch, mark);
    return r;
}

static int hold_batch(const struct proof_input *input, const struct notice *first,
                      const char *reason)
{
    int64_t hold;
    size_t count = 0, some = HOLD_MAX;
    int r = ledger_hold(input->ledger, reason, input->now, &hold);
    for (; !r && some == HOLD_MAX; count += some)
        r = hold_some(input, first, hold, reason, &some);
    if (!r)
        log_line(LOG_LEVEL_ERROR, MESSAGE_FIELDS(MESSAGE_ID_BATCH_HELD), "%zu %s held (%lld): %s",
                 count, count == 1 ? "message is" : "messages are", (long long)hold, reason);
    return r;
}

static int read_batch(const struct proof_input *input, const struct notice *notice, bool *ret_held)
{
    struct reading reading = {.input = input};
    int r = ledger_visit_batch(input->ledger, input->scratch, notice, input->now, PROOF_MAX,
                               read_one, &reading);
    *ret_held = reading.reason != NULL;
    if (reading.reason)
        r = hold_batch(input, notice, reading.reason);
    free(reading.reason);
    return r;
}

int proof_read(struct proof *proof, const struct proof_input *input, const struct notice *notice)
{
    uint8_t key[DIGEST_BYTES];
    if (notice->state != NOTICE_OWED)
        return 0;
    int r = key_of(notice, key);
    if (r)
        return r;
    for (size_t i = 0; i < proof->count; i++)
        if (memcmp(proof->batches[i].key, key, sizeof key) == 0)
            return proof->batches[i].is_held ? PROOF_E_HELD : 0;
    if (notice->attempts)
        return 0;
    struct arena_mark mark = arena_mark(input->scratch);
    bool is_held = false;
    r = read_batch(input, notice, &is_held);
    arena_rewind(input->scratch, mark);
    if (r)
        return r;
    remember(proof, key, is_held);
    return is_held ? PROOF_E_HELD : 0;
}
