/* SPDX-License-Identifier: MIT */
#include "app/forecast.h"

#include <errno.h>

#include "app/gather.h"
#include "base/log.h"

enum { DUE_BATCH = 1000, PASSES_MAX = 100000 };
static const size_t forecast_max_bytes = (size_t)512 << 20;

/* One mail: told, and taken as accepted. */
static int send_mail(struct house *house, struct arena *arena, const struct notices *mail,
                     struct instant now, forecast_notice on_notice, void *context)
{
    static const struct outcome accepted = {.verdict = VERDICT_ACCEPTED, .code = 250};
    const char *id = arena_printf(arena, "forecast-%lld", (long long)mail->items[0].id);
    int r = id ? 0 : -ENOMEM;
    for (size_t i = 0; i < mail->count && !r; i++) {
        const struct notice *notice = &mail->items[i];
        if (notice->kind != NOTICE_STAFF) /* of no event, and to no contact */
            r = on_notice(context, notice, mail, now);
        r = r ? r : ledger_claim(house->ledger, notice->id, id, now);
        r = r ? r : ledger_outcome(house->ledger, notice->id, &accepted, now, now);
        conductor_touch_occurrence(house->conductor, notice->occurrence);
    }
    return r;
}

/* Those of a batch that went with an earlier one are marked by losing their id. */
static void strike(struct notices *due, size_t from, const struct notices *mail)
{
    for (size_t i = 1; i < mail->count; i++)
        for (size_t k = from; k < due->count; k++)
            if (due->items[k].id == mail->items[i].id)
                due->items[k].id = 0;
}

/* Takes everything that is due as accepted. */
static int send_due(struct house *house, struct arena *arena, struct instant now,
                    forecast_notice on_notice, void *context, bool *ret_any)
{
    for (*ret_any = false;; *ret_any = true) {
        struct notices due = {0};
        arena_clear(arena);
        int r = ledger_due(house->ledger, arena, now, DUE_BATCH, &due);
        if (r || !due.count)
            return r;
        r = ledger_begin(house->ledger);
        for (size_t i = 0; i < due.count && !r; i++) {
            struct notices mail = {0};
            if (!due.items[i].id)
                continue;
            r = gather(house->ledger, arena, house->settings, conductor_horizon(house->conductor),
                       &due.items[i], now, &mail);
            strike(&due, i + 1, &mail);
            r = r ? r : send_mail(house, arena, &mail, now, on_notice, context);
        }
        r = r ? r : ledger_commit(house->ledger);
        if (r) {
            ledger_rollback(house->ledger);
            return r;
        }
    }
}

/* Held notices are told once, at their hour: those that were recorded after the last look, and
 * those whose hour has come since. */
struct held_look {
    int64_t last;
    struct instant at;
};

static int tell_held(struct house *house, struct arena *arena, struct held_look *look,
                     struct instant now, forecast_notice on_notice, void *context)
{
    struct notice_filter filter = {.has_state = true, .state = NOTICE_HELD, .due_by = &now};
    struct notices held = {0};
    const struct notices alone = {0};
    int64_t last = look->last;
    arena_clear(arena);
    int r = ledger_notices(house->ledger, arena, &filter, &held);
    for (size_t i = 0; i < held.count && !r; i++) {
        const struct notice *notice = &held.items[i];
        if (notice->id <= look->last && !instant_before(look->at, notice->due))
            continue;
        last = notice->id > last ? notice->id : last;
        r = on_notice(context, notice, &alone, now);
    }
    *look = (struct held_look){.last = last, .at = now};
    return r;
}

/* In days. */
static size_t days_between(struct instant from, struct instant until)
{
    return (size_t)(instant_diff(until, from) / USEC_PER_DAY);
}

int forecast_run(struct house *house, struct instant until, forecast_notice on_notice,
                 void *context)
{
    CLEANUP_ARENA struct arena *arena = arena_new(forecast_max_bytes);
    const struct instant start = house_now(house);
    struct instant now = start;
    struct held_look look = {.at = INSTANT_UNSET};
    int r = 0;
    until = instant_min(until, instant_add(now, FORECAST_DAYS_MAX * USEC_PER_DAY));
    if (!arena)
        return -ENOMEM;
    for (int i = 0; i < PASSES_MAX && instant_before(now, until); i++) {
        struct pass_report pass;
        bool was_sent = false;
        house_progress(house, "planning, days", days_between(start, now),
                       days_between(start, until));
        clock_freeze(&house->clock, now);
        r = conductor_plan(house->conductor, now, &pass);
        r = r ? r : tell_held(house, arena, &look, now, on_notice, context);
        r = r ? r : send_due(house, arena, now, on_notice, context, &was_sent);
        if (!r && pass.must_reread)
            r = sources_read_files(house->sources, true, now);
        if (r)
            break;
        /* What was sent may have made something else due: only a quiet pass moves the clock. */
        if (was_sent || pass.owed || pass.held || pass.ended || pass.told)
            continue;
        if (!instant_before(now, pass.next)) {
            log_trace("app", "forecast: a pass at %lld asks for itself again",
                      (long long)now.utc_usec);
            pass.next = instant_add(now, USEC_PER_MIN);
        }
        now = pass.next;
    }
    report_progress_done(house->report);
    return r;
}
