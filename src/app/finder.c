/* SPDX-License-Identifier: MIT */
#include "app/finder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/forms.h"
#include "app/remembered.h"
#include "app/template_folder.h"
#include "base/unicode.h"
#include "plan/match.h"
#include "plan/reason_words.h"

enum { CANDIDATES_MAX = 10 };
static const size_t finder_max_bytes = 64 << 20;

static bool has_word(struct arena *arena, const char *in, struct text word)
{
    if (!in)
        return false;
    const char *folded = unicode_fold_loose(arena, text_of(in));
    struct text haystack = text_of(folded);
    return folded && text_find(haystack, word) < haystack.size;
}

static bool fits_word(struct arena *arena, const struct occurrence *occurrence, struct text word)
{
    char date[11];
    civil_date_format(when_day(&occurrence->when), date);
    if (word.size >= 4 && char_is_digit(word.data[0]) && text_starts(text_of(date), word.data) &&
        word.size <= 10)
        return true;
    const struct words *summary = &occurrence->event->summary;
    if (has_word(arena, summary->any, word) || has_word(arena, occurrence->event->uid, word))
        return true;
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (has_word(arena, summary->in[i], word))
            return true;
    return false;
}

/* A title may stand in quotes: "Rencontres" 2027. */
static struct text without_quotes(struct text word)
{
    while (word.size && word.data[0] == '"')
        word = (struct text){word.data + 1, word.size - 1};
    while (word.size && word.data[word.size - 1] == '"')
        word.size--;
    return word;
}

/* Leaves nothing in the arena: there may be a hundred thousand to look at. */
static bool fits(struct arena *arena, const struct occurrence *occurrence, const char *folded)
{
    struct arena_mark mark = arena_mark(arena);
    bool is_fit = true;
    for (struct text rest = text_of(folded); rest.data && is_fit;) {
        struct text word = without_quotes(text_split(&rest, ' '));
        const char *copy = arena_copy_text(arena, word); /* NUL-terminated for the date's prefix */
        is_fit = !word.size || (copy && fits_word(arena, occurrence, text_of(copy)));
    }
    arena_rewind(arena, mark);
    return is_fit;
}

static bool is_named(const struct occurrence *occurrence, const char *text)
{
    return strcmp(occurrence->key, text) == 0 || strcmp(occurrence->event->uid, text) == 0;
}

static int compare_start(const void *a, const void *b)
{
    const struct occurrence *x = (*(const struct viewed *const *)a)->occurrence;
    const struct occurrence *y = (*(const struct viewed *const *)b)->occurrence;
    int order = civil_date_compare(when_day(&x->when), when_day(&y->when));
    if (!order && !x->when.is_all_day && !y->when.is_all_day)
        order = instant_compare(x->when.start, y->when.start);
    return order ? order : strcmp(x->key, y->key);
}

/* Those of a list whose key or UID is the text, or, unless is_exact, that fit. */
static int pick(struct arena *arena, const struct viewed *items, size_t count, const char *text,
                bool is_exact, struct found_events *ret)
{
    const char *folded = unicode_fold_loose(arena, text_of(text));
    if (!folded)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct occurrence *occurrence = items[i].occurrence;
        if (is_exact ? !is_named(occurrence, text) : !fits(arena, occurrence, folded))
            continue;
        const struct viewed **slot = list_add(arena, ret);
        if (!slot)
            return -ENOMEM;
        *slot = &items[i];
    }
    if (ret->count)
        qsort(ret->items, ret->count, sizeof *ret->items, compare_start);
    return 0;
}

/* A name is sure wherever it stands, words are looked for in the calendars first. */
static int find(struct house *house, struct arena *arena, const char *text, enum finder_reach reach,
                struct found_events *ret)
{
    size_t count;
    const struct viewed *items = horizon_items(conductor_horizon(house->conductor), &count);
    struct remembered gone = {0};
    int r = pick(arena, items, count, text, true, ret);
    if (!r && !ret->count && reach == FINDER_LEDGER)
        r = remembered_load(house->ledger, house->arena, house->zones, &gone);
    if (!r && !ret->count)
        r = pick(arena, gone.items, gone.count, text, true, ret);
    if (!r && !ret->count)
        r = pick(arena, items, count, text, false, ret);
    if (!r && !ret->count)
        r = pick(arena, gone.items, gone.count, text, false, ret);
    return r;
}

/* The next to come, else the last, of an event's instances in the list. */
static const struct viewed *next_of(const struct house *house, const struct found_events *found,
                                    const char *uid)
{
    const struct viewed *next = NULL;
    for (size_t i = 0; i < found->count; i++) {
        const struct occurrence *occurrence = found->items[i]->occurrence;
        if (strcmp(occurrence->event->uid, uid) != 0)
            continue;
        next = found->items[i];
        if (!instant_before(when_end(&occurrence->when, house->zone), house_now(house)))
            break;
    }
    return next;
}

/* By event, the next instance of each. */
static int list_candidates(struct house *house, struct arena *arena, const char *text,
                           const struct found_events *found)
{
    struct found_events events = {0};
    for (size_t i = 0; i < found->count; i++) {
        const char *uid = found->items[i]->occurrence->event->uid;
        bool is_listed = false;
        for (size_t k = 0; k < events.count && !is_listed; k++)
            is_listed = strcmp(events.items[k]->occurrence->event->uid, uid) == 0;
        const struct viewed **slot = is_listed ? NULL : list_add(arena, &events);
        if (!is_listed && !slot)
            return -ENOMEM;
        if (slot)
            *slot = next_of(house, found, uid);
    }
    report_problem(house->report, NULL, "%zu events fit \"%s\"; say more of one:", events.count,
                   text);
    for (size_t i = 0; i < events.count && i < CANDIDATES_MAX; i++) {
        const struct occurrence *occurrence = events.items[i]->occurrence;
        char date[11];
        const char *title =
            words_in(&occurrence->event->summary, house->settings->organisation.language);
        civil_date_format(when_day(&occurrence->when), date);
        fprintf(house->report->err, "  %s  %s  (%s)\n", date, title ? title : "-", occurrence->key);
    }
    if (events.count > CANDIDATES_MAX)
        fprintf(house->report->err, "  … and %zu more\n", events.count - CANDIDATES_MAX);
    return 0;
}

static bool is_one_event(const struct found_events *found)
{
    bool is_one = true;
    for (size_t i = 1; i < found->count; i++)
        is_one &= strcmp(found->items[0]->occurrence->event->uid,
                         found->items[i]->occurrence->event->uid) == 0;
    return is_one;
}

static int refuse_text(struct house *house, const char *text, bool may_be_issue)
{
    bool is_issue = !may_be_issue && text_starts(text_of(text), issues_prefix);
    const char *advice = is_issue ? "of an issue, `convier newsletter preview` shows the mail"
                         : may_be_issue && house->settings->newsletter_count
                             ? "`convier occurrences FILE` lists what a calendar holds, `convier "
                               "newsletter list` the issues"
                             : "`convier occurrences FILE` lists what a calendar holds";
    report_problem(house->report, advice, "no event fits \"%s\"", text);
    return EXIT_NO;
}

static int find_events(struct house *house, struct arena *arena, const char *text,
                       enum finder_reach reach, struct found_events *ret)
{
    int r = find(house, arena, text, reach, ret);
    bool is_one = r || is_one_event(ret);
    r = r || is_one ? r : list_candidates(house, arena, text, ret);
    return r ? house_failed(house, "--event", r) : is_one ? EXIT_YES : EXIT_NO;
}

/* --- issues ---------------------------------------------------------------------------------- */

static int is_known(struct house *house, struct arena *arena, size_t newsletter, const char *label,
                    bool *ret)
{
    const char *folder = house->settings->newsletter_folder;
    struct issue_names names = {0};
    int r = issues_exists(conductor_issues(house->conductor), newsletter, label, ret);
    bool may_be_file = issues_newsletter_of(house->settings, label) == newsletter;
    if (r || *ret || !folder || !may_be_file)
        return r;
    r = template_folder_issues(arena, folder, &names);
    for (size_t i = 0; i < names.count; i++)
        *ret |= strcmp(names.items[i], label) == 0;
    return r;
}

static int take_issue(struct house *house, struct arena *arena, size_t newsletter,
                      const char *label, struct found *ret)
{
    bool is_there;
    int r = is_known(house, arena, newsletter, label, &is_there);
    if (r || !is_there)
        return r;
    ret->newsletter = newsletter;
    ret->issue = arena_printf(arena, "%s%s/%s", issues_prefix,
                              house->settings->newsletters[newsletter].name, label);
    return ret->issue ? 0 : -ENOMEM;
}

/* "lettre" names all of its issues, "lettre 2026-12-01" or "2026-12-lettre" one. */
static int find_issue(struct house *house, struct arena *arena, const char *text, struct found *ret)
{
    const struct settings *settings = house->settings;
    bool is_key = text_starts(text_of(text), issues_prefix);
    const char *rest = is_key ? text + strlen(issues_prefix) : text;
    int r = 0;
    for (size_t i = 0; i < settings->newsletter_count && !r && !ret->issue; i++) {
        const char *name = settings->newsletters[i].name;
        size_t size = strlen(name);
        if (strncmp(rest, name, size) != 0)
            continue;
        if (rest[size] == ' ' || rest[size] == '/')
            r = take_issue(house, arena, i, rest + size + 1, ret);
        if (rest[size])
            continue;
        ret->newsletter = i;
        ret->issues = arena_printf(arena, "%s%s/", issues_prefix, name);
        return ret->issues ? 0 : -ENOMEM;
    }
    size_t newsletter = issues_newsletter_of(settings, rest);
    if (r || ret->issue || newsletter == settings->newsletter_count)
        return r;
    return take_issue(house, arena, newsletter, rest, ret);
}

int finder_subjects(struct house *house, struct arena *arena, const char *text, struct found *ret)
{
    *ret = (struct found){0};
    int status = find_events(house, arena, text, FINDER_LEDGER, &ret->events);
    if (status || ret->events.count)
        return status;
    int r = find_issue(house, arena, text, ret);
    if (r)
        return house_failed(house, "--event", r);
    return ret->issue || ret->issues ? EXIT_YES : refuse_text(house, text, true);
}

bool finder_is_about(const struct found *found, const char *occurrence)
{
    if (found->issue)
        return strcmp(found->issue, occurrence) == 0;
    if (found->issues)
        return text_starts(text_of(occurrence), found->issues);
    for (size_t i = 0; i < found->events.count; i++)
        if (strcmp(found->events.items[i]->occurrence->key, occurrence) == 0)
            return true;
    return false;
}

/* A series was named and one occurrence is meant: which. */
static void tell_choice(struct house *house, struct arena *arena, const struct viewed *chosen)
{
    const struct occurrence *occurrence = chosen->occurrence;
    const char *title =
        words_in(&occurrence->event->summary, house->settings->organisation.language);
    const char *values[] = {title ? title : "—", forms_when(arena, &occurrence->when, house->zone),
                            NULL};
    const char *words = reason_fill(
        arena, phrase(PHRASE_OF_SERIES, house->settings->organisation.language), values);
    if (words && house->report->has_progress)
        fprintf(house->report->err, "%s\n", words);
}

static const struct viewed *choose(struct house *house, struct arena *arena,
                                   const struct found_events *found)
{
    const struct viewed *chosen = next_of(house, found, found->items[0]->occurrence->event->uid);
    if (found->count > 1)
        tell_choice(house, arena, chosen);
    return chosen;
}

int finder_event(struct house *house, const char *text, enum finder_reach reach,
                 const struct viewed **ret)
{
    CLEANUP_ARENA struct arena *arena = arena_new(finder_max_bytes);
    struct found_events found = {0};
    if (!arena)
        return house_failed(house, "--event", -ENOMEM);
    int status = find_events(house, arena, text, reach, &found);
    if (status || !found.count)
        return status ? status : refuse_text(house, text, false);
    *ret = choose(house, arena, &found);
    return EXIT_YES;
}

int finder_subject(struct house *house, const char *text, struct found_one *ret)
{
    CLEANUP_ARENA struct arena *arena = arena_new(finder_max_bytes);
    struct found found;
    *ret = (struct found_one){0};
    int status = arena ? finder_subjects(house, arena, text, &found)
                       : house_failed(house, "--event", -ENOMEM);
    if (status)
        return status;
    if (found.events.count)
        ret->event = choose(house, arena, &found.events);
    if (ret->event)
        return EXIT_YES;
    struct issues *issues = conductor_issues(house->conductor);
    int r = found.issue ? issues_find(issues, found.issue, &ret->issue)
                        : issues_next(issues, conductor_input(house->conductor), found.newsletter,
                                      &ret->issue);
    if (r)
        return house_failed(house, "--event", r);
    if (!ret->issue)
        report_problem(house->report, "name another by its day", "%s has no next issue", text);
    return ret->issue ? EXIT_YES : EXIT_NO;
}

static bool is_contact(struct arena *arena, const struct contact *contact, struct text folded)
{
    struct arena_mark mark = arena_mark(arena);
    bool is_it =
        has_word(arena, contact->email, folded) || has_word(arena, contact->organisation, folded);
    for (size_t i = 0; i < contact->person_count && !is_it; i++)
        is_it = has_word(arena, contact->people[i].name, folded);
    arena_rewind(arena, mark);
    return is_it;
}

int finder_contact(struct house *house, const char *text, const struct contact **ret)
{
    CLEANUP_ARENA struct arena *arena = arena_new(finder_max_bytes);
    const struct contact_list *list = conductor_contacts(house->conductor);
    const char *folded = arena ? unicode_fold_loose(arena, text_of(text)) : NULL;
    const struct contact *hits[CANDIDATES_MAX];
    size_t count = 0;
    if (!folded)
        return house_failed(house, "--contact", -ENOMEM);
    size_t exact = contact_list_find(list, text);
    if (exact < list->count) {
        *ret = list->items[exact];
        return EXIT_YES;
    }
    for (size_t i = 0; i < list->count && count < CANDIDATES_MAX; i++)
        if (is_contact(arena, list->items[i], text_of(folded)))
            hits[count++] = list->items[i];
    if (count == 1) {
        *ret = hits[0];
        return EXIT_YES;
    }
    report_problem(
        house->report, count ? NULL : "`convier contacts FILE` lists who is in a list",
        count ? "several contacts fit \"%s\"; say more of one:" : "no contact fits \"%s\"", text);
    for (size_t i = 0; i < count; i++)
        fprintf(house->report->err, "  %s  %s\n", hits[i]->email,
                hits[i]->person.name ? hits[i]->person.name : "");
    return EXIT_NO;
}

const struct rule_settings *finder_rule(struct house *house, struct arena *arena,
                                        const struct occurrence *occurrence)
{
    const struct settings *settings = house->settings;
    for (size_t i = 0; i < settings->rule_count; i++) {
        enum match match;
        if (match_rule(arena, &settings->rules[i], occurrence, &match) == 0 && match == MATCH_YES)
            return &settings->rules[i];
    }
    return settings->rule_count ? &settings->rules[0] : NULL;
}
