/* SPDX-License-Identifier: MIT */
/* Each group of variables is one X-macro: an index, a name. The names are static; a view only
 * fills an array of values beside them.                                                          */
#include "compose/view.h"

#include <errno.h>
#include <string.h>

#include "base/list.h"
#include "compose/calendar_link.h"
#include "compose/dates.h"
#include "compose/digest_words.h"
#include "compose/envelope.h"
#include "compose/markdown.h"
#include "compose/salutation.h"

#define GROUPS(X)                                                                                  \
    X(contact)                                                                                     \
    X(organisation)                                                                                \
    X(sender)                                                                                      \
    X(event)                                                                                       \
    X(before)                                                                                      \
    X(changed)                                                                                     \
    X(rule)                                                                                        \
    X(list)                                                                                        \
    X(unsubscribe)                                                                                 \
    X(is)                                                                                          \
    X(digest)                                                                                      \
    X(events)                                                                                      \
    X(fr)                                                                                          \
    X(ja)                                                                                          \
    X(en)

#define CONTACT(X)                                                                                 \
    X(opening)                                                                                     \
    X(call)                                                                                        \
    X(closing)                                                                                     \
    X(name)                                                                                        \
    X(given)                                                                                       \
    X(family)                                                                                      \
    X(title)                                                                                       \
    X(function)                                                                                    \
    X(organisation)                                                                                \
    X(department)                                                                                  \
    X(country)                                                                                     \
    X(email)                                                                                       \
    X(city)                                                                                        \
    X(people)                                                                                      \
    X(is_shared)                                                                                   \
    X(fields)

#define ORGANISATION(X)                                                                            \
    X(name)                                                                                        \
    X(address)                                                                                     \
    X(phone)                                                                                       \
    X(url)

#define SENDER(X)                                                                                  \
    X(name)                                                                                        \
    X(address)                                                                                     \
    X(reply_to)

#define EVENT(X)                                                                                   \
    X(title)                                                                                       \
    X(when)                                                                                        \
    X(day)                                                                                         \
    X(relative)                                                                                    \
    X(clock_change)                                                                                \
    X(place)                                                                                       \
    X(link)                                                                                        \
    X(url)                                                                                         \
    X(description)                                                                                 \
    X(brief)                                                                                       \
    X(attachments)                                                                                 \
    X(has_attachments)                                                                             \
    X(organiser)                                                                                   \
    X(google)                                                                                      \
    X(outlook)                                                                                     \
    X(is_tentative)                                                                                \
    X(is_all_day)

#define BEFORE(X)                                                                                  \
    X(title)                                                                                       \
    X(when)                                                                                        \
    X(day)                                                                                         \
    X(place)                                                                                       \
    X(link)

#define CHANGED(X)                                                                                 \
    X(title)                                                                                       \
    X(when)                                                                                        \
    X(place)                                                                                       \
    X(link)                                                                                        \
    X(state)

#define ONLY_NAME(X) X(name)

#define UNSUBSCRIBE(X)                                                                             \
    X(address)                                                                                     \
    X(url)

#define IS(X)                                                                                      \
    X(invitation)                                                                                  \
    X(with_calendar)                                                                               \
    X(answer_expected)

#define DIGEST(X)                                                                                  \
    X(count)                                                                                       \
    X(count_capital)                                                                               \
    X(titles)

/* What surrounds an event of the list `events`, beside the event itself. */
#define ITEM(X)                                                                                    \
    X(what)                                                                                        \
    X(is_invitation)                                                                               \
    X(has_calendar)                                                                                \
    X(is_last)

#define INDEX(prefix, name)      prefix##_##name,
#define INDEX_CONTACT(name)      INDEX(CONTACT, name)
#define INDEX_ORGANISATION(name) INDEX(ORGANISATION, name)
#define INDEX_SENDER(name)       INDEX(SENDER, name)
#define INDEX_EVENT(name)        INDEX(EVENT, name)
#define INDEX_BEFORE(name)       INDEX(BEFORE, name)
#define INDEX_CHANGED(name)      INDEX(CHANGED, name)
#define INDEX_UNSUBSCRIBE(name)  INDEX(UNSUBSCRIBE, name)
#define INDEX_IS(name)           INDEX(IS, name)
#define INDEX_DIGEST(name)       INDEX(DIGEST, name)
#define INDEX_ITEM(name)         INDEX(ITEM, name)
#define INDEX_GROUP(name)        INDEX(GROUP, name)
enum { CONTACT(INDEX_CONTACT) CONTACT_COUNT };
enum { ORGANISATION(INDEX_ORGANISATION) ORGANISATION_COUNT };
enum { SENDER(INDEX_SENDER) SENDER_COUNT };
enum { EVENT(INDEX_EVENT) EVENT_COUNT };
enum { BEFORE(INDEX_BEFORE) BEFORE_COUNT };
enum { CHANGED(INDEX_CHANGED) CHANGED_COUNT };
enum { UNSUBSCRIBE(INDEX_UNSUBSCRIBE) UNSUBSCRIBE_COUNT };
enum { IS(INDEX_IS) IS_COUNT };
enum { DIGEST(INDEX_DIGEST) DIGEST_COUNT };
enum { ITEM(INDEX_ITEM) ITEM_event, ITEM_COUNT };
enum { GROUPS(INDEX_GROUP) GROUP_COUNT };

#define NAME(name) {#name, sizeof #name - 1},
static const struct text contact_names[] = {CONTACT(NAME)};
static const struct text organisation_names[] = {ORGANISATION(NAME)};
static const struct text sender_names[] = {SENDER(NAME)};
static const struct text event_names[] = {EVENT(NAME)};
static const struct text before_names[] = {BEFORE(NAME)};
static const struct text changed_names[] = {CHANGED(NAME)};
static const struct text only_names[] = {ONLY_NAME(NAME)};
static const struct text unsubscribe_names[] = {UNSUBSCRIBE(NAME)};
static const struct text is_names[] = {IS(NAME)};
static const struct text digest_names[] = {DIGEST(NAME)};
static const struct text item_names[] = {ITEM(NAME){"event", 5}};
static const struct text group_names[] = {GROUPS(NAME)};
static const struct text spoken_names[] = {{"event", 5}, {"before", 6}};
static const struct text person_names[] = {{"name", 4}, {"function", 8}, {"is_last", 7}};
static const struct text attachment_names[] = {{"url", 3}, {"label", 5}};

#define PATH_CONTACT(name)      "contact." #name,
#define PATH_ORGANISATION(name) "organisation." #name,
#define PATH_SENDER(name)       "sender." #name,
#define PATH_EVENT(name)        "event." #name,
#define PATH_BEFORE(name)       "before." #name,
#define PATH_CHANGED(name)      "changed." #name,
#define PATH_UNSUBSCRIBE(name)  "unsubscribe." #name,
#define PATH_IS(name)           "is." #name,
#define PATH_DIGEST(name)       "digest." #name,
#define PATH_ITEM(name)         "events." #name,
#define PATH_GROUP(name)        #name,
static const char *const paths[] = {
    GROUPS(PATH_GROUP) CONTACT(PATH_CONTACT) ORGANISATION(PATH_ORGANISATION) SENDER(PATH_SENDER)
        EVENT(PATH_EVENT) BEFORE(PATH_BEFORE) CHANGED(PATH_CHANGED) UNSUBSCRIBE(PATH_UNSUBSCRIBE)
            IS(PATH_IS) DIGEST(PATH_DIGEST) ITEM(PATH_ITEM) "rule.name",
    "list.name",
    "contact.people.name",
    "contact.people.function",
    "contact.people.is_last",
    "event.attachments.url",
    "event.attachments.label",
};
enum { PATH_COUNT = sizeof paths / sizeof *paths };

/* "ja.event.title": the same in a language that need not be the reader's. */
static struct text without_language(struct text name)
{
    enum language language;
    struct text rest = name, first = text_split(&rest, '.');
    bool is_spoken = first.size == 2 && language_from_text(first, &language) && rest.data &&
                     (text_is(rest, "event") || text_is(rest, "before") ||
                      text_starts(rest, "event.") || text_starts(rest, "before."));
    return is_spoken ? rest : name;
}

bool view_has(struct text name)
{
    if (text_starts(name, "contact.fields."))
        return true;
    name = without_language(name);
    for (size_t i = 0; i < PATH_COUNT; i++)
        if (text_is(name, paths[i]))
            return true;
    return false;
}

const char *view_nearest(struct text name)
{
    return text_nearest(name, paths, PATH_COUNT);
}

const char *view_name(size_t index)
{
    return index < PATH_COUNT ? paths[index] : NULL;
}

/* What fills a view; out of memory is remembered and told at the end. */
struct filler {
    struct arena *arena;
    const struct view_input *input;
    const struct compose_request *request;
    struct dates dates;
    bool is_out_of_memory;
};

static void set_text(struct value *value, const char *string)
{
    if (!string_is_empty(string))
        *value = (struct value){.kind = VALUE_TEXT, .text = text_of(string)};
}

/* For what was just made in the arena: NULL is a refusal of memory. */
static void set_made(struct filler *f, struct value *value, const char *string)
{
    f->is_out_of_memory |= !string;
    set_text(value, string);
}

static void set_flag(struct value *value, bool truth)
{
    *value = (struct value){.kind = VALUE_BOOL, .truth = truth};
}

static struct value *make_map(struct filler *f, struct value *into, const struct text *names,
                              size_t count)
{
    static struct value spare[CONTACT_COUNT + EVENT_COUNT]; /* written to when memory is refused */
    struct value *items = arena_alloc_array(f->arena, count, sizeof *items);
    f->is_out_of_memory |= !items;
    *into = (struct value){
        .kind = VALUE_MAP, .items = items, .names = names, .count = items ? count : 0};
    return items ? items : spare;
}

static void fill_people(struct filler *f, struct value *into, const struct contact *contact)
{
    struct value *list = arena_alloc_array(f->arena, contact->person_count, sizeof *list);
    if (!list) {
        f->is_out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < contact->person_count; i++) {
        struct value *person = make_map(f, &list[i], person_names, 3);
        set_made(f, &person[0],
                 salutation_person(f->arena, &contact->people[i], f->dates.language));
        set_text(&person[1], contact->people[i].function);
        set_flag(&person[2], i + 1 == contact->person_count);
    }
    *into = (struct value){.kind = VALUE_LIST, .items = list, .count = contact->person_count};
}

static void fill_fields(struct filler *f, struct value *into, const struct contact *contact)
{
    struct text *names = arena_alloc_array(f->arena, contact->field_count, sizeof *names);
    f->is_out_of_memory |= !names;
    if (!names)
        return;
    for (size_t i = 0; i < contact->field_count; i++)
        names[i] = text_of(contact->fields[i].name);
    struct value *fields = make_map(f, into, names, contact->field_count);
    for (size_t i = 0; i < into->count; i++)
        set_text(&fields[i], contact->fields[i].value);
}

static void fill_contact(struct filler *f, struct value *into)
{
    const struct contact *contact = f->request->contact;
    enum language language = f->dates.language;
    struct value *v = make_map(f, into, contact_names, CONTACT_COUNT);
    static const struct {
        int index;
        enum personal_word word;
    } words[] = {
        {CONTACT_opening, PERSONAL_OPENING},
        {CONTACT_call, PERSONAL_CALL},
        {CONTACT_closing, PERSONAL_CLOSING},
        {CONTACT_name, PERSONAL_NAME},
        {CONTACT_given, PERSONAL_GIVEN},
        {CONTACT_family, PERSONAL_FAMILY},
        {CONTACT_title, PERSONAL_TITLE},
        {CONTACT_function, PERSONAL_FUNCTION},
        {CONTACT_organisation, PERSONAL_ORGANISATION},
        {CONTACT_department, PERSONAL_DEPARTMENT},
        {CONTACT_email, PERSONAL_EMAIL},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        set_text(&v[words[i].index], f->input->personal->words[words[i].word]);
    set_text(&v[CONTACT_country], contact->country);
    set_text(&v[CONTACT_city], locale_city(f->input->locale, language, zone_name(contact->zone)));
    fill_people(f, &v[CONTACT_people], contact);
    set_flag(&v[CONTACT_is_shared], contact->person_count > 1);
    fill_fields(f, &v[CONTACT_fields], contact);
}

static void fill_house(struct filler *f, struct value *groups)
{
    const struct organisation_settings *organisation = &f->input->settings->organisation;
    const struct sender_settings *sender = &f->input->settings->sender;
    struct value *v =
        make_map(f, &groups[GROUP_organisation], organisation_names, ORGANISATION_COUNT);
    set_text(&v[ORGANISATION_name], organisation->name);
    set_text(&v[ORGANISATION_address], organisation->address);
    set_text(&v[ORGANISATION_phone], organisation->phone);
    set_text(&v[ORGANISATION_url], organisation->url);

    v = make_map(f, &groups[GROUP_sender], sender_names, SENDER_COUNT);
    set_text(&v[SENDER_name], sender->name);
    set_text(&v[SENDER_address], sender->address);
    set_text(&v[SENDER_reply_to], sender->reply_to);

    v = make_map(f, &groups[GROUP_unsubscribe], unsubscribe_names, UNSUBSCRIBE_COUNT);
    const char *const *words = f->input->personal->words;
    set_text(&v[UNSUBSCRIBE_address], words[PERSONAL_LEAVE_ADDRESS]);
    set_made(f, &v[UNSUBSCRIBE_url],
             envelope_leave_url(f->arena, sender, words[PERSONAL_LEAVE_ADDRESS],
                                words[PERSONAL_LEAVE_TOKEN]));

    const struct rule_settings *rule = f->request->rule;
    const char *rule_name = rule ? rule->name : f->request->notice->rule;
    v = make_map(f, &groups[GROUP_rule], only_names, 1);
    set_text(&v[0], rule_name);
    v = make_map(f, &groups[GROUP_list], only_names, 1);
    set_text(&v[0], rule && rule->list ? rule->list : rule_name);
}

static void fill_attachments(struct filler *f, struct value *into, const struct event *event)
{
    struct value *list = arena_alloc_array(f->arena, event->attachment_count, sizeof *list);
    f->is_out_of_memory |= !list;
    if (!list)
        return;
    for (size_t i = 0; i < event->attachment_count; i++) {
        const struct attachment_link *link = &event->attachments[i];
        struct value *v = make_map(f, &list[i], attachment_names, 2);
        set_text(&v[0], link->url);
        set_text(&v[1], string_is_empty(link->label) ? link->url : link->label);
    }
    *into = (struct value){.kind = VALUE_LIST, .items = list, .count = event->attachment_count};
}

/* The first lines of a description, for a mail that has much to tell. */
static const char *brief_of(struct arena *arena, const char *description)
{
    enum { LINES_MAX = 5, BRIEF_BYTES_MAX = 400 };
    struct text rest = text_of(description), whole = rest;
    size_t end = 0;
    for (int lines = 0; rest.data && lines < LINES_MAX;) {
        struct text line = text_trim(text_next_line(&rest));
        size_t next = line.size ? (size_t)(line.data + line.size - whole.data) : end;
        if (next > BRIEF_BYTES_MAX && lines)
            break;
        end = next;
        lines += line.size > 0;
    }
    bool is_cut = text_trim(text_from(whole, end)).size > 0;
    return arena_printf(arena, "%.*s%s", (int)end, whole.data, is_cut ? "\n…" : "");
}

static void fill_description(struct filler *f, struct value *v, const char *description)
{
    if (string_is_empty(description))
        return;
    const char *brief = brief_of(f->arena, description);
    set_made(f, &v[EVENT_description], markdown_from_description(f->arena, description));
    set_made(f, &v[EVENT_brief], brief ? markdown_from_description(f->arena, brief) : NULL);
}

static void fill_event(struct filler *f, struct value *into, const struct compose_item *item)
{
    const struct facts *facts = item->facts;
    const struct event *event = item->occurrence ? item->occurrence->event : NULL;
    enum language language = f->dates.language;
    struct value *v = make_map(f, into, event_names, EVENT_COUNT);
    const char *title = words_in(&facts->summary, language);
    const char *place = words_in(&facts->location, language);

    f->dates.is_on_line = !string_is_empty(facts->link);
    set_text(&v[EVENT_title], title);
    set_made(f, &v[EVENT_when], dates_when(&f->dates, &facts->when));
    set_made(f, &v[EVENT_day], dates_day(&f->dates, &facts->when));
    set_made(f, &v[EVENT_relative], dates_relative(&f->dates, &facts->when, f->request->date));
    set_made(f, &v[EVENT_clock_change], dates_clock_change(&f->dates, &facts->when));
    set_text(&v[EVENT_place], facts_place(facts, language));
    set_text(&v[EVENT_link], facts->link);
    set_flag(&v[EVENT_is_tentative], facts->state == EVENT_TENTATIVE);
    set_flag(&v[EVENT_is_all_day], facts->when.is_all_day);
    struct calendar_link_input link = {
        .title = title, .place = place, .link = facts->link, .when = &facts->when};
    set_made(f, &v[EVENT_google], calendar_link_google(f->arena, &link));
    set_made(f, &v[EVENT_outlook], calendar_link_outlook(f->arena, &link));
    if (!event)
        return;
    set_text(&v[EVENT_url], string_equal(event->url, facts->link) ? NULL : event->url);
    set_text(&v[EVENT_organiser], event->organiser_name);
    fill_description(f, v, words_in(&event->description, language));
    fill_attachments(f, &v[EVENT_attachments], event);
    set_flag(&v[EVENT_has_attachments], event->attachment_count > 0);
}

static void fill_changed(struct filler *f, struct value *into)
{
    const struct facts *before = f->request->before;
    struct value *v = make_map(f, into, changed_names, CHANGED_COUNT);
    unsigned fields = before ? facts_differ(before, f->request->facts) : 0;

    set_flag(&v[CHANGED_title], fields & FACTS_TITLE);
    set_flag(&v[CHANGED_when], fields & FACTS_TIME);
    enum language language = f->dates.language;
    bool has_place =
        before && (facts_place(before, language) || facts_place(f->request->facts, language));
    set_flag(&v[CHANGED_place], (fields & FACTS_PLACE) && has_place);
    set_flag(&v[CHANGED_link], fields & FACTS_LINK);
    set_flag(&v[CHANGED_state], fields & FACTS_STATE);
}

/* Stays null when nothing was told before. */
static void fill_before(struct filler *f, struct value *into)
{
    const struct facts *before = f->request->before;
    if (!before)
        return;
    struct value *v = make_map(f, into, before_names, BEFORE_COUNT);
    set_text(&v[BEFORE_title], words_in(&before->summary, f->dates.language));
    set_made(f, &v[BEFORE_when], dates_when(&f->dates, &before->when));
    set_made(f, &v[BEFORE_day], dates_day(&f->dates, &before->when));
    set_text(&v[BEFORE_place], facts_place(before, f->dates.language));
    set_text(&v[BEFORE_link], before->link);
}

/* The event once more in each language, for mails in two. */
static void fill_spoken(struct filler *f, struct value *groups)
{
    enum language own = f->dates.language;
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        static const int places[LANGUAGE_COUNT] = {GROUP_fr, GROUP_ja, GROUP_en};
        struct value *v = make_map(f, &groups[places[language]], spoken_names, 2);
        f->dates.language = (enum language)language;
        if (f->input->several->count)
            fill_event(f, &v[0], &f->input->several->items[0]);
        fill_before(f, &v[1]);
    }
    f->dates.language = own;
}

static void fill_is(struct filler *f, struct value *into)
{
    const struct compose_request *request = f->request;
    struct value *v = make_map(f, into, is_names, IS_COUNT);
    set_flag(&v[IS_invitation], several_invites(f->input->several));
    set_flag(&v[IS_with_calendar], request->calendar.size > 0);
    set_flag(&v[IS_answer_expected], request->calendar.size > 0 && request->calendar_method &&
                                         strcmp(request->calendar_method, "REQUEST") == 0);
}

/* The list of what the mail is about; one event in nearly every mail. */
static void fill_events(struct filler *f, struct value *groups)
{
    const struct several *several = f->input->several;
    enum language language = f->dates.language;
    struct value *list = arena_alloc_array(f->arena, several->count + 1, sizeof *list);
    f->is_out_of_memory |= !list;
    for (size_t i = 0; list && i < several->count; i++) {
        const struct compose_item *item = &several->items[i];
        struct value *v = make_map(f, &list[i], item_names, ITEM_COUNT);
        set_text(&v[ITEM_what], digest_words_kind(item->notice->kind, language));
        set_flag(&v[ITEM_is_invitation], item->notice->kind == NOTICE_INVITATION);
        set_flag(&v[ITEM_has_calendar], item->calendar.size > 0);
        set_flag(&v[ITEM_is_last], i + 1 == several->count);
        fill_event(f, &v[ITEM_event], item);
    }
    groups[GROUP_events] =
        (struct value){.kind = VALUE_LIST, .items = list, .count = list ? several->count : 0};

    struct value *v = make_map(f, &groups[GROUP_digest], digest_names, DIGEST_COUNT);
    set_made(f, &v[DIGEST_count], digest_words_count(f->arena, several->count, language));
    set_made(f, &v[DIGEST_count_capital],
             digest_words_count_capital(f->arena, several->count, language));
    set_made(f, &v[DIGEST_titles], digest_words_titles(f->arena, several, language));
}

int view_of(struct arena *arena, const struct view_input *input, const struct value **ret)
{
    const struct compose_request *request = input->request;
    struct filler f = {.arena = arena,
                       .input = input,
                       .request = request,
                       .dates = {.arena = arena,
                                 .locale = input->locale,
                                 .language = request->contact->language,
                                 .zone = request->contact->zone}};
    struct value *root = arena_alloc(arena, sizeof *root);
    if (!root)
        return -ENOMEM;
    struct value *groups = make_map(&f, root, group_names, GROUP_COUNT);
    fill_contact(&f, &groups[GROUP_contact]);
    fill_house(&f, groups);
    fill_events(&f, groups);
    if (input->several->count)
        fill_event(&f, &groups[GROUP_event], &input->several->items[0]);
    fill_before(&f, &groups[GROUP_before]);
    fill_changed(&f, &groups[GROUP_changed]);
    fill_spoken(&f, groups);
    fill_is(&f, &groups[GROUP_is]);
    *ret = root;
    return f.is_out_of_memory ? -ENOMEM : 0;
}
