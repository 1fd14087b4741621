/* SPDX-License-Identifier: MIT */
#include "app/mailroom.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/forms.h"
#include "app/masking.h"
#include "app/relay_rest.h"
#include "app/secrets.h"
#include "base/log.h"
#include "deliver/pacing.h"

static const size_t spendings_max_bytes = 16 << 20, small_max_bytes = 1 << 20;

void mailroom_note_fallback(struct house *house, const struct relay_settings *from,
                            const struct relay_settings *to, const struct outcome *why)
{
    char line[OUTCOME_LINE_BYTES], reply[OUTCOME_LINE_BYTES];
    outcome_line(why, line);
    masking_reply(line, NULL, reply);
    log_line(LOG_LEVEL_WARNING, NULL, "%s is passed over for %s: %s at %s", from->url, to->url,
             reply, smtp_stage_to_text(why->stage));
    if (why->must_pause) /* it does not mend itself */
        staff_note_fallback(conductor_staff(house->conductor), from->url, to->url, line);
}

void mailroom_note_rest(struct house *house, const struct relay_settings *settings,
                        struct instant until, const struct outcome *why)
{
    CLEANUP_ARENA struct arena *arena = arena_new(small_max_bytes);
    char line[OUTCOME_LINE_BYTES];
    outcome_line(why, line);
    const struct relay_rest rest = {clock_from_real(&house->clock, until), line};
    int r = arena ? relay_rest_keep(house->ledger, arena, settings, &rest) : -ENOMEM;
    if (r)
        log_line(LOG_LEVEL_WARNING, NULL, "a restart would forget that %s wants a pause: %s",
                 settings->url, strerror(-r));
}

static int tell_of_rests(struct house *house, struct arena *arena, struct relays *relays)
{
    const struct settings *settings = house->settings;
    struct relay_rest rest;
    char why[OUTCOME_LINE_BYTES];
    int r = 0;
    for (size_t i = 0; i < settings->relay_count && !r; i++) {
        r = relay_rest_find(house->ledger, arena, &settings->relays[i], house_now(house), &rest);
        if (r || rest.until.utc_usec == INSTANT_UNSET.utc_usec)
            continue;
        relays_rest(relays, i, clock_to_real(&house->clock, rest.until));
        masking_reply(rest.why ? rest.why : "", NULL, why);
        log_line(LOG_LEVEL_NOTICE, NULL, "%s is not used before %s, as it asked: %s",
                 settings->relays[i].url, forms_moment(arena, rest.until, house->zone), why);
    }
    return r;
}

/* The ledger keeps the house's time, relays live in real time: under --at they differ. */
static int tell_of_the_past(struct house *house, struct relays *relays)
{
    CLEANUP_ARENA struct arena *arena = arena_new(spendings_max_bytes);
    struct spendings spent = {0};
    if (!arena)
        return -ENOMEM;
    int r = ledger_spent(house->ledger, arena, instant_add(house_now(house), -PACING_LONGEST_USEC),
                         &spent);
    for (size_t i = 0; i < spent.count && !r; i++)
        relays_count_sent(relays, spent.items[i].count,
                          clock_to_real(&house->clock, spent.items[i].at));
    return r ? r : tell_of_rests(house, arena, relays);
}

int mailroom_open_uncounted(struct house *house, sd_event *loop,
                            const struct relay_callbacks *callbacks, struct relays **ret)
{
    const struct settings *settings = house->settings;
    char **passwords = calloc(settings->relay_count, sizeof *passwords);
    int r = passwords ? 0 : -ENOMEM;
    for (size_t i = 0; i < settings->relay_count && !r; i++)
        r = secrets_read(&settings->relays[i].password, &house->flaws, &passwords[i]);
    if (r > 0) {
        report_flaws(house->report, &house->flaws);
        r = -EACCES;
    }
    if (!r)
        r = relays_open(loop, settings->relays, settings->relay_count,
                        (const char *const *)passwords, callbacks, ret);
    for (size_t i = 0; passwords && i < settings->relay_count; i++)
        secrets_wipe(passwords[i]);
    free(passwords);
    return r;
}

int mailroom_open(struct house *house, sd_event *loop, const struct relay_callbacks *callbacks,
                  struct relays **ret)
{
    struct relays *relays = NULL;
    int r = mailroom_open_uncounted(house, loop, callbacks, &relays);
    r = r ? r : tell_of_the_past(house, relays);
    if (r)
        relays_close(relays);
    else
        *ret = relays;
    return r;
}

static size_t room(void *context)
{
    return relays_room(*(struct relays **)context);
}

static int send(void *context, const struct message *message, void *token)
{
    return relays_send(*(struct relays **)context, message, token);
}

static void recall(void *context)
{
    relays_recall(*(struct relays **)context);
}

struct courier mailroom_courier(struct relays **relays)
{
    return (struct courier){.context = relays, .room = room, .send = send, .recall = recall};
}
