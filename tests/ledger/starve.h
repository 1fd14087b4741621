/* SPDX-License-Identifier: MIT */
/* starve: refuses one allocation of SQLite. memory_countdown: the one that brings it to 0; 0 = none
 * is refused. Include it in one test program only.                                               */
#ifndef CONVIER_TESTS_LEDGER_STARVE_H
#define CONVIER_TESTS_LEDGER_STARVE_H

#include <sqlite3.h>
#include <stdbool.h>

static int memory_countdown;
static sqlite3_mem_methods real_memory;

static bool has_memory(void)
{
    return !memory_countdown || --memory_countdown > 0;
}

static void *faulty_malloc(int size)
{
    return has_memory() ? real_memory.xMalloc(size) : NULL;
}

static void *faulty_realloc(void *memory, int size)
{
    return has_memory() ? real_memory.xRealloc(memory, size) : NULL;
}

/* SQLite takes other memory methods only before anything else of it is used. */
__attribute__((constructor)) static void install_memory(void)
{
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory);
    sqlite3_mem_methods methods = real_memory;
    methods.xMalloc = faulty_malloc;
    methods.xRealloc = faulty_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

#endif
