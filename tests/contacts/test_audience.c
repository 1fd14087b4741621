/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "contacts/audience.h"

static const char list[] =
    "email;name;function;organisation;language;country;groups;Hôtel\n"
    "a@nancy.fr;Anne Martin;Maire;Ville de Nancy;fr;FR;Élus, France;Mercure\n"
    "b@nancy.fr;Bruno Petit;Journaliste;L'Est Républicain (Nancy);fr;FR;presse, France;\n"
    "c@kanazawa.lg.jp;田中 太郎;国際課長;金沢市;ja;JP;japon, services;\n"
    "d@takamatsu.lg.jp;佐藤 花子;市長;高松市;ja;JP;japon, élus;Ibis\n"
    "e@nhk.jp;鈴木;記者;NHK;ja;JP;japon, presse, elus;\n"
    "f@x.org;Frank;;;en;;;\n"
    "f@x.org;Fiona;Attachée;;en;;groupe-pays, comité d'organisation;\n";

static struct audience_settings named[] = {
    {"officiels", "elus | services", {.line = 10}},
    {"Officiels du Japon", "japon & officiels - presse", {.line = 11}},
    {"a-circle", "japon | b-circle", {.line = 12}},
    {"b-circle", "a-circle", {.line = 13}},
    {"broken", "japon & & elus", {.line = 14}},
    {"japon", "c@kanazawa.lg.jp", {.line = 15}},
};

static const struct {
    const char *expression, *members; /* first letters of the addresses */
} rows[] = {
    {"all", "abcdef"},
    {"tous", "abcdef"},
    {"elus", "ade"},
    {"ÉLUS", "ade"},
    {"élus", "ade"},
    {"nobody", ""},
    {"elus | services", "acde"},
    {"elus & presse", "e"},
    {"elus - presse", "ad"},
    {"all - elus - presse", "cf"},
    {"elus|services", "acde"},
    {"elus&presse", "e"},
    {"!elus", "bcf"},
    {"!!elus", "ade"},
    {"!(elus | presse)", "cf"},
    {"elus | services - presse", "acd"}, /* left to right */
    {"elus | (services - presse)", "acde"},
    {"presse & elus | services", "ce"}, /* & binds closer */
    {"services | presse & elus", "ce"},
    {"all & (elus | services) - presse", "acd"},
    {"groupe-pays", "f"},
    {"all - groupe-pays", "abcde"},
    {"all -groupe-pays", "abcde"},
    {"all- groupe-pays", "abcde"},
    {"(all)-(elus)", "bcf"},
    {"\"comité d'organisation\"", "f"},
    {"« comité d’organisation »", "f"},
    {"“comite d'organisation”", "f"},
    {"all － （elus｜presse）", "cf"},
    {"all \xE2\x80\x93 elus", "bcf"},
    {"a@nancy.fr", "a"},
    {"A@NANCY.FR", "a"},
    {"elus - a@nancy.fr", "de"},
    {"nobody@x.fr", ""},
    {"language = ja", "cde"},
    {"language=ja", "cde"},
    {"language != ja", "abf"},
    {"langue = français", "ab"},
    {"country = FR", "ab"},
    {"pays = Japon", "cde"},
    {"country = \"\"", "f"},
    {"zone = Asia/Tokyo", "cde"},
    {"zone ~ tokyo", "cde"},
    {"organisation ~ \"Nancy\"", "ab"},
    {"contact.organisation ~ 'nancy'", "ab"},
    {"organisation ~ nancy & fonction = maire", "a"},
    {"organisation !~ nancy", "cdef"},
    {"organisation = \"\"", "f"},
    {"organisation != \"\"", "abcde"},
    {"organisation ~ republicain", "b"},
    {"organisation = 金沢市", "c"},
    {"name ~ fiona", "f"}, /* the second person of a mailbox */
    {"name ~ 佐藤", "d"},
    {"function = attachee", "f"},
    {"email ~ \"@nancy.fr\"", "ab"},
    {"group = elus", "ade"},
    {"groups ~ elu", "ade"},
    {"group != elus", "bcf"},
    {"fields.hotel = mercure", "a"},
    {"\"fields.Hôtel\" ~ i", "d"},
    {"fields.hotel != \"\"", "ad"},
    {"fields.other = x", ""},
    {"elus ou services", "acde"},
    {"elus OR services", "acde"},
    {"elus sauf presse", "ad"},
    {"not elus", "bcf"},
    {"non elus & non presse", "cf"},
    {"officiels", "acde"},
    {"\"officiels du japon\"", "c"},
    {"japon", "c"}, /* a named audience wins over a group */
    {"officiels - officiels", ""},
    {"group = japon", "cde"},
};

static struct audience *parse(struct fixture *f, const char *expression,
                              const struct settings *settings)
{
    struct audience *audience = NULL;
    flaws_init(&f->flaws, f->arena, "settings");
    int r = audience_parse(f->arena, expression, settings, (struct settings_place){.line = 7},
                           &f->flaws, &audience);
    if (r && f->flaws.count)
        check_fail(__FILE__, __LINE__, "%d: %s", f->flaws.items[0].column, f->flaws.items[0].text);
    return r ? NULL : audience;
}

TEST(members)
{
    struct fixture f = fixture_new();
    struct contact_list contacts = fixture_list(&f, list);
    struct settings settings = {.audiences = named, .audience_count = 6};
    REQUIRE(contacts.count == 6);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].expression);
        struct audience *audience = parse(&f, rows[i].expression, &settings);
        struct membership members;
        char got[8] = "";
        CHECK(audience != NULL);
        if (!audience)
            continue;
        CHECK_INT(audience_evaluate(f.arena, audience, &contacts, &members), 0);
        for (size_t k = 0; k < contacts.count; k++) {
            bool is_in = membership_has(&members, k), explained = !is_in;
            if (is_in)
                got[strlen(got)] = contacts.items[k]->email[0];
            CHECK(audience_explain(f.arena, audience, contacts.items[k], LANGUAGE_EN, &explained) !=
                  NULL);
            CHECK_INT(explained, is_in);
        }
        CHECK_INT(members.count, contacts.count);
        CHECK_INT(members.bits[0] >> contacts.count, 0);
        CHECK_STRING(got, rows[i].members);
    }
    fixture_done(&f);
}

static const struct {
    const char *expression;
    int line, column;
    const char *words;
} bad[] = {
    {"", 7, 1, "empty"},
    {"   ", 7, 4, "missing"},
    {"elus &", 7, 7, "missing at the end"},
    {"elus & & presse", 7, 8, "missing before this sign"},
    {"& elus", 7, 1, "missing before this sign"},
    {"(elus", 7, 1, "not closed"},
    {"elus & (presse | (a)", 7, 8, "not closed"},
    {"elus)", 7, 5, "never opened"},
    {"()", 7, 2, "missing before this bracket"},
    {"\"elus", 7, 1, "quote is not closed"},
    {"elus | 'presse", 7, 8, "quote is not closed"},
    {"\"\"", 7, 1, "empty"},
    {"comité organisateur", 7, 8, "operator is missing"},
    {"élus presse", 7, 6, "operator is missing"},
    {"elus, presse", 7, 5, "comma"},
    {"elus et presse", 7, 6, "two things"},
    {"elus and presse", 7, 6, "two things"},
    {"languag = ja", 7, 1, "did you mean language"},
    {"hotel = x", 7, 1, "no field"},
    {"language = klingon", 7, 12, "klingon"},
    {"country = Narnia", 7, 11, "Narnia"},
    {"language =", 7, 11, "missing"},
    {"language = & x", 7, 12, "missing"},
    {"= ja", 7, 1, "missing before this sign"},
    {"elus & a@b@c.fr", 7, 8, "more than one @"},
    {"fields. = x", 7, 1, "no field"},
    {"a-circle", 13, 1, "circle"},
    {"elus | broken", 14, 9, "missing before this sign"},
    {"elus \xFF", 7, 6, "UTF-8"},
};

TEST(malformed)
{
    struct fixture f = fixture_new();
    struct settings settings = {.audiences = named, .audience_count = 6};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct audience *audience = NULL;
        CHECK_ROW(bad[i].expression);
        flaws_init(&f.flaws, f.arena, "settings");
        CHECK_INT(audience_parse(f.arena, bad[i].expression, &settings,
                                 (struct settings_place){.line = 7}, &f.flaws, &audience),
                  AUDIENCE_E_MALFORMED);
        CHECK(audience == NULL);
        CHECK_INT(f.flaws.count, 1);
        if (!f.flaws.count)
            continue;
        CHECK_INT(f.flaws.items[0].line, bad[i].line);
        CHECK_INT(f.flaws.items[0].column, bad[i].column);
        CHECK_INT(f.flaws.items[0].severity, SEVERITY_ERROR);
        if (!strstr(f.flaws.items[0].text, bad[i].words))
            CHECK_STRING(f.flaws.items[0].text, bad[i].words);
    }
    fixture_done(&f);
}

TEST(deep_and_long)
{
    struct fixture f = fixture_new();
    struct audience *audience = NULL;
    struct buf buf = BUF_INIT(1 << 22);
    for (int i = 0; i < 100000; i++)
        buf_add_char(&buf, '(');
    CHECK_INT(audience_parse(f.arena, buf.data, NULL, (struct settings_place){.line = 1}, &f.flaws,
                             &audience),
              AUDIENCE_E_MALFORMED);
    buf_clear(&buf);
    for (int i = 0; i < 100000; i++)
        buf_add_string(&buf, "!");
    CHECK_INT(audience_parse(f.arena, buf.data, NULL, (struct settings_place){.line = 1}, &f.flaws,
                             &audience),
              AUDIENCE_E_MALFORMED);
    buf_clear(&buf);
    for (int i = 0; i < 100000; i++)
        buf_add_string(&buf, "a|");
    CHECK_INT(audience_parse(f.arena, buf.data, NULL, (struct settings_place){.line = 1}, &f.flaws,
                             &audience),
              AUDIENCE_E_MALFORMED);
    buf_clear(&buf);
    buf_add_string(&buf, "elus");
    for (int i = 0; i < 1000; i++)
        buf_add_string(&buf, " | presse");
    REQUIRE(audience_parse(f.arena, buf.data, NULL, (struct settings_place){.line = 1}, &f.flaws,
                           &audience) == 0);
    struct contact_list contacts = fixture_list(&f, list);
    struct membership members;
    CHECK_INT(audience_evaluate(f.arena, audience, &contacts, &members), 0);
    CHECK_INT(members.bits[0], 0x1B);
    buf_done(&buf);
    fixture_done(&f);
}

/* Audiences that use each other twice a level would cost 2^n without being evaluated once each. */
TEST(shared_audiences_are_evaluated_once)
{
    enum { LEVELS = 60 };
    static char names[LEVELS][16], expressions[LEVELS][40];
    static struct audience_settings chain[LEVELS];
    struct fixture f = fixture_new();
    struct contact_list contacts = fixture_list(&f, list);
    struct membership members;
    bool is_in = false;

    for (int i = 0; i < LEVELS; i++) {
        snprintf(names[i], sizeof names[i], "level%d", i);
        if (i + 1 < LEVELS)
            snprintf(expressions[i], sizeof expressions[i], "level%d | level%d", i + 1, i + 1);
        else
            snprintf(expressions[i], sizeof expressions[i], "elus");
        chain[i] = (struct audience_settings){.name = names[i], .expression = expressions[i]};
    }
    struct settings settings = {.audiences = chain, .audience_count = LEVELS};
    struct audience *audience = parse(&f, "level0", &settings);
    REQUIRE(audience);
    CHECK_INT(audience_evaluate(f.arena, audience, &contacts, &members), 0);
    CHECK_INT(members.bits[0], 0x19);
    audience_check(f.arena, audience, &contacts, &f.flaws);
    CHECK_INT(f.flaws.count, 0);
    CHECK(audience_explain(f.arena, audience, contacts.items[1], LANGUAGE_EN, &is_in) != NULL);
    CHECK(!is_in);
    fixture_done(&f);
}

TEST(membership_of_many)
{
    struct fixture f = fixture_new();
    struct buf buf = BUF_INIT(1 << 22);
    struct membership members;
    size_t count = 0;

    buf_add_string(&buf, "email;groups\n");
    for (int i = 0; i < 1000; i++)
        buf_printf(&buf, "u%04d@x.fr;%s\n", i, i % 3 == 0 ? "three" : i % 5 == 0 ? "five, x" : "");
    struct contact_list contacts = fixture_list(&f, buf.data);
    struct audience *audience = parse(&f, "!(three | five)", NULL);
    REQUIRE(audience && contacts.count == 1000);
    CHECK_INT(audience_evaluate(f.arena, audience, &contacts, &members), 0);
    for (size_t i = 0; i < 1000; i++) {
        count += membership_has(&members, i);
        CHECK_INT(membership_has(&members, i), i % 3 != 0 && i % 5 != 0);
    }
    CHECK_INT(count, 533);
    CHECK_INT(members.bits[15] >> (1000 % 64), 0);
    struct contact_list none = {0};
    CHECK_INT(audience_evaluate(f.arena, audience, &none, &members), 0);
    CHECK_INT(members.count, 0);
    buf_done(&buf);
    fixture_done(&f);
}

TEST(groups_that_match_nobody)
{
    struct fixture f = fixture_new();
    struct contact_list contacts = fixture_list(&f, list);
    struct settings settings = {.audiences = named, .audience_count = 2};
    struct audience *audience = parse(
        &f, "presse | elu | \"Officiels du Japon\" - zzzzzz - x@nowhere.fr - officels - A@nancy.fr",
        &settings);
    REQUIRE(audience);
    audience_check(f.arena, audience, &contacts, &f.flaws);
    REQUIRE(f.flaws.count == 4);
    CHECK_STRING(f.flaws.items[0].text, "nobody is in the group \"elu\"; did you mean \"Élus\"?");
    CHECK_INT(f.flaws.items[0].line, 7);
    CHECK_INT(f.flaws.items[0].column, 10);
    CHECK_STRING(f.flaws.items[1].text, "nobody is in the group \"zzzzzz\"");
    CHECK_STRING(f.flaws.items[2].text, "no contact has this address");
    CHECK_STRING(f.flaws.items[3].text,
                 "nobody is in the group \"officels\"; did you mean \"officiels\"?");
    fixture_done(&f);
}

static const struct {
    const char *expression, *email, *words;
    enum language language;
} explanations[] = {
    {"japon - presse", "c@kanazawa.lg.jp", "japon (group) and not presse", LANGUAGE_EN},
    {"japon - presse", "e@nhk.jp", "presse (group)", LANGUAGE_EN},
    {"japon - presse", "a@nancy.fr", "not japon", LANGUAGE_EN},
    {"elus | services", "c@kanazawa.lg.jp", "services (group)", LANGUAGE_EN},
    {"elus | services", "f@x.org", "not elus and not services", LANGUAGE_EN},
    {"japon & (elus | services)", "d@takamatsu.lg.jp", "japon (group) and elus (group)",
     LANGUAGE_EN},
    {"!presse", "e@nhk.jp", "presse (group)", LANGUAGE_EN},
    {"!presse", "a@nancy.fr", "not presse", LANGUAGE_EN},
    {"language = ja", "a@nancy.fr", "language != \"ja\"", LANGUAGE_EN},
    {"language != ja", "a@nancy.fr", "language != \"ja\"", LANGUAGE_EN},
    {"all", "a@nancy.fr", "all", LANGUAGE_EN},
    {"a@nancy.fr", "a@nancy.fr", "a@nancy.fr", LANGUAGE_EN},
    {"officiels", "a@nancy.fr", "officiels (audience: elus (group))", LANGUAGE_EN},
    {"japon - presse", "c@kanazawa.lg.jp", "japon (groupe) et pas dans presse", LANGUAGE_FR},
    {"japon - presse", "c@kanazawa.lg.jp", "japon（グループ）、かつ presse以外", LANGUAGE_JA},
    {"officiels", "a@nancy.fr", "officiels (audience : elus (groupe))", LANGUAGE_FR},
    {"officiels", "a@nancy.fr", "officiels（宛先：elus（グループ））", LANGUAGE_JA},
};

TEST(explanations)
{
    struct fixture f = fixture_new();
    struct contact_list contacts = fixture_list(&f, list);
    struct settings settings = {.audiences = named, .audience_count = 1};
    for (size_t i = 0; i < sizeof explanations / sizeof *explanations; i++) {
        bool is_in;
        CHECK_ROW(explanations[i].expression);
        struct audience *audience = parse(&f, explanations[i].expression, &settings);
        size_t index = contact_list_find(&contacts, explanations[i].email);
        REQUIRE(audience && index < contacts.count);
        CHECK_STRING(audience_explain(f.arena, audience, contacts.items[index],
                                      explanations[i].language, &is_in),
                     explanations[i].words);
    }
    fixture_done(&f);
}

CHECK_MAIN
