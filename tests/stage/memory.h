/* SPDX-License-Identifier: MIT */
/* memory: tells whose code is at work, the program's or its stage's, for a test that refuses memory
 * to the program alone.
 *
 *     MEMORY_OF_PROGRAM;      where the stage calls the program: until the end of the block
 *     MEMORY_OF_STAGE;        where the program calls what the stage put in the world's place */
#ifndef CONVIER_TESTS_STAGE_MEMORY_H
#define CONVIER_TESTS_STAGE_MEMORY_H

#include <stdbool.h>

extern bool memory_is_programs;

static inline bool memory_give(bool to_program)
{
    bool was = memory_is_programs;
    memory_is_programs = to_program;
    return was;
}

static inline void memory_give_back(const bool *was)
{
    memory_is_programs = *was;
}

#define MEMORY_GIVE(to_program)                                                                    \
    __attribute__((cleanup(memory_give_back), unused)) bool memory_was = memory_give(to_program)
#define MEMORY_OF_PROGRAM MEMORY_GIVE(true)
#define MEMORY_OF_STAGE   MEMORY_GIVE(false)

#endif
