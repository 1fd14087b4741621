/* SPDX-License-Identifier: MIT */
#include "app/masking.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* "<jeanne>:" names her as "jeanne@nancy.example" does. */
static bool is_name(struct text word, const struct message *message)
{
    static const char quotes[] = "<>()[]\"'`.,:;";
    while (word.size && strchr(quotes, word.data[0]))
        word = text_from(word, 1);
    while (word.size && strchr(quotes, word.data[word.size - 1]))
        word.size--;
    for (size_t i = 0; message && word.size && i < message->recipient_count; i++) {
        struct text rest = text_of(message->recipients[i]), local = text_split(&rest, '@');
        if (local.size == word.size && strncasecmp(local.data, word.data, word.size) == 0)
            return true;
    }
    return false;
}

static bool is_personal(struct text word, const struct message *message)
{
    return text_find_char(word, '@') < word.size || text_find(word, TEXT("%40")) < word.size ||
           is_name(word, message);
}

void masking_reply(const char *reply, const struct message *message, char ret[OUTCOME_LINE_BYTES])
{
    static const char ellipsis[] = "\xE2\x80\xA6";
    size_t size = 0;
    ret[0] = '\0';
    for (struct text rest = text_of(reply); rest.data;) {
        struct text word = text_split(&rest, ' ');
        if (is_personal(word, message))
            word = text_of(ellipsis);
        int n = snprintf(ret + size, OUTCOME_LINE_BYTES - size, "%s%.*s", size ? " " : "",
                         (int)word.size, word.data);
        if (n < 0 || (size_t)n >= OUTCOME_LINE_BYTES - size)
            return;
        size += (size_t)n;
    }
}
