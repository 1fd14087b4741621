/* SPDX-License-Identifier: MIT */
/* A tolerant scanner, no parser: calendar programs write little HTML and close it badly. It never
 * looks back, so its cost is linear whatever the text.                                           */
#include "calendar/html.h"

#include <string.h>

enum { NAME_BYTES_MAX = 16, HREF_BYTES_MAX = 2048 };

enum tag_kind {
    TAG_OTHER,
    TAG_BREAK,
    TAG_BLOCK,
    TAG_PARAGRAPH,
    TAG_ITEM,
    TAG_LINK,
    TAG_HIDDEN,
    TAG_CELL
};

static const struct {
    const char *name;
    enum tag_kind kind;
} tags[] = {
    {"br", TAG_BREAK},       {"p", TAG_PARAGRAPH},     {"div", TAG_BLOCK},
    {"li", TAG_ITEM},        {"ul", TAG_BLOCK},        {"ol", TAG_BLOCK},
    {"h1", TAG_PARAGRAPH},   {"h2", TAG_PARAGRAPH},    {"h3", TAG_PARAGRAPH},
    {"h4", TAG_PARAGRAPH},   {"table", TAG_BLOCK},     {"tr", TAG_BLOCK},
    {"td", TAG_CELL},        {"th", TAG_CELL},         {"blockquote", TAG_PARAGRAPH},
    {"hr", TAG_BLOCK},       {"pre", TAG_PARAGRAPH},   {"a", TAG_LINK},
    {"script", TAG_HIDDEN},  {"style", TAG_HIDDEN},    {"head", TAG_HIDDEN},
    {"title", TAG_HIDDEN},   {"b", TAG_OTHER},         {"i", TAG_OTHER},
    {"u", TAG_OTHER},        {"em", TAG_OTHER},        {"strong", TAG_OTHER},
    {"span", TAG_OTHER},     {"html", TAG_OTHER},      {"body", TAG_OTHER},
    {"font", TAG_OTHER},     {"html-blob", TAG_OTHER}, {"meta", TAG_OTHER},
    {"o:p", TAG_OTHER},      {"img", TAG_OTHER},       {"small", TAG_OTHER},
    {"!doctype", TAG_OTHER}, {"tbody", TAG_OTHER},     {"sup", TAG_OTHER},
};

static const struct {
    const char *name;
    uint32_t rune;
} entities[] = {
    {"amp", '&'},       {"lt", '<'},       {"gt", '>'},       {"quot", '"'},     {"apos", '\''},
    {"nbsp", ' '},      {"eacute", 0xe9},  {"egrave", 0xe8},  {"ecirc", 0xea},   {"euml", 0xeb},
    {"agrave", 0xe0},   {"acirc", 0xe2},   {"ccedil", 0xe7},  {"icirc", 0xee},   {"iuml", 0xef},
    {"ocirc", 0xf4},    {"ouml", 0xf6},    {"ugrave", 0xf9},  {"ucirc", 0xfb},   {"uuml", 0xfc},
    {"auml", 0xe4},     {"oelig", 0x153},  {"aelig", 0xe6},   {"Eacute", 0xc9},  {"Egrave", 0xc8},
    {"Ecirc", 0xca},    {"Agrave", 0xc0},  {"Acirc", 0xc2},   {"Ccedil", 0xc7},  {"Icirc", 0xce},
    {"Ocirc", 0xd4},    {"OElig", 0x152},  {"laquo", 0xab},   {"raquo", 0xbb},   {"ndash", 0x2013},
    {"mdash", 0x2014},  {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"ldquo", 0x201c}, {"rdquo", 0x201d},
    {"hellip", 0x2026}, {"bull", 0x2022},  {"middot", 0xb7},  {"euro", 0x20ac},  {"deg", 0xb0},
    {"ordm", 0xba},     {"copy", 0xa9},    {"reg", 0xae},     {"thinsp", ' '},   {"ensp", ' '},
    {"emsp", ' '},      {"times", 0xd7},   {"rarr", 0x2192},  {"szlig", 0xdf},   {"ntilde", 0xf1},
    {"sect", 0xa7},
};

struct tag {
    enum tag_kind kind;
    bool is_known, is_closing;
    struct text name;
    struct text rest; /* attributes */
    size_t size;      /* with both brackets */
};

/* Reads the tag at "<"; false when it is none ("a < b"). */
static bool read_tag(struct text at, struct tag *ret)
{
    *ret = (struct tag){0};
    if (text_starts(at, "<!--")) {
        size_t end = text_find(at, TEXT("-->"));
        ret->size = end < at.size ? end + 3 : at.size;
        ret->is_known = true;
        return true;
    }
    size_t i = 1;
    ret->is_closing = i < at.size && at.data[i] == '/';
    i += ret->is_closing;
    size_t start = i;
    while (i < at.size && i - start < NAME_BYTES_MAX &&
           (char_is_alpha(at.data[i]) || char_is_digit(at.data[i]) ||
            (at.data[i] && strchr("!:-", at.data[i]))))
        i++;
    ret->name = text_slice(at, start, i - start);
    if (ret->name.size == 0 || (!char_is_alpha(ret->name.data[0]) && ret->name.data[0] != '!'))
        return false;
    /* "<https://a.example>" and "<a@b.example>" are what Outlook writes behind words. */
    if (ret->name.data[ret->name.size - 1] == ':' ||
        (i < at.size && !char_is_blank(at.data[i]) && !strchr("/>", at.data[i])))
        return false;
    start = i;
    for (char quote = '\0'; i < at.size && (quote || at.data[i] != '>'); i++) {
        if (quote && at.data[i] == quote)
            quote = '\0';
        else if (!quote && (at.data[i] == '"' || at.data[i] == '\'') && at.data[i - 1] == '=')
            quote = at.data[i];
        else if (!quote && at.data[i] == '<')
            return false;
    }
    if (i == at.size)
        return false;
    ret->rest = text_slice(at, start, i - start);
    ret->size = i + 1;
    for (size_t k = 0; k < sizeof tags / sizeof *tags; k++)
        if (text_is_nocase(ret->name, tags[k].name)) {
            ret->kind = tags[k].kind;
            ret->is_known = true;
        }
    return true;
}

bool html_is_in(struct text text)
{
    for (size_t i = text_find_char(text, '<'); i < text.size;) {
        struct tag tag;
        if (read_tag(text_from(text, i), &tag) && tag.is_known)
            return true;
        i += 1 + text_find_char(text_from(text, i + 1), '<');
    }
    return false;
}

/* Adds the character of "&eacute;" or "&#233;"; returns its length, 0 when it is no entity. */
static size_t add_entity(struct text at, struct buf *out)
{
    size_t end = text_find_char(text_slice(at, 0, 12), ';');
    if (end >= 12 || end >= at.size || end < 2)
        return 0;
    struct text name = text_slice(at, 1, end - 1);
    if (name.data[0] == '#') {
        uint32_t rune = 0;
        bool is_hex = name.size > 1 && (name.data[1] | 32) == 'x';
        for (size_t i = is_hex ? 2 : 1; i < name.size; i++) {
            char c = char_lower(name.data[i]);
            bool is_letter = is_hex && c >= 'a' && c <= 'f';
            if (!char_is_digit(c) && !is_letter)
                return 0;
            rune = rune * (is_hex ? 16 : 10) + (uint32_t)(is_letter ? c - 'a' + 10 : c - '0');
            if (rune > 0x10ffff)
                return 0;
        }
        if (rune == 0xa0)
            rune = ' ';
        if (rune == 0 || (rune >= 0xd800 && rune <= 0xdfff))
            return 0;
        buf_add_rune(out, rune);
        return end + 1;
    }
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (text_is(name, entities[i].name)) {
            buf_add_rune(out, entities[i].rune);
            return end + 1;
        }
    return 0;
}

static void add_decoded(struct text text, struct buf *out)
{
    for (size_t i = 0; i < text.size;) {
        size_t size = text.data[i] == '&' ? add_entity(text_from(text, i), out) : 0;
        if (size == 0)
            buf_add_char(out, text.data[i++]);
        i += size;
    }
}

/* The http(s) address of a link, or nothing. */
static struct text find_href(struct text attributes)
{
    size_t at = 0;
    while (at < attributes.size && !text_starts_nocase(text_from(attributes, at), "href="))
        at++;
    struct text value = text_from(attributes, at + 5);
    if (at >= attributes.size || value.size == 0)
        return (struct text){0};
    char quote = value.data[0];
    if (quote == '"' || quote == '\'') {
        value = text_from(value, 1);
        value = text_slice(value, 0, text_find_char(value, quote));
    } else {
        value = text_slice(value, 0, text_find_char(value, ' '));
    }
    bool is_web = text_starts_nocase(value, "http://") || text_starts_nocase(value, "https://");
    return is_web && value.size < HREF_BYTES_MAX ? value : (struct text){0};
}

struct html_writer {
    struct buf *out;
    size_t start;
    struct text href;  /* of the open link */
    size_t href_start; /* where its words begin in out */
    bool is_blank_due;
};

static void break_line(struct html_writer *w, int wanted)
{
    struct buf *out = w->out;
    w->is_blank_due = false;
    while (out->size > w->start && out->data[out->size - 1] == ' ')
        buf_truncate(out, out->size - 1);
    int have = 0;
    while (out->size > w->start + (size_t)have && out->data[out->size - 1 - (size_t)have] == '\n' &&
           have < 2)
        have++;
    for (; have < wanted && out->size > w->start; have++)
        buf_add_char(out, '\n');
}

/* "words (address)", unless the words are the address. */
static void close_link(struct html_writer *w)
{
    if (w->href.size == 0 || buf_error(w->out))
        return;
    struct buf address = BUF_INIT(HREF_BYTES_MAX);
    add_decoded(w->href, &address);
    struct text words = text_trim(text_from(buf_text(w->out), w->href_start));
    bool is_same = text_equal(words, buf_text(&address)) ||
                   (words.size > 0 && text_find(buf_text(&address), words) < address.size &&
                    text_find_char(words, '/') < words.size);
    if (words.size > 0 && is_same) {
        buf_truncate(w->out, w->href_start);
        buf_add_text(w->out, buf_text(&address));
    } else {
        if (words.size > 0)
            buf_add_string(w->out, " (");
        buf_add_text(w->out, buf_text(&address));
        if (words.size > 0)
            buf_add_char(w->out, ')');
    }
    buf_done(&address);
    w->href = (struct text){0};
}

static void write_tag(struct html_writer *w, const struct tag *tag)
{
    switch (tag->kind) {
    case TAG_BREAK:
        w->is_blank_due = false;
        if (w->out->size > w->start)
            buf_add_char(w->out, '\n');
        break;
    case TAG_BLOCK:
        break_line(w, 1);
        break;
    case TAG_PARAGRAPH:
        break_line(w, 2);
        break;
    case TAG_ITEM:
        break_line(w, 1);
        if (!tag->is_closing)
            buf_add_string(w->out, "- ");
        break;
    case TAG_CELL:
        w->is_blank_due = true;
        break;
    case TAG_LINK:
        close_link(w);
        if (!tag->is_closing) {
            w->href = find_href(tag->rest);
            if (w->is_blank_due)
                buf_add_char(w->out, ' ');
            w->is_blank_due = false;
            w->href_start = w->out->size;
        }
        break;
    case TAG_OTHER:
    case TAG_HIDDEN:
        break;
    }
}

/* Length up to the end tag of a script, style, head or title. */
static size_t measure_hidden(struct text rest, struct text name)
{
    for (size_t i = text_find_char(rest, '<'); i < rest.size;) {
        struct text at = text_from(rest, i);
        if (at.size > name.size + 1 && at.data[1] == '/') {
            struct text found = text_slice(at, 2, name.size);
            bool is_same = true;
            for (size_t k = 0; k < name.size; k++)
                is_same &= found.size == name.size &&
                           char_lower(found.data[k]) == char_lower(name.data[k]);
            if (is_same)
                return i;
        }
        i += 1 + text_find_char(text_from(rest, i + 1), '<');
    }
    return rest.size;
}

static bool has_breaks(struct text html)
{
    for (size_t i = text_find_char(html, '<'); i < html.size;) {
        struct tag tag;
        if (read_tag(text_from(html, i), &tag) && tag.kind >= TAG_BREAK && tag.kind <= TAG_ITEM)
            return true;
        i += 1 + text_find_char(text_from(html, i + 1), '<');
    }
    return false;
}

void html_to_text(struct text html, struct buf *out)
{
    struct html_writer w = {.out = out, .start = out->size};
    bool keeps_lines = !has_breaks(html);
    for (size_t i = 0; i < html.size && !buf_error(out);) {
        struct text at = text_from(html, i);
        struct tag tag;
        if (at.data[0] == '<' && read_tag(at, &tag)) {
            i += tag.size;
            if (tag.kind == TAG_HIDDEN && !tag.is_closing)
                i += measure_hidden(text_from(html, i), tag.name);
            else
                write_tag(&w, &tag);
            continue;
        }
        if (char_is_blank(at.data[0])) {
            w.is_blank_due = true;
            i++;
            if (keeps_lines && at.data[0] == '\n') {
                w.is_blank_due = false;
                buf_add_char(out, '\n');
            }
            continue;
        }
        if (w.is_blank_due && out->size > w.start && out->data[out->size - 1] != '\n')
            buf_add_char(out, ' ');
        w.is_blank_due = false;
        size_t size = at.data[0] == '&' ? add_entity(at, out) : 0;
        if (size == 0) {
            buf_add_char(out, at.data[0]);
            size = 1;
        }
        i += size;
    }
    close_link(&w);
}
