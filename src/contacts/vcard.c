/* SPDX-License-Identifier: MIT */
/* One reader for the three versions: what differs (quoted-printable, CHARSET and bare parameters in
 * 2.1, TYPE=pref in 3.0, PREF=1 in 4.0) is told by the line itself, since programs mix them.     */
#include "contacts/vcard.h"

#include <errno.h>
#include <string.h>

#include "base/contentvalue.h"
#include "contacts/charset.h"
#include "contacts/lexicon.h"

enum { FIELDS_MAX = 32, FIELD_BYTES_MAX = 2000, PARTS_MAX = 8, DEPTH_MAX = 8 };
/* Among several addresses: what the card prefers (1 to 100), then the office, then the home. */
enum { RANK_WORK = 150, RANK_PLAIN = 200, RANK_HOME = 300 };

struct vcard {
    struct contact_builder *builder;
    struct contact_guess *guess;
    struct contentline_reader reader;
    bool is_agent; /* the line before was AGENT */
    struct draft draft;
    struct draft_field fields[FIELDS_MAX];
    int email_ranks[DRAFT_EMAILS_MAX];
    int language_rank, country_rank, title_rank;
    int depth;       /* of BEGIN; 0 = between cards */
    bool is_skipped; /* a distribution list or a deleted card */
    bool is_organisation;
    const char *fallback_charset; /* of values that say nothing and are not UTF-8 */
    const char *producer;
};

static void locate(const void *context, size_t place, int *ret_line, int *ret_column)
{
    (void)context; /* places are lines */
    *ret_line = (int)place;
    *ret_column = 0;
}

static bool name_is(const struct contentline *line, const char *name)
{
    return text_is_nocase(line->name, name);
}

/* Does any TYPE (or bare 2.1 parameter) hold the word? */
static bool has_type(const struct contentline *line, const char *word)
{
    for (size_t i = 0; i < line->parameter_count; i++) {
        const struct contentline_parameter *p = &line->parameters[i];
        if (p->name.size && !text_is_nocase(p->name, "TYPE"))
            continue;
        for (struct text rest = p->value; rest.data;)
            if (text_is_nocase(text_trim(text_split(&rest, ',')), word))
                return true;
    }
    return false;
}

static int rank_of(const struct contentline *line)
{
    const struct contentline_parameter *pref = contentline_find(line, "PREF");
    int64_t number;

    if (pref && text_number(pref->value, 1, 100, &number))
        return (int)number;
    if (has_type(line, "pref") || has_type(line, "preferred"))
        return 1;
    return has_type(line, "work") ? RANK_WORK : has_type(line, "home") ? RANK_HOME : RANK_PLAIN;
}

/* Takes the next part of a structured value up to a separator that is not escaped. */
static struct text take_part(struct text *rest, char separator)
{
    size_t i = 0;
    while (i < rest->size && rest->data[i] != separator)
        i += rest->data[i] == '\\' && i + 1 < rest->size ? 2 : 1;
    struct text part = text_slice(*rest, 0, i);
    *rest = i < rest->size ? text_from(*rest, i + 1) : (struct text){NULL, 0};
    return part;
}

/* A copy without escapes (RFC 6350 3.4), fit for a contact. 0 or -ENOMEM. */
static int make_cell(struct vcard *v, struct text part, int line, struct cell *ret)
{
    struct cell cell = cell_copy(v->builder->row, part, (size_t)line);
    char *to = cell.data;

    if (!cell.data)
        return -ENOMEM;
    for (size_t i = 0; i < cell.size; i++) {
        char c = cell.data[i];
        if (c == '\\' && i + 1 < cell.size) {
            c = cell.data[++i];
            c = c == 'n' || c == 'N' ? '\n' : c;
        }
        *to++ = c;
    }
    cell.size = (size_t)(to - cell.data);
    *to = '\0';
    *ret = cell;
    return cell_clean(v->builder->row, ret);
}

static int set(struct vcard *v, enum column column, struct text part, int line)
{
    struct cell *cell = &v->draft.values[column];
    return cell->size ? 0 : make_cell(v, part, line, cell);
}

static int add_email(struct vcard *v, const struct contentline *line, struct text value)
{
    struct draft *draft = &v->draft;
    int rank = rank_of(line);

    if (draft->email_count == DRAFT_EMAILS_MAX || has_type(line, "x400"))
        return 0;
    size_t at = draft->email_count++;
    for (; at && v->email_ranks[at - 1] > rank; at--) {
        draft->emails[at] = draft->emails[at - 1];
        v->email_ranks[at] = v->email_ranks[at - 1];
    }
    v->email_ranks[at] = rank;
    return make_cell(v, value, line->line, &draft->emails[at]);
}

/* N: family; given; additional; prefixes; suffixes. */
static int read_name(struct vcard *v, struct text value, int line)
{
    static const enum column columns[] = {COLUMN_FAMILY, COLUMN_GIVEN, COLUMN_FREE, COLUMN_TITLE,
                                          COLUMN_TITLE};
    int r = 0;
    for (size_t i = 0; i < 5 && value.data && !r; i++) {
        struct text part = take_part(&value, ';');
        bool is_suffix = i == 4; /* "III" and "M.Sc." call nobody; 様 does */
        if (columns[i] != COLUMN_FREE && part.size &&
            !(is_suffix && !lexicon_is_civility(text_trim(part))))
            r = set(v, columns[i], part, line);
    }
    return r;
}

/* ORG: organisation; unit; sub-unit … */
static int read_organisation(struct vcard *v, struct text value, int line)
{
    struct text organisation = take_part(&value, ';');
    int r = set(v, COLUMN_ORGANISATION, organisation, line);

    if (r || !value.data)
        return r;
    char *units = arena_copy_text(v->builder->row, value);
    if (!units)
        return -ENOMEM;
    for (size_t i = 0; units[i]; i++) {
        if (units[i] == '\\' && units[i + 1])
            i++;
        else if (units[i] == ';')
            units[i] = ' ';
    }
    return set(v, COLUMN_DEPARTMENT, text_of(units), line);
}

/* ADR: the seventh part is the country. */
static int read_country(struct vcard *v, const struct contentline *line, struct text value)
{
    struct text country = {NULL, 0};
    int rank = rank_of(line);

    for (size_t i = 0; i < 7 && value.data; i++)
        country = i < 6 ? (take_part(&value, ';'), (struct text){NULL, 0}) : take_part(&value, ';');
    if (!text_trim(country).size || (v->country_rank && v->country_rank <= rank))
        return 0;
    v->country_rank = rank;
    return make_cell(v, country, line->line, &v->draft.values[COLUMN_COUNTRY]);
}

static int add_groups(struct vcard *v, struct text value, int line)
{
    int r = 0;
    while (value.data && !r && v->draft.group_count < DRAFT_GROUPS_MAX) {
        struct cell *cell = &v->draft.groups[v->draft.group_count++];
        r = make_cell(v, take_part(&value, ','), line, cell);
    }
    return r;
}

/* Other properties that a template may want. */
static int add_field(struct vcard *v, const struct contentline *line, struct text value)
{
    static const char *const names[] = {"TEL", "URL", "NOTE", "BDAY", "NICKNAME"};
    bool is_wanted = text_starts_nocase(line->name, "X-") &&
                     !text_starts_nocase(line->name, "X-AB") &&
                     !text_starts_nocase(line->name, "X-ADDRESSBOOKSERVER");

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        is_wanted |= name_is(line, names[i]);
    if (!is_wanted || v->draft.field_count == FIELDS_MAX || value.size > FIELD_BYTES_MAX)
        return 0;
    for (size_t i = 0; i < v->draft.field_count; i++)
        if (text_is_nocase(line->name, v->fields[i].name))
            return 0;
    struct draft_field *field = &v->fields[v->draft.field_count++];
    field->name = string_pool_share(&v->builder->strings, line->name);
    return field->name ? make_cell(v, value, line->line, &field->cell) : -ENOMEM;
}

/* A value of which the preferred one counts. */
static int set_ranked(struct vcard *v, enum column column, int *rank, int offered,
                      struct text value, int line)
{
    if (*rank && *rank <= offered)
        return 0;
    *rank = offered;
    return make_cell(v, value, line, &v->draft.values[column]);
}

static void read_producer(struct vcard *v, struct text value)
{
    static const struct {
        const char *word, *producer;
    } table[] = {
        {"Nextcloud", "Nextcloud"},     {"Sabre", "Nextcloud"},     {"Apple", "Apple"},
        {"Thunderbird", "Thunderbird"}, {"Mozilla", "Thunderbird"}, {"Outlook", "Outlook"},
        {"Google", "Google Contacts"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table && !v->producer; i++)
        if (text_find(value, text_of(table[i].word)) < value.size)
            v->producer = table[i].producer;
}

static bool is_ignored(const struct contentline *line)
{
    static const char *const names[] = {"VERSION", "PHOTO", "LOGO", "SOUND", "KEY", "UID", "REV"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (name_is(line, names[i]))
            return true;
    return false;
}

static int read_property(struct vcard *v, const struct contentline *line)
{
    struct text value;

    if (is_ignored(line))
        return 0;
    int r = contentvalue_decode(v->builder->row, line, v->fallback_charset, &value);
    if (r)
        return r;
    if (name_is(line, "EMAIL"))
        return add_email(v, line, value);
    if (name_is(line, "FN"))
        return set(v, COLUMN_NAME, value, line->line);
    if (name_is(line, "N"))
        return read_name(v, value, line->line);
    if (name_is(line, "ORG"))
        return read_organisation(v, value, line->line);
    if (name_is(line, "TITLE"))
        return set_ranked(v, COLUMN_FUNCTION, &v->title_rank, 1, value, line->line);
    if (name_is(line, "ROLE"))
        return set_ranked(v, COLUMN_FUNCTION, &v->title_rank, 2, value, line->line);
    if (name_is(line, "LANG"))
        return set_ranked(v, COLUMN_LANGUAGE, &v->language_rank, rank_of(line), value, line->line);
    if (name_is(line, "TZ"))
        return set(v, COLUMN_ZONE, value, line->line);
    if (name_is(line, "ADR"))
        return read_country(v, line, value);
    if (name_is(line, "CATEGORIES"))
        return add_groups(v, value, line->line);
    if (name_is(line, "PRODID"))
        read_producer(v, value);
    else if (name_is(line, "KIND") || name_is(line, "X-ADDRESSBOOKSERVER-KIND")) {
        v->is_skipped |= text_is_nocase(text_trim(value), "group");
        v->is_organisation |= text_is_nocase(text_trim(value), "org");
    } else
        return add_field(v, line, value);
    return 0;
}

static void start_card(struct vcard *v, int line)
{
    arena_clear(v->builder->row);
    v->draft = (struct draft){.line = line, .fields = v->fields};
    v->language_rank = v->country_rank = v->title_rank = 0;
    v->is_skipped = v->is_organisation = false;
}

static int finish_card(struct vcard *v)
{
    if (v->is_skipped)
        return 0;
    if (v->is_organisation && !v->draft.values[COLUMN_ORGANISATION].size &&
        v->draft.values[COLUMN_NAME].size) {
        struct cell *name = &v->draft.values[COLUMN_NAME];
        v->draft.values[COLUMN_ORGANISATION] =
            cell_copy(v->builder->row, cell_text(name), name->place);
    }
    return contact_builder_add(v->builder, &v->draft);
}

static void tell_open(struct vcard *v)
{
    flaws_add(v->builder->flaws, SEVERITY_ERROR, v->draft.line, 0,
              "fetch or export the list again: it was cut short",
              "the card that begins here is never ended; it was left out");
}

/* AGENT (2.1) nests a card in a card; only the outer one counts. */
static int read_line(struct vcard *v, const struct contentline *line, bool is_agent)
{
    bool is_card = text_is_nocase(text_trim(line->value), "VCARD");

    if (name_is(line, "BEGIN") && is_card) {
        if (v->depth && is_agent && v->depth < DEPTH_MAX) {
            v->depth++;
            return 0;
        }
        if (v->depth)
            tell_open(v);
        v->depth = 1;
        start_card(v, line->line);
        return 0;
    }
    if (name_is(line, "END") && is_card) {
        if (!v->depth)
            return 0;
        return --v->depth ? 0 : finish_card(v);
    }
    return v->depth == 1 ? read_property(v, line) : 0;
}

static int next_line(struct vcard *v)
{
    struct contentline line;
    struct text text;
    int number = 0, r = contentline_next(&v->reader, &text, &number);

    if (r == CONTENTLINE_END || r < 0)
        return r;
    contentline_parse(text, number, &line);
    if (r == CONTENTLINE_E_TOO_LONG) {
        if (line.is_malformed || !is_ignored(&line))
            flaws_add(v->builder->flaws, SEVERITY_WARNING, number, 0, NULL,
                      "the line has more than a million characters and was skipped");
        return 0;
    }
    if (line.is_malformed) {
        if (v->depth == 1)
            flaws_add(v->builder->flaws, SEVERITY_WARNING, number, 0, NULL,
                      "this line is no property of a card and was skipped");
        return 0;
    }
    r = read_line(v, &line, v->is_agent);
    v->is_agent = name_is(&line, "AGENT");
    return r;
}

int vcard_step(struct vcard *v, size_t max_bytes, bool *ret_is_done)
{
    size_t before = v->reader.rest.size;
    int r = 0;

    *ret_is_done = false;
    while (!r && before - v->reader.rest.size < max_bytes)
        r = next_line(v);
    if (r != CONTENTLINE_END)
        return r;
    if (v->depth)
        tell_open(v);
    *ret_is_done = true;
    v->guess->producer = v->producer;
    return contact_builder_finish(v->builder);
}

int vcard_open(struct contact_builder *builder, struct text text, struct contact_guess *guess,
               struct vcard **ret)
{
    struct vcard *v = arena_alloc(builder->reading, sizeof *v);
    bool is_sure;

    if (!v)
        return -ENOMEM;
    v->builder = builder;
    v->guess = guess;
    v->fallback_charset = "windows-1252";
    if (!text_is_utf8(text)) {
        v->fallback_charset = charset_guess(text, builder->options->language, &is_sure);
        guess->charset = v->fallback_charset;
    }
    builder->locate = locate;
    builder->is_address_book = true;
    contentline_reader_init(&v->reader, text);
    *ret = v;
    return 0;
}

void vcard_close(struct vcard *v)
{
    if (v)
        contentline_reader_done(&v->reader);
}
