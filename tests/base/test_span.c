/* SPDX-License-Identifier: MIT */
#include "base/span.h"

#include "check.h"

TEST(spans)
{
    static const struct {
        const char *text;
        bool is_good;
        struct span span;
    } rows[] = {
        {"20 min", true, {.usec = 20 * USEC_PER_MIN}},
        {"2 h", true, {.usec = 2 * USEC_PER_HOUR}},
        {"120 minutes", true, {.usec = 2 * USEC_PER_HOUR}},
        {"90 min", true, {.usec = 90 * USEC_PER_MIN}},
        {"30s", true, {.usec = 30 * USEC_PER_SEC}},
        {"1 sec", true, {.usec = USEC_PER_SEC}},
        {"7 days", true, {.days = 7}},
        {"1 day", true, {.days = 1}},
        {"1 days", true, {.days = 1}},
        {"2 weeks", true, {.days = 14}},
        {"10 working days", true, {.working_days = 10}},
        {"1 working day", true, {.working_days = 1}},
        {"1 working  day", true, {.working_days = 1}},
        {"3 months", true, {.months = 3}},
        {"3 years", true, {.months = 36}},
        {"18 months", true, {.months = 18}},
        {"0 days", true, {0}},
        {"0 min", true, {0}},
        {"  5   Days ", true, {.days = 5}},
        {"100000 days", true, {.days = 100000}},
        {"100001 days", false, {0}},
        {"-1 days", false, {0}},
        {"1.5 h", false, {0}},
        {"1 h 30 min", false, {0}},
        {"days", false, {0}},
        {"7", false, {0}},
        {"7 d", false, {0}},
        {"7 daysx", false, {0}},
        {"7 working", false, {0}},
        {"7 workingdays", false, {0}},
        {"1 m", false, {0}}, /* minute or month? */
        {"", false, {0}},
        {" ", false, {0}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct span span = {0};
        CHECK_ROW(rows[i].text);
        CHECK_INT(span_parse(text_of(rows[i].text), &span), rows[i].is_good);
        CHECK_INT(span.months, rows[i].span.months);
        CHECK_INT(span.days, rows[i].span.days);
        CHECK_INT(span.working_days, rows[i].span.working_days);
        CHECK_INT(span.usec, rows[i].span.usec);
    }
}

TEST(rough_lengths)
{
    CHECK(span_is_zero((struct span){0}));
    CHECK(!span_is_zero((struct span){.working_days = 1}));
    CHECK_INT(span_rough_usec((struct span){.months = 1}), 30 * USEC_PER_DAY);
    CHECK_INT(span_rough_usec((struct span){.working_days = 5}), 7 * USEC_PER_DAY);
    CHECK(span_rough_usec((struct span){.months = 1200000}) > 0);
}

CHECK_MAIN
