/* SPDX-License-Identifier: MIT */
#include "compose/markdown.h"

#include <errno.h>

#include "base/unicode.h"
#include "check.h"
#include "compose/mustache.h"
#include "compose/wrap.h"

#define SPACES33 "                                 "
#define SPACES35 SPACES33 "  "
#define NBSP     "\xC2\xA0"
#define BREAK    "\xE2\x80\xA8"

static const struct markdown_style style = {.language = LANGUAGE_FR, .accent = "#123456"};

/* The HTML without its style attributes, so that rows show structure. */
static char *html_of(struct arena *arena, const char *source)
{
    CLEANUP_BUF struct buf out = BUF_INIT(1 << 20), bare = BUF_INIT(1 << 20);
    CHECK_INT(markdown_html(text_of(source), &style, &out), 0);
    struct text rest = buf_text(&out);
    while (rest.size) {
        size_t at = text_find(rest, TEXT(" style=\""));
        buf_add_text(&bare, text_slice(rest, 0, at));
        rest = text_from(rest, at < rest.size ? at + 8 : at);
        if (at < rest.size + at + 8 && rest.size)
            rest = text_from(rest, text_find_char(rest, '"') + 1);
    }
    return arena_copy_text(arena, buf_text(&bare));
}

static char *text_in(struct arena *arena, const char *source, enum language language)
{
    CLEANUP_BUF struct buf out = BUF_INIT(1 << 20);
    CHECK_INT(markdown_text(text_of(source), language, &out), 0);
    return arena_copy_text(arena, buf_text(&out));
}

TEST(both_parts)
{
    static const struct {
        const char *title, *source, *html, *text;
    } rows[] = {
        {"paragraphs", "a\nb\n\nc", "<p>a b</p>\n<p>c</p>\n", "a b\n\nc\n"},
        {"hard break", "a\\\nb", "<p>a<br>\nb</p>\n", "a\nb\n"},
        {"separator", "a" BREAK "b", "<p>a<br>\nb</p>\n", "a\nb\n"},
        {"separator at the end", "a" BREAK "\n\nb", "<p>a</p>\n<p>b</p>\n", "a\n\nb\n"},
        {"emphasis", "*a* **b**", "<p><em>a</em> <strong>b</strong></p>\n", "a b\n"},
        {"heading", "# Titre\n\na", "<h1>Titre</h1>\n<p>a</p>\n", "Titre\n=====\n\na\n"},
        {"list", "- a\n- b\n\nc", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<p>c</p>\n",
         "- a\n- b\n\nc\n"},
        {"numbers", "3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n",
         "3. a\n4. b\n"},
        {"quotation", "> a\n> b", "<blockquote>\n<p>a b</p>\n</blockquote>\n", "> a b\n"},
        {"raw HTML shows as typed", "<b>x</b> <script>alert(1)</script>",
         "<p>&lt;b&gt;x&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt;</p>\n",
         "<b>x</b> <script>alert(1)</script>\n"},
        {"HTML block", "<div onclick=x>\n\na", "<p>&lt;div onclick=x&gt;</p>\n<p>a</p>\n",
         "<div onclick=x>\n\na\n"},
        {"link", "[site](https://a.example/?x=1&y=2)",
         "<p><a href=\"https://a.example/?x=1&amp;y=2\">site</a></p>\n",
         "site <https://a.example/?x=1&y=2>\n"},
        {"link that says itself", "[https://a.example/](https://a.example/)",
         "<p><a href=\"https://a.example/\">https://a.example/</a></p>\n", "https://a.example/\n"},
        {"mailto", "[écrire](mailto:a@b.example?subject=x)",
         "<p><a href=\"mailto:a@b.example?subject=x\">écrire</a></p>\n", "écrire <a@b.example>\n"},
        {"javascript", "[x](javascript:alert(1))", "<p>x</p>\n", "x\n"},
        {"data", "[x](data:text/html,hello)", "<p>x</p>\n", "x\n"},
        {"script in capitals, entity", "[x](JAVASCRIPT&colon;alert(1))", "<p>x</p>\n", "x\n"},
        {"relative", "[x](/etc/passwd)", "<p>x</p>\n", "x\n"},
        {"quote in an address", "[x](https://a.example/\"onclick=y)",
         "<p><a href=\"https://a.example/&quot;onclick=y\">x</a></p>\n",
         "x <https://a.example/\"onclick=y>\n"},
        {"image", "![logo](https://a.example/x.png)", "<p>logo</p>\n", "logo\n"},
        {"bare address", "voir https://a.example/x_y. Fin",
         "<p>voir <a href=\"https://a.example/x_y\">https://a.example/x_y</a>. Fin</p>\n",
         "voir https://a.example/x_y. Fin\n"},
        {"address in brackets", "(https://a.example/)",
         "<p>(<a href=\"https://a.example/\">https://a.example/</a>)</p>\n",
         "(https://a.example/)\n"},
        {"address before kana", "https://a.example/をご覧",
         "<p><a href=\"https://a.example/\">https://a.example/</a>をご覧</p>\n",
         "https://a.example/をご覧\n"},
        {"escaped address", "https\\:\\/\\/a\\.example\\/x\\_y",
         "<p><a href=\"https://a.example/x_y\">https://a.example/x_y</a></p>\n",
         "https://a.example/x_y\n"},
        {"entities", "a&nbsp;: &eacute; &#233; &bogus; &amp;lt;",
         "<p>a" NBSP ": é é &amp;bogus; &amp;lt;</p>\n", "a" NBSP ": é é &bogus; &lt;\n"},
        {"facts", "| | |\n|---|---|\n| Date | demain |\n| Lieu | a" BREAK "b |",
         "<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">\n"
         "<tr><th scope=\"row\" align=\"left\" valign=\"top\" class=\"label\">Date</th>"
         "<td align=\"left\" valign=\"top\">demain</td></tr>\n"
         "<tr><th scope=\"row\" align=\"left\" valign=\"top\" class=\"label\">Lieu</th>"
         "<td align=\"left\" valign=\"top\">a<br>\nb</td></tr>\n</table>\n",
         "Date" NBSP ": demain\nLieu" NBSP ": a\n  b\n"},
        {"only for HTML", "a\n\n[x](https://a.example \"html\") · y\n\nb",
         "<p>a</p>\n<p><a href=\"https://a.example\">x</a> · y</p>\n<p>b</p>\n", "a\n\nb\n"},
        {"other language", ":::ja\n\n日\n\n:::\n\nb",
         "<div lang=\"ja\" dir=\"ltr\">\n<p>日</p>\n</div>\n<p>b</p>\n", "日\n\nb\n"},
        {"other language left open", ":::en\n\na",
         "<div lang=\"en\" dir=\"ltr\">\n<p>a</p>\n</div>\n", "a\n"},
        {"end of nothing", ":::\n\na", "<p>a</p>\n", "a\n"},
        {"no language begins in a quotation", "> :::ja\n\na",
         "<blockquote>\n<p>:::ja</p>\n</blockquote>\n<p>a</p>\n", "> :::ja\n\na\n"},
        {"placed", "a\n\n:::center 記\n\n:::right 以上\n\nb",
         "<p>a</p>\n<p>記</p>\n<p>以上</p>\n<p>b</p>\n",
         "a\n\n" SPACES35 "記\n\n" SPACES35 SPACES33 "以上\n\nb\n"},
        {"placed nothing", ":::center\n\n> :::right x",
         "<p>:::center</p>\n<blockquote>\n<p>:::right x</p>\n</blockquote>\n",
         ":::center\n\n> :::right x\n"},
        {"no language", ":::xx", "<p>:::xx</p>\n", ":::xx\n"},
        {"code", "```\na  <b>\n```", "<pre>a  &lt;b&gt;\n</pre>\n", "    a  <b>\n"},
    };
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].title);
        CHECK_STRING(html_of(arena, rows[i].source), rows[i].html);
        CHECK_STRING(text_in(arena, rows[i].source, LANGUAGE_FR), rows[i].text);
    }
    arena_free(arena);
}

TEST(buttons)
{
    struct arena *arena = arena_new(1 << 20);
    const char *source = "[Rejoindre](https://a.example/x \"button\")\n\nb";
    CHECK_STRING(text_in(arena, source, LANGUAGE_FR),
                 "Rejoindre" NBSP ":\nhttps://a.example/x\n\nb\n");
    CHECK_STRING(text_in(arena, source, LANGUAGE_JA), "Rejoindre：\nhttps://a.example/x\n\nb\n");
    CHECK_STRING(
        html_of(arena, source),
        "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">"
        "<tr><td bgcolor=\"#123456\" align=\"center\"><a href=\"https://a.example/x\">"
        "Rejoindre</a></td></tr></table>\n<p class=\"quiet\">https://a.example/x</p>\n<p>b</p>\n");
    /* where the address can be read already, once is enough */
    CHECK_STRING(text_in(arena, "https://a.example/x\n\n[Go](https://a.example/x \"button\")\n\nb",
                         LANGUAGE_EN),
                 "https://a.example/x\n\nb\n");
    arena_free(arena);
}

/* A title like this one shows as written in both parts. */
TEST(values_show_as_written)
{
    static const char *const values[] = {
        "*A_B* <x> & {{y}}",
        "# no heading",
        "- no item",
        "1. no number",
        "> no quotation",
        "[x](https://a.b)",
        "`code`",
        "a | b",
        "___",
        "=====",
        "&lt; &amp; &nbsp;",
        "\\*",
        "![x](y)",
        "<!-- -->",
        "~~~",
        "    not code",
        "a\tb",
        "~~struck~~",
        "[x]: https://a.example",
    };
    struct arena *arena = arena_new(4 << 20);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        CLEANUP_BUF struct buf source = BUF_INIT(1 << 16), html = BUF_INIT(1 << 16);
        CHECK_ROW(values[i]);
        buf_add_string(&source, "before ");
        mustache_escape(text_of(values[i]), ESCAPE_MARKDOWN, &source);
        buf_add_string(&source, " after");
        buf_add_string(&html, "<p>before ");
        mustache_escape(text_of(values[i]), ESCAPE_HTML, &html);
        buf_add_string(&html, " after</p>\n");
        CHECK_STRING(text_in(arena, source.data, LANGUAGE_EN),
                     arena_printf(arena, "before %s after\n", values[i]));
        struct text shown = text_of(html_of(arena, source.data));
        if (text_find(shown, TEXT("<a ")) == shown.size)
            CHECK_STRING(shown.data, html.data);
    }
    arena_free(arena);
}

TEST(descriptions)
{
    static const struct {
        const char *title, *description, *text;
    } rows[] = {
        {"lines stay lines", "10 h accueil\n10 h 30 début", "10 h accueil\n10 h 30 début\n"},
        {"CRLF and blank lines", "a\r\n\r\n\r\nb", "a\n\nb\n"},
        {"list, then a line", "Ordre :\n- a\n- b\nFin", "Ordre :\n\n- a\n- b\n\nFin\n"},
        {"rules of Teams and Zoom", "a\n________________\nb\n-----\nc\n=====\n", "a\n\nb\n\nc\n"},
        {"the rule of Google Meet", "-::~:~::~:~:~:~:~::~:~::-\na\n:-)\n.:.\n", "a\n:-)\n.:.\n"},
        {"words and address of Outlook", "Rejoindre<https://a.example/x?a=1&b=_2_> | <http://b.c/>",
         "Rejoindre https://a.example/x?a=1&b=_2_ | http://b.c/\n"},
        {"an address is said once",
         "www.a.example<http://www.a.example/> https://b.c<https://b.c>, a@b.fr<mailto:a@b.fr>",
         "www.a.example https://b.c, a@b.fr\n"},
        {"a mailbox behind a name", "Secrétariat<mailto:a@b.fr>", "Secrétariat a@b.fr\n"},
        {"a telephone", "+33 1 23,,4#<tel:+33123,,4#> Paris\n<tel:+33123>",
         "+33 1 23,,4# Paris\n+33123\n"},
        {"no address in brackets", "a<b et c>d <pièce jointe>", "a<b et c>d <pièce jointe>\n"},
        {"a fence swallows nothing", "```\ncode", "```\ncode\n"},
        {"hash tag", "#reporté", "#reporté\n"},
        {"light Markdown", "**gras** et [x](https://a.example)", "gras et x <https://a.example>\n"},
        {"blanks only", " \n\t\n", ""},
        {"an address keeps its marks", "https://a.example/_b_/*c*?d=~~e~~&f=(g)_h. Fin",
         "https://a.example/_b_/*c*?d=~~e~~&f=(g)_h. Fin\n"},
        {"an address in a link", "[a_b](https://a.example/_b_(c)) <https://a.example/_d_>",
         "a_b <https://a.example/_b_(c)> https://a.example/_d_\n"},
        {"a reference is no definition", "[1]: https://a.example\n[2]: b",
         "[1]: https://a.example\n[2]: b\n"},
        {"a path", "\\\\srv\\partage\\_a_ et \\*x\\*", "\\\\srv\\partage\\_a_ et *x*\n"},
        {"a password, a footnote", "12*34*56 a**b**c (*) x (*)", "12*34*56 a**b**c (*) x (*)\n"},
        {"a code span, a lone tick", "`a*b\\c` d`e", "a*b\\c d`e\n"},
        {"a year begins no list", "2026. Une année", "2026. Une année\n"},
        {"numbers stay", "1. a\n2. b\n4. d\n4. e", "1. a\n2. b\n\n4. d\n\n4. e\n"},
        {"no marks of templates", ":::ja", ":::ja\n"},
        {"nor of places", ":::right x", ":::right x\n"},
        {"a list that begins late", "Suite :\n3. c\n4. d", "Suite :\n\n3. c\n4. d\n"},
    };
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].title);
        const char *source = markdown_from_description(arena, rows[i].description);
        CHECK_STRING(text_in(arena, source, LANGUAGE_FR), rows[i].text);
    }
    /* what follows the description keeps its shape */
    const char *source =
        arena_printf(arena, "%s\n\n# T", markdown_from_description(arena, "```\n<!--\n- x\n["));
    CHECK_STRING(text_in(arena, source, LANGUAGE_FR), "```\n<!--\n\n- x\n\n[\n\nT\n=\n");
    arena_free(arena);
}

TEST(wrapping)
{
    static const struct {
        const char *title, *text;
        size_t columns;
        const char *want;
    } rows[] = {
        {"words", "aaa bbb ccc", 7, "aaa bbb\nccc\n"},
        {"exact", "aaa bbb", 7, "aaa bbb\n"},
        {"NBSP holds", "aaa bb" NBSP ": c", 7, "aaa\nbb" NBSP ": c\n"},
        {"too long a word stands out", "aa bbbbbbbbbb c", 5, "aa\nbbbbbbbbbb\nc\n"},
        {"kanji break anywhere", "日本語日本語", 6, "日本語\n日本語\n"},
        {"no full stop begins a line", "日本語。日本", 6, "日本\n語。日\n本\n"},
        {"no bracket ends a line", "日本（語）日", 6, "日本\n（語）\n日\n"},
        {"address unbroken between kanji", "日https://a.example/本", 8,
         "日\nhttps://a.example/\n本\n"},
        {"wide blank", "日本　語日", 6, "日本\n語日\n"},
        {"wide blank first", "　日本語", 4, "　日\n本語\n"},
        {"separators", "a" BREAK "b", 9, "a\nb\n"},
        {"empty line", "a" BREAK BREAK "b", 9, "a\n\nb\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEANUP_BUF struct buf out = BUF_INIT(1 << 10);
        CHECK_ROW(rows[i].title);
        wrap_text(&out, text_of(rows[i].text), rows[i].columns, TEXT(""), TEXT(""));
        CHECK_STRING(out.data, rows[i].want);
    }
}

TEST(colours)
{
    CHECK_STRING(markdown_accent("#123456"), "#123456");
    CHECK_STRING(markdown_accent("#a00"), "#a00");
    CHECK_STRING(markdown_accent("#ffff00"), "#1f4e79"); /* white words on yellow */
    CHECK_STRING(markdown_accent(NULL), "#1f4e79");
    CHECK_STRING(markdown_accent("red;background:url(x)"), "#1f4e79");
    CHECK_STRING(markdown_accent("#12345g"), "#1f4e79");
}

TEST(size_is_bounded)
{
    CLEANUP_BUF struct buf source = BUF_INIT(4 << 20), out = BUF_INIT(64 << 20);
    for (int i = 0; i <= MARKDOWN_BYTES_MAX; i++)
        buf_add_char(&source, 'a');
    CHECK_INT(markdown_html(buf_text(&source), &style, &out), -EFBIG);
    CHECK_INT(markdown_text(buf_text(&source), LANGUAGE_FR, &out), -EFBIG);
}

CHECK_MAIN
