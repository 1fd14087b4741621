/* SPDX-License-Identifier: MIT */
#include "app/forms.h"

#include "app/report.h"

enum { SAMPLE_MAX = 5 };

json_t *forms_instant(struct instant t, const struct zone *zone)
{
    char text[32];
    if (t.utc_usec == INSTANT_UNSET.utc_usec || t.utc_usec == INSTANT_NEVER.utc_usec)
        return json_null();
    zone_format_rfc3339(zone, t, text);
    return json_string(text);
}

static json_t *date(struct civil_date day)
{
    char text[11];
    civil_date_format(day, text);
    return json_string(text);
}

const char *forms_plain(const struct words *words)
{
    if (words->any)
        return words->any;
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (words->in[i])
            return words->in[i];
    return "";
}

static json_t *plain(const struct words *words)
{
    const char *text = forms_plain(words);
    return *text ? report_json_string(text) : json_null();
}

static json_t *recurrence(struct recurrence_id id)
{
    switch (id.kind) {
    case RECURRENCE_DATE:
        return date(id.date);
    case RECURRENCE_INSTANT: {
        struct civil_time time = civil_time_from_sec(instant_sec(id.instant));
        return json_sprintf("%04d-%02d-%02dT%02d:%02d:%02dZ", time.date.year, time.date.month,
                            time.date.day, time.hour, time.minute, time.second);
    }
    default:
        return json_null();
    }
}

static const char *status(enum event_state state)
{
    return state == EVENT_CANCELLED   ? "CANCELLED"
           : state == EVENT_TENTATIVE ? "TENTATIVE"
                                      : "CONFIRMED";
}

static json_t *first_moment(const struct when *when)
{
    return when->is_all_day ? date(when->first_day) : forms_instant(when->start, when->zone);
}

json_t *forms_occurrence(const struct occurrence *o)
{
    const struct event *event = o->event;
    const struct when *when = &o->when;
    json_t *end = when->is_all_day ? date(when->end_day) : forms_instant(when->end, when->zone);
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:s, s:b, s:o, s:o, s:o, s:o, s:I, s:o, s:o, "
        "s:o, s:i}",
        "uid", event->uid, "recurrence_id", recurrence(o->id), "start", first_moment(when), "end",
        end, "all_day", when->is_all_day, "zone",
        report_json_string(when->is_all_day ? NULL : zone_name(when->zone)), "summary",
        plain(&event->summary), "location", plain(&event->location), "status", status(o->state),
        "postponed", o->state == EVENT_POSTPONED, "categories",
        report_json_strings(event->categories, event->category_count), "link",
        report_json_string(event->link), "url", report_json_string(event->url), "description",
        plain(&event->description), "sequence", (json_int_t)event->sequence, "audience",
        report_json_string(event->marks.audience), "calendar", report_json_string(event->feed),
        "source", report_json_string(event->source), "line", event->line);
}

static json_t *fields(const struct contact *contact)
{
    json_t *object = json_object();
    for (size_t i = 0; i < contact->field_count; i++)
        json_object_set_new(object, contact->fields[i].name,
                            report_json_string(contact->fields[i].value));
    return object;
}

static json_t *people(const struct contact *contact)
{
    json_t *list = json_array();
    for (size_t i = 0; i < contact->person_count; i++)
        json_array_append_new(list, report_json_string(contact->people[i].name));
    return list;
}

json_t *forms_contact(const struct contact *c)
{
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, "
        "s:i}",
        "email", c->email, "name", report_json_string(c->person.name), "given",
        report_json_string(c->person.given), "family", report_json_string(c->person.family),
        "title", report_json_string(c->person.title), "function",
        report_json_string(c->person.function), "organisation", report_json_string(c->organisation),
        "department", report_json_string(c->department), "country", report_json_string(c->country),
        "language", language_to_text(c->language), "zone", zone_name(c->zone), "groups",
        report_json_strings(c->groups + c->group_count, c->group_count), "cc",
        report_json_strings(c->cc, c->cc_count), "salutation",
        report_json_string(c->person.salutation), "people", people(c), "fields", fields(c),
        "source", report_json_string(c->source), "line", c->line);
}

#define KEY_FORMAT "%s|%s|%s"

char *forms_key(struct arena *arena, const struct notice *n)
{
    return arena_printf(arena, KEY_FORMAT, n->occurrence, n->step, n->contact);
}

/* "UID/20261005T070000Z" is an occurrence of a series, "UID" a single event. */
static json_t *recurrence_of_key(struct text *key)
{
    static const char form[] = "nnnnnnnnTnnnnnnZ";
    enum { DATE_SIZE = 8, INSTANT_SIZE = 16 };
    size_t slash = key->size;
    while (slash && key->data[slash - 1] != '/')
        slash--;
    struct text id = text_from(*key, slash);
    bool is_id = slash > 1 && (id.size == DATE_SIZE || id.size == INSTANT_SIZE);
    for (size_t i = 0; i < id.size && is_id; i++)
        is_id = form[i] == 'n' ? char_is_digit(id.data[i]) : id.data[i] == form[i];
    if (!is_id)
        return json_null();
    key->size = slash - 1;
    const char *d = id.data;
    return id.size == DATE_SIZE ? json_sprintf("%.4s-%.2s-%.2s", d, d + 4, d + 6)
                                : json_sprintf("%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", d, d + 4, d + 6,
                                               d + 9, d + 11, d + 13);
}

/* What the ledger knows of an occurrence. */
static json_t *remembered(const char *occurrence, const struct facts *facts)
{
    struct text uid = text_of(occurrence);
    json_t *recurrence_id = recurrence_of_key(&uid);
    return json_pack("{s:s%, s:o, s:o, s:o}", "uid", uid.data, uid.size, "recurrence_id",
                     recurrence_id, "summary", facts ? plain(&facts->summary) : json_null(),
                     "start", facts ? first_moment(&facts->when) : json_null());
}

static json_t *event_of(const struct notice *n, const struct occurrence *o)
{
    if (!o)
        return remembered(n->occurrence, NULL);
    return json_pack("{s:s, s:o, s:o, s:o}", "uid", o->event->uid, "recurrence_id",
                     recurrence(o->id), "summary", plain(&o->event->summary), "start",
                     first_moment(&o->when));
}

static json_t *with(const struct together *together)
{
    return together ? report_json_strings(together->keys, together->count) : json_null();
}

json_t *forms_planned(const struct notice *n, const struct occurrence *o, const struct zone *zone,
                      const struct together *together)
{
    return json_pack("{s:o, s:s, s:s, s:o, s:s, s:s, s:o, s:o, s:s, s:o, s:o}", "due",
                     forms_instant(n->due, zone), "kind", notice_kind_to_text(n->kind), "step",
                     n->step, "event", event_of(n, o), "contact", n->contact, "language",
                     language_to_text(n->language), "zone", report_json_string(n->zone), "rule",
                     report_json_string(n->rule), "state", notice_state_to_text(n->state), "key",
                     json_sprintf(KEY_FORMAT, n->occurrence, n->step, n->contact), "with",
                     with(together));
}

json_t *forms_who(const struct notice *n, const struct occurrence *o, const char *state,
                  const struct zone *zone, const struct together *together)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:i, s:o, s:o, s:o}", "contact",
                     n->contact, "kind", notice_kind_to_text(n->kind), "step", n->step, "event",
                     event_of(n, o), "state", state, "due", forms_instant(n->due, zone), "sent",
                     forms_instant(n->sent, zone), "attempts", n->attempts, "reply",
                     report_json_string(n->reply), "message_id", report_json_string(n->message_id),
                     "with", with(together));
}

json_t *forms_hold(const struct hold *hold, const struct notices *notices,
                   const struct facts *const *facts, const char *list, const struct zone *zone)
{
    json_t *sample = json_array(), *objects = json_array();
    for (size_t i = 0; i < notices->count && i < SAMPLE_MAX; i++) {
        const struct notice *n = &notices->items[i];
        const char *kind = notice_kind_to_text(n->kind);
        json_array_append_new(sample, json_sprintf("%s to %s", kind, n->contact));
        json_array_append_new(objects,
                              json_pack("{s:s, s:s, s:o}", "kind", kind, "contact", n->contact,
                                        "event", remembered(n->occurrence, facts[i])));
    }
    json_t *event = hold->events == 1 && notices->count
                        ? remembered(notices->items[0].occurrence, facts[0])
                        : json_null();
    return json_pack(
        "{s:I, s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "id", (json_int_t)hold->id,
        "reason", report_json_string(hold->reason), "created", forms_instant(hold->created, zone),
        "expires", forms_instant(hold->expires, zone), "messages", (json_int_t)hold->messages,
        "contacts", (json_int_t)hold->contacts, "events", (json_int_t)hold->events, "event", event,
        "list", report_json_string(list), "sample", sample, "notices", objects);
}

const char *forms_moment(struct arena *arena, struct instant t, const struct zone *zone)
{
    if (t.utc_usec == INSTANT_UNSET.utc_usec || t.utc_usec == INSTANT_NEVER.utc_usec)
        return "";
    struct civil_time c = zone_to_civil(zone, t);
    return arena_printf(arena, "%04d-%02d-%02d %02d:%02d", c.date.year, c.date.month, c.date.day,
                        c.hour, c.minute);
}

const char *forms_when(struct arena *arena, const struct when *when, const struct zone *zone)
{
    char first[11], last[11];
    if (!when->is_all_day)
        return forms_moment(arena, when->start, when->zone ? when->zone : zone);
    civil_date_format(when->first_day, first);
    civil_date_format(civil_date_add_days(when->end_day, -1), last);
    return string_equal(first, last) ? arena_copy_string(arena, first)
                                     : arena_printf(arena, "%s – %s", first, last + 5);
}
