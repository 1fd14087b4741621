/* SPDX-License-Identifier: MIT */
/* Rows into contacts: words understood, defaults, one contact an address. */
#include "fixture.h"

#include "contacts/lexicon.h"

static const struct {
    const char *word;
    int fit;
    enum language language;
} languages[] = {
    {"fr", LEXICON_EXACT, LANGUAGE_FR},
    {"FR", LEXICON_EXACT, LANGUAGE_FR},
    {"fr-CA", LEXICON_EXACT, LANGUAGE_FR},
    {"ja_JP", LEXICON_EXACT, LANGUAGE_JA},
    {"en-GB", LEXICON_EXACT, LANGUAGE_EN},
    {"Français", LEXICON_EXACT, LANGUAGE_FR},
    {"FRANCAIS", LEXICON_EXACT, LANGUAGE_FR},
    {"日本語", LEXICON_EXACT, LANGUAGE_JA},
    {"JP", LEXICON_GUESSED, LANGUAGE_JA},
    {"Japonais", LEXICON_EXACT, LANGUAGE_JA},
    {"English", LEXICON_EXACT, LANGUAGE_EN},
    {"Eng", LEXICON_GUESSED, LANGUAGE_EN},
    {"F", LEXICON_GUESSED, LANGUAGE_FR},
    {"anglais (UK)", LEXICON_GUESSED, LANGUAGE_EN},
    {"英語", LEXICON_EXACT, LANGUAGE_EN},
    {"フランス語", LEXICON_EXACT, LANGUAGE_FR},
    {"fr/ja", LEXICON_GUESSED, LANGUAGE_FR},
    {"1. Japonais", LEXICON_GUESSED, LANGUAGE_JA},
    {"de", LEXICON_UNKNOWN, 0},
    {"1", LEXICON_UNKNOWN, 0},
    {"", LEXICON_UNKNOWN, 0},
    {"français", LEXICON_EXACT, LANGUAGE_FR},
};

TEST(languages)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        enum language language = LANGUAGE_FR;
        CHECK_ROW(languages[i].word);
        CHECK_INT(lexicon_language(arena, text_of(languages[i].word), &language), languages[i].fit);
        if (languages[i].fit != LEXICON_UNKNOWN)
            CHECK_INT(language, languages[i].language);
    }
}

static const struct {
    const char *word;
    int fit;
    const char *zone;
} zones[] = {
    {"Europe/Paris", LEXICON_EXACT, "Europe/Paris"},
    {"europe/paris", LEXICON_GUESSED, "Europe/Paris"},
    {"Asia/Tokyo", LEXICON_EXACT, "Asia/Tokyo"},
    {"Romance Standard Time", LEXICON_GUESSED, "Europe/Paris"},
    {"Tokyo Standard Time", LEXICON_GUESSED, "Asia/Tokyo"},
    {"Paris", LEXICON_GUESSED, "Europe/Paris"},
    {"東京", LEXICON_GUESSED, "Asia/Tokyo"},
    {"Tokyo (JST)", LEXICON_GUESSED, "Asia/Tokyo"},
    {"(UTC+09:00) Osaka, Sapporo, Tokyo", LEXICON_GUESSED, "Asia/Tokyo"},
    {"JST", LEXICON_GUESSED, "Asia/Tokyo"},
    {"Japon", LEXICON_GUESSED, "Asia/Tokyo"},
    {"UTC+9", LEXICON_GUESSED, "UTC+09:00"},
    {"GMT+05:30", LEXICON_GUESSED, "UTC+05:30"},
    {"+0900", LEXICON_GUESSED, "UTC+09:00"},
    {"-05:00", LEXICON_GUESSED, "UTC-05:00"},
    {"Mars/Olympus", LEXICON_UNKNOWN, NULL},
    {"../../etc/passwd", LEXICON_UNKNOWN, NULL},
    {"+99", LEXICON_UNKNOWN, NULL},
    {"+", LEXICON_UNKNOWN, NULL},
};

TEST(zones)
{
    struct fixture f = fixture_new();
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        const struct zone *zone = NULL;
        CHECK_ROW(zones[i].word);
        CHECK_INT(lexicon_zone(f.arena, text_of(zones[i].word), f.zones, f.locale, &zone),
                  zones[i].fit);
        CHECK_STRING(zone ? zone_name(zone) : NULL, zones[i].zone);
    }
    fixture_done(&f);
}

TEST(countries)
{
    static const char *const rows[][2] = {
        {"FR", "FR"},   {"fr", "FR"},         {"France", "FR"}, {"JAPON", "JP"},
        {"日本", "JP"}, {"États-Unis", "US"}, {"UK", "GB"},     {"Côte d’Ivoire", "CI"},
        {"XK", "XK"},   {"Narnia", NULL}};
    struct fixture f = fixture_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *code = NULL;
        CHECK_ROW(rows[i][0]);
        CHECK(lexicon_country(f.arena, text_of(rows[i][0]), &code) >= 0);
        CHECK_STRING(code, rows[i][1]);
    }
    fixture_done(&f);
}

/* Column, then list, then organisation. */
TEST(defaults)
{
    struct fixture f = fixture_new();
    static const char *const groups[] = {"Liste B", "tous-azimuts"};
    const char list[] = "email;language;zone;country;groups\n"
                        "a@x.fr;ja;Asia/Tokyo;FR;x\nb@x.fr;;;JP;\nc@x.fr;;;;y\nd@x.fr;;;XX;\n";
    REQUIRE(fixture_read_string(&f, list) == 0);
    const struct contact *const *c = f.rows.items;
    CHECK_STRING(c[0]->language_reason, "column");
    CHECK_STRING(c[0]->zone_reason, "column");
    CHECK_STRING(c[1]->language_reason, "organisation");
    CHECK_STRING(c[1]->zone_reason, "country JP");
    CHECK_STRING(zone_name(c[1]->zone), "Asia/Tokyo");
    CHECK_STRING(c[2]->zone_reason, "organisation");
    CHECK_STRING(zone_name(c[3]->zone), "Europe/Paris");
    CHECK_STRING(c[3]->country, "XX"); /* in no table: it lives as long as the contact */
    const struct flaw *flaw = fixture_flaw(&f, "no language");
    REQUIRE(flaw);
    CHECK_INT(flaw->line, 3);
    f.options.list = &f.settings;
    f.settings.has_language = true;
    f.settings.language = LANGUAGE_EN;
    f.settings.zone = zones_find(f.zones, TEXT("Europe/London"));
    f.settings.groups = groups;
    f.settings.group_count = 2;
    REQUIRE(fixture_read_string(&f, list) == 0);
    c = f.rows.items;
    CHECK_INT(c[1]->language, LANGUAGE_EN);
    CHECK_STRING(c[1]->language_reason, "list");
    CHECK_STRING(c[2]->zone_reason, "list");
    CHECK_STRING(zone_name(c[2]->zone), "Europe/London");
    CHECK_STRING(fixture_groups(&f, c[1]), "liste b,tous-azimuts");
    CHECK_STRING(fixture_groups(&f, c[2]), "liste b,tous-azimuts,y");
    CHECK(!fixture_flaw(&f, "no language"));
    fixture_done(&f);
}

TEST(japan_by_the_clock_of_paris)
{
    struct fixture f = fixture_new();
    REQUIRE(fixture_read_string(&f, "email;country\na@x.fr;\nb@x.jp;JP\nc@x.lg.jp;\n") == 0);
    REQUIRE(fixture_flaw(&f, "1 contact in .jp"));
    CHECK_INT(fixture_flaw(&f, "1 contact in .jp")->line, 4);
    fixture_done(&f);
}

TEST(groups_cell)
{
    struct fixture f = fixture_new();
    const struct contact *c = fixture_first(
        &f, "email\tgroupe 1\tgroupe 2\na@x.fr\t Élus , presse;JAPON、elus\t\"Grand  Est\nx\"\n");
    CHECK_STRING(fixture_groups(&f, c), "elus,grand est,japon,presse,x");
    fixture_done(&f);
}

TEST(copies)
{
    struct fixture f = fixture_new();
    const struct contact *c =
        fixture_first(&f, "email;cc;assistant\na@x.fr;\"b@x.fr, C <c@X.fr>; A@x.fr\";Mme Durand\n");
    REQUIRE(c->cc_count == 2);
    CHECK_STRING(c->cc[0], "b@x.fr");
    CHECK_STRING(c->cc[1], "c@x.fr");
    REQUIRE(c->field_count == 1);
    CHECK_STRING(c->fields[0].value, "Mme Durand");
    fixture_done(&f);
}

TEST(one_person_on_several_rows)
{
    struct fixture f = fixture_new();
    struct contact_list list = fixture_list(&f, "email;nom;prénom;fonction;langue;groupes;cc\n"
                                                "Jean@X.fr;Dupont;Jean;Maire;;elus;s@x.fr\n"
                                                "jean@x.fr;DUPONT;jean;;ja;presse;t@x.fr\n"
                                                "jean@x.fr;;;Adjoint;fr;x;s@x.fr\n"
                                                "autre@x.fr;Autre;;;fr;;\n");
    REQUIRE(list.count == 2);
    const struct contact *c = list.items[0];
    CHECK_STRING(c->email, "Jean@x.fr");
    CHECK_INT(c->person_count, 1);
    CHECK_STRING(c->person.name, "Jean Dupont");
    CHECK_STRING(c->people[0].name, "Jean Dupont");
    CHECK_STRING(fixture_groups(&f, c), "elus,presse,x");
    CHECK_INT(c->language, LANGUAGE_JA); /* a column outweighs a default */
    CHECK_INT(c->cc_count, 2);
    const struct flaw *flaw = fixture_flaw(&f, "the function is not");
    REQUIRE(flaw);
    CHECK_INT(flaw->line, 4);
    CHECK(fixture_flaw(&f, "the language is not") != NULL);
    CHECK_INT(contact_list_find(&list, "autre@x.fr"), 1);
    fixture_done(&f);
}

TEST(shared_mailbox)
{
    struct fixture f = fixture_new();
    struct contact_list list =
        fixture_list(&f, "email;name;function;groups\nmairie@x.fr;Anne Martin;Maire;elus\n"
                         "mairie@x.fr;Bruno Petit;DGS;services\nmairie@x.fr;MARTIN Anne;Maire;x\n"
                         "mairie@x.fr;Claire Roy;;\n");
    REQUIRE(list.count == 1);
    REQUIRE(list.items[0]->person_count == 3);
    CHECK_STRING(list.items[0]->person.name, "Anne Martin");
    CHECK_STRING(list.items[0]->people[1].name, "Bruno Petit");
    CHECK_STRING(list.items[0]->people[1].function, "DGS");
    CHECK_STRING(list.items[0]->people[2].name, "Claire Roy");
    CHECK_STRING(fixture_groups(&f, list.items[0]), "elus,services,x");
    CHECK(!fixture_flaw(&f, "the function is not"));
    fixture_done(&f);
}

TEST(several_sources)
{
    struct fixture f = fixture_new();
    struct contact_rows rows[3] = {0};
    struct contact_list list;
    REQUIRE(fixture_read_string(&f, "email;name;organisation;groups\nb@x.fr;B;Nancy;elus\n") == 0);
    rows[0] = f.rows;
    f.options.source = "second";
    REQUIRE(fixture_read_string(&f, "email;name;organisation;groups\na@x.fr;A;;\n"
                                    "b@x.fr;B;Tours;presse\n") == 0);
    rows[1] = f.rows;
    flaws_init(&f.flaws, f.arena, "caller");
    CHECK_INT(contact_reader_merge(f.arena, rows, 3, &f.flaws, &list), 0);
    REQUIRE(list.count == 2);
    CHECK_STRING(list.items[0]->email, "a@x.fr");
    CHECK_STRING(list.items[0]->people[0].name, "A");
    CHECK_STRING(list.items[1]->organisation, "Nancy");
    CHECK_STRING(fixture_groups(&f, list.items[1]), "elus,presse");
    CHECK_STRING(list.items[0]->source, "second");
    CHECK_INT(list.items[0]->other_source_count, 0);
    CHECK_STRING(list.items[1]->source, "list");
    REQUIRE(list.items[1]->other_source_count == 1);
    CHECK_STRING(list.items[1]->other_sources[0], "second");
    const struct flaw *flaw = fixture_flaw(&f, "organisation is not");
    REQUIRE(flaw);
    CHECK_STRING(flaw->source, "second");
    CHECK_INT(flaw->line, 3);
    CHECK(strstr(flaw->text, "in list, line 2"));
    CHECK_STRING(f.flaws.source, "caller");
    CHECK_INT(contact_reader_merge(f.arena, rows, 0, &f.flaws, &list), 0);
    CHECK_INT(list.count, 0);
    fixture_done(&f);
}

/* Two lists, many of one beginning, a few twice, nobody in order. */
static void write_many(struct buf *text, size_t list, size_t count)
{
    buf_add_string(text, "email;name;groups\n");
    for (size_t i = 0; i < count; i++) {
        size_t number = (i * 61 + list * 40) % count + list * count / 2;
        buf_printf(text, "%s-%04zu@x.fr;P %zu;g%zu\n", number % 3 ? "somebody" : "s", number,
                   number, list);
    }
}

TEST(some_rows_at_a_time)
{
    enum { COUNT = 200 };
    static const size_t steps[] = {1, 2, 7, 100, 399, 400, SIZE_MAX};
    struct fixture f = fixture_new();
    struct contact_rows rows[3] = {0};
    struct contact_list whole;
    for (size_t i = 0; i < 2; i++) {
        CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);
        write_many(&text, i, COUNT);
        f.options.source = i ? "second" : "first";
        REQUIRE(fixture_read(&f, buf_text(&text)) == 0);
        rows[i * 2] = f.rows; /* and an empty one between them */
    }
    flaws_init(&f.flaws, f.arena, "caller");
    REQUIRE(contact_reader_merge(f.arena, rows, 3, &f.flaws, &whole) == 0);
    CHECK_INT(whole.count, COUNT * 3 / 2);
    for (size_t i = 1; i < whole.count; i++)
        CHECK(strcmp(whole.items[i - 1]->email, whole.items[i]->email) < 0);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct contact_merging *merging;
        struct contact_list list = {0};
        bool is_done = false;
        int taken = 0;
        REQUIRE(contact_reader_merge_open(f.arena, rows, 3, &f.flaws, &merging) == 0);
        for (; !is_done; taken++) {
            CHECK_INT(list.count, 0);
            REQUIRE(contact_reader_merge_step(merging, steps[i], &list, &is_done) == 0);
        }
        merging = contact_reader_merge_close(merging);
        CHECK(steps[i] < 2 * COUNT ? taken > 1 : taken == 1);
        CHECK_STRING(f.flaws.source, "caller");
        REQUIRE(list.count == whole.count);
        for (size_t k = 0; k < list.count; k++) {
            CHECK_STRING(list.items[k]->email, whole.items[k]->email);
            CHECK_INT(list.items[k]->group_count, whole.items[k]->group_count);
        }
    }
    fixture_done(&f);
}

TEST(sorted_by_bytes)
{
    struct fixture f = fixture_new();
    struct buf buf = BUF_INIT(1 << 20);
    buf_add_string(&buf, "email\n");
    for (int i = 0; i < 3000; i++)
        buf_printf(&buf, "user%d@x%d.fr\n", i * 7919 % 3000, i % 7);
    struct contact_list list = fixture_list(&f, buf.data);
    CHECK_INT(list.count, 3000);
    for (size_t i = 1; i < list.count; i++)
        CHECK(strcmp(list.items[i - 1]->email, list.items[i]->email) < 0);
    for (size_t i = 0; i < list.count; i++)
        CHECK(list.items[i]->people == &list.items[i]->person);
    buf_done(&buf);
    fixture_done(&f);
}

CHECK_MAIN
