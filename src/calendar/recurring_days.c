/* SPDX-License-Identifier: MIT */
#include "calendar/recurring_days.h"

#include <errno.h>

#include "calendar/stepper.h"

enum { DAY_SEC = 24 * 60 * 60, STEPS_MAX = 1000000 };

static int64_t midnight(struct civil_date day)
{
    return civil_time_to_sec(civil_time_at(day, 0, 0));
}

int recurring_days(struct arena *arena, const char *raw, struct civil_date since,
                   struct civil_date from, struct civil_date until, size_t max,
                   struct civil_days *ret)
{
    struct rule rule;
    struct wall_times times = {0};
    const char *complaint;
    int64_t steps_left = STEPS_MAX;
    int r = rule_parse(arena, text_of(raw), &rule, &complaint);
    if (r)
        return r < 0 ? r : 0;
    struct stepper stepper = {.start_sec = midnight(since),
                              .is_date = true,
                              .last_sec = INT64_MAX,
                              .from_sec = midnight(from),
                              .until_sec = midnight(until),
                              .wants_start = true,
                              .max_times = max,
                              .steps_left = &steps_left};
    if (rule.has_until)
        stepper.last_sec = midnight(rule.until.time.date) + DAY_SEC - 1;
    r = stepper_run(arena, &rule, &stepper, &times);
    if (r < 0)
        return r;
    for (size_t i = 0; i < times.count; i++) {
        struct civil_date day = civil_time_from_sec(times.items[i]).date;
        if (ret->count && civil_date_compare(ret->items[ret->count - 1], day) == 0)
            continue;
        struct civil_date *slot = list_add(arena, ret);
        if (!slot)
            return -ENOMEM;
        *slot = day;
    }
    return 0;
}
