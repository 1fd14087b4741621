/* SPDX-License-Identifier: MIT */
#include "app/reload.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/message_ids.h"
#include "app/secrets.h"
#include "app/settings_file.h"
#include "base/log.h"

static const size_t reload_max_bytes = (size_t)64 << 20;

/* Flaws say what the daemon could not live with. */
static void try_settings(const struct house *house, const struct settings *settings,
                         struct flaws *flaws)
{
    for (size_t i = 0; i < settings->relay_count; i++) {
        CLEANUP_SECRET char *password = NULL;
        (void)secrets_read(&settings->relays[i].password, flaws, &password); /* flaws tell */
        if (house->options->at && !settings->relays[i].is_loopback)
            flaws_add(flaws, SEVERITY_ERROR, 0, 0, NULL,
                      "--at with a relay that is not this machine");
    }
    bool is_made = mkdir(settings->state, 0700) == 0 || errno == EEXIST;
    if (!is_made || access(settings->state, W_OK | X_OK))
        flaws_add(flaws, SEVERITY_ERROR, 0, 0, NULL, "%s: %s", settings->state, strerror(errno));
}

bool reload_is_possible(struct house *house)
{
    CLEANUP_ARENA struct arena *arena = arena_new(reload_max_bytes);
    const struct settings *settings;
    struct flaws flaws;
    if (!arena)
        return false;
    flaws_init(&flaws, arena, house->options->config);
    int r = settings_file_load(arena, house->options->config, house->zones, &flaws, &settings);
    if (!r)
        try_settings(house, settings, &flaws);
    if (!r && !flaws_has_errors(&flaws))
        return true;
    for (size_t i = 0; i < flaws.count; i++) {
        const struct flaw *flaw = &flaws.items[i];
        if (flaw->severity != SEVERITY_ERROR)
            continue;
        if (flaw->line)
            log_line(LOG_LEVEL_ERROR, MESSAGE_FIELDS(MESSAGE_ID_SETTINGS_REFUSED), "%s:%d:%d: %s",
                     flaw->source, flaw->line, flaw->column, flaw->text);
        else
            log_line(LOG_LEVEL_ERROR, MESSAGE_FIELDS(MESSAGE_ID_SETTINGS_REFUSED), "%s: %s",
                     flaw->source, flaw->text);
    }
    log_line(LOG_LEVEL_ERROR, NULL, "the new settings are refused; the old ones stay in force");
    return false;
}
