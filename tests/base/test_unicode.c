/* SPDX-License-Identifier: MIT */
#include "base/unicode.h"

#include "check.h"

enum { ARENA_BYTES = 1 << 22 };

TEST(nfc)
{
    static const struct {
        const char *title, *in, *want;
    } rows[] = {
        {"ascii", "abc", "abc"},
        {"composed stays", "é", "é"},
        {"accent composes", "e\xCC\x81", "é"},
        {"voiced kana composes", "か\xE3\x82\x99", "が"},
        {"half-width kana stay", "ｶﾞ", "ｶﾞ"},
        {"malformed", "a\xFFz", "a\xEF\xBF\xBDz"},
        {"empty", "", ""},
        {"compatibility ideograph has a canonical twin", "\xEF\xA8\x9A", "\xE7\xA5\xA5"},
    };
    struct arena *arena = arena_new(ARENA_BYTES);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].title);
        CHECK_STRING(unicode_nfc(arena, text_of(rows[i].in)), rows[i].want);
    }
    CHECK_ROW("a NUL does not cut the text");
    CHECK_STRING(unicode_nfc(arena, TEXT("a\0b")), "a\xEF\xBF\xBD"
                                                   "b");
    CHECK_STRING(unicode_fold_loose(arena, TEXT("A\0b")), "a\xEF\xBF\xBD"
                                                          "b");
    arena_free(arena);
}

/* The short way for plain text gives what ICU gives: a Hangul letter, which joins nothing before
 * it, forces the long way. */
TEST(short_way_equals_long_way)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    int wrong = 0;
    for (uint32_t rune = 1; rune < 0x11000; rune++) {
        char text[16];
        struct arena_mark mark = arena_mark(arena);
        if (rune >= 0xD800 && rune < 0xE000)
            continue;
        size_t size = rune_encode(rune, text);
        const char *plain = unicode_nfc(arena, (struct text){text, size});
        memcpy(text + size, "\xE1\x84\x80", 3); /* U+1100 */
        const char *with_hangul = unicode_nfc(arena, (struct text){text, size + 3});
        REQUIRE(plain && with_hangul);
        wrong += strncmp(plain, with_hangul, strlen(with_hangul) - 3) != 0 ||
                 strlen(plain) != strlen(with_hangul) - 3;
        arena_rewind(arena, mark);
    }
    CHECK_INT(wrong, 0);
    for (int a = 1; a < 128; a++)
        for (int b = 1; b < 128; b++) {
            struct arena_mark mark = arena_mark(arena);
            char text[] = {(char)a, (char)b, 'x', '\xE1', '\x84', '\x80', '\0'};
            const char *loose = unicode_fold_loose(arena, (struct text){text, 3});
            const char *with_hangul = unicode_fold_loose(arena, text_of(text));
            REQUIRE(loose && with_hangul);
            wrong += strlen(with_hangul) != strlen(loose) + 3 ||
                     strncmp(loose, with_hangul, strlen(loose)) != 0;
            arena_rewind(arena, mark);
        }
    CHECK_INT(wrong, 0);
    arena_free(arena);
}

TEST(folds)
{
    static const struct {
        const char *title, *in, *want;
    } rows[] = {
        {"accents", "Élus", "elus"},
        {"decomposed accents", "E\xCC\x81lus", "elus"},
        {"blanks", " \xC2\xA0 Comité\t\n du  Japon\xE3\x80\x80", "comite du japon"},
        {"full width", "ＡＢＣ　１２", "abc 12"},
        {"half-width kana", "ｶﾞｯｺｳ", "ガッコウ"},
        {"voicing marks stay", "がぎ パピ", "がぎ パピ"},
        {"ligatures", "CHŒUR Ægir", "choeur aegir"},
        {"apostrophes", "L’Élu", "l'elu"},
        {"hyphens", "Aix‑en–Provence", "aix-en-provence"},
        {"sharp s", "Straße", "strasse"},
        {"turkish dotted i", "İZMİR", "izmir"},
        {"zero width space goes",
         "a\xE2\x80\x8B"
         "b",
         "ab"},
        {"an accent alone", "a \xC2\xB4", "a"},
        {"only blanks", " \xC2\xA0 ", ""},
        {"malformed", "\xFF", "\xEF\xBF\xBD"},
        {"hangul", "한국", "한국"},
    };
    struct arena *arena = arena_new(ARENA_BYTES);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].title);
        CHECK_STRING(unicode_fold_loose(arena, text_of(rows[i].in)), rows[i].want);
    }
    arena_free(arena);
}

TEST(widths)
{
    static const struct {
        const char *text;
        size_t width;
    } rows[] = {
        {"abc", 3},
        {"é", 1},
        {"e\xCC\x81", 1},
        {"東京", 4},
        {"ｱｲｳ", 3},
        {"ＡＢ", 4},
        {"〜", 2},
        {"か\xE3\x82\x99", 2},
        {"…", 1},
        {"👋", 2},
        {"a\xE2\x80\x8D"
         "b",
         2},
        {"", 0},
        {"～", 2},
        {"\xC2\xA0", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].text);
        CHECK_INT(unicode_text_width(text_of(rows[i].text)), rows[i].width);
    }
}

/* One byte at a time it says the same. */
static void check_in_pieces(const char *charset, struct text bytes, const char *want,
                            size_t malformed)
{
    CLEANUP_BUF struct buf out = BUF_INIT(1 << 20);
    struct unicode_decoder *decoder;
    REQUIRE(unicode_decoder_open(charset, &decoder) == 0);
    for (size_t i = 0; i < bytes.size; i++)
        CHECK_INT(unicode_decoder_add(decoder, text_slice(bytes, i, 1), false, &out), 0);
    CHECK_INT(unicode_decoder_add(decoder, TEXT(""), true, &out), 0);
    CHECK_STRING(out.data, want);
    CHECK_INT(unicode_decoder_malformed(decoder), malformed);
    unicode_decoder_close(decoder);
}

TEST(charsets)
{
    static const struct {
        const char *title, *charset, *bytes;
        size_t size;
        const char *want;
        size_t malformed;
    } rows[] = {
        {"euro and oe", "windows-1252", "\x80 c\x9Cur", 6, "€ cœur", 0},
        {"latin-1 is 1252", "ISO-8859-1", "d\x92\xE9t\xE9", 5, "d’été", 0},
        {"circled one", "CP932", "\x87\x40", 2, "①", 0},
        {"ladder taka", "Shift_JIS", "\xFB\xFC", 2, "髙", 0},
        {"wave dash as Windows", "windows-31j", "\x81\x60\x81\x7C\x81\x61\x81\x5C", 8, "～－∥―", 0},
        {"backslash and tilde", "CP932", "\\~", 2, "\\~", 0},
        {"half-width kana", "CP932", "\xB6\xDE", 2, "ｶﾞ", 0},
        {"euc", "EUC-JP", "\xC5\xEC\xB5\xFE", 4, "東京", 0},
        {"euc circled one", "EUC-JP", "\xAD\xA1", 2, "①", 0},
        {"jis", "ISO-2022-JP", "\x1B$BEl5~\x1B(B!", 11, "東京!", 0},
        {"jis circled one", "ISO-2022-JP", "\x1B$B-!\x1B(B", 8, "①", 0},
        {"utf-16 le", "UTF-16", "\xFF\xFE\xE9\x00", 4, "é", 0},
        {"utf-16 be", "UTF-16", "\xFE\xFF\x67\x71", 4, "東", 0},
        {"a pair", "UTF-16LE", "\x3D\xD8\x00\xDE", 4, "😀", 0},
        {"half a pair", "UTF-16LE", "\x3D\xD8", 2, "\xEF\xBF\xBD", 1},
        {"utf-8 with mark", "UTF-8", "\xEF\xBB\xBFok", 5, "ok", 0},
        {"utf-8 malformed", "UTF-8", "a\xFF\xFEz", 4, "a\xEF\xBF\xBD\xEF\xBF\xBDz", 2},
        {"cp932 cut", "CP932", "A\x87", 2, "A\xEF\xBF\xBD", 1},
        {"empty", "CP932", "", 0, "", 0},
    };
    struct arena *arena = arena_new(ARENA_BYTES);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text utf8 = {0};
        size_t malformed = 99;
        CHECK_ROW(rows[i].title);
        CHECK_INT(unicode_decode(arena, (struct text){rows[i].bytes, rows[i].size}, rows[i].charset,
                                 &utf8, &malformed),
                  0);
        CHECK_STRING(utf8.data, rows[i].want);
        CHECK_INT(malformed, rows[i].malformed);
        check_in_pieces(rows[i].charset, (struct text){rows[i].bytes, rows[i].size}, rows[i].want,
                        rows[i].malformed);
    }
    struct text utf8;
    CHECK_ROW("unknown names");
    CHECK_INT(unicode_decode(arena, TEXT("x"), "klingon", &utf8, NULL), UNICODE_E_CHARSET);
    CHECK_INT(unicode_decode(arena, TEXT("x"), "", &utf8, NULL), UNICODE_E_CHARSET);
    arena_free(arena);
}

/* Longer than what is decoded at once, the pairs at even and odd places. */
TEST(long_texts)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    for (size_t blanks = 0; blanks < 2; blanks++) {
        CLEANUP_BUF struct buf bytes = BUF_INIT(1 << 20), want = BUF_INIT(1 << 20);
        struct text utf8;
        if (blanks) {
            buf_add(&bytes, " ", 2);
            buf_add_char(&want, ' ');
        }
        for (int i = 0; i < 5000; i++) {
            buf_add(&bytes, "\x3D\xD8\x00\xDE", 4);
            buf_add_string(&want, "😀");
        }
        REQUIRE(unicode_decode(arena, buf_text(&bytes), "UTF-16LE", &utf8, NULL) == 0);
        CHECK_STRING(utf8.data, want.data);
        check_in_pieces("UTF-16LE", buf_text(&bytes), want.data, 0);
    }
    arena_free(arena);
}

TEST(memory_refused)
{
    struct arena *arena = arena_new(64);
    struct text utf8;
    static char big[4096];
    memset(big, 'e', sizeof big);
    struct text text = {big, sizeof big};
    REQUIRE(arena != NULL);
    CHECK(unicode_nfc(arena, text) == NULL);
    CHECK(unicode_fold_loose(arena, text) == NULL);
    CHECK(unicode_decode(arena, text, "CP932", &utf8, NULL) < 0);
    arena_free(arena);
}

CHECK_MAIN
