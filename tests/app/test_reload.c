/* SPDX-License-Identifier: MIT */
/* A running daemon keeps its settings when the new ones will not do, and says what to mend. */
#include "app/reload.h"

#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "check.h"

#define SOUND                                                                                      \
    "organisation: { name = \"CUF\"; address = \"9 rue Christiani\"; zone = \"Europe/Paris\"; "    \
    "};\n"                                                                                         \
    "sender: { name = \"Japon\"; address = \"japon@example.org\"; };\n"                            \
    "calendars: ( { name = \"japon\"; source = \"japon.ics\"; } );\n"                              \
    "contacts: ( { source = \"contacts.csv\"; } );\n"                                              \
    "rules: ( { name = \"r\"; audience = \"japon\"; steps = ( { send = \"invitation\"; before = "  \
    "\"30 days\"; } ); } );\n"
#define RELAY "relay: { url = \"smtp://127.0.0.1:2525\"; tls = \"none\"; };\n"
#define STATE "state = \"/tmp\";\n"

static const char refused[] =
    "the new settings are refused; the old ones stay in force; mend what is named above and reload "
    "again (`convier check` says beforehand whether it will do)";

static const struct {
    const char *title, *settings;
    const char *at;
    const char *said[2]; /* how the lines before the last one end */
    bool is_possible;
} rows[] = {
    {"sound", SOUND RELAY STATE, NULL, {NULL, NULL}, true},
    {"two slips of the pen",
     SOUND RELAY STATE "limits: { setle = \"1 min\"; };\nholydays: ();\n",
     NULL,
     {"convier.cfg:8:11: setle: no such key in limits (did you mean settle?)",
      "convier.cfg:9:1: holydays: no such key at the top level (did you mean holidays?)"},
     false},
    {"a password that is not there",
     SOUND STATE "relay: { url = \"smtp://127.0.0.1\"; tls = \"none\"; user = \"u\"; password = "
                 "\"file:/nowhere/secret\"; };\n",
     NULL,
     {"/nowhere/secret: No such file or directory (whoever runs convier must own it; of the "
      "service it is a credential (LoadCredential=))",
      NULL},
     false},
    {"a state folder that cannot be made",
     SOUND RELAY "state = \"/proc/nothing\";\n",
     NULL,
     {"state: /proc/nothing: No such file or directory (the daemon must be able to write in this "
      "folder)",
      NULL},
     false},
    {"a pretended clock and a real relay",
     SOUND STATE "relay: { url = \"smtps://smtp.example.org\"; };\n",
     "2026-01-01",
     {"--at with a relay that is not this machine (point relay.url at 127.0.0.1)", NULL},
     false},
};

struct heard {
    size_t count;
    char lines[4][512];
};

static void on_line(void *context, enum log_level level, const struct log_field *fields,
                    const char *line)
{
    struct heard *heard = context;
    (void)fields;
    CHECK_INT(level, LOG_LEVEL_ERROR);
    if (heard->count < 4)
        snprintf(heard->lines[heard->count], sizeof heard->lines[0], "%s", line);
    heard->count++;
}

TEST(old_settings_stay_in_force)
{
    char folder[] = "/tmp/convier-reload-XXXXXX", path[64];
    REQUIRE(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/convier.cfg", folder);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct options options = {.config = path, .at = rows[i].at};
        struct house house = {.options = &options, .zones = zones_new(NULL)};
        struct heard heard = {0};
        size_t said = 0;
        CHECK_ROW(rows[i].title);
        REQUIRE(house.zones && file_write(path, text_of(rows[i].settings), 0600) == 0);
        log_set_sink(on_line, &heard);
        CHECK_INT(reload_is_possible(&house), rows[i].is_possible);
        log_set_sink(NULL, NULL);
        zones_free(house.zones);
        for (; said < 2 && rows[i].said[said]; said++) {
            const char *end = strstr(heard.lines[said], rows[i].said[said]);
            CHECK_STRING(end ? end : heard.lines[said], rows[i].said[said]);
        }
        CHECK_INT(heard.count, rows[i].is_possible ? 0 : said + 1);
        if (said)
            CHECK_STRING(heard.lines[said], refused);
    }
    unlink(path);
    rmdir(folder);
}

CHECK_MAIN
