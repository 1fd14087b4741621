/* SPDX-License-Identifier: MIT */
#include "base/span.h"

#include "check.h"

TEST(spans)
{
    static const struct {
        const char *text;
        bool is_good;
        struct span span;
        const char *again;
    } rows[] = {
        {"20 min", true, {.usec = 20 * USEC_PER_MIN}, "20 min"},
        {"2 h", true, {.usec = 2 * USEC_PER_HOUR}, "2 h"},
        {"120 minutes", true, {.usec = 2 * USEC_PER_HOUR}, "2 h"},
        {"90 min", true, {.usec = 90 * USEC_PER_MIN}, "90 min"},
        {"30s", true, {.usec = 30 * USEC_PER_SEC}, "30 s"},
        {"1 sec", true, {.usec = USEC_PER_SEC}, "1 s"},
        {"7 days", true, {.days = 7}, "7 days"},
        {"1 day", true, {.days = 1}, "1 day"},
        {"1 days", true, {.days = 1}, "1 day"},
        {"2 weeks", true, {.days = 14}, "14 days"},
        {"10 working days", true, {.working_days = 10}, "10 working days"},
        {"1 working day", true, {.working_days = 1}, "1 working day"},
        {"1 working  day", true, {.working_days = 1}, "1 working day"},
        {"3 months", true, {.months = 3}, "3 months"},
        {"3 years", true, {.months = 36}, "3 years"},
        {"18 months", true, {.months = 18}, "18 months"},
        {"0 days", true, {0}, "0 days"},
        {"0 min", true, {0}, "0 days"},
        {"  5   Days ", true, {.days = 5}, "5 days"},
        {"100000 days", true, {.days = 100000}, "100000 days"},
        {"100001 days", false, {0}, NULL},
        {"-1 days", false, {0}, NULL},
        {"1.5 h", false, {0}, NULL},
        {"1 h 30 min", false, {0}, NULL},
        {"days", false, {0}, NULL},
        {"7", false, {0}, NULL},
        {"7 d", false, {0}, NULL},
        {"7 daysx", false, {0}, NULL},
        {"7 working", false, {0}, NULL},
        {"7 workingdays", false, {0}, NULL},
        {"1 m", false, {0}, NULL}, /* minute or month? */
        {"", false, {0}, NULL},
        {" ", false, {0}, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct span span = {0};
        char again[32];
        CHECK_ROW(rows[i].text);
        CHECK_INT(span_parse(text_of(rows[i].text), &span), rows[i].is_good);
        CHECK_INT(span.months, rows[i].span.months);
        CHECK_INT(span.days, rows[i].span.days);
        CHECK_INT(span.working_days, rows[i].span.working_days);
        CHECK_INT(span.usec, rows[i].span.usec);
        if (!rows[i].is_good)
            continue;
        struct span back;
        span_format(span, again);
        CHECK_STRING(again, rows[i].again);
        CHECK(span_parse(text_of(again), &back));
        CHECK_INT(span_rough_usec(back), span_rough_usec(span));
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
