/* SPDX-License-Identifier: MIT */
/* facts: the canonical form is lines of "key value", in one fixed order, absent ones left out:
 *
 *     convier facts 1
 *     start 2026-10-05T07:00:00Z          or   first 2026-10-03
 *     end 2026-10-05T09:00:00Z                 until 2026-10-07
 *     zone Europe/Paris
 *     state alive
 *     title Réunion du groupe-pays
 *     title.ja 国別グループ会合
 *     place Salle A, 9 rue Christiani
 *     link https://visio.example.org/japon
 *
 * Values are cleaned before they are written, never when read back: rows of the ledger outlive the
 * rules of cleaning.                                                                             */
#include "model/facts.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "model/wording.h"

enum { TEXT_BYTES_MAX = 1 << 20 };

/* ---- writing ---- */

/* The whole facts, or only what readers can tell apart. */
enum extent { EXTENT_WHOLE, EXTENT_TOLD };

static void line_add(struct buf *buf, const char *key, const char *language, const char *value,
                     enum extent extent)
{
    if (!value)
        return;
    buf_add_string(buf, key);
    buf_add_string(buf, language ? "." : "");
    buf_add_string(buf, language);
    buf_add_char(buf, ' ');
    if (extent == EXTENT_WHOLE)
        buf_add_string(buf, value);
    else
        for (struct text rest = text_of(value); rest.size;)
            buf_add_rune(buf, wording_rune(text_next_rune(&rest)));
    buf_add_char(buf, '\n');
}

static void words_add(struct buf *buf, const char *key, const struct words *words,
                      enum extent extent)
{
    line_add(buf, key, NULL, words->any, extent);
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        line_add(buf, key, language_to_text((enum language)i), words->in[i], extent);
}

static void day_add(struct buf *buf, const char *key, struct civil_date date)
{
    char day[11];
    civil_date_format(date, day);
    line_add(buf, key, NULL, day, EXTENT_WHOLE);
}

static void clock_add(struct buf *buf, int value, char after)
{
    char digits[3] = {(char)('0' + value / 10), (char)('0' + value % 10), after};
    buf_add(buf, digits, sizeof digits);
}

static void instant_add_line(struct buf *buf, const char *key, struct instant t)
{
    struct civil_time time = civil_time_from_sec(instant_sec(t));
    char day[11];
    civil_date_format(time.date, day);
    buf_add_string(buf, key);
    buf_add_char(buf, ' ');
    buf_add_string(buf, day);
    buf_add_char(buf, 'T');
    clock_add(buf, time.hour, ':');
    clock_add(buf, time.minute, ':');
    clock_add(buf, time.second, 'Z');
    buf_add_char(buf, '\n');
}

static void facts_add(struct buf *buf, const struct facts *facts, const char *zone_name,
                      enum extent extent)
{
    bool is_whole = extent == EXTENT_WHOLE;
    buf_add_string(buf, "convier facts 1\n");
    if (facts->when.is_all_day) {
        day_add(buf, "first", facts->when.first_day);
        day_add(buf, "until", facts->when.end_day);
    } else {
        instant_add_line(buf, "start", facts->when.start);
        instant_add_line(buf, "end", facts->when.end);
        line_add(buf, "zone", NULL, is_whole ? zone_name : NULL, EXTENT_WHOLE);
    }
    line_add(buf, "state", NULL, event_state_to_text(facts->state), EXTENT_WHOLE);
    words_add(buf, "title", &facts->summary, extent);
    words_add(buf, "place", &facts->location, extent);
    line_add(buf, "link", NULL, facts->link, EXTENT_WHOLE);
}

static int id_take(struct facts *facts)
{
    CLEANUP_BUF struct buf told = BUF_INIT(TEXT_BYTES_MAX);
    uint8_t digest[DIGEST_BYTES];
    facts_add(&told, facts, NULL, EXTENT_TOLD);
    int r = buf_error(&told);
    if (r)
        return r;
    struct text part = buf_text(&told);
    r = digest_parts(&part, 1, digest);
    if (!r)
        digest_hex(digest, FACTS_ID_BYTES / 2, facts->id);
    return r;
}

/* To what the text can say: whole seconds of the years 1 to 9999. */
static struct instant whole_seconds(struct instant t)
{
    return instant_from_sec(civil_time_to_sec(civil_time_from_sec(instant_sec(t))));
}

int facts_of(struct arena *arena, const struct occurrence *occurrence, struct facts *ret)
{
    CLEANUP_BUF struct buf text = BUF_INIT(TEXT_BYTES_MAX);
    const struct event *event = occurrence->event;
    struct facts facts = {.when = occurrence->when, .state = occurrence->state};
    const char *zone = NULL;
    int r = wording_clean_words(arena, &event->summary, " ", &facts.summary);
    if (!r)
        r = wording_clean_words(arena, &event->location, ", ", &facts.location);
    if (!r)
        r = wording_clean_links(arena, event->link, &facts.link);
    if (!r && !facts.when.is_all_day) {
        facts.when.start = whole_seconds(facts.when.start);
        facts.when.end = whole_seconds(facts.when.end);
        if (facts.when.zone)
            r = wording_clean(arena, zone_name(facts.when.zone), " ", &zone);
    }
    if (!r) {
        facts_add(&text, &facts, zone ? zone : "UTC", EXTENT_WHOLE);
        r = buf_error(&text);
    }
    if (!r)
        r = id_take(&facts);
    if (r)
        return r;
    facts.text = arena_copy_text(arena, buf_text(&text));
    if (!facts.text)
        return -ENOMEM;
    *ret = facts;
    return 0;
}

/* ---- reading back ---- */

struct reader {
    struct arena *arena;
    struct text rest; /* lines not read yet */
    int error;
};

static bool part_take(struct text *rest, const char *part)
{
    if (!text_starts(*rest, part))
        return false;
    *rest = text_from(*rest, strlen(part));
    return true;
}

/* The value of the next line if it has this key. Every line ends with LF, no value is empty. */
static bool line_take(struct reader *reader, const char *key, const char *language,
                      struct text *ret)
{
    size_t end = text_find_char(reader->rest, '\n');
    struct text line = text_slice(reader->rest, 0, end);
    if (reader->error || end == reader->rest.size || !part_take(&line, key) ||
        (language && (!part_take(&line, ".") || !part_take(&line, language))) ||
        !part_take(&line, " ") || line.size == 0)
        return false;
    *ret = line;
    reader->rest = text_from(reader->rest, end + 1);
    return true;
}

static const char *string_take(struct reader *reader, const char *key, const char *language)
{
    struct text value;
    if (!line_take(reader, key, language, &value))
        return NULL;
    char *copy = arena_copy_text(reader->arena, value);
    if (!copy)
        reader->error = -ENOMEM;
    return copy;
}

static void words_take(struct reader *reader, const char *key, struct words *ret)
{
    ret->any = string_take(reader, key, NULL);
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        ret->in[i] = string_take(reader, key, language_to_text((enum language)i));
}

static bool instant_take(struct reader *reader, const char *key, struct instant *ret)
{
    struct text value;
    return line_take(reader, key, NULL, &value) && value.size == 20 &&
           instant_parse_rfc3339(value, ret);
}

static bool day_take(struct reader *reader, const char *key, struct civil_date *ret)
{
    struct text value;
    return line_take(reader, key, NULL, &value) && civil_date_parse(value, ret);
}

static bool when_take(struct reader *reader, struct zones *zones, struct when *ret,
                      struct text *ret_zone)
{
    if (text_starts(reader->rest, "first ")) {
        ret->is_all_day = true;
        return day_take(reader, "first", &ret->first_day) &&
               day_take(reader, "until", &ret->end_day);
    }
    if (!instant_take(reader, "start", &ret->start) || !instant_take(reader, "end", &ret->end) ||
        !line_take(reader, "zone", NULL, ret_zone))
        return false;
    ret->zone = zones_find(zones, *ret_zone);
    if (!ret->zone)
        ret->zone = zones_utc(zones);
    return true;
}

static bool state_take(struct reader *reader, enum event_state *ret)
{
    struct text value;
    if (!line_take(reader, "state", NULL, &value))
        return false;
    for (int i = EVENT_ALIVE; i <= EVENT_CANCELLED; i++)
        if (text_is(value, event_state_to_text((enum event_state)i))) {
            *ret = (enum event_state)i;
            return true;
        }
    return false;
}

/* Neither control characters nor broken UTF-8 may come from here into a message. */
static bool is_printable(struct text text)
{
    if (!text_is_utf8(text))
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (((unsigned char)text.data[i] < ' ' && text.data[i] != '\n') || text.data[i] == 0x7F)
            return false;
    return true;
}

/* Written again, what was read gives the same bytes: nothing was lost, bent or in disorder. */
static int is_whole(const struct facts *facts, struct text zone_name_told, struct arena *arena,
                    struct text text)
{
    CLEANUP_BUF struct buf again = BUF_INIT(TEXT_BYTES_MAX);
    char *zone = arena_copy_text(arena, zone_name_told);
    if (!zone)
        return -ENOMEM;
    facts_add(&again, facts, zone, EXTENT_WHOLE);
    if (buf_error(&again))
        return buf_error(&again);
    return text_equal(buf_text(&again), text) ? 0 : FACTS_E_MALFORMED;
}

int facts_parse(struct arena *arena, struct zones *zones, const char *raw_text, struct facts *ret)
{
    struct text text = text_of(raw_text), head, zone = {"", 0};
    struct reader reader = {.arena = arena, .rest = text};
    struct facts facts = {0};
    if (text.size > TEXT_BYTES_MAX || !is_printable(text) ||
        !line_take(&reader, "convier", NULL, &head) || !text_is(head, "facts 1") ||
        !when_take(&reader, zones, &facts.when, &zone) || !state_take(&reader, &facts.state))
        return FACTS_E_MALFORMED;
    words_take(&reader, "title", &facts.summary);
    words_take(&reader, "place", &facts.location);
    facts.link = string_take(&reader, "link", NULL);
    if (reader.error)
        return reader.error;
    if (reader.rest.size != 0)
        return FACTS_E_MALFORMED;
    int r = is_whole(&facts, zone, arena, text);
    if (!r)
        r = id_take(&facts);
    if (r)
        return r;
    facts.text = arena_copy_text(arena, text);
    if (!facts.text)
        return -ENOMEM;
    *ret = facts;
    return 0;
}

/* ---- comparing ---- */

const char *facts_place(const struct facts *facts, enum language language)
{
    const char *place = words_in(&facts->location, language);
    return string_is_empty(place) || string_equal(place, facts->link) ? NULL : place;
}

/* Nobody is written to because the link was copied into the place, or taken out of it. */
static bool place_same(const struct facts *a, const struct facts *b)
{
    if (wording_same(&a->location, &b->location))
        return true;
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        const struct words left = {.any = facts_place(a, (enum language)i)},
                           right = {.any = facts_place(b, (enum language)i)};
        if (!wording_same(&left, &right))
            return false;
    }
    return true;
}

unsigned facts_differ(const struct facts *a, const struct facts *b)
{
    unsigned fields = 0;
    if (a == b || (*a->id && string_equal(a->id, b->id)))
        return 0;
    if (!when_equal(&a->when, &b->when))
        fields |= FACTS_TIME;
    if (a->state != b->state)
        fields |= FACTS_STATE;
    if (!place_same(a, b))
        fields |= FACTS_PLACE;
    if (!string_equal(a->link, b->link))
        fields |= FACTS_LINK;
    if (!wording_same(&a->summary, &b->summary))
        fields |= FACTS_TITLE;
    return fields;
}
