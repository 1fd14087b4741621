/* SPDX-License-Identifier: MIT */
#include "app/dialogue.h"

void dialogue_add(struct buf *buf, char direction, struct text line)
{
    buf_add_char(buf, direction);
    buf_add_char(buf, ' ');
    while (line.size) {
        char bytes[4];
        uint32_t rune = text_next_rune(&line);
        bool is_control = (rune < 0x20 && rune != '\t') || (rune >= 0x7f && rune < 0xa0);
        buf_add(buf, bytes, rune_encode(is_control ? '?' : rune, bytes));
    }
    buf_add_char(buf, '\n');
}

void dialogue_print(FILE *out, char direction, struct text line)
{
    CLEANUP_BUF struct buf buf = BUF_INIT(1 << 20);
    dialogue_add(&buf, direction, line);
    if (buf_error(&buf))
        fprintf(out, "%c (a line too long to show)\n", direction);
    else
        fwrite(buf.data, 1, buf.size, out);
}

const char *dialogue_advice(const struct outcome *outcome)
{
    switch (outcome->stage) {
    case STAGE_CONNECT: /* with a code: it answered before, and asked for a pause */
        return outcome->code
                   ? NULL
                   : "look at relay.url; a firewall may be in the way; does the relay run?";
    case STAGE_GREETING:
    case STAGE_HELLO:
        return "look at relay.url (smtps:// is port 465, smtp:// port 587) and relay.helo";
    case STAGE_TLS:
        return "the relay must offer TLS 1.2 or newer, with a certificate for that very name, by "
               "an authority of the system's or of relay.ca_file";
    case STAGE_AUTH:
        return "look at relay.user, relay.password or relay.token_command, and relay.auth; the "
               "provider may want SMTP to be allowed for the account";
    case STAGE_MAIL:
        return outcome->fault == FAULT_SENDER ? "may this account send as sender.bounces?" : NULL;
    case STAGE_RCPT:
    case STAGE_DATA:
    case STAGE_BODY:
    case STAGE_DOT:
        break;
    }
    return NULL;
}
