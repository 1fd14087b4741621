/* room: contacts */
/* SPDX-License-Identifier: MIT */
/* Any bytes as an audience expression. What parses must evaluate, and the explanation for each
 * contact must agree with its bit.                                                               */
#include "fuzz/contact_checks.h"

#include "contacts/audience.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char rows[] = "email;name;organisation;language;country;groups;Note\n"
                           "a@x.fr;Anne;Nancy;fr;FR;elus,a;1\nb@x.jp;田中;金沢市;ja;JP;b,japon;\n"
                           "c@x.org;;;en;;;\nc@x.org;Carl;;en;;a,b;2\n";

static void check_audience(struct arena *arena, const struct audience *audience,
                           const struct contact_list *list, struct flaws *flaws)
{
    struct membership members;

    MUST(audience_evaluate(arena, audience, list, &members) == 0 && members.count == list->count);
    MUST(members.bits[0] >> list->count == 0);
    for (size_t i = 0; i < list->count; i++) {
        bool is_in = !membership_has(&members, i);
        const char *words = audience_explain(arena, audience, list->items[i], LANGUAGE_EN, &is_in);
        MUST(words && is_in == membership_has(&members, i));
    }
    audience_check(arena, audience, list, flaws);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct audience_settings named[] = {{"n", "elus | japon", {.line = 1}},
                                               {"m", "n - b", {.line = 2}}};
    static const struct settings settings = {.audiences = named, .audience_count = 2};
    static struct contact_list list;
    static struct arena *kept;
    static struct zones *zones;
    struct flaws flaws;
    struct audience *audience = NULL;

    if (!kept) {
        struct contact_rows contacts = {0};
        zones = zones_new(NULL);
        kept = arena_new(1 << 24);
        MUST(kept && zones);
        flaws_init(&flaws, kept, "rows");
        const struct contact_options options = {.zone = zones_utc(zones), .zones = zones};
        MUST(contact_reader_parse(kept, text_of(rows), &options, &flaws, &contacts, NULL) == 0);
        MUST(contact_reader_merge(kept, &contacts, 1, &flaws, &list) == 0 && list.count == 3);
    }
    MUST(zones); /* looked at each time, or the compiler drops it and the leak check complains */
    struct arena *arena = arena_new(256 << 20);
    char *expression = arena ? arena_copy(arena, (const char *)data, size) : NULL;
    MUST(expression);
    flaws_init(&flaws, arena, "fuzz");
    int r = audience_parse(arena, expression, &settings, (struct settings_place){.line = 1}, &flaws,
                           &audience);
    MUST(r >= 0 && (r == 0) == !flaws_has_errors(&flaws));
    if (r == 0)
        check_audience(arena, audience, &list, &flaws);
    else
        MUST(flaws.items[0].column >= 1 && flaws.items[0].column <= (int)size + 1);
    arena_free(arena);
    return 0;
}
