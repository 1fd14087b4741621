/* SPDX-License-Identifier: MIT */
/* A list that is read in slices of any size says what it says in one piece: the same contacts in
 * the same order, the same flaws, or the same refusal.                                           */
#include <glob.h>
#include <limits.h>

#include "archive.h"
#include "fixture.h"

static const char *const inlines[] = {
    "email;name\n\"a@x.fr;A\nb@x.fr;B\n",                /* a quote that is never closed */
    "email,name\na@x.fr,\"A \"\"Z\"\"\nsecond line\"\n", /* and one over two lines */
    "sep=;\nemail;name\nno;A\na@x.fr;B\n",
    "email;name\nno;A\nneither;B\n", /* nobody: refused */
    "nom;ville\nA;B\n",              /* no addresses: refused */
    "a@x.fr\nb@x.fr\n",
    "email\n",
    "",
    "%PDF-1.4",
    "BEGIN:VCARD\nVERSION:3.0\nFN:A\nEMAIL:a@x.fr\nEND:VCARD\nBEGIN:VCARD\nFN:B\n",
};

static void describe_rows(struct buf *out, const struct contact_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        const struct contact *c = rows->items[i];
        buf_printf(out, "%d %s %s %s %s %s", c->line, c->email, c->person.name, c->organisation,
                   zone_name(c->zone), language_to_text(c->language));
        for (size_t k = 0; k < c->group_count; k++)
            buf_printf(out, " %s", c->groups[k]);
        for (size_t k = 0; k < c->field_count; k++)
            buf_printf(out, " %s=%s", c->fields[k].name, c->fields[k].value);
        buf_add_char(out, '\n');
    }
}

/* What a reading says; 0 bytes at once = in one piece. */
static void describe(struct fixture *f, struct text raw, size_t max_bytes, struct buf *out)
{
    struct contact_rows rows = {0};
    struct contact_guess guess = {0};
    struct contact_reading *reading;
    bool is_done = false;
    flaws_init(&f->flaws, f->arena, "caller");
    int r = 0;
    if (max_bytes) {
        REQUIRE(contact_reader_open(f->arena, raw, &f->options, &f->flaws, &reading) == 0);
        while (!r && !is_done)
            r = contact_reader_step(reading, max_bytes, &rows, &guess, &is_done);
        contact_reader_close(reading);
    } else {
        r = contact_reader_parse(f->arena, raw, &f->options, &f->flaws, &rows, &guess);
    }
    CHECK_STRING(f->flaws.source, "caller");
    buf_printf(out, "%d %s %s %s %d\n", r, guess.format, guess.producer, guess.charset,
               guess.delimiter);
    describe_rows(out, &rows);
    for (size_t i = 0; i < f->flaws.count; i++) {
        const struct flaw *flaw = &f->flaws.items[i];
        buf_printf(out, "%s:%d:%d %d %s\n", flaw->source, flaw->line, flaw->column, flaw->severity,
                   flaw->text);
    }
}

static void check(struct text raw)
{
    static const size_t sizes[] = {1, 3, 50, 1000, SIZE_MAX};
    CLEANUP_BUF struct buf whole = BUF_INIT(1 << 24);
    struct fixture f = fixture_new();
    describe(&f, raw, 0, &whole);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        CLEANUP_BUF struct buf sliced = BUF_INIT(1 << 24);
        describe(&f, raw, sizes[i], &sliced);
        CHECK_STRING(sliced.data, whole.data);
    }
    fixture_done(&f);
}

TEST(any_slices_say_the_same)
{
    for (size_t i = 0; i < sizeof inlines / sizeof *inlines; i++) {
        CHECK_ROW(inlines[i]);
        check(text_of(inlines[i]));
    }
}

#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof literal - 1                                                                \
    }
static const struct {
    const char *title;
    struct text raw;
} encoded[] = {
    {"windows-1252", BYTES("email;nom\na@x.fr;Ren\xE9\nb@x.fr;Am\xE9lie\n")},
    {"UTF-8 with a foreign line",
     BYTES("email;nom\na@x.fr;Ren\xC3\xA9\nb@x.fr;Am\xE9lie\r\nc@x.fr;\xC3\x89lo\xC3\xAFse")},
    {"Shift_JIS",
     BYTES(
         "email,name\na@x.jp,\x93\x63\x92\x86\x91\xBE\x98\x59\nb@x.jp,\x83\x54\x83\x67\x83\x45\n")},
    {"Shift_JIS, cut",
     BYTES("email,name\na@x.jp,\x83\x54\x83\x67\x83\x45\nb@x.jp,\x82\xB3\x82\xC6\x82\xA4\x83")},
    {"ISO-2022-JP, spoilt",
     BYTES("email,name\na@x.jp,\x1B$BEl5~\x1B(B\nb@x.jp,\x1B$BEl\xFF\xFF\x1B(B\n")},
    {"ISO-2022-JP, cut", BYTES("email,name\na@x.jp,\x1B$BEl5")},
    {"UTF-16, a pair",
     BYTES("\xFF\xFE"
           "e\0m\0a\0i\0l\0,\0n\0a\0m\0e\0\n\0a\0@\0x\0.\0f\0r\0,\0\x3D\xD8\x00\xDE\n\0")},
    {"UTF-16, half a pair",
     BYTES("\xFE\xFF"
           "\0e\0m\0a\0i\0l\0,\0n\0a\0m\0e\0\n\0a\0@\0x\0.\0f\0r\0,\xD8\x3D\0\n\0")},
    {"UTF-16 without mark", BYTES("e\0m\0a\0i\0l\0\n\0a\0@\0x\0.\0f\0r\0\n\0")},
    {"a card in UTF-16",
     BYTES("\xFF\xFE"
           "B\0E\0G\0I\0N\0:\0V\0C\0A\0R\0D\0\n\0F\0N\0:\0\xE9\0\n\0"
           "E\0M\0A\0I\0L\0:\0a\0@\0x\0.\0f\0r\0\n\0E\0N\0D\0:\0V\0C\0A\0R\0D\0\n\0")},
    {"a card in windows-1252", BYTES("BEGIN:VCARD\nFN:Ren\xE9\nEMAIL:a@x.fr\nEND:VCARD\n")},
    {"no text", BYTES("email\na@x.fr\n\0\0\0\0\0\0\0\0b@x.fr\n")},
};

TEST(any_charset_says_the_same)
{
    for (size_t i = 0; i < sizeof encoded / sizeof *encoded; i++) {
        CHECK_ROW(encoded[i].title);
        check(encoded[i].raw);
    }
}

/* One workbook of several blocks, behind a sheet that is blank. */
static struct text make_workbook(struct arena *arena)
{
    CLEANUP_BUF struct buf rows = BUF_INIT(1 << 24), strings = BUF_INIT(1 << 24);
    buf_add_string(&strings, "<sst><si><t>email</t></si>");
    buf_add_string(&rows, "<worksheet><row><c t=\"s\"><v>0</v></c></row>");
    for (int i = 1; i < 5000; i++) {
        buf_printf(&strings, "<si><t>%s%d@x.fr</t></si>", i % 7 ? "a" : "@", i);
        buf_printf(&rows, "<row><c t=\"s\"><v>%d</v></c></row>", i);
    }
    buf_add_string(&strings, "</sst>");
    buf_add_string(&rows, "</worksheet>");
    struct part parts[] = {
        {"xl/workbook.xml", "<workbook><sheet id=\"1\"/><sheet id=\"2\"/></workbook>"},
        {"xl/_rels/workbook.xml.rels",
         "<a><Relationship Id=\"1\" Target=\"blank.xml\"/><Relationship Id=\"2\" "
         "Target=\"list.xml\"/></a>"},
        {"xl/sharedStrings.xml", strings.data},
        {"xl/blank.xml", "<worksheet/>"},
        {"xl/list.xml", rows.data},
    };
    return archive_pack(arena, parts, sizeof parts / sizeof *parts);
}

TEST(a_workbook_in_slices)
{
    struct fixture f = fixture_new();
    struct text book = make_workbook(f.arena);
    check(book);
    /* The end is damaged, or missing. */
    char *damaged = arena_copy_text(f.arena, book);
    REQUIRE(damaged);
    for (size_t i = book.size / 2; i < book.size / 2 + 64; i++)
        damaged[i] = '\xFF';
    check((struct text){damaged, book.size});
    check(text_slice(book, 0, book.size - 100));
    fixture_done(&f);
}

TEST(lists_of_real_programs_in_slices)
{
    glob_t files = {0};
    REQUIRE(glob(CONVIER_TESTS "/fuzz/corpus/contacts/*", 0, NULL, &files) == 0);
    REQUIRE(glob(CONVIER_TESTS "/fuzz/corpus/vcard/*", GLOB_APPEND, NULL, &files) == 0);
    REQUIRE(glob(CONVIER_TESTS "/fuzz/corpus/xlsx/*", GLOB_APPEND, NULL, &files) == 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        CLEANUP_BUF struct buf raw = BUF_INIT(1 << 24);
        CHECK_ROW(files.gl_pathv[i]);
        REQUIRE(file_read(files.gl_pathv[i], &raw) == 0);
        check(buf_text(&raw));
    }
    globfree(&files);
}

/* How many slices of about 1000 bytes it takes; a reading may also be left after `most` of them. */
static int count_steps(struct text raw, int most)
{
    struct fixture f = fixture_new();
    struct contact_rows rows = {0};
    struct contact_guess guess;
    struct contact_reading *reading;
    bool is_done = false;
    int steps = 0;
    REQUIRE(contact_reader_open(f.arena, raw, &f.options, &f.flaws, &reading) == 0);
    for (; !is_done && steps < most; steps++)
        REQUIRE(contact_reader_step(reading, 1000, &rows, &guess, &is_done) == 0);
    contact_reader_close(reading);
    fixture_done(&f);
    return steps;
}

/* Each slice does a part of the work. */
TEST(a_slice_is_short)
{
    CLEANUP_BUF struct buf plain = BUF_INIT(1 << 24), latin = BUF_INIT(1 << 24);
    CLEANUP_ARENA struct arena *arena = arena_new((size_t)1 << 30);
    buf_add_string(&plain, "email\n");
    buf_add_string(&latin, "email;nom\n");
    for (int i = 0; i < 10000; i++) {
        buf_printf(&plain, "a%d@x.fr\n", i);
        buf_printf(&latin, "a%d@x.fr;Ren\xE9\n", i);
    }
    int whole = (int)(plain.size / 1000);
    int steps = count_steps(buf_text(&plain), INT_MAX);
    CHECK(steps > whole / 2 && steps < 2 * whole);
    whole = 3 * (int)(latin.size / 1000); /* it is looked at, decoded and read */
    steps = count_steps(buf_text(&latin), INT_MAX);
    CHECK(steps > whole / 2 && steps < 2 * whole);
    CHECK(count_steps(make_workbook(arena), INT_MAX) > 6); /* blocks of 64 KiB */
    for (int most = 0; most < 6; most++) {
        CHECK_INT(count_steps(make_workbook(arena), most), most);
        CHECK_INT(count_steps(buf_text(&latin), most * whole / 8), most * whole / 8);
    }
}

CHECK_MAIN
