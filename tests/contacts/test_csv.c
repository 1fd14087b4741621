/* SPDX-License-Identifier: MIT */
/* CSV as spreadsheet programs and people write it: dialects, charsets, header languages. */
#include "fixture.h"

#include "base/unicode.h"
#include "contacts/csv_reader.h"
#include "contacts/header.h"
#include "contacts/header_names.h"

static const struct {
    const char *title, *list;
    char delimiter;
    const char *email, *name, *groups;
} dialects[] = {
    {"semicolons", "email;name;groups\na@x.fr;Jean;elus\n", ';', "a@x.fr", "Jean", "elus"},
    {"commas", "email,name,groups\na@x.fr,Jean,\"elus, presse\"\n", ',', "a@x.fr", "Jean",
     "elus,presse"},
    {"tabs", "email\tname\tgroups\na@x.fr\tJean\telus\n", '\t', "a@x.fr", "Jean", "elus"},
    {"bars", "email|name|groups\na@x.fr|Jean|elus\n", '|', "a@x.fr", "Jean", "elus"},
    {"BOM",
     "\xEF\xBB\xBF"
     "email;name;groups\na@x.fr;Jean;elus\n",
     ';', "a@x.fr", "Jean", "elus"},
    {"BOM and a quoted first name", "\xEF\xBB\xBF\"email\";\"name\"\n\"a@x.fr\";\"Jean\"\n", ';',
     "a@x.fr", "Jean", ""},
    {"CRLF", "email;name;groups\r\na@x.fr;Jean;elus\r\n", ';', "a@x.fr", "Jean", "elus"},
    {"CR", "email;name;groups\ra@x.fr;Jean;elus\r", ';', "a@x.fr", "Jean", "elus"},
    {"no line end at the end", "email;name\na@x.fr;Jean", ';', "a@x.fr", "Jean", ""},
    {"sep line", "sep=,\nemail,name\na@x.fr,Jean\n", ',', "a@x.fr", "Jean", ""},
    {"quoted sep line", "\"sep=,\"\r\nemail,name\r\na@x.fr,Jean\r\n", ',', "a@x.fr", "Jean", ""},
    {"blank lines and a title", "\n\nListe du groupe-pays;;\n\nemail;name\n\na@x.fr;Jean\n", ';',
     "a@x.fr", "Jean", ""},
    {"quoted line break in groups", "email;groups\na@x.fr;\"elus\npresse\"\n", ';', "a@x.fr", NULL,
     "elus,presse"},
    {"doubled quotes", "email;name\na@x.fr;\"Jean \"\"Jeannot\"\" D\"\n", ';', "a@x.fr",
     "Jean \"Jeannot\" D", ""},
    {"lone quotes inside", "email;name\na@x.fr;\"Jean \"Jeannot\" D\"\n", ';', "a@x.fr",
     "Jean \"Jeannot\" D", ""},
    {"line break in a name is a space", "email;name\na@x.fr;\"Jean\r\nDupont\"\n", ';', "a@x.fr",
     "Jean Dupont", ""},
    {"blanks around", "email ; name \n a@x.fr ;  Jean  \n", ';', "a@x.fr", "Jean", ""},
    {"no-break and ideographic blanks",
     "email;name\n\xC2\xA0"
     "a@x.fr\xC2\xA0;\xE3\x80\x80田中\xE3\x80\x80\n",
     ';', "a@x.fr", "田中", ""},
    {"a row shorter than the header", "email;name;groups\na@x.fr\n", ';', "a@x.fr", NULL, ""},
    {"a row longer than the header", "email;name\na@x.fr;Jean;x;y\n", ';', "a@x.fr", "Jean", ""},
    {"one column", "email\na@x.fr\n", ';', "a@x.fr", NULL, ""},
    {"any order", "groupes;nom complet;courriel\nelus;Jean;a@x.fr\n", ';', "a@x.fr", "Jean",
     "elus"},
    {"commas in names, semicolons between", "name;email\n\"Dupont, Jean\";a@x.fr\n", ';', "a@x.fr",
     "Dupont, Jean", ""},
    {"more commas than semicolons in the data",
     "email;name\na@x.fr;a, b, c, d, e, f\nb@x.fr;a, b, c\n", ';', "a@x.fr", "a, b, c, d, e, f",
     ""},
    {"decomposed accents", "email;name\na@x.fr;Jose\xCC\x81\n", ';', "a@x.fr", "José", ""},
    {"zero-width marks",
     "email;name\n\xE2\x80\x8B"
     "a@x.fr\xE2\x80\x8B;\xE2\x80\xAAJean\xE2\x80\xAC\n",
     ';', "a@x.fr", "Jean", ""},
    {"a title that speaks of mail", "Liste mail du groupe-pays\nname,email\nJean,a@x.fr\n", ',',
     "a@x.fr", "Jean", ""},
    {"a column that sounds like it", "Nom;Adresse mail du participant\nJean;a@x.fr\n", ';',
     "a@x.fr", "Jean", ""},
    {"an honorific behind the name", "email;氏名\na@x.jp;田中　太郎　様\n", ';', "a@x.jp",
     "田中　太郎", ""},
    {"control characters", "email;name\na@x.fr;Jean\x01\x02 D\x7F\n", ';', "a@x.fr", "Jean D", ""},
};

TEST(dialects)
{
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++) {
        struct fixture f = fixture_new();
        CHECK_ROW(dialects[i].title);
        CHECK_INT(fixture_read_string(&f, dialects[i].list), 0);
        REQUIRE(f.rows.count >= 1);
        const struct contact *c = f.rows.items[0];
        CHECK_STRING(f.guess.format, "CSV");
        if (strchr(dialects[i].list, dialects[i].delimiter))
            CHECK_INT(f.guess.delimiter, dialects[i].delimiter);
        CHECK_STRING(c->email, dialects[i].email);
        CHECK_STRING(c->person.name, dialects[i].name);
        CHECK_STRING(fixture_groups(&f, c), dialects[i].groups);
        CHECK_STRING(c->source, "list");
        fixture_done(&f);
    }
}

/* The same list, saved ten ways, must read the same. */
static const char charset_list[] = "courriel;nom;prénom;organisation;groupes\r\n"
                                   "tanaka@kanazawa.lg.jp;田中;太郎;金沢市役所 国際交流課;japon\r\n"
                                   "sato@takamatsu.lg.jp;佐藤;花子;高松市のかたがた;japon\r\n"
                                   "c.martin@tours.fr;Martin;Claire;Ville de Tours;elus\r\n";
static const char latin_list[] = "courriel;nom;prénom;organisation;groupes\r\n"
                                 "c@x.fr;Lefèvre;Hélène;Communauté d’agglomération;élus\r\n"
                                 "d@x.fr;Noël;Zoé;Conseil départemental – Œuvre;élus\r\n";

/* Encodes with iconv's knowledge of the system, in the way the program would have saved it. */
#include <iconv.h>
static struct text encode(struct arena *arena, const char *text, const char *charset, bool has_bom)
{
    iconv_t cd = iconv_open(charset, "UTF-8");
    REQUIRE(cd != (iconv_t)-1);
    size_t left = strlen(text) + (has_bom ? 3 : 0), room = 4 * left + 16;
    char *in = arena_printf(arena, "%s%s", has_bom ? "\xEF\xBB\xBF" : "", text);
    char *out = arena_alloc(arena, room), *to = out;
    REQUIRE(in && out);
    REQUIRE(iconv(cd, &in, &left, &to, &room) != (size_t)-1);
    iconv(cd, NULL, NULL, &to, &room);
    iconv_close(cd);
    return (struct text){out, (size_t)(to - out)};
}

static const struct {
    const char *title, *charset, *name;
    bool has_bom, is_latin;
} charsets[] = {
    {"UTF-8", "UTF-8", "UTF-8", false, false},
    {"UTF-8 with BOM", "UTF-8", "UTF-8", true, false},
    {"UTF-16LE with BOM", "UTF-16LE", "UTF-16LE", true, false},
    {"UTF-16BE with BOM", "UTF-16BE", "UTF-16BE", true, false},
    {"Shift_JIS", "CP932", "CP932", false, false},
    {"EUC-JP", "EUC-JP", "EUC-JP", false, false},
    {"ISO-2022-JP", "ISO-2022-JP", "ISO-2022-JP", false, false},
    {"windows-1252", "CP1252", "windows-1252", false, true},
    {"French in UTF-8", "UTF-8", "UTF-8", false, true},
    {"French in UTF-16", "UTF-16LE", "UTF-16LE", true, true},
};

TEST(charsets)
{
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++) {
        struct fixture f = fixture_new();
        bool is_japanese = !charsets[i].is_latin;
        CHECK_ROW(charsets[i].title);
        /* The Japanese charsets have no é: that list's header is spelt without. */
        const char *list = is_japanese ? charset_list : latin_list;
        if (is_japanese) {
            char *plain = arena_copy_string(f.arena, charset_list);
            char *e = strstr(plain, "é");
            REQUIRE(e);
            e[0] = 'e';
            memmove(e + 1, e + 2, strlen(e + 2) + 1);
            list = plain;
        }
        struct text raw = encode(f.arena, list, charsets[i].charset, charsets[i].has_bom);
        CHECK_INT(fixture_read(&f, raw), 0);
        CHECK_STRING(f.guess.charset, charsets[i].name);
        REQUIRE(f.rows.count == (is_japanese ? 3 : 2));
        const struct contact *c = f.rows.items[0];
        CHECK_STRING(c->person.name, is_japanese ? "田中 太郎" : "Hélène Lefèvre");
        CHECK_STRING(c->organisation,
                     is_japanese ? "金沢市役所 国際交流課" : "Communauté d’agglomération");
        CHECK_STRING(c->groups[0], is_japanese ? "japon" : "elus");
        fixture_done(&f);
    }
}

TEST(one_row_is_enough_for_the_charset)
{
    struct fixture f = fixture_new();
    CHECK_INT(fixture_read(&f, encode(f.arena, "email;氏名\na@x.jp;高橋①\n", "CP932", false)), 0);
    CHECK_STRING(f.rows.items[0]->person.name, "高橋①");
    CHECK_INT(fixture_read(&f, encode(f.arena, "email;name\na@x.fr;Amélie\n", "CP1252", false)), 0);
    CHECK_STRING(f.rows.items[0]->person.name, "Amélie");
    fixture_done(&f);
}

static const struct {
    const char *name, *encoding, *charset;
} short_lists[] = {
    {"北海道", "CP932", "CP932"},
    {"熊本市", "CP932", "CP932"},
    {"渡辺 市長", "CP932", "CP932"},
    {"さとう", "CP932", "CP932"},
    {"高橋 国際課", "EUC-JP", "EUC-JP"},
    {"東京都", "EUC-JP", "EUC-JP"},
    {"l’École d’Évry", "CP1252", "windows-1252"},
    {"Cœur créée", "CP1252", "windows-1252"},
    {"Zoé", "CP1252", "windows-1252"},
    {"NOËL", "CP1252", "windows-1252"},
    {"Île – Rhône", "CP1252", "windows-1252"},
    {"Hélène", "CP1252", "windows-1252"},
    {"Hélène", "macintosh", "macintosh"},
    {"Hélène Lefèvre", "CP850", "CP850"},
    {"PTA会長 IT課", "CP932", "CP932"},
};

TEST(short_lists)
{
    struct fixture f = fixture_new();
    for (size_t i = 0; i < sizeof short_lists / sizeof *short_lists; i++) {
        const char *list = arena_printf(f.arena, "email;name\na@x.fr;%s\n", short_lists[i].name);
        CHECK_ROW(short_lists[i].name);
        CHECK_INT(fixture_read(&f, encode(f.arena, list, short_lists[i].encoding, false)), 0);
        CHECK_STRING(f.guess.charset, short_lists[i].charset);
        CHECK_STRING(f.rows.items[0]->person.name, short_lists[i].name);
    }
    fixture_done(&f);
}

TEST(a_few_foreign_lines_in_utf8)
{
    struct fixture f = fixture_new();
    CHECK_INT(fixture_read_string(&f, "email;name\na@x.fr;Zoé\nb@x.fr;Noël\nc@x.fr;Éléonore\n"
                                      "d@x.fr;Hélène\ne@x.fr;Andr\xE9\nf@x.fr;Jérôme Lefèvre\n"),
              0);
    CHECK_INT(f.rows.count, 6);
    CHECK_STRING(f.rows.items[4]->person.name, "André");
    CHECK_STRING(f.rows.items[5]->person.name, "Jérôme Lefèvre");
    const struct flaw *flaw = fixture_flaw(&f, "not UTF-8");
    REQUIRE(flaw);
    CHECK_INT(flaw->line, 6);
    fixture_done(&f);
}

TEST(spoilt_letters)
{
    struct fixture f = fixture_new();
    CHECK_INT(fixture_read_string(&f, "email;name\na@x.fr;Zo\xC3\x83\xC2\xA9\n"), 0);
    REQUIRE(fixture_flaw(&f, "look spoilt"));
    CHECK_INT(fixture_flaw(&f, "look spoilt")->line, 2);
    CHECK_INT(fixture_read_string(&f, "email;name\na@x.fr;Zo\xC3\xA9\n"), 0);
    CHECK(!fixture_flaw(&f, "look spoilt"));
    fixture_done(&f);
}

TEST(charset_pinned_by_settings)
{
    struct fixture f = fixture_new();
    f.options.list = &f.settings;
    f.settings.charset = "Shift_JIS";
    CHECK_INT(fixture_read(&f, encode(f.arena, "email;氏名\na@x.jp;佐藤\n", "CP932", false)), 0);
    CHECK_STRING(f.rows.items[0]->person.name, "佐藤");
    f.settings.charset = "no-such-charset";
    CHECK_INT(fixture_read_string(&f, "email\na@x.fr\n"), CONTACTS_E_REFUSED);
    CHECK(fixture_flaw(&f, "no-such-charset"));
    f.settings.charset = NULL;
    f.settings.delimiter = "tab";
    CHECK_INT(fixture_read_string(&f, "email\tname\na@x.fr\tA;B\n"), 0);
    CHECK_STRING(f.rows.items[0]->person.name, "A;B");
    fixture_done(&f);
}

static const struct {
    const char *header;
    int column;
} header_words[] = {
    {"courriel", COLUMN_EMAIL},
    {"E-mail", COLUMN_EMAIL},
    {"Mél.", COLUMN_EMAIL},
    {"メール", COLUMN_EMAIL},
    {"メールアドレス", COLUMN_EMAIL},
    {"ﾒｰﾙｱﾄﾞﾚｽ", COLUMN_EMAIL},
    {"EMAIL ADDRESS *", COLUMN_EMAIL},
    {"Adresse e-mail", COLUMN_EMAIL},
    {"Adresse électronique", COLUMN_EMAIL},
    {"Ｅメール", COLUMN_EMAIL},
    {"E-mail (pro)", COLUMN_EMAIL},
    {"prénom", COLUMN_GIVEN},
    {"First Name", COLUMN_GIVEN},
    {"名", COLUMN_GIVEN},
    {"Nom de famille", COLUMN_FAMILY},
    {"姓", COLUMN_FAMILY},
    {"Last name", COLUMN_FAMILY},
    {"氏名", COLUMN_NAME},
    {"Nom complet", COLUMN_NAME},
    {"Full Name", COLUMN_NAME},
    {"氏名（漢字）", COLUMN_NAME},
    {"Civilité", COLUMN_TITLE},
    {"敬称", COLUMN_TITLE},
    {"title", COLUMN_TITLE},
    {"Fonction", COLUMN_FUNCTION},
    {"役職", COLUMN_FUNCTION},
    {"Job Title", COLUMN_FUNCTION},
    {"Collectivité", COLUMN_ORGANISATION},
    {"Organization", COLUMN_ORGANISATION},
    {"所属団体", COLUMN_ORGANISATION},
    {"団体名", COLUMN_ORGANISATION},
    {"Service", COLUMN_DEPARTMENT},
    {"部署", COLUMN_DEPARTMENT},
    {"Department", COLUMN_DEPARTMENT},
    {"Langue", COLUMN_LANGUAGE},
    {"言語", COLUMN_LANGUAGE},
    {"Language", COLUMN_LANGUAGE},
    {"Fuseau horaire", COLUMN_ZONE},
    {"Time zone", COLUMN_ZONE},
    {"タイムゾーン", COLUMN_ZONE},
    {"Pays", COLUMN_COUNTRY},
    {"国", COLUMN_COUNTRY},
    {"Country/Region", COLUMN_COUNTRY},
    {"Groupes", COLUMN_GROUPS},
    {"グループ", COLUMN_GROUPS},
    {"Tags", COLUMN_GROUPS},
    {"Groupe 2", COLUMN_GROUPS},
    {"Cc", COLUMN_CC},
    {"Copie à", COLUMN_CC},
    {"Formule d'appel", COLUMN_SALUTATION},
    {"宛名", COLUMN_SALUTATION},
    {"Salutation", COLUMN_SALUTATION},
    {"Prénoms", COLUMN_GIVEN},
    {"Mr/Mrs", COLUMN_TITLE},
    {"Votre adresse e-mail", COLUMN_EMAIL},
    {"Votre collectivité :", COLUMN_ORGANISATION},
    {"Votre avis", COLUMN_FREE},
    {"希望する言語", COLUMN_LANGUAGE},
    {"Organisme / Collectivité", COLUMN_ORGANISATION},
    {"Service / Organisme", COLUMN_FREE},
    {"Email de l'assistante", COLUMN_CC},
    {"Hôtel", COLUMN_FREE},
    {"フリガナ", COLUMN_FREE},
    {"Téléphone", COLUMN_FREE},
    {"", COLUMN_FREE},
    {"!!!", COLUMN_FREE},
};

TEST(header_words)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < sizeof header_words / sizeof *header_words; i++) {
        CHECK_ROW(header_words[i].header);
        CHECK_INT(header_find(arena, text_of(header_words[i].header)), header_words[i].column);
    }
}

/* The table is compared with what folding leaves, so each of its words must be its own fold. */
TEST(header_table_is_squashed)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 24);
    for (size_t i = 0; i < header_name_count; i++) {
        const char *word = header_names[i].squashed;
        CHECK_ROW(word);
        CHECK_STRING(unicode_fold_loose(arena, text_of(word)), word);
        CHECK(header_find(arena, text_of(word)) != COLUMN_FREE);
        for (size_t k = i + 1; k < header_name_count; k++)
            CHECK(strcmp(word, header_names[k].squashed) != 0);
    }
}

/* Words that mean one thing or another by the company they keep. */
static const struct {
    const char *list, *name, *given, *family, *title, *function;
} ambiguous[] = {
    {"email;nom;prénom\na@x.fr;Dupont;Jean\n", "Jean Dupont", "Jean", "Dupont", NULL, NULL},
    {"email;nom\na@x.fr;Jean Dupont\n", "Jean Dupont", NULL, NULL, NULL, NULL},
    {"email;name;first name\na@x.fr;Dupont;Jean\n", "Jean Dupont", "Jean", "Dupont", NULL, NULL},
    {"email;name;given;family\na@x.fr;Dr Jean;Jean;Dupont\n", "Dr Jean", "Jean", "Dupont", NULL,
     NULL},
    {"email;姓;名\na@x.jp;田中;太郎\n", "田中 太郎", "太郎", "田中", NULL, NULL},
    {"email;姓;名前\na@x.jp;田中;太郎\n", "田中 太郎", "太郎", "田中", NULL, NULL},
    {"email;名前\na@x.jp;田中 太郎\n", "田中 太郎", NULL, NULL, NULL, NULL},
    {"email;given;family;language\na@x.jp;Taro;Tanaka;ja\n", "Tanaka Taro", "Taro", "Tanaka", NULL,
     NULL},
    {"email;given;family;language\na@x.jp;Taro;Tanaka;en\n", "Taro Tanaka", "Taro", "Tanaka", NULL,
     NULL},
    {"email;titre\na@x.fr;Mme\n", NULL, NULL, NULL, "Mme", NULL},
    {"email;titre\na@x.fr;Maire de Tours\n", NULL, NULL, NULL, NULL, "Maire de Tours"},
    {"email;title;function\na@x.fr;Son Altesse;Roi\n", NULL, NULL, NULL, "Son Altesse", "Roi"},
    {"email;civilité;titre\na@x.fr;M.;Maire\n", NULL, NULL, NULL, "M.", "Maire"},
    {"email;肩書き\na@x.jp;市長\n", NULL, NULL, NULL, NULL, "市長"},
    {"email;salutation\na@x.fr;Ms\n", NULL, NULL, NULL, "Ms", NULL},
};

TEST(ambiguous_words)
{
    for (size_t i = 0; i < sizeof ambiguous / sizeof *ambiguous; i++) {
        struct fixture f = fixture_new();
        CHECK_ROW(ambiguous[i].list);
        const struct contact *c = fixture_first(&f, ambiguous[i].list);
        CHECK_STRING(c->person.name, ambiguous[i].name);
        CHECK_STRING(c->person.given, ambiguous[i].given);
        CHECK_STRING(c->person.family, ambiguous[i].family);
        CHECK_STRING(c->person.title, ambiguous[i].title);
        CHECK_STRING(c->person.function, ambiguous[i].function);
        fixture_done(&f);
    }
}

/* Rows of real exports, cut down to some of their columns. */
static const struct {
    const char *producer, *list, *email, *name, *function, *organisation, *groups;
} exports[] = {
    {"Outlook (en)",
     "\"Title\",\"First Name\",\"Middle Name\",\"Last Name\",\"Suffix\",\"Company\",\"Department\","
     "\"Job Title\",\"Business Street\",\"Categories\",\"E-mail Address\",\"E-mail Type\","
     "\"E-mail Display Name\",\"E-mail 2 Address\"\r\n"
     "\"Ms\",\"Jane\",\"\",\"Doe\",\"\",\"City of York\",\"Culture\",\"Mayor\",\"\",\"elus;japon\","
     "\"jane@york.gov.uk\",\"SMTP\",\"Jane Doe (jane@york.gov.uk)\",\"\"\r\n",
     "jane@york.gov.uk", "Jane Doe", "Mayor", "City of York", "elus,japon"},
    {"Outlook (fr)",
     "\"Titre\",\"Prénom\",\"Deuxième "
     "prénom\",\"Nom\",\"Suffixe\",\"Société\",\"Service\",\"Titre\","
     "\"Rue (bureau)\",\"Pays/Région (bureau)\",\"Catégories\",\"Adresse de messagerie\","
     "\"Type de messagerie\",\"Nom complet de l'adresse de messagerie\"\r\n"
     "\"M.\",\"Jean\",\"\",\"Dupont\",\"\",\"Ville de Nancy\",\"RI\",\"Directeur\",\"\",\"France\","
     "\"élus\",\"jean@nancy.fr\",\"SMTP\",\"Jean Dupont\"\r\n",
     "jean@nancy.fr", "Jean Dupont", "Directeur", "Ville de Nancy", "elus"},
    {"Outlook (ja)",
     "\"肩書き\",\"名\",\"ミドル ネーム\",\"姓\",\"敬称\",\"会社名\",\"部署\",\"役職\",\"国 "
     "(会社)\","
     "\"分類\",\"電子メール アドレス\",\"電子メールの種類\",\"電子メール表示名\"\r\n"
     "\"\",\"太郎\",\"\",\"田中\",\"様\",\"金沢市\",\"国際課\",\"課長\",\"日本\",\"japon\","
     "\"tanaka@kanazawa.lg.jp\",\"SMTP\",\"田中\"\r\n",
     "tanaka@kanazawa.lg.jp", "田中 太郎", "課長", "金沢市", "japon"},
    {"Google Contacts",
     "Name,Given Name,Additional Name,Family Name,Yomi Name,Group Membership,E-mail 1 - Type,"
     "E-mail 1 - Value,E-mail 2 - Type,E-mail 2 - Value,Organization 1 - Name,"
     "Organization 1 - Title\n"
     "Jane Doe,Jane,,Doe,,* myContacts ::: Japon,* Work,jane@york.gov.uk ::: j@x.uk,Home,,York,"
     "Mayor\n",
     "jane@york.gov.uk", "Jane Doe", "Mayor", "York", "japon,mycontacts"},
    {"Google Contacts",
     "First Name,Middle Name,Last Name,Phonetic First Name,File As,Organization Name,"
     "Organization Title,Organization Department,Labels,E-mail 1 - Label,E-mail 1 - Value\n"
     "Jane,,Doe,,,York,Mayor,,Japon ::: * myContacts,* Work,jane@york.gov.uk\n",
     "jane@york.gov.uk", "Jane Doe", "Mayor", "York", "japon,mycontacts"},
    {"Thunderbird",
     "First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Screen Name,"
     "Job Title,Department,Organization\n"
     "Jane,Doe,Jane Doe,,jane@york.gov.uk,,,Mayor,,York\n",
     "jane@york.gov.uk", "Jane Doe", "Mayor", "York", ""},
    {"Thunderbird",
     "Prénom,Nom de famille,Nom à afficher,Surnom,Adresse électronique principale,"
     "Adresse électronique secondaire,Fonction,Service,Société\n"
     "Jean,Dupont,Jean Dupont,,,jean@nancy.fr,Maire,,Nancy\n",
     "jean@nancy.fr", "Jean Dupont", "Maire", "Nancy", ""},
    {"Thunderbird",
     "名,姓,表示名,ニックネーム,メールアドレス,別のメールアドレス,自宅の国,勤務先の国,役職,部署,"
     "組織\n"
     "太郎,田中,田中 太郎,,tanaka@kanazawa.lg.jp,,フランス,日本,課長,国際課,金沢市\n",
     "tanaka@kanazawa.lg.jp", "田中 太郎", "課長", "金沢市", ""},
};

TEST(exports)
{
    for (size_t i = 0; i < sizeof exports / sizeof *exports; i++) {
        struct fixture f = fixture_new();
        CHECK_ROW(exports[i].producer);
        const struct contact *c = fixture_first(&f, exports[i].list);
        CHECK_STRING(f.guess.producer, exports[i].producer);
        CHECK_STRING(c->email, exports[i].email);
        CHECK_STRING(c->person.name, exports[i].name);
        CHECK_STRING(c->person.function, exports[i].function);
        CHECK_STRING(c->organisation, exports[i].organisation);
        CHECK_STRING(fixture_groups(&f, c), exports[i].groups);
        fixture_done(&f);
    }
}

TEST(the_country_of_work_goes_before_that_of_home)
{
    struct fixture f = fixture_new();
    const struct contact *c =
        fixture_first(&f, "メールアドレス,自宅の国,勤務先の国\na@x.jp,フランス,日本\n");
    CHECK_STRING(c->country, "JP");
    fixture_done(&f);
}

static const struct {
    const char *title, *list;
    int line, column;
    const char *words;
    size_t good;
} bad_rows[] = {
    {"two at signs", "email;name\na@x.fr;A\nb@@x.fr;B\n", 3, 3, "more than one @", 1},
    {"no at sign", "name;email\nA;a@x.fr\nB;bx.fr\n", 3, 3, "no @", 1},
    {"no address", "email;name\na@x.fr;A\n;B\n", 3, 0, "no address", 1},
    {"accent before the at sign", "name;email\nA;a@x.fr\nB;hélène@x.fr\n", 3, 4, "ASCII", 1},
    {"counted in characters", "name;email\nA;a@x.fr\nÉloïse;b..c@x.fr\n", 3, 9, "two dots", 1},
    {"after a line break in quotes", "name;email\nA;a@x.fr\n\"B\nC\";b..c@x.fr\n", 4, 5, "two dots",
     1},
    {"language", "email;language\na@x.fr;klingon\n", 2, 8, "klingon", 1},
    {"zone", "email;zone\na@x.fr;Mars/Olympus\n", 2, 8, "Mars/Olympus", 1},
    {"open quote", "email;name\na@x.fr;\"Jean\nb@x.fr;Marie\n", 2, 0, "never closed", 2},
    {"open quote, quotes below", "email;name\na@x.fr;\"Jean\n\"b@x.fr\";\"Marie\"\n", 2, 0,
     "never closed", 2},
};

TEST(bad_rows_are_named)
{
    for (size_t i = 0; i < sizeof bad_rows / sizeof *bad_rows; i++) {
        struct fixture f = fixture_new();
        CHECK_ROW(bad_rows[i].title);
        CHECK_INT(fixture_read_string(&f, bad_rows[i].list), 0);
        CHECK_INT(f.rows.count, bad_rows[i].good);
        const struct flaw *flaw = fixture_flaw(&f, bad_rows[i].words);
        CHECK(flaw != NULL);
        if (flaw) {
            CHECK_INT(flaw->line, bad_rows[i].line);
            CHECK_INT(flaw->column, bad_rows[i].column);
            CHECK_STRING(flaw->source, "list");
        }
        CHECK_STRING(f.flaws.source, "caller");
        fixture_done(&f);
    }
}

static const struct {
    const char *title, *list, *words;
} refused[] = {
    {"empty", "", "empty"},
    {"blank", " \n\n ;; \n", "empty"},
    {"no address column", "name;groups\nJean;elus\n", "no column holds addresses"},
    {"no header", "a@x.fr;Jean\nb@x.fr;Marie\n", "no row names the columns"},
    {"no valid contact", "email;name\nx;Jean\n", "no valid contact"},
    {"header alone", "email;name\n", "no valid contact"},
    {"a web page", "<!DOCTYPE html><html><body>Login</body></html>", "web page"},
    {"a calendar", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "calendar"},
    {"a PDF", "%PDF-1.4\n", "PDF"},
    {"LDIF", "dn: cn=Jean,mail=a@x.fr\ncn: Jean\nmail: a@x.fr\n", "LDIF"},
    {"JSON", "[{\"email\":\"a@x.fr\"}]", "JSON"},
    {"an old workbook", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", ".xls"},
};

TEST(refused_whole)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct fixture f = fixture_new();
        CHECK_ROW(refused[i].title);
        CHECK_INT(fixture_read_string(&f, refused[i].list), CONTACTS_E_REFUSED);
        CHECK(fixture_flaw(&f, refused[i].words) != NULL);
        CHECK(flaws_has_errors(&f.flaws));
        CHECK_INT(f.rows.count, 0);
        fixture_done(&f);
    }
}

/* A note of a megabyte, with line breaks, is one cell; a quote that is never closed is none. */
TEST(long_cells)
{
    struct fixture f = fixture_new();
    struct buf buf = BUF_INIT(64 << 20);
    buf_add_string(&buf, "email;note\na@x.fr;\"");
    for (int i = 0; i < 500000; i++)
        buf_add_string(&buf, "y\n");
    buf_add_string(&buf, "\"\nb@x.fr;\"open\nc@x.fr;c\n");
    CHECK_INT(fixture_read(&f, buf_text(&buf)), 0);
    REQUIRE(f.rows.count == 3);
    CHECK_INT(strlen(f.rows.items[0]->fields[0].value), 999999); /* the last blank is trimmed */
    CHECK_INT(f.rows.items[1]->line, 500003);
    CHECK_STRING(f.rows.items[1]->fields[0].value, "open");
    CHECK_STRING(f.rows.items[2]->email, "c@x.fr");
    buf_done(&buf);
    fixture_done(&f);
}

/* A text full of quotes that never close may not take time by the square of its size. */
TEST(open_quotes_cost_little)
{
    struct fixture f = fixture_new();
    struct buf buf = BUF_INIT(64 << 20);
    buf_add_string(&buf, "email;name\n");
    for (int i = 0; i < 200000; i++)
        buf_add_string(&buf, "a@x.fr;\"\"\"b\n");
    CHECK_INT(fixture_read(&f, buf_text(&buf)), 0);
    CHECK(f.rows.count > 0);
    buf_done(&buf);
    fixture_done(&f);
}

TEST(wide_rows_are_cut)
{
    struct fixture f = fixture_new();
    struct buf buf = BUF_INIT(1 << 20);
    buf_add_string(&buf, "email");
    for (int i = 0; i < 5000; i++)
        buf_add_string(&buf, ";x");
    buf_add_string(&buf, "\na@x.fr");
    for (int i = 0; i < 5000; i++)
        buf_add_string(&buf, ";y");
    CHECK_INT(fixture_read(&f, buf_text(&buf)), 0);
    CHECK_INT(f.rows.items[0]->field_count, CSV_COLUMNS_MAX - 1);
    CHECK(fixture_flaw(&f, "only the first") != NULL);
    buf_done(&buf);
    fixture_done(&f);
}

/* A list of some MiB whose pages are given back while it is read, with bad rows to its very end. */
enum { LONG_ROWS = 60000, LONG_BAD_EVERY = 7000, LONG_BAD_LAST = 20 };

static void write_long(struct buf *list)
{
    buf_add_string(list, "email;name;language;groups\n");
    for (int i = 0; i < LONG_ROWS; i++) {
        bool is_bad = i % LONG_BAD_EVERY == 0 || i >= LONG_ROWS - LONG_BAD_LAST;
        buf_printf(list, "%s%d@mairie.example;\"Élu %d, adjoint au maire de la ville\";fr;elus\n",
                   is_bad ? "no address @" : "a", i, i);
    }
    REQUIRE(buf_error(list) == 0 && list->size > (size_t)3 << 20);
}

static size_t passed;

static void spend(void *list, size_t size)
{
    CHECK(size >= passed && size <= ((struct buf *)list)->size);
    passed = size;
    buf_spend(list, size);
}

TEST(pages_given_back)
{
    CLEANUP_BUF struct buf list = BUF_INIT((size_t)64 << 20);
    struct fixture whole = fixture_new(), spent = fixture_new();
    write_long(&list);
    CHECK_INT(fixture_read(&whole, buf_text(&list)), 0);
    spent.options.on_passed = spend;
    spent.options.context = &list;
    CHECK_INT(fixture_read(&spent, buf_text(&list)), 0);
    CHECK(passed > list.size / 2 && !list.data[list.size / 4]); /* it was lost indeed */
    REQUIRE(whole.flaws.count == spent.flaws.count && whole.flaws.count > LONG_BAD_LAST);
    for (size_t i = 0; i < whole.flaws.count; i++) {
        const struct flaw *a = &whole.flaws.items[i], *b = &spent.flaws.items[i];
        CHECK_STRING(b->text, a->text);
        CHECK_INT(b->line, a->line);
        CHECK_INT(b->column, a->column);
    }
    CHECK_INT(whole.flaws.items[whole.flaws.count - 1].line, LONG_ROWS + 1);
    REQUIRE(whole.rows.count == spent.rows.count);
    for (size_t i = 0; i < whole.rows.count; i++) {
        const struct contact *a = whole.rows.items[i], *b = spent.rows.items[i];
        CHECK(strcmp(a->email, b->email) == 0 && a->line == b->line &&
              string_equal(a->person.name, b->person.name));
    }
    fixture_done(&whole);
    fixture_done(&spent);
}

CHECK_MAIN
