/* room: base */
/* SPDX-License-Identifier: MIT */
/* A zone file: whatever is accepted must answer soundly. */
#include <assert.h>

#include "base/tzif.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* There and back: a moment's own wall-clock time is that moment, or an earlier one (an overlap). */
static void ask(const struct zone *zone, int64_t utc_sec)
{
    struct instant t = instant_from_sec(utc_sec), next;
    struct zone_state state = zone_state_at(zone, t);
    enum zone_fit fit;
    char text[32];
    assert(state.abbreviation && state.offset_sec > -26 * 3600 && state.offset_sec < 26 * 3600);
    struct instant back = zone_to_instant(zone, zone_to_civil(zone, t), &fit);
    assert(fit != ZONE_FIT_GAP);
    assert(fit == ZONE_FIT_TWICE ? back.utc_usec <= t.utc_usec : instant_equal(back, t));
    zone_format_rfc3339(zone, t, text);
    if (zone_next_transition(zone, t, &next))
        assert(instant_before(t, next));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t moments[] = {-2500000000, 0,          1000000000,
                                      1791183600,  2145916800, 32503680000};
    struct zone zone = {.name = "Fuzz"};
    int r = tzif_parse((struct text){(const char *)data, size}, &zone.table);
    assert(r == 0 || r == TZIF_E_MALFORMED);
    if (r)
        return 0;
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++)
        ask(&zone, moments[i]);
    for (size_t i = 1; i < zone.table.count && i < 40; i++) {
        int64_t utc_sec = zone.table.changes[i].utc_sec;
        if (utc_sec < -60000000000 || utc_sec > 250000000000) /* the years that civil knows */
            continue;
        ask(&zone, utc_sec - 1);
        ask(&zone, utc_sec);
    }
    zone_table_done(&zone.table);
    return 0;
}
