/* SPDX-License-Identifier: MIT */
/* Letters to the staff. */
#include "compose/staff_view.h"
#include "scene.h"

static const char *const sample[] = {
    "Réunion du groupe-pays Japon → Mme Hélène Lefèvre-Martin",
    "Réunion du groupe-pays Japon → 田中 太郎 様",
    "*A_B* <x> & {{y}}",
    "quatre",
    "cinq",
    "six",
};

static const char *const flaw_lines[] = {
    "/srv/convier/contacts.csv:12: \"marie@\" is no address; write it as name@example.org",
    "/srv/convier/contacts.csv:14: the row has no address",
};
static const char *const matter_lines[] = {
    "À corriger dans /srv/convier/contacts.csv (1) : /srv/convier/contacts.csv:12: no address",
    "Rétabli : /srv/convier/japon.ics",
};

static struct staff_letter letter_of(enum staff_subject subject)
{
    struct staff_letter letter = {.subject = subject,
                                  .address = "secretariat@example.org",
                                  .key = "hold-12",
                                  .date = fixture_instant("2026-10-05T06:00:00Z"),
                                  .expires = INSTANT_UNSET};
    switch (subject) {
    case STAFF_HOLD:
    case STAFF_EXPIRING:
        letter.reason = "412 messages in a pass, more than limits.hold_above (300)";
        letter.messages = 412;
        letter.contacts = 206;
        letter.hold = 12;
        letter.sample = sample;
        letter.sample_count = sizeof sample / sizeof *sample;
        letter.expires = fixture_instant("2026-10-05T12:00:00Z");
        break;
    case STAFF_FLAWS:
        letter.source = "/srv/convier/contacts.csv";
        letter.messages = 21;
        letter.sample = flaw_lines;
        letter.sample_count = sizeof flaw_lines / sizeof *flaw_lines;
        break;
    case STAFF_SEVERAL:
        letter.messages = 2;
        letter.sample = matter_lines;
        letter.sample_count = sizeof matter_lines / sizeof *matter_lines;
        break;
    case STAFF_WELL:
        letter.source = "/srv/convier/japon.ics";
        letter.since = fixture_instant("2026-10-04T06:00:00Z");
        break;
    case STAFF_STOPPED:
        letter.reason = "login: 535 5.7.8 authentication failed";
        letter.since = fixture_instant("2026-10-05T05:00:00Z");
        break;
    case STAFF_TROUBLE:
        letter.source = "/srv/convier/japon.ics";
        letter.since = fixture_instant("2026-10-04T06:00:00Z");
        letter.reason = "line 12: this is a web page (HTML or XML), not a calendar";
        letter.advice = "its last good copy is used";
        break;
    default:
        letter.title = "Réunion du groupe-pays Japon";
        letter.messages = 1;
        letter.last = fixture_instant("2026-10-05T12:40:00Z");
        letter.start = fixture_instant("2026-10-05T12:00:00Z");
        break;
    }
    return letter;
}

static void start(struct fixture *f, enum language language)
{
    static const char *const staff[] = {"secretariat@example.org"};
    fixture_init(f);
    f->settings.staff = staff;
    f->settings.staff_count = 1;
    f->settings.organisation.language = language;
    fixture_shipped(f);
    int r = fixture_compile(f);
    print_flaws(f);
    REQUIRE(r == 0);
}

TEST(every_letter_in_every_language)
{
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        struct fixture f;
        start(&f, (enum language)language);
        for (int subject = 0; subject < STAFF_SUBJECT_COUNT; subject++) {
            static char name[100];
            struct staff_letter letter = letter_of((enum staff_subject)subject);
            struct buf out = BUF_INIT(1 << 20);
            struct message message;
            snprintf(name, sizeof name, "%s.%s.eml",
                     staff_view_template((enum staff_subject)subject),
                     language_to_text((enum language)language));
            CHECK_ROW(name);
            CHECK_INT(composer_staff(f.composer, f.arena, &letter, &out, &message, &f.flaws), 0);
            print_flaws(&f);
            check_golden(name, message.bytes);
            CHECK_INT(message.recipient_count, 1);
            CHECK_STRING(message.recipients[0], "secretariat@example.org");
            CHECK(text_starts(text_of(message.envelope_from), "retours+"));
            CHECK(text_find(message.bytes, TEXT("\r\nList-")) == message.bytes.size);
            buf_done(&out);
        }
        fixture_done(&f);
    }
}

/* A retry of the same letter is the same mail; another batch is another. */
TEST(the_key_names_the_letter)
{
    static const struct {
        const char *title, *key, *address;
        bool is_same;
    } rows[] = {
        {"same", "hold-12", "secretariat@example.org", true},
        {"another batch", "hold-13", "secretariat@example.org", false},
        {"another address", "hold-12", "president@example.org", false},
    };
    struct fixture f;
    start(&f, LANGUAGE_FR);
    struct staff_letter first = letter_of(STAFF_HOLD);
    struct buf out = BUF_INIT(1 << 20);
    struct message a, b;
    REQUIRE(composer_staff(f.composer, f.arena, &first, &out, &a, &f.flaws) == 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].title);
        struct staff_letter letter = letter_of(STAFF_HOLD);
        letter.key = rows[i].key;
        letter.address = rows[i].address;
        letter.messages++; /* says nothing about who it is */
        buf_clear(&out);
        REQUIRE(composer_staff(f.composer, f.arena, &letter, &out, &b, &f.flaws) == 0);
        CHECK_INT(string_equal(a.message_id, b.message_id), rows[i].is_same);
    }
    buf_done(&out);
    fixture_done(&f);
}

TEST(hostile_words_stay_words)
{
    struct fixture f;
    start(&f, LANGUAGE_EN);
    struct staff_letter letter = letter_of(STAFF_TROUBLE);
    struct buf out = BUF_INIT(1 << 20);
    struct message message;
    letter.source = "x\r\nBcc: evil@example.com";
    letter.reason = "</td><script>alert(1)</script>\r\n\r\n# x";
    REQUIRE(composer_staff(f.composer, f.arena, &letter, &out, &message, &f.flaws) == 0);
    struct text bytes = message.bytes;
    struct text head = text_slice(bytes, 0, text_find(bytes, TEXT("\r\n\r\n")));
    CHECK(text_find(head, TEXT("\r\nBcc")) == head.size);
    CHECK(text_find(bytes, TEXT("&lt;script&gt;")) < bytes.size);
    CHECK(text_find(bytes, TEXT("<td><script")) == bytes.size);
    letter.address = "a@b.example\r\nBcc: x@y";
    CHECK_INT(composer_staff(f.composer, f.arena, &letter, &out, &message, &f.flaws),
              COMPOSER_E_INCOMPLETE);
    buf_done(&out);
    fixture_done(&f);
}

/* What a letter needs and is not given stops it, as for every mail. */
TEST(an_empty_reason_is_told)
{
    struct fixture f;
    start(&f, LANGUAGE_FR);
    struct staff_letter letter = letter_of(STAFF_TROUBLE);
    struct buf out = BUF_INIT(1 << 20);
    struct message message;
    letter.reason = NULL;
    CHECK_INT(composer_staff(f.composer, f.arena, &letter, &out, &message, &f.flaws),
              COMPOSER_E_INCOMPLETE);
    CHECK_INT(out.size, 0);
    buf_done(&out);
    fixture_done(&f);
}

TEST(their_variables_are_checked_and_documented)
{
    struct fixture f;
    CLEANUP_BUF struct buf readme = BUF_INIT(1 << 20);
    fixture_init(&f);
    f.sources[f.source_count++] =
        (struct template_source){.name = "staff-hold.fr.md",
                                 .file = "/t/staff-hold.fr.md",
                                 .text = TEXT("Subject: x\n\n{{staff.reasn}} {{event.title}}")};
    fixture_shipped(&f);
    CHECK_INT(fixture_compile(&f), COMPOSER_E_TEMPLATES);
    CHECK_INT(f.flaws.count, 2);
    REQUIRE(file_read(CONVIER_SOURCE "/templates/README.md", &readme) == 0);
    for (size_t i = 0; staff_view_name(i); i++) {
        char quoted[100];
        snprintf(quoted, sizeof quoted, "`%s`", staff_view_name(i));
        CHECK_ROW(staff_view_name(i));
        CHECK(text_find(buf_text(&readme), text_of(quoted)) < readme.size);
    }
    fixture_done(&f);
}

CHECK_MAIN
