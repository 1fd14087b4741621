/* SPDX-License-Identifier: MIT */
#include "compose/header.h"

#include "check.h"
#include "compose/transfer.h"

static const char *text_header(struct buf *out, const char *value)
{
    buf_clear(out);
    header_text(out, "Subject", text_of(value));
    return out->data;
}

TEST(subjects)
{
    static const struct {
        const char *title, *value, *want;
    } rows[] = {
        {"plain", "Reminder: meeting", "Subject: Reminder: meeting\r\n"},
        {"empty", "", "Subject: \r\n"},
        {"French in Q", "Réunion à Tours", "Subject: =?UTF-8?Q?R=C3=A9union_=C3=A0_Tours?=\r\n"},
        {"Japanese in B", "【変更】会議", "Subject: =?UTF-8?B?44CQ5aSJ5pu044CR5Lya6K2w?=\r\n"},
        {"injection", "a\r\nBcc: x@example.org", "Subject: a Bcc: x@example.org\r\n"},
        {"lone CR, NUL-like controls",
         "a\rb\x01\x7f"
         "c\td",
         "Subject: a b c d\r\n"},
        {"C1 controls and separators",
         "a\xC2\x85"
         "b\xE2\x80\xA8"
         "c",
         "Subject: a b c\r\n"},
        {"what looks encoded is encoded",
         "=?UTF-8?Q?x?=", "Subject: =?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fx=3F=3D?=\r\n"},
        {"malformed UTF-8", "caf\xE9", "Subject: =?UTF-8?Q?caf=EF=BF=BD?=\r\n"},
        {"blanks folded into one", "  a   b  ", "Subject: a b\r\n"},
    };
    CLEANUP_BUF struct buf out = BUF_INIT(1 << 16);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].title);
        CHECK_STRING(text_header(&out, rows[i].value), rows[i].want);
    }
}

/* Decodes our own encoded-words, strictly; the oracle of the property below. */
static unsigned sextet(char c)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = strchr(alphabet, c);
    return at && c ? (unsigned)(at - alphabet) : 0;
}

static bool decode_word(struct text word, struct buf *ret)
{
    bool is_q = word.size > 10 && word.data[8] == 'Q';
    struct text body = text_slice(word, 10, word.size - 12);
    buf_clear(ret);
    for (size_t i = 0; is_q && i < body.size; i++) {
        if (body.data[i] == '=') {
            char two[3] = {body.data[i + 1], body.data[i + 2], 0};
            buf_add_char(ret, (char)strtoul(two, NULL, 16));
            i += 2;
        } else {
            buf_add_char(ret, body.data[i] == '_' ? ' ' : body.data[i]);
        }
    }
    for (size_t i = 0; !is_q && i + 3 < body.size; i += 4) {
        unsigned bits = sextet(body.data[i]) << 18 | sextet(body.data[i + 1]) << 12 |
                        sextet(body.data[i + 2]) << 6 | sextet(body.data[i + 3]);
        buf_add_char(ret, (char)(bits >> 16));
        if (body.data[i + 2] != '=')
            buf_add_char(ret, (char)(bits >> 8));
        if (body.data[i + 3] != '=')
            buf_add_char(ret, (char)bits);
    }
    return text_is_utf8(buf_text(ret)); /* characters are never cut */
}

/* Lines within 76, words within 75, nothing but printable ASCII; gives the decoded value. */
static void check_field(struct text field, struct buf *ret)
{
    CLEANUP_BUF struct buf word_text = BUF_INIT(1 << 16);
    bool was_encoded = false, is_first = true;
    CHECK(text_ends_nocase(field, "\r\n"));
    field.size -= 2;
    while (field.data) {
        size_t end = text_find(field, TEXT("\r\n"));
        struct text line = text_slice(field, 0, end);
        field = end < field.size ? text_from(field, end + 2) : (struct text){0};
        CHECK(line.size <= 76);
        CHECK(is_first || line.data[0] == ' ');
        for (size_t i = 0; i < line.size; i++)
            CHECK(line.data[i] >= ' ' && line.data[i] <= '~');
        struct text rest = text_from(line, is_first ? strlen("Subject: ") : 1);
        is_first = false;
        bool is_encoded = text_starts(rest, "=?UTF-8?");
        if (is_encoded) {
            CHECK(rest.size <= 75);
            CHECK(decode_word(rest, &word_text));
            buf_add_text(ret, buf_text(&word_text));
        } else {
            if (ret->size && !was_encoded)
                buf_add_char(ret, ' ');
            buf_add_text(ret, rest);
        }
        was_encoded = is_encoded;
    }
}

static uint32_t random_state = 1;
static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

/* French, Japanese, emoji, combining marks, very long words. */
static void random_value(struct buf *out)
{
    static const uint32_t ranges[][2] = {{'a', 26},     {' ', 1},       {0xE0, 30},  {0x4E00, 5000},
                                         {0x3041, 90},  {0x1F300, 200}, {0x300, 30}, {'!', 15},
                                         {0xFF01, 100}, {'0', 10}};
    uint32_t style = random_below(4), size = random_below(200);
    for (uint32_t i = 0; i < size; i++) {
        size_t range = style == 0 ? random_below(2) : random_below(10);
        if (style == 3)
            range = 0;
        buf_add_rune(out, ranges[range][0] + random_below(ranges[range][1]));
    }
}

TEST(any_text_survives_encoding)
{
    for (int i = 0; i < 20000; i++) {
        CLEANUP_BUF struct buf value = BUF_INIT(1 << 16), out = BUF_INIT(1 << 16),
                               got = BUF_INIT(1 << 16), want = BUF_INIT(1 << 16);
        random_value(&value);
        buf_add_char(&value, 'z');
        header_text(&out, "Subject", buf_text(&value));
        check_field(buf_text(&out), &got);
        /* blanks are cleaned before */
        for (size_t b = 0; b < value.size; b++)
            if (value.data[b] != ' ' ||
                (want.size && value.data[b + 1] != ' ' && value.data[b + 1]))
                buf_add_char(&want, value.data[b]);
        CHECK_STRING(got.data, want.data);
        if (check_failures)
            return;
    }
}

TEST(mailboxes)
{
    static const struct {
        const char *title, *display, *address, *want;
    } rows[] = {
        {"bare", NULL, "a@example.org", "To: a@example.org\r\n"},
        {"atom", "Jean Petit", "a@example.org", "To: Jean Petit <a@example.org>\r\n"},
        {"comma", "Petit, Jean", "a@example.org", "To: \"Petit, Jean\" <a@example.org>\r\n"},
        {"quotes", "Jean \"Jo\" \\ Petit", "a@example.org",
         "To: \"Jean \\\"Jo\\\" \\\\ Petit\" <a@example.org>\r\n"},
        {"accents", "Hélène", "a@example.org",
         "To: =?UTF-8?Q?H=C3=A9l=C3=A8ne?= <a@example.org>\r\n"},
        {"kanji", "田中 太郎", "a@example.org",
         "To: =?UTF-8?B?55Sw5LitIOWkqumDjg==?= <a@example.org>\r\n"},
        {"injection", "x\r\nBcc: y@example.org", "a@example.org",
         "To: \"x Bcc: y@example.org\" <a@example.org>\r\n"},
        {"address in the name", "b@example.com", "a@example.org",
         "To: \"b@example.com\" <a@example.org>\r\n"},
    };
    CLEANUP_BUF struct buf out = BUF_INIT(1 << 16);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct mailbox mailbox = {rows[i].display, rows[i].address};
        CHECK_ROW(rows[i].title);
        buf_clear(&out);
        header_mailboxes(&out, "To", &mailbox, 1);
        CHECK_STRING(out.data, rows[i].want);
    }
}

TEST(unsafe_addresses)
{
    static const char *const rows[] = {
        "",
        "a",
        "@example.org",
        "a@",
        "a b@example.org",
        "a@b@c",
        "a@x\r\nBcc:",
        "<a@example>",
        "a,b@example",
        "é@example.org",
        "a@exa\x01m",
        "a;b@example",
        "a:b@example",
        "(a)@example",
        "\"a@example",
        "\"a\\\"@example",
        "\"a\"b\"@example",
        "\"a\r\nb\"@example",
        "a\"b\"@example",
        "a@[1.2.3.4",
        "a@[]",
        "a@[1>2]",
        "a@\"b\"",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i]);
        CHECK(!header_address_is_safe(rows[i]));
    }
    CHECK(!header_address_is_safe(NULL));
    CHECK(header_address_is_safe("o'neil+x@xn--bcher-kva.example"));
    CHECK(header_address_is_safe("\"a b, @\\\"c\"@example.org"));
    CHECK(header_address_is_safe("a@[IPv6:2001:db8::1]"));
}

TEST(tokens_stay_on_one_line)
{
    CLEANUP_BUF struct buf out = BUF_INIT(1 << 16);
    header_token(&out, "List-Unsubscribe", TEXT("<mailto:a\r\n@b>\xC3\xA9"));
    CHECK_STRING(out.data, "List-Unsubscribe: <mailto:a@b>\r\n");
}

TEST(dates)
{
    static const struct {
        const char *zone, *at, *want;
    } rows[] = {
        {"Europe/Paris", "2026-10-05T07:00:00Z", "Date: Mon, 05 Oct 2026 09:00:00 +0200\r\n"},
        {"Asia/Tokyo", "2026-12-31T15:00:00Z", "Date: Fri, 01 Jan 2027 00:00:00 +0900\r\n"},
        {"America/St_Johns", "2026-01-01T00:00:00Z", "Date: Wed, 31 Dec 2025 20:30:00 -0330\r\n"},
    };
    struct zones *zones = zones_new(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEANUP_BUF struct buf out = BUF_INIT(1 << 10);
        struct instant t;
        CHECK_ROW(rows[i].zone);
        REQUIRE(instant_parse_rfc3339(text_of(rows[i].at), &t));
        header_date(&out, "Date", t, zones_find(zones, text_of(rows[i].zone)));
        CHECK_STRING(out.data, rows[i].want);
    }
    zones_free(zones);
}

TEST(quoted_printable)
{
    static const struct {
        const char *title, *text, *want;
    } rows[] = {
        {"plain", "abc", "abc\r\n"},          {"line ends", "a\nb\r\nc\rd", "a\r\nb\r\nc=0Dd\r\n"},
        {"equals", "a=b", "a=3Db\r\n"},       {"blank at the end", "a \nb\t", "a=20\r\nb=09\r\n"},
        {"From", "From me", "=46rom me\r\n"}, {"lone dot", ".\n..", "=2E\r\n..\r\n"},
        {"accents", "é", "=C3=A9\r\n"},       {"empty", "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEANUP_BUF struct buf out = BUF_INIT(1 << 10);
        CHECK_ROW(rows[i].title);
        transfer_text(&out, TRANSFER_QUOTED_PRINTABLE, text_of(rows[i].text));
        CHECK_STRING(out.data ? out.data : "", rows[i].want);
    }
}

TEST(quoted_printable_lines_are_short)
{
    for (int i = 0; i < 2000; i++) {
        CLEANUP_BUF struct buf value = BUF_INIT(1 << 16), out = BUF_INIT(1 << 18);
        random_value(&value);
        random_value(&value);
        transfer_text(&out, TRANSFER_QUOTED_PRINTABLE, buf_text(&value));
        struct text rest = buf_text(&out);
        while (rest.data && rest.size)
            CHECK(text_next_line(&rest).size <= 76);
    }
}

CHECK_MAIN
