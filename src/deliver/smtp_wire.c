/* SPDX-License-Identifier: MIT */
/* smtp_wire: what an envelope and a body look like on the wire, and what may not go there.
 *
 * Nothing that was not vetted reaches a command line: one CR LF in an address is a second command.
 * Sources: RFC 5321 4.1.1, 4.5.2; SIZE RFC 1870; DSN parameters and xtext RFC 3461 4.          */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "deliver/smtp_internal.h"
#include "deliver/verdict.h"

enum {
    ADDRESS_BYTES_MAX = 254,     /* RFC 5321 4.5.3.1.3, without the angle brackets */
    ENVELOPE_ID_BYTES_MAX = 100, /* RFC 3461 4.4, encoded */
};

static bool address_is_safe(const char *address)
{
    bool is_quoted = false, has_at = false;
    size_t size = strlen(address);
    if (size > ADDRESS_BYTES_MAX)
        return false;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)address[i];
        if (c < 0x20 || c >= 0x7f || (!is_quoted && (c == ' ' || c == '<' || c == '>')))
            return false;
        if (c == '\\' && is_quoted && ++i == size)
            return false;
        if (c == '\\' && is_quoted && ((unsigned char)address[i] < 0x20 || address[i] == 0x7f))
            return false;
        if (c == '"')
            is_quoted = !is_quoted;
        has_at |= c == '@' && !is_quoted && i > 0 && i + 1 < size;
    }
    return !is_quoted && has_at;
}

/* CRLF at the end, and no CR or LF outside CRLF, no NUL. */
static bool lines_are_whole(struct text bytes)
{
    const char *at = bytes.data, *end = bytes.data + bytes.size;
    if (!bytes.size || memchr(bytes.data, '\0', bytes.size))
        return false;
    while (at < end) {
        const char *cr = memchr(at, '\r', (size_t)(end - at));
        if (!cr || cr + 1 == end || cr[1] != '\n' || memchr(at, '\n', (size_t)(cr - at)))
            return false;
        at = cr + 2;
    }
    return true;
}

static int unsendable(enum smtp_stage stage, enum fault fault, const char *why, struct outcome *ret)
{
    verdict_of(stage, 0, text_of(why), ret);
    ret->verdict = VERDICT_REFUSED;
    ret->fault = fault;
    return SMTP_E_UNSENDABLE;
}

int smtp_vet(const struct smtp_capabilities *capabilities, const struct message *message,
             struct outcome *ret)
{
    char why[160];
    if (*message->envelope_from && !address_is_safe(message->envelope_from))
        return unsendable(STAGE_MAIL, FAULT_SENDER, "the sender's address cannot be sent", ret);
    if (!message->recipient_count || message->recipient_count > MESSAGE_RECIPIENTS_MAX ||
        !address_is_safe(message->recipients[0]))
        return unsendable(STAGE_RCPT, FAULT_ADDRESS, "not an address that mail servers understand",
                          ret);
    if (!lines_are_whole(message->bytes))
        return unsendable(STAGE_DATA, FAULT_SENDER, "the message is not made of CRLF lines", ret);
    if (capabilities->size_max && (int64_t)message->bytes.size > capabilities->size_max) {
        snprintf(why, sizeof why, "the message has %zu bytes, the relay takes at most %" PRId64,
                 message->bytes.size, capabilities->size_max);
        return unsendable(STAGE_MAIL, FAULT_SENDER, why, ret);
    }
    return 0;
}

bool smtp_copy_is_safe(const char *recipient)
{
    return address_is_safe(recipient);
}

static void add_xtext(struct buf *buf, const char *string)
{
    for (; *string; string++) {
        unsigned char c = (unsigned char)*string;
        if (c < 0x21 || c > 0x7e || c == '+' || c == '=')
            buf_printf(buf, "+%02X", c);
        else
            buf_add_char(buf, (char)c);
    }
}

void smtp_wire_mail(struct buf *buf, const struct smtp_capabilities *capabilities,
                    const struct message *message)
{
    buf_add_text(buf, TEXT("MAIL FROM:<"));
    buf_add_string(buf, message->envelope_from);
    buf_add_char(buf, '>');
    if (capabilities->has_size)
        buf_printf(buf, " SIZE=%zu", message->bytes.size);
    if (capabilities->has_dsn) {
        buf_add_text(buf, TEXT(" RET=HDRS"));
        size_t before = buf->size;
        if (!string_is_empty(message->envelope_id)) {
            buf_add_text(buf, TEXT(" ENVID="));
            add_xtext(buf, message->envelope_id);
            if (buf->size - before > ENVELOPE_ID_BYTES_MAX + strlen(" ENVID="))
                buf_truncate(buf, before);
        }
    }
    buf_add_text(buf, TEXT("\r\n"));
}

void smtp_wire_rcpt(struct buf *buf, const struct smtp_capabilities *capabilities,
                    const char *envelope_from, const char *recipient)
{
    buf_add_text(buf, TEXT("RCPT TO:<"));
    buf_add_string(buf, recipient);
    buf_add_char(buf, '>');
    /* A null sender cannot be told anything: asking for reports would be refused by some. */
    if (capabilities->has_dsn && *envelope_from) {
        buf_add_text(buf, TEXT(" NOTIFY=FAILURE,DELAY ORCPT=rfc822;"));
        add_xtext(buf, recipient);
    }
    buf_add_text(buf, TEXT("\r\n"));
}

/* Where a line begins with a dot that is to be doubled, or the end. Vetted lines end with CRLF. */
static size_t find_dot(struct text rest)
{
    const char *end = rest.data + rest.size, *at = rest.data;
    while ((at = memchr(at, '\n', (size_t)(end - at))) && ++at < end)
        if (*at == '.')
            return (size_t)(at - rest.data);
    return rest.size;
}

void smtp_wire_body(struct buf *buf, struct text bytes)
{
    struct text rest = bytes;
    if (!buf_reserve(buf, bytes.size + 8))
        return;
    if (text_starts(rest, "."))
        buf_add_char(buf, '.');
    while (rest.size) {
        size_t size = find_dot(rest);
        buf_add(buf, rest.data, size);
        if (size < rest.size)
            buf_add_char(buf, '.');
        rest = text_from(rest, size);
    }
    buf_add_text(buf, TEXT(".\r\n"));
}
