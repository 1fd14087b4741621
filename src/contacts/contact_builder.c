/* SPDX-License-Identifier: MIT */
/* A cell that repeats itself from row to row (language, zone, country, set of groups) is understood
 * at its first appearance and looked up afterwards, so a warning about it comes once a list.     */
#include "contacts/contact_builder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/unicode.h"
#include "contacts/address.h"
#include "contacts/lexicon.h"

/* The last places are kept for what is wrong with the whole list. */
enum { ROW_FLAWS_MAX = FLAWS_MAX - 20 };

static const char write_language[] = "write fr, ja or en",
                  write_zone[] = "write Europe/Paris, Asia/Tokyo";

/* What a cell of a language, a zone, a country or groups was understood as. */
struct meaning {
    bool is_known;
    enum language language;
    const struct zone *zone;           /* of a zone, or usual in a country; NULL = none */
    const char *country, *zone_reason; /* of a country */
    const char *const *groups;
    size_t group_count;
};

__attribute__((format(printf, 5, 6))) static void tell(struct contact_builder *b,
                                                       const struct cell *cell,
                                                       enum severity severity, const char *advice,
                                                       const char *format, ...)
{
    struct arena_mark mark = arena_mark(b->arena);
    int line, column;
    va_list arguments;

    if (b->flaws->count >= ROW_FLAWS_MAX) {
        b->flaws->dropped++;
        return;
    }
    va_start(arguments, format);
    const char *text = arena_vprintf(b->arena, format, arguments);
    va_end(arguments);
    b->locate(b->context, cell->place, &line, &column);
    if (text)
        flaws_add(b->flaws, severity, line, column, advice, "%s", text);
    else
        b->flaws->is_out_of_memory = true;
    if (b->flaws->arena != b->arena)
        arena_rewind(b->arena, mark);
}

/* The remembered meaning of a cell; *ret_is_new when the caller has to work it out. */
static struct meaning *recall(struct contact_builder *b, struct intern *intern,
                              const struct cell *cell, bool *ret_is_new)
{
    struct intern_slot *slot = intern_get(b->arena, intern, cell_text(cell));
    if (!slot)
        return NULL;
    *ret_is_new = !slot->value;
    if (!slot->value)
        slot->value = arena_alloc(b->arena, sizeof(struct meaning));
    return (struct meaning *)(uintptr_t)slot->value;
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

LIST_TYPE(names, const char *);

/* One folded string a name, however many cells hold it. */
static int add_group(struct contact_builder *b, struct names *names, struct text word)
{
    word = text_trim(word);
    if (text_starts(word, "* ")) /* Google's own groups: "* myContacts" */
        word = text_from(word, 2);
    if (word.size == 0 || names->count >= CONTACT_GROUPS_MAX)
        return 0;
    struct cell cell = cell_copy(b->arena, word, 0);
    int r = cell.data ? cell_clean(b->arena, &cell) : -ENOMEM;
    char *folded = r ? NULL : unicode_fold_loose(b->arena, cell_text(&cell));
    if (!folded)
        return -ENOMEM;
    if (!*folded)
        return 0;
    struct intern_slot *slot = intern_get(b->arena, &b->group_names, text_of(folded));
    if (!slot)
        return -ENOMEM;
    if (!slot->value)
        slot->value = folded;
    const char **item = list_add(b->arena, names);
    if (!item)
        return -ENOMEM;
    *item = slot->value;
    return 0;
}

/* A separator between groups at the start of the text: its length, or 0. */
static size_t separator_length(struct text text)
{
    static const char *const wide[] = {":::", "、", "；", "，", "､"};
    if (memchr(",;\n\r|\t", text.data[0], 6))
        return 1;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (text_starts(text, wide[i]))
            return strlen(wide[i]);
    return 0;
}

/* Adds what a cell names, in its order. */
static int split_groups(struct contact_builder *b, struct text text, struct names *names)
{
    size_t start = 0;
    for (size_t i = 0; i <= text.size;) {
        size_t length = i < text.size ? separator_length(text_from(text, i)) : 1;
        if (!length) {
            i++;
            continue;
        }
        int r = add_group(b, names, text_slice(text, start, i - start));
        if (r)
            return r;
        i += length;
        start = i;
    }
    return 0;
}

static void sort_unique(struct names *names)
{
    size_t kept = 0;
    if (names->count > 1)
        qsort(names->items, names->count, sizeof *names->items, compare_strings);
    for (size_t i = 0; i < names->count; i++)
        if (i == 0 || strcmp(names->items[i], names->items[kept - 1]) != 0)
            names->items[kept++] = names->items[i];
    names->count = kept;
}

int contact_builder_init(struct contact_builder *b)
{
    const struct contacts_settings *list = b->options->list;
    struct names names = {0};

    b->source = arena_copy_string(b->arena, b->options->source ? b->options->source : "");
    if (!b->source)
        return -ENOMEM;
    for (size_t i = 0; list && i < list->group_count; i++) {
        int r = add_group(b, &names, text_of(list->groups[i]));
        if (r)
            return r;
    }
    sort_unique(&names);
    b->list_groups = names.items;
    b->list_group_count = names.count;
    return 0;
}

static int read_groups(struct contact_builder *b, struct draft *draft, struct contact *contact)
{
    struct names all = {0};
    bool is_new;

    contact->groups = b->list_groups;
    contact->group_count = b->list_group_count;
    if (draft->group_count == 1) { /* nearly always: then rows share the array */
        struct cell *cell = &draft->groups[0];
        struct meaning *meaning = recall(b, &b->group_cells, cell, &is_new);
        if (!meaning)
            return -ENOMEM;
        if (!is_new) {
            contact->groups = meaning->groups;
            contact->group_count = meaning->group_count;
            return 0;
        }
    }
    for (size_t i = 0; i < draft->group_count; i++) {
        int r = split_groups(b, cell_text(&draft->groups[i]), &all);
        if (r)
            return r;
    }
    for (size_t i = 0; i < b->list_group_count; i++) {
        const char **item = list_add(b->arena, &all);
        if (!item)
            return -ENOMEM;
        *item = b->list_groups[i];
    }
    sort_unique(&all);
    contact->groups = all.items;
    contact->group_count = all.count;
    if (draft->group_count == 1) {
        struct meaning *meaning = recall(b, &b->group_cells, &draft->groups[0], &is_new);
        if (!meaning)
            return -ENOMEM;
        meaning->groups = all.items;
        meaning->group_count = all.count;
    }
    return 0;
}

static void default_language(struct contact_builder *b, struct contact *contact)
{
    const struct contacts_settings *list = b->options->list;
    bool has_list = list && list->has_language;

    contact->language = has_list ? list->language : b->options->language;
    contact->language_reason = has_list ? "list" : "organisation";
}

static int read_language(struct contact_builder *b, struct draft *draft, struct contact *contact)
{
    struct cell *cell = &draft->values[COLUMN_LANGUAGE];
    bool is_new;

    default_language(b, contact);
    if (!cell->size) {
        if (!(b->options->list && b->options->list->has_language) && !b->no_language.count++)
            b->no_language.line = draft->line;
        return 0;
    }
    struct meaning *meaning = recall(b, &b->languages, cell, &is_new);
    if (!meaning)
        return -ENOMEM;
    if (is_new) {
        int fit = lexicon_language(b->arena, cell_text(cell), &meaning->language);
        if (fit < 0)
            return fit;
        meaning->is_known = fit != LEXICON_UNKNOWN;
        if (fit == LEXICON_GUESSED)
            tell(b, cell, SEVERITY_WARNING, write_language, "the language \"%s\" was read as %s",
                 cell->data, language_to_text(meaning->language));
        else if (fit == LEXICON_UNKNOWN)
            tell(b, cell, SEVERITY_WARNING, write_language,
                 "the language \"%s\" is not understood; the default is used", cell->data);
    }
    if (meaning->is_known) {
        contact->language = meaning->language;
        contact->language_reason = "column";
    }
    return 0;
}

static int read_country(struct contact_builder *b, struct draft *draft, struct contact *contact,
                        const struct meaning **ret)
{
    struct cell *cell = &draft->values[COLUMN_COUNTRY];
    bool is_new;

    *ret = NULL;
    if (!cell->size)
        return 0;
    struct meaning *meaning = recall(b, &b->countries, cell, &is_new);
    if (!meaning)
        return -ENOMEM;
    if (is_new) {
        int fit = lexicon_country(b->arena, cell_text(cell), &meaning->country);
        if (fit < 0)
            return fit;
        if (fit == LEXICON_UNKNOWN)
            tell(b, cell, SEVERITY_WARNING, "write the two letters of ISO 3166: FR, JP",
                 "the country \"%s\" is not known", cell->data);
        const char *zone = meaning->country && b->options->locale
                               ? locale_country_zone(b->options->locale, meaning->country)
                               : NULL;
        meaning->zone = zone ? zones_find(b->options->zones, text_of(zone)) : NULL;
        if (meaning->zone &&
            !(meaning->zone_reason = arena_printf(b->arena, "country %s", meaning->country)))
            return -ENOMEM;
    }
    contact->country = meaning->country;
    *ret = meaning;
    return 0;
}

/* The column's zone, or NULL. */
static int read_zone_cell(struct contact_builder *b, struct cell *cell, const struct zone **ret)
{
    bool is_new;

    *ret = NULL;
    if (!cell->size)
        return 0;
    struct meaning *meaning = recall(b, &b->zones, cell, &is_new);
    if (!meaning)
        return -ENOMEM;
    if (is_new) {
        int fit = lexicon_zone(b->arena, cell_text(cell), b->options->zones, b->options->locale,
                               &meaning->zone);
        if (fit < 0)
            return fit;
        if (fit == LEXICON_GUESSED)
            tell(b, cell, SEVERITY_WARNING, write_zone, "the zone \"%s\" was read as %s",
                 cell->data, zone_name(meaning->zone));
        else if (fit == LEXICON_UNKNOWN)
            tell(b, cell, SEVERITY_WARNING, write_zone,
                 "the zone \"%s\" is not known; the default is used", cell->data);
    }
    *ret = meaning->zone;
    return 0;
}

static int read_zone(struct contact_builder *b, struct draft *draft, struct contact *contact)
{
    const struct contacts_settings *list = b->options->list;
    const struct meaning *country;

    int r = read_country(b, draft, contact, &country);
    r = r ? r : read_zone_cell(b, &draft->values[COLUMN_ZONE], &contact->zone);
    if (r)
        return r;
    contact->zone_reason = "column";
    if (!contact->zone && country) {
        contact->zone = country->zone;
        contact->zone_reason = country->zone_reason;
    }
    if (!contact->zone) {
        contact->zone = list && list->zone ? list->zone : b->options->zone;
        contact->zone_reason = list && list->zone ? "list" : "organisation";
    }
    return 0;
}

/* Warns of a domain that looks like a slip of the finger, once a domain. */
static int check_domain(struct contact_builder *b, const struct cell *cell, const char *domain)
{
    static const char seen;
    struct intern_slot *slot = intern_get(b->arena, &b->domains, text_of(domain));

    if (!slot)
        return -ENOMEM;
    if (slot->value)
        return 0;
    slot->value = &seen;
    const char *likely = address_likely_domain(domain);
    if (likely)
        tell(b, cell, SEVERITY_WARNING, "correct it in the list",
             "the domain \"%s\" looks like a slip for \"%s\"", domain, likely);
    return 0;
}

/* The first address that can be used; 0, ADDRESS_E_… of the first, or -ENOMEM. */
static int read_email(struct contact_builder *b, struct draft *draft, struct contact *contact,
                      const char **ret_name)
{
    struct address address, first = {0};
    const struct cell *first_cell = NULL;
    struct cell *cell = NULL;
    int r = ADDRESS_E_NONE, answer = ADDRESS_E_NONE;

    for (size_t i = 0; i < draft->email_count; i++) {
        cell = &draft->emails[i];
        r = address_parse(b->arena, cell, &address);
        if (r <= 0)
            break;
        if (r == ADDRESS_E_INVALID && answer == ADDRESS_E_NONE) {
            first = address;
            first_cell = cell;
            answer = r;
        }
    }
    if (r < 0)
        return r;
    if (answer == ADDRESS_E_INVALID) {
        struct cell at = *first_cell;
        at.place += b->places_are_bytes ? first.at : 0;
        tell(b, &at, r ? SEVERITY_ERROR : SEVERITY_WARNING,
             r ? "correct it; until then nobody on this row is written to"
               : "correct it; until then the row's second address is used",
             "the address %s", first.problem);
    }
    if (r)
        return answer;
    if (address.repair)
        tell(b, cell, SEVERITY_WARNING, "correct it in the list", "the address was read without %s",
             address.repair);
    if (check_domain(b, cell, strrchr(address.email, '@') + 1))
        return -ENOMEM;
    if (address.others.size && !b->is_address_book)
        tell(b, cell, SEVERITY_WARNING,
             "write one row a person; people who should read along go into the column cc",
             "the cell holds several addresses; only the first is used");
    contact->email = address.email;
    *ret_name = address.name;
    return 0;
}

static int read_cc(struct contact_builder *b, struct draft *draft, struct contact *contact)
{
    const char *found[CONTACT_CC_MAX];
    size_t count = 0;

    for (size_t i = 0; i < draft->cc_count; i++) {
        struct cell rest = draft->cc[i];
        if (!memchr(rest.data, '@', rest.size) &&
            text_find(cell_text(&rest), TEXT("＠")) >= rest.size)
            continue; /* an assistant's name */
        while (rest.size && count < CONTACT_CC_MAX) {
            struct address address;
            struct cell one = rest;
            while (one.size && strchr(",; \t\r\n", *one.data))
                one.data++, one.size--;
            for (size_t k = 0; k < one.size; k++)
                if (one.data[k] == '\n' || one.data[k] == '\r')
                    one.data[k] = ';';
            int r = address_parse(b->arena, &one, &address);
            if (r < 0)
                return r;
            if (r == ADDRESS_E_INVALID)
                tell(b, &draft->cc[i], SEVERITY_WARNING, "correct it; nobody is put in copy",
                     "the address in copy %s", address.problem);
            else if (!r && strcasecmp(address.email, contact->email) != 0)
                found[count++] = address.email;
            rest.data = address.others.data;
            rest.size = r == ADDRESS_E_NONE ? 0 : address.others.size;
        }
    }
    if (!count)
        return 0;
    const char **cc = arena_alloc_array(b->arena, count, sizeof *cc);
    if (!cc)
        return -ENOMEM;
    memcpy(cc, found, count * sizeof *cc);
    contact->cc = cc;
    contact->cc_count = count;
    return 0;
}

/* 田中 太郎 様: the honorific is no part of the name, or a mail would say it twice. */
static void split_honorific(struct cell *name, struct person *person)
{
    static const char sama[] = "様";
    size_t size = name->size;

    if (size <= sizeof sama - 1 || !text_ends_nocase(cell_text(name), sama))
        return;
    size -= sizeof sama - 1;
    if (size >= 3 && memcmp(name->data + size - 3, "\xE3\x80\x80", 3) == 0)
        size -= 3;
    while (size && name->data[size - 1] == ' ')
        size--;
    if (!size)
        return;
    name->data[size] = '\0';
    name->size = size;
    if (!person->title)
        person->title = sama;
}

static int read_person(struct contact_builder *b, struct draft *draft, struct contact *contact,
                       const char *address_name)
{
    struct cell *values = draft->values;
    struct person *person = &contact->person;

    person->given = cell_string(&values[COLUMN_GIVEN]);
    person->family = cell_string(&values[COLUMN_FAMILY]);
    person->title = cell_string(&values[COLUMN_TITLE]);
    split_honorific(&values[COLUMN_NAME], person);
    person->name = cell_string(&values[COLUMN_NAME]);
    person->function = cell_string(&values[COLUMN_FUNCTION]);
    person->salutation = cell_string(&values[COLUMN_SALUTATION]);
    if (person->title && draft->is_title_vague && !person->function &&
        !lexicon_is_civility(text_of(person->title))) {
        person->function = person->title;
        person->title = NULL;
    }
    if (person->salutation && lexicon_is_civility(text_of(person->salutation))) {
        /* "Salutation" of other programs is a civility, no call formula. */
        if (!person->title)
            person->title = person->salutation;
        person->salutation = NULL;
    }
    if (!person->name && (person->given || person->family)) {
        const char *given = person->given, *family = person->family;
        bool is_family_first = contact->language == LANGUAGE_JA ||
                               (family && lexicon_is_japanese(text_of(family))) ||
                               (given && lexicon_is_japanese(text_of(given)));
        const char *first = is_family_first ? family : given;
        const char *second = is_family_first ? given : family;
        if (!first || !second) {
            person->name = first ? first : second;
        } else {
            size_t a = strlen(first), c = strlen(second);
            char *name = arena_alloc(b->arena, a + c + 2);
            if (!name)
                return -ENOMEM;
            memcpy(name, first, a);
            name[a] = ' ';
            memcpy(name + a + 1, second, c);
            person->name = name;
        }
    }
    if (!person->name && address_name) {
        struct cell cell = cell_copy(b->arena, text_of(address_name), 0);
        int r = cell.data ? cell_clean(b->arena, &cell) : -ENOMEM;
        if (r)
            return r;
        person->name = cell_string(&cell);
    }
    return 0;
}

static int read_fields(struct contact_builder *b, struct draft *draft, struct contact *contact)
{
    struct contact_field *fields = NULL;

    for (size_t i = 0; i < draft->field_count; i++) {
        struct cell *cell = &draft->fields[i].cell;
        int r = cell_clean(b->arena, cell);
        if (r)
            return r;
        if (!cell->size)
            continue;
        if (!fields) {
            fields = arena_alloc_array(b->arena, draft->field_count - i, sizeof *fields);
            if (!fields)
                return -ENOMEM;
        }
        fields[contact->field_count++] =
            (struct contact_field){.name = draft->fields[i].name, .value = cell->data};
    }
    contact->fields = fields;
    return 0;
}

int contact_builder_add(struct contact_builder *b, struct draft *draft)
{
    struct contact contact = {.source = b->source, .line = draft->line};
    const char *address_name = NULL;

    int r = read_email(b, draft, &contact, &address_name);
    if (r < 0)
        return r;
    if (r == ADDRESS_E_NONE) {
        if (!b->no_address.count++)
            b->no_address.line = draft->line;
        if (!b->is_address_book && b->flaws->count < ROW_FLAWS_MAX)
            flaws_add(b->flaws, SEVERITY_ERROR, draft->line, 0,
                      "fill in the address; until then nobody on this row is written to",
                      "the row has no address");
        else
            b->flaws->dropped += !b->is_address_book;
    }
    if (r)
        return 0;
    for (size_t i = 0; i < COLUMN_COUNT && !r; i++)
        r = cell_clean(b->arena, &draft->values[i]);
    r = r ? r : read_language(b, draft, &contact);
    r = r ? r : read_zone(b, draft, &contact);
    r = r ? r : read_person(b, draft, &contact, address_name);
    r = r ? r : read_groups(b, draft, &contact);
    r = r ? r : read_cc(b, draft, &contact);
    r = r ? r : read_fields(b, draft, &contact);
    if (r)
        return r;
    contact.organisation = cell_string(&draft->values[COLUMN_ORGANISATION]);
    contact.department = cell_string(&draft->values[COLUMN_DEPARTMENT]);
    struct contact *slot = list_add(b->arena, b->rows);
    if (!slot)
        return -ENOMEM;
    *slot = contact;
    return 0;
}

int contact_builder_finish(struct contact_builder *b)
{
    for (size_t i = 0; i < b->rows->count; i++) {
        b->rows->items[i].people = &b->rows->items[i].person;
        b->rows->items[i].person_count = 1;
    }
    if (b->no_language.count && b->rows->count)
        flaws_add(b->flaws, SEVERITY_WARNING, b->no_language.line, 0,
                  "add a column language (fr, ja, en), or set language for the list",
                  "%zu of %zu contacts have no language; they are written to in %s",
                  b->no_language.count, b->rows->count, language_to_text(b->options->language));
    if (b->is_address_book && b->no_address.count)
        flaws_add(b->flaws, SEVERITY_WARNING, b->no_address.line, 0, NULL,
                  "%zu entries have no address and were left out, the first of them here",
                  b->no_address.count);
    return b->flaws->is_out_of_memory ? -ENOMEM : 0;
}
