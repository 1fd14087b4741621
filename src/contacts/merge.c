/* SPDX-License-Identifier: MIT */
/* One contact an address. Rows of one address are one person when their names agree (in any order
 * of words, case and accents aside) or one of them is missing; otherwise they are the people behind
 * a shared mailbox. Groups, copies and fields add up; where two rows contradict each other the
 * first one holds and a warning names both lines.
 *
 * The local part is compared without case: servers that tell Jean@ from jean@ are legend, while
 * lists that hold both spellings of one mailbox are not, and would write to it twice.            */
#include "contacts/contact_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/unicode.h"

enum { PEOPLE_MAX = 50, GROUPS_MAX = 400, CC_MAX = 19, FIELDS_MAX = 4096 };

/* Small, since a table of a long list is looked into at random: eight of these share a cache line.
 */
struct seen {
    uint32_t hash;
    uint32_t place; /* of its item, plus one; 0 = free */
};

enum phase { PHASE_ROWS, PHASE_KEYS, PHASE_SORT, PHASE_RUNS, PHASE_DONE };

struct contact_merging {
    struct arena *arena;
    struct flaws *flaws;
    const char *caller_source;
    const struct contact_rows *rows;
    size_t source_count, total;
    enum phase phase;
    size_t source, at;            /* next row; then next key */
    const struct contact **items; /* rows, or copies of those that others were merged into */
    size_t count;
    size_t shared;     /* how many bytes all addresses begin with in common */
    struct seen *seen; /* the addresses: a hash table, at most half full */
    size_t seen_mask;
    struct sort_key *room, *keys, *spare; /* keys and spare lie in room */
    unsigned shift;
    const struct contact **sorted;
};

/* The words of a name, folded and sorted, so that "DUPONT Jean" is "Jean Dupont". NULL = no memory.
 */
static const char *name_key(struct arena *arena, const char *name)
{
    char *folded = unicode_fold_loose(arena, text_of(name));
    struct text words[16], rest;
    size_t count = 0, size = 0;

    if (!folded)
        return NULL;
    for (char *c = folded; *c; c++)
        if (strchr("-.,'", *c))
            *c = ' ';
    rest = text_of(folded);
    while (rest.data && count < 16) {
        struct text word = text_split(&rest, ' ');
        if (!word.size)
            continue;
        size_t at = count++;
        for (; at && strcmp(words[at - 1].data, word.data) > 0; at--)
            words[at] = words[at - 1];
        words[at] = word;
    }
    char *key = arena_alloc(arena, strlen(folded) + 1);
    for (size_t i = 0; key && i < count; i++) {
        memcpy(key + size, words[i].data, words[i].size);
        size += words[i].size;
    }
    return key;
}

static int is_same_person(struct arena *arena, const struct person *a, const struct person *b)
{
    if (!a->name || !b->name || strcmp(a->name, b->name) == 0)
        return true;
    struct arena_mark mark = arena_mark(arena);
    const char *key_a = name_key(arena, a->name), *key_b = name_key(arena, b->name);
    int is_same = key_a && key_b ? strcmp(key_a, key_b) == 0 : -ENOMEM;
    arena_rewind(arena, mark);
    return is_same;
}

static void contradict(struct contact_merging *m, const struct contact *first,
                       const struct contact *other, const char *what)
{
    m->flaws->source = other->source;
    if (string_equal(first->source, other->source))
        flaws_add(m->flaws, SEVERITY_WARNING, other->line, 0, "make both rows agree",
                  "the %s is not the one of the same address on line %d, which holds", what,
                  first->line);
    else
        flaws_add(m->flaws, SEVERITY_WARNING, other->line, 0, "make both lists agree",
                  "the %s is not the one of the same address in %s, line %d, which holds", what,
                  first->source, first->line);
}

/* Takes over what is missing; tells when both say different things. */
static void fill(struct contact_merging *m, const struct contact *first,
                 const struct contact *other, const char **have, const char *offered,
                 const char *what)
{
    if (!*have)
        *have = offered;
    else if (offered && strcmp(*have, offered) != 0)
        contradict(m, first, other, what);
}

static int reason_rank(const char *reason)
{
    if (!reason || strcmp(reason, "organisation") == 0)
        return 0;
    if (strcmp(reason, "list") == 0)
        return 1;
    return strcmp(reason, "column") == 0 ? 3 : 2;
}

static void merge_language(struct contact_merging *m, struct contact *into,
                           const struct contact *other)
{
    int have = reason_rank(into->language_reason), offered = reason_rank(other->language_reason);

    if (offered > have) {
        into->language = other->language;
        into->language_reason = other->language_reason;
    } else if (have == offered && into->language != other->language) {
        contradict(m, into, other, "language");
    }
}

static void merge_zone(struct contact_merging *m, struct contact *into, const struct contact *other)
{
    int have = reason_rank(into->zone_reason), offered = reason_rank(other->zone_reason);

    if (offered > have) {
        into->zone = other->zone;
        into->zone_reason = other->zone_reason;
    } else if (have == offered && into->zone != other->zone) {
        contradict(m, into, other, "zone");
    }
}

/* Both sets are sorted and unique, and so is the result. */
static int merge_groups(struct contact_merging *m, struct contact *into,
                        const struct contact *other)
{
    size_t i = 0, k = 0, count = 0;

    if (into->groups == other->groups || !other->group_count)
        return 0;
    size_t room = into->group_count + other->group_count;
    const char **groups = arena_alloc_array(m->arena, 3 * room, sizeof *groups);
    if (!groups)
        return -ENOMEM;
    const char **names = groups + 2 * room; /* until their number is known */
    while ((i < into->group_count || k < other->group_count) && count < GROUPS_MAX) {
        int order = i == into->group_count    ? 1
                    : k == other->group_count ? -1
                                              : strcmp(into->groups[i], other->groups[k]);
        groups[count] = order <= 0 ? into->groups[i] : other->groups[k];
        names[count++] = order <= 0 ? contact_group_name(into, i) : contact_group_name(other, k);
        i += order <= 0;
        k += order >= 0;
    }
    memcpy(groups + count, names, count * sizeof *names);
    into->groups = groups;
    into->group_count = (uint16_t)count;
    return 0;
}

static int merge_cc(struct contact_merging *m, struct contact *into, const struct contact *other)
{
    if (!other->cc_count)
        return 0;
    const char **cc = arena_alloc_array(m->arena, into->cc_count + other->cc_count, sizeof *cc);
    size_t count = into->cc_count;
    if (!cc)
        return -ENOMEM;
    if (count)
        memcpy(cc, into->cc, count * sizeof *cc);
    for (size_t i = 0; i < other->cc_count && count < CC_MAX; i++) {
        bool is_there = false;
        for (size_t k = 0; k < count && !is_there; k++)
            is_there = strcasecmp(cc[k], other->cc[i]) == 0;
        if (!is_there)
            cc[count++] = other->cc[i];
    }
    into->cc = cc;
    into->cc_count = (uint16_t)count;
    return 0;
}

static int merge_fields(struct contact_merging *m, struct contact *into,
                        const struct contact *other)
{
    size_t count = into->field_count;

    if (!other->field_count)
        return 0;
    struct contact_field *fields =
        arena_alloc_array(m->arena, count + other->field_count, sizeof *fields);
    if (!fields)
        return -ENOMEM;
    if (count)
        memcpy(fields, into->fields, count * sizeof *fields);
    for (size_t i = 0; i < other->field_count && count < FIELDS_MAX; i++) {
        bool is_there = false;
        for (size_t k = 0; k < into->field_count && !is_there; k++)
            is_there = strcmp(fields[k].name, other->fields[i].name) == 0;
        if (!is_there)
            fields[count++] = other->fields[i];
    }
    into->fields = fields;
    into->field_count = (uint16_t)count;
    return 0;
}

static void merge_person(struct contact_merging *m, struct person *into,
                         const struct contact *first, const struct contact *other)
{
    const struct person *p = &other->person;

    if (!into->name)
        into->name = p->name;
    if (!into->given)
        into->given = p->given;
    if (!into->family)
        into->family = p->family;
    fill(m, first, other, &into->title, p->title, "title");
    fill(m, first, other, &into->function, p->function, "function");
    fill(m, first, other, &into->salutation, p->salutation, "salutation");
}

/* The person among those of the mailbox, or a new one at the end. */
static int merge_people(struct contact_merging *m, struct contact *into,
                        const struct contact *other)
{
    struct person *people = into->person_count > 1 || into->people != &into->person
                                ? (struct person *)(uintptr_t)into->people
                                : NULL;
    if (!people) {
        people = arena_alloc_array(m->arena, 2, sizeof *people);
        if (!people)
            return -ENOMEM;
        people[0] = into->person;
        into->people = people;
    }
    for (size_t i = 0; i < into->person_count; i++) {
        int is_same = is_same_person(m->arena, &people[i], &other->person);
        if (is_same < 0)
            return is_same;
        if (is_same) {
            merge_person(m, &people[i], into, other);
            return 0;
        }
    }
    if (into->person_count >= PEOPLE_MAX) {
        m->flaws->source = other->source;
        flaws_add(m->flaws, SEVERITY_WARNING, other->line, 0, NULL,
                  "more than %d people share this mailbox; this one is not named", PEOPLE_MAX);
        return 0;
    }
    struct person *more = arena_alloc_array(m->arena, into->person_count + 1, sizeof *more);
    if (!more)
        return -ENOMEM;
    memcpy(more, people, into->person_count * sizeof *more);
    more[into->person_count++] = other->person;
    into->people = more;
    return 0;
}

/* Lists come one after the other: a list that has the address twice is the last one twice. */
static int merge_source(struct contact_merging *m, struct contact *into,
                        const struct contact *other)
{
    size_t count = into->other_source_count;
    const char *last = count ? into->other_sources[count - 1] : into->source;

    if (string_equal(last, other->source) || count == UINT16_MAX)
        return 0;
    const char **sources = arena_alloc_array(m->arena, count + 1, sizeof *sources);
    if (!sources)
        return -ENOMEM;
    if (count)
        memcpy(sources, into->other_sources, count * sizeof *sources);
    sources[count] = other->source;
    into->other_sources = sources;
    into->other_source_count = (uint16_t)(count + 1);
    return 0;
}

static int join(struct contact_merging *m, struct contact *into, const struct contact *other)
{
    size_t people_before = into->person_count;

    int r = merge_people(m, into, other);
    r = r ? r : merge_groups(m, into, other);
    r = r ? r : merge_cc(m, into, other);
    r = r ? r : merge_fields(m, into, other);
    r = r ? r : merge_source(m, into, other);
    if (r)
        return r;
    into->person = into->people[0];
    fill(m, into, other, &into->organisation, other->organisation, "organisation");
    if (into->person_count == people_before) /* colleagues may sit in several departments */
        fill(m, into, other, &into->department, other->department, "department");
    fill(m, into, other, &into->country, other->country, "country");
    merge_language(m, into, other);
    merge_zone(m, into, other);
    if (into->person_count == people_before && string_equal(into->source, other->source)) {
        m->flaws->source = other->source;
        flaws_add(m->flaws, SEVERITY_WARNING, other->line, 0, "keep one row a person",
                  "this is the address and the person of line %d; both rows are read as one",
                  into->line);
    }
    return 0;
}

/* Case does not count, so letters lose the bit that tells it; so do a few signs, which only makes
 * their hashes equal.                                                                            */
static uint32_t hash_email(const char *email)
{
    const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15), small = UINT64_C(0x2020202020202020);
    size_t left = strlen(email);
    uint64_t hash = left * odd, word;

    for (; left; email += sizeof word, left -= sizeof word) {
        word = 0;
        memcpy(&word, email, left < sizeof word ? left : sizeof word);
        hash = (hash ^ (word | small)) * odd;
        hash ^= hash >> 29;
        if (left <= sizeof word)
            break;
    }
    return (uint32_t)(hash ^ hash >> 32);
}

/* The slot of the address: of its item, or empty. */
static struct seen *find_seen(const struct contact_merging *m, const char *email, uint32_t hash)
{
    for (size_t i = hash & m->seen_mask;; i = (i + 1) & m->seen_mask) {
        struct seen *seen = &m->seen[i];
        if (!seen->place ||
            (seen->hash == hash && strcasecmp(m->items[seen->place - 1]->email, email) == 0))
            return seen;
    }
}

static size_t shared_length(const char *a, const char *b, size_t max)
{
    size_t length = 0;
    while (length < max && a[length] && a[length] == b[length])
        length++;
    return length;
}

static int add_row(struct contact_merging *m, const struct contact *row)
{
    uint32_t hash = hash_email(row->email);
    struct seen *seen = find_seen(m, row->email, hash);

    if (!seen->place) {
        m->shared = m->count ? shared_length(m->items[0]->email, row->email, m->shared)
                             : strlen(row->email);
        m->items[m->count++] = row;
        *seen = (struct seen){hash, (uint32_t)m->count};
        return 0;
    }
    const struct contact **item = &m->items[seen->place - 1];
    struct contact *merged = (struct contact *)(uintptr_t)*item;
    if (merged->people == &merged->person) { /* a row still, which stays as it is */
        merged = arena_alloc(m->arena, sizeof *merged);
        if (!merged)
            return -ENOMEM;
        *merged = **item;
        merged->people = &merged->person;
        *item = merged;
    }
    return join(m, merged, row);
}

/* Eight bytes as a number settle nearly all comparisons: those after what all addresses share. */
struct sort_key {
    uint64_t prefix;
    const struct contact *contact;
};

static int compare_keys(const void *a, const void *b)
{
    const struct sort_key *x = a, *y = b;
    return strcmp(x->contact->email, y->contact->email);
}

static uint64_t prefix_of(const char *email)
{
    uint64_t prefix = 0;
    for (int i = 0; i < 8; i++)
        prefix = prefix << 8 | (*email ? (unsigned char)*email++ : 0);
    return prefix;
}

/* --- so many at a time ----------------------------------------------------------------------- */

static int take_rows(struct contact_merging *m, size_t max)
{
    int r = 0;
    for (; m->source < m->source_count && max && !r; max--) {
        const struct contact_rows *rows = &m->rows[m->source];
        if (m->at < rows->count)
            r = add_row(m, rows->items[m->at++]);
        if (m->at >= rows->count)
            m->source++, m->at = 0;
    }
    if (r || m->source < m->source_count)
        return r;
    free(m->seen); /* as large as what the sorting needs */
    m->seen = NULL;
    m->sorted = arena_alloc_array(m->arena, m->count, sizeof(void *));
    m->room = calloc(2 * m->count + 1, sizeof *m->room);
    m->phase = PHASE_KEYS;
    return m->sorted && m->room ? 0 : -ENOMEM;
}

static void make_keys(struct contact_merging *m, size_t max)
{
    for (; m->at < m->count && max; m->at++, max--) {
        const struct contact *contact = m->items[m->at];
        m->room[m->at] = (struct sort_key){prefix_of(contact->email + m->shared), contact};
    }
    if (m->at < m->count)
        return;
    m->keys = m->room;
    m->spare = m->room + m->count;
    m->phase = PHASE_SORT;
}

/* By prefix, one byte at a time from the last to the first, between two arrays (a radix sort, which
 * grows with the number of keys alone). This is one byte. */
static void sort_keys(struct contact_merging *m)
{
    size_t starts[257] = {0};
    unsigned shift = m->shift;
    for (size_t i = 0; i < m->count; i++)
        starts[(m->keys[i].prefix >> shift & 0xFF) + 1]++;
    /* Have all the same byte here? */
    if (m->count && starts[(m->keys[0].prefix >> shift & 0xFF) + 1] != m->count) {
        for (size_t i = 1; i < 256; i++)
            starts[i] += starts[i - 1];
        for (size_t i = 0; i < m->count; i++)
            m->spare[starts[m->keys[i].prefix >> shift & 0xFF]++] = m->keys[i];
        struct sort_key *sorted = m->spare;
        m->spare = m->keys;
        m->keys = sorted;
    }
    m->shift += 8;
    m->at = 0;
    m->phase = m->shift < 64 ? PHASE_SORT : PHASE_RUNS;
}

/* Then the few runs of one prefix by the whole address. */
static void sort_runs(struct contact_merging *m, size_t max)
{
    size_t from = m->at;
    while (m->at < m->count && m->at - from < max) {
        size_t first = m->at, next = first + 1;
        while (next < m->count && m->keys[next].prefix == m->keys[first].prefix)
            next++;
        if (next - first > 1)
            qsort(m->keys + first, next - first, sizeof *m->keys, compare_keys);
        for (; m->at < next; m->at++)
            m->sorted[m->at] = m->keys[m->at].contact;
    }
    if (m->at >= m->count)
        m->phase = PHASE_DONE;
}

int contact_reader_merge_open(struct arena *arena, const struct contact_rows *rows,
                              size_t source_count, struct flaws *flaws,
                              struct contact_merging **ret)
{
    size_t total = 0, slots = 64;

    for (size_t i = 0; i < source_count; i++)
        total += rows[i].count;
    if (total >= UINT32_MAX / 2)
        return -ENOMEM;
    while (slots < 2 * total)
        slots *= 2;
    struct contact_merging *m = calloc(1, sizeof *m);
    if (!m)
        return -ENOMEM;
    *m = (struct contact_merging){
        .arena = arena,
        .flaws = flaws,
        .caller_source = flaws->source,
        .rows = rows,
        .source_count = source_count,
        .total = total,
        .items = calloc(total + 1, sizeof *m->items),
        .seen = calloc(slots, sizeof *m->seen),
        .seen_mask = slots - 1,
    };
    if (!m->items || !m->seen) {
        contact_reader_merge_close(m);
        return -ENOMEM;
    }
    *ret = m;
    return 0;
}

static int take_step(struct contact_merging *m, size_t max)
{
    switch (m->phase) {
    case PHASE_ROWS:
        return take_rows(m, max);
    case PHASE_KEYS:
        make_keys(m, max);
        break;
    case PHASE_SORT:
        sort_keys(m);
        break;
    case PHASE_RUNS:
        sort_runs(m, max);
        break;
    case PHASE_DONE:
        break;
    }
    return m->flaws->is_out_of_memory ? -ENOMEM : 0;
}

int contact_reader_merge_step(struct contact_merging *m, size_t rows_max,
                              struct contact_list *ret_list, bool *ret_is_done)
{
    int r;
    do
        r = take_step(m, rows_max);
    while (!r && m->phase != PHASE_DONE && m->total <= rows_max);
    *ret_is_done = m->phase == PHASE_DONE;
    if (!r && *ret_is_done)
        *ret_list = (struct contact_list){.items = m->sorted, .count = m->count};
    return r;
}

struct contact_merging *contact_reader_merge_close(struct contact_merging *m)
{
    if (!m)
        return NULL;
    m->flaws->source = m->caller_source;
    free(m->items);
    free(m->seen);
    free(m->room);
    free(m);
    return NULL;
}

int contact_reader_merge(struct arena *arena, const struct contact_rows *rows, size_t source_count,
                         struct flaws *flaws, struct contact_list *ret_list)
{
    struct contact_merging *merging = NULL;
    bool is_done;
    int r = contact_reader_merge_open(arena, rows, source_count, flaws, &merging);
    r = r ? r : contact_reader_merge_step(merging, SIZE_MAX, ret_list, &is_done);
    contact_reader_merge_close(merging);
    return r;
}
