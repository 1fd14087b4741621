/* SPDX-License-Identifier: MIT */
#include "contacts/contact_builder.h"

#include <errno.h>
#include <string.h>

#include "contacts/address.h"
#include "contacts/contact_words.h"
#include "contacts/lexicon.h"

/* The last places are kept for what is wrong with the whole list. */
enum { ROW_FLAWS_MAX = FLAWS_MAX - 20 };

void contact_builder_tell(struct contact_builder *b, const struct cell *cell,
                          enum severity severity, const char *advice, const char *format, ...)
{
    int line, column;
    va_list arguments;

    if (b->flaws->count >= ROW_FLAWS_MAX) {
        flaws_drop(b->flaws, severity);
        return;
    }
    va_start(arguments, format);
    const char *text = arena_vprintf(b->row, format, arguments);
    va_end(arguments);
    b->locate(b->context, cell->place, &line, &column);
    if (text)
        flaws_add(b->flaws, severity, line, column, advice, "%s", text);
    else
        b->flaws->is_out_of_memory = true;
}

int contact_builder_init(struct contact_builder *b)
{
    b->strings.arena = b->arena;
    b->source = arena_copy_string(b->arena, b->options->source ? b->options->source : "");
    return b->source ? contact_words_init(b) : -ENOMEM;
}

/* Warns of a domain that looks like a slip of the finger, once a domain. */
static int check_domain(struct contact_builder *b, const struct cell *cell, const char *domain)
{
    static const char seen;
    struct intern_slot *slot = intern_get(b->reading, &b->domains, text_of(domain));

    if (!slot)
        return -ENOMEM;
    if (slot->value)
        return 0;
    slot->key.data = arena_copy_string(b->reading, domain);
    if (!slot->key.data)
        return -ENOMEM;
    slot->value = &seen;
    const char *likely = address_likely_domain(domain);
    if (likely)
        contact_builder_tell(b, cell, SEVERITY_WARNING, "correct it in the list",
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
        r = address_parse(b->row, cell, &address);
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
        contact_builder_tell(b, &at, r ? SEVERITY_ERROR : SEVERITY_WARNING,
                             r ? "correct it; until then nobody on this row is written to"
                               : "correct it; until then the row's second address is used",
                             "the address %s", first.problem);
    }
    if (r)
        return answer;
    if (address.repair)
        contact_builder_tell(b, cell, SEVERITY_WARNING, "correct it in the list",
                             "the address was read without %s", address.repair);
    if (check_domain(b, cell, strrchr(address.email, '@') + 1))
        return -ENOMEM;
    if (address.others.size && !b->is_address_book)
        contact_builder_tell(
            b, cell, SEVERITY_WARNING,
            "write one row a person; people who should read along go into the column cc",
            "the cell holds several addresses; only the first is used");
    contact->email = string_pool_keep(&b->strings, text_of(address.email));
    if (!contact->email)
        return -ENOMEM;
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
            int r = address_parse(b->row, &one, &address);
            if (r < 0)
                return r;
            if (r == ADDRESS_E_INVALID)
                contact_builder_tell(b, &draft->cc[i], SEVERITY_WARNING,
                                     "correct it; nobody is put in copy", "the address in copy %s",
                                     address.problem);
            else if (!r && strcasecmp(address.email, contact->email) != 0)
                found[count++] = string_pool_share(&b->strings, text_of(address.email));
            rest.data = address.others.data;
            rest.size = r == ADDRESS_E_NONE ? 0 : address.others.size;
        }
    }
    if (!count)
        return 0;
    const char **cc = arena_alloc_array(b->arena, count, sizeof *cc);
    if (!cc)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        if (!(cc[i] = found[i]))
            return -ENOMEM;
    contact->cc = cc;
    contact->cc_count = (uint16_t)count;
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
            char *name = arena_alloc(b->row, a + c + 2);
            if (!name)
                return -ENOMEM;
            memcpy(name, first, a);
            name[a] = ' ';
            memcpy(name + a + 1, second, c);
            person->name = name;
        }
    }
    if (!person->name && address_name) {
        struct cell cell = cell_copy(b->row, text_of(address_name), 0);
        int r = cell.data ? cell_clean(b->row, &cell) : -ENOMEM;
        if (r)
            return r;
        person->name = cell_string(&cell);
    }
    return 0;
}

/* The end of the name when the part stands there, or a copy. */
static const char *keep_part(struct contact_builder *b, const char *name, const char *part)
{
    size_t name_size = name ? strlen(name) : 0, size = strlen(part);

    if (name_size >= size && memcmp(name + name_size - size, part, size) == 0)
        return name + name_size - size;
    return string_pool_keep(&b->strings, (struct text){part, size});
}

/* From the cells of the row to strings that stay. 0 or -ENOMEM. */
static int keep_person(struct contact_builder *b, struct person *p)
{
    const struct person row = *p;

    if (row.name)
        p->name = string_pool_keep(&b->strings, text_of(row.name));
    if (row.given)
        p->given = keep_part(b, p->name, row.given);
    if (row.family)
        p->family = keep_part(b, p->name, row.family);
    if (row.title)
        p->title = string_pool_share(&b->strings, text_of(row.title));
    if (row.function)
        p->function = string_pool_share(&b->strings, text_of(row.function));
    if (row.salutation)
        p->salutation = string_pool_share(&b->strings, text_of(row.salutation));
    bool is_whole = !row.name == !p->name && !row.given == !p->given && !row.family == !p->family &&
                    !row.title == !p->title && !row.function == !p->function &&
                    !row.salutation == !p->salutation;
    return is_whole ? 0 : -ENOMEM;
}

static int keep_office(struct contact_builder *b, struct draft *draft, struct contact *contact)
{
    const struct cell *organisation = &draft->values[COLUMN_ORGANISATION],
                      *department = &draft->values[COLUMN_DEPARTMENT];

    if (organisation->size)
        contact->organisation = string_pool_share(&b->strings, cell_text(organisation));
    if (department->size)
        contact->department = string_pool_share(&b->strings, cell_text(department));
    return !organisation->size == !contact->organisation &&
                   !department->size == !contact->department
               ? 0
               : -ENOMEM;
}

static int read_fields(struct contact_builder *b, struct draft *draft, struct contact *contact)
{
    struct contact_field *fields = NULL;

    for (size_t i = 0; i < draft->field_count; i++) {
        struct cell *cell = &draft->fields[i].cell;
        int r = cell_clean(b->row, cell);
        if (r)
            return r;
        if (!cell->size)
            continue;
        const char *value = string_pool_share(&b->strings, cell_text(cell));
        if (!value)
            return -ENOMEM;
        if (!fields) {
            fields = arena_alloc_array(b->arena, draft->field_count - i, sizeof *fields);
            if (!fields)
                return -ENOMEM;
        }
        fields[contact->field_count++] =
            (struct contact_field){.name = draft->fields[i].name, .value = value};
    }
    contact->fields = fields;
    return 0;
}

/* A reader in Japan whose clock nobody gave would get mail in the middle of the night. */
static void count_far_zone(struct contact_builder *b, const struct contact *contact)
{
    bool is_default = strcmp(contact->zone_reason, "organisation") == 0;

    if (is_default && text_ends_nocase(text_of(contact->email), ".jp") &&
        strcmp(zone_name(contact->zone), "Asia/Tokyo") != 0 && !b->far_zone.count++)
        b->far_zone.line = contact->line;
}

static int keep_contact(struct contact_builder *b, const struct contact *contact)
{
    struct contact *copy = arena_alloc(b->arena, sizeof *copy);
    const struct contact **slot = copy ? list_add(b->arena, b->rows) : NULL;

    if (!slot)
        return -ENOMEM;
    *copy = *contact;
    copy->people = &copy->person;
    copy->person_count = 1;
    *slot = copy;
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
        else if (!b->is_address_book)
            flaws_drop(b->flaws, SEVERITY_ERROR);
    }
    if (r)
        return 0;
    for (size_t i = 0; i < COLUMN_COUNT && !r; i++)
        r = cell_clean(b->row, &draft->values[i]);
    r = r ? r : contact_words_language(b, draft, &contact);
    r = r ? r : contact_words_zone(b, draft, &contact);
    r = r ? r : read_person(b, draft, &contact, address_name);
    r = r ? r : keep_person(b, &contact.person);
    r = r ? r : keep_office(b, draft, &contact);
    r = r ? r : contact_words_groups(b, draft, &contact);
    r = r ? r : read_cc(b, draft, &contact);
    r = r ? r : read_fields(b, draft, &contact);
    if (r)
        return r;
    count_far_zone(b, &contact);
    return keep_contact(b, &contact);
}

int contact_builder_finish(struct contact_builder *b)
{
    if (b->no_language.count && b->rows->count)
        flaws_add(b->flaws, SEVERITY_WARNING, b->no_language.line, 0,
                  "add a column language (fr, ja, en), or set language for the list",
                  "%zu of %zu contact%s written to in %s", b->no_language.count, b->rows->count,
                  b->rows->count == 1         ? " has no language; it is"
                  : b->no_language.count == 1 ? "s has no language; it is"
                                              : "s have no language; they are",
                  language_to_text(b->options->language));
    if (b->far_zone.count)
        flaws_add(b->flaws, SEVERITY_WARNING, b->far_zone.line, 0,
                  "add a column country or zone, or set zone for the list",
                  "%zu contact%s written to by the clock of %s", b->far_zone.count,
                  b->far_zone.count == 1 ? " in .jp has no zone and no country; it is"
                                         : "s in .jp have no zone and no country; they are",
                  zone_name(b->options->zone));
    if (b->is_address_book && b->no_address.count)
        flaws_add(b->flaws, SEVERITY_WARNING, b->no_address.line, 0, NULL, "%zu %s",
                  b->no_address.count,
                  b->no_address.count == 1
                      ? "entry has no address and was left out"
                      : "entries have no address and were left out, the first of them here");
    return b->flaws->is_out_of_memory ? -ENOMEM : 0;
}
