/* SPDX-License-Identifier: MIT */
/* Spreadsheets, made here part by part so that each oddity has its row. */
#include "archive.h"
#include "fixture.h"

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
static const char workbook[] =
    "<?xml version=\"1.0\"?><workbook xmlns=\"" MAIN "\" xmlns:r=\"urn:r\"><sheets>"
    "<sheet name=\"Aide\" sheetId=\"1\" state=\"hidden\" r:id=\"rId1\"/>"
    "<sheet name=\"Contacts\" sheetId=\"2\" r:id=\"rId2\"/></sheets></workbook>";
static const char relations[] =
    "<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/>"
    "<Relationship Id=\"rId2\" Target=\"/xl/worksheets/sheet2.xml\"/></Relationships>";
static const char styles[] =
    "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"dd/mm/yyyy\"/>"
    "<numFmt numFmtId=\"165\" formatCode=\"0.0&quot; days&quot;\"/></numFmts>"
    "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>"
    "<xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"22\"/></cellXfs></styleSheet>";
static const char strings[] =
    "<sst><si><t>Courriel</t></si><si><r><t>No</t></r><r><t xml:space=\"preserve\">m</t></r></si>"
    "<si><t>田中 太郎</t><rPh sb=\"0\" eb=\"2\"><t>タナカ</t></rPh><phoneticPr/></si>"
    "<si><t>elus_x000D_\npresse</t></si><si><t>Groupes</t></si></sst>";
static const char sheet[] =
    "<worksheet><sheetData>"
    "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\" t=\"s\"><v>1</v></c>"
    "<c r=\"C2\" t=\"s\"><v>4</v></c><c r=\"D2\" t=\"inlineStr\"><is><t>Depuis</t></is></c>"
    "<c r=\"E2\" t=\"str\"><f>A1</f><v>CP</v></c><c r=\"F2\" t=\"inlineStr\"><is><t>Vu</t></is></c>"
    "<c r=\"G2\" t=\"inlineStr\"><is><t>OK</t></is></c></row>"
    "<row r=\"4\"><c r=\"A4\" t=\"inlineStr\"><is><t>tanaka@kanazawa.lg.jp</t></is></c>"
    "<c r=\"B4\" t=\"s\"><v>2</v></c><c r=\"C4\" t=\"s\"><v>3</v></c>"
    "<c r=\"D4\" s=\"1\"><v>46300</v></c><c r=\"E4\"><v>54000</v></c>"
    "<c r=\"F4\" s=\"3\"><v>46300.375</v></c><c r=\"G4\" t=\"b\"><v>1</v></c></row>"
    "<row><c t=\"inlineStr\"><is><t>b@@x.fr</t></is></c></row>"
    "<row r=\"9\"><c r=\"A9\" t=\"inlineStr\"><is><t>c@x.fr</t></is></c>"
    "<c r=\"D9\" s=\"2\"><v>0.30000000000000004</v></c><c r=\"E9\" t=\"e\"><v>#N/A</v></c>"
    "<c r=\"F9\" s=\"3\"><v>0.375</v></c></row>"
    "</sheetData></worksheet>";

static const char *field(const struct contact *c, const char *name)
{
    for (size_t i = 0; i < c->field_count; i++)
        if (strcmp(c->fields[i].name, name) == 0)
            return c->fields[i].value;
    return NULL;
}

TEST(xlsx)
{
    struct fixture f = fixture_new();
    struct part parts[] = {
        {"[Content_Types].xml", "<Types/>"},       {"xl/workbook.xml", workbook},
        {"xl/_rels/workbook.xml.rels", relations}, {"xl/styles.xml", styles},
        {"xl/sharedStrings.xml", strings},         {"xl/worksheets/sheet1.xml", "<worksheet/>"},
        {"xl/worksheets/sheet2.xml", sheet},
    };
    CHECK_INT(fixture_read(&f, archive_pack(f.arena, parts, 7)), 0);
    CHECK_STRING(f.guess.format, "xlsx");
    REQUIRE(f.rows.count == 2);
    const struct contact *c = f.rows.items[0];
    CHECK_STRING(c->email, "tanaka@kanazawa.lg.jp");
    CHECK_STRING(c->person.name, "田中 太郎");
    CHECK_STRING(fixture_groups(&f, c), "elus,presse");
    CHECK_STRING(field(c, "Depuis"), "2026-10-05");
    CHECK_STRING(field(c, "CP"), "54000");
    CHECK_STRING(field(c, "Vu"), "2026-10-05 09:00");
    CHECK_STRING(field(c, "OK"), "TRUE");
    CHECK_INT(c->line, 4);
    CHECK_INT(f.rows.items[1]->line, 9);
    CHECK_STRING(field(f.rows.items[1], "Depuis"), "0.3");
    CHECK_STRING(field(f.rows.items[1], "CP"), NULL);
    CHECK_STRING(field(f.rows.items[1], "Vu"), "09:00");
    const struct flaw *flaw = fixture_flaw(&f, "more than one @");
    REQUIRE(flaw);
    CHECK_INT(flaw->line, 5);
    CHECK_INT(flaw->column, 1);
    fixture_done(&f);
}

static const char content[] =
    "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body>"
    "<office:spreadsheet><table:table table:name=\"A\">"
    "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell "
    "table:number-columns-repeated=\"16384\"/></table:table-row>"
    "<table:table-row><table:table-cell><text:p>メール</text:p></table:table-cell>"
    "<table:table-cell><text:p>Nom complet</text:p></table:table-cell>"
    "<table:table-cell table:number-columns-repeated=\"2\"><text:p>Groupe</text:p>"
    "</table:table-cell><table:table-cell><text:p>Depuis</text:p></table:table-cell>"
    "</table:table-row>"
    "<table:table-row><table:table-cell><text:p>a@x.fr</text:p><office:annotation><text:p>note"
    "</text:p></office:annotation></table:table-cell><table:table-cell><text:p><text:ruby>"
    "<text:ruby-base>田中</text:ruby-base><text:ruby-text>タナカ</text:ruby-text></text:ruby>"
    "<text:s text:c=\"1\"/>太<text:span>郎</text:span></text:p></table:table-cell>"
    "<table:table-cell><text:p>elus</text:p><text:p>presse</text:p></table:table-cell>"
    "<table:covered-table-cell><text:p>x</text:p></table:covered-table-cell>"
    "<table:table-cell office:value-type=\"date\" office:date-value=\"2026-10-05\"><text:p>5 oct."
    "</text:p></table:table-cell></table:table-row>"
    "<table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell/></table:table-row>"
    "</table:table><table:table><table:table-row><table:table-cell><text:p>b@x.fr</text:p>"
    "</table:table-cell></table:table-row></table:table>"
    "</office:spreadsheet></office:body></office:document-content>";
static const char ods_type[] = "application/vnd.oasis.opendocument.spreadsheet";

TEST(ods)
{
    struct fixture f = fixture_new();
    struct part parts[] = {{"mimetype", ods_type}, {"content.xml", content}};
    CHECK_INT(fixture_read(&f, archive_pack(f.arena, parts, 2)), 0);
    CHECK_STRING(f.guess.format, "ods");
    REQUIRE(f.rows.count == 1);
    const struct contact *c = f.rows.items[0];
    CHECK_STRING(c->email, "a@x.fr");
    CHECK_STRING(c->person.name, "田中 太郎");
    CHECK_STRING(fixture_groups(&f, c), "elus,presse,x");
    CHECK_STRING(field(c, "Depuis"), "2026-10-05");
    CHECK_INT(c->line, 4);
    fixture_done(&f);
}

#define ROW(address)   "<row><c t=\"str\"><v>" address "</v></c></row>"
#define SHEET(address) "<worksheet>" ROW("email") ROW(address) "</worksheet>"
#define RELATION(id, type, part)                                                                   \
    "<Relationship Id=\"" id "\" Type=\"urn:x/" type "\" Target=\"" part "\"/>"
#define TABLE(style, address)                                                                      \
    "<t:table t:style-name=\"" style "\"><t:table-row><t:table-cell><x:p>email</x:p>"              \
    "</t:table-cell></t:table-row><t:table-row><t:table-cell><x:p>" address                        \
    "</x:p></t:table-cell></t:table-row></t:table>"

/* Which of several sheets is the list: each holds an address of its own. */
static const struct {
    const char *title;
    struct part parts[6];
    const char *email;
} choices[] = {
    {"a chart before the sheet",
     {{"xl/workbook.xml", "<workbook><sheet id=\"c\"/><sheet id=\"s\"/></workbook>"},
      {"xl/_rels/workbook.xml.rels",
       "<a>" RELATION("c", "chartsheet", "chartsheets/sheet1.xml")
           RELATION("s", "worksheet", "worksheets/sheet1.xml") "</a>"},
      {"xl/chartsheets/sheet1.xml", "<chartsheet/>"},
      {"xl/worksheets/sheet1.xml", SHEET("a@x.fr")}},
     "a@x.fr"},
    {"a blank sheet before it, one more behind",
     {{"xl/workbook.xml",
       "<workbook><sheet id=\"1\"/><sheet id=\"2\"/><sheet id=\"3\"/></workbook>"},
      {"xl/_rels/workbook.xml.rels", "<a>" RELATION("1", "worksheet", "worksheets/one.xml")
                                         RELATION("2", "worksheet", "worksheets/two.xml")
                                             RELATION("3", "worksheet", "worksheets/3.xml") "</a>"},
      {"xl/worksheets/one.xml", "<worksheet><row/></worksheet>"},
      {"xl/worksheets/two.xml", SHEET("b@x.fr")},
      {"xl/worksheets/3.xml", SHEET("c@x.fr")}},
     "b@x.fr"},
    {"a very hidden sheet",
     {{"xl/workbook.xml",
       "<workbook><sheet id=\"1\" state=\"veryHidden\"/><sheet id=\"2\"/></workbook>"},
      {"xl/_rels/workbook.xml.rels", "<a>" RELATION("1", "worksheet", "worksheets/one.xml")
                                         RELATION("2", "worksheet", "worksheets/two.xml") "</a>"},
      {"xl/worksheets/one.xml", SHEET("a@x.fr")},
      {"xl/worksheets/two.xml", SHEET("b@x.fr")}},
     "b@x.fr"},
    {"a hidden table",
     {{"mimetype", ods_type},
      {"content.xml", "<a><s:style s:name=\"ta1\" s:family=\"table\"><s:table-properties "
                      "t:display=\"false\"/></s:style><s:style s:name=\"ta2\" s:family=\"table\">"
                      "<s:table-properties t:display=\"true\"/></s:style>" TABLE("ta1", "a@x.fr")
                          TABLE("ta2", "b@x.fr") TABLE("ta2", "c@x.fr") "</a>"}},
     "b@x.fr"},
    {"a blank table before it",
     {{"mimetype", ods_type},
      {"content.xml", "<a><t:table><t:table-row><t:table-cell/></t:table-row></t:table>" TABLE(
                          "x", "b@x.fr") "</a>"}},
     "b@x.fr"},
};

TEST(which_sheet)
{
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        struct fixture f = fixture_new();
        CHECK_ROW(choices[i].title);
        CHECK_INT(fixture_read(&f, archive_pack(f.arena, choices[i].parts, 6)), 0);
        REQUIRE(f.rows.count == 1);
        CHECK_STRING(f.rows.items[0]->email, choices[i].email);
        CHECK_INT(f.rows.items[0]->line, 2);
        fixture_done(&f);
    }
}

/* A workbook with a password lies in an OLE file of two streams, whose names are UTF-16. */
TEST(refused_ole)
{
    static const char sealed[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 E\0n\0c\0r\0y\0p\0t\0i\0o\0n\0"
                                 "I\0n\0f\0o\0\0\0E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0",
                      old[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 W\0o\0r\0k\0b\0o\0o\0k\0";
    struct fixture f = fixture_new();

    CHECK_INT(fixture_read(&f, (struct text){sealed, sizeof sealed - 1}), CONTACTS_E_REFUSED);
    const struct flaw *flaw = fixture_flaw(&f, "password");
    REQUIRE(flaw && flaw->advice);
    CHECK(strstr(flaw->advice, "File > Info > Protect Workbook") != NULL);
    CHECK_INT(fixture_read(&f, (struct text){old, sizeof old - 1}), CONTACTS_E_REFUSED);
    flaw = fixture_flaw(&f, ".xls");
    REQUIRE(flaw && flaw->advice);
    CHECK(strstr(flaw->advice, "File > Save As") != NULL);
    fixture_done(&f);
}

static const struct {
    const char *title;
    struct part parts[4];
    const char *words;
} refused[] = {
    {"Word", {{"word/document.xml", "<x/>"}}, "Word"},
    {"Numbers", {{"Index/Document.iwa", "x"}}, "Numbers"},
    {"xlsb", {{"xl/workbook.bin", "x"}}, ".xlsb"},
    {"text document",
     {{"mimetype", "application/vnd.oasis.opendocument.text"}, {"content.xml", "<x/>"}},
     "text document"},
    {"any archive", {{"a.csv", "email\na@x.fr\n"}}, "archive"},
    {"no sheet", {{"xl/workbook.xml", "<workbook/>"}}, "no sheet"},
    {"broken XML",
     {{"xl/workbook.xml", workbook},
      {"xl/worksheets/sheet1.xml", "<worksheet><row>"},
      {"xl/styles.xml", "<a>"}},
     "damaged"},
    {"a document type",
     {{"xl/workbook.xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><workbook>&b;</workbook>"}},
     "no spreadsheet program"},
    {"password",
     {{"mimetype", ods_type},
      {"content.xml", "\x01\x02"},
      {"META-INF/manifest.xml", "<m:manifest><m:encryption-data/></m:manifest>"}},
     "password"},
    {"password, sealed as a whole",
     {{"mimetype", ods_type},
      {"encrypted-package", "\x01\x02"},
      {"META-INF/manifest.xml", "<m:manifest><m:encryption-data/></m:manifest>"}},
     "password"},
    {"no content", {{"mimetype", ods_type}}, "no sheet"},
    {"charts alone",
     {{"xl/workbook.xml", "<workbook><sheet id=\"c\"/></workbook>"},
      {"xl/_rels/workbook.xml.rels", "<a>" RELATION("c", "chartsheet", "chartsheets/1.xml") "</a>"},
      {"xl/chartsheets/1.xml", "<chartsheet/>"}},
     "no sheet"},
    {"empty table", {{"mimetype", ods_type}, {"content.xml", "<a><table/></a>"}}, "empty"},
};

TEST(refused)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct fixture f = fixture_new();
        CHECK_ROW(refused[i].title);
        CHECK_INT(fixture_read(&f, archive_pack(f.arena, refused[i].parts, 4)), CONTACTS_E_REFUSED);
        CHECK(fixture_flaw(&f, refused[i].words) != NULL);
        CHECK_INT(f.rows.count, 0);
        fixture_done(&f);
    }
}

TEST(cut_short)
{
    struct fixture f = fixture_new();
    struct part parts[] = {{"mimetype", ods_type}, {"content.xml", content}};
    struct text whole = archive_pack(f.arena, parts, 2);
    for (size_t size = 4; size < whole.size; size += 7) {
        CHECK_INT(fixture_read(&f, text_slice(whole, 0, size)), CONTACTS_E_REFUSED);
        CHECK(flaws_has_errors(&f.flaws));
    }
    fixture_done(&f);
}

/* One string of 200 KB that a small sheet shows a million times, and a cell repeated for ever. */
TEST(bombs)
{
    struct fixture f = fixture_new();
    struct buf shared = BUF_INIT(1 << 20), rows = BUF_INIT(1 << 26);

    buf_add_string(&shared, "<sst><si><t>email</t></si><si><t>");
    for (int i = 0; i < 200000; i++)
        buf_add_char(&shared, 'x');
    buf_add_string(&shared, "</t></si></sst>");
    buf_add_string(&rows, "<worksheet><row><c t=\"s\"><v>0</v></c></row>");
    for (int i = 0; i < 100000; i++)
        buf_add_string(&rows, "<row><c t=\"s\"><v>1</v></c></row>");
    buf_add_string(&rows, "</worksheet>");
    struct part parts[] = {{"xl/workbook.xml", "<workbook/>"},
                           {"xl/sharedStrings.xml", shared.data},
                           {"xl/worksheets/sheet1.xml", rows.data}};
    CHECK_INT(fixture_read(&f, archive_pack(f.arena, parts, 3)), CONTACTS_E_REFUSED);
    CHECK(fixture_flaw(&f, "larger than") != NULL);
    CHECK(arena_bytes(f.arena) < (size_t)700 << 20);
    buf_done(&shared);
    buf_done(&rows);
    fixture_done(&f);
}

CHECK_MAIN
