/* SPDX-License-Identifier: MIT */
#include "compose/coverage.h"

#include "compose/staff_view.h"

struct coverage {
    const struct templates *templates;
    const struct settings *settings;
    struct flaws *flaws;
};

static void check_presence_in(const struct coverage *c, const char *name, enum language language)
{
    if (templates_get(c->templates, name, language))
        return;
    flaws_add(c->flaws, SEVERITY_ERROR, 0, 0,
              "write it: a mail never leaves in another language than its reader's",
              "the template %s.%s.md is missing", name, language_to_text(language));
}

/* Is the kind's template there in every language that a contact may read? */
static void check_presence(const struct coverage *c, const char *name)
{
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        check_presence_in(c, name, (enum language)language);
}

/* A newsletter's own words, or those of its kind: in every language, like the others. */
static void check_newsletter(const struct coverage *c, const struct newsletter_settings *newsletter)
{
    const struct notice issue = {.kind = NOTICE_NEWSLETTER,
                                 .template_name = newsletter->template_name};
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        if (!templates_find(c->templates, &issue, NULL, (enum language)language))
            check_presence_in(c, newsletter->template_name, (enum language)language);
}

static bool is_first_use(const struct settings *settings, size_t rule, size_t step)
{
    const char *send = settings->rules[rule].steps[step].send;
    for (size_t r = 0; r <= rule; r++)
        for (size_t s = 0; s < settings->rules[r].step_count; s++) {
            if (r == rule && s == step)
                return true;
            if (string_equal(settings->rules[r].steps[s].send, send))
                return false;
        }
    return true;
}

static void check_rule_template(const struct coverage *c, const struct rule_settings *rule)
{
    if (!rule->template_name || templates_have_any(c->templates, rule->template_name))
        return;
    flaws_add_in(c->flaws, rule->place.file, SEVERITY_WARNING, rule->place.line, rule->place.column,
                 "its mails have the usual words until NAME.LANG.md or NAME-KIND.LANG.md is there",
                 "the rule \"%s\" names the template \"%s\", which has no file", rule->name,
                 rule->template_name);
}

/* Whatever the steps send, an event may move, be put off, be called off, or lose a guest. */
void coverage_check(const struct templates *templates, const struct settings *settings,
                    struct flaws *flaws)
{
    const struct coverage coverage = {templates, settings, flaws}, *c = &coverage;
    static const enum notice_kind always[] = {NOTICE_INVITATION, NOTICE_CHANGE, NOTICE_POSTPONED,
                                              NOTICE_CANCELLATION, NOTICE_UNINVITED};
    enum notice_kind kind;

    for (size_t i = 0; settings->rule_count && i < sizeof always / sizeof *always; i++)
        check_presence(c, notice_kind_to_text(always[i]));
    bool may_merge = false;
    for (size_t r = 0; r < settings->rule_count; r++) {
        may_merge |= settings->rules[r].may_merge;
        check_rule_template(c, &settings->rules[r]);
    }
    if (may_merge)
        check_presence(c, "digest");
    for (size_t i = 0; i < settings->newsletter_count; i++)
        check_newsletter(c, &settings->newsletters[i]);
    for (int subject = 0; settings->staff_count && subject < STAFF_SUBJECT_COUNT; subject++)
        check_presence_in(c, staff_view_template((enum staff_subject)subject),
                          settings->organisation.language);
    for (size_t r = 0; r < settings->rule_count; r++)
        for (size_t s = 0; s < settings->rules[r].step_count; s++) {
            const char *send = settings->rules[r].steps[s].send;
            bool is_checked = false;
            if (notice_kind_from_text(text_of(send), &kind))
                for (size_t i = 0; i < sizeof always / sizeof *always; i++)
                    is_checked |= always[i] == kind;
            if (!is_checked && is_first_use(settings, r, s))
                check_presence(c, send);
        }
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        if (!templates_footer(templates, (enum language)language))
            flaws_add(c->flaws, SEVERITY_ERROR, 0, 0,
                      "it says who writes, why, and how to stop it, as the law asks",
                      "the template footer.%s.md is missing",
                      language_to_text((enum language)language));
    if (!templates_layout(templates))
        flaws_add(c->flaws, SEVERITY_ERROR, 0, 0, "it stands around the HTML of every mail",
                  "the template layout.html is missing");
}
