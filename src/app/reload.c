/* SPDX-License-Identifier: MIT */
#include "app/reload.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/journal.h"
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
            flaws_add(flaws, SEVERITY_ERROR, 0, 0, "point relay.url at 127.0.0.1",
                      "--at with a relay that is not this machine");
    }
    bool is_made = mkdir(settings->state, 0700) == 0 || errno == EEXIST;
    if (!is_made || access(settings->state, W_OK | X_OK))
        flaws_add(flaws, SEVERITY_ERROR, 0, 0, "the daemon must be able to write in this folder",
                  "state: %s: %s", settings->state, strerror(errno));
}

bool reload_is_possible(struct house *house)
{
    static const char refused[] =
        "the new settings are refused; the old ones stay in force; mend what is named above and "
        "reload again (`convier check` says beforehand whether it will do)";
    CLEANUP_ARENA struct arena *arena = arena_new(reload_max_bytes);
    const struct settings *settings;
    struct flaws flaws;
    if (!arena) {
        log_line(LOG_LEVEL_ERROR, NULL,
                 "no memory to read the settings; the old ones stay in force;"
                 " reload again");
        return false;
    }
    flaws_init(&flaws, arena, house->options->config);
    int r = settings_file_load(arena, house->options->config, house->zones, &flaws, &settings);
    if (!r)
        try_settings(house, settings, &flaws);
    if (!r && !flaws_has_errors(&flaws))
        return true;
    journal_flaws(MESSAGE_FIELDS(MESSAGE_ID_SETTINGS_REFUSED), &flaws);
    if (r < 0)
        log_line(LOG_LEVEL_ERROR, NULL, "%s: %s", house->options->config, strerror(-r));
    log_line(LOG_LEVEL_ERROR, NULL, "%s", refused);
    return false;
}
