/* SPDX-License-Identifier: MIT */
/* fixture: a federation, a few readers and a few events, for the tests of this room. */
#ifndef CONVIER_TESTS_COMPOSE_FIXTURE_H
#define CONVIER_TESTS_COMPOSE_FIXTURE_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "compose/composer.h"

struct fixture {
    struct arena *arena;
    struct zones *zones;
    struct locale *locale;
    struct settings settings;
    struct rule_settings rule;
    struct step_settings steps[4];
    struct template_source sources[200];
    size_t source_count;
    struct composer *composer;
    struct flaws flaws;
};

static inline void fixture_read_folder(struct fixture *f, const char *folder, const char *prefix)
{
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char *path = arena_printf(f->arena, "%s/%s", folder, entry->d_name);
        struct buf bytes = BUF_INIT(1 << 20);
        struct stat st;
        if (entry->d_name[0] == '.' || stat(path, &st) || !S_ISREG(st.st_mode) ||
            file_read(path, &bytes) || f->source_count == 200)
            continue;
        f->sources[f->source_count++] = (struct template_source){
            .name = arena_printf(f->arena, "%s%s", prefix, entry->d_name),
            .file = path,
            .text = {arena_copy_text(f->arena, buf_text(&bytes)), bytes.size}};
        buf_done(&bytes);
    }
    if (dir)
        closedir(dir);
}

static inline void fixture_init(struct fixture *f)
{
    *f = (struct fixture){.arena = arena_new(64 << 20), .zones = zones_new(NULL)};
    if (!f->arena || !f->zones || locale_new(&f->locale))
        abort();
    const struct zone *paris = zones_find(f->zones, TEXT("Europe/Paris"));
    f->steps[0] = (struct step_settings){.send = "save-the-date", .kind = NOTICE_SAVE_THE_DATE};
    f->steps[1] = (struct step_settings){.send = "invitation", .kind = NOTICE_INVITATION};
    f->steps[2] = (struct step_settings){.send = "reminder", .kind = NOTICE_REMINDER};
    f->steps[3] = (struct step_settings){.send = "thanks", .kind = NOTICE_THANKS};
    f->rule = (struct rule_settings){.name = "groupe-pays",
                                     .list = "Groupe-pays Japon",
                                     .audience = "japon",
                                     .steps = f->steps,
                                     .step_count = 4};
    f->settings = (struct settings){.organisation = {.name = "Cités Unies France",
                                                     .address = "9 rue Christiani, 75018 Paris",
                                                     .language = LANGUAGE_FR,
                                                     .zone = paris,
                                                     .phone = "+33 1 00 00 00 00",
                                                     .url = "https://www.example.org/"},
                                    .sender = {.name = "Groupe-pays Japon",
                                               .address = "japon@example.org",
                                               .reply_to = "secretariat@example.org",
                                               .bounces = "retours@example.org",
                                               .unsubscribe = "desabo@example.org",
                                               .subaddress = true,
                                               .domain = "example.org"},
                                    .rules = &f->rule,
                                    .rule_count = 1};
    flaws_init(&f->flaws, f->arena, "settings");
}

static inline int fixture_compile(struct fixture *f)
{
    return composer_new(&f->settings, f->locale, f->sources, f->source_count, TEXT("test key"),
                        &f->flaws, &f->composer);
}

static inline void fixture_shipped(struct fixture *f)
{
    fixture_read_folder(f, CONVIER_SOURCE "/templates", "");
    fixture_read_folder(f, CONVIER_SOURCE "/templates/partials", "partials/");
}

static inline void fixture_done(struct fixture *f)
{
    composer_free(f->composer);
    locale_free(f->locale);
    zones_free(f->zones);
    arena_free(f->arena);
}

static inline const struct zone *fixture_zone(struct fixture *f, const char *name)
{
    return zones_find(f->zones, text_of(name));
}

static inline struct instant fixture_instant(const char *rfc3339)
{
    struct instant t = INSTANT_UNSET;
    if (!instant_parse_rfc3339(text_of(rfc3339), &t))
        abort();
    return t;
}

static inline struct when fixture_timed(struct fixture *f, const char *start, const char *end,
                                        const char *zone)
{
    return (struct when){.start = fixture_instant(start),
                         .end = fixture_instant(end),
                         .zone = fixture_zone(f, zone)};
}

static inline struct when fixture_days(const char *first, const char *end)
{
    struct when when = {.is_all_day = true};
    if (!civil_date_parse(text_of(first), &when.first_day) ||
        !civil_date_parse(text_of(end), &when.end_day))
        abort();
    return when;
}

/* One reader a language. */
static inline struct contact fixture_contact(struct fixture *f, enum language language)
{
    static const struct person people[LANGUAGE_COUNT] = {
        {.name = "Hélène Lefèvre-Martin",
         .given = "Hélène",
         .family = "Lefèvre-Martin",
         .title = "Mme",
         .function = "Maire"},
        {.name = "田中 太郎", .given = "太郎", .family = "田中", .function = "国際課長"},
        {.name = "Fiona Campbell", .given = "Fiona", .family = "Campbell", .title = "Ms"},
    };
    static const char *const emails[] = {"maire@tours.example", "tanaka@kumamoto.example",
                                         "fiona@clair.example"};
    static const char *const organisations[] = {"Ville de Tours", "熊本市", "CLAIR London"};
    static const char *const zones[] = {"Europe/Paris", "Asia/Tokyo", "Europe/London"};
    return (struct contact){.email = emails[language],
                            .person = people[language],
                            .people = &people[language],
                            .person_count = 1,
                            .organisation = organisations[language],
                            .department = language == LANGUAGE_JA ? "政策局" : NULL,
                            .language = language,
                            .zone = fixture_zone(f, zones[language])};
}

#endif
