/* SPDX-License-Identifier: MIT */
/* The way of a mail: find the template, gather what it may say, fill it in, lay it out twice, put
 * the header fields and the MIME tree around it, look it over.                                   */
#include "compose/composer.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "compose/composer_state.h"
#include "compose/draft.h"
#include "compose/envelope.h"
#include "compose/header.h"
#include "compose/held.h"
#include "compose/ident.h"
#include "compose/markdown.h"
#include "compose/mime.h"
#include "compose/view.h"

enum { TEMPLATES_BYTES_MAX = 64 << 20, HTML_BYTES_MAX = 4 << 20, MESSAGE_BYTES_MAX = 16 << 20 };

/* One message on its way. */
struct mail {
    struct draft draft;
    const struct compose_request *request;
    struct several several;
    struct envelope envelope;
    struct personal personal, holes;
    const struct mold *mold;
};

int composer_new(const struct settings *settings, struct locale *locale,
                 const struct template_source *sources, size_t source_count, struct text token_key,
                 struct flaws *flaws, struct composer **ret)
{
    struct arena *arena = arena_new(TEMPLATES_BYTES_MAX);
    struct composer *c = arena ? arena_alloc(arena, sizeof *c) : NULL;
    if (!c) {
        arena_free(arena);
        return -ENOMEM;
    }
    *c = (struct composer){.arena = arena,
                           .settings = settings,
                           .locale = locale,
                           .token_key = {arena_copy_text(arena, token_key), token_key.size},
                           .accent = markdown_accent(settings->organisation.colour)};
    molds_init(&c->molds, HTML_BYTES_MAX);
    for (int i = 0; i < ROOM_COUNT; i++)
        buf_init(&c->rooms[i], HTML_BYTES_MAX);
    size_t first_flaw = flaws->count;
    int r = c->token_key.data
                ? templates_load(arena, settings, sources, source_count, flaws, &c->templates)
                : -ENOMEM;
    draft_own_sources(flaws, first_flaw);
    if (!r && flaws->is_out_of_memory)
        r = -ENOMEM;
    if (r) {
        composer_free(c);
        return r;
    }
    for (int i = 0; i < PERSONAL_COUNT; i++)
        c->shows[i] = templates_mention(c->templates, personal_variable((enum personal_word)i));
    c->shows_fields = templates_mention(c->templates, "contact.fields");
    *ret = c;
    return 0;
}

struct composer *composer_free(struct composer *composer)
{
    if (!composer)
        return NULL;
    molds_done(&composer->molds);
    for (int i = 0; i < ROOM_COUNT; i++)
        buf_done(&composer->rooms[i]);
    arena_free(composer->arena);
    return NULL;
}

bool composer_has_template(const struct composer *composer, const char *name,
                           enum language language)
{
    return templates_get(composer->templates, name, language);
}

bool composer_is_digest(const struct compose_request *request)
{
    return request->item_count && request->notice->kind != NOTICE_NEWSLETTER;
}

static int check_sender(struct mail *m, const char *address)
{
    return header_address_is_safe(address)
               ? 0
               : draft_incomplete(&m->draft, "correct sender in the settings",
                                  "the sender's address is unusable", "");
}

static int check_request(struct mail *m)
{
    const struct compose_request *request = m->request;
    if (!header_address_is_safe(request->contact->email))
        return draft_incomplete(&m->draft, "correct the contact list",
                                "this is no address that mail can go to", "");
    int r = check_sender(m, m->draft.composer->settings->sender.address);
    if (r)
        return r;
    for (size_t i = 0; i < m->several.count; i++)
        if (string_is_empty(
                words_in(&m->several.items[i].facts->summary, request->contact->language)))
            return draft_incomplete(&m->draft, "give the event a title in the calendar",
                                    "the event has no title", "");
    return 0;
}

static const struct mail_template *find_template(const struct composer *composer,
                                                 const struct compose_request *request)
{
    enum language language = request->contact->language;
    return composer_is_digest(request)
               ? templates_find_digest(composer->templates, request->notice, language)
               : templates_find(composer->templates, request->notice, request->rule, language);
}

/* All that tells whether it can be composed. */
static int mail_begin(struct mail *m, struct composer *composer, struct arena *arena,
                      const struct compose_request *request, struct flaws *flaws)
{
    const struct mail_template *template_ = find_template(composer, request);
    *m = (struct mail){.request = request, .draft.flaws = flaws};
    if (!template_)
        return draft_incomplete(&m->draft, "write one, or remove the step",
                                "no template fits in the reader's language for ",
                                envelope_kind(request));
    draft_init(&m->draft, composer, arena, flaws, template_);
    int r = several_of(arena, request, &m->several);
    r = r ? r : check_request(m);
    r = r ? r : personal_of(arena, request->contact, &m->personal);
    for (int i = 0; i < PERSONAL_COUNT; i++)
        if (i >= PERSONAL_LEAVE_ADDRESS ||
            (composer->shows[i] && !string_is_empty(m->personal.words[i])))
            m->holes.words[i] = personal_hole((enum personal_word)i);
    return r;
}

/* What this one mail is called and where its reader may leave; a proof can do without. */
static int name_mail(struct mail *m)
{
    const struct composer *c = m->draft.composer;
    int r = envelope_of(m->draft.arena, c->settings, c->token_key, m->request, &m->several,
                        &m->envelope);
    m->personal.words[PERSONAL_LEAVE_ADDRESS] = m->envelope.leave_address;
    m->personal.words[PERSONAL_LEAVE_TOKEN] = m->envelope.leave_token;
    return r ? r : check_sender(m, m->envelope.envelope_from);
}

/* It is only to save time: without it, each reader's HTML is encoded anew. */
static void do_without_if_broken(struct buf *encoded)
{
    if (buf_error(encoded))
        buf_clear(encoded);
}

static void encode_html(struct mold *mold)
{
    struct buf *encoded = &mold->parts[MOLD_HTML_ENCODED];
    held_encode(encoded, buf_text(&mold->parts[MOLD_HTML]));
    do_without_if_broken(encoded);
}

/* Lays a mail out with holes in place of the reader's words. */
static int make_mold(struct mail *m, struct mold *mold)
{
    struct composer *c = m->draft.composer;
    struct arena *arena = m->draft.arena;
    const struct view_input input = {.settings = c->settings,
                                     .locale = c->locale,
                                     .request = m->request,
                                     .several = &m->several,
                                     .personal = &m->holes};
    int r = view_of(arena, &input, &m->draft.view);
    r = r ? r : draft_lay_out(&m->draft, mold);
    if (!r && transfer_of(m->request->contact->language) == TRANSFER_QUOTED_PRINTABLE)
        encode_html(mold);
    r = r ? r : envelope_list_id(arena, c->settings, m->request, &mold->parts[MOLD_LIST_ID]);
    return r ? r
             : envelope_feedback_id(arena, c->settings, m->request, &mold->parts[MOLD_FEEDBACK_ID]);
}

static struct mold_input mold_input_of(const struct mail *m)
{
    return (struct mold_input){.request = m->request,
                               .several = &m->several,
                               .template_ = m->draft.template_,
                               .holes = &m->holes,
                               .has_fields = m->draft.composer->shows_fields};
}

static int mail_parts(struct mail *m)
{
    struct composer *c = m->draft.composer;
    const struct mold_input input = mold_input_of(m);
    struct buf *subject = &c->rooms[ROOM_SUBJECT], *text = &c->rooms[ROOM_TEXT],
               *html = &c->rooms[ROOM_HTML], *encoded = &c->rooms[ROOM_HTML_ENCODED];
    struct mold *mold;
    bool is_made;
    int r = name_mail(m);
    r = r ? r : molds_get(&c->molds, &input, &mold, &is_made);
    if (!r && !is_made) {
        r = make_mold(m, mold);
        if (r)
            molds_drop(mold);
    }
    if (r)
        return r;
    m->mold = mold;
    buf_clear(subject);
    buf_clear(html);
    buf_clear(encoded);
    buf_clear(text);
    personal_fill_plain(subject, buf_text(&mold->parts[MOLD_SUBJECT]), &m->personal);
    personal_fill_html(html, buf_text(&mold->parts[MOLD_HTML]), &m->personal);
    held_release_encoded(encoded, buf_text(&mold->parts[MOLD_HTML_ENCODED]), &m->personal);
    held_release(text, buf_text(&mold->parts[MOLD_TEXT]), &m->personal,
                 markdown_columns(m->draft.language));
    do_without_if_broken(encoded);
    return buf_error(subject) ? buf_error(subject)
           : buf_error(html)  ? buf_error(html)
                              : buf_error(text);
}

static struct text finished(const struct mail *m, enum room room)
{
    return buf_text(&m->draft.composer->rooms[room]);
}

int composer_parts(struct composer *composer, struct arena *arena,
                   const struct compose_request *request, struct composed_parts *ret,
                   struct flaws *flaws)
{
    struct mail m;
    int r = mail_begin(&m, composer, arena, request, flaws);
    if (!r)
        r = mail_parts(&m);
    if (r)
        return r;
    struct text text = finished(&m, ROOM_TEXT), html = finished(&m, ROOM_HTML);
    *ret = (struct composed_parts){.subject = arena_copy_text(arena, finished(&m, ROOM_SUBJECT)),
                                   .text = {arena_copy_text(arena, text), text.size},
                                   .html = {arena_copy_text(arena, html), html.size}};
    return ret->subject && ret->text.data && ret->html.data ? 0 : -ENOMEM;
}

/* The contact list may be read anew while the message is on its way. */
static int own_recipients(struct arena *arena, const struct contact *contact,
                          struct message *message)
{
    envelope_recipients(contact, message);
    for (size_t i = 0; i < message->recipient_count; i++) {
        message->recipients[i] = arena_copy_string(arena, message->recipients[i]);
        if (!message->recipients[i])
            return -ENOMEM;
    }
    return 0;
}

static int address_message(struct arena *arena, const struct compose_request *request,
                           const struct envelope *envelope, struct text bytes, struct message *ret)
{
    *ret = (struct message){.message_id = envelope->message_id,
                            .envelope_from = envelope->envelope_from,
                            .envelope_id = envelope->envelope_id,
                            .bytes = bytes};
    return own_recipients(arena, request->contact, ret);
}

int composer_envelope(struct composer *composer, struct arena *arena,
                      const struct compose_request *request, struct message *ret_message)
{
    struct several several;
    struct envelope envelope;
    int r = several_of(arena, request, &several);
    r = r ? r
          : envelope_of(arena, composer->settings, composer->token_key, request, &several,
                        &envelope);
    return r ? r : address_message(arena, request, &envelope, (struct text){0}, ret_message);
}

/* Names of files are ASCII whatever the title: "1-reunion-du-groupe-pays.ics", "2-2026-10-05.ics".
 */
static const char *file_name(struct arena *arena, size_t number, const struct facts *facts)
{
    enum { SLUG_MIN = 4, SLUG_MAX = 24 }; /* the header field fits on its line */
    const char *title = words_in(&facts->summary, LANGUAGE_FR), *slug = ident_slug(arena, title);
    const char *fallback = ident_short(arena, "slug", title);
    struct civil_date day = when_day(&facts->when);
    if (!slug || !fallback)
        return NULL;
    if (strlen(slug) < SLUG_MIN || string_equal(slug, fallback)) /* little of the title is left */
        return arena_printf(arena, "%zu-%04d-%02d-%02d.ics", number, day.year, day.month, day.day);
    size_t size = strlen(slug) > SLUG_MAX ? SLUG_MAX : strlen(slug);
    const char *hyphen = slug[size] ? memrchr(slug, '-', size + 1) : NULL;
    if (hyphen && hyphen > slug) /* whole words where they can be */
        size = (size_t)(hyphen - slug);
    return arena_printf(arena, "%zu-%.*s.ics", number, (int)size, slug);
}

/* A mail about several events has their calendars as files; they would be too many invitations. */
static int attach_files(struct mail *m, struct mime_parts *parts)
{
    struct arena *arena = m->draft.arena;
    struct mime_file *files = arena_alloc_array(arena, m->several.count, sizeof *files);
    if (!files)
        return -ENOMEM;
    for (size_t i = 0; i < m->several.count; i++) {
        const struct compose_item *item = &m->several.items[i];
        if (!item->calendar.size)
            continue;
        const char *name = file_name(arena, i + 1, item->facts);
        if (!name)
            return -ENOMEM;
        files[parts->file_count++] = (struct mime_file){name, item->calendar};
    }
    parts->files = files;
    parts->calendar = TEXT("");
    return 0;
}

int composer_compose(struct composer *composer, struct arena *arena,
                     const struct compose_request *request, struct buf *out,
                     struct message *ret_message, struct flaws *flaws)
{
    struct mail m;
    size_t start = out->size;
    int r = mail_begin(&m, composer, arena, request, flaws);
    if (!r)
        r = mail_parts(&m);
    if (r)
        return r;

    const struct logo logo = templates_logo(composer->templates);
    struct mime_parts parts = {.text = finished(&m, ROOM_TEXT),
                               .html = finished(&m, ROOM_HTML),
                               .html_encoded = finished(&m, ROOM_HTML_ENCODED),
                               .calendar = request->calendar,
                               .calendar_method = request->calendar_method,
                               .transfer = transfer_of(request->contact->language),
                               .logo = m.draft.template_->html ? TEXT("") : logo.bytes,
                               .logo_type = logo.type,
                               .boundary = m.envelope.boundary};
    if (composer_is_digest(request))
        r = attach_files(&m, &parts);
    if (r)
        return r;
    envelope_headers(out, composer->settings, request, &m.several, &m.envelope, m.mold,
                     finished(&m, ROOM_SUBJECT).data);
    mime_write(out, &parts);
    r = buf_error(out);
    struct text bytes = text_from(buf_text(out), start);
    if (!r)
        r = draft_look_over(&m.draft, bytes, finished(&m, ROOM_HTML));
    r = r ? r : address_message(arena, request, &m.envelope, bytes, ret_message);
    if (r) {
        buf_truncate(out, start);
        return r;
    }
    log_trace("compose", "%s %s: %zu bytes", envelope_kind(request),
              language_to_text(request->contact->language), bytes.size);
    return 0;
}

int composer_proof(struct composer *composer, struct arena *arena,
                   const struct compose_request *request, struct flaws *flaws)
{
    struct mail m;
    bool is_known;
    int r = mail_begin(&m, composer, arena, request, flaws);
    if (r)
        return r;
    const struct mold_input input = mold_input_of(&m);
    r = molds_has(&composer->molds, &input, &is_known);
    if (r || is_known)
        return r;
    CLEANUP_BUF struct buf out = BUF_INIT(MESSAGE_BYTES_MAX);
    struct message message;
    return composer_compose(composer, arena, request, &out, &message, flaws);
}
