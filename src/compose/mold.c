/* SPDX-License-Identifier: MIT */
#include "compose/mold.h"

#include <string.h>

enum { KEY_BYTES_MAX = 2 << 20 };

void molds_init(struct molds *molds, size_t part_bytes_max)
{
    *molds = (struct molds){.asked = BUF_INIT(KEY_BYTES_MAX)};
    for (int i = 0; i < MOLDS_MAX; i++) {
        buf_init(&molds->items[i].key, KEY_BYTES_MAX);
        for (int part = 0; part < MOLD_PART_COUNT; part++)
            buf_init(&molds->items[i].parts[part], part_bytes_max);
    }
}

void molds_done(struct molds *molds)
{
    buf_done(&molds->asked);
    for (int i = 0; i < MOLDS_MAX; i++) {
        buf_done(&molds->items[i].key);
        for (int part = 0; part < MOLD_PART_COUNT; part++)
            buf_done(&molds->items[i].parts[part]);
    }
}

/* Each value with its length before it, so that no two inputs make the same bytes. */
static void add(struct buf *key, const char *string)
{
    size_t size = string ? strlen(string) : SIZE_MAX;
    buf_add(key, &size, sizeof size);
    buf_add_string(key, string);
}

static void add_number(struct buf *key, int64_t number)
{
    buf_add(key, &number, sizeof number);
}

static void add_day(struct buf *key, struct civil_date day)
{
    add_number(key, (int64_t)day.year * 10000 + day.month * 100 + day.day);
}

/* In every language: a mail may speak two. */
static void add_words(struct buf *key, const struct words *words)
{
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        add(key, words_in(words, (enum language)language));
}

static void add_facts(struct buf *key, const struct facts *facts)
{
    add_number(key, facts != NULL);
    if (!facts)
        return;
    const struct when *when = &facts->when;
    add_number(key, when->is_all_day);
    if (when->is_all_day) {
        add_day(key, when->first_day);
        add_day(key, when->end_day);
    } else {
        add_number(key, when->start.utc_usec);
        add_number(key, when->end.utc_usec);
        add(key, zone_name(when->zone));
    }
    add_number(key, (int64_t)facts->state);
    add_words(key, &facts->summary);
    add_words(key, &facts->location);
    add(key, facts->link);
    add(key, facts->text); /* decides what has changed */
}

static void add_event(struct buf *key, const struct event *event)
{
    add_number(key, event != NULL);
    if (!event)
        return;
    add_words(key, &event->description);
    add(key, event->url);
    add(key, event->organiser_name);
    add_number(key, (int64_t)event->attachment_count);
    for (size_t i = 0; i < event->attachment_count; i++) {
        add(key, event->attachments[i].url);
        add(key, event->attachments[i].label);
    }
}

static void add_contact(struct buf *key, const struct mold_input *input)
{
    const struct contact *contact = input->request->contact;
    uint64_t words = 0;
    for (int i = 0; i < PERSONAL_COUNT; i++)
        words |= (uint64_t)!string_is_empty(input->holes->words[i]) << i;
    add_number(key, (int64_t)words);
    add_number(key, (int64_t)contact->language);
    add(key, zone_name(contact->zone));
    add(key, contact->country);
    add_number(key, (int64_t)contact->person_count);
    for (size_t i = 0; contact->person_count > 1 && i < contact->person_count; i++) {
        const struct person *person = &contact->people[i];
        add(key, person->name);
        add(key, person->given);
        add(key, person->family);
        add(key, person->title);
        add(key, person->function);
    }
    for (size_t i = 0; input->has_fields && i < contact->field_count; i++) {
        add(key, contact->fields[i].name);
        add(key, contact->fields[i].value);
    }
}

static void add_item(struct buf *key, const struct compose_item *item)
{
    add_number(key, (int64_t)item->notice->kind);
    add(key, item->notice->occurrence);
    add_number(key, item->calendar.size > 0);
    add_facts(key, item->facts);
    add_event(key, item->occurrence ? item->occurrence->event : NULL);
}

static int make_key(struct buf *key, const struct mold_input *input)
{
    const struct compose_request *request = input->request;
    buf_clear(key);
    buf_add(key, &input->template_, sizeof input->template_);
    add_number(key, request->calendar.size > 0);
    add(key, request->calendar_method);
    add(key, request->notice->rule);
    add(key, request->rule ? request->rule->name : NULL);
    add(key, request->rule ? request->rule->list : NULL);
    add_day(key, zone_to_civil(request->contact->zone, request->date).date);
    add_contact(key, input);
    add_facts(key, request->before);
    add_number(key, (int64_t)input->several->count);
    for (size_t i = 0; i < input->several->count; i++)
        add_item(key, &input->several->items[i]);
    return buf_error(key);
}

static bool fits(const struct mold *mold, const struct buf *key)
{
    return mold->last_use && text_equal(buf_text(&mold->key), buf_text(key));
}

int molds_has(struct molds *molds, const struct mold_input *input, bool *ret)
{
    int r = make_key(&molds->asked, input);
    *ret = false;
    for (int i = 0; i < MOLDS_MAX && !r; i++)
        *ret |= fits(&molds->items[i], &molds->asked);
    return r;
}

static void swap(struct buf *a, struct buf *b)
{
    struct buf c = *a;
    *a = *b;
    *b = c;
}

int molds_get(struct molds *molds, const struct mold_input *input, struct mold **ret,
              bool *ret_is_made)
{
    struct mold *oldest = &molds->items[0];
    int r = make_key(&molds->asked, input);
    if (r)
        return r;
    *ret = NULL;
    for (int i = 0; i < MOLDS_MAX && !*ret; i++) {
        struct mold *mold = &molds->items[i];
        if (fits(mold, &molds->asked))
            *ret = mold;
        else if (mold->last_use < oldest->last_use)
            oldest = mold;
    }
    *ret_is_made = *ret != NULL;
    if (!*ret) {
        *ret = oldest;
        swap(&oldest->key, &molds->asked);
        for (int part = 0; part < MOLD_PART_COUNT; part++)
            buf_clear(&oldest->parts[part]);
    }
    (*ret)->last_use = ++molds->uses;
    return 0;
}

void molds_drop(struct mold *mold)
{
    mold->last_use = 0;
}
