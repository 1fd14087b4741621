/* SPDX-License-Identifier: MIT */
/* The last good copy of a source, over starts and through readings that are refused. */
#include "app/sources.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>

#include "app/copies.h"
#include "base/file.h"
#include "check.h"

static const char sound[] = "email;name;language\na@gmial.com;A;fr\nb@x.fr;B;fr\nno;C;fr\n",
                  spoilt[] = "nom;prénom\nA;B\n";

struct rig {
    char folder[64], list[96];
    struct contacts_settings contacts;
    struct settings settings;
    struct zones *zones;
    struct locale *locale;
    struct sources *sources;
};

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

static void start(struct rig *rig)
{
    sources_free(rig->sources);
    REQUIRE(sources_new(&rig->settings, rig->zones, rig->locale, true, &rig->sources) == 0);
    REQUIRE(sources_read_copies(rig->sources, instant_from_sec(1)) == 0);
}

static const struct source *read_list(struct rig *rig, const char *text)
{
    REQUIRE(file_write(rig->list, text_of(text), 0600) == 0);
    REQUIRE(sources_read_files(rig->sources, true, instant_from_sec(2)) == 0);
    return sources_at(rig->sources, 0);
}

static void open_list(struct rig *rig)
{
    *rig = (struct rig){.folder = "/tmp/convier-sources-XXXXXX", .zones = zones_new(NULL)};
    REQUIRE(mkdtemp(rig->folder) && rig->zones && locale_new(&rig->locale) == 0);
    snprintf(rig->list, sizeof rig->list, "%s/list.csv", rig->folder);
    rig->contacts.source = rig->list;
    rig->settings =
        (struct settings){.state = rig->folder, .contacts = &rig->contacts, .contacts_count = 1};
    rig->settings.organisation.zone = zones_utc(rig->zones);
    start(rig);
}

static void close_list(struct rig *rig)
{
    sources_free(rig->sources);
    locale_free(rig->locale);
    zones_free(rig->zones);
    (void)nftw(rig->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

TEST(the_copy_speaks_when_the_list_is_the_same)
{
    struct rig rig;
    open_list(&rig);
    CHECK(!sources_at(rig.sources, 0)->is_good);
    const struct source *source = read_list(&rig, sound);
    CHECK(source->is_good && !source->is_from_copy && !source->trouble);
    CHECK_INT(source->rows.count, 2);
    CHECK_INT(source->flaws.count, 2); /* a slip, and a row without address */

    start(&rig); /* in force, and silent */
    source = sources_at(rig.sources, 0);
    CHECK(source->good.utc_usec != INSTANT_UNSET.utc_usec); /* status tells of it */
    CHECK(source->is_good && source->is_from_copy);
    CHECK_INT(source->rows.count, 2);
    CHECK_INT(source->flaws.count, 0);
    CHECK_INT(source->readings, 0);

    source = read_list(&rig, sound); /* not read a second time, but told */
    CHECK(!source->is_from_copy);
    CHECK_INT(source->flaws.count, 2);
    CHECK_INT(source->readings, 1);
    CHECK_INT(source->generation, 1);

    source = read_list(&rig, spoilt);
    CHECK(source->trouble && source->is_good);
    CHECK_INT(source->rows.count, 2);
    CHECK_INT(source->flaws.items[0].severity, SEVERITY_ERROR);
    CHECK(strstr(source->flaws.items[0].text, "no column holds addresses"));

    source = read_list(&rig, "email\nnobody\n"); /* the reason, not the row before it */
    CHECK_STRING(source->trouble, "no valid contact is in the list");

    source = read_list(&rig, sound); /* mended: the words of the copy in force come back */
    CHECK(!source->trouble);
    CHECK_INT(source->flaws.count, 2);

    start(&rig);
    source = read_list(&rig, spoilt); /* refused at once: the copy stays */
    CHECK(source->trouble && source->is_good && source->is_from_copy);
    CHECK_INT(source->rows.count, 2);
    source = read_list(&rig, "email;language\nz@x.fr;fr\n");
    CHECK(!source->trouble && !source->is_from_copy);
    CHECK_INT(source->rows.count, 1);
    CHECK_INT(source->flaws.count, 0);
    close_list(&rig);
}

static void write_list(struct rig *rig, const char *text)
{
    REQUIRE(file_write(rig->list, text_of(text), 0600) == 0);
}

/* One slice of a few bytes; is anything left? */
static bool read_on(struct rig *rig)
{
    REQUIRE(sources_step(rig->sources, 8, instant_from_sec(3)) == 0);
    return sources_are_coming(rig->sources);
}

/* The old one is in force until the new one was read whole. */
TEST(a_list_is_read_in_slices)
{
    struct rig rig;
    int slices = 0;
    open_list(&rig);
    const struct source *source = read_list(&rig, "email\na@x.fr\nb@x.fr\n");
    write_list(&rig, "email;name\nc@x.fr;C\nno\nd@x.fr;D\ne@x.fr;E\n");
    sources_look(rig.sources, false);
    CHECK(source->is_coming);
    while (read_on(&rig)) {
        CHECK_INT(source->rows.count, 2);
        CHECK_INT(source->readings, 1);
        slices++;
    }
    CHECK(slices > 8);
    CHECK(!source->is_coming && !source->trouble);
    CHECK_INT(source->rows.count, 3);
    CHECK_INT(source->flaws.count, 2);
    CHECK_INT(source->readings, 2);
    CHECK_INT(source->generation, 2);
    sources_look(rig.sources, false);
    CHECK(!source->is_coming);
    CHECK(copies_is_same(rig.folder, rig.list));
    close_list(&rig);
}

TEST(a_list_changes_while_it_is_read)
{
    struct rig rig;
    open_list(&rig);
    const struct source *source = read_list(&rig, "email\na@x.fr\n");
    for (int at = 1; at < 12; at++) { /* loaded, hashed, copied or parsed so far */
        char text[80];
        write_list(&rig, "email\nold1@x.fr\nold2@x.fr\nold3@x.fr\n");
        sources_look(rig.sources, false);
        for (int i = 0; i < at; i++)
            REQUIRE(read_on(&rig));
        snprintf(text, sizeof text, "email\nnew%d@x.fr\nnew@x.fr\n", at);
        write_list(&rig, text);
        while (read_on(&rig))
            ;
        CHECK_INT(source->rows.count, 2);
        CHECK_INT(source->rows.items[0]->email[3] - '0', at < 10 ? at : 1);
        CHECK_INT(source->generation, 1 + at);
    }
    write_list(&rig, "email\nold1@x.fr\nold2@x.fr\n");
    sources_look(rig.sources, false);
    REQUIRE(read_on(&rig));
    REQUIRE(remove(rig.list) == 0);
    while (read_on(&rig))
        ;
    CHECK(source->trouble && source->is_good);
    CHECK_INT(source->rows.count, 2);
    close_list(&rig);
}

/* It must not keep all others waiting. */
TEST(a_list_never_rests)
{
    struct rig rig;
    int slices = 0;
    open_list(&rig);
    sources_look(rig.sources, false);
    do {
        char text[80];
        snprintf(text, sizeof text, "email\nfirst-%d@x.fr\nsecond-%d@x.fr\n", slices, slices);
        write_list(&rig, text);
        slices++;
    } while (read_on(&rig));
    const struct source *source = sources_at(rig.sources, 0);
    CHECK(slices < 40);
    CHECK(!source->trouble);
    CHECK_INT(source->rows.count, 2);
    CHECK_STRING(strchr(source->rows.items[0]->email, '-') + 1,
                 strchr(source->rows.items[1]->email, '-') + 1);
    sources_look(rig.sources, false);
    CHECK(source->is_coming); /* it has changed since */
    close_list(&rig);
}

static bool merge(struct rig *rig, size_t rows_max)
{
    bool is_done;
    CHECK_INT(sources_merge(rig->sources, rows_max, &is_done), 0);
    return is_done;
}

/* What is in force stays whole until the other one is asked for. */
TEST(a_list_changes_while_it_is_merged)
{
    struct rig rig;
    const struct contact_list *list;
    open_list(&rig);
    read_list(&rig, "email\nb@x.fr\na@x.fr\n");
    CHECK(!merge(&rig, 1));
    REQUIRE(sources_contacts(rig.sources, &list, NULL) == 0); /* the rest at once */
    REQUIRE(list->count == 2);
    CHECK_STRING(list->items[0]->email, "a@x.fr");
    CHECK(merge(&rig, 1));

    read_list(&rig, "email\nd@x.fr\nc@x.fr\ne@x.fr\n");
    CHECK(!merge(&rig, 1));
    CHECK(!merge(&rig, 2));
    read_list(&rig, "email\nh@x.fr\nf@x.fr\ng@x.fr\ni@x.fr\n");
    for (int i = 0; !merge(&rig, 2); i++)
        REQUIRE(i < 100);
    CHECK(merge(&rig, 2));
    CHECK_STRING(list->items[1]->email, "b@x.fr");
    REQUIRE(sources_contacts(rig.sources, &list, NULL) == 0);
    REQUIRE(list->count == 4);
    CHECK_STRING(list->items[0]->email, "f@x.fr");

    read_list(&rig, "email\nk@x.fr\nj@x.fr\n");
    CHECK(merge(&rig, 2)); /* as long as that: in one piece */
    read_list(&rig, "email\nl@x.fr\n");
    REQUIRE(sources_contacts(rig.sources, &list, NULL) == 0);
    REQUIRE(list->count == 1);
    CHECK_STRING(list->items[0]->email, "l@x.fr");
    close_list(&rig);
}

/* Its bytes are given back while it is read: the copy and what was read are whole all the same. */
TEST(a_calendar_gives_its_bytes_back)
{
    enum { EVENTS = 10000 };
    struct rig rig = {.folder = "/tmp/convier-sources-XXXXXX", .zones = zones_new(NULL)};
    CLEANUP_BUF struct buf text = BUF_INIT(4 << 20);
    REQUIRE(mkdtemp(rig.folder) && rig.zones && locale_new(&rig.locale) == 0);
    snprintf(rig.list, sizeof rig.list, "%s/feed.ics", rig.folder);
    struct calendar_settings calendar = {
        .name = "feed", .source = rig.list, .zone = zones_utc(rig.zones)};
    rig.settings =
        (struct settings){.state = rig.folder, .calendars = &calendar, .calendar_count = 1};
    rig.settings.organisation.zone = zones_utc(rig.zones);
    buf_add_string(&text, "BEGIN:VCALENDAR\n");
    for (int i = 0; i < EVENTS; i++)
        buf_printf(&text,
                   "BEGIN:VEVENT\nUID:%d\nDTSTART:20260105T090000Z\nSUMMARY:Conseil %d\n"
                   "END:VEVENT\n",
                   i, i);
    size_t size = text.size;
    buf_add_string(&text, "END:VCALENDAR\n");
    REQUIRE(!buf_error(&text));

    start(&rig);
    const struct source *source = read_list(&rig, text.data);
    REQUIRE(source->is_good && !source->trouble);
    CHECK_INT(feed_event_count(source->feed), EVENTS);
    CHECK(copies_is_same(rig.folder, rig.list));

    text.data[size] = '\0'; /* cut off: the copy in force stays */
    source = read_list(&rig, text.data);
    CHECK(source->trouble && source->is_good);
    start(&rig);
    source = sources_at(rig.sources, 0);
    REQUIRE(source->is_good && source->is_from_copy);
    CHECK_INT(feed_event_count(source->feed), EVENTS);
    CHECK_INT(source->flaws.count, 0);

    sources_free(rig.sources);
    locale_free(rig.locale);
    zones_free(rig.zones);
    (void)nftw(rig.folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void keep_copy(const struct rig *rig, const char *location)
{
    struct copying *copying = copies_begin(rig->folder, location, "other");
    REQUIRE(copying);
    copies_add(copying, TEXT("email\nz@z.example\n"));
    copies_end(copying, true);
}

/* A list that was taken out of the settings leaves no copy of its people behind. */
TEST(copies_of_what_is_no_longer_named_go)
{
    struct rig rig;
    open_list(&rig);
    CHECK(read_list(&rig, sound)->is_good);
    char other[96];
    CLEANUP_BUF struct buf kept = BUF_INIT(1 << 16);
    struct instant at;
    snprintf(other, sizeof other, "%s/other.csv", rig.folder);
    keep_copy(&rig, other);
    copies_settle(rig.folder, other, true);
    keep_copy(&rig, "third"); /* and then a death on the way */
    CHECK_INT(copies_find(rig.folder, other, &kept, &at), 0);

    copies_sweep(rig.folder, (const char *const[]){rig.list}, 1);
    CHECK_INT(copies_find(rig.folder, other, &kept, &at), -ENOENT);
    CHECK_INT(copies_find(rig.folder, rig.list, &kept, &at), 0);
    char copies[96];
    snprintf(copies, sizeof copies, "%s/copies", rig.folder);
    size_t count = 0;
    DIR *dir = opendir(copies);
    REQUIRE(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    closedir(dir);
    CHECK_INT(count, 1);
    close_list(&rig);
}

/* What stands behind the host of an address, or before it, may be a secret. */
TEST(an_address_is_shown_by_its_host)
{
    static const struct {
        const char *location, *name, *label;
    } rows[] = {
        {"https://cloud.example.org/dav/XyZ?export", "cuf", "https://cloud.example.org/… (cuf)"},
        {"https://cloud.example.org/s/XyZ", NULL, "https://cloud.example.org/… (contacts 2)"},
        {"webcal://a@b:XyZ@example.org:8443?token=XyZ", "a", "webcal://example.org:8443/… (a)"},
        {"https://example.org#XyZ", "a", "https://example.org/… (a)"},
    };
    const struct settings named = {.file = "convier.cfg", .contacts_count = 2}, typed = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct source source = {.kind = rows[i].name ? SOURCE_CALENDAR : SOURCE_CONTACTS,
                                      .index = 1,
                                      .name = rows[i].name,
                                      .location = rows[i].location,
                                      .is_remote = true};
        char *label = source_label(&source, &named), *shown = source_label(&source, &typed);
        CHECK_STRING(label, rows[i].label);
        CHECK_STRING(shown, rows[i].location);
        free(label);
        free(shown);
    }
}

CHECK_MAIN
