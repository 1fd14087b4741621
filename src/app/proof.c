/* SPDX-License-Identifier: MIT */
#include "app/proof.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/message_ids.h"
#include "base/digest.h"
#include "base/log.h"

enum { BATCHES_MAX = 256 };

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

static bool is_of_batch(const struct notice *notice, const struct notice *first, struct instant now)
{
    return notice->state == NOTICE_OWED && !instant_before(now, notice->due) &&
           strcmp(notice->step, first->step) == 0;
}

/* "templates/invitation.fr.md:5: "event.link" is empty for this message (contacts.csv:2)" */
static char *reason_of(struct arena *arena, const struct flaws *flaws,
                       const struct contact *contact)
{
    if (!flaws->count)
        return arena_copy_string(arena, "the message could not be composed");
    const struct flaw *flaw = &flaws->items[0];
    char *what = flaw->source && flaw->line
                     ? arena_printf(arena, "%s:%d: %s", flaw->source, flaw->line, flaw->text)
                     : arena_copy_string(arena, flaw->text);
    return what && contact->source
               ? arena_printf(arena, "%s (%s:%d)", what, contact->source, contact->line)
               : what;
}

/* The first reason why the batch cannot leave; NULL = there is none. */
static int find_reason(const struct proof_input *input, const struct notices *notices,
                       const struct notice *first, const char **ret)
{
    size_t read = 0;
    *ret = NULL;
    for (size_t i = 0; i < notices->count && read < PROOF_MAX; i++) {
        struct arena_mark mark = arena_mark(input->scratch);
        struct compose_request request;
        struct flaws flaws;
        if (!is_of_batch(&notices->items[i], first, input->now))
            continue;
        read++;
        flaws_init(&flaws, input->scratch, NULL);
        int r = requests_make(input->requests, input->scratch, &notices->items[i], input->now,
                              &request);
        if (r == 0)
            r = composer_proof(input->composer, input->scratch, &request, &flaws);
        else if (r == REQUESTS_E_GONE)
            r = 0; /* it will not leave either, for a reason of its own */
        if (r > 0) {
            *ret = reason_of(input->scratch, &flaws, request.contact);
            return *ret ? 0 : -ENOMEM;
        }
        if (r)
            return r;
        arena_rewind(input->scratch, mark);
    }
    return 0;
}

static int hold_batch(const struct proof_input *input, const struct notices *notices,
                      const struct notice *first, const char *reason)
{
    int64_t hold;
    size_t count = 0;
    int r = ledger_hold(input->ledger, reason, input->now, &hold);
    for (size_t i = 0; i < notices->count && !r; i++) {
        if (!is_of_batch(&notices->items[i], first, input->now))
            continue;
        count++;
        r = ledger_put_on_hold(input->ledger, notices->items[i].id, hold, reason, input->now);
    }
    if (!r)
        log_line(LOG_LEVEL_ERROR, MESSAGE_FIELDS(MESSAGE_ID_BATCH_HELD),
                 "%zu messages are held (%lld): %s", count, (long long)hold, reason);
    return r;
}

static int read_batch(const struct proof_input *input, const struct notice *notice, bool *ret_held)
{
    const struct notice_filter filter = {
        .occurrence = notice->occurrence, .has_state = true, .state = NOTICE_OWED};
    struct notices notices = {0};
    const char *reason = NULL;
    int r = ledger_notices(input->ledger, input->scratch, &filter, &notices);
    r = r ? r : find_reason(input, &notices, notice, &reason);
    *ret_held = reason != NULL;
    return r || !reason ? r : hold_batch(input, &notices, notice, reason);
}

int proof_read(struct proof *proof, const struct proof_input *input, const struct notice *notice)
{
    uint8_t key[DIGEST_BYTES];
    int r = key_of(notice, key);
    if (r)
        return r;
    for (size_t i = 0; i < proof->count; i++)
        if (memcmp(proof->batches[i].key, key, sizeof key) == 0)
            return proof->batches[i].is_held ? PROOF_E_HELD : 0;
    struct arena_mark mark = arena_mark(input->scratch);
    bool is_held = false;
    r = read_batch(input, notice, &is_held);
    arena_rewind(input->scratch, mark);
    if (r)
        return r;
    remember(proof, key, is_held);
    return is_held ? PROOF_E_HELD : 0;
}
