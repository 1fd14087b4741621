/* SPDX-License-Identifier: MIT */
/* inside: what the files of this room share; nobody else includes it. */
#ifndef CONVIER_LEDGER_INSIDE_H
#define CONVIER_LEDGER_INSIDE_H

#include <sqlite3.h>

#include "base/digest.h"
#include "ledger/ledger.h"
#include "ledger/outbox.h"

/* Statements are prepared once and kept; each is known by the address of its text. */
enum { STATEMENTS_MAX = 128 }; /* a power of two, well above the number of statements */
struct kept_statement {
    const char *sql;
    sqlite3_stmt *stmt;
};

/* The last name that was turned into a number: notices come in runs of one occurrence. */
struct recent_name {
    char *name;
    size_t capacity;
    int64_t id; /* 0 = nothing remembered */
};

/* What ledger_owe_all is recording; see owing.c. */
struct owings {
    const struct owed *items;
    size_t count;
};

struct ledger {
    sqlite3 *db;
    enum ledger_mode mode;
    int lock; /* descriptor of PATH.lock, or -1 */
    char *path;
    struct outbox *outbox; /* of a daemon; else NULL */
    bool is_open;          /* between begin and commit */
    bool wipes;            /* see ledger_wipe */
    bool owes_checkpoint;  /* erased words may still stand in the log */
    int spoilt; /* the error that undid the open transaction; refuses changes until begin */
    uint8_t key[DIGEST_BYTES];
    struct recent_name occurrence;
    struct owings owing;
    struct kept_statement statements[STATEMENTS_MAX];
};

/* The start of every change: 0, or the error that undid this transaction. */
int ledger_may_change(struct ledger *ledger);
/* The end of every change: a negative r undoes the open transaction, so that no half of a change
 * can be committed. Returns r.                                                                   */
int ledger_changed(struct ledger *ledger, int r);

/* Several statements of one question see one state of the file. */
int ledger_read_begin(struct ledger *ledger, bool *ret_is_mine);
int ledger_read_end(struct ledger *ledger, bool is_mine, int r); /* returns r */

/* Numbers of names. find: 0 when it is not there. */
int ledger_find_occurrence(struct ledger *ledger, const char *key, int64_t *ret_id);
int ledger_intern_contact(struct ledger *ledger, const char *address, int64_t *ret_id);
int ledger_intern_occurrence(struct ledger *ledger, const char *key, int64_t *ret_id);
void ledger_forget_names(struct ledger *ledger);

/* Records that a contact was told facts; `is_invitation` marks it as invited for good. */
int ledger_record_told(struct ledger *ledger, int64_t occurrence, int64_t contact,
                       const char *facts, int sequence, bool is_invitation, struct instant now);

/* From here to the end of the transaction, what is erased is overwritten, in the file and, after
 * the commit, in its log. */
int ledger_wipe(struct ledger *ledger);

/* Keyed hash of an address, any case. */
int ledger_hash_address(struct ledger *ledger, const char *address, uint8_t ret[DIGEST_BYTES]);

/* Once for each connection. */
int owing_register(struct ledger *ledger);

/* Moves every notice that `sql` (one parameter, gives ids) selects; see notices.c. */
int ledger_move_each(struct ledger *ledger, const char *sql, int64_t parameter,
                     enum notice_state state, const char *reason, struct instant next_try,
                     struct instant now, size_t *ret_count);

#endif
