/* SPDX-License-Identifier: MIT */
/* scene: one mail about to be composed, for the tests of this room. */
#ifndef CONVIER_TESTS_COMPOSE_SCENE_H
#define CONVIER_TESTS_COMPOSE_SCENE_H

#include "check.h"
#include "fixture.h"

struct scene {
    struct event event;
    struct occurrence occurrence;
    struct facts facts, before;
    struct notice notice;
    struct contact contact;
    struct compose_request request;
    struct message message;
    struct buf out;
};

static const char calendar_bytes[] = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
                                     "METHOD:REQUEST\r\nEND:VCALENDAR\r\n";

static inline void scene_init(struct fixture *f, struct scene *s, enum notice_kind kind,
                              enum language language)
{
    static const struct attachment_link documents[] = {
        {"https://www.example.org/ordre-du-jour.pdf", "Ordre du jour.pdf"}};
    *s = (struct scene){.out = BUF_INIT(1 << 20)};
    s->event = (struct event){
        .uid = "gpj-2026-10@example.org",
        .summary =
            {.any = "Réunion du groupe-pays Japon",
             .in = {[LANGUAGE_JA] = "日本グループ会議", [LANGUAGE_EN] = "Japan group meeting"}},
        .location = {.any = "Hôtel de Ville, salle Anatole-France\nTours"},
        .description = {.any = "Ordre du jour :\n- bilan de l’année\n- Rencontres 2028\n"
                               "Dossier : https://www.example.org/dossier_2026?a=1&b=2."},
        .link = "https://visio.example.org/gpj?pwd=a_b*c",
        .attachments = documents,
        .attachment_count = 1};
    s->occurrence =
        (struct occurrence){.key = "gpj-2026-10@example.org",
                            .when = fixture_timed(f, "2026-10-05T14:00:00+02:00",
                                                  "2026-10-05T16:30:00+02:00", "Europe/Paris"),
                            .event = &s->event};
    struct occurrence old = s->occurrence;
    struct event old_event = s->event;
    old_event.location = (struct words){.any = "Mairie de Tours"};
    old.event = &old_event;
    old.when =
        fixture_timed(f, "2026-09-28T14:00:00+02:00", "2026-09-28T16:30:00+02:00", "Europe/Paris");
    REQUIRE(facts_of(f->arena, &s->occurrence, &s->facts) == 0);
    REQUIRE(facts_of(f->arena, &old, &s->before) == 0);
    s->contact = fixture_contact(f, language);
    s->notice = (struct notice){.occurrence = s->occurrence.key,
                                .step = notice_kind_to_text(kind),
                                .contact = s->contact.email,
                                .kind = kind,
                                .rule = "groupe-pays",
                                .language = language};
    bool has_before = kind == NOTICE_CHANGE || kind == NOTICE_POSTPONED;
    bool is_request = kind == NOTICE_INVITATION || kind == NOTICE_CHANGE;
    s->request = (struct compose_request){.notice = &s->notice,
                                          .facts = &s->facts,
                                          .before = has_before ? &s->before : NULL,
                                          .occurrence = &s->occurrence,
                                          .contact = &s->contact,
                                          .rule = &f->rule,
                                          .date = fixture_instant("2026-09-05T07:00:00Z")};
    if (is_request) {
        s->request.calendar = text_of(calendar_bytes);
        s->request.calendar_method = "REQUEST";
    }
}

static inline int compose(struct fixture *f, struct scene *s)
{
    return composer_compose(f->composer, f->arena, &s->request, &s->out, &s->message, &f->flaws);
}

static inline void print_flaws(const struct fixture *f)
{
    for (size_t i = 0; i < f->flaws.count; i++)
        fprintf(stderr, "%s:%d:%d: %s (%s)\n", f->flaws.items[i].source, f->flaws.items[i].line,
                f->flaws.items[i].column, f->flaws.items[i].text, f->flaws.items[i].advice);
}

/* CONVIER_BLESS=1 rewrites; the files are read by people when they change. */
static inline void check_golden(const char *name, struct text got)
{
    char path[500];
    CLEANUP_BUF struct buf want = BUF_INIT(1 << 20);
    snprintf(path, sizeof path, "%s/compose/golden/%s", CONVIER_TESTS, name);
    if (getenv("CONVIER_BLESS"))
        REQUIRE(file_write(path, got, 0644) == 0);
    REQUIRE(file_read(path, &want) == 0);
    CHECK(text_equal(got, buf_text(&want)));
}

#endif
