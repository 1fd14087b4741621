/* SPDX-License-Identifier: MIT */
#include "base/contentline.h"
#include "check.h"

/* "LINE raw|LINE raw|…" */
static void read_all(struct text bytes, struct buf *out)
{
    struct contentline_reader reader;
    struct text raw;
    int line, r;
    contentline_reader_init(&reader, bytes);
    while ((r = contentline_next(&reader, &raw, &line)) == 0) {
        buf_printf(out, "%s%d ", out->size ? "|" : "", line);
        buf_add_text(out, raw);
    }
    CHECK_INT(r, CONTENTLINE_END);
    contentline_reader_done(&reader);
}

TEST(unfolding)
{
    static const struct {
        const char *title, *bytes, *want;
    } rows[] = {
        {"nothing", "", ""},
        {"CRLF, LF, CR", "A:1\r\nB:2\nC:3\rD:4", "1 A:1|2 B:2|3 C:3|4 D:4"},
        {"BOM",
         "\xef\xbb\xbf"
         "A:1\n",
         "1 A:1"},
        {"folds by blank and tab", "A:1\r\n 2\r\n\t3\r\nB:4\r\n", "1 A:123|4 B:4"},
        {"a fold inside a character", "A:\xc3\r\n \xa9\r\n", "1 A:\xc3\xa9"},
        {"blank lines", "\r\n\r\nA:1\r\n\r\n\r\nB:2\r\n\r\n", "3 A:1|6 B:2"},
        {"a blank line before a continuation", "A:1\r\n\r\n 2\r\nB:3\r\n", "1 A:12|4 B:3"},
        {"a line of one blank continues with nothing", "A:1\r\n \r\n 2\r\n", "1 A:12"},
        {"a lone blank line at the start", " x\r\nA:1\r\n", "1  x|2 A:1"},
        {"CR CR LF", "A:1\r\r\nB:2\r\r\n", "1 A:1|3 B:2"},
        {"soft breaks of vCard 2.1",
         "N;ENCODING=QUOTED-PRINTABLE:a=\r\nb=\r\n=C3=A9\r\nB:1=\r\nC:2\r\n",
         "1 N;ENCODING=QUOTED-PRINTABLE:ab=C3=A9|4 B:1=|5 C:2"},
        {"a soft break in a bare parameter", "N;QUOTED-PRINTABLE:a=\nb\n",
         "1 N;QUOTED-PRINTABLE:ab"},
        {"a soft break at the end", "N;QUOTED-PRINTABLE:a=", "1 N;QUOTED-PRINTABLE:a"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf got = BUF_INIT(1 << 16);
        CHECK_ROW(rows[i].title);
        read_all(text_of(rows[i].bytes), &got);
        CHECK_STRING(got.data ? got.data : "", rows[i].want);
        buf_done(&got);
    }
}

/* "group.name(p=v)(p=v)value" or "malformed" */
static void show(const struct contentline *line, struct buf *out)
{
    if (line->is_malformed) {
        buf_add_string(out, "malformed");
        return;
    }
    if (line->group.size) {
        buf_add_text(out, line->group);
        buf_add_char(out, '.');
    }
    buf_add_text(out, line->name);
    for (size_t i = 0; i < line->parameter_count; i++) {
        buf_add_char(out, '(');
        buf_add_text(out, line->parameters[i].name);
        buf_add_char(out, '=');
        buf_add_text(out, line->parameters[i].value);
        buf_add_char(out, ')');
    }
    buf_add_char(out, '|');
    buf_add_text(out, line->value);
}

TEST(cutting)
{
    static const struct {
        const char *raw, *want;
    } rows[] = {
        {"SUMMARY:a:b;c", "SUMMARY|a:b;c"},
        {"SUMMARY:", "SUMMARY|"},
        {"DTSTART;TZID=Europe/Paris;VALUE=DATE:1", "DTSTART(TZID=Europe/Paris)(VALUE=DATE)|1"},
        {"A;CN=\"Dupont; Anne: x\":1", "A(CN=Dupont; Anne: x)|1"},
        {"A;X=\"a\",\"b;c\":1", "A(X=\"a\",\"b;c\")|1"},
        {"A;X=un\"quoted:1", "A(X=un\"quoted)|1"},
        {"item1.EMAIL;TYPE=work:a@b", "item1.EMAIL(TYPE=work)|a@b"},
        {"TEL;HOME;VOICE:1", "TEL(=HOME)(=VOICE)|1"},
        {"A;:1", "A|1"},
        {"A;X=:1", "A(X=)|1"},
        {"DTSTART :1", "DTSTART|1"},
        {"DTSTART;TZID=GMT+05:30:20261005T090000", "DTSTART(TZID=GMT+05:30)|20261005T090000"},
        {"DTSTART;TZID=GMT+0530:20261005T090000", "DTSTART(TZID=GMT+0530)|20261005T090000"},
        {"no colon", "malformed"},
        {":value", "malformed"},
        {"", "malformed"},
        {" A:1", "malformed"},
        {"A;X=1", "malformed"},
        {"A;", "malformed"},
        {"A;X=\"1:2", "A(X=\"1)|2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct contentline line;
        struct buf got = BUF_INIT(1 << 16);
        CHECK_ROW(rows[i].raw);
        contentline_parse(text_of(rows[i].raw), 7, &line);
        CHECK_INT(line.line, 7);
        show(&line, &got);
        CHECK_STRING(got.data, rows[i].want);
        buf_done(&got);
    }
}

TEST(parameters)
{
    struct contentline line;
    contentline_parse(TEXT("A;Tzid=x;VALUE=DATE:1"), 1, &line);
    REQUIRE(contentline_find(&line, "TZID"));
    CHECK(text_is(contentline_find(&line, "TZID")->value, "x"));
    CHECK(contentline_find(&line, "RANGE") == NULL);

    struct buf many = BUF_INIT(1 << 16);
    buf_add_string(&many, "A");
    for (int i = 0; i < 300; i++)
        buf_add_string(&many, ";X=1");
    buf_add_string(&many, ":v");
    contentline_parse(buf_text(&many), 1, &line);
    CHECK_INT(line.parameter_count, CONTENTLINE_PARAMETERS_MAX);
    CHECK(text_is(line.value, "v"));
    buf_done(&many);
}

/* Neither one long line nor one of many folds passes the limit; what follows is read. */
TEST(limits)
{
    for (int is_folded = 0; is_folded < 2; is_folded++) {
        struct buf bytes = BUF_INIT(8 << 20);
        struct contentline_reader reader;
        struct text raw;
        int line;
        buf_add_string(&bytes, "ATTACH:");
        for (size_t i = 0; i < CONTENTLINE_BYTES_MAX / 64 + 10; i++) {
            buf_add_string(&bytes, is_folded && i ? "\r\n " : "");
            for (int k = 0; k < 64; k++)
                buf_add_char(&bytes, 'A');
        }
        buf_add_string(&bytes, "\r\nB:2\r\n");
        contentline_reader_init(&reader, buf_text(&bytes));
        CHECK_INT(contentline_next(&reader, &raw, &line), CONTENTLINE_E_TOO_LONG);
        CHECK_INT(line, 1);
        CHECK_INT(raw.size, CONTENTLINE_HEAD_BYTES);
        CHECK(text_starts(raw, "ATTACH:AAA"));
        CHECK_INT(contentline_next(&reader, &raw, &line), 0);
        CHECK(text_is(raw, "B:2"));
        CHECK_INT(contentline_next(&reader, &raw, &line), CONTENTLINE_END);
        contentline_reader_done(&reader);
        buf_done(&bytes);
    }
}

CHECK_MAIN
