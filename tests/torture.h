/* SPDX-License-Identifier: MIT */
/* torture: makes the nth allocation of a piece of work fail, for every n, and counts what is left.
 *
 *     TORTURE(n) { int r = work(); CHECK(r == 0 || r == -ENOMEM); … clean up … }
 *
 * runs the block with the first allocation refused, then the second …, until it goes through with
 * none refused. What the block allocated must be free at its end: anything left over twice in a row
 * is a failure (once is what a library keeps for ever after its first use, as ICU does).
 * Include it in one test program only: it takes the place of the C library's malloc. Sanitizers
 * have their own, so there the block runs once, without refusals (their leak check still counts).
 *
 * TORTURE_PAUSE { … } in it is neither refused nor counted.
 * TORTURE_OWN(n) refuses only what the program itself asks for, not what foreign libraries do: for
 * those of them that take memory for granted; TORTURE_SOME(n, first, stride) only some of it.
 * While TORTURE_SPARES, which may be defined before, is true, nothing is refused, but counted.   */
#ifndef CONVIER_TESTS_TORTURE_H
#define CONVIER_TESTS_TORTURE_H

#include <errno.h>
#include <stddef.h>

#include "check.h"

__attribute__((unused)) static struct {
    bool is_on, is_own, is_again;
    long countdown; /* the allocation that brings it to 0 is refused */
    bool has_refused;
    long live; /* allocated in the block and not freed yet */
} torture;

#if defined(__has_feature) /* clang */
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TORTURE_IS_OFF
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TORTURE_IS_OFF
#endif

#ifndef TORTURE_SPARES
#define TORTURE_SPARES false
#endif

#ifndef TORTURE_IS_OFF

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

extern const char __executable_start[], etext[]; /* from the linker */

static bool torture_refuses(const void *caller)
{
    if (!torture.is_on || TORTURE_SPARES)
        return false;
    if (torture.is_own &&
        ((const char *)caller < __executable_start || (const char *)caller >= etext))
        return false;
    if (--torture.countdown != 0)
        return false;
    torture.has_refused = true;
    errno = ENOMEM;
    return true;
}

static void *torture_count(void *memory)
{
    torture.live += torture.is_on && memory;
    return memory;
}

void *malloc(size_t size)
{
    return torture_refuses(__builtin_return_address(0)) ? NULL : torture_count(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return torture_refuses(__builtin_return_address(0)) ? NULL
                                                        : torture_count(__libc_calloc(count, size));
}

void *realloc(void *memory, size_t size)
{
    if (torture_refuses(__builtin_return_address(0)))
        return NULL;
    void *moved = __libc_realloc(memory, size);
    return memory ? moved : torture_count(moved);
}

void free(void *memory)
{
    torture.live -= torture.is_on && memory;
    __libc_free(memory);
}

static inline bool torture_next(long *n, long first, long stride, bool is_own)
{
    if (*n > first) {
        torture.is_on = false;
        if (torture.live != 0 && !torture.is_again) {
            torture.is_again = true;
            *n -= stride;
        } else {
            if (torture.live != 0)
                check_fail(__FILE__, __LINE__, "with allocation %ld refused, %ld stay allocated",
                           *n - stride, torture.live);
            torture.is_again = false;
            if (!torture.has_refused)
                return false; /* it went through */
        }
    }
    torture.countdown = *n;
    torture.has_refused = false;
    torture.live = 0;
    torture.is_own = is_own;
    torture.is_on = true;
    return true;
}

#else

static inline bool torture_next(long *n, long first, long stride, bool is_own)
{
    (void)stride, (void)is_own;
    return *n == first;
}

#endif

/* Runs once, with the torture off. */
static inline bool torture_pause(bool *was_on, int *round)
{
    if (*round == 0)
        *was_on = torture.is_on;
    torture.is_on = *round == 0 ? false : *was_on;
    return (*round)++ == 0;
}

#define TORTURE_PAUSE                                                                              \
    for (struct {                                                                                  \
             bool was_on;                                                                          \
             int round;                                                                            \
         } pause_ = {0};                                                                           \
         torture_pause(&pause_.was_on, &pause_.round);)
#define TORTURE(n)     for (long n = 1; torture_next(&n, 1, 1, false); n++)
#define TORTURE_OWN(n) for (long n = 1; torture_next(&n, 1, 1, true); n++)
#define TORTURE_SOME(n, first, stride)                                                             \
    for (long n = (first); torture_next(&n, (first), (stride), true); n += (stride))

#endif
