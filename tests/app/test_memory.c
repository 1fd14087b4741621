/* SPDX-License-Identifier: MIT */
/* Every allocation fails once while settings are read: -ENOMEM, or all of them; nothing leaks.
 * libconfig itself never looks whether it was given memory, and is spared.                       */
#include "torture.h"

#include "app/settings_file.h"
#include "base/file.h"

static int read_settings(struct text raw, struct zones *zones, size_t *ret_rules)
{
    struct arena *arena = arena_new(4 << 20);
    const struct settings *settings = NULL;
    struct flaws flaws;
    flaws_init(&flaws, arena, "convier.cfg");
    int r = arena ? settings_file_parse(arena, raw, "/x/convier.cfg", zones, &flaws, &settings)
                  : -ENOMEM;
    CHECK(!r == (settings != NULL));
    *ret_rules = r ? 0 : settings->rule_count;
    arena_free(arena);
    return r;
}

TEST(shipped_settings)
{
    CLEANUP_BUF struct buf raw = BUF_INIT(SETTINGS_FILE_BYTES_MAX);
    struct zones *zones = zones_new(NULL);
    size_t whole, rules;
    REQUIRE(zones && file_read(CONVIER_SOURCE "/etc/convier.cfg", &raw) == 0);
    /* Zones are loaded once and stay. */
    REQUIRE(read_settings(buf_text(&raw), zones, &whole) == 0 && whole > 0);
    TORTURE_OWN(n)
    {
        int r = read_settings(buf_text(&raw), zones, &rules);
        CHECK(r == -ENOMEM || r == 0);
        CHECK_INT(rules, r ? 0 : whole);
    }
    zones_free(zones);
}

CHECK_MAIN
