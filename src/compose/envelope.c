/* SPDX-License-Identifier: MIT */
#include "compose/envelope.h"

#include <errno.h>
#include <string.h>

#include "compose/header.h"
#include "compose/ident.h"
#include "compose/salutation.h"

static const char *list_name(const struct compose_request *request)
{
    const struct rule_settings *rule = request->rule;
    const char *name = rule ? (rule->list ? rule->list : rule->name) : request->notice->rule;
    return string_is_empty(name) ? "convier" : name;
}

/* The token in the subject serves mailboxes without sub-addresses; Apple Mail leaves the subject
 * empty, so the address has it too.                                                              */
#define LEAVE_URL "mailto:%s?subject=unsubscribe%%20%s"

static const char *page_of(struct arena *arena, const char *pattern, const char *token)
{
    static const char mark[] = "{token}";
    const char *at = strstr(pattern, mark);
    return arena_printf(arena, "%.*s%s%s", (int)(at - pattern), pattern, token,
                        at + sizeof mark - 1);
}

const char *envelope_leave_url(struct arena *arena, const struct sender_settings *sender,
                               const char *address, const char *token)
{
    return sender->unsubscribe_url ? page_of(arena, sender->unsubscribe_url, token)
                                   : arena_printf(arena, LEAVE_URL, address, token);
}

static int name_mail(struct arena *arena, const struct compose_request *request,
                     const struct several *several, const char *domain, struct envelope *ret)
{
    /* An issue is one notice, whatever it tells. */
    bool is_issue = request->notice->kind == NOTICE_NEWSLETTER;
    size_t count = is_issue ? 1 : several->count;
    const struct notice **notices = arena_alloc_array(arena, count, sizeof *notices);
    ret->thread = arena_alloc_array(arena, count + 1, sizeof *ret->thread);
    if (!notices || !ret->thread)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        notices[i] = is_issue ? request->notice : several->items[i].notice;
        const char *key = notices[i]->occurrence;
        bool is_new = true;
        for (size_t k = 0; k < i; k++)
            is_new &= !string_equal(key, notices[k]->occurrence);
        if (!is_new)
            continue;
        if (notices[i] == request->notice && request->known_as)
            key = request->known_as;
        const char *root = ident_thread_root(arena, key, request->contact->email, domain);
        if (!root)
            return -ENOMEM;
        ret->thread[ret->thread_count++] = root;
    }
    if (!string_is_empty(request->follows))
        ret->thread[ret->thread_count++] = request->follows;
    ret->message_id = ident_message_id(arena, notices, count, domain);
    return ret->message_id ? 0 : -ENOMEM;
}

int envelope_of(struct arena *arena, const struct settings *settings, struct text token_key,
                const struct compose_request *request, const struct several *several,
                struct envelope *ret)
{
    const struct sender_settings *sender = &settings->sender;
    const char *contact = request->contact->email, *list = list_name(request);
    const char *from = sender->bounces ? sender->bounces : sender->address;
    const char *unsubscribe = sender->unsubscribe ? sender->unsubscribe : from;

    *ret = (struct envelope){0};
    int r = name_mail(arena, request, several, sender->domain, ret);
    if (r)
        return r;
    const char *leave = ident_token(arena, token_key, "unsubscribe", contact, list);
    const char *bounce = ident_token(arena, token_key, "bounce", ret->message_id, "");
    if (!leave || !bounce)
        return -ENOMEM;
    if (sender->subaddress) {
        from = ident_subaddress(arena, from, bounce);
        unsubscribe = ident_subaddress(arena, unsubscribe, leave);
    }
    ret->envelope_from = from;
    ret->envelope_id = bounce;
    ret->boundary = bounce;
    ret->leave_address = unsubscribe;
    ret->leave_token = leave;
    ret->leave_mailto = unsubscribe ? arena_printf(arena, LEAVE_URL, unsubscribe, leave) : NULL;
    if (sender->unsubscribe_url)
        ret->leave_page = page_of(arena, sender->unsubscribe_url, leave);
    bool has_pages = ret->leave_page || !sender->unsubscribe_url;
    return from && ret->leave_mailto && has_pages ? 0 : -ENOMEM;
}

/* "groupe-pays.example.org" (RFC 2919) */
int envelope_list_id(struct arena *arena, const struct settings *settings,
                     const struct compose_request *request, struct buf *out)
{
    const char *slug = ident_slug(arena, list_name(request));
    if (!slug)
        return -ENOMEM;
    buf_printf(out, "%s.%s", slug, settings->sender.domain);
    return buf_error(out);
}

const char *envelope_kind(const struct compose_request *request)
{
    return composer_is_digest(request) ? "digest" : notice_kind_to_text(request->notice->kind);
}

/* Kind, event, language, sender: what a mail provider may count by, nothing about the reader. */
int envelope_feedback_id(struct arena *arena, const struct settings *settings,
                         const struct compose_request *request, struct buf *out)
{
    const char *sender_id = ident_short(arena, "sender", settings->sender.domain);
    const char *event_id = ident_short(arena, "event", request->notice->occurrence);
    if (!sender_id || !event_id)
        return -ENOMEM;
    buf_printf(out, "%s:%s:%s:%s", envelope_kind(request), event_id,
               language_to_text(request->contact->language), sender_id);
    return buf_error(out);
}

void envelope_recipients(const struct contact *contact, struct message *message)
{
    message->recipients[0] = contact->email;
    message->recipient_count = 1;
    for (size_t i = 0; i < contact->cc_count; i++) {
        if (message->recipient_count == MESSAGE_RECIPIENTS_MAX)
            return;
        if (header_address_is_safe(contact->cc[i]) && !string_equal(contact->cc[i], contact->email))
            message->recipients[message->recipient_count++] = contact->cc[i];
    }
}

/* Several people behind an address are no single name: the office's is shown, or none. */
static const char *display_name(const struct contact *contact)
{
    if (contact->person_count > 1 || string_is_empty(contact->person.name))
        return contact->organisation;
    return contact->person.name;
}

static void people_headers(struct buf *out, const struct settings *settings,
                           const struct compose_request *request)
{
    const struct sender_settings *sender = &settings->sender;
    const struct mailbox from = {sender->name, sender->address};
    const struct mailbox to = {display_name(request->contact), request->contact->email};
    const struct mailbox reply_to = {NULL, sender->reply_to ? sender->reply_to : sender->address};
    struct mailbox cc[MESSAGE_RECIPIENTS_MAX] = {0};
    struct message message;

    header_mailboxes(out, "From", &from, 1);
    header_mailboxes(out, "To", &to, 1);
    envelope_recipients(request->contact, &message);
    for (size_t i = 1; i < message.recipient_count; i++)
        cc[i - 1].address = message.recipients[i];
    if (message.recipient_count > 1)
        header_mailboxes(out, "Cc", cc, message.recipient_count - 1);
    header_mailboxes(out, "Reply-To", &reply_to, 1);
}

/* One click only where a POST is answered (RFC 8058); both fields on one line each. */
static void leave_headers(struct buf *out, const struct envelope *envelope)
{
    CLEANUP_BUF struct buf value = BUF_INIT(2000);
    if (envelope->leave_page)
        buf_printf(&value, "%s>, <", envelope->leave_page);
    buf_add_string(&value, envelope->leave_mailto);
    header_bracketed(out, "List-Unsubscribe", buf_text(&value));
    if (envelope->leave_page)
        header_token(out, "List-Unsubscribe-Post", TEXT("List-Unsubscribe=One-Click"));
    if (buf_error(&value) && !out->error)
        out->error = buf_error(&value);
}

void envelope_headers(struct buf *out, const struct settings *settings,
                      const struct compose_request *request, const struct several *several,
                      const struct envelope *envelope, const struct mold *mold, const char *subject)
{
    /* An absence is useful news to who invites; for the rest responders may stay silent. */
    bool wants_absences = several_invites(several);

    header_date(out, "Date", request->date, settings->organisation.zone);
    people_headers(out, settings, request);
    header_text(out, "Subject", text_of(subject));
    header_bracketed(out, "Message-ID", text_of(envelope->message_id));
    header_ids(out, "In-Reply-To", &request->follows, 1);
    header_ids(out, "References", envelope->thread, envelope->thread_count);
    header_token(out, "Content-Language", text_of(language_to_text(request->contact->language)));
    header_bracketed(out, "List-Id", buf_text(&mold->parts[MOLD_LIST_ID]));
    leave_headers(out, envelope);
    header_token(out, "Feedback-ID", buf_text(&mold->parts[MOLD_FEEDBACK_ID]));
    if (!wants_absences) {
        header_token(out, "Auto-Submitted", TEXT("auto-generated"));
        header_token(out, "X-Auto-Response-Suppress", TEXT("OOF, AutoReply"));
    }
    header_token(out, "MIME-Version", TEXT("1.0"));
}
