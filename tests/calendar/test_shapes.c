/* SPDX-License-Identifier: MIT */
/* Feeds in the shapes that programs really write (tests/calendar/feeds), read to the last word. */
#include "base/file.h"
#include "calendars.h"

static void load(struct calendars_fixture *f, const char *name)
{
    char path[512];
    struct buf raw = BUF_INIT(1 << 20);
    snprintf(path, sizeof path, "%s/calendar/feeds/%s", CONVIER_TESTS, name);
    FILE *file = fopen(path, "rb");
    REQUIRE(file);
    for (int c; (c = fgetc(file)) != EOF;)
        buf_add_char(&raw, (char)c);
    fclose(file);
    calendars_init(f);
    CHECK_INT(calendars_parse(f, buf_text(&raw), "Europe/Paris"), 0);
    buf_done(&raw);
    REQUIRE(f->result == 0);
}

static struct occurrences expand(struct calendars_fixture *f)
{
    return calendars_expand(f, "2026-09-01T00:00:00Z", "2026-12-31T00:00:00Z");
}

/* The event whose UID ends so. */
static const struct event *find(struct occurrences list, const char *uid_end)
{
    for (size_t i = 0; i < list.count; i++)
        if (text_ends_nocase(text_of(list.items[i].event->uid), uid_end))
            return list.items[i].event;
    abort();
}

TEST(google)
{
    struct calendars_fixture f;
    load(&f, "google.ics");
    struct occurrences list = expand(&f);
    CHECK_STRING(
        calendars_show(&f, list),
        "2026-09-07T18:00:00+02:00 2026-09-07T19:00:00+02:00 serie@google.com/20260907T160000Z "
        "alive Cours de japonais\n"
        "2026-09-22T18:00:00+02:00 2026-09-22T19:00:00+02:00 serie@google.com/20260921T160000Z "
        "alive Cours de japonais\n"
        "2026-09-28T18:00:00+02:00 2026-09-28T19:00:00+02:00 serie@google.com/20260928T160000Z "
        "alive Cours de japonais\n"
        "2026-10-05T07:00:00Z 2026-10-05T08:30:00Z 0q1w2e3r4t5y@google.com alive "
        "Réunion du groupe-pays\n"
        "2026-10-05T18:00:00+02:00 2026-10-05T19:00:00+02:00 serie@google.com/20261005T160000Z "
        "alive Cours de japonais\n"
        "2026-10-12T18:30:00+02:00 2026-10-12T19:30:00+02:00 "
        "serie_R20261012T160000@google.com/20261012T163000Z alive Cours de japonais\n"
        "2026-10-19T18:30:00+02:00 2026-10-19T19:30:00+02:00 "
        "serie_R20261012T160000@google.com/20261019T163000Z alive Cours de japonais\n");
    const struct event *event = find(list, "5y@google.com");
    CHECK_STRING(event->description.any,
                 "Bonjour à tous,\n\n- Bilan 2026\n- Tokyo & Nancy\nOrdre du jour "
                 "(https://example.org/odj.pdf)\nÀ bientôt");
    CHECK_STRING(event->link, "https://meet.google.com/abc-defg-hij");
    CHECK_STRING(event->location.any, "Hôtel de ville, Nancy, France");
    CHECK_STRING(event->organiser_email, NULL);
    CHECK_STRING(event->organiser_name, "Groupe-pays Japon");
    CHECK_STRING(zone_name(feed_zone(f.feed)), "Europe/Paris");
    CHECK_STRING(calendars_flaws(&f), "");
    calendars_done(&f);
}

TEST(outlook)
{
    struct calendars_fixture f;
    load(&f, "outlook.ics");
    struct occurrences list = expand(&f);
    CHECK_STRING(calendars_show(&f, list),
                 "2026-10-03 2026-10-07 040000008200E00074C5B7101A82E00800000001 alive Rencontres\n"
                 "2026-10-05T09:00:00+02:00 2026-10-05T12:30:00+02:00 "
                 "040000008200E00074C5B7101A82E00800000000 alive Comité de pilotage\n"
                 "2026-10-06T09:00:00+09:00 2026-10-06T10:00:00+09:00 "
                 "040000008200E00074C5B7101A82E00800000002 alive Appel\n"
                 "2026-10-08T09:00:00+02:00 2026-10-08T10:00:00+02:00 "
                 "040000008200E00074C5B7101A82E00800000003 alive Visite\n");
    const struct event *event = find(list, "00000000");
    CHECK(event->marks.is_urgent);
    CHECK(!event->marks.is_silent);
    CHECK_STRING(event->summary.any, "Comité de pilotage");
    CHECK_STRING(event->organiser_name, "Dupont, Anne");
    CHECK_STRING(event->organiser_email, "anne.dupont@example.org");
    CHECK_INT(event->category_count, 2);
    CHECK_STRING(event->categories[1], "Élus");
    CHECK_STRING(
        event->link,
        "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=a&b");
    CHECK_INT(event->sequence, 3);
    CHECK_STRING(zone_name(find(list, "00000003") ? list.items[3].when.zone : NULL),
                 "Europe/Paris"); /* of the cities in the label, the calendar's own */
    CHECK_INT(f.flaws.count, 3);  /* one for each zone that was guessed */
    calendars_done(&f);
}

TEST(apple)
{
    struct calendars_fixture f;
    load(&f, "apple.ics");
    struct occurrences list = expand(&f);
    REQUIRE(list.count == 1);
    const struct event *event = list.items[0].event;
    CHECK_STRING(event->summary.any, "金沢市表敬訪問");
    CHECK_STRING(event->location.any, "金沢市役所\n石川県金沢市広坂1丁目1番1号");
    CHECK_STRING(event->url, "https://www4.city.kanazawa.lg.jp/");
    CHECK_STRING(event->link, NULL);
    CHECK(event->has_geo && event->latitude > 36.5 && event->longitude > 136.6);
    REQUIRE(event->attachment_count == 1);
    CHECK_STRING(event->attachments[0].label, "programme.pdf");
    CHECK_STRING(calendars_flaws(&f), "");
    calendars_done(&f);
}

TEST(nextcloud)
{
    struct calendars_fixture f;
    load(&f, "nextcloud.ics");
    struct occurrences list = expand(&f);
    REQUIRE(list.count == 3);
    CHECK_INT(list.items[0].state, EVENT_TENTATIVE);
    CHECK_INT(list.items[1].state, EVENT_CANCELLED);
    CHECK_INT(list.items[1].event->category_count, 1); /* from its master */
    const struct event *event = list.items[0].event;
    CHECK_STRING(event->summary.in[LANGUAGE_FR], "Commission culture");
    CHECK_STRING(event->summary.in[LANGUAGE_JA], "文化委員会");
    CHECK_STRING(event->summary.any, NULL);
    CHECK_STRING(event->description.in[LANGUAGE_FR], "Ordre du jour joint.");
    CHECK_STRING(event->description.in[LANGUAGE_JA], "議題は添付をご覧ください。");
    CHECK_STRING(event->description.in[LANGUAGE_EN], "Agenda attached.");
    CHECK_STRING(event->description.any, NULL);
    CHECK_STRING(event->marks.audience, "japon & elus");
    CHECK_INT(event->marks.line, 16);
    CHECK(event->marks.is_silent);
    CHECK_STRING(event->link, "https://bbb.example.org/b/abc-def");
    calendars_done(&f);
}

TEST(thunderbird)
{
    struct calendars_fixture f;
    load(&f, "thunderbird.ics");
    struct occurrences list = expand(&f);
    CHECK_STRING(calendars_show(&f, list),
                 "2026-10-20T18:00:00+02:00 2026-10-20T20:00:00+02:00 "
                 "b7a3c1d2-1111-2222-3333-444455556666 postponed Assemblée générale\n");
    CHECK_STRING(list.items[0].event->link, "https://zoom.us/j/123456789?pwd=abc");
    CHECK_STRING(zone_name(list.items[0].when.zone), "Europe/Paris");
    CHECK_INT(f.flaws.count, 1);
    calendars_done(&f);
}

TEST(confluence)
{
    struct calendars_fixture f;
    load(&f, "confluence.ics");
    struct occurrences list =
        calendars_expand(&f, "2026-10-01T00:00:00+09:00", "2026-10-15T00:00:00+09:00");
    CHECK_STRING(calendars_show(&f, list), "2026-10-05T10:00:00+09:00 2026-10-05T11:00:00+09:00 "
                                           "c1@confluence/20261005T010000Z alive 定例会\n"
                                           "2026-10-12T10:00:00+09:00 2026-10-12T11:00:00+09:00 "
                                           "c1@confluence/20261012T010000Z alive 定例会\n");
    CHECK_STRING(list.items[0].event->link, "https://meet.jit.si/convier");
    CHECK_STRING(list.items[0].event->description.any, NULL);
    calendars_done(&f);
}

/* Exchange and Microsoft 365: Windows zones, a Teams link of its own, an empty TZID for UTC. */
TEST(exchange)
{
    struct calendars_fixture f;
    load(&f, "exchange.ics");
    struct occurrences list = expand(&f);
    CHECK_STRING(calendars_show(&f, list),
                 "2026-10-22T09:00:00+02:00 2026-10-22T09:30:00+02:00 "
                 "040000008200E00074C5B7101A82E008000000001/20261022T070000Z alive Point "
                 "hebdomadaire\n"
                 "2026-10-29T09:00:00+01:00 2026-10-29T09:30:00+01:00 "
                 "040000008200E00074C5B7101A82E008000000001/20261029T080000Z alive Point "
                 "hebdomadaire\n"
                 "2026-11-03 2026-11-04 040000008200E00074C5B7101A82E008000000002 alive Fête de la "
                 "culture\n"
                 "2026-11-04T09:00:00Z 2026-11-04T10:00:00Z "
                 "040000008200E00074C5B7101A82E008000000003 alive Appel\n"
                 "2026-11-12T09:00:00+01:00 2026-11-12T09:30:00+01:00 "
                 "040000008200E00074C5B7101A82E008000000001/20261112T080000Z cancelled Annulé : "
                 "Point hebdomadaire\n"
                 "2026-11-19T09:00:00+01:00 2026-11-19T09:30:00+01:00 "
                 "040000008200E00074C5B7101A82E008000000001/20261119T080000Z alive Point "
                 "hebdomadaire\n");
    CHECK_STRING(list.items[0].event->link,
                 "https://teams.microsoft.com/l/meetup-join/"
                 "19%3ameeting_abc%40thread.v2/0?context=%7b%22Tid%22%7d");
    CHECK_STRING(find(list, "2")->description.any, NULL);
    CHECK_INT(f.flaws.count, 2); /* one for each zone that was guessed */
    calendars_done(&f);
}

TEST(zimbra)
{
    struct calendars_fixture f;
    load(&f, "zimbra.ics");
    struct occurrences list = expand(&f);
    CHECK_STRING(calendars_show(&f, list),
                 "2026-10-06T18:30:00+02:00 2026-10-06T20:00:00+02:00 aaaa-bbbb/20261006T163000Z "
                 "alive Bureau de l'association\n"
                 "2026-11-10T18:30:00+01:00 2026-11-10T20:00:00+01:00 aaaa-bbbb/20261103T173000Z "
                 "alive Bureau de l'association\n");
    CHECK_STRING(list.items[0].event->description.any, "Ordre du jour à venir");
    CHECK_STRING(calendars_flaws(&f), "");
    calendars_done(&f);
}

TEST(open_xchange)
{
    struct calendars_fixture f;
    load(&f, "ox.ics");
    struct occurrences list = expand(&f);
    CHECK_STRING(calendars_show(&f, list),
                 "2026-10-19T10:00:00+02:00 2026-10-19T11:00:00+02:00 cccc-dddd/20261019T080000Z "
                 "alive Seminar\n"
                 "2026-10-20T10:00:00+02:00 2026-10-20T11:00:00+02:00 cccc-dddd/20261020T080000Z "
                 "alive Seminar\n"
                 "2026-10-21T10:00:00+02:00 2026-10-21T11:00:00+02:00 cccc-dddd/20261021T080000Z "
                 "alive Seminar\n"
                 "2026-10-26 2026-10-28 eeee-ffff alive Messe\n");
    CHECK_STRING(list.items[0].event->link, "https://example.zoom.us/j/98765432101?pwd=abc");
    CHECK_STRING(calendars_flaws(&f), "");
    calendars_done(&f);
}

/* A week in the place of hours, floating stamps. */
TEST(synology)
{
    struct calendars_fixture f;
    load(&f, "synology.ics");
    CHECK_STRING(
        calendars_show(&f, expand(&f)),
        "2026-10-12 2026-10-19 20260915T101655-1@nas.example.org alive Exposition\n"
        "2026-10-12T16:00:00Z 2026-10-12T17:15:00Z 20260915T101655-2@nas.example.org alive "
        "Vernissage\n");
    CHECK_STRING(calendars_flaws(&f), "18 warning DURATION:PT1W is read as P1W\n");
    calendars_done(&f);
}

/* Notes and Domino: a series is a list of periods, each exception repeats its own. */
TEST(notes)
{
    struct calendars_fixture f;
    load(&f, "notes.ics");
    struct occurrences list = expand(&f);
    CHECK_STRING(calendars_show(&f, list),
                 "2026-10-20T14:00:00+02:00 2026-10-20T15:00:00+02:00 "
                 "6BA1ECA4D58B306C85256FDB0071B664-Lotus_Notes_Generated/20261020T120000Z alive "
                 "Comité\n"
                 "2026-10-28T16:00:00+01:00 2026-10-28T17:00:00+01:00 "
                 "6BA1ECA4D58B306C85256FDB0071B664-Lotus_Notes_Generated/20261027T130000Z alive "
                 "Comité\n"
                 "2026-11-03T14:00:00+01:00 2026-11-03T16:00:00+01:00 "
                 "6BA1ECA4D58B306C85256FDB0071B664-Lotus_Notes_Generated/20261103T130000Z alive "
                 "Comité\n");
    CHECK_STRING(list.items[0].event->organiser_name, "Anne Dupont/Mairie");
    CHECK_INT(f.flaws.count, 1);
    calendars_done(&f);
}

CHECK_MAIN
