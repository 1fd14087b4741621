/* SPDX-License-Identifier: MIT */
#include "app/house.h"

#include "check.h"

/* A command that did its work says so, also when memory has run out: here there is none. */
TEST(saying_without_memory)
{
    static const struct settings settings = {.organisation = {.language = LANGUAGE_EN}};
    char *said = NULL;
    size_t size = 0;
    struct report report = {.out = open_memstream(&said, &size)};
    struct house house = {.report = &report, .settings = &settings};
    REQUIRE(report.out);
    house_say(&house, PHRASE_NOBODY, NULL);
    house_say(&house, PHRASE_ADVICE, "3");
    house_say_counted(&house, PHRASE_RETRIED, 1, NULL);
    house_say_counted(&house, PHRASE_MORE_WAIT, 2, "2026-03-20");
    house_say_counted(&house, PHRASE_MORE_WAIT, 2, NULL);
    fclose(report.out);
    CHECK_STRING(said, "Nobody is concerned: see `convier why`.\n"
                       "Yes: `convier approve 3`; no: `convier discard 3`.\n"
                       "1 notice is owed again.\n"
                       "And 2 events more, the last until 2026-03-20\n"
                       "And 2 events more, the last until …\n");
    free(said);
}

/* Only on a terminal, and only when the command takes long. */
TEST(progress)
{
    char *said = NULL;
    size_t size = 0;
    struct report report = {.err = open_memstream(&said, &size)};
    struct house house = {.report = &report, .began = clock_monotonic()};
    REQUIRE(report.err);
    house_progress(&house, "fetching", 1, 2);
    report.has_progress = true;
    house_progress(&house, "fetching", 1, 2);
    house.began -= 2 * USEC_PER_SEC;
    house_progress(&house, "fetching", 1, 2);
    report_progress_done(&report);
    fclose(report.err);
    CHECK_STRING(said, "\r\033[Kfetching [###############...............] 1 of 2\r\033[K");
    free(said);
}

CHECK_MAIN
