/* room: compose */
/* SPDX-License-Identifier: MIT */
/* Any bytes as Markdown, and as a description inside Markdown: both parts are made, and the HTML
 * holds no tag, scheme or handler that the data brought.                                         */
#include <stdint.h>
#include <stdlib.h>

#include "compose/held.h"
#include "compose/markdown.h"
#include "compose/transfer.h"

static void must_not_hold(struct text html, const char *word)
{
    if (text_find(html, text_of(word)) < html.size)
        abort();
}

static void try_all(struct text source)
{
    const struct markdown_style style = {.language = LANGUAGE_FR, .accent = "#123456"};
    struct buf html = BUF_INIT(16 << 20), text = BUF_INIT(16 << 20), mail = BUF_INIT(64 << 20),
               held = BUF_INIT(16 << 20);
    struct personal words = {0};
    for (int i = 0; i < PERSONAL_COUNT; i++)
        words.words[i] = "a long <word> of\none reader";

    if (markdown_html(source, &style, &html) == 0) {
        must_not_hold(buf_text(&html), "<script");
        must_not_hold(buf_text(&html), "<img");
        must_not_hold(buf_text(&html), "href=\"javascript");
        must_not_hold(buf_text(&html), "href=\"data:");
    }
    if (markdown_text(source, LANGUAGE_FR, &held) == 0)
        held_release(&text, buf_text(&held), &words, markdown_columns(LANGUAGE_FR));
    transfer_text(&mail, TRANSFER_QUOTED_PRINTABLE, buf_text(&text));
    buf_done(&html);
    buf_done(&text);
    buf_done(&held);
    buf_done(&mail);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(64 << 20);
    char *copy = arena ? arena_copy(arena, (const char *)data, size) : NULL;
    if (copy) {
        const char *description = markdown_from_description(arena, copy);
        try_all((struct text){copy, size});
        if (description)
            try_all(text_of(description));
    }
    arena_free(arena);
    return 0;
}
