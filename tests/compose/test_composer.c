/* SPDX-License-Identifier: MIT */
#include "scene.h"

TEST(every_kind_in_every_language)
{
    struct fixture f;
    fixture_init(&f);
    fixture_shipped(&f);
    int r = fixture_compile(&f);
    print_flaws(&f);
    REQUIRE(r == 0);
    for (int kind = 0; kind < NOTICE_NEWSLETTER; kind++)
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            static char title[100], name[140];
            struct scene s;
            struct composed_parts parts;
            snprintf(title, sizeof title, "%s.%s", notice_kind_to_text((enum notice_kind)kind),
                     language_to_text((enum language)language));
            CHECK_ROW(title);
            scene_init(&f, &s, (enum notice_kind)kind, (enum language)language);
            CHECK_INT(compose(&f, &s), 0);
            print_flaws(&f);
            snprintf(name, sizeof name, "%s.eml", title);
            check_golden(name, s.message.bytes);
            CHECK_INT(composer_parts(f.composer, f.arena, &s.request, &parts, &f.flaws), 0);
            snprintf(name, sizeof name, "%s.txt", title);
            check_golden(name, parts.text);
            snprintf(name, sizeof name, "%s.html", title);
            check_golden(name, parts.html);
            CHECK(parts.html.size < 60 * 1000);
            buf_done(&s.out);
        }
    fixture_done(&f);
}

/* A hostile word in every field that a list or a calendar may fill. */
TEST(nothing_is_injected)
{
    static const char *const words[] = {
        "x\r\nBcc: evil@example.com\r\n\r\nbody",
        "x\nBcc: evil@example.com",
        "x\rBcc: evil@example.com",
        "=?UTF-8?Q?=0D=0ABcc:_evil@example.com?=",
        "\"x\" <evil@example.com>,",
        "--=_m4exfacv22j74765o--\r\n",
        "</title><script>alert(1)</script>",
        "{{organisation.name}} {{> signature}} {{{x}}}",
        ("x\xE2\x80\xA8"
         "Bcc: evil@example.com"),
        "[x](javascript:alert(1)) <img src=x onerror=y>",
        "| a | b |\n|---|---|\n\n# x\n\n```",
    };
    struct fixture f;
    fixture_init(&f);
    fixture_shipped(&f);
    REQUIRE(fixture_compile(&f) == 0);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            struct scene s;
            struct composed_parts parts;
            CHECK_ROW(words[i]);
            scene_init(&f, &s, NOTICE_INVITATION, (enum language)language);
            const struct person person = {
                .name = words[i], .family = words[i], .title = words[i], .function = words[i]};
            s.contact.person = person;
            s.contact.people = &person;
            s.contact.organisation = s.contact.department = words[i];
            s.event.summary = s.event.location = s.event.description =
                (struct words){.any = words[i]};
            s.event.organiser_name = words[i];
            s.event.url = words[i];
            REQUIRE(facts_of(f.arena, &s.occurrence, &s.facts) == 0);
            s.facts.summary.any = words[i]; /* even past the calendar room's own cleaning */
            s.facts.link = words[i];
            CHECK_INT(compose(&f, &s), 0);
            print_flaws(&f);
            struct text bytes = s.message.bytes;
            struct text head = text_slice(bytes, 0, text_find(bytes, TEXT("\r\n\r\n")));
            CHECK(text_find(head, TEXT("\r\nBcc")) == head.size);
            CHECK_INT(s.message.recipient_count, 1);
            REQUIRE(composer_parts(f.composer, f.arena, &s.request, &parts, &f.flaws) == 0);
            CHECK(text_find(parts.html, TEXT("<script")) == parts.html.size);
            CHECK(text_find(parts.html, TEXT("<img")) == parts.html.size);
            CHECK(text_find(parts.html, TEXT("href=\"javascript")) == parts.html.size);
            buf_done(&s.out);
        }
    fixture_done(&f);
}

static size_t count_in(struct text text, const char *word)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += text_starts(text_from(text, i), word);
    return count;
}

/* What is told of place and link, in plain French. */
TEST(a_place_that_is_the_link_is_told_once)
{
#define ROOM "Salle 3"
#define LINK "https://visio.example.org/r"
#define NEW  "https://visio.example.org/new"
    static const struct {
        const char *title;
        enum notice_kind kind;
        const char *place_before, *link_before, *place, *link;
        const char *want[4]; /* each once */
        const char *never;
    } rows[] = {
        {"a room", NOTICE_INVITATION, NULL, NULL, ROOM, NULL, {"Lieu\u00a0: Salle 3"}, "En ligne"},
        {"a room and a link",
         NOTICE_INVITATION,
         NULL,
         NULL,
         ROOM,
         LINK,
         {"Lieu\u00a0: Salle 3", "En ligne\u00a0: " LINK},
         "préciser"},
        {"the link",
         NOTICE_INVITATION,
         NULL,
         NULL,
         LINK,
         LINK,
         {LINK, "En ligne\u00a0: " LINK},
         "Lieu"},
        {"to another link",
         NOTICE_CHANGE,
         LINK,
         LINK,
         NEW,
         NEW,
         {"Ancien lien\u00a0: " LINK, "Nouveau lien\u00a0: " NEW},
         "lieu"},
        {"from a room",
         NOTICE_CHANGE,
         ROOM,
         NULL,
         LINK,
         LINK,
         {"Ancien lieu\u00a0: Salle 3", "Nouveau lieu\u00a0: en ligne",
          "Nouveau lien\u00a0: " LINK},
         "préciser"},
        {"to a room",
         NOTICE_CHANGE,
         LINK,
         LINK,
         ROOM,
         NULL,
         {"Ancien lieu\u00a0: en ligne", "Nouveau lieu\u00a0: Salle 3", "Ancien lien\u00a0: " LINK},
         "préci"},
    };
    struct fixture f;
    fixture_init(&f);
    fixture_shipped(&f);
    REQUIRE(fixture_compile(&f) == 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene s;
        struct composed_parts parts;
        CHECK_ROW(rows[i].title);
        scene_init(&f, &s, rows[i].kind, LANGUAGE_FR);
        s.event.location = (struct words){.any = rows[i].place_before};
        s.event.link = rows[i].link_before;
        REQUIRE(facts_of(f.arena, &s.occurrence, &s.before) == 0);
        s.event.location = (struct words){.any = rows[i].place};
        s.event.link = rows[i].link;
        REQUIRE(facts_of(f.arena, &s.occurrence, &s.facts) == 0);
        REQUIRE(composer_parts(f.composer, f.arena, &s.request, &parts, &f.flaws) == 0);
        for (size_t k = 0; k < 4 && rows[i].want[k]; k++)
            CHECK_INT(count_in(parts.text, rows[i].want[k]), 1);
        CHECK_INT(count_in(parts.text, rows[i].never), 0);
        buf_done(&s.out);
    }
    fixture_done(&f);
}

TEST(unusable_addresses_are_refused)
{
    struct fixture f;
    fixture_init(&f);
    fixture_shipped(&f);
    REQUIRE(fixture_compile(&f) == 0);
    struct scene s;
    scene_init(&f, &s, NOTICE_REMINDER, LANGUAGE_EN);
    s.contact.email = "a@b.example\r\nBcc: x@y";
    CHECK_INT(compose(&f, &s), COMPOSER_E_INCOMPLETE);
    CHECK_INT(s.out.size, 0);
    buf_done(&s.out);
    fixture_done(&f);
}

TEST(the_same_request_gives_the_same_bytes)
{
    struct fixture f;
    fixture_init(&f);
    fixture_shipped(&f);
    REQUIRE(fixture_compile(&f) == 0);
    struct scene a, b;
    scene_init(&f, &a, NOTICE_INVITATION, LANGUAGE_JA);
    scene_init(&f, &b, NOTICE_INVITATION, LANGUAGE_JA);
    REQUIRE(compose(&f, &a) == 0 && compose(&f, &b) == 0);
    CHECK(text_equal(a.message.bytes, b.message.bytes));
    CHECK_STRING(a.message.message_id, b.message.message_id);
    /* another step is another message of the same thread */
    b.notice.step = "reminder-7d";
    buf_clear(&b.out);
    REQUIRE(compose(&f, &b) == 0);
    CHECK(strcmp(b.message.message_id, a.message.message_id) != 0);
    buf_done(&a.out);
    buf_done(&b.out);
    fixture_done(&f);
}

/* Molds are shared between readers; their words never are, and a warm composer writes the same
 * bytes as a fresh one.                                                                          */
TEST(no_word_of_one_reader_reaches_another)
{
    static const struct person people[] = {
        {.name = "Ann Lee", .family = "Lee", .title = "Ms"},
        {.name = "Bob Ray", .family = "Ray", .title = "Mr", .function = "Maire"},
        {.function = "国際課長"},
        {.name = "佐藤 健", .family = "佐藤"},
        {.salutation = "Cher <ami> & *collègue*"},
        {0},
    };
    enum { READERS = 60 };
    struct fixture warm, fresh;
    fixture_init(&warm);
    fixture_shipped(&warm);
    REQUIRE(fixture_compile(&warm) == 0);
    for (int i = 0; i < READERS; i++) {
        static char title[100];
        char email[2][40];
        struct scene s, t;
        const struct person *person = &people[i % 6];
        enum language language = (enum language)(i / 6 % LANGUAGE_COUNT);
        struct scene *both[] = {&s, &t};
        struct fixture *fixtures[] = {&warm, &fresh};
        fixture_init(&fresh);
        fixture_shipped(&fresh);
        REQUIRE(fixture_compile(&fresh) == 0);
        snprintf(title, sizeof title, "reader %d", i);
        CHECK_ROW(title);
        for (int b = 0; b < 2; b++) {
            snprintf(email[b], sizeof email[b], "reader-%d-x@example.org", i);
            scene_init(fixtures[b], both[b], NOTICE_REMINDER, language);
            both[b]->contact.email = both[b]->notice.contact = email[b];
            both[b]->contact.person = *person;
            both[b]->contact.people = person;
            both[b]->contact.organisation = i % 2 ? "Ville de Tours" : NULL;
            both[b]->contact.zone =
                fixture_zone(fixtures[b], i % 4 ? "Asia/Tokyo" : "Europe/Paris");
            REQUIRE(compose(fixtures[b], both[b]) == 0);
        }
        CHECK(text_equal(s.message.bytes, t.message.bytes));
        struct composed_parts parts;
        REQUIRE(composer_parts(warm.composer, warm.arena, &s.request, &parts, &warm.flaws) == 0);
        struct text rest = parts.text;
        size_t at;
        while ((at = text_find(rest, TEXT("reader-"))) < rest.size) {
            CHECK(text_starts(text_from(rest, at), email[0]));
            rest = text_from(rest, at + 1);
        }
        CHECK(text_find(parts.text, TEXT("\xF4\x8F\xBC")) == parts.text.size);
        CHECK(text_find(parts.html, TEXT("\xF4\x8F\xBC")) == parts.html.size);
        for (size_t c = 0; c < parts.text.size; c++)
            CHECK(parts.text.data[c] == '\n' || (unsigned char)parts.text.data[c] >= ' ');
        buf_done(&s.out);
        buf_done(&t.out);
        fixture_done(&fresh);
    }
    fixture_done(&warm);
}

TEST(envelope_and_copies)
{
    static const char *const assistants[] = {"assistant@tours.example", "not an address"};
    struct fixture f;
    fixture_init(&f);
    fixture_shipped(&f);
    REQUIRE(fixture_compile(&f) == 0);
    struct scene s;
    scene_init(&f, &s, NOTICE_REMINDER, LANGUAGE_FR);
    s.contact.cc = assistants;
    s.contact.cc_count = 2;
    REQUIRE(compose(&f, &s) == 0);
    CHECK_INT(s.message.recipient_count, 2);
    CHECK_STRING(s.message.recipients[0], "maire@tours.example");
    CHECK_STRING(s.message.recipients[1], "assistant@tours.example");
    CHECK(text_starts(text_of(s.message.envelope_from), "retours+"));
    CHECK(text_ends_nocase(text_of(s.message.envelope_from), "@example.org"));
    struct text bytes = s.message.bytes;
    CHECK(text_find(bytes, TEXT("\r\nCc: assistant@tours.example\r\n")) < bytes.size);
    CHECK(text_find(bytes, TEXT("\r\nAuto-Submitted: auto-generated\r\n")) < bytes.size);
    struct message alone; /* of bytes that were kept */
    REQUIRE(composer_envelope(f.composer, f.arena, &s.request, &alone) == 0);
    CHECK_STRING(alone.message_id, s.message.message_id);
    CHECK_STRING(alone.envelope_from, s.message.envelope_from);
    CHECK_STRING(alone.envelope_id, s.message.envelope_id);
    CHECK_INT(alone.recipient_count, 2);
    CHECK_STRING(alone.recipients[1], "assistant@tours.example");
    CHECK_INT(alone.bytes.size, 0);
    buf_done(&s.out);
    f.settings.sender.subaddress = false;
    s.out = BUF_INIT(1 << 20);
    REQUIRE(compose(&f, &s) == 0);
    CHECK_STRING(s.message.envelope_from, "retours@example.org");
    buf_done(&s.out);
    fixture_done(&f);
}

/* RFC 8058: the field of one click only beside an https address that answers a POST. */
TEST(one_click_only_where_there_is_a_page)
{
    struct fixture f;
    struct scene s;
    struct composed_parts parts;
    fixture_init(&f);
    fixture_shipped(&f);
    REQUIRE(fixture_compile(&f) == 0);
    scene_init(&f, &s, NOTICE_REMINDER, LANGUAGE_FR);
    REQUIRE(compose(&f, &s) == 0);
    CHECK(text_find(s.message.bytes, TEXT("List-Unsubscribe-Post")) == s.message.bytes.size);
    buf_done(&s.out);
    fixture_done(&f);

    fixture_init(&f);
    f.settings.sender.unsubscribe_url = "https://www.example.org/stop?t={token}&l=fr";
    fixture_shipped(&f);
    REQUIRE(fixture_compile(&f) == 0);
    scene_init(&f, &s, NOTICE_REMINDER, LANGUAGE_FR);
    REQUIRE(compose(&f, &s) == 0);
    REQUIRE(composer_parts(f.composer, f.arena, &s.request, &parts, &f.flaws) == 0);
    struct text bytes = s.message.bytes;
    CHECK(text_find(bytes, TEXT("\r\nList-Unsubscribe: <https://www.example.org/stop?t="
                                "titbxgqjyvl2ic7v&l=fr>, "
                                "<mailto:desabo+titbxgqjyvl2ic7v@example.org?subject=")) <
          bytes.size);
    CHECK(text_find(bytes, TEXT("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")) <
          bytes.size);
    CHECK(text_find(parts.text, TEXT("<https://www.example.org/stop?t=titbxgqjyvl2ic7v&l=fr>")) <
          parts.text.size);
    CHECK(text_find(parts.html, TEXT("href=\"https://www.example.org/stop?t=titbxgqjyvl2ic7v"
                                     "&amp;l=fr\"")) < parts.html.size);
    buf_done(&s.out);
    fixture_done(&f);
}

/* The mail that it follows is the last of a chain with one parent (RFC 5322 3.6.4). */
TEST(a_mail_follows_the_last_one)
{
    struct fixture f;
    struct scene s;
    fixture_init(&f);
    fixture_shipped(&f);
    REQUIRE(fixture_compile(&f) == 0);
    scene_init(&f, &s, NOTICE_REMINDER, LANGUAGE_FR);
    REQUIRE(compose(&f, &s) == 0);
    CHECK(text_find(s.message.bytes, TEXT("In-Reply-To")) == s.message.bytes.size);
    s.request.follows = "first@example.org";
    buf_clear(&s.out);
    REQUIRE(compose(&f, &s) == 0);
    struct text bytes = s.message.bytes;
    CHECK(text_find(bytes, TEXT("\r\nIn-Reply-To: <first@example.org>\r\n")) < bytes.size);
    CHECK(text_find(bytes, TEXT("@example.org>\r\n <first@example.org>\r\n")) < bytes.size);
    buf_done(&s.out);
    fixture_done(&f);
}

TEST(a_shared_mailbox_gets_one_mail_that_names_all)
{
    static const struct person people[] = {
        {.name = "Claire Martin", .family = "Martin", .title = "Mme", .function = "Maire"},
        {.name = "Jean Petit", .family = "Petit", .title = "M."}};
    struct fixture f;
    fixture_init(&f);
    fixture_shipped(&f);
    REQUIRE(fixture_compile(&f) == 0);
    struct scene s;
    struct composed_parts parts;
    scene_init(&f, &s, NOTICE_INVITATION, LANGUAGE_FR);
    s.contact.people = people;
    s.contact.person = people[0];
    s.contact.person_count = 2;
    REQUIRE(composer_parts(f.composer, f.arena, &s.request, &parts, &f.flaws) == 0);
    CHECK(text_starts(parts.text, "À l’attention de\xC2\xA0: Mme Claire Martin, M. Jean Petit\n\n"
                                  "Madame la Maire, Monsieur,\n"));
    buf_done(&s.out);
    fixture_done(&f);
}

TEST(the_shape_of_the_mail)
{
    struct fixture f;
    fixture_init(&f);
    fixture_shipped(&f);
    REQUIRE(fixture_compile(&f) == 0);
    struct scene s;
    scene_init(&f, &s, NOTICE_REMINDER, LANGUAGE_EN);
    s.request.calendar = text_of(calendar_bytes);
    s.request.calendar_method = NULL; /* a courtesy file is no iMIP */
    REQUIRE(compose(&f, &s) == 0);
    struct text bytes = s.message.bytes;
    CHECK(text_find(bytes, TEXT("Content-Type: text/calendar")) == bytes.size);
    CHECK(text_find(bytes, TEXT("Content-Type: application/ics")) < bytes.size);
    CHECK(text_find(bytes, TEXT("Content-Type: multipart/mixed")) < bytes.size);
    buf_done(&s.out);
    fixture_done(&f);
}

TEST(a_logo_stands_beside_the_html)
{
    struct fixture f;
    fixture_init(&f);
    f.sources[f.source_count++] = (struct template_source){
        .name = "logo", .file = "logo.png", .text = TEXT("\x89PNG\r\n\x1a\nrest")};
    fixture_shipped(&f);
    REQUIRE(fixture_compile(&f) == 0);
    struct scene s;
    scene_init(&f, &s, NOTICE_INVITATION, LANGUAGE_EN);
    REQUIRE(compose(&f, &s) == 0);
    struct text bytes = s.message.bytes;
    CHECK(text_find(bytes, TEXT("Content-Type: multipart/related; type=\"text/html\";")) <
          bytes.size);
    CHECK(text_find(bytes, TEXT("Content-ID: <logo>\r\n")) < bytes.size);
    CHECK(text_find(bytes, TEXT("src=3D\"cid:logo\" alt=3D\"Cit=C3=A9s Unies France\"")) <
          bytes.size);
    buf_done(&s.out);
    fixture_done(&f);
}

CHECK_MAIN
