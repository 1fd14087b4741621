/* SPDX-License-Identifier: MIT */
#include "compose/salutation.h"

#include <string.h>

#include "base/buf.h"
#include "base/list.h"
#include "base/unicode.h"
#include "compose/protocol.h"

enum { SALUTATION_BYTES_MAX = 8000 };

static const char *finish(struct arena *arena, const struct buf *out)
{
    return buf_error(out) ? NULL : arena_copy_text(arena, buf_text(out));
}

/* Kanji or kana: a name that is written family first, without a comma. */
static bool is_japanese(const char *name)
{
    struct text rest = text_of(name);
    while (rest.size) {
        uint32_t rune = text_next_rune(&rest);
        if ((rune >= 0x3040 && rune < 0x3100) || (rune >= 0x3400 && rune < 0xA000) ||
            (rune >= 0xF900 && rune < 0xFB00) || (rune >= 0x20000 && rune < 0x33000))
            return true;
    }
    return false;
}

static bool has_name(const struct person *person)
{
    return !string_is_empty(person->name) || !string_is_empty(person->family) ||
           !string_is_empty(person->given);
}

/* The printed name is the list's own where it has one: nobody's order is turned round. */
static void add_name(struct buf *out, const struct person *person)
{
    if (!string_is_empty(person->name)) {
        buf_add_string(out, person->name);
        return;
    }
    bool is_family_first = is_japanese(person->family) || is_japanese(person->given);
    const char *first = is_family_first ? person->family : person->given;
    const char *second = is_family_first ? person->given : person->family;
    buf_add_string(out, first);
    if (!string_is_empty(first) && !string_is_empty(second))
        buf_add_char(out, ' ');
    buf_add_string(out, second);
}

/* ---- French ---- */

static void call_french(struct buf *out, const struct person *person)
{
    enum gender gender = protocol_gender(person->title);
    const struct protocol_title *title = protocol_find(person->function, &gender);

    if (!string_is_empty(person->salutation)) {
        struct text words = text_trim(text_of(person->salutation));
        while (words.size && words.data[words.size - 1] == ',')
            words = text_trim(text_slice(words, 0, words.size - 1));
        buf_add_text(out, words);
    } else if (gender == GENDER_UNKNOWN) {
        buf_add_string(out, "Madame, Monsieur");
    } else if (title) {
        bool is_woman = gender == GENDER_WOMAN;
        buf_printf(out, "%s %s", is_woman ? "Madame" : "Monsieur",
                   is_woman ? title->woman : title->man);
    } else {
        buf_add_string(out, gender == GENDER_WOMAN ? "Madame" : "Monsieur");
    }
}

static enum gender gender_of(const struct person *person)
{
    enum gender gender = protocol_gender(person->title);
    (void)protocol_find(person->function, &gender); /* a feminine form may tell */
    return gender;
}

/* Several people: each called, in the order of the list; a doubt makes it general. */
static void calls_french(struct buf *out, const struct contact *contact)
{
    enum { CALLS_MAX = 3 };
    bool is_general = contact->person_count > CALLS_MAX;
    for (size_t i = 0; i < contact->person_count; i++)
        is_general |= string_is_empty(contact->people[i].salutation) &&
                      gender_of(&contact->people[i]) == GENDER_UNKNOWN;
    if (contact->person_count < 2) {
        call_french(out, &contact->person);
        return;
    }
    if (is_general) {
        buf_add_string(out, "Mesdames, Messieurs");
        return;
    }
    for (size_t i = 0; i < contact->person_count; i++) {
        buf_add_string(out, i ? ", " : "");
        call_french(out, &contact->people[i]);
    }
}

static bool is_honoured(const struct contact *contact)
{
    for (size_t i = 0; i < contact->person_count; i++) {
        enum gender gender = GENDER_UNKNOWN;
        const struct protocol_title *title = protocol_find(contact->people[i].function, &gender);
        if (title && title->is_high)
            return true;
    }
    return false;
}

/* ---- Japanese ---- */

/* The length of the honorific at the end of a name, 0 when there is none. */
static size_t honorific_size(struct text name)
{
    static const char *const honorifics[] = {"様",   "御中", "先生", "殿",
                                             "閣下", "各位", "さま", "さん"};
    for (size_t i = 0; i < sizeof honorifics / sizeof *honorifics; i++)
        if (text_ends_nocase(name, honorifics[i]))
            return strlen(honorifics[i]);
    return 0;
}

static bool ends_with_honorific(const char *name)
{
    return honorific_size(text_trim(text_of(name))) > 0;
}

static const char *honorific(const struct person *person)
{
    return person->title && ends_with_honorific(person->title) ? person->title : "様";
}

static void person_japanese(struct buf *out, const struct person *person)
{
    add_name(out, person);
    if (!ends_with_honorific(person->name))
        buf_printf(out, " %s", honorific(person));
}

static void add_line(struct buf *out, const char *line)
{
    if (string_is_empty(line))
        return;
    if (out->size)
        buf_add_char(out, '\n');
    buf_add_string(out, line);
}

/* Above a name that bears 様, nothing else does: neither 御中 nor 課長様. */
static void add_line_above(struct buf *out, const char *line)
{
    struct text words = text_trim(text_of(line));
    words = text_trim(text_slice(words, 0, words.size - honorific_size(words)));
    if (!words.size)
        return;
    if (out->size)
        buf_add_char(out, '\n');
    buf_add_text(out, words);
}

static bool is_anybody_named(const struct contact *contact)
{
    for (size_t i = 0; i < contact->person_count; i++)
        if (has_name(&contact->people[i]) || !string_is_empty(contact->people[i].salutation))
            return true;
    return false;
}

/* 国際課, 事務局: a place where people work, not what one of them is. */
static bool is_office(const char *function)
{
    static const char *const endings[] = {"課", "部", "室",       "局",   "係",  "班",
                                          "会", "署", "センター", "支所", "担当"};
    struct text words = text_trim(text_of(function));
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (text_ends_nocase(words, endings[i]))
            return true;
    return false;
}

/* 熊本市 / 国際課 / 課長 / 田中 太郎 様 */
static void opening_japanese(struct buf *out, const struct contact *contact)
{
    bool is_named = is_anybody_named(contact);
    void (*add)(struct buf *, const char *) = is_named ? add_line_above : add_line;
    add(out, contact->organisation);
    add(out, contact->department);
    for (size_t i = 0; i < contact->person_count; i++) {
        const struct person *person = &contact->people[i];
        if (!string_is_empty(person->salutation)) {
            add_line(out, person->salutation);
        } else if (has_name(person)) {
            add_line_above(out, person->function);
            if (out->size)
                buf_add_char(out, '\n');
            person_japanese(out, person);
        }
    }
    if (is_named)
        return;
    bool has_office = is_office(contact->person.function);
    if (has_office)
        add_line(out, contact->person.function);
    if (out->size && (has_office || string_is_empty(contact->person.function))) {
        if (!ends_with_honorific(out->data))
            buf_add_string(out, " 御中");
    } else {
        add_line(out, "ご担当者様");
    }
}

/* ---- English ---- */

static const char nobody_english[] = "Sir or Madam";

static const char *title_english(const struct person *person)
{
    enum gender gender = protocol_gender(person->title);
    const char *title = protocol_english_title(person->title);
    if (!title && gender != GENDER_UNKNOWN)
        title = gender == GENDER_WOMAN ? "Ms" : "Mr";
    return title;
}

static void person_english(struct buf *out, const struct person *person)
{
    const char *title = title_english(person);
    if (title)
        buf_printf(out, "%s ", title);
    add_name(out, person);
}

/* BYRNE: written in capitals to be known as the family's. */
static bool is_in_capitals(struct text word)
{
    size_t capitals = 0;
    for (size_t i = 0; i < word.size; i++) {
        if (word.data[i] >= 'a' && word.data[i] <= 'z')
            return false;
        capitals += char_is_alpha(word.data[i]);
    }
    return capitals > 1;
}

/* The words of a name that stand in capitals, side by side and not the whole name. */
static struct text capitals_of(struct text name)
{
    struct text rest = name, found = {0};
    size_t words = 0, taken = 0;
    while (rest.data) {
        struct text word = text_split(&rest, ' ');
        words += word.size > 0;
        if (!is_in_capitals(word))
            continue;
        taken++;
        if (!found.data)
            found = word;
        found.size = (size_t)(word.data + word.size - found.data);
    }
    return taken && taken < words ? found : (struct text){0};
}

/* Where the given name comes last. */
static bool is_family_first_country(const char *country)
{
    static const char *const countries[] = {"JP", "CN", "KR", "KP", "TW", "HK", "VN", "HU", "KH"};
    for (size_t i = 0; i < sizeof countries / sizeof *countries; i++)
        if (string_equal(country, countries[i]))
            return true;
    return false;
}

/* The family name, as far as one can be sure of it: the list's own column, capitals, what stands
 * before a comma, the last of two words where the country is known to put it there. Else nothing:
 * "Dear Ms Hanako" would be worse than the whole name.                                           */
static struct text family_of(const struct contact *contact, const struct person *person)
{
    struct text name = text_trim(text_of(person->name));
    size_t comma = text_find_char(name, ','), space = text_find_char(name, ' ');
    if (!string_is_empty(person->family))
        return text_trim(text_of(person->family));
    if (comma && comma < name.size)
        return text_trim(text_slice(name, 0, comma));
    struct text capitals = capitals_of(name);
    struct text last = text_trim(text_from(name, space));
    bool is_pair = last.size && text_find_char(last, ' ') == last.size;
    if (capitals.size)
        return capitals;
    return is_pair && !is_japanese(person->name) && contact->country &&
                   !is_family_first_country(contact->country)
               ? last
               : (struct text){0};
}

/* After "Dear": "Ms Byrne"; "Mary Byrne" when the family name is not known for sure. A doctor stays
 * one.                                                                                           */
static void call_english(struct buf *out, const struct contact *contact,
                         const struct person *person)
{
    const char *title = title_english(person);
    struct text family = family_of(contact, person);
    bool is_rank = title && (string_equal(title, "Dr") || string_equal(title, "Prof."));
    if (title && family.size) {
        buf_printf(out, "%s %.*s", title, (int)family.size, family.data);
        return;
    }
    if (is_rank)
        buf_printf(out, "%s ", title);
    add_name(out, person);
}

static void calls_english(struct buf *out, const struct contact *contact)
{
    enum { CALLS_MAX = 3 };
    size_t named = 0;
    for (size_t i = 0; i < contact->person_count; i++)
        named += has_name(&contact->people[i]);
    if (!named || named < contact->person_count) {
        buf_add_string(out, nobody_english);
        return;
    }
    if (named > CALLS_MAX) {
        buf_add_string(out, "Colleagues");
        return;
    }
    for (size_t i = 0; i < contact->person_count; i++) {
        buf_add_string(out, !i ? "" : i + 1 == contact->person_count ? " and " : ", ");
        call_english(out, contact, &contact->people[i]);
    }
}

/* ---- all ---- */

const char *salutation_call(struct arena *arena, const struct contact *contact,
                            enum language language)
{
    CLEANUP_BUF struct buf out = BUF_INIT(SALUTATION_BYTES_MAX);
    const struct person *person = &contact->person;
    switch (language) {
    case LANGUAGE_FR:
        calls_french(&out, contact);
        break;
    case LANGUAGE_JA:
        if (contact->person_count > 1)
            buf_add_string(&out, "皆様");
        else if (!has_name(person))
            buf_add_string(&out, "ご担当者様");
        else if (is_japanese(person->family))
            buf_printf(&out, "%s%s", person->family, honorific(person));
        else
            person_japanese(&out, person);
        break;
    case LANGUAGE_EN:
        calls_english(&out, contact);
        break;
    }
    return finish(arena, &out);
}

static const char *opening_english(struct arena *arena, const struct contact *contact)
{
    const char *own = contact->person.salutation;
    if (contact->person_count == 1 && !string_is_empty(own)) {
        struct text words = text_trim(text_of(own));
        bool has_comma = words.size && words.data[words.size - 1] == ',';
        return arena_printf(arena, "%.*s%s", (int)words.size, words.data, has_comma ? "" : ",");
    }
    const char *call = salutation_call(arena, contact, LANGUAGE_EN);
    return call ? arena_printf(arena, "Dear %s,", call) : NULL;
}

const char *salutation_opening(struct arena *arena, const struct contact *contact,
                               enum language language)
{
    if (language == LANGUAGE_EN)
        return opening_english(arena, contact);
    CLEANUP_BUF struct buf out = BUF_INIT(SALUTATION_BYTES_MAX);
    if (language == LANGUAGE_JA) {
        opening_japanese(&out, contact);
    } else {
        calls_french(&out, contact);
        buf_add_char(&out, ',');
    }
    return finish(arena, &out);
}

const char *salutation_closing(struct arena *arena, const struct contact *contact,
                               enum language language)
{
    if (language == LANGUAGE_JA)
        return "何卒よろしくお願い申し上げます。";
    const char *call = salutation_call(arena, contact, language);
    if (call && language == LANGUAGE_EN) /* sincerely to those whose name one knows */
        return string_equal(call, nobody_english) ? "Yours faithfully," : "Yours sincerely,";
    return call ? arena_printf(arena, "Je vous prie d’agréer, %s, l’expression de ma %s.", call,
                               is_honoured(contact) ? "haute considération"
                                                    : "considération distinguée")
                : NULL;
}

const char *salutation_person(struct arena *arena, const struct person *person,
                              enum language language)
{
    CLEANUP_BUF struct buf out = BUF_INIT(SALUTATION_BYTES_MAX);
    enum gender gender = protocol_gender(person->title);
    if (!has_name(person)) {
        buf_add_string(&out, person->function);
    } else if (language == LANGUAGE_JA) {
        person_japanese(&out, person);
    } else if (language == LANGUAGE_EN) {
        person_english(&out, person);
    } else {
        if (gender != GENDER_UNKNOWN)
            buf_add_string(&out, gender == GENDER_WOMAN ? "Mme " : "M. ");
        add_name(&out, person);
    }
    return finish(arena, &out);
}
