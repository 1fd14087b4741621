/* room: base */
/* SPDX-License-Identifier: MIT */
/* Any bytes, as UTF-8 and in the charsets of old files: what comes out is UTF-8, and folding what
 * is folded changes nothing.                                                                     */
#include <assert.h>
#include <string.h>

#include "base/unicode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const charsets[] = {"windows-1252", "CP932",  "EUC-JP",
                                           "ISO-2022-JP",  "UTF-16", "UTF-8"};
    struct text text = {(const char *)data, size};
    struct arena *arena = arena_new(1 << 24);
    assert(arena);
    char *nfc = unicode_nfc(arena, text);
    char *loose = unicode_fold_loose(arena, text);
    assert(nfc && loose);
    assert(text_is_utf8(text_of(nfc)) && text_is_utf8(text_of(loose)));
    assert(strcmp(unicode_nfc(arena, text_of(nfc)), nfc) == 0);
    assert(strcmp(unicode_fold_loose(arena, text_of(loose)), loose) == 0);
    assert(unicode_text_width(text) <= 2 * size);
    for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++) {
        struct text utf8;
        size_t malformed;
        int r = unicode_decode(arena, text, charsets[i], &utf8, &malformed);
        assert(r == 0 && text_is_utf8(utf8) && malformed <= size + 1);
    }
    arena_free(arena);
    return 0;
}
