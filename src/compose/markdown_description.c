/* SPDX-License-Identifier: MIT */
/* A calendar's description is what people typed or what Teams and Zoom put there: mostly plain
 * lines, sometimes a list or a link. Each line keeps its end by a U+2028; what could reach beyond
 * the description (code fences, underlines of headings, rows of dashes) is disarmed.             */
#include "compose/markdown.h"

#include <errno.h>

#define LINE_END "\xE2\x80\xA8\n"

/* "----", "====", "____", "* * *": decoration. */
static bool is_rule(struct text line)
{
    size_t marks = 0;
    for (size_t i = 0; i < line.size; i++) {
        char c = line.data[i];
        if (c == ' ')
            continue;
        if (!(c == '-' || c == '=' || c == '_' || c == '*' || c == '~' || c == '.') ||
            c != line.data[0])
            return false;
        marks++;
    }
    return marks > 2 || (marks && (line.data[0] == '=' || line.data[0] == '-'));
}

static bool is_item(struct text line)
{
    size_t digits = 0;
    while (digits < line.size && char_is_digit(line.data[digits]))
        digits++;
    struct text mark = text_from(line, digits);
    return digits ? text_starts(mark, ". ") || text_starts(mark, ") ")
                  : text_starts(mark, "- ") || text_starts(mark, "* ") || text_starts(mark, "+ ");
}

static void add_line(struct buf *out, struct text line)
{
    bool is_fence = text_starts(line, "```") || text_starts(line, "~~~");
    bool is_heading_sign = text_starts(line, "#");
    if (is_fence || is_heading_sign || text_starts(line, ">") || text_starts(line, "|"))
        buf_add_char(out, '\\');
    buf_add_text(out, line);
    buf_add_string(out, LINE_END);
}

char *markdown_from_description(struct arena *arena, const char *description)
{
    CLEANUP_BUF struct buf out = BUF_INIT(MARKDOWN_BYTES_MAX / 2);
    struct text rest = text_of(description);
    bool was_blank = true, was_item = false;

    while (rest.data && rest.size) {
        struct text line = text_trim(text_next_line(&rest));
        bool is_blank = !line.size || is_rule(line);
        /* Markdown would take a line after an item as part of it. */
        if (!was_blank && (is_blank || (was_item && !is_item(line))))
            buf_add_char(&out, '\n');
        if (!is_blank)
            add_line(&out, line);
        was_blank = is_blank;
        was_item = !is_blank && is_item(line);
    }
    /* Too long to be read by anybody: cut, not refused. */
    return buf_error(&out) == -ENOMEM ? NULL : arena_copy_text(arena, buf_text(&out));
}
