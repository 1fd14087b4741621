/* SPDX-License-Identifier: MIT */
/* Mails about several events. */
#include "scene.h"

enum { FURTHER_MAX = 20 };

/* A scene with further occurrences behind it. */
struct digest_scene {
    struct scene scene;
    struct event events[FURTHER_MAX];
    struct occurrence occurrences[FURTHER_MAX];
    struct facts facts[FURTHER_MAX];
    struct notice notices[FURTHER_MAX];
    struct compose_item items[FURTHER_MAX];
};

static void add(struct fixture *f, struct digest_scene *d, enum notice_kind kind, const char *title,
                struct when when)
{
    size_t i = d->scene.request.item_count++;
    REQUIRE(i < FURTHER_MAX);
    d->events[i] = (struct event){.uid = "x",
                                  .summary = {.any = title},
                                  .location = {.any = "Grenoble"},
                                  .description = {.any = "Un\n\nDeux\nTrois\nQuatre\nCinq\nSix"}};
    d->occurrences[i] =
        (struct occurrence){.key = arena_printf(f->arena, "%s-%zu@example.org", title, i),
                            .when = when,
                            .event = &d->events[i]};
    REQUIRE(facts_of(f->arena, &d->occurrences[i], &d->facts[i]) == 0);
    d->notices[i] = (struct notice){.occurrence = d->occurrences[i].key,
                                    .step = notice_kind_to_text(kind),
                                    .contact = d->scene.contact.email,
                                    .kind = kind,
                                    .rule = "groupe-pays"};
    d->items[i] = (struct compose_item){.notice = &d->notices[i],
                                        .facts = &d->facts[i],
                                        .occurrence = &d->occurrences[i],
                                        .rule = &f->rule,
                                        .calendar = text_of(calendar_bytes)};
    d->scene.request.items = d->items;
}

/* Three: one before the request's own, one after. */
static void three(struct fixture *f, struct digest_scene *d, enum language language)
{
    *d = (struct digest_scene){0};
    scene_init(f, &d->scene, NOTICE_REMINDER, language);
    d->scene.request.calendar = text_of(calendar_bytes);
    add(f, d, NOTICE_SAVE_THE_DATE, "8es Rencontres franco-japonaises",
        fixture_days("2026-11-02", "2026-11-05"));
    add(f, d, NOTICE_INVITATION, "第8回日仏自治体交流会議 実行委員会",
        fixture_timed(f, "2026-09-21T09:00:00+02:00", "2026-09-21T10:00:00+02:00", "Europe/Paris"));
}

static void start(struct fixture *f)
{
    fixture_init(f);
    fixture_shipped(f);
    int r = fixture_compile(f);
    print_flaws(f);
    REQUIRE(r == 0);
}

TEST(three_events_in_every_language)
{
    struct fixture f;
    start(&f);
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        static char title[100], name[140];
        struct digest_scene d;
        struct composed_parts parts;
        snprintf(title, sizeof title, "digest.%s", language_to_text((enum language)language));
        CHECK_ROW(title);
        three(&f, &d, (enum language)language);
        CHECK_INT(compose(&f, &d.scene), 0);
        print_flaws(&f);
        snprintf(name, sizeof name, "%s.eml", title);
        check_golden(name, d.scene.message.bytes);
        CHECK_INT(composer_parts(f.composer, f.arena, &d.scene.request, &parts, &f.flaws), 0);
        snprintf(name, sizeof name, "%s.txt", title);
        check_golden(name, parts.text);
        snprintf(name, sizeof name, "%s.html", title);
        check_golden(name, parts.html);
        CHECK(parts.html.size < 60 * 1000);
        buf_done(&d.scene.out);
    }
    fixture_done(&f);
}

static size_t count_of(struct text bytes, const char *what)
{
    size_t count = 0, at;
    while ((at = text_find(bytes, text_of(what))) < bytes.size) {
        count++;
        bytes = text_from(bytes, at + 1);
    }
    return count;
}

/* Files only: a calendar part would show as an invitation to one of them. */
TEST(the_tree_and_the_names)
{
    struct fixture f;
    struct digest_scene d;
    start(&f);
    three(&f, &d, LANGUAGE_FR);
    d.scene.request.calendar_method = "REQUEST"; /* says nothing here */
    REQUIRE(compose(&f, &d.scene) == 0);
    struct text bytes = d.scene.message.bytes;
    CHECK_INT(count_of(bytes, "Content-Type: text/calendar"), 0);
    CHECK_INT(count_of(bytes, "Content-Type: application/ics"), 3);
    CHECK_INT(count_of(bytes, "filename=\"1-2026-09-21.ics\""), 1);
    CHECK_INT(count_of(bytes, "filename=\"2-reunion-du-groupe-pays.ics\""), 1);
    CHECK_INT(count_of(bytes, "filename=\"3-8es-rencontres-franco.ics\""), 1);
    /* One root for each event, whatever the order. */
    CHECK_INT(count_of(bytes, "\r\nReferences: <"), 1);
    CHECK_INT(count_of(text_slice(bytes, text_find(bytes, TEXT("\r\nReferences:")), 220),
                       "@example.org>"),
              3);
    /* Somebody is invited: absences are news. */
    CHECK_INT(count_of(bytes, "Auto-Submitted"), 0);
    buf_done(&d.scene.out);
    fixture_done(&f);
}

/* What came first in the request is no part of a mail's identity; every key is. */
TEST(the_message_id_comes_from_all_keys)
{
    struct fixture f;
    struct digest_scene a, b, one;
    start(&f);
    three(&f, &a, LANGUAGE_EN);
    three(&f, &b, LANGUAGE_EN);
    struct compose_item own = {.notice = &b.scene.notice,
                               .facts = &b.scene.facts,
                               .occurrence = &b.scene.occurrence,
                               .rule = &f.rule,
                               .calendar = text_of(calendar_bytes)};
    struct compose_item first = b.items[0];
    b.items[0] = own;
    b.scene.request.notice = first.notice;
    b.scene.request.facts = first.facts;
    b.scene.request.occurrence = first.occurrence;
    b.scene.request.calendar = first.calendar;
    REQUIRE(compose(&f, &a.scene) == 0);
    REQUIRE(compose(&f, &b.scene) == 0);
    CHECK_STRING(a.scene.message.message_id, b.scene.message.message_id);
    struct text x = a.scene.message.bytes, y = b.scene.message.bytes;
    /* Only the Feedback-ID names the event that the request was about. */
    CHECK_INT(x.size, y.size);
    buf_done(&b.scene.out);
    three(&f, &b, LANGUAGE_EN);
    b.notices[1].step = "reminder-1d";
    REQUIRE(compose(&f, &b.scene) == 0);
    CHECK(strcmp(a.scene.message.message_id, b.scene.message.message_id) != 0);
    three(&f, &one, LANGUAGE_EN);
    one.scene.request.item_count = 0;
    REQUIRE(compose(&f, &one.scene) == 0);
    CHECK(strcmp(one.scene.message.message_id, a.scene.message.message_id) != 0);
    buf_done(&a.scene.out);
    buf_done(&b.scene.out);
    buf_done(&one.scene.out);
    fixture_done(&f);
}

TEST(a_subject_names_as_many_as_it_can_hold)
{
    struct fixture f;
    struct digest_scene d;
    struct composed_parts parts;
    start(&f);
    three(&f, &d, LANGUAGE_FR);
    for (int i = 0; i < 11; i++)
        add(&f, &d, NOTICE_REMINDER, arena_printf(f.arena, "Réunion %d", i),
            fixture_timed(&f, "2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z", "Europe/Paris"));
    REQUIRE(composer_parts(f.composer, f.arena, &d.scene.request, &parts, &f.flaws) == 0);
    CHECK_STRING(parts.subject,
                 "14 rencontres à venir\xC2\xA0: 第8回日仏自治体交流会議 実行委員会, "
                 "Réunion du groupe-pays Japon et 12 autres");
    buf_done(&d.scene.out);
    fixture_done(&f);
}

TEST(a_subject_names_a_series_once)
{
    struct fixture f;
    struct digest_scene d;
    struct composed_parts parts;
    start(&f);
    three(&f, &d, LANGUAGE_FR);
    for (int i = 0; i < 3; i++)
        add(&f, &d, NOTICE_REMINDER, "Réunion du groupe-pays Japon",
            fixture_timed(&f, "2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z", "Europe/Paris"));
    REQUIRE(composer_parts(f.composer, f.arena, &d.scene.request, &parts, &f.flaws) == 0);
    CHECK_STRING(parts.subject,
                 "Six rencontres à venir\xC2\xA0: 第8回日仏自治体交流会議 実行委員会, "
                 "Réunion du groupe-pays Japon et une autre");
    buf_done(&d.scene.out);
    fixture_done(&f);
}

TEST(an_event_without_a_title_stops_the_mail)
{
    struct fixture f;
    struct digest_scene d;
    start(&f);
    three(&f, &d, LANGUAGE_FR);
    d.facts[1].summary = (struct words){0};
    CHECK_INT(compose(&f, &d.scene), COMPOSER_E_INCOMPLETE);
    CHECK_INT(d.scene.out.size, 0);
    buf_done(&d.scene.out);
    fixture_done(&f);
}

CHECK_MAIN
