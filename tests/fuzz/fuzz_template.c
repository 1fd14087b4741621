/* room: compose */
/* SPDX-License-Identifier: MIT */
/* Any bytes as a template, rendered against a small tree of values, with itself as the partial.
 * What compiles must render or say why; nothing may run for long.                                */
#include <stdint.h>
#include <stdlib.h>

#include "compose/mustache.h"

static const struct mustache *find_itself(void *context, struct text name)
{
    return name.size % 2 ? *(const struct mustache **)context : NULL;
}

static void on_empty(void *context, const struct mustache_hole *hole)
{
    (void)context;
    if (hole->line < 1 || hole->column < 1 || !hole->name.data)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct text names[] = {{"a", 1}, {"b", 1}, {"list", 4}, {"map", 3}, {"no", 2}};
    const struct value pair[] = {{.kind = VALUE_TEXT, .text = TEXT("x\n<y>")},
                                 {.kind = VALUE_BOOL, .truth = true}};
    const struct value items[] = {{.kind = VALUE_TEXT, .text = TEXT("a")},
                                  {.kind = VALUE_TEXT, .text = TEXT("b|*")},
                                  {.kind = VALUE_LIST, .items = pair, .count = 2},
                                  {.kind = VALUE_MAP, .items = pair, .names = names, .count = 2},
                                  {.kind = VALUE_NULL}};
    const struct value root = {.kind = VALUE_MAP, .items = items, .names = names, .count = 5};
    const struct mustache *template_ = NULL;
    struct arena *arena = arena_new(64 << 20);
    struct flaws flaws;

    if (!arena)
        return 0;
    flaws_init(&flaws, arena, "fuzz");
    if (mustache_compile(arena, (struct text){(const char *)data, size}, &flaws, &template_) == 0) {
        for (int escape = ESCAPE_HTML; escape <= ESCAPE_NONE; escape++) {
            struct buf out = BUF_INIT(1 << 14);
            const struct mustache_options options = {.escape = (enum mustache_escape)escape,
                                                     .find = find_itself,
                                                     .on_empty = on_empty,
                                                     .context = &template_};
            (void)mustache_render_with(template_, &root, &options, &out); /* any answer will do */
            buf_done(&out);
        }
    } else if (!flaws.count) {
        abort(); /* refused without a word */
    }
    arena_free(arena);
    return 0;
}
