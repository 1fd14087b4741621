/* SPDX-License-Identifier: MIT */
/* A daemon that sleeps writes nothing for days: whoever wants an alarm when it is dead compares
 * convier_next_look_timestamp_seconds with the clock.                                            */
#include "app/metrics.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"

enum { METRICS_BYTES_MAX = 1 << 20, MODE = 0644 };
static const size_t holds_max_bytes = 16 << 20;

static void begin(struct buf *buf, const char *name, const char *type, const char *help)
{
    buf_printf(buf, "# HELP convier_%s %s\n# TYPE convier_%s %s\n", name, help, name, type);
}

static void add_gauge(struct buf *buf, const char *name, const char *help, size_t value)
{
    begin(buf, name, "gauge", help);
    buf_printf(buf, "convier_%s %zu\n", name, value);
}

static void add_moment(struct buf *buf, const char *name, const char *help, struct instant t)
{
    if (t.utc_usec == INSTANT_UNSET.utc_usec || t.utc_usec == INSTANT_NEVER.utc_usec)
        return;
    begin(buf, name, "gauge", help);
    buf_printf(buf, "convier_%s %" PRId64 "\n", name, instant_sec(t));
}

static void add_mails(struct buf *buf, const struct turn *turn)
{
    const struct {
        enum verdict verdict;
        size_t count;
    } rows[] = {{VERDICT_ACCEPTED, turn->accepted},
                {VERDICT_DEFERRED, turn->deferred},
                {VERDICT_REFUSED, turn->refused},
                {VERDICT_UNCERTAIN, turn->uncertain}};
    begin(buf, "mails_total", "counter", "What the relay answered since the start.");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        buf_printf(buf, "convier_mails_total{verdict=\"%s\"} %zu\n",
                   verdict_to_text(rows[i].verdict), rows[i].count);
}

static void add_labels(struct buf *buf, const char *name, const struct source *source)
{
    buf_printf(buf, "convier_%s{kind=\"%s\",source=\"", name, source_kind_to_text(source->kind));
    for (const char *c = source->label; *c; c++)
        if (*c == '\n')
            buf_add_string(buf, "\\n");
        else
            buf_printf(buf, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
    buf_add_string(buf, "\"} ");
}

static void add_sources(struct buf *buf, const struct sources *sources)
{
    begin(buf, "source_trouble", "gauge", "Whether the last reading of a source was refused.");
    for (size_t i = 0; i < sources_count(sources); i++) {
        add_labels(buf, "source_trouble", sources_at(sources, i));
        buf_printf(buf, "%d\n", sources_at(sources, i)->trouble != NULL);
    }
    begin(buf, "source_read_timestamp_seconds", "gauge", "When a source was last read in order.");
    for (size_t i = 0; i < sources_count(sources); i++) {
        const struct source *source = sources_at(sources, i);
        if (source->good.utc_usec == INSTANT_UNSET.utc_usec)
            continue;
        add_labels(buf, "source_read_timestamp_seconds", source);
        buf_printf(buf, "%" PRId64 "\n", instant_sec(source->good));
    }
}

static int count_holds(struct ledger *ledger, size_t *ret)
{
    CLEANUP_ARENA struct arena *arena = arena_new(holds_max_bytes);
    struct holds holds = {0};
    int r = arena ? ledger_holds(ledger, arena, &holds) : -ENOMEM;
    *ret = holds.count;
    return r;
}

static int fill(struct buf *buf, const struct house *house, const struct turn *turn,
                struct instant next, bool is_stopped)
{
    struct instant now = house_now(house);
    size_t due = 0, holds = 0;
    int r = ledger_due_count(house->ledger, now, &due);
    r = r ? r : count_holds(house->ledger, &holds);
    if (r)
        return r;
    add_mails(buf, turn);
    add_gauge(buf, "in_hand", "Mails that the relay has not answered yet.",
              conductor_in_hand(house->conductor));
    add_gauge(buf, "due", "Mails whose hour has come.", due);
    add_gauge(buf, "holds", "Batches that wait for a word.", holds);
    add_gauge(buf, "stopped", "Whether something keeps all mails from leaving.", is_stopped);
    add_moment(buf, "last_look_timestamp_seconds", "When the daemon last looked at all of it.",
               now);
    add_moment(buf, "next_look_timestamp_seconds", "When it looks again at the latest.", next);
    add_sources(buf, house->sources);
    return buf_error(buf);
}

void metrics_write(struct house *house, const struct turn *turn, struct instant next,
                   bool is_stopped)
{
    static bool has_failed;
    const char *path = house->settings->metrics;
    CLEANUP_BUF struct buf buf = BUF_INIT(METRICS_BYTES_MAX);
    if (!path)
        return;
    int r = fill(&buf, house, turn, next, is_stopped);
    r = r ? r : file_replace(path, buf_text(&buf), MODE);
    if (r && !has_failed)
        log_line(LOG_LEVEL_WARNING, NULL,
                 "metrics: %s: %s; may the service write into this folder (ReadWritePaths=)?", path,
                 strerror(-r));
    has_failed = r != 0;
}
