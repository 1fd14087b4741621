/* SPDX-License-Identifier: MIT */
/* What is so now, against what staff were told: the acts that make the ledger's matters true.
 *
 *   key               told when                                         forgotten when
 *   hold:12           a hold is open                                    never
 *   expiring:12       … and loses its use within a day                  never
 *   trouble:SOURCE    it could not be read for STAFF_TROUBLE_MIN        it can be read
 *   well:SOURCE       it can be read again, and trouble was told        told anew
 *   flaws:SOURCE      a reading has flaws that the one before had not   told anew
 *   flaw:SOURCE:TEXT  (noted) how often the last reading says this      a reading says otherwise
 *   set:SOURCE:ALL    (noted) all that a told reading says              never
 *   stopped           the relay refuses us, or takes nothing for long   it takes mail again
 *   own               we could not work for STAFF_OWN_TROUBLE_MIN       told anew
 *   paused            three refusals in a row                           sending was resumed
 *   relay:URL         it refuses us and another takes the mail          told anew after a day
 *   late:EVENT:TIME   at this pace mails leave too late                 never
 *   issue:KEY         it waits for limits.settle for a calendar         it waits no more
 *                     that lost its events
 *   issue-lapsing:KEY … and loses its use within a day                  it waits no more
 *
 * "For long" is STAFF_STOP_MIN.                                                                  */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "app/dispatch.h"
#include "app/lateness.h"
#include "app/staff_inside.h"
#include "app/staff_words.h"
#include "base/digest.h"
#include "plan/reason_words.h"

enum { PACE_EVERY_MIN = 10, PACE_NOTICES_MAX = 2000, KEY_BYTES = 17, PLACES_MAX = 50 };

int look_add(struct look *look, enum act_verb verb, const struct matter *matter)
{
    struct act *act = list_add(look->arena, &look->acts);
    if (!act || !matter->key)
        return -ENOMEM;
    *act = (struct act){verb, *matter};
    return 0;
}

static bool has_left(const struct look *look, const struct matter *matter)
{
    return matter->letter && matter->letter != look->open;
}

int look_end(struct look *look, const struct matter *known)
{
    enum act_verb verb = has_left(look, known) ? ACT_CLOSE : ACT_DROP;
    return look_add(look, verb, &(struct matter){.key = known->key});
}

/* Told anew, though an older letter may still be on its way with it. */
static int tell_anew(struct look *look, const struct matter *known, const struct matter *matter)
{
    int r = known && has_left(look, known) ? look_end(look, known) : 0;
    return r ? r : look_add(look, ACT_TELL, matter);
}

int look_find(struct look *look, const char *key, const struct matter **ret_or_null)
{
    return key ? ledger_find_matter(look->view->ledger, look->arena, key, ret_or_null) : -ENOMEM;
}

void look_again(struct look *look, struct instant at)
{
    look->staff->next = instant_min(look->staff->next, at);
}

/* --- holds -------------------------------------------------------------------------------------
 */

static int tell_hold(struct look *look, const struct hold *hold, enum matter_kind kind)
{
    const struct matter *known = NULL;
    struct matter matter = {
        .key = arena_printf(look->arena, "%s:%" PRId64, matter_kind_to_text(kind), hold->id),
        .kind = kind,
        .at = hold->created,
        .hold = hold->id,
        .until = INSTANT_UNSET,
        .last = INSTANT_UNSET};
    int r = look_find(look, matter.key, &known);
    return r || known ? r : look_add(look, ACT_TELL, &matter);
}

/* Whoever heard of it less than half a day before that moment need not hear again. */
static int find_hold(struct look *look, const struct hold *hold)
{
    struct instant soon = instant_add(hold->expires, -STAFF_EXPIRING_HOURS * USEC_PER_HOUR);
    int r = tell_hold(look, hold, MATTER_HOLD);
    if (r || !hold->messages ||
        instant_diff(soon, hold->created) < STAFF_EXPIRING_HOURS / 2 * USEC_PER_HOUR)
        return r;
    if (!instant_before(look->now, soon))
        return tell_hold(look, hold, MATTER_EXPIRING);
    look_again(look, soon);
    return 0;
}

static int find_holds(struct look *look)
{
    struct holds holds = {0};
    int r = ledger_holds(look->view->ledger, look->arena, &holds);
    for (size_t i = 0; i < holds.count && !r; i++)
        r = find_hold(look, &holds.items[i]);
    return r;
}

/* --- what is read ------------------------------------------------------------------------------
 */

/* An address may hold a secret: sources go by a digest. */
static int name_source(const struct source *source, char ret[KEY_BYTES])
{
    const struct text parts[] = {text_of(source_kind_to_text(source->kind)),
                                 text_of(source->location)};
    uint8_t digest[DIGEST_BYTES];
    int r = digest_parts(parts, 2, digest);
    if (!r)
        digest_hex(digest, (KEY_BYTES - 1) / 2, ret);
    return r;
}

static int find_trouble(struct look *look, const struct source *source, const char *name,
                        const char *label)
{
    enum staff_word advice = source->is_good ? STAFF_WORD_GOOD_COPY : STAFF_WORD_NO_COPY;
    struct matter matter = {.key = arena_printf(look->arena, "trouble:%s", name),
                            .kind = MATTER_TROUBLE,
                            .at = look->now,
                            .source = label,
                            .text = source->trouble,
                            .advice = staff_words(advice, look->language),
                            .until = INSTANT_UNSET,
                            .last = INSTANT_UNSET};
    const struct matter *known = NULL;
    int r = look_find(look, matter.key, &known);
    if (r || (!known && !source->trouble) || (known && known->letter && source->trouble))
        return r;
    if (source->trouble) {
        struct instant since = known ? known->at : look->now;
        struct instant told = instant_add(since, STAFF_TROUBLE_MIN * USEC_PER_MIN);
        matter.at = since;
        if (!instant_before(look->now, told))
            return look_add(look, ACT_TELL, &matter);
        look_again(look, told);
        return known ? 0 : look_add(look, ACT_NOTE, &matter);
    }
    if (!source->readings) /* the copy of an earlier start proves nothing */
        return 0;
    r = look_end(look, known);
    if (r || !has_left(look, known))
        return r;
    matter.key = arena_printf(look->arena, "well:%s", name);
    matter.kind = MATTER_WELL;
    matter.at = known->at;
    matter.text = matter.advice = NULL;
    r = look_find(look, matter.key, &known);
    return r ? r : tell_anew(look, known, &matter);
}

/* --- flaws --------------------------------------------------------------------------------------
 *
 * Lines move and counts change whenever staff edit: a flaw is what it says, without its numbers.
 * One is new when there are more of it than in the reading before; and the same set is never told
 * twice.                                                                                         */

static int digest_set(const struct flaws *flaws, char ret[KEY_BYTES])
{
    uint8_t digest[DIGEST_BYTES] = {0};
    int r = 0;
    for (size_t i = 0; i < flaws->count && !r; i++) {
        const struct text parts[] = {{(const char *)digest, sizeof digest},
                                     {(const char *)&flaws->items[i].line, sizeof(int)},
                                     text_of(flaws->items[i].text)};
        r = digest_parts(parts, 3, digest);
    }
    digest_hex(digest, (KEY_BYTES - 1) / 2, ret);
    return r;
}

/* "flaw:SOURCE:" and a digest of the text without its digits */
static const char *flaw_key(struct look *look, const char *name, const char *text)
{
    char *bare = arena_copy_string(look->arena, text);
    uint8_t digest[DIGEST_BYTES];
    char hex[KEY_BYTES];
    size_t size = 0;
    for (char *c = bare; c && *c; c++)
        if (!char_is_digit(*c))
            bare[size++] = *c;
    if (!bare || digest_parts(&(struct text){bare, size}, 1, digest))
        return NULL;
    digest_hex(digest, (KEY_BYTES - 1) / 2, hex);
    return arena_printf(look->arena, "flaw:%s:%s", name, hex);
}

/* "japon.ics:12: text; advice" */
static const char *flaw_line(struct arena *arena, const char *label, const struct flaw *flaw)
{
    const char *place = flaw->line ? arena_printf(arena, "%s:%d", label, flaw->line) : label;
    return arena_printf(arena, "%s: %s%s%s", place ? place : "", flaw->text,
                        flaw->advice ? "; " : "", flaw->advice ? flaw->advice : "");
}

/* All of one kind: how many there were, how many there are, and where (" 3 17 "). */
struct sort {
    const char *key;
    size_t before, count;
    const char *lines_before, *lines;
    bool is_new;
};
LIST_TYPE(sorts, struct sort);

static int find_sort(struct sorts *sorts, struct arena *arena, const char *key, struct sort **ret)
{
    for (size_t i = 0; i < sorts->count; i++)
        if (string_equal(sorts->items[i].key, key)) {
            *ret = &sorts->items[i];
            return 0;
        }
    *ret = list_add(arena, sorts);
    if (*ret)
        **ret = (struct sort){.key = key, .lines = " ", .lines_before = " "};
    return *ret ? 0 : -ENOMEM;
}

static int sort_flaws(struct look *look, const struct flaws *flaws, const char *name,
                      struct sorts *ret)
{
    struct matters known = {0};
    struct sort *sort;
    const char *prefix = arena_printf(look->arena, "flaw:%s:", name);
    int r = prefix ? ledger_matters_like(look->view->ledger, look->arena, prefix, &known) : -ENOMEM;
    for (size_t i = 0; i < known.count && !r; i++) {
        r = find_sort(ret, look->arena, known.items[i].key, &sort);
        if (!r) {
            sort->before = known.items[i].count;
            sort->lines_before = known.items[i].text;
        }
    }
    for (size_t i = 0; i < flaws->count && !r; i++) {
        const char *key = flaw_key(look, name, flaws->items[i].text);
        r = key ? find_sort(ret, look->arena, key, &sort) : -ENOMEM;
        if (!r && sort->count++ < PLACES_MAX)
            sort->lines = arena_printf(look->arena, "%s%d ", sort->lines, flaws->items[i].line);
        r = r ? r : sort->lines ? 0 : -ENOMEM;
    }
    for (size_t i = 0; i < ret->count && !r; i++)
        ret->items[i].is_new = ret->items[i].count > ret->items[i].before;
    return r;
}

/* Notes what this reading says, for the next one. */
static int note_sorts(struct look *look, const struct sorts *sorts)
{
    int r = 0;
    for (size_t i = 0; i < sorts->count && !r; i++) {
        const struct sort *sort = &sorts->items[i];
        const struct matter matter = {.key = sort->key,
                                      .kind = MATTER_FLAWS,
                                      .at = look->now,
                                      .text = sort->lines,
                                      .count = sort->count,
                                      .until = INSTANT_UNSET,
                                      .last = INSTANT_UNSET};
        if (sort->count != sort->before || !string_equal(sort->lines, sort->lines_before))
            r = look_add(look, ACT_NOTE, &matter);
    }
    return r;
}

/* Adds the lines about what is new to the matter. */
static int tell_new_flaws(struct look *look, const struct flaws *flaws, struct sorts *sorts,
                          const char *name, struct matter *matter)
{
    struct sort *sort;
    int r = 0;
    for (size_t i = 0; i < flaws->count && !r; i++) {
        const struct flaw *flaw = &flaws->items[i];
        const char *key = flaw_key(look, name, flaw->text);
        const char *place = arena_printf(look->arena, " %d ", flaw->line);
        r = key && place ? find_sort(sorts, look->arena, key, &sort) : -ENOMEM;
        if (r || !sort->is_new || (flaw->line && strstr(sort->lines_before, place)) ||
            matter->count++ >= STAFF_LINES_MAX)
            continue;
        const char *line = flaw_line(look->arena, matter->source, flaw);
        matter->text = line ? arena_printf(look->arena, "%s%s%s", matter->text,
                                           *matter->text ? "\n" : "", line)
                            : NULL;
        r = matter->text ? 0 : -ENOMEM;
    }
    return r;
}

static int find_set(struct look *look, const struct flaws *flaws, const char *name, bool *ret_known)
{
    char hex[KEY_BYTES];
    const struct matter *known = NULL;
    int r = digest_set(flaws, hex);
    struct matter matter = {.key = arena_printf(look->arena, "set:%s:%s", name, hex),
                            .kind = MATTER_FLAWS,
                            .at = look->now,
                            .until = INSTANT_UNSET,
                            .last = INSTANT_UNSET};
    r = r ? r : look_find(look, matter.key, &known);
    *ret_known = known;
    return r || known ? r : look_add(look, ACT_NOTE, &matter);
}

static uint64_t hash_of(const struct flaws *flaws)
{
    uint64_t sum = 1;
    for (size_t i = 0; i < flaws->count; i++) {
        sum = (sum ^ (uint64_t)flaws->items[i].line) * UINT64_C(0x100000001b3);
        for (const char *c = flaws->items[i].text; *c; c++)
            sum = (sum ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    }
    return sum;
}

static int find_flaws(struct look *look, const struct flaws *flaws, const char *name,
                      const char *label, uint64_t *seen)
{
    struct matter matter = {.key = arena_printf(look->arena, "flaws:%s", name),
                            .kind = MATTER_FLAWS,
                            .at = look->now,
                            .source = label,
                            .text = "",
                            .until = INSTANT_UNSET,
                            .last = INSTANT_UNSET};
    const struct matter *last = NULL;
    struct sorts sorts = {0};
    uint64_t hash = hash_of(flaws);
    bool is_known = false, is_new = false;
    if (hash == *seen)
        return 0;
    int r = look_find(look, matter.key, &last);
    r = r ? r : sort_flaws(look, flaws, name, &sorts);
    for (size_t i = 0; i < sorts.count; i++)
        is_new |= sorts.items[i].is_new;
    if (!r && is_new && last && has_left(look, last)) {
        struct instant again = instant_add(last->at, STAFF_FLAWS_EVERY_MIN * USEC_PER_MIN);
        if (instant_before(look->now, again) && !instant_before(look->now, last->at)) {
            look_again(look, again);
            return 0;
        }
    }
    *seen = hash;
    r = r ? r : note_sorts(look, &sorts);
    r = r || !is_new ? r : find_set(look, flaws, name, &is_known);
    if (r || !is_new || is_known)
        return r;
    if (last && !has_left(look, last)) { /* the same letter tells both */
        matter.text = last->text;
        matter.count = last->count;
    }
    r = tell_new_flaws(look, flaws, &sorts, name, &matter);
    return r ? r : tell_anew(look, last, &matter);
}

static int find_source(struct look *look, size_t i)
{
    const struct source *source = sources_at(look->view->sources, i);
    char name[KEY_BYTES];
    if (instant_equal(source->tried, INSTANT_UNSET))
        return 0;
    int r = name_source(source, name);
    r = r ? r : find_trouble(look, source, name, source->label);
    if (r || source->trouble)
        return r;
    return find_flaws(look, &source->flaws, name, source->label, &look->staff->flaws_seen[i]);
}

static int find_read(struct look *look)
{
    const struct staff *staff = look->staff;
    size_t count = sources_count(look->view->sources);
    int r = 0;
    for (size_t i = 0; i < count && !r; i++)
        r = find_source(look, i);
    if (r || !staff->templates)
        return r;
    return find_flaws(look, staff->templates, "templates",
                      staff_words(STAFF_WORD_TEMPLATES, look->language), &staff->flaws_seen[count]);
}

/* --- sending -----------------------------------------------------------------------------------
 */

/* "The relay refuses our login (535 …)" */
static const char *failure_words(struct look *look)
{
    enum smtp_stage stage = look->view->failing_at;
    enum staff_word word = stage == STAGE_AUTH  ? STAFF_WORD_NO_LOGIN
                           : stage < STAGE_AUTH ? STAFF_WORD_NO_ANSWER
                                                : STAFF_WORD_REFUSES;
    const char *const values[] = {look->view->failure, NULL};
    return reason_fill(look->arena, staff_words(word, look->language), values);
}

static int find_pause(struct look *look, bool *ret_is_ours)
{
    const struct matter *known = NULL;
    const char *pause = NULL;
    int r = ledger_get(look->view->ledger, look->arena, "pause", &pause);
    r = r ? r : look_find(look, "paused", &known);
    *ret_is_ours = string_equal(pause, DISPATCH_PAUSE);
    if (r || *ret_is_ours == (known != NULL))
        return r;
    if (!*ret_is_ours)
        return look_end(look, known);
    const char *const values[] = {look->view->failure ? look->view->failure : "…", NULL};
    struct matter matter = {.key = "paused",
                            .kind = MATTER_PAUSED,
                            .at = look->now,
                            .source = staff_words(STAFF_WORD_SENDING, look->language),
                            .advice = staff_words(STAFF_WORD_RESUME, look->language),
                            .until = INSTANT_UNSET,
                            .last = INSTANT_UNSET};
    matter.text = reason_fill(look->arena, staff_words(STAFF_WORD_PAUSED, look->language), values);
    return matter.text ? look_add(look, ACT_TELL, &matter) : -ENOMEM;
}

static int find_stop(struct look *look)
{
    const struct staff_view *view = look->view;
    const struct matter *known = NULL;
    bool is_paused = false;
    int r = find_pause(look, &is_paused);
    r = r ? r : look_find(look, "stopped", &known);
    if (r || (!view->failure && !known))
        return r;
    if (is_paused) /* which says it better */
        return known && !has_left(look, known) ? look_end(look, known) : 0;
    if (!view->failure) /* told, or passed before it was worth a word */
        return view->is_proven && (!known->letter || has_left(look, known)) ? look_end(look, known)
                                                                            : 0;
    if (known && known->letter)
        return 0;
    struct matter matter = {.key = "stopped",
                            .kind = MATTER_STOPPED,
                            .at = known ? known->at : view->failing_since,
                            .source = staff_words(STAFF_WORD_SENDING, look->language),
                            .text = failure_words(look),
                            .until = INSTANT_UNSET,
                            .last = INSTANT_UNSET};
    if (!matter.text)
        return -ENOMEM;
    /* What is not tried again may be well again. */
    bool is_long = instant_diff(view->failed_last, matter.at) >= STAFF_STOP_MIN * USEC_PER_MIN;
    if (view->is_refused || is_long)
        return look_add(look, ACT_TELL, &matter);
    return known ? 0 : look_add(look, ACT_NOTE, &matter);
}

static int find_own_trouble(struct look *look)
{
    const struct staff *staff = look->staff;
    const struct matter *known = NULL;
    const struct matter matter = {.key = "own",
                                  .kind = MATTER_STOPPED,
                                  .at = staff->own_since,
                                  .source = staff_words(STAFF_WORD_SENDING, look->language),
                                  .text = staff->own_trouble,
                                  .until = INSTANT_UNSET,
                                  .last = INSTANT_UNSET};
    if (!*staff->own_trouble ||
        instant_diff(look->now, staff->own_since) < STAFF_OWN_TROUBLE_MIN * USEC_PER_MIN)
        return 0;
    int r = look_find(look, matter.key, &known);
    return r ? r : tell_anew(look, known, &matter);
}

static int find_fallback(struct look *look)
{
    const struct staff *staff = look->staff;
    const struct matter *known = NULL;
    if (!*staff->from)
        return 0;
    const char *key = arena_printf(look->arena, "relay:%s", staff->from);
    int r = look_find(look, key, &known);
    if (r || (known && instant_diff(look->now, known->at) < USEC_PER_DAY))
        return r;
    const char *advice =
        arena_printf(look->arena, staff_words(STAFF_WORD_OTHER_RELAY, look->language), staff->to);
    return tell_anew(look, known,
                     &(struct matter){.key = key,
                                      .kind = MATTER_RELAY,
                                      .at = look->now,
                                      .source = staff->from,
                                      .text = staff->why,
                                      .advice = advice,
                                      .until = INSTANT_UNSET,
                                      .last = INSTANT_UNSET});
}

/* --- the pace ----------------------------------------------------------------------------------
 */

static int find_lateness(struct look *look)
{
    struct ledger *ledger = look->view->ledger;
    struct lateness lateness;
    const struct facts *facts = NULL;
    const struct matter *known = NULL;
    if (look->view->failure || instant_before(look->now, look->staff->pace_at))
        return 0;
    look->staff->pace_at = instant_add(look->now, PACE_EVERY_MIN * USEC_PER_MIN);
    int r = lateness_find_among(ledger, look->staff->settings, look->arena, look->now,
                                PACE_NOTICES_MAX, &lateness);
    if (r || !lateness.late)
        return r;
    if (lateness.facts)
        r = ledger_find_facts(ledger, look->arena, look->staff->zones, lateness.facts, &facts);
    const char *title = facts ? words_in(&facts->summary, look->language) : NULL;
    struct matter matter = {.key = arena_printf(look->arena, "late:%s:%" PRId64,
                                                lateness.occurrence, lateness.useful.utc_usec),
                            .kind = MATTER_LATE,
                            .at = look->now,
                            .source = title ? title : lateness.occurrence,
                            .count = lateness.count,
                            .until = lateness.useful,
                            .last = lateness.last};
    r = r ? r : look_find(look, matter.key, &known);
    return r || known ? r : look_add(look, ACT_TELL, &matter);
}

int staff_matters_find(struct look *look)
{
    look->staff->next = INSTANT_NEVER;
    int r = find_holds(look);
    r = r ? r : staff_issues_find(look);
    r = r ? r : find_read(look);
    r = r ? r : find_stop(look);
    r = r ? r : find_own_trouble(look);
    r = r ? r : find_fallback(look);
    return r ? r : find_lateness(look);
}
