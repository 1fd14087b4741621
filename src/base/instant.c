/* SPDX-License-Identifier: MIT */
#include "base/instant.h"

struct instant instant_add(struct instant t, int64_t usec)
{
    int64_t sum;
    if (t.utc_usec == INT64_MAX || t.utc_usec == INT64_MIN)
        return t;
    if (__builtin_add_overflow(t.utc_usec, usec, &sum))
        return usec > 0 ? INSTANT_NEVER : INSTANT_UNSET;
    return (struct instant){sum};
}

int64_t instant_diff(struct instant later, struct instant earlier)
{
    int64_t difference;
    if (__builtin_sub_overflow(later.utc_usec, earlier.utc_usec, &difference))
        return later.utc_usec > earlier.utc_usec ? INT64_MAX : INT64_MIN;
    return difference;
}
