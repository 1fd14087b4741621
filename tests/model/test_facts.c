/* SPDX-License-Identifier: MIT */
#include "model/facts.h"

#include "check.h"

enum { ARENA_BYTES = 1 << 24 };

static struct zones *zones;
static struct arena *arena;

static const struct zone *zone(const char *name)
{
    const struct zone *found = zones_find(zones, text_of(name));
    REQUIRE(found != NULL);
    return found;
}

static void begin(void)
{
    if (!zones)
        zones = zones_new(NULL);
    if (!arena)
        arena = arena_new(ARENA_BYTES);
    REQUIRE(zones && arena);
    arena_clear(arena);
}

/* The meeting that all rows start from: 5 October 2026, 9:00 to 11:00 in Paris. */
struct meeting {
    struct event event;
    struct occurrence occurrence;
};

static struct meeting meeting(void)
{
    struct meeting m = {
        .event = {.uid = "1@x",
                  .summary = {.any = "Réunion du groupe-pays", .in[LANGUAGE_JA] = "会合"},
                  .location = {.any = "Salle A, Nancy"},
                  .link = "https://visio.example.org/japon",
                  .description = {.any = "Ordre du jour"}},
        .occurrence = {.key = "1@x"},
    };
    m.occurrence.when = (struct when){
        .start = instant_from_sec(1791183600), /* 2026-10-05T07:00:00Z */
        .end = instant_from_sec(1791190800),
        .zone = zone("Europe/Paris"),
    };
    return m;
}

static struct facts facts_made(struct meeting *m)
{
    struct facts facts = {0};
    m->occurrence.event = &m->event;
    REQUIRE(facts_of(arena, &m->occurrence, &facts) == 0);
    return facts;
}

TEST(canonical_text)
{
    begin();
    struct meeting m = meeting();
    CHECK_STRING(facts_made(&m).text, "convier facts 1\n"
                                      "start 2026-10-05T07:00:00Z\n"
                                      "end 2026-10-05T09:00:00Z\n"
                                      "zone Europe/Paris\n"
                                      "state alive\n"
                                      "title Réunion du groupe-pays\n"
                                      "title.ja 会合\n"
                                      "place Salle A, Nancy\n"
                                      "link https://visio.example.org/japon\n");
    m.occurrence.when =
        (struct when){.is_all_day = true, .first_day = {2026, 10, 3}, .end_day = {2026, 10, 7}};
    m.event.location.any = m.event.link = NULL;
    m.occurrence.state = EVENT_POSTPONED;
    CHECK_STRING(facts_made(&m).text, "convier facts 1\n"
                                      "first 2026-10-03\n"
                                      "until 2026-10-07\n"
                                      "state postponed\n"
                                      "title Réunion du groupe-pays\n"
                                      "title.ja 会合\n");
}

/* What a calendar program rewrites by itself, or what no reader can see. */
static void set_zone_utc(struct meeting *m)
{
    m->occurrence.when.zone = zones_utc(zones);
}
static void set_zone_tokyo(struct meeting *m)
{
    m->occurrence.when.zone = zone("Asia/Tokyo");
}
static void set_zone_custom(struct meeting *m)
{
    struct zone_transition only = {.offset_sec = 7200};
    m->occurrence.when.zone = zones_custom(zones, "Customized Time Zone", only, NULL, 0);
}
static void set_sequence(struct meeting *m)
{
    m->event.sequence = 12;
    m->event.line = 99;
    m->event.source = "elsewhere.ics";
    m->event.feed = "other";
}
static void set_description(struct meeting *m)
{
    m->event.description.any = "Autre ordre du jour";
    m->event.url = "https://example.org/page";
    m->event.organiser_email = "a@example.org";
}
static void set_marks(struct meeting *m)
{
    m->event.marks.is_urgent = true;
    m->event.marks.audience = "japon";
}
static void set_nbsp_title(struct meeting *m)
{
    m->event.summary.any = "  Réunion\xC2\xA0 du\tgroupe-pays ";
}
static void set_decomposed_title(struct meeting *m)
{
    m->event.summary.any = "Re\xCC\x81union du groupe-pays";
}
static void set_invisible_title(struct meeting *m)
{
    m->event.summary.any = "\xEF\xBB\xBFRéunion\xE2\x80\x8B du groupe-pays";
}
static void set_narrow_blank_title(struct meeting *m)
{
    m->event.summary.any = "Réunion\xE2\x80\xAF"
                           "du groupe-pays";
}
static void set_place_lines(struct meeting *m)
{
    m->event.location.any = "Salle A\nNancy\n";
}
static void set_place_lines_comma(struct meeting *m)
{
    m->event.location.any = " Salle A,\r\n Nancy";
}
static void set_place_blanks(struct meeting *m)
{
    m->event.location.any = "Salle  A,\xC2\xA0Nancy";
}
static void set_link_case(struct meeting *m)
{
    m->event.link = "HTTPS://Visio.Example.org/japon ";
}
static void set_link_twice(struct meeting *m)
{
    m->event.link = "https://visio.example.org/japon https://visio.example.org/japon";
}
static void set_tentative(struct meeting *m)
{
    m->occurrence.state = EVENT_TENTATIVE;
}
static void set_fraction(struct meeting *m)
{
    m->occurrence.when.start.utc_usec += 400000;
}
static void set_place_typography(struct meeting *m)
{
    m->event.location.any = "SALLE Ａ, Nancy";
}
static void set_empty_words(struct meeting *m)
{
    m->event.summary.in[LANGUAGE_FR] = " \xC2\xA0\n";
}

TEST(must_keep)
{
    static const struct {
        const char *title;
        void (*change)(struct meeting *);
    } rows[] = {
        {"zone UTC", set_zone_utc},
        {"zone Tokyo", set_zone_tokyo},
        {"zone of a VTIMEZONE", set_zone_custom},
        {"sequence, source, line", set_sequence},
        {"description, page, organiser", set_description},
        {"marks", set_marks},
        {"NBSP and tabs in the title", set_nbsp_title},
        {"NFD title", set_decomposed_title},
        {"invisible marks", set_invisible_title},
        {"narrow NBSP", set_narrow_blank_title},
        {"address on two lines", set_place_lines},
        {"address on two lines with comma", set_place_lines_comma},
        {"blanks in the address", set_place_blanks},
        {"capitals and full width", set_place_typography},
        {"case of the link's host", set_link_case},
        {"link twice", set_link_twice},
        {"fraction of a second", set_fraction},
        {"a translation that is blank", set_empty_words},
    };
    begin();
    struct meeting base = meeting();
    struct facts before = facts_made(&base);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct meeting m = meeting();
        CHECK_ROW(rows[i].title);
        rows[i].change(&m);
        struct facts after = facts_made(&m);
        CHECK_INT(facts_differ(&before, &after), 0);
        CHECK_STRING(after.id, before.id);
    }
}

static void move_start(struct meeting *m)
{
    m->occurrence.when.start.utc_usec += USEC_PER_MIN;
}
static void move_end(struct meeting *m)
{
    m->occurrence.when.end.utc_usec += USEC_PER_SEC;
}
static void make_all_day(struct meeting *m)
{
    m->occurrence.when =
        (struct when){.is_all_day = true, .first_day = {2026, 10, 5}, .end_day = {2026, 10, 6}};
}
static void cancel(struct meeting *m)
{
    m->occurrence.state = EVENT_CANCELLED;
}
static void postpone(struct meeting *m)
{
    m->occurrence.state = EVENT_POSTPONED;
}
static void move_room(struct meeting *m)
{
    m->event.location.any = "Salle B, Nancy";
}
static void lose_room(struct meeting *m)
{
    m->event.location.any = NULL;
}
static void translate_room(struct meeting *m)
{
    m->event.location.in[LANGUAGE_JA] = "ナンシー市";
}
static void change_link(struct meeting *m)
{
    m->event.link = "https://visio.example.org/Japon";
}
static void lose_link(struct meeting *m)
{
    m->event.link = NULL;
}
static void add_link(struct meeting *m)
{
    m->event.link = "https://a.example.org/ https://visio.example.org/japon";
}
static void change_title(struct meeting *m)
{
    m->event.summary.any = "Réunion du groupe-pays Japon";
}
static void change_translation(struct meeting *m)
{
    m->event.summary.in[LANGUAGE_JA] = "国別会合";
}
static void voice_kana(struct meeting *m)
{
    m->event.summary.in[LANGUAGE_JA] = "会合が";
}
static void move_and_rename(struct meeting *m)
{
    move_start(m);
    change_title(m);
}

TEST(must_change)
{
    static const struct {
        const char *title;
        void (*change)(struct meeting *);
        unsigned fields;
    } rows[] = {
        {"start", move_start, FACTS_TIME},
        {"end", move_end, FACTS_TIME},
        {"timed to all day", make_all_day, FACTS_TIME},
        {"cancelled", cancel, FACTS_STATE},
        {"postponed", postpone, FACTS_STATE},
        {"tentative", set_tentative, FACTS_STATE},
        {"room", move_room, FACTS_PLACE},
        {"no room any more", lose_room, FACTS_PLACE},
        {"path of the link", change_link, FACTS_LINK},
        {"no link any more", lose_link, FACTS_LINK},
        {"another link beside it", add_link, FACTS_LINK},
        {"title", change_title, FACTS_TITLE},
        {"title in Japanese", change_translation, FACTS_TITLE},
        {"kana", voice_kana, FACTS_TITLE},
        {"two at once", move_and_rename, FACTS_TIME | FACTS_TITLE},
    };
    begin();
    struct meeting base = meeting();
    struct facts before = facts_made(&base);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct meeting m = meeting();
        CHECK_ROW(rows[i].title);
        rows[i].change(&m);
        struct facts after = facts_made(&m);
        CHECK_INT(facts_differ(&before, &after), rows[i].fields);
        CHECK_INT(facts_differ(&after, &before), rows[i].fields);
        CHECK(strcmp(after.id, before.id) != 0);
    }
}

TEST(links_are_a_set)
{
    begin();
    struct meeting a = meeting(), b = meeting();
    a.event.link = "https://b.example.org/1 https://a.example.org/";
    b.event.link = "https://a.example.org\nhttps://b.example.org/1";
    struct facts left = facts_made(&a), right = facts_made(&b);
    CHECK_STRING(left.link, "https://a.example.org https://b.example.org/1");
    CHECK_STRING(left.text, right.text);
}

/* Nobody is written to because a translation came or went; a changed one is told. */
TEST(translations)
{
    static const struct {
        const char *title;
        struct words before, after;
        bool is_same;
    } rows[] = {
        {"one was added", {.any = "a"}, {.any = "a", .in = {NULL, "j", NULL}}, true},
        {"one was added beside another", {.in = {"f"}}, {.in = {"f", "j"}}, true},
        {"one was changed",
         {.any = "a", .in = {NULL, "j"}},
         {.any = "a", .in = {NULL, "k"}},
         false},
        {"the words were changed, not it",
         {.any = "a", .in = {"f"}},
         {.any = "b", .in = {"f"}},
         false},
        {"the first words at all", {0}, {.in = {"f"}}, false},
        {"none any more", {.any = "a"}, {0}, false},
        {"none at all", {0}, {0}, true},
        {"the same words got a language", {.any = "a"}, {.in = {"a"}}, true},
        {"other words in another language", {.in = {"f"}}, {.in = {NULL, "j"}}, false},
        {"one was added, the words changed", {.any = "a"}, {.any = "b", .in = {"f"}}, false},
    };
    begin();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct meeting a = meeting(), b = meeting();
        CHECK_ROW(rows[i].title);
        a.event.location = rows[i].before;
        b.event.location = rows[i].after;
        struct facts before = facts_made(&a), after = facts_made(&b);
        CHECK_INT(facts_differ(&before, &after), rows[i].is_same ? 0 : FACTS_PLACE);
        CHECK_INT(facts_differ(&after, &before), rows[i].is_same ? 0 : FACTS_PLACE);
    }
}

/* Readers see the link once, so a place that is the link is no place to them. */
TEST(a_place_that_is_the_link)
{
#define LINK "https://visio.example.org/japon"
#define NEW  "https://visio.example.org/new"
    static const struct {
        const char *title;
        struct words place_before, place;
        const char *link_before, *link;
        unsigned fields;
    } rows[] = {
        {"the place is emptied", {.any = LINK}, {0}, LINK, LINK, 0},
        {"in one language", {.in = {LINK}}, {0}, LINK, LINK, 0},
        {"beside a translation", {.any = LINK}, {.any = LINK, .in = {NULL, "j"}}, LINK, LINK, 0},
        {"both are another link", {.any = LINK}, {.any = NEW}, LINK, NEW, FACTS_LINK},
        {"the place is a room now", {.any = LINK}, {.any = "Salle A"}, LINK, LINK, FACTS_PLACE},
        {"the place is another link", {.any = LINK}, {.any = NEW}, LINK, LINK, FACTS_PLACE},
        {"the link is emptied, its place not",
         {.any = LINK},
         {.any = LINK},
         LINK,
         NULL,
         FACTS_LINK},
        {"a room in one language", {.any = LINK}, {.in = {LINK, "j"}}, LINK, LINK, FACTS_PLACE},
    };
    begin();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct meeting a = meeting(), b = meeting();
        CHECK_ROW(rows[i].title);
        a.event.location = rows[i].place_before;
        a.event.link = rows[i].link_before;
        b.event.location = rows[i].place;
        b.event.link = rows[i].link;
        struct facts before = facts_made(&a), after = facts_made(&b);
        CHECK_INT(facts_differ(&before, &after), rows[i].fields);
        CHECK_INT(facts_differ(&after, &before), rows[i].fields);
    }
}

TEST(apostrophes_and_dashes)
{
    begin();
    struct meeting a = meeting(), b = meeting();
    a.event.location.any = "Salle de l'Élysée - 2e étage";
    b.event.location.any = "Salle de l’Élysée – 2e étage";
    struct facts left = facts_made(&a), right = facts_made(&b);
    CHECK_INT(facts_differ(&left, &right), 0);
    CHECK_STRING(left.id, right.id);
    CHECK(strcmp(left.text, right.text) != 0); /* each is shown as it was written */
    b.event.location.any = "Salle de l’Élysée – 3e étage";
    right = facts_made(&b);
    CHECK_INT(facts_differ(&left, &right), FACTS_PLACE);
    CHECK(strcmp(left.id, right.id) != 0);
}

static void (*const changes[])(struct meeting *) = {
    set_zone_utc,    set_place_lines, make_all_day, cancel,         postpone,
    lose_room,       lose_link,       add_link,     translate_room, set_tentative,
    set_empty_words, move_start,      change_title, set_link_case,
};

TEST(round_trip)
{
    begin();
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct meeting m = meeting();
        struct facts back;
        changes[i](&m);
        struct facts facts = facts_made(&m);
        CHECK_ROW(facts.text);
        REQUIRE(facts_parse(arena, zones, facts.text, &back) == 0);
        CHECK_STRING(back.text, facts.text);
        CHECK_STRING(back.id, facts.id);
        CHECK_INT(facts_differ(&facts, &back), 0);
        CHECK_INT(back.state, facts.state);
        CHECK(back.when.zone == facts.when.zone);
    }
}

TEST(extreme_moments_round_trip)
{
    static const int64_t moments[] = {INT64_MIN, INT64_MAX, -1, 0, -62135596800 * 1000000};
    begin();
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        struct meeting m = meeting();
        struct facts back;
        m.occurrence.when.start.utc_usec = moments[i];
        struct facts facts = facts_made(&m);
        CHECK_ROW(facts.text);
        REQUIRE(facts_parse(arena, zones, facts.text, &back) == 0);
        CHECK_INT(facts_differ(&facts, &back), 0);
    }
}

TEST(endless_words_are_cut)
{
    static char endless[3 << 20];
    begin();
    struct meeting m = meeting();
    struct facts back;
    for (size_t i = 0; i + 3 < sizeof endless; i += 3)
        memcpy(endless + i, "会", 3);
    m.event.summary.any = m.event.location.any = m.event.link = endless;
    struct facts facts = facts_made(&m);
    CHECK(strlen(facts.text) < 3 * 8300 + 200);
    CHECK(facts_parse(arena, zones, facts.text, &back) == 0);
    CHECK_STRING(back.id, facts.id);
}

TEST(zones_that_are_gone_become_utc)
{
    struct facts facts;
    begin();
    struct meeting m = meeting();
    struct facts known = facts_made(&m);
    CHECK(facts_parse(arena, zones,
                      "convier facts 1\nstart 2026-10-05T07:00:00Z\nend 2026-10-05T09:00:00Z\n"
                      "zone Europe/Atlantis\nstate alive\ntitle Réunion du groupe-pays\n"
                      "title.ja 会合\nplace Salle A, Nancy\n"
                      "link https://visio.example.org/japon\n",
                      &facts) == 0);
    CHECK(facts.when.zone == zones_utc(zones));
    CHECK_STRING(facts.id, known.id);
    CHECK(facts_parse(arena, zones,
                      "convier facts 1\nstart 2026-10-05T07:00:00Z\nend 2026-10-05T09:00:00Z\n"
                      "zone UTC+05:30\nstate alive\n",
                      &facts) == 0);
    CHECK_STRING(zone_name(facts.when.zone), "UTC+05:30");
}

TEST(malformed)
{
    static const char *const rows[] = {
        "",
        "x",
        "convier facts 1",
        "convier facts 1\n",
        "convier facts 2\nfirst 2026-10-03\nuntil 2026-10-07\nstate alive\n",
        "convier facts 1\nfirst 2026-10-03\nuntil 2026-10-07\nstate alive",
        "convier facts 1\nfirst 2026-10-03\nuntil 2026-10-07\nstate asleep\n",
        "convier facts 1\nfirst 2026-02-30\nuntil 2026-10-07\nstate alive\n",
        "convier facts 1\nfirst 2026-10-03\nstate alive\n",
        "convier facts 1\nfirst 2026-10-03\nuntil 2026-10-07\nzone UTC\nstate alive\n",
        "convier facts 1\nfirst 2026-10-03\nuntil 2026-10-07\nstate alive\n\n",
        "convier facts 1\nfirst 2026-10-03\nuntil 2026-10-07\nstate alive\ntitle \n",
        "convier facts 1\nfirst 2026-10-03\nuntil 2026-10-07\nstate alive\ntitle\n",
        "convier facts 1\nfirst 2026-10-03\nuntil 2026-10-07\nstate alive\ntitle a\ntitle b\n",
        "convier facts 1\nfirst 2026-10-03\nuntil 2026-10-07\nstate alive\nplace a\ntitle b\n",
        "convier facts 1\nfirst 2026-10-03\nuntil 2026-10-07\nstate alive\ntitle.de b\n",
        "convier facts 1\nfirst 2026-10-03\nuntil 2026-10-07\nstate alive\ntitle a\rb\n",
        "convier facts 1\nfirst 2026-10-03\nuntil 2026-10-07\nstate alive\ntitle \xC3\n",
        "convier facts 1\r\nfirst 2026-10-03\r\nuntil 2026-10-07\r\nstate alive\r\n",
        "convier facts 1\nstart 2026-10-05t07:00:00Z\nend 2026-10-05T09:00:00Z\nzone UTC\n"
        "state alive\n",
        "convier facts 1\nstart 2026-10-05T07:00:60Z\nend 2026-10-05T09:00:00Z\nzone UTC\n"
        "state alive\n",
        "convier facts 1\nstart 2026-10-05T07:00:00Z\nend 2026-10-05T09:00:00Z\nstate alive\n",
        "convier facts 1\nstart 2026-10-05T07:00:00.5Z\nend 2026-10-05T09:00:00Z\nzone UTC\n"
        "state alive\n",
    };
    struct facts facts;
    begin();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i]);
        CHECK_INT(facts_parse(arena, zones, rows[i], &facts), FACTS_E_MALFORMED);
    }
}

/* Any cut or any flipped byte of a good text is refused or read as something canonical. */
TEST(hostile_bytes)
{
    begin();
    struct meeting m = meeting();
    struct facts good = facts_made(&m);
    size_t size = strlen(good.text);
    char *bent = malloc(size + 1);
    REQUIRE(bent != NULL);
    for (size_t at = 0; at < size; at++)
        for (int byte = 1; byte < 256; byte++) {
            struct arena_mark mark = arena_mark(arena);
            struct facts facts;
            memcpy(bent, good.text, size + 1);
            bent[at] = (char)byte;
            int r = facts_parse(arena, zones, bent, &facts);
            CHECK(r == FACTS_E_MALFORMED || (r == 0 && strcmp(facts.text, bent) == 0));
            arena_rewind(arena, mark);
        }
    /* A cut at the end of a line after the state is a whole text with fewer facts. */
    const char *after_state = strstr(good.text, "title ");
    for (size_t cut = 0; cut < size; cut++) {
        struct facts facts;
        memcpy(bent, good.text, size + 1);
        bent[cut] = '\0';
        bool is_whole = cut && good.text + cut >= after_state && bent[cut - 1] == '\n';
        CHECK_INT(facts_parse(arena, zones, bent, &facts), is_whole ? 0 : FACTS_E_MALFORMED);
    }
    free(bent);
}

TEST(memory_refused)
{
    begin();
    struct meeting m = meeting();
    struct facts facts;
    m.occurrence.event = &m.event;
    const char *text = facts_made(&m).text;
    for (size_t bytes = 0; bytes < 600; bytes += 16) {
        struct arena *small = arena_new(bytes);
        if (!small)
            continue;
        int r = facts_of(small, &m.occurrence, &facts);
        CHECK(r == 0 || r == -12);
        arena_clear(small);
        r = facts_parse(small, zones, text, &facts);
        CHECK(r == 0 || r == -12);
        arena_free(small);
    }
    arena_free(arena);
    zones_free(zones);
    arena = NULL;
    zones = NULL;
}

CHECK_MAIN
