/* SPDX-License-Identifier: MIT */
/* What a scenario expects. Each mail is spoken of once: a line takes the earliest one that fits and
 * that no line took before; those that are left at the end are one mail too many.                */
#include <stdlib.h>
#include <string.h>

#include "play.h"

enum { SHOWN_MAX = 12 };

struct wish {
    const char *to, *subject, *without, *calendar;
    const char *texts[8];
    size_t text_count;
    enum notice_kind kind;
    bool has_kind, has_at, has_before;
    struct instant at, before;
};

/* --- words ----------------------------------------------------------------------------------- */

/* Without line breaks, runs of blanks and the typographer's blanks and apostrophes, so that a
 * scenario can be typed.                                                                         */
static const char *plain(struct arena *arena, const char *text)
{
    CLEANUP_BUF struct buf out = BUF_INIT(16 << 20);
    bool was_blank = false;
    struct text rest = text_of(text);
    while (rest.size) {
        uint32_t rune = text_next_rune(&rest);
        bool is_blank = rune == ' ' || rune == '\n' || rune == 0xA0 || rune == 0x202F;
        if (is_blank && !was_blank)
            buf_add_char(&out, ' ');
        else if (rune == 0x2019)
            buf_add_char(&out, '\'');
        else if (!is_blank)
            buf_add_rune(&out, rune);
        was_blank = is_blank;
    }
    const char *copy = buf_error(&out) ? NULL : arena_copy_text(arena, buf_text(&out));
    if (!copy)
        abort();
    return copy;
}

static bool contains(const char *text, const char *part)
{
    CLEANUP_ARENA struct arena *arena = arena_new(64 << 20);
    if (!arena)
        abort();
    return strstr(plain(arena, text), plain(arena, part)) != NULL;
}

/* --- mails ----------------------------------------------------------------------------------- */

static unsigned char *expected(struct play *play)
{
    size_t count;
    (void)stage_mails(play->stage, &count);
    if (count > play->expected_capacity) {
        play->expected = realloc(play->expected, count);
        if (!play->expected)
            abort();
        memset(play->expected + play->expected_capacity, 0, count - play->expected_capacity);
        play->expected_capacity = count;
    }
    return play->expected;
}

/* Was it of this kind? Several notices may share a mail. */
static bool has_kind(struct play *play, struct arena *arena, const struct mail *mail,
                     enum notice_kind kind)
{
    struct notice_filter filter = {.contact = mail->recipients[0]};
    struct notices notices = {0};
    if (stage_notices(play->stage, arena, &filter, &notices))
        return false;
    for (size_t i = 0; i < notices.count; i++)
        if (string_equal(notices.items[i].message_id, mail->message_id) &&
            notices.items[i].kind == kind)
            return true;
    return false;
}

static const char *kinds_of(struct play *play, struct arena *arena, const struct mail *mail)
{
    const char *kinds = "";
    for (int kind = 0; kind < NOTICE_KIND_COUNT; kind++)
        if (has_kind(play, arena, mail, (enum notice_kind)kind))
            kinds = arena_printf(arena, "%s%s%s", kinds, *kinds ? "+" : "",
                                 notice_kind_to_text((enum notice_kind)kind));
    return *kinds ? kinds : "?";
}

static void show(struct play *play, const struct mail *mail)
{
    CLEANUP_ARENA struct arena *arena = arena_new(64 << 20);
    char when[32];
    if (!arena)
        abort();
    zone_format_rfc3339(play->zone, mail->at, when);
    when[10] = ' ';
    fprintf(stderr, "    %.16s %s %s: %s\n", when, kinds_of(play, arena, mail), mail->recipients[0],
            mail->subject);
}

static void show_unexpected(struct play *play)
{
    size_t count, shown = 0;
    const struct mail *const *mails = stage_mails(play->stage, &count);
    unsigned char *was_expected = expected(play);
    for (size_t i = 0; i < count && shown < SHOWN_MAX; i++)
        if (!was_expected[i]) {
            show(play, mails[i]);
            shown++;
        }
    if (!shown)
        fputs("    no mail came of which no line has spoken yet\n", stderr);
}

static bool fits(struct play *play, struct arena *arena, const struct mail *mail,
                 const struct wish *wish)
{
    int64_t late = instant_diff(mail->at, wish->at);
    if (wish->to && !text_is_nocase(text_of(mail->recipients[0]), wish->to))
        return false;
    if (wish->subject && !contains(mail->subject, wish->subject))
        return false;
    if (wish->has_at && (late < 0 || late >= USEC_PER_MIN))
        return false;
    if (wish->has_before && !instant_before(mail->at, wish->before))
        return false;
    for (size_t i = 0; i < wish->text_count; i++)
        if (!contains(mail->text, wish->texts[i]))
            return false;
    if (wish->calendar && !contains(mail->calendar, wish->calendar))
        return false;
    if (wish->without && contains(mail->text, wish->without))
        return false;
    return !wish->has_kind || has_kind(play, arena, mail, wish->kind);
}

static bool take_time(struct play *play, struct instant *ret)
{
    return script_takes_time(&play->script, stage_zones(play->stage), play->zone,
                             stage_now(play->stage), ret) ||
           play_fails(play, "\"%s\" is no time", script_peek(&play->script));
}

static bool take_wish(struct play *play, struct wish *wish)
{
    struct script *script = &play->script;
    while (!script_is_done(script)) {
        if (script_takes(script, "TO")) {
            wish->to = script_take(script);
        } else if (script_takes(script, "KIND")) {
            wish->has_kind = true;
            if (!notice_kind_from_text(text_of(script_take(script)), &wish->kind))
                return play_fails(play, "no such kind of notice");
        } else if (script_takes(script, "AT")) {
            wish->has_at = true;
            if (!take_time(play, &wish->at))
                return false;
        } else if (script_takes(script, "BEFORE")) {
            wish->has_before = true;
            if (!take_time(play, &wish->before))
                return false;
        } else if (script_takes(script, "SUBJECT") && script_takes(script, "CONTAINS")) {
            wish->subject = script_take(script);
        } else if (script_takes(script, "TEXT") && script_takes(script, "CONTAINS") &&
                   wish->text_count < sizeof wish->texts / sizeof *wish->texts) {
            wish->texts[wish->text_count++] = script_take(script);
        } else if (script_takes(script, "ICS") && script_takes(script, "CONTAINS")) {
            wish->calendar = script_take(script);
        } else if (script_takes(script, "WITHOUT")) {
            wish->without = script_take(script);
        } else {
            return play_fails(play,
                              "\"%s\": a mail is expected TO, KIND, AT, BEFORE, SUBJECT "
                              "CONTAINS, TEXT CONTAINS, ICS CONTAINS, WITHOUT",
                              script_peek(script));
        }
    }
    return true;
}

static bool expect_mail(struct play *play)
{
    CLEANUP_ARENA struct arena *arena = arena_new(64 << 20);
    struct wish wish = {0};
    size_t count;
    if (!arena)
        abort();
    if (!take_wish(play, &wish))
        return false;
    const struct mail *const *mails = stage_mails(play->stage, &count);
    unsigned char *was_expected = expected(play);
    for (size_t i = 0; i < count; i++)
        if (!was_expected[i] && fits(play, arena, mails[i], &wish)) {
            was_expected[i] = 1;
            return true;
        }
    (void)play_fails(play, "no such mail; those of which no line has spoken yet:");
    show_unexpected(play);
    return true; /* the story goes on */
}

/* EXPECT nothing [TO a@b] */
static bool expect_nothing(struct play *play)
{
    size_t count;
    const char *to = script_takes(&play->script, "TO") ? script_take(&play->script) : NULL;
    const struct mail *const *mails = stage_mails(play->stage, &count);
    unsigned char *was_expected = expected(play);
    for (size_t i = 0; i < count; i++) {
        if (was_expected[i] || (to && !text_is_nocase(text_of(mails[i]->recipients[0]), to)))
            continue;
        (void)play_fails(play, "a mail too many:");
        show_unexpected(play);
        return true;
    }
    return true;
}

bool expect_no_other(struct play *play)
{
    return expect_nothing(play);
}

/* EXPECT 12 mails [KIND …]: takes them all. */
static bool expect_count(struct play *play, int64_t wanted)
{
    CLEANUP_ARENA struct arena *arena = arena_new(256 << 20);
    struct wish wish = {0};
    size_t count;
    int64_t got = 0;
    if (!arena)
        abort();
    if (!take_wish(play, &wish))
        return false;
    const struct mail *const *mails = stage_mails(play->stage, &count);
    unsigned char *was_expected = expected(play);
    for (size_t i = 0; i < count; i++)
        if (!was_expected[i] && fits(play, arena, mails[i], &wish)) {
            was_expected[i] = 1;
            got++;
        }
    if (got != wanted)
        (void)play_fails(play, "%lld mails, wanted %lld", (long long)got, (long long)wanted);
    return true;
}

/* --- the rest -------------------------------------------------------------------------------- */

static bool expect_hold(struct play *play, bool is_wanted)
{
    CLEANUP_ARENA struct arena *arena = arena_new(64 << 20);
    struct holds holds = {0};
    const char *part = script_takes(&play->script, "CONTAINS") ? script_take(&play->script) : "";
    if (!arena || stage_holds(play->stage, arena, &holds))
        return play_fails(play, "the holds cannot be read");
    for (size_t i = 0; i < holds.count; i++) {
        bool is_it = contains(holds.items[i].reason, part);
        if (is_it && is_wanted)
            return true;
        if (is_it || (is_wanted && i + 1 == holds.count))
            (void)play_fails(play, "held: %s", holds.items[i].reason);
    }
    if (is_wanted && !holds.count)
        (void)play_fails(play, "nothing is held");
    return true;
}

/* EXPECT ledger a@b reminder-7d accepted [2 attempts] */
static bool expect_ledger(struct play *play)
{
    CLEANUP_ARENA struct arena *arena = arena_new(64 << 20);
    struct script *script = &play->script;
    struct notice_filter filter = {.contact = script_take(script)};
    const char *step = script_take(script), *state = script_take(script);
    struct notices notices = {0};
    int64_t attempts = -1;
    if (script_takes_number(script, &attempts))
        (void)script_takes(script, "attempts");
    if (!arena || stage_notices(play->stage, arena, &filter, &notices))
        return play_fails(play, "the ledger cannot be read");
    for (size_t i = 0; i < notices.count; i++) {
        const struct notice *notice = &notices.items[i];
        if (strcmp(notice->step, step) == 0 &&
            strcmp(notice_state_to_text(notice->state), state) == 0 &&
            (attempts < 0 || notice->attempts == attempts))
            return true;
    }
    (void)play_fails(play, "the ledger says of %s:", filter.contact);
    for (size_t i = 0; i < notices.count; i++)
        fprintf(stderr, "    %s %s, %d attempts: %s\n", notices.items[i].step,
                notice_state_to_text(notices.items[i].state), notices.items[i].attempts,
                notices.items[i].reply ? notices.items[i].reply : "");
    return true;
}

static bool expect_twins(struct play *play)
{
    int64_t wanted = 0;
    if (!script_takes(&play->script, "none") && !script_takes_number(&play->script, &wanted))
        return play_fails(play, "write: EXPECT twins none, or EXPECT twins 1");
    size_t twins = stage_twins(play->stage);
    if (twins != (size_t)wanted)
        (void)play_fails(play, "%zu twins", twins);
    return true;
}

static bool expect_words(struct play *play, const char *words, bool is_wanted)
{
    if (!script_takes(&play->script, "CONTAINS"))
        return play_fails(play, "CONTAINS is missing");
    const char *part = script_take(&play->script);
    if (contains(words, part) != is_wanted)
        (void)play_fails(play, "it says:\n%s", words);
    return true;
}

bool expect_line(struct play *play)
{
    struct script *script = &play->script;
    int64_t number;
    if (script_takes(script, "mail"))
        return expect_mail(play);
    if (script_takes(script, "nothing"))
        return expect_nothing(play);
    if (script_takes_number(script, &number) && script_takes(script, "mails"))
        return expect_count(play, number);
    if (script_takes(script, "hold"))
        return expect_hold(play, true);
    if (script_takes(script, "ledger"))
        return expect_ledger(play);
    if (script_takes(script, "twins"))
        return expect_twins(play);
    if (script_takes(script, "answer"))
        return expect_words(play, stage_words(play->stage), true);
    if (script_takes(script, "log"))
        return expect_words(play, stage_log(play->stage), true);
    if (script_takes(script, "no")) {
        if (script_takes(script, "hold"))
            return expect_hold(play, false);
        if (script_takes(script, "other") && script_takes(script, "mail"))
            return expect_nothing(play);
        if (script_takes(script, "log"))
            return expect_words(play, stage_log(play->stage), false);
    }
    return play_fails(play, "expect what? mail, nothing, 3 mails, no other mail, hold, no hold, "
                            "ledger, twins, answer, log");
}
