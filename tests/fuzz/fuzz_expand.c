/* room: calendar */
/* SPDX-License-Identifier: MIT */
/* Any text as a rule; the first bytes choose DTSTART and the window. What comes out ascends, lies
 * in the window and stays within the limits, and two halves of the window give what the whole
 * gives. */
#include <stdlib.h>
#include <string.h>

#include "calendar/stepper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t run(struct arena *arena, const struct rule *rule, int64_t start, int64_t from,
                  int64_t until, int64_t *steps)
{
    struct wall_times times = {0};
    struct stepper stepper = {.start_sec = start,
                              .last_sec = INT64_MAX,
                              .from_sec = from,
                              .until_sec = until,
                              .max_times = 5000,
                              .steps_left = steps};
    if (stepper_run(arena, rule, &stepper, &times) != 0)
        return SIZE_MAX;
    for (size_t i = 0; i < times.count; i++)
        if (times.items[i] <= start || times.items[i] < from || times.items[i] >= until ||
            (i > 0 && times.items[i] <= times.items[i - 1]))
            abort();
    return times.count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t start_word, window_word;
    if (size < 8)
        return 0;
    memcpy(&start_word, data, 4);
    memcpy(&window_word, data + 4, 4);
    int64_t start = (int64_t)start_word - 2000000000;
    int64_t from = start + (window_word & 0xffff) * 3600;
    int64_t until = from + (window_word >> 16) * 3600;
    struct text text = {(const char *)data + 8, size - 8};
    struct arena *arena = arena_new((size_t)64 << 20);
    struct rule rule;
    const char *complaint;
    bool is_possible;
    int64_t steps = 300000;
    if (rule_parse(arena, text, &rule, &complaint) == 0 &&
        stepper_is_possible(arena, &rule, start, false, &steps, &is_possible) == 0) {
        int64_t middle = from + (until - from) / 2;
        steps = 300000;
        size_t whole = run(arena, &rule, start, from, until, &steps);
        size_t first = run(arena, &rule, start, from, middle, &steps);
        size_t second = run(arena, &rule, start, middle, until, &steps);
        if (whole != SIZE_MAX && first != SIZE_MAX && second != SIZE_MAX && whole != first + second)
            abort();
    }
    arena_free(arena);
    return 0;
}
