/* SPDX-License-Identifier: MIT */
/* One source of words becomes both parts here, so that they cannot drift apart. */
#include "compose/draft.h"

#include <errno.h>
#include <stddef.h>

#include "compose/layout.h"
#include "compose/markdown.h"
#include "compose/mime.h"
#include "compose/selfcheck.h"

void draft_own_sources(struct flaws *flaws, size_t first)
{
    for (size_t i = first; i < flaws->count; i++) {
        const char *source = flaws->items[i].source;
        flaws->items[i].source = arena_copy_string(flaws->arena, source);
        flaws->is_out_of_memory |= source && !flaws->items[i].source;
    }
}

void draft_init(struct draft *draft, struct composer *composer, struct arena *arena,
                struct flaws *flaws, const struct mail_template *template_)
{
    *draft = (struct draft){.composer = composer,
                            .arena = arena,
                            .flaws = flaws,
                            .language = template_->language,
                            .template_ = template_,
                            .footer = templates_footer(composer->templates, template_->language),
                            .scope = {composer->templates, template_->language}};
}

int draft_incomplete(struct draft *d, const char *advice, const char *what, const char *which)
{
    flaws_add(d->flaws, SEVERITY_ERROR, 0, 0, advice, "%s%s", what, which);
    return d->flaws->is_out_of_memory ? -ENOMEM : COMPOSER_E_INCOMPLETE;
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
    draft_own_sources(d->flaws, first);
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
        return draft_incomplete(d, "a partial that includes itself never ends",
                                "the template's partials go too deep: ", d->template_->name);
    if (r)
        return r;
    return d->is_incomplete ? COMPOSER_E_INCOMPLETE : 0;
}

static struct text room_text(const struct draft *d, enum room room)
{
    return buf_text(&d->composer->rooms[room]);
}

static int lay_html(struct draft *d, struct mold *mold)
{
    struct composer *c = d->composer;
    enum language language = d->language;
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

static int lay_text(struct draft *d, struct mold *mold)
{
    enum language language = d->language;
    if (d->template_->text)
        return fill_in(d, d->template_->text, ESCAPE_NONE, &mold->parts[MOLD_TEXT]);
    int r = markdown_text(room_text(d, ROOM_BODY), language, &mold->parts[MOLD_TEXT]);
    if (r)
        return r;
    if (!d->footer)
        return 0;
    buf_add_string(&mold->parts[MOLD_TEXT], "\n-- \n"); /* what follows is no part of the letter */
    return markdown_text(room_text(d, ROOM_FOOTER), language, &mold->parts[MOLD_TEXT]);
}

int draft_lay_out(struct draft *d, struct mold *mold)
{
    struct composer *c = d->composer;
    const struct mail_template *template_ = d->template_;
    int r = fill_in(d, template_->subject, ESCAPE_NONE, &mold->parts[MOLD_SUBJECT]);
    if (!r)
        r = fill_in(d, template_->preheader, ESCAPE_NONE, &c->rooms[ROOM_PREHEADER]);
    if (!r)
        r = fill_in(d, template_->body, ESCAPE_MARKDOWN, &c->rooms[ROOM_BODY]);
    if (!r)
        r = fill_in(d, d->footer, ESCAPE_MARKDOWN, &c->rooms[ROOM_FOOTER]);
    if (!r)
        r = lay_text(d, mold);
    return r ? r : lay_html(d, mold);
}

int draft_look_over(struct draft *d, struct text bytes, struct text html)
{
    const char *wrong = selfcheck_message(bytes);
    if (!wrong && html.size > SELFCHECK_HTML_BYTES_MAX)
        wrong = "the HTML part is so long that mail programs would cut it";
    return wrong ? draft_incomplete(d, "shorten the description or the template", wrong, "") : 0;
}
