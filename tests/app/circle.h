/* SPDX-License-Identifier: MIT */
/* circle: a small house in a folder of its own, for tests that run the whole program: one meeting
 * on 2026-03-20, one rule that invites all of a list thirty days before, a relay that is a courier.
 */
#ifndef CONVIER_TESTS_APP_CIRCLE_H
#define CONVIER_TESTS_APP_CIRCLE_H

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/zone.h"
#include "check.h"

struct circle {
    char folder[64], config[80];
};

static inline void circle_put(const struct circle *circle, const char *name, struct text bytes)
{
    char path[120];
    snprintf(path, sizeof path, "%s/%s", circle->folder, name);
    REQUIRE(file_replace(path, bytes, 0600) == 0);
}

static inline int circle_remove_one(const char *path, const struct stat *status, int type,
                                    struct FTW *ftw)
{
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

/* Also makes the folder of the state, empty. */
static inline void circle_forget_ledger(const struct circle *circle)
{
    char path[120];
    snprintf(path, sizeof path, "%s/state", circle->folder);
    (void)nftw(path, circle_remove_one, 8, FTW_DEPTH | FTW_PHYS);
    REQUIRE(mkdir(path, 0700) == 0);
}

/* more: of the settings, or "". */
static inline void circle_open(struct circle *circle, const char *more, struct text list)
{
    static const char settings[] =
        "state = \"state\";\n"
        "organisation: { name = \"Cercle\"; address = \"1 rue de la Paix\";"
        " zone = \"Europe/Paris\"; };\n"
        "sender: { name = \"Cercle\"; address = \"cercle@example.org\"; };\n"
        "relay: { url = \"smtp://127.0.0.1:2525\"; tls = \"none\"; };\n"
        "calendars: ( { name = \"c\"; source = \"c.ics\"; } );\n"
        "contacts: ( { source = \"c.csv\"; } );\n"
        "rules: ( { name = \"r\"; category = \"C\"; audience = \"all\";\n"
        "  steps = ( { send = \"invitation\"; before = \"30 days\"; } ); } );\n";
    static const char calendar[] =
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20260101T000000Z\r\n"
        "DTSTART;TZID=Europe/Paris:20260320T140000\r\nDURATION:PT2H\r\nSUMMARY:Réunion\r\n"
        "LOCATION:Salle 1\r\nCATEGORIES:C\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    CLEANUP_BUF struct buf whole = BUF_INIT(1 << 16);
    snprintf(circle->folder, sizeof circle->folder, "%s/convier-circle-XXXXXX",
             access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    REQUIRE(mkdtemp(circle->folder));
    snprintf(circle->config, sizeof circle->config, "%s/convier.cfg", circle->folder);
    buf_printf(&whole, "%s%s", settings, more);
    circle_put(circle, "convier.cfg", buf_text(&whole));
    circle_put(circle, "c.ics", text_of(calendar));
    circle_put(circle, "c.csv", list);
    circle_forget_ledger(circle);
}

static inline void circle_close(const struct circle *circle)
{
    (void)nftw(circle->folder, circle_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline struct instant circle_time(const char *rfc3339)
{
    struct instant t;
    REQUIRE(instant_parse_rfc3339(text_of(rfc3339), &t));
    return t;
}

#endif
