/* SPDX-License-Identifier: MIT */
/* fixture: what every contact test needs: an arena, zones, words, and a reading of bytes. */
#ifndef CONVIER_TESTS_CONTACTS_FIXTURE_H
#define CONVIER_TESTS_CONTACTS_FIXTURE_H

#include "base/file.h"
#include "check.h"
#include "contacts/contact_reader.h"

struct fixture {
    struct arena *arena;
    struct zones *zones;
    struct locale *locale;
    struct contacts_settings settings;
    struct contact_options options;
    struct flaws flaws;
    struct contact_rows rows;
    struct contact_guess guess;
};

static inline struct fixture fixture_new(void)
{
    struct fixture f = {.arena = arena_new((size_t)1 << 31), .zones = zones_new(NULL)};
    REQUIRE(f.arena && f.zones && locale_new(&f.locale) == 0);
    f.options = (struct contact_options){
        .source = "list",
        .language = LANGUAGE_FR,
        .zone = zones_find(f.zones, TEXT("Europe/Paris")),
        .zones = f.zones,
        .locale = f.locale,
    };
    REQUIRE(f.options.zone);
    flaws_init(&f.flaws, f.arena, "caller");
    return f;
}

static inline void fixture_done(struct fixture *f)
{
    locale_free(f->locale);
    zones_free(f->zones);
    arena_free(f->arena);
}

static inline int fixture_read(struct fixture *f, struct text raw)
{
    f->rows = (struct contact_rows){0};
    f->guess = (struct contact_guess){0};
    flaws_init(&f->flaws, f->arena, "caller");
    return contact_reader_parse(f->arena, raw, &f->options, &f->flaws, &f->rows, &f->guess);
}

static inline int fixture_read_string(struct fixture *f, const char *list)
{
    return fixture_read(f, text_of(list));
}

/* Reads and merges one list; the flaws of both steps are kept. */
static inline struct contact_list fixture_list(struct fixture *f, const char *list)
{
    struct contact_list merged = {0};
    REQUIRE(fixture_read_string(f, list) == 0);
    REQUIRE(contact_reader_merge(f->arena, &f->rows, 1, &f->flaws, &merged) == 0);
    return merged;
}

static inline const struct contact *fixture_first(struct fixture *f, const char *list)
{
    REQUIRE(fixture_read_string(f, list) == 0);
    REQUIRE(f->rows.count >= 1);
    return f->rows.items[0];
}

/* The first flaw whose text holds the words, or NULL. */
static inline const struct flaw *fixture_flaw(const struct fixture *f, const char *words)
{
    for (size_t i = 0; i < f->flaws.count; i++)
        if (strstr(f->flaws.items[i].text, words))
            return &f->flaws.items[i];
    return NULL;
}

static inline const char *fixture_groups(struct fixture *f, const struct contact *contact)
{
    const char *joined = "";
    for (size_t i = 0; i < contact->group_count; i++)
        joined = arena_printf(f->arena, "%s%s%s", joined, i ? "," : "", contact->groups[i]);
    return joined;
}

#endif
