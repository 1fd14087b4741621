/* SPDX-License-Identifier: MIT */
/* contact_checks: what holds for whatever bytes a contact list was made of. Shared by the fuzz
 * targets of contacts/.                                                                          */
#ifndef CONVIER_TESTS_FUZZ_CONTACT_CHECKS_H
#define CONVIER_TESTS_FUZZ_CONTACT_CHECKS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "contacts/contact_reader.h"

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

static inline void must_be_clean(const char *string)
{
    if (!string)
        return;
    MUST(*string && text_is_utf8(text_of(string)));
    for (; *string; string++)
        MUST((unsigned char)*string >= 0x20 && *string != 0x7F);
}

static inline void must_be_address(const char *email)
{
    must_be_clean(email);
    MUST(strlen(email) <= 254 && strrchr(email, '@'));
    for (const char *c = email; *c; c++)
        MUST(!(*c & 0x80) && (email[0] == '"' || (*c != ' ' && *c != '<' && *c != '>')));
    for (const char *c = strrchr(email, '@'); *c; c++)
        MUST(*c < 'A' || *c > 'Z');
}

static inline void must_be_contact(const struct contact *c)
{
    must_be_address(c->email);
    MUST(c->zone && c->zone_reason && c->language_reason && c->line > 0 && c->person_count > 0);
    for (size_t i = 0; i < c->person_count; i++) {
        const struct person *p = &c->people[i];
        must_be_clean(p->name), must_be_clean(p->given), must_be_clean(p->family);
        must_be_clean(p->title), must_be_clean(p->function), must_be_clean(p->salutation);
    }
    must_be_clean(c->organisation), must_be_clean(c->department), must_be_clean(c->country);
    for (size_t i = 0; i < c->group_count; i++) {
        must_be_clean(c->groups[i]);
        MUST(i == 0 || strcmp(c->groups[i - 1], c->groups[i]) < 0);
    }
    for (size_t i = 0; i < c->cc_count; i++)
        must_be_address(c->cc[i]);
    for (size_t i = 0; i < c->field_count; i++)
        must_be_clean(c->fields[i].name), must_be_clean(c->fields[i].value);
}

static inline void check_list(struct text raw)
{
    static struct zones *zones;
    static struct locale *locale;
    struct arena *arena = arena_new((size_t)1 << 30);
    struct contact_rows rows = {0};
    struct contact_guess guess;
    struct contact_list list = {0};
    struct flaws flaws;

    if (!zones)
        zones = zones_new(NULL);
    if (!locale)
        (void)locale_new(&locale); /* NULL is fine too */
    MUST(arena && zones);
    flaws_init(&flaws, arena, "fuzz");
    const struct contact_options options = {
        .source = "fuzz", .zone = zones_utc(zones), .zones = zones, .locale = locale};
    int r = contact_reader_parse(arena, raw, &options, &flaws, &rows, &guess);
    MUST(r == 0 || r == CONTACTS_E_REFUSED);
    if (r) {
        MUST(flaws_has_errors(&flaws) && !rows.count);
    } else {
        MUST(rows.count && guess.format && guess.charset);
        for (size_t i = 0; i < rows.count; i++)
            must_be_contact(rows.items[i]);
        MUST(contact_reader_merge(arena, &rows, 1, &flaws, &list) == 0);
        MUST(list.count && list.count <= rows.count);
        for (size_t i = 0; i < list.count; i++) {
            must_be_contact(list.items[i]);
            MUST(i == 0 || strcmp(list.items[i - 1]->email, list.items[i]->email) < 0);
        }
    }
    for (size_t i = 0; i < flaws.count; i++)
        MUST(flaws.items[i].line >= 0 && flaws.items[i].column >= 0);
    arena_free(arena);
}

#endif
