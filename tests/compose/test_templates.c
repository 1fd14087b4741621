/* SPDX-License-Identifier: MIT */
/* What `check` must find in templates before any mail leaves. */
#include "check.h"
#include "compose/view.h"
#include "fixture.h"

enum { LOGO_TEST_BYTES = 30000 };

static void add_source(struct fixture *f, const char *name, const char *text)
{
    f->sources[f->source_count++] = (struct template_source){
        .name = name, .file = arena_printf(f->arena, "/t/%s", name), .text = text_of(text)};
}

/* A good set with one file put before it: the first of a name wins. */
static int load_with(struct fixture *f, const char *name, const char *text)
{
    fixture_init(f);
    if (name)
        add_source(f, name, text);
    fixture_shipped(f);
    return fixture_compile(f);
}

TEST(flaws_say_where_and_what)
{
    static const struct {
        const char *title, *name, *text, *file;
        int line, column;
        const char *part; /* of the flaw's text */
    } rows[] = {
        {"unknown variable", "invitation.fr.md", "Subject: x\n\nBonjour {{event.titel}}",
         "/t/invitation.fr.md", 3, 9, "did you mean \"event.title\""},
        {"unknown in the subject", "invitation.fr.md", "Subject: x {{evnt.title}}\n\na",
         "/t/invitation.fr.md", 1, 12, "evnt.title"},
        {"unknown in a section", "invitation.fr.md",
         "Subject: x\n\n{{#event.attachments}}\n{{lable}}\n{{/event.attachments}}",
         "/t/invitation.fr.md", 4, 1, "lable"},
        {"unknown section", "invitation.fr.md", "Subject: x\n\n{{#evt}}a{{/evt}}",
         "/t/invitation.fr.md", 3, 1, "evt"},
        {"unknown partial", "invitation.fr.md", "Subject: x\n\n{{> signatur}}",
         "/t/invitation.fr.md", 3, 1, "no partial"},
        {"in a partial", "partials/signature.fr.md", "a\n  {{bogus}}",
         "/t/partials/signature.fr.md", 2, 3, "bogus"},
        {"in the footer", "footer.ja.md", "{{bogus}}", "/t/footer.ja.md", 1, 1, "bogus"},
        {"in the layout", "layout.html", "<p>\n{{{bodi}}}", "/t/layout.html", 2, 1,
         "did you mean \"body\""},
        {"never closed", "invitation.fr.md", "Subject: x\n\na {{#event.place}}",
         "/t/invitation.fr.md", 3, 3, "never closed"},
        {"malformed partial, told once", "partials/signature.fr.md", "a {{#b}}",
         "/t/partials/signature.fr.md", 1, 3, "never closed"},
        {"no subject", "invitation.fr.md", "Preheader: x\n\na", "/t/invitation.fr.md", 1, 0,
         "no subject"},
        {"no text", "invitation.fr.md", "Subject: x\n", "/t/invitation.fr.md", 2, 0, "no text"},
        {"no header lines", "invitation.fr.md", "Bonjour,\n\na", "/t/invitation.fr.md", 1, 1,
         "not a header line"},
        {"CRLF file", "invitation.fr.md", "Subject: x\r\n\r\na\r\n{{bogus}}", "/t/invitation.fr.md",
         4, 1, "bogus"},
        {"not UTF-8", "partials/signature.fr.md", "a\ncaf\xE9", "/t/partials/signature.fr.md", 2, 4,
         "not UTF-8"},
        {"a BOM is no part of the file", "invitation.fr.md",
         "\xEF\xBB\xBF"
         "Subject: x\n\n{{bogus}}",
         "/t/invitation.fr.md", 3, 1, "bogus"},
        {"accents before", "invitation.fr.md", "Subject: x\n\né{{bogus}}", "/t/invitation.fr.md", 3,
         2, "bogus"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture f;
        CHECK_ROW(rows[i].title);
        CHECK_INT(load_with(&f, rows[i].name, rows[i].text), COMPOSER_E_TEMPLATES);
        CHECK(f.flaws.count == 1);
        if (f.flaws.count) {
            CHECK_STRING(f.flaws.items[0].source, rows[i].file);
            CHECK_INT(f.flaws.items[0].line, rows[i].line);
            CHECK_INT(f.flaws.items[0].column, rows[i].column);
            CHECK(strstr(f.flaws.items[0].text, rows[i].part) != NULL);
        }
        fixture_done(&f);
    }
}

TEST(a_missing_translation_is_an_error)
{
    struct fixture f;
    fixture_init(&f);
    fixture_shipped(&f);
    for (size_t i = 0; i < f.source_count; i++)
        if (strcmp(f.sources[i].name, "cancellation.ja.md") == 0)
            f.sources[i] = f.sources[--f.source_count];
    CHECK_INT(fixture_compile(&f), COMPOSER_E_TEMPLATES);
    REQUIRE(f.flaws.count == 1);
    CHECK(strstr(f.flaws.items[0].text, "cancellation.ja.md") != NULL);
    fixture_done(&f);
}

TEST(a_steps_own_template_needs_every_language)
{
    struct fixture f;
    fixture_init(&f);
    fixture_shipped(&f);
    f.steps[2] = (struct step_settings){.send = "practical", .kind = NOTICE_REMINDER};
    add_source(&f, "practical.fr.md", "Subject: x\n\ny");
    CHECK_INT(fixture_compile(&f), COMPOSER_E_TEMPLATES);
    CHECK_INT(f.flaws.count, 2); /* ja, en */
    fixture_done(&f);
}

TEST(files_that_are_no_templates_are_left_alone)
{
    struct fixture f;
    fixture_init(&f);
    add_source(&f, "README.md", "{{no}} {{such}} {{thing}}");
    add_source(&f, "invitation.fr.md~", "{{");
    fixture_shipped(&f);
    CHECK_INT(fixture_compile(&f), 0);
    CHECK_INT(f.flaws.count, 0);
    fixture_done(&f);
}

/* Staff find every variable in templates/README.md. */
TEST(every_variable_is_documented)
{
    CLEANUP_BUF struct buf readme = BUF_INIT(1 << 20);
    REQUIRE(file_read(CONVIER_SOURCE "/templates/README.md", &readme) == 0);
    for (size_t i = 0; view_name(i); i++) {
        struct text name = text_of(view_name(i)), last = name, rest = name;
        char quoted[100];
        int dots = 0;
        for (; rest.data; dots++)
            last = text_split(&rest, '.');
        CHECK_ROW(view_name(i));
        if (dots == 1)
            continue; /* a group, a language */
        if (dots == 2)
            snprintf(quoted, sizeof quoted, "`%s%s", name.data,
                     text_is(name, "contact.fields") ? ".COLUMN`" : "`");
        else
            snprintf(quoted, sizeof quoted, "`{{%s}}`", last.data);
        CHECK(text_find(buf_text(&readme), text_of(quoted)) < readme.size);
    }
}

TEST(a_logo_must_be_a_small_image)
{
    static char big[LOGO_TEST_BYTES] = "\x89PNG\r\n\x1a\n";
    static const struct {
        const char *title;
        struct text bytes;
        int result;
    } rows[] = {
        {"PNG", TEXT("\x89PNG\r\n\x1a\nrest"), 0},
        {"JPEG", TEXT("\xFF\xD8\xFF\xE0rest"), 0},
        {"SVG", TEXT("<svg xmlns="), COMPOSER_E_TEMPLATES},
        {"empty", TEXT(""), COMPOSER_E_TEMPLATES},
        {"big", {big, sizeof big}, COMPOSER_E_TEMPLATES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture f;
        CHECK_ROW(rows[i].title);
        fixture_init(&f);
        f.sources[f.source_count++] = (struct template_source){
            .name = "logo", .file = "/etc/convier/logo.png", .text = rows[i].bytes};
        fixture_shipped(&f);
        CHECK_INT(fixture_compile(&f), rows[i].result);
        CHECK_INT(f.flaws.count, rows[i].result != 0);
        if (f.flaws.count)
            CHECK_STRING(f.flaws.items[0].source, "/etc/convier/logo.png");
        fixture_done(&f);
    }
}

/* ---- one message from a small template ---- */

struct scene {
    struct event event;
    struct occurrence occurrence;
    struct facts facts;
    struct notice notice;
    struct contact contact;
    struct compose_request request;
};

static void scene_init(struct fixture *f, struct scene *s, const char *title)
{
    *s = (struct scene){.event = {.uid = "u", .summary = {.any = title}}};
    s->occurrence = (struct occurrence){
        .key = "u", .when = fixture_days("2026-10-03", "2026-10-07"), .event = &s->event};
    REQUIRE(facts_of(f->arena, &s->occurrence, &s->facts) == 0);
    s->contact = fixture_contact(f, LANGUAGE_FR);
    s->notice = (struct notice){.occurrence = "u",
                                .step = "invitation",
                                .contact = s->contact.email,
                                .kind = NOTICE_INVITATION,
                                .rule = "groupe-pays"};
    s->request = (struct compose_request){.notice = &s->notice,
                                          .facts = &s->facts,
                                          .occurrence = &s->occurrence,
                                          .contact = &s->contact,
                                          .rule = &f->rule,
                                          .date = fixture_instant("2026-09-05T07:00:00Z")};
}

static int parts_of(struct fixture *f, struct scene *s, struct composed_parts *ret)
{
    f->flaws.count = 0;
    return composer_parts(f->composer, f->arena, &s->request, ret, &f->flaws);
}

TEST(an_empty_variable_holds_the_message)
{
    struct fixture f;
    struct scene s;
    struct composed_parts parts;
    REQUIRE(load_with(&f, "invitation.fr.md",
                      "Subject: {{event.title}}\n\nÀ {{event.place}}.\n{{#event.link}}"
                      "{{event.link}}{{/event.link}}") == 0);
    scene_init(&f, &s, "T");
    CHECK_INT(parts_of(&f, &s, &parts), COMPOSER_E_INCOMPLETE);
    REQUIRE(f.flaws.count == 1);
    CHECK_STRING(f.flaws.items[0].source, "/t/invitation.fr.md");
    CHECK_INT(f.flaws.items[0].line, 3);
    CHECK_INT(f.flaws.items[0].column, 3);
    CHECK(strstr(f.flaws.items[0].text, "event.place") != NULL);
    fixture_done(&f);
}

TEST(an_event_without_title_is_held)
{
    struct fixture f;
    struct scene s;
    struct composed_parts parts;
    REQUIRE(load_with(&f, NULL, NULL) == 0);
    scene_init(&f, &s, NULL);
    CHECK_INT(parts_of(&f, &s, &parts), COMPOSER_E_INCOMPLETE);
    CHECK_INT(f.flaws.count, 1);
    fixture_done(&f);
}

TEST(values_land_as_they_are)
{
    struct fixture f;
    struct scene s;
    struct composed_parts parts;
    REQUIRE(load_with(&f, "invitation.fr.md",
                      "Subject: {{event.title}}\n\n**{{event.title}}** {{contact.fields.Badge}}") ==
            0);
    scene_init(&f, &s, "*A_B* <x> & {{y}}");
    const struct contact_field field = {"Badge", "<VIP> *1*"};
    s.contact.fields = &field;
    s.contact.field_count = 1;
    REQUIRE(parts_of(&f, &s, &parts) == 0);
    CHECK_STRING(parts.subject, "*A_B* <x> & {{y}}");
    CHECK(text_starts(parts.text, "*A_B* <x> & {{y}} <VIP> *1*\n"));
    struct text html = parts.html;
    CHECK(text_find(html, TEXT("<strong>*A_B* &lt;x&gt; &amp; {{y}}</strong> &lt;VIP&gt; *1*")) <
          html.size);
    fixture_done(&f);
}

TEST(a_rule_has_its_own_template)
{
    struct fixture f;
    struct scene s;
    struct composed_parts parts;
    fixture_init(&f);
    add_source(&f, "rencontres.fr.md", "Subject: own\n\na");
    add_source(&f, "rencontres-cancellation.fr.md", "Subject: own end\n\na");
    fixture_shipped(&f);
    REQUIRE(fixture_compile(&f) == 0);
    scene_init(&f, &s, "T");
    s.notice.template_name = "rencontres";
    REQUIRE(parts_of(&f, &s, &parts) == 0);
    CHECK_STRING(parts.subject, "own");
    s.notice.kind = NOTICE_CANCELLATION;
    REQUIRE(parts_of(&f, &s, &parts) == 0);
    CHECK_STRING(parts.subject, "own end");
    s.notice.kind = NOTICE_REMINDER; /* the step has the name: its words */
    REQUIRE(parts_of(&f, &s, &parts) == 0);
    CHECK_STRING(parts.subject, "own");
    f.rule.template_name = "rencontres"; /* the rule has it: an invitation is no reminder */
    REQUIRE(parts_of(&f, &s, &parts) == 0);
    CHECK(strstr(parts.subject, "Rappel") != NULL);
    s.notice.kind = NOTICE_UNINVITED; /* never in the words of an invitation */
    REQUIRE(parts_of(&f, &s, &parts) == 0);
    CHECK(strstr(parts.subject, "Invitation retirée") != NULL);
    fixture_done(&f);
}

TEST(two_languages_in_one_mail)
{
    struct fixture f;
    struct scene s;
    struct composed_parts parts;
    REQUIRE(load_with(&f, NULL, NULL) == 0);
    scene_init(&f, &s, "Rencontres");
    s.event.summary.in[LANGUAGE_JA] = "日仏会議";
    REQUIRE(facts_of(f.arena, &s.occurrence, &s.facts) == 0);
    s.notice.template_name = "bilingual";
    REQUIRE(parts_of(&f, &s, &parts) == 0);
    CHECK_STRING(parts.subject, "Invitation / ご案内\xC2\xA0: Rencontres / 日仏会議");
    CHECK(text_find(parts.text, TEXT("Date\xC2\xA0: du 3 au 6 octobre 2026")) < parts.text.size);
    CHECK(text_find(parts.text, TEXT("日時：2026年10月3日（土）～6日（火）")) < parts.text.size);
    CHECK(text_find(parts.text, TEXT(":::")) == parts.text.size);
    size_t open = text_find(parts.html, TEXT("<div lang=\"ja\" dir=\"ltr\">\n<p"));
    CHECK(open < parts.html.size);
    CHECK(text_find(text_from(parts.html, open), TEXT("日仏会議</h2>")) < parts.html.size - open);
    CHECK(text_find(parts.html, TEXT(":::")) == parts.html.size);
    fixture_done(&f);
}

TEST(a_part_may_be_overridden)
{
    struct fixture f;
    struct scene s;
    struct composed_parts parts;
    fixture_init(&f);
    add_source(&f, "invitation.fr.html", "<p>{{event.title}}</p>");
    add_source(&f, "invitation.fr.txt", "<{{event.title}}>");
    fixture_shipped(&f);
    REQUIRE(fixture_compile(&f) == 0);
    scene_init(&f, &s, "a & b");
    REQUIRE(parts_of(&f, &s, &parts) == 0);
    CHECK_STRING(parts.html.data, "<p>a &amp; b</p>");
    CHECK_STRING(parts.text.data, "<a & b>");
    fixture_done(&f);
}

CHECK_MAIN
