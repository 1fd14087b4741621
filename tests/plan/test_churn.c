/* SPDX-License-Identifier: MIT */
#include "plan/churn.h"
#include "stage.h"

struct row {
    const char *key, *title, *start;
};

static const struct {
    const char *title;
    struct row gone[4], fresh[4];
    const char *want; /* "gone>fresh …" by index */
} rows[] = {
    {"another UID, same time",
     {{"a", "Réunion", "2026-10-05 09:00"}},
     {{"b", "REUNION", "2026-10-05 09:00"}},
     "0>0 "},
    {"another UID, same day",
     {{"a", "Réunion", "2026-10-05 09:00"}},
     {{"b", "Réunion", "2026-10-05 14:00"}},
     "0>0 "},
    {"another UID, another day: not believed",
     {{"a", "Réunion", "2026-10-05 09:00"}},
     {{"b", "Réunion", "2026-10-12 09:00"}},
     ""},
    {"another title",
     {{"a", "Réunion", "2026-10-05 09:00"}},
     {{"b", "Conseil", "2026-10-05 09:00"}},
     ""},
    {"same series on another weekday",
     {{"a/20261005T070000Z", "Réunion", "2026-10-05 09:00"},
      {"a/20261012T070000Z", "Réunion", "2026-10-12 09:00"}},
     {{"a/20261006T070000Z", "Réunion", "2026-10-06 09:00"},
      {"a/20261013T070000Z", "Réunion", "2026-10-13 09:00"}},
     "0>0 1>1 "},
    {"another series of the same name",
     {{"a/20261005T070000Z", "Réunion", "2026-10-05 09:00"}},
     {{"b/20261006T070000Z", "Réunion", "2026-10-06 09:00"}},
     ""},
    {"the same UID on the same day, with another title",
     {{"a/20261005T070000Z", "Réunion", "2026-10-05 09:00"},
      {"a/20261012T070000Z", "Réunion", "2026-10-12 09:00"}},
     {{"a/20261005T080000Z", "Réunion en visio", "2026-10-05 10:00"},
      {"a/20261013T080000Z", "Réunion en visio", "2026-10-13 10:00"}},
     "0>0 "},
    {"a single one becomes a series, with another title",
     {{"x/a", "Réunion", "2026-10-05 09:00"}},
     {{"x/a/20261005T070000Z", "Mensuelle", "2026-10-05 09:00"}},
     "0>0 "},
    {"UIDs with slashes",
     {{"x/1", "Réunion", "2026-10-05 09:00"}},
     {{"x/2", "Conseil", "2026-10-05 09:00"}},
     ""},
    {"the title tells more than the UID",
     {{"a/20261005T070000Z", "Réunion", "2026-10-05 09:00"}},
     {{"a/20261005T080000Z", "Conseil", "2026-10-05 10:00"}, {"b", "Réunion", "2026-10-05 11:00"}},
     "0>1 "},
    {"the surest pair first",
     {{"a", "Réunion", "2026-10-05 09:00"}, {"b", "Réunion", "2026-10-05 14:00"}},
     {{"c", "Réunion", "2026-10-05 14:00"}, {"d", "Réunion", "2026-10-05 16:00"}},
     "1>0 0>1 "},
    {"each at most once",
     {{"a", "Réunion", "2026-10-05 09:00"}, {"b", "Réunion", "2026-10-05 09:00"}},
     {{"c", "Réunion", "2026-10-05 09:00"}},
     "0>0 "},
    {"each within its title, whatever the order of the file",
     {{"a", "Bureau", "2026-10-05 11:00"},
      {"b", "Conseil", "2026-10-05 10:00"},
      {"c", "Bureau", "2026-10-05 09:00"}},
     {{"d", "Bureau", "2026-10-05 09:30"},
      {"e", "Conseil", "2026-10-05 10:00"},
      {"f", "Bureau", "2026-10-05 11:30"}},
     "2>0 0>2 1>1 "},
    {"at one moment the keys decide",
     {{"b", "Bureau", "2026-10-05 09:00"}, {"a", "Bureau", "2026-10-05 09:00"}},
     {{"d", "Bureau", "2026-10-05 09:00"}, {"c", "Bureau", "2026-10-05 09:00"}},
     "1>1 0>0 "},
    {"nothing is gone", {{0}}, {{"b", "Bureau", "2026-10-05 09:00"}}, ""},
    {"nothing is new", {{"b", "Bureau", "2026-10-05 09:00"}}, {{0}}, ""},
    {"no title, no pair", {{"a", NULL, "2026-10-05 09:00"}}, {{"b", NULL, "2026-10-05 09:00"}}, ""},
};

static size_t fill(struct stage *s, const struct row *from, struct sighting *to)
{
    size_t count = 0;
    for (; count < 4 && from[count].key; count++) {
        stage_timed(s, "Europe/Paris", from[count].start);
        s->event.summary.any = from[count].title;
        to[count] = (struct sighting){.occurrence = from[count].key, .facts = stage_facts(s)};
    }
    return count;
}

TEST(pairs)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct stage s;
        struct sighting gone[4], fresh[4];
        struct churn_pairs found;
        CHECK_ROW(rows[i].title);
        stage_open(&s);
        size_t gone_count = fill(&s, rows[i].gone, gone);
        size_t fresh_count = fill(&s, rows[i].fresh, fresh);
        REQUIRE(churn_pair(s.arena, gone, gone_count, gone_count, fresh, fresh_count, &found) == 0);
        for (size_t k = 0; k < found.count; k++)
            buf_printf(&s.log, "%zu>%zu ", found.items[k].gone, found.items[k].fresh);
        CHECK_STRING(stage_log(&s), rows[i].want);
        stage_close(&s);
    }
}

/* What has been away for a while is believed by its day alone. */
TEST(long_gone)
{
    static const struct row gone_rows[4] = {{"a/20261005T070000Z", "Réunion", "2026-10-05 09:00"},
                                            {"a/20261012T070000Z", "Réunion", "2026-10-12 09:00"}};
    static const struct row fresh_rows[4] = {{"a/20261006T070000Z", "Réunion", "2026-10-06 09:00"},
                                             {"b", "Réunion", "2026-10-12 14:00"}};
    struct stage s;
    struct sighting gone[4], fresh[4];
    struct churn_pairs found;
    stage_open(&s);
    size_t count = fill(&s, gone_rows, gone);
    REQUIRE(churn_pair(s.arena, gone, count, 0, fresh, fill(&s, fresh_rows, fresh), &found) == 0);
    REQUIRE(found.count == 1);
    CHECK_INT(found.items[0].gone, 1);
    CHECK_INT(found.items[0].fresh, 1);
    stage_close(&s);
}

TEST(titles)
{
    static const struct row gone_rows[4] = {{"a", "Réunion", "2026-10-05 09:00"},
                                            {"b", NULL, "2026-10-05 09:00"},
                                            {"c", "Conseil", "2026-10-05 09:00"}};
    static const struct words titles[] = {
        {.any = NULL}, {.any = "REUNION"}, {.in = {[LANGUAGE_JA] = "会議"}}};
    struct stage s;
    struct sighting gone[4];
    bool has[4];
    stage_open(&s);
    size_t count = fill(&s, gone_rows, gone);
    REQUIRE(churn_find_titles(s.arena, gone, count, titles, 3, has) == 0);
    CHECK(has[0] && !has[1] && !has[2]);
    REQUIRE(churn_find_titles(s.arena, gone, count, NULL, 0, has) == 0);
    CHECK(!has[0] && !has[1] && !has[2]);
    stage_close(&s);
}

CHECK_MAIN
