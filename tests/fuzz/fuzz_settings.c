/* room: app */
/* SPDX-License-Identifier: MIT */
#include "app/settings_file.h"

#include <assert.h>

/* libconfig drops the piece of a string that it was reading when it meets a syntax error. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A refusal has at least one error to show; settings that pass hold what others rely on. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct zones *zones;
    if (!zones)
        zones = zones_new(NULL);
    struct arena *arena = arena_new(16 * 1024 * 1024);
    if (!zones || !arena)
        return 0;
    struct text raw = {(const char *)data, size};
    struct flaws flaws;
    const struct settings *settings = NULL;
    flaws_init(&flaws, arena, "fuzz");
    /* Included files are none of this target's business, and may be anything on this machine. */
    bool is_including = text_find(raw, TEXT("@include")) < raw.size;
    int r = is_including ? 0
                         : settings_file_parse(arena, raw, "/nonexistent/convier.cfg", zones,
                                               &flaws, &settings);
    if (r == SETTINGS_FILE_E_REFUSED)
        assert(flaws_has_errors(&flaws));
    if (r == 0 && !is_including) {
        assert(settings->organisation.name && settings->organisation.zone);
        assert(settings->sender.domain && settings->sender.bounces);
        assert(settings->relay_count > 0 && settings->state);
        for (size_t i = 0; i < settings->rule_count; i++)
            for (size_t j = 0; j < settings->rules[i].step_count; j++)
                assert(settings->rules[i].steps[j].id);
    }
    arena_free(arena);
    return 0;
}
