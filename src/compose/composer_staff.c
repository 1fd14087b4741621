/* SPDX-License-Identifier: MIT */
/* Letters to the staff go the way of every mail, without its list: nobody unsubscribes from them,
 * and they carry nothing but words.                                                              */
#include <errno.h>

#include "base/log.h"
#include "compose/composer_state.h"
#include "compose/draft.h"
#include "compose/header.h"
#include "compose/held.h"
#include "compose/ident.h"
#include "compose/markdown.h"
#include "compose/mime.h"
#include "compose/staff_view.h"

enum { LETTER_BYTES_MAX = 1 << 20 };

static const char *bounce_address(const struct sender_settings *sender)
{
    return sender->bounces ? sender->bounces : sender->address;
}

static void headers(struct buf *out, const struct settings *settings,
                    const struct staff_letter *letter, const struct message *message,
                    struct text subject)
{
    const struct sender_settings *sender = &settings->sender;
    const struct mailbox from = {sender->name, sender->address};
    const struct mailbox to = {NULL, letter->address};
    const struct mailbox reply_to = {NULL, sender->reply_to ? sender->reply_to : sender->address};

    header_date(out, "Date", letter->date, settings->organisation.zone);
    header_mailboxes(out, "From", &from, 1);
    header_mailboxes(out, "To", &to, 1);
    header_mailboxes(out, "Reply-To", &reply_to, 1);
    header_text(out, "Subject", subject);
    header_bracketed(out, "Message-ID", text_of(message->message_id));
    header_token(out, "Content-Language",
                 text_of(language_to_text(settings->organisation.language)));
    header_token(out, "Auto-Submitted", TEXT("auto-generated"));
    header_token(out, "X-Auto-Response-Suppress", TEXT("OOF, AutoReply"));
    header_token(out, "MIME-Version", TEXT("1.0"));
}

/* The names that the letter goes by: 0 or -ENOMEM. */
static int name_letter(struct composer *composer, struct arena *arena,
                       const struct staff_letter *letter, struct message *message)
{
    const struct sender_settings *sender = &composer->settings->sender;
    message->message_id =
        ident_message_id_of(arena, "staff", letter->key, letter->address, sender->domain);
    message->envelope_id = message->message_id ? ident_token(arena, composer->token_key, "bounce",
                                                             message->message_id, "")
                                               : NULL;
    message->envelope_from = bounce_address(sender);
    if (sender->subaddress && message->envelope_id)
        message->envelope_from =
            ident_subaddress(arena, message->envelope_from, message->envelope_id);
    message->recipients[0] = arena_copy_string(arena, letter->address);
    message->recipient_count = 1;
    return message->envelope_id && message->envelope_from && message->recipients[0] ? 0 : -ENOMEM;
}

static int write_letter(struct draft *draft, const struct staff_letter *letter, struct mold *mold,
                        struct message *message, struct buf *out)
{
    static const struct personal nobody;
    const struct settings *settings = draft->composer->settings;
    const struct logo logo = templates_logo(draft->composer->templates);
    CLEANUP_BUF struct buf text = BUF_INIT(LETTER_BYTES_MAX);
    size_t start = out->size;
    int r = draft_lay_out(draft, mold);
    if (r)
        return r;
    held_release(&text, buf_text(&mold->parts[MOLD_TEXT]), &nobody,
                 markdown_columns(draft->language));
    const struct mime_parts parts = {.text = buf_text(&text),
                                     .html = buf_text(&mold->parts[MOLD_HTML]),
                                     .transfer = transfer_of(draft->language),
                                     .logo = draft->template_->html ? TEXT("") : logo.bytes,
                                     .logo_type = logo.type,
                                     .boundary = message->envelope_id};
    headers(out, settings, letter, message, buf_text(&mold->parts[MOLD_SUBJECT]));
    mime_write(out, &parts);
    r = buf_error(&text) ? buf_error(&text) : buf_error(out);
    message->bytes = text_from(buf_text(out), start);
    r = r ? r : draft_look_over(draft, message->bytes, parts.html);
    if (r)
        buf_truncate(out, start);
    return r;
}

int composer_staff(struct composer *composer, struct arena *arena,
                   const struct staff_letter *letter, struct buf *out, struct message *ret_message,
                   struct flaws *flaws)
{
    const struct settings *settings = composer->settings;
    const char *name = staff_view_template(letter->subject);
    const struct mail_template *template_ =
        templates_get(composer->templates, name, settings->organisation.language);
    struct draft draft = {.flaws = flaws};
    struct message message = {0};
    if (!template_)
        return draft_incomplete(&draft, "write it in the organisation's language",
                                "there is no template ", name);
    if (!header_address_is_safe(letter->address))
        return draft_incomplete(&draft, "correct staff in the settings",
                                "this is no address that mail can go to", "");
    draft_init(&draft, composer, arena, flaws, template_);
    draft.footer = NULL;
    int r = name_letter(composer, arena, letter, &message);
    if (!r && !header_address_is_safe(message.envelope_from))
        r = draft_incomplete(&draft, "correct sender in the settings",
                             "the sender's address is unusable", "");
    r = r ? r : staff_view_of(arena, settings, composer->locale, letter, &draft.view);
    if (r)
        return r;
    struct mold mold = {0};
    for (int part = 0; part < MOLD_PART_COUNT; part++)
        buf_init(&mold.parts[part], LETTER_BYTES_MAX);
    r = write_letter(&draft, letter, &mold, &message, out);
    for (int part = 0; part < MOLD_PART_COUNT; part++)
        buf_done(&mold.parts[part]);
    if (!r) {
        *ret_message = message;
        log_trace("compose", "%s: %zu bytes", name, message.bytes.size);
    }
    return r;
}
