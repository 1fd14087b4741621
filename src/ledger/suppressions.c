/* SPDX-License-Identifier: MIT */
/* suppressions: who must not be written to. The hash is the identity, so that an opposition holds
 * after its person was forgotten; letter case does not make another person of an address.        */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/query.h"

static const char *const reason_texts[] = {
    [SUPPRESSED_OPPOSED] = "opposed", [SUPPRESSED_DEAD] = "dead", [SUPPRESSED_STAFF] = "staff"};

static bool reason_from_text(struct text text, enum suppression_reason *ret)
{
    for (size_t i = 0; i < sizeof reason_texts / sizeof *reason_texts; i++)
        if (text_is(text, reason_texts[i])) {
            *ret = (enum suppression_reason)i;
            return true;
        }
    return false;
}

int ledger_hash_address(struct ledger *ledger, const char *address, uint8_t ret[DIGEST_BYTES])
{
    char folded[512]; /* an address has at most 254 characters (RFC 5321 4.5.3.1) */
    size_t size = strlen(address);
    if (size > sizeof folded)
        return -E2BIG;
    for (size_t i = 0; i < size; i++)
        folded[i] = char_lower(address[i]);
    struct text parts[] = {TEXT("suppression"), {folded, size}};
    struct text key = {(const char *)ledger->key, sizeof ledger->key};
    return digest_keyed(key, parts, 2, ret);
}

int ledger_suppress(struct ledger *ledger, const char *address, enum suppression_reason reason,
                    const char *text, struct instant now)
{
    uint8_t hash[DIGEST_BYTES];
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    r = ledger_hash_address(ledger, address, hash);
    if (r)
        return ledger_changed(ledger, r);
    /* A person's own word outweighs staff's, staff's outweighs a bounce; the first of equals stays,
     * and a forgotten address stays forgotten. */
    struct query q = query_start(
        ledger, "INSERT INTO suppression(hash, address, reason, text, at) VALUES(?, ?, ?, ?, ?)"
                " ON CONFLICT(hash) DO UPDATE SET reason = excluded.reason, text = excluded.text,"
                " at = excluded.at WHERE reason = 'dead' AND excluded.reason <> 'dead'"
                " OR reason = 'staff' AND excluded.reason = 'opposed'");
    query_bytes(&q, hash, sizeof hash);
    query_string(&q, address);
    query_string(&q, reason_texts[reason]);
    query_string(&q, text);
    query_int(&q, now.utc_usec);
    return ledger_changed(ledger, query_run(&q));
}

int ledger_unsuppress(struct ledger *ledger, const char *address)
{
    uint8_t hash[DIGEST_BYTES];
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    r = ledger_hash_address(ledger, address, hash);
    if (r)
        return ledger_changed(ledger, r);
    struct query q = query_start(ledger, "DELETE FROM suppression WHERE hash = ?");
    query_bytes(&q, hash, sizeof hash);
    r = query_run(&q);
    if (!r && !sqlite3_changes(ledger->db))
        return LEDGER_E_ABSENT;
    return ledger_changed(ledger, r);
}

int ledger_is_suppressed(struct ledger *ledger, const char *address, bool *ret)
{
    uint8_t hash[DIGEST_BYTES];
    int r = ledger_hash_address(ledger, address, hash);
    *ret = false;
    if (r)
        return r == -E2BIG ? 0 : r; /* no address of this length was ever suppressed */
    struct query q = query_start(ledger, "SELECT 1 FROM suppression WHERE hash = ?");
    query_bytes(&q, hash, sizeof hash);
    *ret = query_row(&q);
    return query_end(&q);
}

int ledger_suppressions(struct ledger *ledger, struct arena *arena, struct suppressions *ret)
{
    struct suppressions list = {0};
    struct query q = query_start(ledger, "SELECT address, reason, text, at FROM suppression"
                                         " ORDER BY address IS NULL, address, at, hash");
    while (query_row(&q)) {
        struct suppression *suppression = list_add(arena, &list);
        if (!suppression) {
            query_fail(&q, -ENOMEM);
            break;
        }
        suppression->address = query_copy_at(&q, arena, 0);
        if (!reason_from_text(query_bytes_at(&q, 1), &suppression->reason))
            query_fail(&q, -EBADMSG);
        suppression->text = query_copy_at(&q, arena, 2);
        suppression->at = query_instant_at(&q, 3);
    }
    int r = query_end(&q);
    if (!r)
        *ret = list;
    return r;
}

/* --- against a contact list ------------------------------------------------------------------ */

/* The addresses that are still known are compared as they are; only for the forgotten ones must
 * every contact be hashed.                                                                       */
struct opposed {
    const char **addresses; /* sorted, any case */
    size_t address_count;
    const uint8_t *hashes; /* sorted, DIGEST_BYTES each */
    size_t hash_count;
};

static int compare_addresses(const void *a, const void *b)
{
    const unsigned char *x = *(const unsigned char *const *)a;
    const unsigned char *y = *(const unsigned char *const *)b;
    while (*x && char_lower((char)*x) == char_lower((char)*y))
        x++, y++;
    return (unsigned char)char_lower((char)*x) - (unsigned char)char_lower((char)*y);
}

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, DIGEST_BYTES);
}

LIST_TYPE(address_list, const char *);
struct hash {
    uint8_t bytes[DIGEST_BYTES];
};
LIST_TYPE(hash_list, struct hash);

static int load(struct ledger *ledger, struct arena *arena, struct opposed *ret)
{
    struct address_list addresses = {0};
    struct hash_list hashes = {0};
    struct query q = query_start(ledger, "SELECT address, hash FROM suppression ORDER BY hash");
    while (query_row(&q)) {
        const char *address = query_copy_at(&q, arena, 0);
        if (address) {
            const char **slot = list_add(arena, &addresses);
            if (slot)
                *slot = address;
            else
                query_fail(&q, -ENOMEM);
            continue;
        }
        struct text hash = query_bytes_at(&q, 1);
        struct hash *slot = list_add(arena, &hashes);
        if (!slot)
            query_fail(&q, -ENOMEM);
        else if (hash.size == DIGEST_BYTES)
            memcpy(slot->bytes, hash.data, DIGEST_BYTES);
    }
    if (addresses.count)
        qsort(addresses.items, addresses.count, sizeof *addresses.items, compare_addresses);
    *ret = (struct opposed){addresses.items, addresses.count, (const uint8_t *)hashes.items,
                            hashes.count};
    return query_end(&q);
}

static int is_opposed(struct ledger *ledger, const struct opposed *opposed, const char *address,
                      bool *ret)
{
    *ret = opposed->address_count && bsearch(&address, opposed->addresses, opposed->address_count,
                                             sizeof address, compare_addresses);
    if (*ret || !opposed->hash_count)
        return 0;
    uint8_t hash[DIGEST_BYTES];
    int r = ledger_hash_address(ledger, address, hash);
    if (!r)
        *ret = bsearch(hash, opposed->hashes, opposed->hash_count, DIGEST_BYTES, compare_hashes);
    return r == -E2BIG ? 0 : r; /* no address of this length was ever suppressed */
}

static bool is_same(const struct opposed *a, const struct opposed *b)
{
    if (a->address_count != b->address_count || a->hash_count != b->hash_count)
        return false;
    for (size_t i = 0; i < a->address_count; i++)
        if (strcmp(a->addresses[i], b->addresses[i]) != 0)
            return false;
    return !a->hash_count || memcmp(a->hashes, b->hashes, a->hash_count * DIGEST_BYTES) == 0;
}

int ledger_suppressed_step(struct ledger *ledger, const struct contact_list *list, size_t max,
                           struct suppressed *suppressed)
{
    const struct opposed *opposed = suppressed->opposed;
    size_t i = suppressed->searched, until = list->count - i > max ? i + max : list->count;
    int r = 0;
    if (!opposed->address_count && !opposed->hash_count)
        i = list->count;
    for (; !r && i < until; i++) {
        bool is_in;
        r = is_opposed(ledger, opposed, list->items[i]->email, &is_in);
        if (!r && is_in)
            suppressed->members.bits[i / 64] |= UINT64_C(1) << (i % 64);
    }
    suppressed->searched = i;
    return r;
}

int ledger_suppressed_open(struct ledger *ledger, struct arena *arena,
                           const struct contact_list *list, struct suppressed *before,
                           struct suppressed **ret)
{
    struct suppressed *suppressed = arena_alloc(arena, sizeof *suppressed);
    struct opposed *opposed = arena_alloc(arena, sizeof *opposed);
    uint64_t *bits = arena_alloc_array(arena, list->count / 64 + 1, sizeof *bits);
    int r = suppressed && opposed && bits ? load(ledger, arena, opposed) : -ENOMEM;
    if (r)
        return r;
    *suppressed = (struct suppressed){.members = {bits, list->count}, .opposed = opposed};
    *ret = before && is_same(before->opposed, opposed) ? before : suppressed;
    return 0;
}
