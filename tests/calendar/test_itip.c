/* SPDX-License-Identifier: MIT */
#include <libical/ical.h>
#include <unistd.h>

#include "calendar/itip.h"
#include "calendar/observances.h"
#include "calendars.h"

struct setting {
    struct zones *zones;
    struct event event;
    struct occurrence occurrence;
    struct itip_request request;
};

static void set(struct setting *s, const char *zone, const char *start, const char *end)
{
    *s = (struct setting){.zones = zones_new(NULL)};
    s->event.uid = "feed-uid@example.org";
    s->occurrence =
        (struct occurrence){.key = "feed-uid@example.org/20261005T070000Z", .event = &s->event};
    s->occurrence.when =
        (struct when){.start = calendars_instant(start),
                      .end = calendars_instant(end),
                      .zone = text_is(text_of(zone), "UTC") ? zones_utc(s->zones)
                                                            : zones_find(s->zones, text_of(zone))};
    REQUIRE(s->occurrence.when.zone);
    s->request = (struct itip_request){
        .method = ITIP_REQUEST,
        .occurrence = &s->occurrence,
        .when = &s->occurrence.when,
        .summary = "Réunion, du groupe-pays; Japon",
        .location = "Hôtel de ville\nNancy",
        .description = "Une longue phrase qui dépasse de loin soixante-quinze octets, avec des é "
                       "et des è partout, 日本語の長い文章も折り返しが必要です、文字を切らずに。",
        .url = "https://example.org/rencontres",
        .organiser_name = "Groupe-pays \"Japon\"",
        .organiser_email = "japon@example.org",
        .attendee_name = "Tanaka, Yuki",
        .attendee_email = "tanaka@example.jp",
        .uid_domain = "example.org",
        .sequence = 3,
        .stamp = calendars_instant("2026-09-01T08:00:00Z"),
    };
}

static void unset(struct setting *s)
{
    zones_free(s->zones);
}

static void format(struct setting *s, struct buf *out)
{
    *out = BUF_INIT(1 << 20);
    CHECK_INT(itip_format(&s->request, out), 0);
}

static bool has(const struct buf *out, const char *part)
{
    return strstr(out->data, part) != NULL;
}

TEST(lines)
{
    struct setting s;
    struct buf out;
    set(&s, "Europe/Paris", "2026-10-05T07:00:00Z", "2026-10-05T08:30:00Z");
    format(&s, &out);
    size_t length = 0;
    for (size_t i = 0; i < out.size; i++) {
        if (out.data[i] == '\n') {
            CHECK(i > 0 && out.data[i - 1] == '\r');
            CHECK(length - 1 <= 75);
            length = 0;
            continue;
        }
        bool is_start_of_fold = length == 1 && out.data[i - 1] == ' ';
        CHECK(!is_start_of_fold || ((unsigned char)out.data[i] & 0xc0) != 0x80);
        length++;
    }
    CHECK(text_is_utf8(buf_text(&out)));
    CHECK(has(&out, "\r\nMETHOD:REQUEST\r\n"));
    CHECK(has(&out, "\r\nDTSTART;TZID=Europe/Paris:20261005T090000\r\n"));
    CHECK(has(&out, "\r\nDTEND;TZID=Europe/Paris:20261005T103000\r\n"));
    CHECK(has(&out, "\r\nSEQUENCE:3\r\n"));
    CHECK(has(&out, "\r\nDTSTAMP:20260901T080000Z\r\n"));
    CHECK(has(&out, "\r\nSTATUS:CONFIRMED\r\n"));
    CHECK(has(&out, "\r\nSUMMARY:Réunion\\, du groupe-pays\\; Japon\r\n"));
    CHECK(has(&out, "\r\nLOCATION:Hôtel de ville\\nNancy\r\n"));
    CHECK(has(&out, "\r\nORGANIZER;CN=Groupe-pays 'Japon':mailto:japon@example.org\r\n"));
    CHECK(has(&out, "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"));
    CHECK(has(&out, "DTSTART:19701025T030000\r\n"));
    CHECK(!has(&out, "feed-uid"));
    CHECK(!has(&out, "VALARM"));
    buf_done(&out);
    unset(&s);
}

/* libical as the reader: what it finds is what was said, and its own rules of iTIP are kept. */
TEST(read_by_libical)
{
    static const struct {
        const char *title;
        enum itip_method method;
        icalproperty_method want;
        icalproperty_status status;
        int attendees;
    } rows[] = {
        {"request", ITIP_REQUEST, ICAL_METHOD_REQUEST, ICAL_STATUS_CONFIRMED, 1},
        {"publish", ITIP_PUBLISH, ICAL_METHOD_PUBLISH, ICAL_STATUS_CONFIRMED, 0},
        {"cancel", ITIP_CANCEL, ICAL_METHOD_CANCEL, ICAL_STATUS_CANCELLED, 1},
        {"uninvite", ITIP_UNINVITE, ICAL_METHOD_CANCEL, ICAL_STATUS_NONE, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct setting s;
        struct buf out;
        CHECK_ROW(rows[i].title);
        set(&s, "Europe/Paris", "2026-10-05T07:00:00Z", "2026-10-05T08:30:00Z");
        s.request.method = rows[i].method;
        format(&s, &out);
        icalcomponent *calendar = icalparser_parse_string(out.data);
        REQUIRE(calendar);
        CHECK_INT(icalcomponent_count_errors(calendar), 0);
        CHECK_INT(icalcomponent_get_method(calendar), rows[i].want);
        icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
        REQUIRE(event);
        CHECK(icalrestriction_check(calendar));
        icalproperty *status = icalcomponent_get_first_property(event, ICAL_STATUS_PROPERTY);
        CHECK_INT(status ? icalproperty_get_status(status) : ICAL_STATUS_NONE, rows[i].status);
        CHECK_INT(icalcomponent_count_properties(event, ICAL_ATTENDEE_PROPERTY), rows[i].attendees);
        CHECK_STRING(icalcomponent_get_summary(event), s.request.summary);
        CHECK_STRING(icalcomponent_get_description(event), s.request.description);
        CHECK_STRING(icalcomponent_get_location(event), s.request.location);
        icalproperty *attendee = icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY);
        if (attendee) {
            CHECK_STRING(icalproperty_get_attendee(attendee), "mailto:tanaka@example.jp");
            CHECK_STRING(icalproperty_get_parameter_as_string(attendee, "CN"), "Tanaka, Yuki");
        }
        icalcomponent_free(calendar);
        buf_done(&out);
        unset(&s);
    }
}

TEST(times)
{
    struct setting s;
    struct buf out;
    CHECK_ROW("all-day");
    set(&s, "Europe/Paris", "2026-10-05T07:00:00Z", "2026-10-05T08:30:00Z");
    s.occurrence.when =
        (struct when){.is_all_day = true, .first_day = {2026, 10, 3}, .end_day = {2026, 10, 7}};
    format(&s, &out);
    CHECK(has(&out, "\r\nDTSTART;VALUE=DATE:20261003\r\nDTEND;VALUE=DATE:20261007\r\n"));
    CHECK(!has(&out, "VTIMEZONE"));
    buf_done(&out);
    unset(&s);

    CHECK_ROW("UTC");
    set(&s, "UTC", "2026-10-05T07:00:00Z", "2026-10-05T07:00:00Z");
    format(&s, &out);
    CHECK(has(&out, "\r\nDTSTART:20261005T070000Z\r\n"));
    CHECK(!has(&out, "DTEND"));
    buf_done(&out);
    unset(&s);

    CHECK_ROW("the second of two equal hours can only be said in UTC");
    set(&s, "Europe/Paris", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z");
    format(&s, &out);
    CHECK(has(&out, "\r\nDTSTART:20261025T013000Z\r\n"));
    buf_done(&out);
    unset(&s);

    CHECK_ROW("a local part in quotes is written as in an address of the web");
    set(&s, "UTC", "2026-10-05T07:00:00Z", "2026-10-05T08:00:00Z");
    s.request.attendee_email = "\"a, b@\\\"c\"@example.org";
    format(&s, &out);
    CHECK(has(&out, ":mailto:%22a,%20b%40%5C%22c%22@example.org\r\n"));
    buf_done(&out);
    unset(&s);

    CHECK_ROW("what would break a line is left out");
    set(&s, "UTC", "2026-10-05T07:00:00Z", "2026-10-05T08:00:00Z");
    s.request.attendee_name = "X\r\nATTENDEE:mailto:evil@example.org";
    s.request.attendee_email = "a@example.org\r\nSTATUS:CANCELLED";
    s.request.url = "https://example.org/\r\nX:Y";
    s.request.summary = "A\rB\nC";
    format(&s, &out);
    CHECK(!has(&out, "\r\nATTENDEE:mailto:evil"));
    CHECK(!has(&out, "\r\nSTATUS:CANCELLED"));
    CHECK(!has(&out, "\r\nX:Y"));
    CHECK(has(&out, "\r\nSUMMARY:AB\\nC\r\n"));
    buf_done(&out);
    unset(&s);
}

TEST(uid)
{
    struct buf one = BUF_INIT(1000), two = BUF_INIT(1000), again = BUF_INIT(1000);
    CHECK_INT(itip_uid("a/1", "example.org", &one), 0);
    CHECK_INT(itip_uid("a/2", "example.org", &two), 0);
    CHECK_INT(itip_uid("a/1", "example.org", &again), 0);
    CHECK_STRING(one.data, again.data);
    CHECK(strcmp(one.data, two.data) != 0);
    CHECK(strlen(one.data) == 32 + strlen("@example.org"));
    buf_done(&one);
    buf_done(&two);
    buf_done(&again);
}

/* The VTIMEZONE alone must give the right instants to a reader that knows no zone. */
TEST(zones_as_dateutil_reads_them)
{
    static const char *const zones[] = {
        "Europe/Paris",      "Asia/Tokyo",          "America/New_York", "Europe/Dublin",
        "Africa/Casablanca", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata",
        "Africa/Cairo",      "Asia/Tehran",         "Pacific/Auckland", "America/Sao_Paulo",
        "Asia/Gaza",         "America/Mexico_City", "Europe/Istanbul",  "Europe/London",
    };
    static const char *const starts[] = {
        "2026-01-15T10:00:00Z", "2026-03-29T00:30:00Z", "2026-07-01T12:00:00Z",
        "2026-10-24T22:00:00Z", "2016-10-30T12:00:00Z", "2030-04-07T09:00:00Z",
    };
    if (system("/usr/bin/python3 -c 'import dateutil' 2>/dev/null") != 0) {
        puts("python3-dateutil is not installed: nothing to compare with");
        return;
    }
    char path[] = "/tmp/convier-zones-XXXXXX", command[1024], line[128];
    int fd = mkstemp(path);
    REQUIRE(fd >= 0);
    FILE *file = fdopen(fd, "w");
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        for (size_t k = 0; k < sizeof starts / sizeof *starts; k++) {
            struct setting s;
            struct buf out;
            set(&s, zones[i], starts[k], starts[k]);
            s.occurrence.when.end = instant_add(s.occurrence.when.start, 36 * USEC_PER_HOUR);
            format(&s, &out);
            fprintf(file, "%s=\r\n", out.data);
            buf_done(&out);
            unset(&s);
        }
    fclose(file);
    snprintf(command, sizeof command, "/usr/bin/python3 %s/calendar/dateutil_zones.py %s",
             CONVIER_TESTS, path);
    FILE *peer = popen(command, "r");
    REQUIRE(peer);
    size_t compared = 0;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        for (size_t k = 0; k < sizeof starts / sizeof *starts && fgets(line, sizeof line, peer);
             k++) {
            char want[64], title[128];
            struct civil_time start =
                civil_time_from_sec(instant_sec(calendars_instant(starts[k])));
            struct civil_time end = civil_time_from_sec(civil_time_to_sec(start) + 36 * 3600);
            snprintf(want, sizeof want, "%04d%02d%02dT%02d%02d%02dZ %04d%02d%02dT%02d%02d%02dZ\n",
                     start.date.year, start.date.month, start.date.day, start.hour, start.minute,
                     start.second, end.date.year, end.date.month, end.date.day, end.hour,
                     end.minute, end.second);
            snprintf(title, sizeof title, "%s %s", zones[i], starts[k]);
            CHECK_ROW(title);
            if (strcmp(line, "\n") != 0) /* an hour that only UTC can say */
                CHECK_STRING(line, want);
            compared += strcmp(line, "\n") != 0;
            check_row = NULL;
        }
    CHECK(pclose(peer) == 0);
    unlink(path);
    printf("%zu objects compared\n", compared);
    CHECK(compared > 90);
}

CHECK_MAIN
