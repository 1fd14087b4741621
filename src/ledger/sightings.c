/* SPDX-License-Identifier: MIT */
/* sightings: facts, what the feeds said, and what contacts were told. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ledger/questions.h"

/* --- facts ----------------------------------------------------------------------------------- */

int ledger_keep_facts(struct ledger *ledger, const struct facts *facts)
{
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    struct query q =
        query_start(ledger, "INSERT INTO facts(id, text) VALUES(?, ?) ON CONFLICT DO NOTHING");
    query_string(&q, facts->id);
    query_string(&q, facts->text);
    return ledger_changed(ledger, query_run(&q));
}

const struct facts *facts_read(struct query *q, struct arena *arena, struct zones *zones,
                               struct parsed_facts *known, int id_column, int text_column)
{
    struct text id = query_bytes_at(q, id_column);
    for (size_t i = known->count; i-- > 0 && known->count - i <= 16;)
        if (text_is(id, known->items[i]->id))
            return known->items[i];
    const char *text = query_copy_at(q, arena, text_column);
    struct facts *facts = arena_alloc(arena, sizeof *facts);
    const struct facts **slot = list_add(arena, known);
    if (!text || !facts || !slot) {
        query_fail(q, -ENOMEM);
        return NULL;
    }
    int r = facts_parse(arena, zones, text, facts);
    if (r) {
        query_fail(q, r == FACTS_E_MALFORMED ? -EBADMSG : r);
        return NULL;
    }
    /* Rows go by the id that they have, whatever an id covers by now. */
    if (id.size < sizeof facts->id)
        snprintf(facts->id, sizeof facts->id, "%.*s", (int)id.size, id.data);
    return *slot = facts;
}

int ledger_find_facts(struct ledger *ledger, struct arena *arena, struct zones *zones,
                      const char *id, const struct facts **ret_or_null)
{
    struct parsed_facts known = {0};
    struct query q = query_start(ledger, "SELECT id, text FROM facts WHERE id = ?");
    query_string(&q, id);
    const struct facts *facts = query_row(&q) ? facts_read(&q, arena, zones, &known, 0, 1) : NULL;
    int r = query_end(&q);
    if (!r)
        *ret_or_null = facts;
    return r;
}

/* --- sightings ------------------------------------------------------------------------------- */

/* When the last place on Earth has seen its end. */
static struct instant end_of(const struct when *when)
{
    if (!when->is_all_day)
        return when->end;
    return instant_from_sec((civil_date_to_days(when->end_day) * 24 + 12) * 3600);
}

int ledger_keep_sighting(struct ledger *ledger, const struct sighting *sighting)
{
    int64_t occurrence = 0;
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    r = ledger_intern_occurrence(ledger, sighting->occurrence, &occurrence);
    if (!r)
        r = ledger_keep_facts(ledger, sighting->facts);
    if (r)
        return ledger_changed(ledger, r);
    struct query q = query_start(
        ledger, "INSERT OR REPLACE INTO sighting(occurrence, feed, first_seen, quiet_since,"
                " missing_since, missing_reads, sequence, moved_to, facts, ends,"
                " restless_since, wording, known_as)"
                " VALUES(?1, ?, ?, ?, ?, ?, ?, ?, ?,"
                " max(?, coalesce((SELECT ends FROM sighting s WHERE s.occurrence = ?1 AND"
                " EXISTS (SELECT 1 FROM told t WHERE t.occurrence = ?1)), 0)), ?, ?, ?)");
    query_int(&q, occurrence);
    query_string(&q, sighting->feed);
    query_int(&q, sighting->first_seen.utc_usec);
    query_int(&q, sighting->quiet_since.utc_usec);
    query_instant(&q, sighting->missing_since);
    query_int(&q, sighting->missing_reads);
    query_int(&q, sighting->sequence);
    query_string(&q, sighting->moved_to);
    query_string(&q, sighting->facts->id);
    query_int(&q, end_of(&sighting->facts->when).utc_usec);
    query_int(&q, sighting->restless_since.utc_usec);
    query_string(&q, *sighting->wording ? sighting->wording : NULL);
    query_string(&q, sighting->known_as);
    return ledger_changed(ledger, query_run(&q));
}

#define SIGHTING_JOINS " JOIN occurrence o ON o.id = s.occurrence JOIN facts f ON f.id = s.facts"
void sighting_read(struct query *q, struct arena *arena, struct zones *zones,
                   struct parsed_facts *known, struct sighting *ret)
{
    ret->occurrence = query_copy_at(q, arena, 0);
    ret->feed = query_copy_at(q, arena, 1);
    ret->first_seen = query_instant_at(q, 2);
    ret->quiet_since = query_instant_at(q, 3);
    ret->missing_since = query_instant_at(q, 4);
    ret->missing_reads = (int)query_int_at(q, 5);
    ret->sequence = (int)query_int_at(q, 6);
    ret->moved_to = query_copy_at(q, arena, 7);
    ret->facts = facts_read(q, arena, zones, known, 8, 9);
    ret->restless_since = query_instant_at(q, 10);
    struct text wording = query_bytes_at(q, 11);
    if (wording.size < sizeof ret->wording) {
        memcpy(ret->wording, wording.data ? wording.data : "", wording.size);
        ret->wording[wording.size] = '\0';
    }
    ret->known_as = query_copy_at(q, arena, 12);
}

static int read_sightings(struct query *q, struct arena *arena, struct zones *zones,
                          struct sightings *ret)
{
    struct sightings list = {0};
    struct parsed_facts known = {0};
    while (query_row(q)) {
        struct sighting *sighting = list_add(arena, &list);
        if (sighting)
            sighting_read(q, arena, zones, &known, sighting);
        else
            query_fail(q, -ENOMEM);
    }
    int r = query_end(q);
    if (!r)
        *ret = list;
    return r;
}

int ledger_sightings(struct ledger *ledger, struct arena *arena, struct zones *zones,
                     const char *feed, struct instant since, struct sightings *ret)
{
    struct query q =
        query_start(ledger, feed ? "SELECT " SIGHTING_COLUMNS
                                   " FROM sighting s INDEXED BY sighting_feed" SIGHTING_JOINS
                                   " WHERE s.ends >= ?1 AND s.feed = ?2 ORDER BY o.key"
                                 : "SELECT " SIGHTING_COLUMNS " FROM sighting s" SIGHTING_JOINS
                                   " WHERE s.ends >= ?1 AND"
                                   " (EXISTS (SELECT 1 FROM notice WHERE occurrence = o.id)"
                                   " OR EXISTS (SELECT 1 FROM told WHERE occurrence = o.id))"
                                   " ORDER BY o.key");
    query_int(&q, since.utc_usec);
    if (feed)
        query_string(&q, feed);
    return read_sightings(&q, arena, zones, ret);
}

/* The last key of a part; NULL when all the rest is one. */
static int find_end(struct ledger *ledger, struct arena *arena, const char *after, size_t max,
                    const char *limit, const char **ret)
{
    struct query q = query_start(
        ledger, "SELECT key FROM occurrence WHERE key > ?1 ORDER BY key LIMIT 1 OFFSET ?2");
    query_string(&q, after);
    query_int(&q, (int64_t)max - 1);
    *ret = query_row(&q) ? query_copy_at(&q, arena, 0) : NULL;
    if (limit && (!*ret || strcmp(limit, *ret) < 0))
        *ret = limit;
    return query_end(&q);
}

static int is_few(struct ledger *ledger, const char *feed, struct instant since, size_t max,
                  bool *ret)
{
    struct query q = query_start(ledger, "SELECT count(*) FROM sighting INDEXED BY sighting_feed"
                                         " WHERE ends >= ?1 AND feed = ?2");
    query_int(&q, since.utc_usec);
    query_string(&q, feed);
    *ret = query_row(&q) && (size_t)query_int_at(&q, 0) <= max;
    return query_end(&q);
}

/* Few are found by their feed at once; many in the order of all keys, which never sorts. */
int ledger_sightings_part(struct ledger *ledger, struct arena *arena, struct zones *zones,
                          const char *feed, struct instant since, size_t max, const char *limit,
                          const char **after, struct sightings *ret)
{
    const char *from = *after;
    bool is_whole = max == SIZE_MAX && !limit;
    int r = is_whole || *from || limit ? 0 : is_few(ledger, feed, since, max, &is_whole);
    *after = NULL;
    if (r || is_whole)
        return r ? r : ledger_sightings(ledger, arena, zones, feed, since, ret);
    r = find_end(ledger, arena, from, max, limit, after);
    if (r)
        return r;
    struct query q = query_start(
        ledger, "SELECT " SIGHTING_COLUMNS " FROM occurrence o CROSS JOIN sighting s"
                " ON s.occurrence = o.id CROSS JOIN facts f ON f.id = s.facts"
                " WHERE o.key > ?3 AND o.key <= coalesce(?4, x'') AND s.ends >= ?1 AND s.feed = ?2"
                " ORDER BY o.key"); /* no text is greater than a blob */
    query_int(&q, since.utc_usec);
    query_string(&q, feed);
    query_string(&q, from);
    query_string(&q, *after);
    return read_sightings(&q, arena, zones, ret);
}

int ledger_loss(struct ledger *ledger, const char *feed, struct instant missing_since,
                size_t *ret_kept, size_t *ret_lost)
{
    struct query q = query_start(ledger, "SELECT total(missing_reads = 0),"
                                         " total(missing_since = ?1 AND moved_to IS NULL)"
                                         " FROM sighting INDEXED BY sighting_feed"
                                         " WHERE ends > ?1 AND feed = ?2");
    query_int(&q, missing_since.utc_usec);
    query_string(&q, feed);
    if (query_row(&q)) {
        *ret_kept = (size_t)query_int_at(&q, 0);
        *ret_lost = (size_t)query_int_at(&q, 1);
    }
    return query_end(&q);
}

int ledger_missing_since(struct ledger *ledger, const char *feed, struct instant since,
                         struct instant *ret, struct instant *ret_over)
{
    struct query q = query_start(ledger, "SELECT max(missing_since), min(ends)"
                                         " FROM sighting INDEXED BY sighting_feed"
                                         " WHERE ends > ?1 AND feed = ?2 AND missing_reads > 0"
                                         " AND moved_to IS NULL");
    query_int(&q, since.utc_usec);
    query_string(&q, feed);
    bool is_any = query_row(&q) && !query_is_null_at(&q, 0);
    *ret = is_any ? query_instant_at(&q, 0) : INSTANT_UNSET;
    *ret_over = is_any ? query_instant_at(&q, 1) : INSTANT_NEVER;
    return query_end(&q);
}

int ledger_is_missing(struct ledger *ledger, const char *occurrence, struct instant now, bool *ret)
{
    struct query q = query_start(ledger, "SELECT s.missing_reads > 0 AND s.moved_to IS NULL"
                                         " AND s.ends > ?2 FROM sighting s"
                                         " JOIN occurrence o ON o.id = s.occurrence"
                                         " WHERE o.key = ?1");
    query_string(&q, occurrence);
    query_int(&q, now.utc_usec);
    *ret = query_row(&q) && query_int_at(&q, 0);
    return query_end(&q);
}

int ledger_known_as(struct ledger *ledger, struct arena *arena, const char *occurrence,
                    const char **ret_or_null)
{
    struct query q = query_start(ledger, "SELECT s.known_as FROM sighting s"
                                         " JOIN occurrence o ON o.id = s.occurrence"
                                         " WHERE o.key = ?");
    query_string(&q, occurrence);
    *ret_or_null = query_row(&q) ? query_copy_at(&q, arena, 0) : NULL;
    return query_end(&q);
}

int ledger_quiet_since(struct ledger *ledger, const char *occurrence, struct instant *ret)
{
    struct query q = query_start(ledger, "SELECT s.quiet_since FROM sighting s"
                                         " JOIN occurrence o ON o.id = s.occurrence"
                                         " WHERE o.key = ?");
    query_string(&q, occurrence);
    *ret = query_row(&q) ? query_instant_at(&q, 0) : INSTANT_UNSET;
    return query_end(&q);
}

/* --- told ------------------------------------------------------------------------------------ */

/* Facts that were never kept (a newsletter's) are told to nobody. What left last counts, even when
 * it is older: a contact who heard old facts last is to hear of the new ones again.              */
int ledger_record_told(struct ledger *ledger, int64_t occurrence, int64_t contact,
                       const char *facts, int sequence, bool is_invitation, struct instant now)
{
    struct query q = query_start(
        ledger, "INSERT INTO told(occurrence, contact, facts, sequence, first_at, at, was_invited)"
                " SELECT ?1, ?2, id, ?4, ?5, ?5, ?6 FROM facts WHERE id = ?3"
                " ON CONFLICT(occurrence, contact) DO UPDATE SET facts = excluded.facts,"
                " sequence = excluded.sequence, at = excluded.at,"
                " was_invited = max(was_invited, excluded.was_invited)");
    query_int(&q, occurrence);
    query_int(&q, contact);
    query_string(&q, facts);
    query_int(&q, sequence);
    query_int(&q, now.utc_usec);
    query_int(&q, is_invitation);
    return query_run(&q);
}

int ledger_tell(struct ledger *ledger, const char *occurrence, const char *contact,
                const char *facts_id, int sequence, bool was_invited, struct instant now)
{
    int64_t occurrence_id = 0, contact_id = 0;
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    r = ledger_intern_occurrence(ledger, occurrence, &occurrence_id);
    if (!r)
        r = ledger_intern_contact(ledger, contact, &contact_id);
    if (!r)
        r = ledger_record_told(ledger, occurrence_id, contact_id, facts_id, sequence, was_invited,
                               now);
    return ledger_changed(ledger, r);
}
