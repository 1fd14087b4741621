/* SPDX-License-Identifier: MIT */
/* schema: the tables of the ledger and the way from each older form to today's. */
#ifndef CONVIER_LEDGER_SCHEMA_H
#define CONVIER_LEDGER_SCHEMA_H

#include <sqlite3.h>

enum { SCHEMA_VERSION = 6 };              /* PRAGMA user_version; 0 = an empty file */
enum { SCHEMA_APPLICATION = 0x436F6E76 }; /* PRAGMA application_id, "Conv": this file is ours */

/* From version `from` to today's, in one transaction. */
int schema_migrate(sqlite3 *db, int from);

#endif
