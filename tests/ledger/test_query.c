/* SPDX-License-Identifier: MIT */
/* What SQLite says, as the errno that rises to the conductor. */
#include <errno.h>

#include "check.h"
#include "ledger/query.h"

TEST(every_result_has_its_errno)
{
    static const struct {
        const char *title;
        int result, want;
    } rows[] = {
        {"ok", SQLITE_OK, 0},
        {"row", SQLITE_ROW, 0},
        {"done", SQLITE_DONE, 0},
        {"no memory", SQLITE_NOMEM, -ENOMEM},
        {"no memory for a file", SQLITE_IOERR_NOMEM, -ENOMEM},
        {"full", SQLITE_FULL, -ENOSPC},
        {"write", SQLITE_IOERR_WRITE, -EIO},
        {"busy", SQLITE_BUSY, -EBUSY},
        {"busy with a snapshot", SQLITE_BUSY_SNAPSHOT, -EBUSY},
        {"locked", SQLITE_LOCKED, -EBUSY},
        {"read only", SQLITE_READONLY, -EROFS},
        {"cannot open", SQLITE_CANTOPEN, -EIO},
        {"permission", SQLITE_PERM, -EACCES},
        {"authorisation", SQLITE_AUTH, -EACCES},
        {"corrupt", SQLITE_CORRUPT, -EBADMSG},
        {"no database", SQLITE_NOTADB, -EBADMSG},
        {"too big", SQLITE_TOOBIG, -E2BIG},
        {"constraint", SQLITE_CONSTRAINT_UNIQUE, -EINVAL},
        {"anything else", SQLITE_MISUSE, -EIO},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].title);
        CHECK_INT(query_error(NULL, rows[i].result), rows[i].want);
    }
}

CHECK_MAIN
