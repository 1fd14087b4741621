/* SPDX-License-Identifier: MIT */
/* Holes are the last private characters of Unicode, U+10FF00 and on. Should a calendar ever hold
 * one, its reader sees one of his own words there, and nobody else's.                            */
#include "compose/personal.h"

#include <errno.h>
#include <string.h>

#include "compose/mustache.h"
#include "compose/salutation.h"

#define HOLE_START "\xF4\x8F\xBC"
enum { HOLE_FIRST = 0x10FF00 };

int personal_of(struct arena *arena, const struct contact *contact, struct personal *ret)
{
    const struct person *person = &contact->person;
    enum language language = contact->language;
    *ret = (struct personal){
        .words = {[PERSONAL_OPENING] = salutation_opening(arena, contact, language),
                  [PERSONAL_CALL] = salutation_call(arena, contact, language),
                  [PERSONAL_CLOSING] = salutation_closing(arena, contact, language),
                  [PERSONAL_NAME] = salutation_person(arena, person, language),
                  [PERSONAL_GIVEN] = person->given,
                  [PERSONAL_FAMILY] = person->family,
                  [PERSONAL_TITLE] = person->title,
                  [PERSONAL_FUNCTION] = person->function,
                  [PERSONAL_ORGANISATION] = contact->organisation,
                  [PERSONAL_DEPARTMENT] = contact->department,
                  [PERSONAL_EMAIL] = contact->email}};
    return ret->words[PERSONAL_OPENING] && ret->words[PERSONAL_CALL] &&
                   ret->words[PERSONAL_CLOSING] && ret->words[PERSONAL_NAME]
               ? 0
               : -ENOMEM;
}

#define VARIABLE_ROW(name, variable) variable,
static const char *const variables[] = {PERSONAL_WORDS(VARIABLE_ROW)};
#undef VARIABLE_ROW

const char *personal_variable(enum personal_word word)
{
    return variables[word];
}

const char *personal_hole(enum personal_word word)
{
    static char holes[PERSONAL_COUNT][PERSONAL_HOLE_BYTES + 1];
    if (!holes[word][0])
        (void)rune_encode(HOLE_FIRST + (uint32_t)word, holes[word]); /* always four bytes */
    return holes[word];
}

bool personal_find_hole(struct text text, size_t *ret_start, enum personal_word *ret_word)
{
    struct text rest = text;
    for (;;) {
        const char *at = rest.size ? memchr(rest.data, HOLE_START[0], rest.size) : NULL;
        if (!at)
            return false;
        rest = text_from(rest, (size_t)(at - rest.data));
        if (text_starts(rest, HOLE_START) && rest.size >= PERSONAL_HOLE_BYTES) {
            unsigned word = (unsigned char)rest.data[3] - 0x80u;
            if (word < PERSONAL_COUNT) {
                *ret_start = (size_t)(at - text.data);
                *ret_word = (enum personal_word)word;
                return true;
            }
        }
        rest = text_from(rest, 1);
    }
}

static void fill(struct buf *out, struct text text, const struct personal *personal, bool is_html)
{
    size_t start;
    enum personal_word word;
    while (personal_find_hole(text, &start, &word)) {
        struct text value = text_of(personal->words[word]);
        buf_add(out, text.data, start);
        while (is_html && value.data) {
            mustache_escape(text_split(&value, '\n'), ESCAPE_HTML, out);
            buf_add_string(out, value.data ? "<br>\n" : "");
        }
        if (!is_html)
            buf_add_text(out, value);
        text = text_from(text, start + PERSONAL_HOLE_BYTES);
    }
    buf_add_text(out, text);
}

void personal_fill_html(struct buf *out, struct text text, const struct personal *personal)
{
    fill(out, text, personal, true);
}

void personal_fill_plain(struct buf *out, struct text text, const struct personal *personal)
{
    fill(out, text, personal, false);
}
