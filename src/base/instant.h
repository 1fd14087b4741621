/* SPDX-License-Identifier: MIT */
/* instant: a point in time; microseconds since 1970-01-01T00:00:00Z, leap seconds not counted. */
#ifndef CONVIER_BASE_INSTANT_H
#define CONVIER_BASE_INSTANT_H

#include <stdbool.h>
#include <stdint.h>

struct instant {
    int64_t utc_usec;
};

#define USEC_PER_SEC  INT64_C(1000000)
#define USEC_PER_MIN  (60 * USEC_PER_SEC)
#define USEC_PER_HOUR (60 * USEC_PER_MIN)
#define USEC_PER_DAY  (24 * USEC_PER_HOUR)

#define INSTANT_NEVER ((struct instant){INT64_MAX}) /* later than every other */
#define INSTANT_UNSET ((struct instant){INT64_MIN}) /* "not known"; earlier than every other */

static inline struct instant instant_from_sec(int64_t utc_sec)
{
    return (struct instant){utc_sec * USEC_PER_SEC};
}
static inline int64_t instant_sec(struct instant t) /* rounds down */
{
    return t.utc_usec / USEC_PER_SEC - (t.utc_usec % USEC_PER_SEC < 0);
}
static inline bool instant_before(struct instant a, struct instant b)
{
    return a.utc_usec < b.utc_usec;
}
static inline bool instant_equal(struct instant a, struct instant b)
{
    return a.utc_usec == b.utc_usec;
}
static inline int instant_compare(struct instant a, struct instant b)
{
    return (a.utc_usec > b.utc_usec) - (a.utc_usec < b.utc_usec);
}
static inline struct instant instant_min(struct instant a, struct instant b)
{
    return instant_before(b, a) ? b : a;
}
static inline struct instant instant_max(struct instant a, struct instant b)
{
    return instant_before(a, b) ? b : a;
}
/* Saturates at NEVER and UNSET, which stay themselves. */
struct instant instant_add(struct instant t, int64_t usec);
int64_t instant_diff(struct instant later, struct instant earlier); /* usec, saturated */

#endif
