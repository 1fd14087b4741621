/* SPDX-License-Identifier: MIT */
/* The way of a text: unescaped and cleaned when its line is read (HTML becomes text there); at the
 * end marks are taken out, language blocks are cut, and what remains is kept once in NFC. Order
 * matters: a mark may stand inside the first block, and a block's mark may hide in HTML.         */
#include "calendar/event_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/contentvalue.h"
#include "base/unicode.h"
#include "calendar/blocks.h"
#include "calendar/html.h"
#include "calendar/link.h"
#include "calendar/marks_reader.h"
#include "calendar/prose.h"
#include "calendar/value.h"

enum { SHARED_BYTES_MAX = 120 /* longer texts are rarely the same */ };
enum { TEXT_BYTES_MAX = 4 << 20, CATEGORIES_MAX = 200, ATTACHMENTS_MAX = 50, MARK_LINES = 5 };

/* One property in its languages; the texts are clean and live in scratch. */
struct gathered {
    struct text plain, in[LANGUAGE_COUNT], other; /* other: a language that we do not speak */
    bool has_plain;
    int line; /* of the first */
};

LIST_TYPE(strings, const char *);
LIST_TYPE(attachment_links, struct attachment_link);

struct event_words {
    struct arena *arena, *scratch;
    struct pool *pool;
    struct flaws *flaws;
    struct buf first, second;           /* for texts on their way */
    const char *const *last_categories; /* of the event before, which most share */
    size_t last_count;

    struct gathered summary, location, description, styled;
    const char *url, *conference, *google, *teams;
    bool is_conference_video;
    const char *organiser_name, *organiser_email;
    struct strings categories;
    struct attachment_links attachments;
    bool has_geo;
    double latitude, longitude;
};

int event_words_new(struct arena *arena, struct arena *scratch, struct pool *pool,
                    struct flaws *flaws, struct event_words **ret)
{
    struct event_words *words = calloc(1, sizeof *words);
    if (!words)
        return -ENOMEM;
    words->arena = arena;
    words->scratch = scratch;
    words->pool = pool;
    words->flaws = flaws;
    buf_init(&words->first, TEXT_BYTES_MAX);
    buf_init(&words->second, TEXT_BYTES_MAX);
    *ret = words;
    return 0;
}

struct event_words *event_words_free(struct event_words *words)
{
    if (!words)
        return NULL;
    buf_done(&words->first);
    buf_done(&words->second);
    free(words);
    return NULL;
}

void event_words_begin(struct event_words *words)
{
    struct event_words fresh = {.arena = words->arena,
                                .scratch = words->scratch,
                                .pool = words->pool,
                                .flaws = words->flaws,
                                .first = words->first,
                                .second = words->second,
                                .last_categories = words->last_categories,
                                .last_count = words->last_count};
    *words = fresh;
}

/* The value of a line as clean text, in a buffer of `words`. */
static int clean_value(struct event_words *words, struct text raw, bool keeps_lines, bool is_html,
                       struct text *ret)
{
    struct buf *from = &words->first, *to = &words->second;
    buf_clear(from);
    buf_clear(to);
    prose_unescape(raw, from);
    if (is_html || (keeps_lines && html_is_in(buf_text(from)))) {
        html_to_text(buf_text(from), to);
        struct buf *swap = from;
        from = to;
        to = swap;
        buf_clear(to);
    }
    prose_clean(buf_text(from), keeps_lines, to);
    if (buf_error(from) == -ENOMEM || buf_error(to) == -ENOMEM)
        return -ENOMEM;
    *ret = buf_text(to); /* a text beyond the maximum is cut there */
    return 0;
}

static int gather(struct event_words *words, const struct contentline *line, bool keeps_lines,
                  bool is_html, struct gathered *gathered)
{
    const struct contentline_parameter *language = contentline_find(line, "LANGUAGE");
    enum language known;
    struct text clean;
    int r = clean_value(words, line->value, keeps_lines, is_html, &clean);
    if (r)
        return r;
    struct text *slot = &gathered->plain;
    if (language && language->value.size > 0)
        slot =
            language_from_text(language->value, &known) ? &gathered->in[known] : &gathered->other;
    if (slot->size > 0 || clean.size == 0)
        return 0;
    const char *copy = arena_copy_text(words->scratch, clean);
    if (!copy)
        return -ENOMEM;
    *slot = (struct text){copy, clean.size};
    if (!gathered->line)
        gathered->line = line->line;
    return 0;
}

static int read_summary(struct event_words *words, const struct contentline *line)
{
    return gather(words, line, false, false, &words->summary);
}

static int read_location(struct event_words *words, const struct contentline *line)
{
    bool is_html = link_is_web(text_trim(line->value)) &&
                   text_find(line->value, TEXT("&amp;")) < line->value.size;
    return gather(words, line, true, is_html, &words->location);
}

static int read_description(struct event_words *words, const struct contentline *line)
{
    return gather(words, line, true, false, &words->description);
}

static bool is_parameter(const struct contentline *line, const char *name, const char *value)
{
    const struct contentline_parameter *parameter = contentline_find(line, name);
    return parameter && text_is_nocase(parameter->value, value);
}

static int read_styled(struct event_words *words, const struct contentline *line)
{
    if (is_parameter(line, "VALUE", "URI"))
        return 0;
    bool is_html = !is_parameter(line, "FMTTYPE", "text/plain");
    return gather(words, line, true, is_html, &words->styled);
}

/* A value that must be a web address; others leave *slot alone. */
static int keep_address(struct event_words *words, struct text raw, const char **slot)
{
    char buffer[LINK_BYTES_MAX];
    struct text address;
    int r = clean_value(words, raw, false, false, &address);
    if (r || *slot || !link_is_web(address))
        return r;
    *slot = pool_keep(words->pool, link_unescape(address, buffer));
    return *slot ? 0 : -ENOMEM;
}

static int read_url(struct event_words *words, const struct contentline *line)
{
    return keep_address(words, line->value, &words->url);
}

/* The first CONFERENCE with VIDEO among its features, else the first one (RFC 7986 5.11). */
static int read_conference(struct event_words *words, const struct contentline *line)
{
    const struct contentline_parameter *feature = contentline_find(line, "FEATURE");
    bool is_video = false;
    if (feature)
        for (struct text rest = feature->value; rest.data;)
            is_video |= text_is_nocase(text_trim(text_split(&rest, ',')), "VIDEO");
    if (words->conference && (words->is_conference_video || !is_video))
        return 0;
    const char *address = NULL;
    int r = keep_address(words, line->value, &address);
    if (address) {
        words->conference = address;
        words->is_conference_video = is_video;
    }
    return r;
}

static int read_google(struct event_words *words, const struct contentline *line)
{
    return keep_address(words, line->value, &words->google);
}

static int read_teams(struct event_words *words, const struct contentline *line)
{
    return keep_address(words, line->value, &words->teams);
}

/* RFC 6868: ^n, ^^, ^' in parameters. */
static void add_parameter(struct text value, struct buf *out)
{
    for (size_t i = 0; i < value.size; i++) {
        char next = value.data[i] == '^' && i + 1 < value.size ? value.data[i + 1] : '\0';
        if (next == 'n' || next == '^' || next == '\'') {
            buf_add_char(out, next == 'n' ? ' ' : next == '^' ? '^' : '"');
            i++;
        } else {
            buf_add_char(out, value.data[i]);
        }
    }
}

/* NFC, once; NULL when empty. Below U+0300 (first byte CC) every text is in NFC already. */
static int keep(struct event_words *words, struct text text, const char **ret)
{
    *ret = NULL;
    if (text.size == 0)
        return 0;
    bool is_plain = true;
    for (size_t i = 0; i < text.size && is_plain; i++)
        is_plain = (unsigned char)text.data[i] < 0xcc;
    if (!is_plain) {
        const char *nfc = unicode_nfc(words->scratch, text);
        if (!nfc)
            return -ENOMEM;
        text = text_of(nfc);
    }
    *ret =
        text.size > SHARED_BYTES_MAX ? pool_copy(words->pool, text) : pool_keep(words->pool, text);
    return *ret ? 0 : -ENOMEM;
}

/* A parameter's words, cleaned and kept. */
static int keep_parameter(struct event_words *words, const struct contentline *line,
                          const char *name, const char **ret)
{
    const struct contentline_parameter *parameter = contentline_find(line, name);
    if (!parameter || *ret)
        return 0;
    buf_clear(&words->first);
    buf_clear(&words->second);
    add_parameter(parameter->value, &words->first);
    prose_clean(buf_text(&words->first), false, &words->second);
    if (buf_error(&words->first) || buf_error(&words->second))
        return -ENOMEM;
    return keep(words, buf_text(&words->second), ret);
}

static int read_organiser(struct event_words *words, const struct contentline *line)
{
    struct text address = text_trim(line->value);
    if (words->organiser_email || words->organiser_name)
        return 0;
    int r = keep_parameter(words, line, "CN", &words->organiser_name);
    if (r)
        return r;
    if (text_starts_nocase(address, "mailto:"))
        address = text_trim(text_from(address, 7));
    size_t at = text_find_char(address, '@');
    if (at == 0 || at + 1 >= address.size ||
        text_is_nocase(address, "unknownorganizer@calendar.google.com"))
        return 0;
    for (size_t i = 0; i < address.size; i++)
        if ((unsigned char)address.data[i] <= 0x20 || strchr("<>\x7f", address.data[i]))
            return 0;
    return keep(words, address, &words->organiser_email);
}

static int read_categories(struct event_words *words, const struct contentline *line)
{
    for (struct text rest = line->value; rest.data;) {
        struct text clean;
        const char *name;
        int r = clean_value(words, value_split(&rest), false, false, &clean);
        if (r == 0)
            r = keep(words, clean, &name);
        if (r)
            return r;
        bool is_known = !name || words->categories.count >= CATEGORIES_MAX;
        for (size_t i = 0; i < words->categories.count; i++)
            is_known |= words->categories.items[i] == name; /* the pool keeps each once */
        const char **slot = is_known ? NULL : list_add(words->scratch, &words->categories);
        if (!is_known && !slot)
            return -ENOMEM;
        if (slot)
            *slot = name;
    }
    return 0;
}

static int read_attachment(struct event_words *words, const struct contentline *line)
{
    struct attachment_link attachment = {0};
    if (words->attachments.count >= ATTACHMENTS_MAX || is_parameter(line, "VALUE", "BINARY") ||
        line->value.size > 4096)
        return 0;
    int r = keep_address(words, line->value, &attachment.url);
    static const char *const labels[] = {"FILENAME", "X-FILENAME", "X-APPLE-FILENAME", "LABEL"};
    for (size_t i = 0; i < sizeof labels / sizeof *labels && r == 0; i++)
        r = keep_parameter(words, line, labels[i], &attachment.label);
    if (r || !attachment.url)
        return r;
    struct attachment_link *slot = list_add(words->scratch, &words->attachments);
    if (!slot)
        return -ENOMEM;
    *slot = attachment;
    return 0;
}

static int read_geo(struct event_words *words, const struct contentline *line)
{
    words->has_geo = geo_parse(line->value, &words->latitude, &words->longitude);
    if (words->has_geo || text_trim(line->value).size == 0)
        return 0;
    struct contentline_place place = contentline_place_of(line, line->value);
    flaws_add(words->flaws, SEVERITY_WARNING, place.line, place.column, NULL,
              "GEO is no place on the globe and is ignored");
    return 0;
}

static const struct {
    struct value_name name;
    int (*read)(struct event_words *, const struct contentline *);
} properties[] = {
    {VALUE_NAME("SUMMARY"), read_summary},
    {VALUE_NAME("DESCRIPTION"), read_description},
    {VALUE_NAME("LOCATION"), read_location},
    {VALUE_NAME("CATEGORIES"), read_categories},
    {VALUE_NAME("ORGANIZER"), read_organiser},
    {VALUE_NAME("URL"), read_url},
    {VALUE_NAME("X-ALT-DESC"), read_styled},
    {VALUE_NAME("STYLED-DESCRIPTION"), read_styled},
    {VALUE_NAME("ATTACH"), read_attachment},
    {VALUE_NAME("GEO"), read_geo},
    {VALUE_NAME("CONFERENCE"), read_conference},
    {VALUE_NAME("X-GOOGLE-CONFERENCE"), read_google},
    {VALUE_NAME("X-MICROSOFT-SKYPETEAMSMEETINGURL"), read_teams},
    {VALUE_NAME("X-MICROSOFT-ONLINEMEETINGEXTERNALLINK"), read_teams},
    {VALUE_NAME("X-MICROSOFT-ONLINEMEETINGCONFLINK"), read_teams},
};

/* vCalendar 1.0 writes texts so, and programs that write 2.0 still do. */
static int read_decoded(struct event_words *words, const struct contentline *line,
                        int (*take)(struct event_words *, const struct contentline *))
{
    struct contentline decoded = *line;
    decoded.physical = (struct text){0}; /* columns would be those of the code */
    int r = contentvalue_decode(words->scratch, line, "windows-1252", &decoded.value);
    return r ? r : take(words, &decoded);
}

int event_words_line(struct event_words *words, const struct contentline *line)
{
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        if (value_name_is(properties[i].name, line->name))
            return contentvalue_is_quoted_printable(line)
                       ? read_decoded(words, line, properties[i].read)
                       : properties[i].read(words, line);
    return 0;
}

/* A text alone with a LANGUAGE is simply the text: Outlook marks each with its own language. */
static void settle_languages(struct gathered *gathered)
{
    struct text *only = NULL;
    size_t count = 0;
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (gathered->in[i].size > 0) {
            only = &gathered->in[i];
            count++;
        }
    if (gathered->plain.size > 0)
        return;
    if (count == 1 && gathered->other.size == 0) {
        gathered->plain = *only;
        *only = (struct text){0};
    } else {
        gathered->plain = gathered->other;
    }
}

/* The text without its marks; marks gather what they say. */
static int take_marks(struct event_words *words, struct text *text, int max_lines,
                      struct found_marks *marks)
{
    if (text_find_char(*text, '#') == text->size &&
        text_find(*text, TEXT("\xef\xbc\x83")) == text->size)
        return 0;
    buf_clear(&words->first);
    marks_reader_take(*text, max_lines, marks, &words->first);
    const char *copy =
        buf_error(&words->first) ? NULL : arena_copy_text(words->scratch, buf_text(&words->first));
    if (!copy || buf_error(&marks->audience) == -ENOMEM)
        return -ENOMEM;
    *text = (struct text){copy, words->first.size};
    return 0;
}

static int take_all_marks(struct event_words *words, struct event *event)
{
    struct found_marks marks = {.audience = BUF_INIT(4096)};
    struct gathered *from[] = {&words->summary, &words->description};
    int r = 0, audience_line = 0;
    for (size_t i = 0; i < 2 && r == 0; i++) {
        int max_lines = from[i] == &words->summary ? 1 : MARK_LINES;
        r = take_marks(words, &from[i]->plain, max_lines, &marks);
        for (int k = 0; k < LANGUAGE_COUNT && r == 0; k++)
            r = take_marks(words, &from[i]->in[k], max_lines, &marks);
        if (marks.audience.size > 0 && !audience_line)
            audience_line = from[i]->line;
    }
    event->marks.is_silent = marks.is_silent;
    event->marks.is_urgent = marks.is_urgent;
    event->marks.line = audience_line;
    if (r == 0)
        r = keep(words, buf_text(&marks.audience), &event->marks.audience);
    if (marks.is_postponed && event->state != EVENT_CANCELLED)
        event->state = EVENT_POSTPONED;
    buf_done(&marks.audience);
    return r;
}

/* What stands before the first block belongs to every language. */
static int keep_block(struct event_words *words, struct text lead, struct text block,
                      const char *join, const char **ret)
{
    if (lead.size == 0)
        return keep(words, block, ret);
    buf_clear(&words->first);
    buf_add_text(&words->first, lead);
    buf_add_string(&words->first, join);
    buf_add_text(&words->first, block);
    if (buf_error(&words->first))
        return -ENOMEM;
    return keep(words, buf_text(&words->first), ret);
}

static int make_words(struct event_words *words, const struct gathered *from, const char *join,
                      struct words *ret)
{
    struct blocks blocks = {.lead = from->plain};
    blocks_split(from->plain, &blocks);
    int r = keep(words, blocks.lead, &ret->any);
    for (int i = 0; i < LANGUAGE_COUNT && r == 0; i++) {
        if (from->in[i].size > 0)
            r = keep(words, from->in[i], &ret->in[i]);
        else if (blocks.has[i] && blocks.in[i].size > 0)
            r = keep_block(words, blocks.lead, blocks.in[i], join, &ret->in[i]);
    }
    return r;
}

static int keep_found(struct event_words *words, struct text address, const char **ret)
{
    char buffer[LINK_BYTES_MAX];
    return *ret || address.size == 0 ? 0 : keep(words, link_unwrap(address, buffer), ret);
}

/* The join link in the order of how sure the writer was. */
static int find_link(struct event_words *words, struct event *event)
{
    const char *sure[] = {words->conference, words->google, words->teams};
    for (size_t i = 0; i < 3 && !event->link; i++)
        event->link = sure[i];
    int r = keep_found(words, link_find(words->location.plain), &event->link);
    if (r == 0 && !event->link)
        r = keep_found(words, link_find_meeting(words->description.plain), &event->link);
    for (int i = 0; i < LANGUAGE_COUNT && r == 0 && !event->link; i++)
        r = keep_found(words, link_find_meeting(words->description.in[i]), &event->link);
    if (r == 0 && !event->link)
        r = keep_found(words, link_find_meeting(words->styled.plain), &event->link);
    if (!event->link && words->url && link_is_meeting(text_of(words->url)))
        event->link = words->url;
    return r;
}

static int copy_lists(struct event_words *words, const char *category, struct event *event)
{
    size_t count = words->categories.count;
    if (count == 0 && category && *category) {
        const char **slot = list_add(words->scratch, &words->categories);
        if (!slot)
            return -ENOMEM;
        *slot = category;
        count = 1;
    }
    if (count > 0) {
        size_t bytes = count * sizeof *words->last_categories;
        if (count != words->last_count ||
            memcmp(words->last_categories, words->categories.items, bytes) != 0) {
            const char **names = arena_alloc(words->arena, bytes);
            if (!names)
                return -ENOMEM;
            memcpy(names, words->categories.items, bytes);
            words->last_categories = names;
            words->last_count = count;
        }
        event->categories = words->last_categories;
        event->category_count = count;
    }
    count = words->attachments.count;
    if (count > 0) {
        struct attachment_link *links = arena_alloc_array(words->arena, count, sizeof *links);
        if (!links)
            return -ENOMEM;
        memcpy(links, words->attachments.items, count * sizeof *links);
        event->attachments = links;
        event->attachment_count = count;
    }
    return 0;
}

int event_words_finish(struct event_words *words, const char *category, struct event *ret)
{
    struct gathered *all[] = {&words->summary, &words->location, &words->description,
                              &words->styled};
    for (size_t i = 0; i < 4; i++)
        settle_languages(all[i]);
    if (words->description.plain.size == 0)
        words->description.plain = words->styled.plain;
    int r = take_all_marks(words, ret);
    if (r == 0)
        r = make_words(words, &words->summary, " ", &ret->summary);
    if (r == 0)
        r = make_words(words, &words->location, "\n", &ret->location);
    if (r == 0)
        r = make_words(words, &words->description, "\n\n", &ret->description);
    if (r == 0)
        r = find_link(words, ret);
    if (r == 0)
        r = copy_lists(words, category, ret);
    ret->url = words->url;
    ret->organiser_name = words->organiser_name;
    ret->organiser_email = words->organiser_email;
    ret->has_geo = words->has_geo;
    ret->latitude = words->latitude;
    ret->longitude = words->longitude;
    return r;
}
