/* SPDX-License-Identifier: MIT */
/* A list that is read in slices of any size says what it says in one piece: the same contacts in
 * the same order, the same flaws, or the same refusal.                                           */
#include <glob.h>

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

/* Each slice does a part of the work. */
TEST(a_slice_is_short)
{
    CLEANUP_BUF struct buf raw = BUF_INIT(1 << 24);
    struct fixture f = fixture_new();
    struct contact_rows rows = {0};
    struct contact_guess guess;
    struct contact_reading *reading;
    bool is_done = false;
    int steps = 0;
    buf_add_string(&raw, "email\n");
    for (int i = 0; i < 1000; i++)
        buf_printf(&raw, "a%d@x.fr\n", i);
    REQUIRE(contact_reader_open(f.arena, buf_text(&raw), &f.options, &f.flaws, &reading) == 0);
    for (; !is_done; steps++)
        REQUIRE(contact_reader_step(reading, 100, &rows, &guess, &is_done) == 0);
    contact_reader_close(reading);
    CHECK_INT(rows.count, 1000);
    CHECK(steps > 50 && steps < 200);
    fixture_done(&f);
}

CHECK_MAIN
