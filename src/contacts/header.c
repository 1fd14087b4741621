/* SPDX-License-Identifier: MIT */
/* Some words change their meaning with the company they keep: "nom" is the family name beside a
 * "prénom" and the whole name alone; "titre" is a civility or a function, which the values tell;
 * "肩書き" is Outlook's word for the civility and everybody else's for the function. */
#include "contacts/header.h"

#include <errno.h>
#include <string.h>

#include "base/unicode.h"
#include "contacts/header_names.h"

enum { RANK_PARENTHESIS = 2, RANK_GUESSED = 8 };

static bool is_letter(uint32_t rune)
{
    if (rune < 0x80)
        return char_is_alpha((char)rune) || char_is_digit((char)rune);
    return rune >= 0xC0 && !(rune >= 0x2000 && rune <= 0x303F && rune != 0x3005) &&
           rune != 0x30FB && rune != 0xFF65;
}

/* Folded loosely, letters and digits alone. NULL when memory is refused. */
static char *squash(struct arena *arena, struct text name)
{
    char *folded = unicode_fold_loose(arena, name);
    char *to = folded;

    if (!folded)
        return NULL;
    for (struct text rest = text_of(folded); rest.size;) {
        const char *from = rest.data;
        if (is_letter(text_next_rune(&rest))) {
            size_t size = (size_t)(rest.data - from);
            memmove(to, from, size);
            to += size;
        }
    }
    *to = '\0';
    return folded;
}

/* As it stands, or in the singular of French and English. */
static const struct header_name *look_up(const char *squashed)
{
    const struct header_name *singular = NULL;
    size_t size = strlen(squashed);
    bool is_plural = size > 3 && squashed[size - 1] == 's';

    for (const struct header_name *name = header_names; name < header_names + header_name_count;
         name++) {
        if (*name->squashed != *squashed)
            continue;
        if (strcmp(name->squashed, squashed) == 0)
            return name;
        if (is_plural && strncmp(name->squashed, squashed, size - 1) == 0 &&
            !name->squashed[size - 1])
            singular = name;
    }
    return singular;
}

/* "Nom (de famille)" without what stands in brackets. */
static struct text before_bracket(struct text name)
{
    for (struct text rest = name; rest.size;) {
        size_t at = name.size - rest.size;
        uint32_t rune = text_next_rune(&rest);
        if (rune == '(' || rune == '[' || rune == 0xFF08 || rune == 0x3010)
            return text_slice(name, 0, at);
    }
    return name;
}

/* Groupe 1, groupe 2 …: the number says nothing. */
static void drop_number(char *squashed)
{
    size_t size = strlen(squashed);
    while (size && char_is_digit(squashed[size - 1]))
        squashed[--size] = '\0';
}

/* "Organisme / Collectivité": several words for one thing. NULL = not so, or no memory. */
static const struct header_name *look_up_each(struct arena *arena, struct text name)
{
    const struct header_name *first = NULL;

    while (name.data) {
        char *squashed = squash(arena, text_split(&name, '/'));
        const struct header_name *hit = squashed ? look_up(squashed) : NULL;
        if (!hit || (first && hit->column != first->column))
            return NULL;
        first = first ? first : hit;
    }
    return first;
}

/* Forms ask for "votre collectivité"; what they ask for is the rest. NULL = they do not. */
static const struct header_name *look_up_yours(const char *squashed)
{
    static const char *const words[] = {"votre", "vos", "your"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_starts(text_of(squashed), words[i]))
            return look_up(squashed + strlen(words[i]));
    return NULL;
}

/* enum column or WORD_…; -ENOMEM. */
static int classify(struct arena *arena, struct text name, int *ret_rank)
{
    struct arena_mark mark = arena_mark(arena);
    const struct header_name *hit = NULL;
    int extra = 0;
    char *squashed = squash(arena, name);

    if (squashed && *squashed) {
        hit = look_up(squashed);
        hit = hit ? hit : look_up_yours(squashed);
        struct text outside = before_bracket(name);
        if (!hit && outside.size && outside.size < name.size) {
            extra = RANK_PARENTHESIS;
            squashed = squash(arena, outside);
            hit = squashed ? look_up(squashed) : NULL;
        }
        if (!hit && squashed) {
            drop_number(squashed);
            hit = *squashed ? look_up(squashed) : NULL;
            if (hit && hit->column != COLUMN_GROUPS && hit->column != COLUMN_CC)
                hit = NULL;
        }
        if (!hit)
            hit = look_up_each(arena, name);
    }
    arena_rewind(arena, mark);
    if (!squashed)
        return -ENOMEM;
    *ret_rank = hit ? hit->rank + extra : 0;
    return hit ? hit->column : COLUMN_FREE;
}

int header_find(struct arena *arena, struct text name)
{
    int rank, column = classify(arena, name, &rank);

    switch (column) {
    case WORD_NAME:
        return COLUMN_NAME;
    case WORD_TITLE:
        return COLUMN_TITLE;
    case WORD_MEI:
        return COLUMN_GIVEN;
    case WORD_KATAGAKI:
        return COLUMN_FUNCTION;
    case WORD_DEPARTEMENT:
        return COLUMN_DEPARTMENT;
    case WORD_PAYER_GIVEN:
        return COLUMN_GIVEN;
    case WORD_PAYER_FAMILY:
        return COLUMN_FAMILY;
    default:
        return column;
    }
}

static bool has_word(const int *meanings, size_t count, int word)
{
    for (size_t i = 0; i < count; i++)
        if (meanings[i] == word)
            return true;
    return false;
}

/* What an ambiguous word means among these columns; i: which of them it is. */
static int decide(const int *meanings, size_t count, size_t i)
{
    bool has_given = has_word(meanings, count, COLUMN_GIVEN) || has_word(meanings, count, WORD_MEI);
    bool has_family = has_word(meanings, count, COLUMN_FAMILY);
    bool has_name = has_word(meanings, count, COLUMN_NAME);
    bool has_function = has_word(meanings, count, COLUMN_FUNCTION);
    bool has_title = has_word(meanings, count, COLUMN_TITLE);

    switch (meanings[i]) {
    case WORD_NAME:
        if (has_given && !has_family)
            return COLUMN_FAMILY;
        return has_family && !has_given && !has_name ? COLUMN_GIVEN : COLUMN_NAME;
    case WORD_TITLE:
        if (has_word(meanings, i, WORD_TITLE)) /* Outlook: "Titre" twice, civility then function */
            return COLUMN_FUNCTION;
        return has_title && !has_function ? COLUMN_FUNCTION : COLUMN_TITLE;
    case WORD_MEI:
        return COLUMN_GIVEN;
    case WORD_KATAGAKI:
        return has_function && !has_title ? COLUMN_TITLE : COLUMN_FUNCTION;
    case WORD_DEPARTEMENT: /* a French county where another column names the service */
        return has_word(meanings, count, COLUMN_DEPARTMENT) ? COLUMN_FREE : COLUMN_DEPARTMENT;
    case WORD_PAYER_GIVEN:
        return has_given ? COLUMN_FREE : COLUMN_GIVEN;
    case WORD_PAYER_FAMILY:
        return has_family || has_word(meanings, count, WORD_NAME) ? COLUMN_FREE : COLUMN_FAMILY;
    default:
        return meanings[i];
    }
}

/* Does a name that is not in the table speak of an address? "Adresse mail du participant". */
static int sounds_like_email(struct arena *arena, const char *name)
{
    static const char *const yes[] = {"email", "courriel", "メールアドレス", "mail", "adressemel"};
    static const char *const no[] = {"type",    "display", "label",      "mailing", "mailmagazine",
                                     "種類",    "表示名",  "nomcomplet", "postal",  "date",
                                     "consent", "statut",  "status",     "optin"};
    struct arena_mark mark = arena_mark(arena);
    char *squashed = squash(arena, text_of(name));
    bool is_hit = false;

    if (strchr(name, '@')) /* somebody's */
        return false;

    if (!squashed)
        return -ENOMEM;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        is_hit |= strstr(squashed, yes[i]) != NULL;
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        is_hit &= strstr(squashed, no[i]) == NULL;
    arena_rewind(arena, mark);
    return is_hit;
}

static const char mailchimp[] = "Mailchimp";

/* The column names that only one program writes; all must be there. */
static const struct {
    const char *producer;
    const char *names[3];
} producers[] = {
    {"Google Contacts", {"e-mail 1 - value", "first name"}},
    {"Google Contacts", {"e-mail 1 - value", "given name"}},
    {"Google Contacts", {"e-mail 1 - value"}},
    {"Google Contacts", {"e-mail 1 - type"}},
    {"Outlook (en)", {"e-mail address", "e-mail display name"}},
    {"Outlook (en)", {"e-mail address", "business street"}},
    {"Outlook (en)", {"e-mail address", "first name", "categories"}},
    {"Outlook (fr)", {"adresse de messagerie", "rue (bureau)"}},
    {"Outlook (fr)", {"adresse de messagerie", "nom complet de l'adresse de messagerie"}},
    {"Outlook (fr)", {"adresse de messagerie", "deuxieme prenom"}},
    {"Outlook (ja)", {"電子メール アドレス", "電子メール表示名"}},
    {"Outlook (ja)", {"電子メール アドレス", "ミドル ネーム"}},
    {"Outlook (ja)", {"電子メール アドレス", "会社名"}},
    {"Outlook (ja)", {"電子メール アドレス", "姓"}},
    {"Thunderbird", {"primary email", "display name"}},
    {"Thunderbird", {"adresse electronique principale", "nom a afficher"}},
    {"Thunderbird", {"adresse electronique principale", "prenom"}},
    {"Thunderbird", {"premiere adresse electronique", "prenom"}},
    {mailchimp, {"email address", "member_rating"}},
    {"Thunderbird", {"adresse de messagerie principale", "prenom"}},
    {"Thunderbird", {"メールアドレス", "別のメールアドレス", "表示名"}},
    {"Thunderbird", {"メールアドレス", "スクリーンネーム"}},
};

/* ret_producer stays NULL when nobody is known. */
static int find_producer(struct arena *arena, const struct header *header,
                         const char **ret_producer)
{
    struct arena_mark mark = arena_mark(arena);
    char **squashed = arena_alloc_array(arena, header->count, sizeof *squashed);

    if (!squashed)
        return -ENOMEM;
    for (size_t i = 0; i < header->count; i++)
        if (!(squashed[i] = squash(arena, text_of(header->items[i].name))))
            return -ENOMEM;
    for (size_t p = 0; p < sizeof producers / sizeof *producers && !*ret_producer; p++) {
        bool has_all = true;
        for (size_t n = 0; n < 3 && producers[p].names[n] && has_all; n++) {
            char *want = squash(arena, text_of(producers[p].names[n]));
            if (!want)
                return -ENOMEM;
            has_all = false;
            for (size_t i = 0; i < header->count && !has_all; i++)
                has_all = strcmp(want, squashed[i]) == 0;
        }
        if (has_all)
            *ret_producer = producers[p].producer;
    }
    arena_rewind(arena, mark);
    return 0;
}

/* Only among several names: a row with a single one may be the title of the list. */
static int guess_email(struct arena *arena, struct header *header)
{
    size_t named = 0;

    for (size_t i = 0; i < header->count; i++)
        named += *header->items[i].name && !strchr(header->items[i].name, '@');
    if (named < 2)
        return 0;
    for (size_t i = 0; i < header->count && !header->has[COLUMN_EMAIL]; i++) {
        struct header_column *item = &header->items[i];
        int is_hit = item->column == COLUMN_FREE ? sounds_like_email(arena, item->name) : 0;
        if (is_hit < 0)
            return is_hit;
        if (is_hit) {
            item->column = COLUMN_EMAIL;
            item->rank = RANK_GUESSED;
            header->has[COLUMN_EMAIL] = header->is_email_guessed = true;
        }
    }
    return 0;
}

int header_read(struct arena *arena, struct cell *cells, size_t count, struct header *ret)
{
    int *meanings = arena_alloc_array(arena, count, sizeof *meanings);

    *ret = (struct header){
        .items = arena_alloc_array(arena, count, sizeof *ret->items),
        .count = count,
    };
    if (!meanings || !ret->items)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        struct header_column *item = &ret->items[i];
        int r = cell_clean(arena, &cells[i]);
        if (r)
            return r;
        item->name = arena_copy_text(arena, cell_text(&cells[i]));
        if (!item->name)
            return -ENOMEM;
        meanings[i] = classify(arena, cell_text(&cells[i]), &item->rank);
        if (meanings[i] < 0)
            return meanings[i];
    }
    for (size_t i = 0; i < count; i++) {
        struct header_column *item = &ret->items[i];
        item->column = (enum column)decide(meanings, count, i);
        ret->is_title_vague |= meanings[i] == WORD_TITLE && item->column == COLUMN_TITLE;
        if (item->column != COLUMN_FREE) {
            ret->has[item->column] = true;
            ret->known_count++;
        }
    }
    ret->is_title_vague &= !ret->has[COLUMN_FUNCTION];
    int r = guess_email(arena, ret);
    if (!r && ret->known_count)
        r = find_producer(arena, ret, &ret->producer);
    for (size_t i = 0; !r && string_equal(ret->producer, mailchimp) && i < count; i++)
        if (text_is_nocase(text_of(ret->items[i].name), "cc")) /* there a country's code */
            ret->items[i].column = COLUMN_COUNTRY;
    return r;
}
