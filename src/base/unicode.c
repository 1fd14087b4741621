/* SPDX-License-Identifier: MIT */
/* unicode: ICU works on UTF-16, so each call goes there and back. Scratch room is malloc'ed, only
 * results go to the arena; text that is plainly in its normal form already takes no trip.        */
#include "base/unicode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ucnv_err.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

enum { REPLACEMENT = 0xFFFD, TEXT_SIZE_MAX = INT32_MAX / 8, UNITS_AT_ONCE = 2048 };
enum { DECODED_BYTES_MAX = INT32_MAX };

struct wide {
    UChar *data;
    int32_t size;
};

static void wide_done(struct wide *wide)
{
    free(wide->data);
}
#define CLEANUP_WIDE __attribute__((cleanup(wide_done)))

static bool wide_reserve(struct wide *wide, int32_t capacity)
{
    free(wide->data);
    wide->data = calloc((size_t)capacity + 1, sizeof *wide->data);
    return wide->data != NULL;
}

static bool wide_from(struct text text, struct wide *ret)
{
    UErrorCode error = U_ZERO_ERROR;
    if (text.size > TEXT_SIZE_MAX || !wide_reserve(ret, (int32_t)text.size))
        return false;
    u_strFromUTF8WithSub(ret->data, (int32_t)text.size, &ret->size, text.size ? text.data : "",
                         (int32_t)text.size, REPLACEMENT, NULL, &error);
    for (int32_t i = 0; i < ret->size; i++)
        if (ret->data[i] == 0) /* it would end the string that comes back */
            ret->data[i] = REPLACEMENT;
    return U_SUCCESS(error);
}

static char *wide_to_utf8(struct arena *arena, const struct wide *wide, size_t *ret_size)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t size = 0;
    u_strToUTF8WithSub(NULL, 0, &size, wide->data, wide->size, REPLACEMENT, NULL, &error);
    char *out = arena_alloc(arena, (size_t)size + 1);
    if (!out)
        return NULL;
    error = U_ZERO_ERROR;
    u_strToUTF8WithSub(out, size, NULL, wide->data, wide->size, REPLACEMENT, NULL, &error);
    if (ret_size)
        *ret_size = (size_t)size;
    return U_SUCCESS(error) ? out : NULL;
}

static bool wide_normalize(const UNormalizer2 *form, struct wide *wide)
{
    CLEANUP_WIDE struct wide out = {0};
    UErrorCode error = U_ZERO_ERROR;
    if (!form || !wide_reserve(&out, wide->size * 2 + 16))
        return false;
    out.size =
        unorm2_normalize(form, wide->data, wide->size, out.data, wide->size * 2 + 16, &error);
    if (error == U_BUFFER_OVERFLOW_ERROR) {
        int32_t size = out.size;
        error = U_ZERO_ERROR;
        if (!wide_reserve(&out, size))
            return false;
        out.size = unorm2_normalize(form, wide->data, wide->size, out.data, size, &error);
    }
    struct wide old = *wide;
    *wide = out;
    out = old;
    return U_SUCCESS(error);
}

/* Code points that are their own normal form and combine with no neighbour among themselves: Latin
 * below the combining marks, and what French and Japanese text is made of.                       */
static bool is_inert(uint32_t rune)
{
    return (rune && rune < 0x300) || (rune >= 0x2010 && rune <= 0x2027) || rune == 0x20AC ||
           (rune >= 0x3000 && rune <= 0x3029) || (rune >= 0x3041 && rune <= 0x3096) ||
           (rune >= 0x30A0 && rune <= 0x30FF) || (rune >= 0x4E00 && rune <= 0x9FFF) ||
           (rune >= 0xFF01 && rune <= 0xFF9F);
}

static bool is_plainly_nfc(struct text text)
{
    while (text.size) {
        unsigned char first = (unsigned char)text.data[0];
        if (first && first < 0x80) /* the most of it */
            text = text_from(text, 1);
        else if (!is_inert(text_next_rune(&text)))
            return false;
    }
    return true;
}

char *unicode_nfc(struct arena *arena, struct text text)
{
    CLEANUP_WIDE struct wide wide = {0};
    UErrorCode error = U_ZERO_ERROR;
    if (is_plainly_nfc(text))
        return arena_copy_text(arena, text);
    if (!wide_from(text, &wide) || !wide_normalize(unorm2_getNFCInstance(&error), &wide))
        return NULL;
    return wide_to_utf8(arena, &wide, NULL);
}

/* Runs of blanks become one space, none at the ends. */
static void wide_squeeze(struct wide *wide)
{
    int32_t to = 0;
    bool is_pending = false;
    for (int32_t from = 0; from < wide->size; from++) {
        UChar c = wide->data[from];
        if (u_isUWhiteSpace(c)) {
            is_pending = to > 0;
        } else {
            if (is_pending)
                wide->data[to++] = ' ';
            is_pending = false;
            wide->data[to++] = c;
        }
    }
    wide->size = to;
}

static bool wide_fold(struct text text, struct wide *ret)
{
    UErrorCode error = U_ZERO_ERROR;
    if (!wide_from(text, ret) || !wide_normalize(unorm2_getNFKCCasefoldInstance(&error), ret))
        return false;
    wide_squeeze(ret);
    return true;
}

/* ASCII, the most of what is folded, needs no tables. NULL with *ret_is_ascii: no memory. */
static char *fold_ascii(struct arena *arena, struct text text, bool *ret_is_ascii)
{
    *ret_is_ascii = true;
    for (size_t i = 0; i < text.size && *ret_is_ascii; i++)
        *ret_is_ascii = text.data[i] && (unsigned char)text.data[i] < 0x80;
    char *out = *ret_is_ascii ? arena_alloc(arena, text.size + 1) : NULL;
    size_t size = 0;
    bool is_pending = false;
    for (size_t i = 0; out && i < text.size; i++) {
        char c = text.data[i];
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            is_pending = size > 0;
            continue;
        }
        if (is_pending)
            out[size++] = ' ';
        is_pending = false;
        out[size++] = char_lower(c);
    }
    return out;
}

/* Letters and signs that have no decomposition but are typed one way or the other. */
static const char *loose_spelling(UChar c)
{
    switch (c) {
    case 0x00E6: /* ae */
        return "ae";
    case 0x0153: /* oe */
        return "oe";
    case 0x00F8:
        return "o";
    case 0x0142:
        return "l";
    case 0x2018:
    case 0x2019:
    case 0x02BC: /* apostrophes */
        return "'";
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013: /* hyphens */
        return "-";
    default:
        return NULL;
    }
}

/* Only the combining marks of Latin, Greek and Cyrillic go: U+3099 and U+309A make another kana. */
static bool wide_strip_accents(struct wide *wide)
{
    CLEANUP_WIDE struct wide out = {0};
    if (!wide_reserve(&out, wide->size * 2))
        return false;
    for (int32_t i = 0; i < wide->size; i++) {
        UChar c = wide->data[i];
        const char *spelling = loose_spelling(c);
        if (spelling)
            while (*spelling)
                out.data[out.size++] = (UChar)*spelling++;
        else if (c < 0x0300 || c > 0x036F)
            out.data[out.size++] = c;
    }
    struct wide old = *wide;
    *wide = out;
    out = old;
    return true;
}

char *unicode_fold_loose(struct arena *arena, struct text text)
{
    CLEANUP_WIDE struct wide wide = {0};
    UErrorCode error = U_ZERO_ERROR;
    bool is_ascii;
    char *folded = fold_ascii(arena, text, &is_ascii);
    if (is_ascii)
        return folded;
    if (!wide_fold(text, &wide) || !wide_normalize(unorm2_getNFDInstance(&error), &wide) ||
        !wide_strip_accents(&wide) || !wide_normalize(unorm2_getNFCInstance(&error), &wide))
        return NULL;
    wide_squeeze(&wide); /* an accent alone stood on a blank */
    return wide_to_utf8(arena, &wide, NULL);
}

uint32_t unicode_fold_rune(uint32_t rune)
{
    return (uint32_t)u_foldCase((UChar32)rune, U_FOLD_CASE_DEFAULT);
}

int unicode_width(uint32_t rune)
{
    if (rune < 0x300)
        return 1;
    switch (u_charType((UChar32)rune)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_FORMAT_CHAR: /* joiners and direction marks take no room either */
        return 0;
    default:
        break;
    }
    int width = u_getIntPropertyValue((UChar32)rune, UCHAR_EAST_ASIAN_WIDTH);
    return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

size_t unicode_text_width(struct text text)
{
    size_t width = 0;
    while (text.size)
        width += (size_t)unicode_width(text_next_rune(&text));
    return width;
}

/* ---- charsets ---- */

/* What the name means in files that people have: Latin-1 is always Microsoft's superset of it
 * (WHATWG Encoding 4.2), and so is Shift_JIS, which ICU knows best by the name windows-31j.      */
static const char *charset_meant(const char *charset)
{
    static const struct {
        const char *name, *meant;
    } rows[] = {
        {"iso-8859-1", "windows-1252"}, {"iso8859-1", "windows-1252"},
        {"latin1", "windows-1252"},     {"us-ascii", "windows-1252"},
        {"ascii", "windows-1252"},      {"cp1252", "windows-1252"},
        {"ansi", "windows-1252"},       {"shift_jis", "windows-31j"},
        {"shift-jis", "windows-31j"},   {"sjis", "windows-31j"},
        {"cp932", "windows-31j"},       {"ms932", "windows-31j"},
        {"windows-932", "windows-31j"}, {"utf8", "utf-8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (text_is_nocase(text_of(charset), rows[i].name))
            return rows[i].meant;
    return charset;
}

static void U_CALLCONV on_malformed(const void *context, UConverterToUnicodeArgs *arguments,
                                    const char *bytes, int32_t size,
                                    UConverterCallbackReason reason, UErrorCode *error)
{
    static const UChar replacement = REPLACEMENT;
    size_t *count = (size_t *)(uintptr_t)context;
    (void)bytes, (void)size;
    if (reason > UCNV_IRREGULAR)
        return; /* reset, close, clone */
    ++*count;
    *error = U_ZERO_ERROR;
    ucnv_cbToUWriteUChars(arguments, &replacement, 1, 0, error);
}

/* ICU reads seven signs of CP932 as IBM did; Windows, and so Excel, means these. */
static void wide_windows_signs(struct wide *wide)
{
    static const struct {
        UChar ibm, windows;
    } rows[] = {{0x2014, 0x2015}, {0x301C, 0xFF5E}, {0x2016, 0x2225}, {0x2212, 0xFF0D},
                {0x00A2, 0xFFE0}, {0x00A3, 0xFFE1}, {0x00AC, 0xFFE2}};
    for (int32_t i = 0; i < wide->size; i++)
        for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++)
            if (wide->data[i] == rows[k].ibm)
                wide->data[i] = rows[k].windows;
}

struct unicode_decoder {
    UConverter *converter;
    bool is_japanese_windows;
    bool is_begun;
    UChar lead; /* a half that waits for the other, or 0 */
    size_t malformed;
};

int unicode_decoder_open(const char *charset, struct unicode_decoder **ret)
{
    UErrorCode error = U_ZERO_ERROR;
    const char *meant = charset_meant(charset);
    if (!*meant) /* ICU would take its own default */
        return UNICODE_E_CHARSET;
    struct unicode_decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder)
        return -ENOMEM;
    decoder->is_japanese_windows = strcmp(meant, "windows-31j") == 0;
    decoder->converter = ucnv_open(meant, &error);
    if (U_SUCCESS(error))
        ucnv_setToUCallBack(decoder->converter, on_malformed, &decoder->malformed, NULL, NULL,
                            &error);
    if (U_FAILURE(error)) {
        unicode_decoder_close(decoder);
        return error == U_MEMORY_ALLOCATION_ERROR ? -ENOMEM : UNICODE_E_CHARSET;
    }
    *ret = decoder;
    return 0;
}

static void append_utf8(struct wide wide, struct buf *out)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t room = 3 * wide.size, size = 0;
    if (!buf_reserve(out, (size_t)room))
        return;
    u_strToUTF8WithSub(out->data + out->size, room, &size, wide.data, wide.size, REPLACEMENT, NULL,
                       &error);
    out->size += (size_t)size;
    out->data[out->size] = '\0';
}

int unicode_decoder_add(struct unicode_decoder *decoder, struct text bytes, bool is_last,
                        struct buf *out)
{
    const char *from = bytes.size ? bytes.data : "", *end = from + bytes.size;
    UErrorCode error;
    do {
        UChar units[UNITS_AT_ONCE], *to = units;
        if (decoder->lead)
            *to++ = decoder->lead;
        decoder->lead = 0;
        error = U_ZERO_ERROR;
        ucnv_toUnicode(decoder->converter, &to, units + UNITS_AT_ONCE, &from, end, NULL, is_last,
                       &error);
        if (U_FAILURE(error) && error != U_BUFFER_OVERFLOW_ERROR)
            return -ENOMEM;
        bool is_end = is_last && U_SUCCESS(error);
        if (to > units && U16_IS_LEAD(to[-1]) && !is_end)
            decoder->lead = *--to;
        struct wide wide = {units, (int32_t)(to - units)};
        if (decoder->is_japanese_windows)
            wide_windows_signs(&wide);
        if (wide.size && !decoder->is_begun && *wide.data == 0xFEFF) /* it has done its work */
            wide = (struct wide){units + 1, wide.size - 1};
        decoder->is_begun |= to > units;
        append_utf8(wide, out);
    } while (error == U_BUFFER_OVERFLOW_ERROR);
    return buf_error(out) ? -ENOMEM : 0;
}

size_t unicode_decoder_malformed(const struct unicode_decoder *decoder)
{
    return decoder->malformed;
}

void unicode_decoder_close(struct unicode_decoder *decoder)
{
    if (decoder)
        ucnv_close(decoder->converter);
    free(decoder);
}

int unicode_decode(struct arena *arena, struct text bytes, const char *charset,
                   struct text *ret_utf8, size_t *ret_malformed)
{
    CLEANUP_BUF struct buf out = BUF_INIT(DECODED_BYTES_MAX);
    struct unicode_decoder *decoder = NULL;
    int r = unicode_decoder_open(charset, &decoder);
    if (r)
        return r;
    r = unicode_decoder_add(decoder, bytes, true, &out);
    if (ret_malformed)
        *ret_malformed = decoder->malformed;
    unicode_decoder_close(decoder);
    char *utf8 = r ? NULL : arena_copy_text(arena, buf_text(&out));
    if (!utf8)
        return -ENOMEM;
    *ret_utf8 = (struct text){utf8, out.size};
    return 0;
}
