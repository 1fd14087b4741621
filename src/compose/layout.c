/* SPDX-License-Identifier: MIT */
#include "compose/layout.h"

#include "compose/template_check.h"

#define VARIABLES(X)                                                                               \
    X(lang)                                                                                        \
    X(subject)                                                                                     \
    X(preheader)                                                                                   \
    X(organisation)                                                                                \
    X(accent)                                                                                      \
    X(logo)                                                                                        \
    X(font)                                                                                        \
    X(body)                                                                                        \
    X(footer)

#define INDEX(name)  VARIABLE_##name,
#define NAME(name)   {#name, sizeof #name - 1},
#define STRING(name) #name,
enum { VARIABLES(INDEX) VARIABLE_COUNT };
static const struct text names[] = {VARIABLES(NAME)};
static const char *const strings[] = {VARIABLES(STRING)};

/* Japanese faces first under lang="ja", so that kanji take no Chinese shapes. */
static const char *const fonts[LANGUAGE_COUNT] = {
    [LANGUAGE_FR] = "Arial,Helvetica,sans-serif",
    [LANGUAGE_JA] = ("'Hiragino Sans','Hiragino Kaku Gothic ProN','Yu Gothic',Meiryo,"
                     "'MS PGothic','Noto Sans CJK JP',sans-serif"),
    [LANGUAGE_EN] = "Arial,Helvetica,sans-serif",
};

static struct value value_of(struct text text)
{
    return (struct value){.kind = text.size ? VALUE_TEXT : VALUE_NULL, .text = text};
}

int layout_render(const struct mustache *layout, const struct layout_input *input, struct buf *out)
{
    const struct value values[] = {
        [VARIABLE_lang] = value_of(text_of(language_to_text(input->language))),
        [VARIABLE_subject] = value_of(text_of(input->subject)),
        [VARIABLE_preheader] = value_of(text_of(input->preheader)),
        [VARIABLE_organisation] = value_of(text_of(input->organisation)),
        [VARIABLE_accent] = value_of(text_of(input->accent)),
        [VARIABLE_logo] = value_of(text_of(input->logo)),
        [VARIABLE_font] = value_of(text_of(fonts[input->language])),
        [VARIABLE_body] = value_of(input->body),
        [VARIABLE_footer] = value_of(input->footer),
    };
    const struct value root = {
        .kind = VALUE_MAP, .items = values, .names = names, .count = VARIABLE_COUNT};
    return mustache_render(layout, &root, ESCAPE_HTML, NULL, NULL, out);
}

static bool has_variable(struct text name)
{
    for (int i = 0; i < VARIABLE_COUNT; i++)
        if (text_equal(names[i], name))
            return true;
    return false;
}

static const char *nearest_variable(struct text name)
{
    return text_nearest(name, strings, VARIABLE_COUNT);
}

static const struct mustache *no_partial(void *context, struct text name)
{
    (void)context;
    (void)name; /* a layout stands alone */
    return NULL;
}

void layout_check(const struct mustache *layout, struct flaws *flaws)
{
    const struct template_check check = {.has_variable = has_variable,
                                         .nearest_variable = nearest_variable,
                                         .find_partial = no_partial,
                                         .flaws = flaws};
    template_check(&check, layout);
}
