/* SPDX-License-Identifier: MIT */
/* templates: the files that staff edit, compiled and checked.
 *
 *     NAME.LANG.md            header lines (Subject:, Preheader:), an empty line, Markdown
 *     NAME.LANG.html, .txt    in place of the part made from the Markdown
 *     partials/NAME.LANG.md   {{> NAME}} in a template of that language; partials/NAME.md in any
 *     footer.LANG.md          ends every mail of the language
 *     layout.html             around the HTML of every mail
 *     logo                    the image of the settings' logo, when there is one
 *
 * Values are Markdown-escaped in bodies, HTML-escaped in .html, as they are in header lines.     */
#ifndef CONVIER_COMPOSE_TEMPLATES_H
#define CONVIER_COMPOSE_TEMPLATES_H

#include "compose/composer.h"
#include "compose/mustache.h"

struct templates;

struct mail_template {
    const char *name; /* "invitation" */
    enum language language;
    const char *file;
    const struct mustache *subject, *preheader, *body; /* preheader may be NULL */
    const struct mustache *html, *text;                /* overrides, or NULL */
    bool is_issue;                                     /* of a newsletter, written by hand */
};

/* Compiles all and checks them; flaws name file:line:column. 0, COMPOSER_E_TEMPLATES when any flaw
 * is an error, or a negative errno. What is kept lives in the arena.                             */
int templates_load(struct arena *arena, const struct settings *settings,
                   const struct template_source *sources, size_t source_count, struct flaws *flaws,
                   const struct templates **ret);

/* The template for a notice: its own name with the kind ("rencontres-invitation"); its own name
 * alone, if it invites or if the name is the step's, not the whole rule's; else the kind's. Never
 * says a change or a cancellation in other words. NULL when there is none in the language. rule may
 * be NULL.                                                                                       */
const struct mail_template *templates_find(const struct templates *templates,
                                           const struct notice *notice,
                                           const struct rule_settings *rule,
                                           enum language language);

/* The template of a mail about several events: the rule's own ("rencontres-digest"), else "digest".
 */
const struct mail_template *templates_find_digest(const struct templates *templates,
                                                  const struct notice *notice,
                                                  enum language language);
/* A template by its very name, or NULL. */
const struct mail_template *templates_get(const struct templates *templates, const char *name,
                                          enum language language);

/* Is there any, in any language, called so or so and then by a kind ("rencontres-invitation")? */
bool templates_have_any(const struct templates *templates, const char *name);

const struct mustache *templates_footer(const struct templates *templates, enum language language);
const struct mustache *templates_layout(const struct templates *templates);

/* The logo; type NULL = none. */
struct logo {
    struct text bytes;
    const char *type; /* "image/png" */
};
enum { LOGO_BYTES_MAX = 20 * 1024 };
struct logo templates_logo(const struct templates *templates);

/* Does any template speak of a variable? A name matches by its last part ("contact.call", "call").
 */
bool templates_mention(const struct templates *templates, const char *variable);

/* A mustache_find for one language; the context is a struct templates_scope. */
struct templates_scope {
    const struct templates *templates;
    enum language language;
};
const struct mustache *templates_partial(void *scope, struct text name);

#endif
