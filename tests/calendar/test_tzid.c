/* SPDX-License-Identifier: MIT */
/* Which zone a TZID means, and what is said of the guess. The calendar's own zone is Europe/Paris.
 */
#include "calendars.h"

static const struct {
    const char *tzid; /* as it stands behind "TZID=" */
    const char *zone;
    const char *how; /* end of the warning; NULL = no warning */
} rows[] = {
    {"Europe/Paris", "Europe/Paris", NULL},
    {"\"Asia/Tokyo\"", "Asia/Tokyo", NULL},
    {"UTC", "UTC", NULL},
    {"Etc/GMT-9", "Etc/GMT-9", NULL},
    {"asia/TOKYO", "Asia/Tokyo", "its name"},
    {"/mozilla.org/20070129_1/Asia/Tokyo", "Asia/Tokyo", "its name"},
    {"/freeassociation.sourceforge.net/America/Argentina/Ushuaia", "America/Argentina/Ushuaia",
     "its name"},
    {"http://example.org/zones/Asia/Tokyo", "Asia/Tokyo", "its name"},
    {"Tokyo Standard Time", "Asia/Tokyo", "its name"},
    {"\"Romance Standard Time\"", "Europe/Paris", "its name"},
    {"Eastern Standard Time 1", "America/New_York", "its name"},
    {"Romance Daylight Time", "Europe/Paris", "its name"},
    {"Eastern Daylight Time", "America/New_York", "its name"},
    {"\"Eastern Time (US & Canada)\"", "America/New_York", "its name"},
    {"\"(UTC-05:00) Eastern Time (US and Canada)\"", "America/New_York", "the places in its name"},
    {"\"(UTC+01:00) Bruxelles, Copenhague, Madrid, Paris\"", "Europe/Paris",
     "the places in its name"},
    {"\"(UTC+01:00) Sarajevo, Skopje, Warsaw, Zagreb\"", "Europe/Sarajevo",
     "the places in its name"},
    {"\"(UTC+09:00) Osaka, Sapporo, Tokyo\"", "Asia/Tokyo", "the places in its name"},
    {"\"(UTC+01:00) ブリュッセル、コペンハーゲン、マドリード、パリ\"", "Europe/Paris",
     "the places in its name"},
    {"\"(UTC+02:00) Athènes, Bucarest\"", "UTC+02:00", "the places in its name"},
    {"\"東京 (標準時)\"", "Asia/Tokyo", "its name"},
    {"大阪、札幌、東京", "Asia/Tokyo", "its name"},
    {"(GMT+09:00) Tokyo", "Asia/Tokyo", "the places in its name"}, /* its quotes forgotten */
    {"tzone://Microsoft/Utc", "UTC", NULL},
    {"\"tzone://Microsoft/Utc\"", "UTC", NULL},
    {"tzone://Microsoft/Custom", "Europe/Paris",
     "the calendar's own zone, for want of a better guess"},
    {"Customized Time Zone", "Europe/Paris", "the calendar's own zone, for want of a better guess"},
    {"GMT+05:30", "UTC+05:30", "its name"},
    {"UTC-3", "UTC-03:00", "its name"},
    {"+0900", "UTC+09:00", "its name"},
    {"JST", "Asia/Tokyo", "its name"},
    {"PST", "America/Los_Angeles", "its name"},
    {"Eastern", "America/New_York", "its name"},
    {"Western/Central Europe", "Europe/Paris", "its name"},
    {"Asia-Tokyo", "Asia/Tokyo", "its name"},
    {"America_New_York", "America/New_York", "its name"},
    {"Asia/Tokyo (JST)", "Asia/Tokyo", "its name"},
    {"Heure du Japon (Asia/Tokyo)", "Asia/Tokyo", "its name"},
    {"Tokyo", "Asia/Tokyo", "the places in its name"},
    {"../../etc/passwd", "Europe/Paris", "the calendar's own zone, for want of a better guess"},
    {"", "Europe/Paris", NULL}, /* as if there were none */
};

static void parse(struct calendars_fixture *f, const char *head, const char *tzid)
{
    struct buf raw = BUF_INIT(1 << 16);
    buf_printf(&raw,
               "BEGIN:VCALENDAR\nPRODID:-//Test//EN\n%sBEGIN:VEVENT\nUID:u\n"
               "DTSTART;TZID=%s:20260705T090000\nEND:VEVENT\nEND:VCALENDAR\n",
               head, tzid);
    calendars_init(f);
    CHECK_INT(calendars_parse(f, buf_text(&raw), "Europe/Paris"), 0);
    buf_done(&raw);
}

static const char *zone_read(struct calendars_fixture *f)
{
    struct occurrences list = calendars_expand(f, "2026-07-01T00:00:00Z", "2026-08-01T00:00:00Z");
    return list.count == 1 ? zone_name(list.items[0].when.zone) : "no occurrence";
}

TEST(names)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct calendars_fixture f;
        CHECK_ROW(rows[i].tzid);
        parse(&f, "", rows[i].tzid);
        CHECK_STRING(zone_read(&f), rows[i].zone);
        CHECK_INT(f.flaws.count, rows[i].how ? 1 : 0);
        if (rows[i].how && f.flaws.count == 1) {
            const char *told = f.flaws.items[0].text;
            CHECK_STRING(strlen(told) > strlen(rows[i].how)
                             ? told + strlen(told) - strlen(rows[i].how)
                             : told,
                         rows[i].how);
            CHECK_STRING(f.flaws.items[0].advice,
                         "In the program that wrote the calendar, choose a time zone by city");
        }
        calendars_done(&f);
    }
}

#define VTIMEZONE(tzid, offset)                                                                    \
    "BEGIN:VTIMEZONE\nTZID:" tzid "\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"                    \
    "TZOFFSETFROM:" offset "\nTZOFFSETTO:" offset "\nEND:STANDARD\nEND:VTIMEZONE\n"

/* A VTIMEZONE stands below a name that is known, above one that only says little. */
TEST(written)
{
    static const struct {
        const char *title, *head, *tzid, *zone, *flaw;
    } cases[] = {
        {"contradicts its name", VTIMEZONE("Europe/Paris", "+0500"), "Europe/Paris", "Europe/Paris",
         "9 warning the VTIMEZONE \"Europe/Paris\" in the file contradicts its name: "
         "2026-01-15T05:00:00+05:00 there, 2026-01-15T01:00:00+01:00 in Europe/Paris; the name "
         "holds\n"},
        {"agrees with its name", VTIMEZONE("Asia/Tokyo", "+0900"), "Asia/Tokyo", "Asia/Tokyo", ""},
        {"a name of its own", VTIMEZONE("Mairie", "+0545"), "Mairie", "Mairie",
         "9 warning the time zone \"Mairie\" is read as Mairie, from the VTIMEZONE in the file\n"},
        {"above a nickname", VTIMEZONE("Eastern", "-0500"), "Eastern", "Eastern",
         "9 warning the time zone \"Eastern\" is read as Eastern, from the VTIMEZONE in the "
         "file\n"},
        {"above another spelling", VTIMEZONE("US-Eastern", "-0500"), "US-Eastern", "US-Eastern",
         "9 warning the time zone \"US-Eastern\" is read as US-Eastern, from the VTIMEZONE in the "
         "file\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct calendars_fixture f;
        CHECK_ROW(cases[i].title);
        parse(&f, cases[i].head, cases[i].tzid);
        CHECK_STRING(zone_read(&f), cases[i].zone);
        const char *told = calendars_flaws(&f);
        told += strcspn(told, " "); /* the line numbers are the other tests' matter */
        CHECK_STRING(told, cases[i].flaw + strcspn(cases[i].flaw, " "));
        calendars_done(&f);
    }
}

/* The warning says where to click in the program that wrote the file. */
TEST(advice)
{
    static const struct {
        const char *product, *begins;
    } cases[] = {
        {"-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN",
         "In Outlook, open the event, choose"},
        {"Microsoft Exchange Server 2010", "In Outlook on the web,"},
        {"-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN", "In Thunderbird,"},
        {"-//Google Inc//Google Calendar 70.9054//EN", "In Google Calendar,"},
        {"-//Apple Inc.//macOS 14.0//EN", "In Calendar on the Mac,"},
        {"-//IDN nextcloud.com//Calendar app 4.7.16//EN", "In Nextcloud Calendar,"},
        {"Zimbra-Calendar-Provider", "In Zimbra,"},
        {"OX Software GmbH//Open-Xchange Server", "In OX App Suite,"},
        {"-//Synology//Synology Calendar//EN", "In Synology Calendar,"},
        {"-//Lotus Development Corporation//NONSGML Notes 9.0//EN_C", "In Notes,"},
        {"-//Ximian//NONSGML Evolution Calendar//EN", "In Evolution,"},
        {"-//Autre//FR", "In the program that wrote the calendar,"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct calendars_fixture f;
        struct buf raw = BUF_INIT(1 << 16);
        CHECK_ROW(cases[i].product);
        buf_printf(&raw,
                   "BEGIN:VCALENDAR\nPRODID:%s\nBEGIN:VEVENT\nUID:u\n"
                   "DTSTART;TZID=Mairie:20260705T090000\nEND:VEVENT\nEND:VCALENDAR\n",
                   cases[i].product);
        calendars_init(&f);
        CHECK_INT(calendars_parse(&f, buf_text(&raw), "Europe/Paris"), 0);
        if (f.flaws.count != 1 || !text_starts(text_of(f.flaws.items[0].advice), cases[i].begins))
            CHECK_STRING(f.flaws.count ? f.flaws.items[0].advice : NULL, cases[i].begins);
        buf_done(&raw);
        calendars_done(&f);
    }
}

CHECK_MAIN
