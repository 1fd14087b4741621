/* SPDX-License-Identifier: MIT */
/* What people and programs do to lists: each row was met in an export or a spreadsheet. */
#include <iconv.h>

#include "fixture.h"

/* The names of a contact's groups as they are shown. */
static const char *shown_groups(struct fixture *f, const struct contact *contact)
{
    const char *joined = "";
    for (size_t i = 0; i < contact->group_count; i++)
        joined =
            arena_printf(f->arena, "%s%s%s", joined, i ? "," : "", contact_group_name(contact, i));
    return joined;
}

static const struct {
    const char *title, *list;
    size_t count;
    const char *email, *name, *groups; /* of the first; NULL = not looked at */
    const char *words;                 /* in a flaw, or NULL when there may be none about rows */
} oddities[] = {
    {"bare addresses", "a@x.fr\nb@x.fr\n", 2, "a@x.fr", NULL, "", "names the columns"},
    {"bare addresses with names", "\"Martin, Zoé\" <a@x.fr>\nJean Dupont <b@x.fr>\n", 2, "a@x.fr",
     "Martin, Zoé", "", "names the columns"},
    {"mail program's column", "email,groups\n\"Martin, Zoé\" <a@x.fr>,x\n", 1, "a@x.fr",
     "Martin, Zoé", "x", NULL},
    {"line break between addresses", "email;name\n\"a@x.fr\nb@x.fr\";A\n", 1, "a@x.fr", "A", "",
     "several addresses"},
    {"slash between addresses", "email;name\na@x.fr / b@x.fr;A\n", 1, "a@x.fr", "A", "",
     "several addresses"},
    {"a word between addresses", "email;name\na@x.fr ou b@x.fr;A\n", 1, "a@x.fr", "A", "",
     "several addresses"},
    {"single quotes", "'email','name'\n'a@x.fr',A\n", 1, "a@x.fr", "A", "", NULL},
    {"text formula of Excel", "email,code\n=\"a@x.fr\",=\"0123\"\n", 1, "a@x.fr", NULL, "", NULL},
    {"text formula, quoted", "email,name\n\"=\"\"a@x.fr\"\"\",A\n", 1, "a@x.fr", "A", "", NULL},
    {"formulas that failed", "email;name;groups\na@x.fr;#N/A;#REF!\n#VALEUR!;B;x\n", 1, "a@x.fr",
     NULL, "", "no address"},
    {"zero-width blanks", "email;name\n\u200Ba@x.fr\u200B;A\u200B\n", 1, "a@x.fr", "A", "", NULL},
    {"groups as written", "email;groups\na@x.fr;\"Élus, Groupe-pays Japon\"\n", 1, "a@x.fr", NULL,
     "Élus,Groupe-pays Japon", NULL},
    {"groups in JSON's dress", "email;groups\na@x.fr;\"[\"\"Élus\"\", \"\"Presse\"\"]\"\n", 1,
     "a@x.fr", NULL, "Élus,Presse", NULL},
    {"Mailchimp",
     "Email Address,First Name,Last Name,MEMBER_RATING,CC,TAGS\n"
     "a@x.fr,Zoé,Martin,2,FR,\"\"\"Japon\"\",\"\"Élus\"\"\"\n",
     1, "a@x.fr", "Zoé Martin", "Élus,Japon", NULL},
    {"HelloAsso",
     "Référence commande;Nom participant;Prénom participant;Nom payeur;Prénom payeur;Email payeur\n"
     "1;Martin;Zoé;Dupont;Jean;a@x.fr\n",
     1, "a@x.fr", "Zoé Martin", "", NULL},
    {"HelloAsso, payers alone", "Nom payeur;Prénom payeur;Email payeur\nDupont;Jean;a@x.fr\n", 1,
     "a@x.fr", "Jean Dupont", "", NULL},
    {"old Thunderbird",
     "Prénom,Nom de famille,Première adresse électronique,Deuxième adresse électronique\n"
     "Zoé,Martin,a@x.fr,b@x.fr\n",
     1, "a@x.fr", "Zoé Martin", "", NULL},
    {"a header with line breaks and hard blanks",
     "\"Adresse\nde messagerie\";Nom\u00A0;\"Prénom \"\na@x.fr;Martin;Zoé\n", 1, "a@x.fr",
     "Zoé Martin", "", NULL},
    {"decomposed letters", "Pre\u0301nom;Courriel;Groupes\nZoe\u0301;a@x.fr;E\u0301lus\n", 1,
     "a@x.fr", "Zoé", "Élus", NULL},
    {"one wrong byte", "email;name\na@x.fr;Zoé\nb@x.fr;Andr\xE9\nc@x.fr;Hélène\n", 3, "a@x.fr",
     "Zoé", "", "not UTF-8 as the rest"},
    {"one good row", "email;name\na@x.fr;Zoé\nb@x.fr;Andr\xE9\nc@x.fr;H\xE9l\xE8ne\n", 3, "a@x.fr",
     "Zoé", "", "read as windows-1252"},
    {"a Japanese row in UTF-8", "email;name\na@x.fr;Zoé\nb@x.jp;\x93\x63\x92\x86\n", 2, "a@x.fr",
     "Zoé", "", "read as CP932"},
};

TEST(oddities)
{
    for (size_t i = 0; i < sizeof oddities / sizeof *oddities; i++) {
        struct fixture f = fixture_new();
        CHECK_ROW(oddities[i].title);
        CHECK_INT(fixture_read_string(&f, oddities[i].list), 0);
        REQUIRE(f.rows.count == oddities[i].count);
        const struct contact *c = f.rows.items[0];
        CHECK_STRING(c->email, oddities[i].email);
        if (oddities[i].name)
            CHECK_STRING(c->person.name, oddities[i].name);
        CHECK_STRING(shown_groups(&f, c), oddities[i].groups);
        if (oddities[i].words)
            CHECK(fixture_flaw(&f, oddities[i].words) != NULL);
        for (size_t k = 0; k < f.flaws.count && !oddities[i].words; k++)
            CHECK(f.flaws.items[k].line == 0 || strstr(f.flaws.items[k].text, "no language"));
        fixture_done(&f);
    }
}

TEST(first_spelling_of_a_group_is_shown)
{
    struct fixture f = fixture_new();
    struct contact_list list = fixture_list(&f, "email;groups\nb@x.fr;ÉLUS\na@x.fr;elus, Presse\n"
                                                "b@x.fr;presse\n");
    REQUIRE(list.count == 2);
    CHECK_STRING(shown_groups(&f, list.items[0]), "ÉLUS,Presse");
    CHECK_STRING(fixture_groups(&f, list.items[0]), "elus,presse");
    CHECK_STRING(shown_groups(&f, list.items[1]), "ÉLUS,Presse");
    fixture_done(&f);
}

static const char western[] = "Courriel;Nom;Prénom\na@x.fr;Béatrice Legendre;Zoé\n"
                              "b@x.fr;Hélène Müller;Inès\nc@x.fr;Garçon;Noël\n";
static const char japanese[] = "メール;氏名\na@x.jp;田中　太郎\n";

static const struct {
    const char *title, *list, *charset, *name, *words;
} unmarked[] = {
    {"old Mac", western, "MACINTOSH", "macintosh", "not certain"},
    {"DOS", western, "CP850", "CP850", "not certain"},
    {"Windows", western, "CP1252", "windows-1252", NULL},
    {"UTF-16LE without mark", western, "UTF-16LE", "UTF-16LE", "without the mark"},
    {"UTF-16BE without mark", western, "UTF-16BE", "UTF-16BE", "without the mark"},
    {"Japanese UTF-16LE without mark", japanese, "UTF-16LE", "UTF-16LE", "without the mark"},
    {"UTF-32 with mark", western, "UTF-32", "UTF-32LE", NULL},
};

TEST(charsets_without_mark)
{
    for (size_t i = 0; i < sizeof unmarked / sizeof *unmarked; i++) {
        struct fixture f = fixture_new();
        char out[1024], *to = out, *in = arena_copy_string(f.arena, unmarked[i].list);
        size_t left = strlen(in), room = sizeof out;
        iconv_t cd = iconv_open(unmarked[i].charset, "UTF-8");
        CHECK_ROW(unmarked[i].title);
        REQUIRE(cd != (iconv_t)-1 && iconv(cd, &in, &left, &to, &room) != (size_t)-1);
        iconv_close(cd);
        CHECK_INT(fixture_read(&f, (struct text){out, (size_t)(to - out)}), 0);
        CHECK_STRING(f.guess.charset, unmarked[i].name);
        CHECK_STRING(f.rows.items[0]->person.name,
                     unmarked[i].list == western ? "Zoé Béatrice Legendre" : "田中　太郎");
        CHECK(!unmarked[i].words || fixture_flaw(&f, unmarked[i].words));
        fixture_done(&f);
    }
}

TEST(zero_bytes)
{
    static const char inside[] = "email;name\na@x.fr;A\0B\nb@x.fr;C\n",
                      at_the_end[] = "email;name\na@x.fr;A\n\0\0\0\0\0\0\0\0",
                      everywhere[] = "\0\1\0\2\1\0\2\0\0\0\0\1\0\0\0\0";
    struct fixture f = fixture_new();
    CHECK_INT(fixture_read(&f, (struct text){inside, sizeof inside - 1}), 0);
    CHECK_INT(f.rows.count, 2);
    CHECK_STRING(f.rows.items[0]->person.name, "A B");
    CHECK(fixture_flaw(&f, "1 zero byte in it") != NULL);
    CHECK_INT(fixture_read(&f, (struct text){at_the_end, sizeof at_the_end - 1}), 0);
    CHECK_INT(f.rows.count, 1);
    CHECK_INT(fixture_read(&f, (struct text){everywhere, sizeof everywhere - 1}),
              CONTACTS_E_REFUSED);
    CHECK(fixture_flaw(&f, "no text file") != NULL);
    fixture_done(&f);
}

/* A value of ten million characters, and the rows around it. */
TEST(a_huge_cell)
{
    struct fixture f = fixture_new();
    struct buf buf = BUF_INIT(64 << 20);
    buf_add_string(&buf, "email;name;notes\na@x.fr;A;");
    for (int i = 0; i < 10000000; i++)
        buf_add_char(&buf, 'x');
    buf_add_string(&buf, "\nb@x.fr;B;y\n");
    CHECK_INT(fixture_read(&f, buf_text(&buf)), 0);
    REQUIRE(f.rows.count == 2);
    CHECK_INT(strlen(f.rows.items[0]->fields[0].value), 10000000);
    CHECK_STRING(f.rows.items[1]->person.name, "B");
    buf_done(&buf);
    fixture_done(&f);
}

CHECK_MAIN
