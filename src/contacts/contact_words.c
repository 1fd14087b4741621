/* SPDX-License-Identifier: MIT */
/* A cell that repeats itself from row to row is understood at its first appearance and looked up
 * afterwards, so a warning about it comes once a list.                                           */
#include "contacts/contact_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/unicode.h"
#include "contacts/lexicon.h"

static const char write_language[] = "write fr, ja or en",
                  write_zone[] = "write Europe/Paris, Asia/Tokyo";

/* What a cell of a language, a zone, a country or groups was understood as. */
struct meaning {
    bool is_known;
    enum language language;
    const struct zone *zone;           /* of a zone, or usual in a country; NULL = none */
    const char *country, *zone_reason; /* of a country */
    struct group_set groups;
};

/* The remembered meaning of a cell; *ret_is_new when the caller has to work it out. */
static struct meaning *recall(struct contact_builder *b, struct intern *intern,
                              const struct cell *cell, bool *ret_is_new)
{
    struct intern_slot *slot = intern_get(b->reading, intern, cell_text(cell));
    if (!slot)
        return NULL;
    *ret_is_new = !slot->value;
    if (!slot->value) {
        slot->key.data = arena_copy_text(b->reading, cell_text(cell));
        slot->value = slot->key.data ? arena_alloc(b->reading, sizeof(struct meaning)) : NULL;
    }
    return (struct meaning *)(uintptr_t)slot->value;
}

/* A group: what it is compared by, and how the list first wrote it. */
struct group {
    const char *folded, *written;
};

LIST_TYPE(groups, const struct group *);

static int compare_groups(const void *a, const void *b)
{
    const struct group *const *x = a, *const *y = b;
    return strcmp((*x)->folded, (*y)->folded);
}

/* The group without what stands around it: blanks, Google's "* " before its own groups
 * ("* myContacts"), the quotes and brackets of ["elus","presse"].                                */
static struct text bare_group(struct text word)
{
    static const char around[] = "\"[]";

    word = text_trim(word);
    while (word.size && memchr(around, *word.data, sizeof around - 1))
        word = text_from(word, 1);
    while (word.size && memchr(around, word.data[word.size - 1], sizeof around - 1))
        word.size--;
    return text_starts(word, "* ") ? text_from(word, 2) : word;
}

/* One struct a group, however many cells name it. */
static int add_group(struct contact_builder *b, struct groups *groups, struct text word)
{
    word = bare_group(word);
    if (word.size == 0 || groups->count >= CONTACT_GROUPS_MAX)
        return 0;
    struct cell cell = cell_copy(b->row, word, 0);
    int r = cell.data ? cell_clean(b->row, &cell) : -ENOMEM;
    char *folded = r ? NULL : unicode_fold_loose(b->row, cell_text(&cell));
    if (!folded)
        return -ENOMEM;
    if (!*folded)
        return 0;
    struct intern_slot *slot = intern_get(b->reading, &b->group_names, text_of(folded));
    if (!slot)
        return -ENOMEM;
    if (!slot->value) {
        struct group *group = arena_alloc(b->reading, sizeof *group);
        if (!group)
            return -ENOMEM;
        group->folded = string_pool_keep(&b->strings, text_of(folded));
        group->written = string_pool_share(&b->strings, cell_text(&cell));
        if (!group->folded || !group->written)
            return -ENOMEM;
        slot->key = text_of(group->folded);
        slot->value = group;
    }
    const struct group **item = list_add(b->row, groups);
    if (!item)
        return -ENOMEM;
    *item = slot->value;
    return 0;
}

/* A separator between groups at the start of the text: its length, or 0. */
static size_t separator_length(struct text text)
{
    static const char *const wide[] = {":::", "、", "；", "，", "､"};
    if (memchr(",;\n\r|\t", text.data[0], 6))
        return 1;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (text_starts(text, wide[i]))
            return strlen(wide[i]);
    return 0;
}

/* Adds what a cell names, in its order. */
static int split_groups(struct contact_builder *b, struct text text, struct groups *groups)
{
    size_t start = 0;
    for (size_t i = 0; i <= text.size;) {
        size_t length = i < text.size ? separator_length(text_from(text, i)) : 1;
        if (!length) {
            i++;
            continue;
        }
        int r = add_group(b, groups, text_slice(text, start, i - start));
        if (r)
            return r;
        i += length;
        start = i;
    }
    return 0;
}

/* Sorted, unique, as a contact has them: first all folded, then all as written. 0 or -ENOMEM. */
static int arrange(struct contact_builder *b, struct groups *groups, struct group_set *ret)
{
    size_t kept = 0;

    *ret = (struct group_set){0};
    if (!groups->count)
        return 0;
    if (groups->count > 1)
        qsort(groups->items, groups->count, sizeof *groups->items, compare_groups);
    for (size_t i = 0; i < groups->count; i++)
        if (!kept || groups->items[kept - 1] != groups->items[i])
            groups->items[kept++] = groups->items[i];
    const char **both = arena_alloc_array(b->arena, 2 * kept, sizeof *both);
    if (!both)
        return -ENOMEM;
    for (size_t i = 0; i < kept; i++) {
        both[i] = groups->items[i]->folded;
        both[kept + i] = groups->items[i]->written;
    }
    *ret = (struct group_set){both, kept};
    return 0;
}

int contact_words_init(struct contact_builder *b)
{
    const struct contacts_settings *list = b->options->list;
    struct groups groups = {0};

    for (size_t i = 0; list && i < list->group_count; i++) {
        int r = add_group(b, &groups, text_of(list->groups[i]));
        if (r)
            return r;
    }
    return arrange(b, &groups, &b->list_groups);
}

static void give_groups(struct contact *contact, const struct group_set *set)
{
    contact->groups = set->groups;
    contact->group_count = (uint16_t)set->count;
}

int contact_words_groups(struct contact_builder *b, struct draft *draft, struct contact *contact)
{
    const struct contacts_settings *list = b->options->list;
    struct groups all = {0};
    struct group_set set;
    bool is_new;

    give_groups(contact, &b->list_groups);
    if (!draft->group_count)
        return 0;
    if (draft->group_count == 1) { /* nearly always: then rows share the arrays */
        struct meaning *meaning = recall(b, &b->group_cells, &draft->groups[0], &is_new);
        if (!meaning)
            return -ENOMEM;
        if (!is_new) {
            give_groups(contact, &meaning->groups);
            return 0;
        }
    }
    for (size_t i = 0; i < draft->group_count; i++) {
        int r = split_groups(b, cell_text(&draft->groups[i]), &all);
        if (r)
            return r;
    }
    for (size_t i = 0; list && i < list->group_count; i++) {
        int r = add_group(b, &all, text_of(list->groups[i]));
        if (r)
            return r;
    }
    int r = arrange(b, &all, &set);
    if (r)
        return r;
    give_groups(contact, &set);
    if (draft->group_count == 1) {
        struct meaning *meaning = recall(b, &b->group_cells, &draft->groups[0], &is_new);
        if (!meaning)
            return -ENOMEM;
        meaning->groups = set;
    }
    return 0;
}

static void default_language(struct contact_builder *b, struct contact *contact)
{
    const struct contacts_settings *list = b->options->list;
    bool has_list = list && list->has_language;

    contact->language = has_list ? list->language : b->options->language;
    contact->language_reason = has_list ? "list" : "organisation";
}

int contact_words_language(struct contact_builder *b, struct draft *draft, struct contact *contact)
{
    struct cell *cell = &draft->values[COLUMN_LANGUAGE];
    bool is_new;

    default_language(b, contact);
    if (!cell->size) {
        if (!(b->options->list && b->options->list->has_language) && !b->no_language.count++)
            b->no_language.line = draft->line;
        return 0;
    }
    struct meaning *meaning = recall(b, &b->languages, cell, &is_new);
    if (!meaning)
        return -ENOMEM;
    if (is_new) {
        int fit = lexicon_language(b->row, cell_text(cell), &meaning->language);
        if (fit < 0)
            return fit;
        meaning->is_known = fit != LEXICON_UNKNOWN;
        if (fit == LEXICON_GUESSED)
            contact_builder_tell(b, cell, SEVERITY_WARNING, write_language,
                                 "the language \"%s\" was read as %s", cell->data,
                                 language_to_text(meaning->language));
        else if (fit == LEXICON_UNKNOWN)
            contact_builder_tell(b, cell, SEVERITY_WARNING, write_language,
                                 "the language \"%s\" is not understood; the default is used",
                                 cell->data);
    }
    if (meaning->is_known) {
        contact->language = meaning->language;
        contact->language_reason = "column";
    }
    return 0;
}

static int read_country(struct contact_builder *b, struct draft *draft, struct contact *contact,
                        const struct meaning **ret)
{
    struct cell *cell = &draft->values[COLUMN_COUNTRY];
    bool is_new;

    *ret = NULL;
    if (!cell->size)
        return 0;
    struct meaning *meaning = recall(b, &b->countries, cell, &is_new);
    if (!meaning)
        return -ENOMEM;
    if (is_new) {
        int fit = lexicon_country(b->arena, cell_text(cell), &meaning->country);
        if (fit < 0)
            return fit;
        if (fit == LEXICON_UNKNOWN)
            contact_builder_tell(b, cell, SEVERITY_WARNING,
                                 "write the two letters of ISO 3166: FR, JP",
                                 "the country \"%s\" is not known", cell->data);
        const char *zone = meaning->country && b->options->locale
                               ? locale_country_zone(b->options->locale, meaning->country)
                               : NULL;
        meaning->zone = zone ? zones_find(b->options->zones, text_of(zone)) : NULL;
        if (meaning->zone &&
            !(meaning->zone_reason = arena_printf(b->arena, "country %s", meaning->country)))
            return -ENOMEM;
    }
    contact->country = meaning->country;
    *ret = meaning;
    return 0;
}

/* The column's zone, or NULL. */
static int read_zone_cell(struct contact_builder *b, struct cell *cell, const struct zone **ret)
{
    bool is_new;

    *ret = NULL;
    if (!cell->size)
        return 0;
    struct meaning *meaning = recall(b, &b->zones, cell, &is_new);
    if (!meaning)
        return -ENOMEM;
    if (is_new) {
        int fit = lexicon_zone(b->row, cell_text(cell), b->options->zones, b->options->locale,
                               &meaning->zone);
        if (fit < 0)
            return fit;
        if (fit == LEXICON_GUESSED)
            contact_builder_tell(b, cell, SEVERITY_WARNING, write_zone,
                                 "the zone \"%s\" was read as %s", cell->data,
                                 zone_name(meaning->zone));
        else if (fit == LEXICON_UNKNOWN)
            contact_builder_tell(b, cell, SEVERITY_WARNING, write_zone,
                                 "the zone \"%s\" is not known; the default is used", cell->data);
    }
    *ret = meaning->zone;
    return 0;
}

int contact_words_zone(struct contact_builder *b, struct draft *draft, struct contact *contact)
{
    const struct contacts_settings *list = b->options->list;
    const struct meaning *country;

    int r = read_country(b, draft, contact, &country);
    r = r ? r : read_zone_cell(b, &draft->values[COLUMN_ZONE], &contact->zone);
    if (r)
        return r;
    contact->zone_reason = "column";
    if (!contact->zone && country) {
        contact->zone = country->zone;
        contact->zone_reason = country->zone_reason;
    }
    if (!contact->zone) {
        contact->zone = list && list->zone ? list->zone : b->options->zone;
        contact->zone_reason = list && list->zone ? "list" : "organisation";
    }
    return 0;
}
