/* SPDX-License-Identifier: MIT */
/* smtp_capabilities: the keywords of an EHLO reply (RFC 5321 4.1.1.1, RFC 4954 3). */
#include "deliver/smtp.h"

static struct text next_word(struct text *rest)
{
    *rest = text_trim(*rest);
    size_t end = 0;
    while (end < rest->size && !char_is_blank(rest->data[end]) && rest->data[end] != '=')
        end++;
    struct text word = text_slice(*rest, 0, end);
    *rest = text_from(*rest, end < rest->size ? end + 1 : end);
    return word;
}

static void read_mechanisms(struct text rest, struct smtp_capabilities *ret)
{
    while (rest.size) {
        struct text word = next_word(&rest);
        ret->auth_plain |= text_is_nocase(word, "PLAIN");
        ret->auth_login |= text_is_nocase(word, "LOGIN");
        ret->auth_cram_md5 |= text_is_nocase(word, "CRAM-MD5");
        ret->auth_xoauth2 |= text_is_nocase(word, "XOAUTH2");
        ret->auth_oauthbearer |= text_is_nocase(word, "OAUTHBEARER");
    }
}

void smtp_capabilities_parse(struct text ehlo_lines, struct smtp_capabilities *ret)
{
    *ret = (struct smtp_capabilities){0};
    while (ehlo_lines.data) {
        struct text line = text_next_line(&ehlo_lines);
        if (text_starts(line, "250-") || text_starts(line, "250 "))
            line = text_from(line, 4);
        struct text word = next_word(&line);
        ret->has_pipelining |= text_is_nocase(word, "PIPELINING");
        ret->has_dsn |= text_is_nocase(word, "DSN");
        ret->has_8bitmime |= text_is_nocase(word, "8BITMIME");
        ret->has_smtputf8 |= text_is_nocase(word, "SMTPUTF8");
        ret->has_starttls |= text_is_nocase(word, "STARTTLS");
        if (text_is_nocase(word, "SIZE")) {
            ret->has_size = true;
            text_number(text_trim(line), 0, INT64_MAX, &ret->size_max);
        }
        /* "AUTH=LOGIN" is an old spelling that Exchange and others still print. */
        if (text_is_nocase(word, "AUTH"))
            read_mechanisms(line, ret);
    }
}
