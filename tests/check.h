/* SPDX-License-Identifier: MIT */
/* check: the smallest harness that names the row that failed.
 *
 *     static const struct { const char *title; … } rows[] = { … };
 *     TEST(zones_gap) { for (…) { CHECK_ROW(rows[i].title); CHECK_INT(got, rows[i].want); } }
 *     CHECK_MAIN
 *
 * A failed check is printed and counted; the test goes on, so a table shows all its bad rows.
 * REQUIRE stops the test. A program takes names of tests to run; none = all.                     */
#ifndef CONVIER_TESTS_CHECK_H
#define CONVIER_TESTS_CHECK_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check_test {
    const char *name;
    void (*run)(void);
    struct check_test *next;
};

__attribute__((unused)) static struct check_test *check_first, **check_link = &check_first;
static const char *check_row;
static int check_failures, check_count;
static jmp_buf check_stop;

#define TEST(name)                                                                                 \
    static void test_##name(void);                                                                 \
    static struct check_test check_test_##name = {#name, test_##name, NULL};                       \
    __attribute__((constructor)) static void check_add_##name(void)                                \
    {                                                                                              \
        *check_link = &check_test_##name;                                                          \
        check_link = &check_test_##name.next;                                                      \
    }                                                                                              \
    static void test_##name(void)

#define CHECK_ROW(title) (check_row = (title))

__attribute__((format(printf, 3, 4))) static inline void check_fail(const char *file, int line,
                                                                    const char *format, ...)
{
    va_list arguments;
    check_failures++;
    fprintf(stderr, "%s:%d: %s%s", file, line, check_row ? check_row : "", check_row ? ": " : "");
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        check_count++;                                                                             \
        if (!(condition))                                                                          \
            check_fail(__FILE__, __LINE__, "not so: %s", #condition);                              \
    } while (0)
#define CHECK_INT(got, want)                                                                       \
    do {                                                                                           \
        int64_t check_got = (int64_t)(got), check_want = (int64_t)(want);                          \
        check_count++;                                                                             \
        if (check_got != check_want)                                                               \
            check_fail(__FILE__, __LINE__, "%s is %" PRId64 ", wanted %" PRId64, #got, check_got,  \
                       check_want);                                                                \
    } while (0)
/* NULL equals only NULL. */
#define CHECK_STRING(got, want)                                                                    \
    do {                                                                                           \
        const char *check_got = (got), *check_want = (want);                                       \
        check_count++;                                                                             \
        if (check_got != check_want &&                                                             \
            (!check_got || !check_want || strcmp(check_got, check_want) != 0))                     \
            check_fail(__FILE__, __LINE__, "%s is\n  «%s», wanted\n  «%s»", #got,                  \
                       check_got ? check_got : "NULL", check_want ? check_want : "NULL");          \
    } while (0)
#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        check_count++;                                                                             \
        if (!(condition)) {                                                                        \
            check_fail(__FILE__, __LINE__, "not so: %s", #condition);                              \
            longjmp(check_stop, 1);                                                                \
        }                                                                                          \
    } while (0)

static inline int check_run(int argc, char **argv)
{
    int run = 0;
    for (struct check_test *test = check_first; test; test = test->next) {
        bool is_wanted = argc < 2;
        for (int i = 1; i < argc; i++)
            is_wanted |= strcmp(argv[i], test->name) == 0;
        if (!is_wanted)
            continue;
        check_row = NULL;
        run++;
        int before = check_failures;
        if (!setjmp(check_stop))
            test->run();
        if (check_failures != before)
            fprintf(stderr, "FAILED %s\n", test->name);
    }
    printf("%d tests, %d checks, %d failures\n", run, check_count, check_failures);
    return check_failures || !run || !check_count ? 1 : 0;
}

#define CHECK_MAIN                                                                                 \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        return check_run(argc, argv);                                                              \
    }

#endif
