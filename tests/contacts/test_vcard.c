/* SPDX-License-Identifier: MIT */
#include <iconv.h>

#include "fixture.h"

static const char v21[] =
    "BEGIN:VCARD\r\n"
    "VERSION:2.1\r\n"
    "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E7=94=B0=E4=B8=AD;=E5=A4=AA=E9=83=8E;;;\r\n"
    "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E7=94=B0=E4=B8=AD=20=\r\n"
    "=E5=A4=AA=E9=83=8E\r\n"
    "ORG;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=8B=E0=91=F2=8Es;=8D=91=8D=DB=89=DB\r\n"
    "EMAIL;HOME;INTERNET:taro@home.jp\r\n"
    "EMAIL;PREF;INTERNET:tanaka@kanazawa.lg.jp\r\n"
    "TITLE;CHARSET=SHIFT_JIS:\x89\xDB\x92\xB7\r\n"
    "END:VCARD\r\n";

static const char v30[] =
    "BEGIN:VCARD\nVERSION:3.0\nPRODID:-//Sabre//Sabre VObject 4.4.2//EN\n"
    "UID:1\nN:Dupont;Jean\\, Paul;;M.;\nFN:Jean Paul Dupont\n"
    "ORG:Ville de Nancy;Relations internationales;Bureau 2\n"
    "TITLE:Directeur\\; adjoint\n"
    "item1.EMAIL;TYPE=INTERNET,HOME:jean@home.fr\nitem1.X-ABLabel:perso\n"
    "item2.EMAIL;TYPE=INTERNET;TYPE=WORK:jean.dupont@na\n ncy.fr\n"
    "CATEGORIES:Japon,Élus,maires\nADR;TYPE=work:;;1 rue X;Nancy;;54000;France\n"
    "TEL;TYPE=cell:+33 6 00 00 00 00\nNOTE:Une ligne\\net une autre\n"
    "PHOTO;ENCODING=b:AAAA\nEND:VCARD\n";

static const char v40[] = "BEGIN:VCARD\nVERSION:4.0\nFN:Satō Hanako\nN:Satō;Hanako;;;\n"
                          "EMAIL;PREF=2:second@x.jp\nEMAIL;PREF=1:first@x.jp\n"
                          "LANG;PREF=2:en\nLANG;PREF=1:ja\nTZ:Asia/Tokyo\nKIND:individual\n"
                          "ROLE:Maire\nEND:VCARD\n";

TEST(version_2_1)
{
    struct fixture f = fixture_new();
    const struct contact *c = fixture_first(&f, v21);
    CHECK_STRING(f.guess.format, "vCard");
    CHECK_STRING(c->email, "tanaka@kanazawa.lg.jp");
    CHECK_STRING(c->person.name, "田中 太郎");
    CHECK_STRING(c->person.family, "田中");
    CHECK_STRING(c->person.given, "太郎");
    CHECK_STRING(c->organisation, "金沢市");
    CHECK_STRING(c->department, "国際課");
    CHECK_STRING(c->person.function, "課長");
    CHECK_INT(c->line, 1);
    fixture_done(&f);
}

TEST(version_3)
{
    struct fixture f = fixture_new();
    const struct contact *c = fixture_first(&f, v30);
    CHECK_STRING(f.guess.producer, "Nextcloud");
    CHECK_STRING(c->email, "jean.dupont@nancy.fr");
    CHECK_STRING(c->person.name, "Jean Paul Dupont");
    CHECK_STRING(c->person.given, "Jean, Paul");
    CHECK_STRING(c->person.title, "M.");
    CHECK_STRING(c->person.function, "Directeur; adjoint");
    CHECK_STRING(c->organisation, "Ville de Nancy");
    CHECK_STRING(c->department, "Relations internationales Bureau 2");
    CHECK_STRING(c->country, "FR");
    CHECK_STRING(zone_name(c->zone), "Europe/Paris");
    CHECK_STRING(c->zone_reason, "country FR");
    REQUIRE(c->field_count == 2);
    CHECK_STRING(c->fields[0].name, "TEL");
    CHECK_STRING(c->fields[1].value, "Une ligne et une autre");
    CHECK_STRING(fixture_groups(&f, c), "elus,japon,maires");
    fixture_done(&f);
}

TEST(version_4)
{
    struct fixture f = fixture_new();
    const struct contact *c = fixture_first(&f, v40);
    CHECK_STRING(c->email, "first@x.jp");
    CHECK_STRING(c->person.name, "Satō Hanako");
    CHECK_STRING(c->person.function, "Maire");
    CHECK_INT(c->language, LANGUAGE_JA);
    CHECK_STRING(c->language_reason, "column");
    CHECK_STRING(zone_name(c->zone), "Asia/Tokyo");
    CHECK_INT(f.flaws.count, 0);
    fixture_done(&f);
}

static const struct {
    const char *title, *cards, *emails, *flaw;
} sets[] = {
    {"several cards",
     "BEGIN:VCARD\nFN:A\nEMAIL:a@x.fr\nEND:VCARD\n\nBEGIN:VCARD\nFN:B\nEMAIL:b@x.fr\nEND:VCARD\n",
     "a@x.fr b@x.fr ", NULL},
    {"no address", "BEGIN:VCARD\nFN:A\nEND:VCARD\nBEGIN:VCARD\nFN:B\nEMAIL:b@x.fr\nEND:VCARD\n",
     "b@x.fr ", "no address"},
    {"a bad address is named",
     "BEGIN:VCARD\nFN:A\nEMAIL:a@@x.fr\nEND:VCARD\nBEGIN:VCARD\nFN:B\nEMAIL:b@x.fr\nEND:VCARD\n",
     "b@x.fr ", "more than one @"},
    {"a second address stands in",
     "BEGIN:VCARD\nFN:A\nEMAIL;PREF=1:a@@x.fr\nEMAIL:a@x.fr\nEND:VCARD\n", "a@x.fr ",
     "more than one @"},
    {"a distribution list",
     "BEGIN:VCARD\nKIND:group\nFN:G\nEMAIL:g@x.fr\nEND:VCARD\nBEGIN:VCARD\nEMAIL:b@x.fr\nEND:"
     "VCARD\n",
     "b@x.fr ", NULL},
    {"Apple's distribution list",
     "BEGIN:VCARD\nX-ADDRESSBOOKSERVER-KIND:group\nEMAIL:g@x.fr\nEND:VCARD\nBEGIN:VCARD\n"
     "EMAIL:b@x.fr\nEND:VCARD\n",
     "b@x.fr ", NULL},
    {"cut short", "BEGIN:VCARD\nEMAIL:a@x.fr\nEND:VCARD\nBEGIN:VCARD\nEMAIL:b@x.fr\n", "a@x.fr ",
     "never ended"},
    {"an END is missing", "BEGIN:VCARD\nEMAIL:a@x.fr\nBEGIN:VCARD\nEMAIL:b@x.fr\nEND:VCARD\n",
     "b@x.fr ", "never ended"},
    {"an agent inside",
     "BEGIN:VCARD\nEMAIL:a@x.fr\nAGENT:\nBEGIN:VCARD\nEMAIL:b@x.fr\nEND:VCARD\nFN:A\nEND:VCARD\n",
     "a@x.fr ", NULL},
    {"lower case, CRLF, BOM",
     "\xEF\xBB\xBF"
     "begin:vcard\r\nemail:a@x.fr\r\nend:vcard\r\n",
     "a@x.fr ", NULL},
    {"a value of control characters alone",
     "BEGIN:VCARD\nN:\x17;\xE2\x80\x8B;;M.;\nEMAIL:a@x.fr\nEND:VCARD\n", "a@x.fr ", NULL},
    {"a line that is none", "BEGIN:VCARD\nrubbish\nEMAIL:a@x.fr\nEND:VCARD\n", "a@x.fr ",
     "no property"},
};

TEST(suffixes)
{
    static const struct {
        const char *suffix, *title;
    } rows[] = {{"III", NULL}, {"M.Sc.", NULL}, {"様", "様"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture f = fixture_new();
        CHECK_ROW(rows[i].suffix);
        const struct contact *c = fixture_first(
            &f, arena_printf(f.arena, "BEGIN:VCARD\nN:Doe;John;;;%s\nEMAIL:a@x.fr\nEND:VCARD\n",
                             rows[i].suffix));
        CHECK_STRING(c->person.title, rows[i].title);
        fixture_done(&f);
    }
}

TEST(sets_of_cards)
{
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct fixture f = fixture_new();
        const char *emails = "";
        CHECK_ROW(sets[i].title);
        CHECK_INT(fixture_read_string(&f, sets[i].cards), 0);
        for (size_t k = 0; k < f.rows.count; k++)
            emails = arena_printf(f.arena, "%s%s ", emails, f.rows.items[k]->email);
        CHECK_STRING(emails, sets[i].emails);
        if (sets[i].flaw)
            CHECK(fixture_flaw(&f, sets[i].flaw) != NULL);
        fixture_done(&f);
    }
}

TEST(values_in_an_old_charset)
{
    struct fixture f = fixture_new();
    const struct contact *c = fixture_first(
        &f, "BEGIN:VCARD\nVERSION:3.0\nFN:Andr\xE9 No\xEBl\nEMAIL:a@x.fr\nEND:VCARD\n");
    CHECK_STRING(c->person.name, "André Noël");
    CHECK_STRING(f.guess.charset, "windows-1252");
    fixture_done(&f);
}

/* As "Unicode text" is saved on Windows, and as some address books export it. */
TEST(utf_16)
{
    static const char *const charsets[] = {"UTF-16LE", "UTF-16BE"};
    static const char card[] =
        "\uFEFFBEGIN:VCARD\r\nVERSION:3.0\r\nFN:André Noël\r\nEMAIL:a@x.fr\r\nEND:VCARD\r\n";
    const size_t bom = 2;

    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++) {
        struct fixture f = fixture_new();
        char out[256], *to = out, *in = arena_copy_string(f.arena, card);
        size_t left = strlen(in), room = sizeof out;
        iconv_t cd = iconv_open(charsets[i], "UTF-8");
        CHECK_ROW(charsets[i]);
        REQUIRE(cd != (iconv_t)-1 && iconv(cd, &in, &left, &to, &room) != (size_t)-1);
        iconv_close(cd);
        struct text marked = {out, (size_t)(to - out)};
        for (size_t skipped = 0; skipped <= bom; skipped += bom) {
            REQUIRE(fixture_read(&f, text_from(marked, skipped)) == 0);
            CHECK_STRING(f.rows.items[0]->person.name, "André Noël");
            CHECK_STRING(f.guess.charset, charsets[i]);
            CHECK_STRING(f.guess.format, "vCard");
        }
        fixture_done(&f);
    }
}

TEST(an_organisation)
{
    struct fixture f = fixture_new();
    const struct contact *c =
        fixture_first(&f, "BEGIN:VCARD\nKIND:org\nFN:Office\nEMAIL:a@x.fr\nEND:VCARD\n");
    CHECK_STRING(c->organisation, "Office");
    fixture_done(&f);
}

CHECK_MAIN
