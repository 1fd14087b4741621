/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>

#include "base/file.h"
#include "check.h"
#include "compose/mustache.h"
#include "json.h"

struct partials {
    struct arena *arena;
    const struct value *sources; /* NULL = none */
};

static const struct mustache *find_partial(void *context, struct text name)
{
    const struct partials *partials = context;
    struct flaws flaws;
    const struct mustache *template_ = NULL;
    flaws_init(&flaws, partials->arena, "partial");
    for (size_t i = 0; partials->sources && i < partials->sources->count; i++)
        if (text_equal(partials->sources->names[i], name))
            (void)mustache_compile(partials->arena, partials->sources->items[i].text, &flaws,
                                   &template_); /* NULL renders nothing, and the row fails */
    return template_;
}

static void run_case(const struct value *test)
{
    static char title[200];
    CLEANUP_ARENA struct arena *arena = arena_new(16 << 20);
    CLEANUP_BUF struct buf out = BUF_INIT(1 << 20);
    const struct mustache *template_ = NULL;
    struct partials partials = {arena, json_get(test, "partials")};
    struct text wanted = json_get(test, "expected")->text;
    struct flaws flaws;

    snprintf(title, sizeof title, "%s", json_get(test, "name")->text.data);
    CHECK_ROW(title);
    flaws_init(&flaws, arena, "test");
    CHECK_INT(mustache_compile(arena, json_get(test, "template")->text, &flaws, &template_), 0);
    REQUIRE(template_ != NULL);
    CHECK_INT(mustache_render(template_, json_get(test, "data"), ESCAPE_HTML, find_partial,
                              &partials, &out),
              0);
    CHECK_STRING(out.data ? out.data : "", wanted.data);
}

/* The published specification, every case of it. */
TEST(specification)
{
    static const char *const modules[] = {
        "comments", "delimiters", "interpolation",  "inverted",
        "partials", "sections",   "~dynamic-names", "~inheritance",
    };
    int cases = 0;
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        CLEANUP_ARENA struct arena *arena = arena_new(16 << 20);
        CLEANUP_BUF struct buf file = BUF_INIT(1 << 20);
        char path[500];
        snprintf(path, sizeof path, "%s/compose/mustache-spec/%s.json", CONVIER_TESTS, modules[i]);
        REQUIRE(file_read(path, &file) == 0);
        const char *at = file.data;
        struct value root = json_value(arena, &at);
        const struct value *tests = json_get(&root, "tests");
        for (size_t t = 0; t < tests->count; t++, cases++)
            run_case(&tests->items[t]);
    }
    CHECK_ROW(NULL);
    CHECK_INT(cases, 184);
}

TEST(malformed_templates_are_named)
{
    static const struct {
        const char *title, *source;
        int line, column;
    } rows[] = {
        {"never closed tag", "a\n  {{name", 2, 3},
        {"never closed section", "a\n\nb {{#x}} c", 3, 3},
        {"wrong end", "{{#a}}\n{{/b}}", 2, 1},
        {"end of nothing", "é {{/a}}", 1, 3},
        {"no name", "x{{}}", 1, 2},
        {"space in name", "{{a b}}", 1, 1},
        {"delimiters", "{{=x=}}", 1, 1},
        {"delimiters with =", "{{== ==}}", 1, 1},
        {"triple closed by two", "{{{a}}", 1, 1},
        {"crossed", "{{#a}}{{#b}}{{/a}}{{/b}}", 1, 13},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
        const struct mustache *template_;
        struct flaws flaws;
        CHECK_ROW(rows[i].title);
        flaws_init(&flaws, arena, "t");
        CHECK_INT(mustache_compile(arena, text_of(rows[i].source), &flaws, &template_),
                  MUSTACHE_E_MALFORMED);
        REQUIRE(flaws.count == 1);
        CHECK_INT(flaws.items[0].line, rows[i].line);
        CHECK_INT(flaws.items[0].column, rows[i].column);
    }
}

static int render(const char *source, const char *data, const char *partials_json, struct buf *out)
{
    CLEANUP_ARENA struct arena *arena = arena_new(64 << 20);
    const struct mustache *template_ = NULL;
    struct flaws flaws;
    flaws_init(&flaws, arena, "t");
    struct value root = json_value(arena, &data), sources = json_value(arena, &partials_json);
    struct partials partials = {arena, &sources};
    int r = mustache_compile(arena, text_of(source), &flaws, &template_);
    return r ? r : mustache_render(template_, &root, ESCAPE_HTML, find_partial, &partials, out);
}

/* A line of many tags is measured once: this took a minute when each began at the first column. */
TEST(a_long_line)
{
    enum { TAGS = 90000 };
    CLEANUP_ARENA struct arena *arena = arena_new(256 << 20);
    CLEANUP_BUF struct buf source = BUF_INIT(1 << 20);
    const struct mustache *template_;
    struct flaws flaws;
    flaws_init(&flaws, arena, "test");
    for (int i = 0; i < TAGS; i++)
        buf_add_string(&source, "{{s}}");
    buf_add_string(&source, "é{{/s}}");
    CHECK_INT(mustache_compile(arena, buf_text(&source), &flaws, &template_), MUSTACHE_E_MALFORMED);
    REQUIRE(flaws.count == 1);
    CHECK_INT(flaws.items[0].column, TAGS * 5 + 2);
}

TEST(nothing_runs_for_ever)
{
    CLEANUP_BUF struct buf out = BUF_INIT(1 << 16);
    CHECK_INT(render("{{>a}}", "{}", "{\"a\": \"{{>a}}\"}", &out), MUSTACHE_E_TOO_DEEP);
    buf_clear(&out);
    CHECK_INT(
        render("{{<a}}{{$x}}{{<a}}{{/a}}{{/x}}{{/a}}", "{}", "{\"a\": \"{{<a}}{{/a}}\"}", &out),
        MUSTACHE_E_TOO_DEEP);
    buf_clear(&out);
    CHECK_INT(render("{{>a}}", "{\"l\":[1,2,3,4,5,6,7,8,9,0]}",
                     "{\"a\": \"{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}xxxxxxx{{/l}}{{/l}}{{/l}}{{/l}}"
                     "{{/l}}{{/l}}\"}",
                     &out),
              -EFBIG);
    buf_clear(&out);
    /* A block that names itself inside its argument sees only what is outside. */
    CHECK_INT(render("{{<a}}{{$x}}({{$x}}own{{/x}}){{/x}}{{/a}}", "{}",
                     "{\"a\": \"{{$x}}default{{/x}}\"}", &out),
              0);
    CHECK_STRING(out.data, "(own)");
}

TEST(falsehood)
{
    static const struct {
        const char *title, *data, *want;
    } rows[] = {
        {"absent", "{}", "no"},
        {"null", "{\"a\":null}", "no"},
        {"false", "{\"a\":false}", "no"},
        {"empty text", "{\"a\":\"\"}", "no"},
        {"empty list", "{\"a\":[]}", "no"},
        {"zero", "{\"a\":0}", "yes"},
        {"text", "{\"a\":\"x\"}", "yes"},
        {"empty map", "{\"a\":{}}", "yes"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEANUP_BUF struct buf out = BUF_INIT(1 << 16);
        CHECK_ROW(rows[i].title);
        CHECK_INT(render("{{#a}}yes{{/a}}{{^a}}no{{/a}}", rows[i].data, "{}", &out), 0);
        CHECK_STRING(out.data, rows[i].want);
    }
}

TEST(markdown_escape)
{
    CLEANUP_BUF struct buf out = BUF_INIT(1 << 16);
    mustache_escape(TEXT("*A_B* <x> & {{y}}\r\né"), ESCAPE_MARKDOWN, &out);
    CHECK_STRING(out.data, "\\*A\\_B\\* \\<x\\> \\& \\{\\{y\\}\\}\xE2\x80\xA8é");
}

CHECK_MAIN
