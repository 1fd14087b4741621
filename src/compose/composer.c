/* SPDX-License-Identifier: MIT */
/* The way of a mail: find the template, gather what it may say, fill it in, lay it out twice, put
 * the header fields and the MIME tree around it, look it over.                                   */
#include "compose/composer.h"

#include <errno.h>
#include <stddef.h>

#include "base/log.h"
#include "compose/envelope.h"
#include "compose/header.h"
#include "compose/held.h"
#include "compose/ident.h"
#include "compose/layout.h"
#include "compose/markdown.h"
#include "compose/mime.h"
#include "compose/mold.h"
#include "compose/selfcheck.h"
#include "compose/templates.h"
#include "compose/view.h"

enum { TEMPLATES_BYTES_MAX = 64 << 20, HTML_BYTES_MAX = 4 << 20 };

/* Room for the pieces of one message at a time, kept warm from one to the next. */
enum room {
    ROOM_PREHEADER,
    ROOM_BODY,
    ROOM_FOOTER,
    ROOM_BODY_HTML,
    ROOM_FOOTER_HTML,
    /* the finished parts */
    ROOM_SUBJECT,
    ROOM_HTML,
    ROOM_TEXT,
    ROOM_COUNT
};

struct composer {
    struct arena *arena;
    const struct settings *settings;
    struct locale *locale;
    struct text token_key;
    const struct templates *templates;
    const char *accent;
    bool shows[PERSONAL_COUNT]; /* which personal words the templates speak of */
    bool shows_fields;
    struct molds molds;
    struct buf rooms[ROOM_COUNT];
};

/* One message on its way. */
struct draft {
    struct composer *composer;
    struct arena *arena;
    const struct compose_request *request;
    struct flaws *flaws;
    const struct mail_template *template_;
    struct templates_scope scope;
    struct envelope envelope;
    struct personal personal, holes;
    const struct value *view; /* with holes */
    const struct mold *mold;
    bool is_incomplete;
};

/* File names in flaws must not die with the composer. */
static void own_sources(struct flaws *flaws, size_t first)
{
    for (size_t i = first; i < flaws->count; i++) {
        const char *source = flaws->items[i].source;
        flaws->items[i].source = arena_copy_string(flaws->arena, source);
        flaws->is_out_of_memory |= source && !flaws->items[i].source;
    }
}

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
    own_sources(flaws, first_flaw);
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

const char *composer_message_id(struct composer *composer, struct arena *arena,
                                const struct notice *notice)
{
    return ident_message_id(arena, notice, composer->settings->sender.domain);
}

/* The message cannot be made: the reason, where it stands, and the verdict. */
static int incomplete(struct draft *d, const char *advice, const char *what, const char *which)
{
    flaws_add(d->flaws, SEVERITY_ERROR, 0, 0, advice, "%s%s", what, which);
    return d->flaws->is_out_of_memory ? -ENOMEM : COMPOSER_E_INCOMPLETE;
}

static int check_request(struct draft *d)
{
    const struct compose_request *request = d->request;
    const char *const ours[] = {d->composer->settings->sender.address, d->envelope.envelope_from};
    if (!header_address_is_safe(request->contact->email))
        return incomplete(d, "correct the contact list", "this is no address that mail can go to",
                          "");
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (!header_address_is_safe(ours[i]))
            return incomplete(d, "correct sender in the settings",
                              "the sender's address is unusable", "");
    if (string_is_empty(words_in(&request->facts->summary, request->contact->language)))
        return incomplete(d, "give the event a title in the calendar", "the event has no title",
                          "");
    return 0;
}

static int draft_begin(struct draft *d, struct composer *composer, struct arena *arena,
                       const struct compose_request *request, struct flaws *flaws)
{
    enum language language = request->contact->language;
    *d = (struct draft){
        .composer = composer,
        .arena = arena,
        .request = request,
        .flaws = flaws,
        .template_ = templates_find(composer->templates, request->notice, request->rule, language),
        .scope = {composer->templates, language}};
    if (!d->template_)
        return incomplete(d, "write one, or remove the step",
                          "no template fits in the reader's language for ",
                          notice_kind_to_text(request->notice->kind));
    int r = envelope_of(arena, composer->settings, composer->token_key, request, &d->envelope);
    if (r)
        return r;
    r = check_request(d);
    if (r)
        return r;
    r = personal_of(arena, request->contact, &d->personal);
    d->personal.words[PERSONAL_LEAVE_ADDRESS] = d->envelope.leave_address;
    d->personal.words[PERSONAL_LEAVE_TOKEN] = d->envelope.leave_token;
    for (int i = 0; i < PERSONAL_COUNT; i++)
        if ((composer->shows[i] || i >= PERSONAL_LEAVE_ADDRESS) &&
            !string_is_empty(d->personal.words[i]))
            d->holes.words[i] = personal_hole((enum personal_word)i);
    return r;
}

/* A variable that a template shows must have something to show: "Dear ," never leaves. */
static void on_empty(void *context, const struct mustache_hole *hole)
{
    struct templates_scope *scope = context;
    struct draft *d = (struct draft *)((char *)scope - offsetof(struct draft, scope));
    const char *source = d->flaws->source;
    size_t first = d->flaws->count;
    d->is_incomplete = true;
    d->flaws->source = hole->source;
    flaws_add(d->flaws, SEVERITY_ERROR, hole->line, hole->column,
              "fill it in the list or the calendar, or put the tag in a {{#section}} of its name",
              "\"%.*s\" is empty for this message", (int)hole->name.size, hole->name.data);
    d->flaws->source = source;
    own_sources(d->flaws, first);
}

static int fill_in(struct draft *d, const struct mustache *piece, enum mustache_escape escape,
                   struct buf *out)
{
    const struct mustache_options options = {
        .escape = escape, .find = templates_partial, .on_empty = on_empty, .context = &d->scope};
    buf_clear(out);
    if (!piece)
        return 0;
    int r = mustache_render_with(piece, d->view, &options, out);
    if (r == MUSTACHE_E_TOO_DEEP)
        return incomplete(d, "a partial that includes itself never ends",
                          "the template's partials go too deep: ", d->template_->name);
    if (r)
        return r;
    return d->is_incomplete ? COMPOSER_E_INCOMPLETE : 0;
}

static struct text room_text(const struct draft *d, enum room room)
{
    return buf_text(&d->composer->rooms[room]);
}

static int mold_html(struct draft *d, struct mold *mold)
{
    struct composer *c = d->composer;
    enum language language = d->request->contact->language;
    struct markdown_style style = {.language = language, .accent = c->accent};
    if (d->template_->html)
        return fill_in(d, d->template_->html, ESCAPE_HTML, &mold->parts[MOLD_HTML]);

    buf_clear(&c->rooms[ROOM_BODY_HTML]);
    buf_clear(&c->rooms[ROOM_FOOTER_HTML]);
    int r = markdown_html(room_text(d, ROOM_BODY), &style, &c->rooms[ROOM_BODY_HTML]);
    style.is_small = true;
    if (!r)
        r = markdown_html(room_text(d, ROOM_FOOTER), &style, &c->rooms[ROOM_FOOTER_HTML]);
    const struct layout_input input = {
        .language = language,
        .subject = buf_text(&mold->parts[MOLD_SUBJECT]).data,
        .preheader = room_text(d, ROOM_PREHEADER).data,
        .organisation = c->settings->organisation.name,
        .accent = c->accent,
        .logo = templates_logo(c->templates).type ? "cid:" MIME_LOGO_ID : NULL,
        .body = room_text(d, ROOM_BODY_HTML),
        .footer = room_text(d, ROOM_FOOTER_HTML)};
    return r ? r : layout_render(templates_layout(c->templates), &input, &mold->parts[MOLD_HTML]);
}

static int mold_text(struct draft *d, struct mold *mold)
{
    enum language language = d->request->contact->language;
    if (d->template_->text)
        return fill_in(d, d->template_->text, ESCAPE_NONE, &mold->parts[MOLD_TEXT]);
    int r = markdown_text_with_holes(room_text(d, ROOM_BODY), language, &mold->parts[MOLD_TEXT]);
    if (r)
        return r;
    buf_add_string(&mold->parts[MOLD_TEXT], "\n-- \n"); /* what follows is no part of the letter */
    return markdown_text_with_holes(room_text(d, ROOM_FOOTER), language, &mold->parts[MOLD_TEXT]);
}

/* Lays a mail out with holes in place of the reader's words. */
static int make_mold(struct draft *d, struct mold *mold)
{
    struct composer *c = d->composer;
    const struct mail_template *template_ = d->template_;
    const struct view_input input = {
        .settings = c->settings, .locale = c->locale, .request = d->request, .personal = &d->holes};
    int r = view_of(d->arena, &input, &d->view);
    if (!r)
        r = fill_in(d, template_->subject, ESCAPE_NONE, &mold->parts[MOLD_SUBJECT]);
    if (!r)
        r = fill_in(d, template_->preheader, ESCAPE_NONE, &c->rooms[ROOM_PREHEADER]);
    if (!r)
        r = fill_in(d, template_->body, ESCAPE_MARKDOWN, &c->rooms[ROOM_BODY]);
    if (!r)
        r = fill_in(d, templates_footer(c->templates, template_->language), ESCAPE_MARKDOWN,
                    &c->rooms[ROOM_FOOTER]);
    if (!r)
        r = mold_text(d, mold);
    if (!r)
        r = mold_html(d, mold);
    if (!r)
        r = envelope_list_id(d->arena, c->settings, d->request, &mold->parts[MOLD_LIST_ID]);
    if (!r)
        r = envelope_feedback_id(d->arena, c->settings, d->request, &mold->parts[MOLD_FEEDBACK_ID]);
    return r;
}

static int draft_parts(struct draft *d)
{
    struct composer *c = d->composer;
    const struct mold_input input = {.request = d->request,
                                     .template_ = d->template_,
                                     .holes = &d->holes,
                                     .has_fields = c->shows_fields};
    struct buf *subject = &c->rooms[ROOM_SUBJECT], *html = &c->rooms[ROOM_HTML],
               *text = &c->rooms[ROOM_TEXT];
    struct mold *mold;
    bool is_made;
    int r = molds_get(&c->molds, &input, &mold, &is_made);
    if (!r && !is_made) {
        r = make_mold(d, mold);
        if (r)
            molds_drop(mold);
    }
    if (r)
        return r;
    d->mold = mold;
    buf_clear(subject);
    buf_clear(html);
    buf_clear(text);
    personal_fill_plain(subject, buf_text(&mold->parts[MOLD_SUBJECT]), &d->personal);
    personal_fill_html(html, buf_text(&mold->parts[MOLD_HTML]), &d->personal);
    held_release(text, buf_text(&mold->parts[MOLD_TEXT]), &d->personal,
                 markdown_columns(d->request->contact->language));
    return buf_error(subject) ? buf_error(subject)
           : buf_error(html)  ? buf_error(html)
                              : buf_error(text);
}

int composer_parts(struct composer *composer, struct arena *arena,
                   const struct compose_request *request, struct composed_parts *ret,
                   struct flaws *flaws)
{
    struct draft d;
    int r = draft_begin(&d, composer, arena, request, flaws);
    if (!r)
        r = draft_parts(&d);
    if (r)
        return r;
    struct text text = room_text(&d, ROOM_TEXT), html = room_text(&d, ROOM_HTML);
    *ret = (struct composed_parts){.subject = arena_copy_text(arena, room_text(&d, ROOM_SUBJECT)),
                                   .text = {arena_copy_text(arena, text), text.size},
                                   .html = {arena_copy_text(arena, html), html.size}};
    return ret->subject && ret->text.data && ret->html.data ? 0 : -ENOMEM;
}

/* What no message may be, whatever the template: told as a flaw, never sent. */
static int look_over(struct draft *d, struct text bytes)
{
    const char *wrong = selfcheck_message(bytes);
    if (!wrong && room_text(d, ROOM_HTML).size > SELFCHECK_HTML_BYTES_MAX)
        wrong = "the HTML part is so long that mail programs would cut it";
    return wrong ? incomplete(d, "shorten the description or the template", wrong, "") : 0;
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

int composer_compose(struct composer *composer, struct arena *arena,
                     const struct compose_request *request, struct buf *out,
                     struct message *ret_message, struct flaws *flaws)
{
    struct draft d;
    size_t start = out->size;
    int r = draft_begin(&d, composer, arena, request, flaws);
    if (!r)
        r = draft_parts(&d);
    if (r)
        return r;

    const struct logo logo = templates_logo(composer->templates);
    const struct mime_parts parts = {.text = room_text(&d, ROOM_TEXT),
                                     .html = room_text(&d, ROOM_HTML),
                                     .calendar = request->calendar,
                                     .calendar_method = request->calendar_method,
                                     .transfer = request->contact->language == LANGUAGE_JA
                                                     ? TRANSFER_BASE64
                                                     : TRANSFER_QUOTED_PRINTABLE,
                                     .logo = d.template_->html ? TEXT("") : logo.bytes,
                                     .logo_type = logo.type,
                                     .boundary = d.envelope.boundary};
    envelope_headers(out, composer->settings, request, &d.envelope, d.mold,
                     room_text(&d, ROOM_SUBJECT).data);
    mime_write(out, &parts);
    r = buf_error(out);
    struct text bytes = text_from(buf_text(out), start);
    if (!r)
        r = look_over(&d, bytes);
    if (r) {
        buf_truncate(out, start);
        return r;
    }
    *ret_message = (struct message){.message_id = d.envelope.message_id,
                                    .envelope_from = d.envelope.envelope_from,
                                    .envelope_id = d.envelope.envelope_id,
                                    .bytes = bytes};
    r = own_recipients(arena, request->contact, ret_message);
    if (r) {
        buf_truncate(out, start);
        return r;
    }
    log_trace("compose", "%s %s: %zu bytes", notice_kind_to_text(request->notice->kind),
              language_to_text(request->contact->language), bytes.size);
    return 0;
}
