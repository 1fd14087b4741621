/* SPDX-License-Identifier: MIT */
#include "compose/templates.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/list.h"
#include "base/unicode.h"
#include "compose/coverage.h"
#include "compose/layout.h"
#include "compose/mustache_tree.h"
#include "compose/staff_view.h"
#include "compose/template_check.h"
#include "compose/view.h"

enum { NAME_BYTES_MAX = 128, LANGUAGE_ANY = LANGUAGE_COUNT };

struct partial {
    const char *name, *file;
    int language; /* or LANGUAGE_ANY */
    const struct mustache *body;
};

LIST_TYPE(mail_templates, struct mail_template);
LIST_TYPE(partials, struct partial);

struct templates {
    struct mail_templates mails;
    struct partials partials;
    const struct mustache *footers[LANGUAGE_COUNT];
    const char *footer_files[LANGUAGE_COUNT];
    const struct mustache *layout;
    const char *layout_file;
    struct logo logo;
};

/* What a file name says: "partials/signature.fr.md". */
struct file_name {
    struct text name;
    int language; /* or LANGUAGE_ANY */
    bool is_partial;
    enum { FORM_MARKDOWN, FORM_HTML, FORM_TEXT } form;
};

static bool parse_name(const char *raw_name, struct file_name *ret)
{
    struct text name = text_of(raw_name);
    enum language language;

    *ret = (struct file_name){.language = LANGUAGE_ANY};
    if (text_starts(name, "partials/")) {
        ret->is_partial = true;
        name = text_from(name, strlen("partials/"));
    }
    if (text_ends_nocase(name, ".md"))
        name.size -= 3;
    else if (text_ends_nocase(name, ".html") || text_ends_nocase(name, ".txt"))
        ret->form = text_ends_nocase(name, ".html") ? FORM_HTML : FORM_TEXT;
    else
        return false;
    if (ret->form != FORM_MARKDOWN)
        name.size -= ret->form == FORM_HTML ? 5 : 4;
    if (name.size > 3 && name.data[name.size - 3] == '.' &&
        language_from_text(text_from(name, name.size - 2), &language)) {
        ret->language = (int)language;
        name.size -= 3;
    }
    ret->name = name;
    return name.size > 0 && text_find_char(name, '/') == name.size && name.size < NAME_BYTES_MAX;
}

struct loader {
    struct arena *arena;
    struct flaws *flaws;
    struct templates *templates;
};

static struct mail_template *find_exact(const struct templates *templates, struct text name,
                                        enum language language)
{
    for (size_t i = 0; i < templates->mails.count; i++)
        if (text_is(name, templates->mails.items[i].name) &&
            templates->mails.items[i].language == language)
            return &templates->mails.items[i];
    return NULL;
}

/* Compiles one piece; a malformed one was told as a flaw and stays NULL. */
static int compile(struct loader *l, struct text source, int line, int column,
                   const struct mustache **ret)
{
    int r = mustache_compile_at(l->arena, source, line, column, l->flaws, ret);
    return r == MUSTACHE_E_MALFORMED ? 0 : r;
}

static int header_line(struct loader *l, struct mail_template *mail, struct text line, int number)
{
    size_t colon = text_find_char(line, ':');
    struct text name = text_trim(text_slice(line, 0, colon));
    struct text value = text_from(line, colon + 1);
    const struct mustache **into = text_is_nocase(name, "Subject")     ? &mail->subject
                                   : text_is_nocase(name, "Preheader") ? &mail->preheader
                                                                       : NULL;
    if (colon == line.size || !into) {
        flaws_add(l->flaws, SEVERITY_ERROR, number, 1,
                  "a template begins with \"Subject: …\" and \"Preheader: …\", then an empty line",
                  "\"%.*s\" is not a header line of a template", (int)name.size, name.data);
        return 0;
    }
    size_t blanks = 0;
    while (blanks < value.size && char_is_blank(value.data[blanks]))
        blanks++;
    return compile(l, text_trim(value), number, (int)(colon + 2 + blanks), into);
}

/* Header lines up to the first empty one, then the body. */
static int load_mail(struct loader *l, struct mail_template *mail, struct text source)
{
    struct text rest = source;
    int number = 1;
    for (; rest.data; number++) {
        struct text line = text_next_line(&rest);
        if (!text_trim(line).size)
            break;
        int r = header_line(l, mail, line, number);
        if (r)
            return r;
    }
    if (!mail->subject && !flaws_has_errors(l->flaws))
        flaws_add(l->flaws, SEVERITY_ERROR, 1, 0, "begin the file with \"Subject: …\"",
                  "this template has no subject");
    if (!text_trim(rest).size)
        flaws_add(l->flaws, SEVERITY_ERROR, number, 0,
                  "the words of the mail follow the header lines after an empty line",
                  "this template has no text");
    return compile(l, rest.data ? rest : TEXT(""), number + 1, 1, &mail->body);
}

static int get_mail(struct loader *l, const struct file_name *name, struct mail_template **ret)
{
    *ret = find_exact(l->templates, name->name, (enum language)name->language);
    if (*ret)
        return 0;
    *ret = list_add(l->arena, &l->templates->mails);
    if (!*ret)
        return -ENOMEM;
    (*ret)->name = arena_copy_text(l->arena, name->name);
    (*ret)->language = (enum language)name->language;
    return (*ret)->name ? 0 : -ENOMEM;
}

static int load_partial(struct loader *l, const struct file_name *name, const char *file,
                        struct text source)
{
    for (size_t i = 0; i < l->templates->partials.count; i++) {
        const struct partial *other = &l->templates->partials.items[i];
        if (text_is(name->name, other->name) && other->language == name->language)
            return 0; /* an earlier folder has it */
    }
    struct partial *partial = list_add(l->arena, &l->templates->partials);
    if (!partial)
        return -ENOMEM;
    partial->name = arena_copy_text(l->arena, name->name);
    partial->file = file;
    partial->language = name->language;
    /* A malformed one was told; it is empty, not absent, so that it is not told again elsewhere. */
    static const struct mustache empty;
    partial->body = &empty;
    return partial->name ? compile(l, source, 1, 1, &partial->body) : -ENOMEM;
}

/* By what it begins with, whatever it is called; only what all mail programs show. */
static const char *image_type(struct text bytes)
{
    if (text_starts(bytes, "\x89PNG\r\n"))
        return "image/png";
    if (text_starts(bytes, "\xFF\xD8\xFF"))
        return "image/jpeg";
    return text_starts(bytes, "GIF87a") || text_starts(bytes, "GIF89a") ? "image/gif" : NULL;
}

static int load_logo(struct loader *l, struct text bytes)
{
    const char *type = image_type(bytes);
    if (!type)
        flaws_add(l->flaws, SEVERITY_ERROR, 0, 0, "the logo must be a PNG, JPEG or GIF",
                  "this is no image that mail programs show");
    else if (bytes.size > LOGO_BYTES_MAX)
        flaws_add(l->flaws, SEVERITY_ERROR, 0, 0, "make it smaller: it goes with every mail",
                  "the logo has %zu bytes, more than %d", bytes.size, LOGO_BYTES_MAX);
    const char *copy = arena_copy_text(l->arena, bytes);
    l->templates->logo = (struct logo){{copy, bytes.size}, type};
    return copy ? 0 : -ENOMEM;
}

/* What editors leave in files: a BOM is dropped, accents in pieces are joined (NFC), anything but
 * UTF-8 is told with its place and read as nothing.                                              */
static int read_text(struct loader *l, struct text bytes, struct text *ret)
{
    if (text_starts(bytes, "\xEF\xBB\xBF"))
        bytes = text_from(bytes, 3);
    size_t error = text_utf8_error(bytes);
    if (error < bytes.size) {
        struct text before = text_slice(bytes, 0, error), line = before;
        int number = 0, column = 1;
        for (; before.data; number++)
            line = text_next_line(&before);
        for (; line.size; column++)
            (void)text_next_rune(&line); /* only counted */
        flaws_add(l->flaws, SEVERITY_ERROR, number, column, "save the file with the encoding UTF-8",
                  "this is not UTF-8 text");
        *ret = TEXT("");
        return 0;
    }
    const char *joined = unicode_nfc(l->arena, bytes);
    *ret = text_of(joined);
    return joined ? 0 : -ENOMEM;
}

static int load_file(struct loader *l, const struct template_source *source, const char *file)
{
    struct file_name name;
    struct mail_template *mail;
    struct text text;

    if (text_is(text_of(source->name), "logo"))
        return load_logo(l, source->text);
    if (!parse_name(source->name, &name) ||
        (name.language == LANGUAGE_ANY && !name.is_partial && !text_is(name.name, "layout")))
        return 0; /* a README, a logo, an editor's backup */
    size_t flaws = l->flaws->count;
    int r = read_text(l, source->text, &text);
    if (r || l->flaws->count > flaws)
        return r;
    if (name.is_partial && name.form == FORM_MARKDOWN)
        return load_partial(l, &name, file, text);
    if (text_is(name.name, "layout") && name.form == FORM_HTML) {
        if (l->templates->layout)
            return 0;
        l->templates->layout_file = file;
        return compile(l, text, 1, 1, &l->templates->layout);
    }
    if (name.language == LANGUAGE_ANY)
        return 0; /* layout.md, layout.txt: nothing of ours */
    if (text_is(name.name, "footer") && name.form == FORM_MARKDOWN) {
        if (l->templates->footers[name.language])
            return 0;
        l->templates->footer_files[name.language] = file;
        return compile(l, text, 1, 1, &l->templates->footers[name.language]);
    }
    r = get_mail(l, &name, &mail);
    if (r)
        return r;
    if (name.form == FORM_MARKDOWN) {
        if (mail->file)
            return 0;
        mail->file = file;
        mail->is_issue = source->is_issue;
        return load_mail(l, mail, text);
    }
    const struct mustache **part = name.form == FORM_HTML ? &mail->html : &mail->text;
    return *part ? 0 : compile(l, text, 1, 1, part);
}

static const struct mustache *find_partial(const struct templates *templates, struct text name,
                                           enum language language)
{
    const struct mustache *any = NULL;
    for (size_t i = 0; i < templates->partials.count; i++) {
        const struct partial *partial = &templates->partials.items[i];
        if (!text_is(name, partial->name))
            continue;
        if (partial->language == (int)language)
            return partial->body;
        if (partial->language == LANGUAGE_ANY)
            any = partial->body;
    }
    return any;
}

const struct mustache *templates_partial(void *context, struct text name)
{
    const struct templates_scope *scope = context;
    const struct mustache *found = find_partial(scope->templates, name, scope->language);
    size_t dot = text_find_char(name, '.');
    enum language language;
    /* {{> facts.ja}} in a mail that speaks two languages */
    if (!found && dot < name.size && language_from_text(text_from(name, dot + 1), &language))
        found = find_partial(scope->templates, text_slice(name, 0, dot), language);
    return found;
}

static void check_body(struct loader *l, const struct mustache *body, const char *file,
                       enum language language, bool is_staff)
{
    struct templates_scope scope = {l->templates, language};
    const struct template_check check = {.has_variable = is_staff ? staff_view_has : view_has,
                                         .nearest_variable =
                                             is_staff ? staff_view_nearest : view_nearest,
                                         .find_partial = templates_partial,
                                         .context = &scope,
                                         .flaws = l->flaws};
    const char *source = l->flaws->source;
    l->flaws->source = file;
    if (body)
        template_check(&check, body);
    l->flaws->source = source;
}

/* Nothing waits for an issue that is written by hand: a slip in it is told, and it is as if there
 * were none. */
static void forgive(struct loader *l, const struct flaws *before, struct mail_template *mail)
{
    if (flaws_forgive(l->flaws, before) && mail)
        mail->file = NULL;
}

static int load_issue(struct loader *l, const struct template_source *source, const char *file)
{
    struct file_name name;
    const struct flaws before = *l->flaws;
    if (!parse_name(source->name, &name) || name.is_partial || name.language == LANGUAGE_ANY ||
        find_exact(l->templates, name.name, (enum language)name.language))
        return 0; /* no letter, or one that the templates have words for */
    int r = load_file(l, source, file);
    if (!r)
        forgive(l, &before, find_exact(l->templates, name.name, (enum language)name.language));
    return r;
}

static void check_names(struct loader *l)
{
    const struct templates *t = l->templates;
    for (size_t i = 0; i < t->mails.count; i++) {
        struct mail_template *mail = &t->mails.items[i];
        const struct mustache *pieces[] = {mail->subject, mail->preheader, mail->body, mail->html,
                                           mail->text};
        const struct flaws before = *l->flaws;
        for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++)
            check_body(l, pieces[p], mail->file, mail->language,
                       text_starts(text_of(mail->name), "staff-"));
        if (mail->is_issue)
            forgive(l, &before, mail);
    }
    for (size_t i = 0; i < t->partials.count; i++) {
        const struct partial *partial = &t->partials.items[i];
        check_body(l, partial->body, partial->file,
                   partial->language == LANGUAGE_ANY ? LANGUAGE_FR
                                                     : (enum language)partial->language,
                   false);
    }
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        check_body(l, t->footers[language], t->footer_files[language], (enum language)language,
                   false);
    if (t->layout) {
        struct flaws *flaws = l->flaws;
        const char *source = flaws->source;
        flaws->source = t->layout_file;
        layout_check(t->layout, flaws);
        flaws->source = source;
    }
}

int templates_load(struct arena *arena, const struct settings *settings,
                   const struct template_source *sources, size_t source_count, struct flaws *flaws,
                   const struct templates **ret)
{
    struct loader l = {
        .arena = arena, .flaws = flaws, .templates = arena_alloc(arena, sizeof *l.templates)};
    const char *source = flaws->source;
    int r = l.templates ? 0 : -ENOMEM;

    for (size_t i = 0; i < source_count && !r; i++) {
        const char *file = arena_copy_string(arena, sources[i].file);
        flaws->source = file;
        r = !file                 ? -ENOMEM
            : sources[i].is_issue ? load_issue(&l, &sources[i], file)
                                  : load_file(&l, &sources[i], file);
    }
    flaws->source = source;
    if (r)
        return r;
    check_names(&l);
    coverage_check(l.templates, settings, flaws);
    if (flaws->is_out_of_memory)
        return -ENOMEM;
    if (flaws_has_errors(flaws))
        return COMPOSER_E_TEMPLATES;
    *ret = l.templates;
    return 0;
}

static bool may_use_own_name(const struct notice *notice, const struct rule_settings *rule)
{
    switch (notice->kind) {
    case NOTICE_INVITATION:
    case NOTICE_NEWSLETTER:
        return true;
    case NOTICE_SAVE_THE_DATE:
    case NOTICE_REMINDER:
    case NOTICE_THANKS:
        return !rule || !string_equal(rule->template_name, notice->template_name);
    default:
        return false;
    }
}

/* One with words; a lone .html or .txt is none. */
const struct mail_template *templates_get(const struct templates *templates, const char *name,
                                          enum language language)
{
    const struct mail_template *found = find_exact(templates, text_of(name), language);
    return found && found->file ? found : NULL;
}

/* "rencontres-invitation" */
static const struct mail_template *find_own(const struct templates *templates,
                                            const struct notice *notice, const char *kind,
                                            enum language language)
{
    char room[NAME_BYTES_MAX];
    if (!notice->template_name)
        return NULL;
    int size = snprintf(room, sizeof room, "%s-%s", notice->template_name, kind);
    return size > 0 && (size_t)size < sizeof room ? templates_get(templates, room, language) : NULL;
}

const struct mail_template *templates_find(const struct templates *templates,
                                           const struct notice *notice,
                                           const struct rule_settings *rule, enum language language)
{
    const char *kind = notice_kind_to_text(notice->kind);
    const struct mail_template *found = find_own(templates, notice, kind, language);
    if (!found && notice->template_name && may_use_own_name(notice, rule))
        found = templates_get(templates, notice->template_name, language);
    return found ? found : templates_get(templates, kind, language);
}

const struct mail_template *templates_find_digest(const struct templates *templates,
                                                  const struct notice *notice,
                                                  enum language language)
{
    const struct mail_template *own = find_own(templates, notice, "digest", language);
    return own ? own : templates_get(templates, "digest", language);
}

bool templates_have_any(const struct templates *templates, const char *name)
{
    size_t size = strlen(name);
    for (size_t i = 0; i < templates->mails.count; i++) {
        const struct mail_template *mail = &templates->mails.items[i];
        if (mail->file && strncmp(mail->name, name, size) == 0 &&
            (mail->name[size] == '\0' || mail->name[size] == '-'))
            return true;
    }
    return false;
}

const struct mustache *templates_footer(const struct templates *templates, enum language language)
{
    return templates->footers[language];
}

const struct mustache *templates_layout(const struct templates *templates)
{
    return templates->layout;
}

static bool nodes_mention(const struct nodes *nodes, struct text last)
{
    for (size_t i = 0; i < nodes->count; i++) {
        const struct node *node = &nodes->items[i];
        for (size_t p = 0; p < node->path_count; p++)
            if (text_equal(node->path[p], last))
                return true;
        if (nodes_mention(&node->children, last))
            return true;
    }
    return false;
}

bool templates_mention(const struct templates *templates, const char *variable)
{
    struct text last = text_of(variable);
    size_t dot;
    while ((dot = text_find_char(last, '.')) < last.size)
        last = text_from(last, dot + 1);
    for (size_t i = 0; i < templates->mails.count; i++) {
        const struct mail_template *mail = &templates->mails.items[i];
        const struct mustache *pieces[] = {mail->subject, mail->preheader, mail->body, mail->html,
                                           mail->text};
        for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++)
            if (pieces[p] && nodes_mention(&pieces[p]->nodes, last))
                return true;
    }
    for (size_t i = 0; i < templates->partials.count; i++)
        if (nodes_mention(&templates->partials.items[i].body->nodes, last))
            return true;
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (templates->footers[i] && nodes_mention(&templates->footers[i]->nodes, last))
            return true;
    return false;
}

struct logo templates_logo(const struct templates *templates)
{
    return templates->logo;
}
