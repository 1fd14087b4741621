/* SPDX-License-Identifier: MIT */
#include "app/letters.h"

#include <stdlib.h>
#include <string.h>

#include "app/rest.h"

static const size_t letter_max_bytes = 16 << 20; /* without the message */
enum { MANY = 64 };                              /* of them free a megabyte */
/* What is kept for the next one; a rare letter about hundreds of notices must not stay for ever. */
static const size_t spare_max_bytes = 64 << 10;

void letters_lighten(struct letter *letter)
{
    free(letter->bytes);
    letter->bytes = NULL;
    letter->message.bytes = (struct text){0};
}

static struct letter *letter_free(struct letter *letter)
{
    if (letter) {
        letters_lighten(letter);
        arena_free(letter->arena);
    }
    free(letter);
    return NULL;
}

void letters_done(struct letters *letters)
{
    size_t count = 0;
    for (; letters->idle; count++) {
        struct letter *next = letters->idle->next;
        letter_free(letters->idle);
        letters->idle = next;
    }
    if (count > MANY)
        rest_trim(); /* they lie scattered */
}

static struct letter *letter_new(void)
{
    struct letter *letter = calloc(1, sizeof *letter);
    if (letter && !(letter->arena = arena_new(letter_max_bytes)))
        return letter_free(letter);
    return letter;
}

static bool copy_notices(struct letter *letter, const struct notices *notices)
{
    letter->notices = arena_alloc_array(letter->arena, notices->count, sizeof *letter->notices);
    letter->notice_count = notices->count;
    letter->is_to_staff = notices->items[0].kind == NOTICE_STAFF;
    for (size_t i = 0; i < notices->count && letter->notices; i++) {
        struct letter_notice *copy = &letter->notices[i];
        copy->id = notices->items[i].id;
        copy->attempts = notices->items[i].attempts + 1;
        copy->occurrence = arena_copy_string(letter->arena, notices->items[i].occurrence);
        if (!copy->occurrence)
            return false;
    }
    return letter->notices;
}

static bool copy_message(struct letter *letter, const struct message *message)
{
    struct message *copy = &letter->message;
    *copy = (struct message){.recipient_count = message->recipient_count};
    for (size_t i = 0; i < message->recipient_count; i++)
        if (!(copy->recipients[i] = arena_copy_string(letter->arena, message->recipients[i])))
            return false;
    copy->message_id = arena_copy_string(letter->arena, message->message_id);
    copy->envelope_from = arena_copy_string(letter->arena, message->envelope_from);
    copy->envelope_id = arena_copy_string(letter->arena, message->envelope_id);
    letter->bytes = malloc(message->bytes.size);
    if (!letter->bytes)
        return false;
    memcpy(letter->bytes, message->bytes.data, message->bytes.size);
    copy->bytes = (struct text){letter->bytes, message->bytes.size};
    return copy->message_id && copy->envelope_from && (copy->envelope_id || !message->envelope_id);
}

struct letter *letters_take(struct letters *letters, const struct notices *notices,
                            const struct message *message)
{
    struct letter *letter = letters->idle;
    if (letter)
        letters->idle = letter->next;
    else if (!(letter = letter_new()))
        return NULL;
    letter->next = NULL;
    if (copy_notices(letter, notices) && copy_message(letter, message))
        return letter;
    return letter_free(letter);
}

void letters_drop(struct letters *letters, struct letter *letter)
{
    if (arena_bytes(letter->arena) > spare_max_bytes) {
        letter_free(letter);
        return;
    }
    letters_lighten(letter);
    arena_clear(letter->arena);
    letter->next = letters->idle;
    letters->idle = letter;
}
