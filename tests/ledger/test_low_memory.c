/* SPDX-License-Identifier: MIT */
/* Each question and each change while every allocation of SQLite is refused in turn: the answer is
 * the true one or -ENOMEM, and a change that failed left everything as it was.                   */
#include <errno.h>

#include "base/buf.h"
#include "rig.h"
#include "starve.h"

enum { REFUSALS_MAX = 4000, ANSWER_BYTES = 1 << 16 };

/* --- a ledger with something of everything --------------------------------------------------- */

static int64_t held_notice = 4, open_hold = 1;

static struct sighting make_sighting(struct rig *rig, const char *title)
{
    struct event event = {.uid = "uid", .summary.any = title};
    struct occurrence occurrence = {
        .key = "uid",
        .when = {.start = DAY(3), .end = DAY(4), .zone = zones_utc(rig->zones)},
        .event = &event};
    struct facts *facts = arena_alloc(rig->arena, sizeof *facts);
    REQUIRE(facts && facts_of(rig->arena, &occurrence, facts) == 0);
    return (struct sighting){.occurrence = "uid",
                             .feed = "japon",
                             .first_seen = DAY(0),
                             .quiet_since = DAY(0),
                             .missing_since = INSTANT_UNSET,
                             .facts = facts};
}

static void fill(struct rig *rig)
{
    static const char *const people[] = {"a@x.example", "b@x.example", "c@x.example"};
    struct outcome fine = rig_outcome(VERDICT_ACCEPTED, 250, "250 ok");
    int64_t first = 0;
    const struct sighting sighting = make_sighting(rig, "Réunion");
    BEGIN(*rig);
    REQUIRE(ledger_keep_sighting(rig->ledger, &sighting) == 0);
    for (int i = 0; i < 3; i++) {
        struct notice notice = rig_notice("uid", "invitation", people[i], NOTICE_INVITATION);
        notice.facts = sighting.facts->id;
        int64_t id = rig_owe(rig, notice);
        first = first ? first : id;
    }
    REQUIRE(ledger_hold(rig->ledger, "look first", DAY(1), &open_hold) == 0);
    struct notice held = rig_notice("uid", "reminder-1d", people[0], NOTICE_REMINDER);
    held.state = NOTICE_HELD;
    held.hold = open_hold;
    held_notice = rig_owe(rig, held);
    REQUIRE(ledger_claim(rig->ledger, first, "id@sender.test", DAY(1)) == 0);
    REQUIRE(ledger_spend(rig->ledger, 1, DAY(1)) == 0);
    REQUIRE(ledger_keep_bytes(rig->ledger, first, TEXT("To: a\r\n\r\n")) == 0);
    REQUIRE(ledger_outcome(rig->ledger, first, &fine, INSTANT_UNSET, DAY(1)) == 0);
    REQUIRE(ledger_claim(rig->ledger, first + 1, "id-2@sender.test", DAY(1)) == 0);
    REQUIRE(ledger_keep_bytes(rig->ledger, first + 1, TEXT("To: b\r\n\r\n")) == 0);
    REQUIRE(ledger_suppress(rig->ledger, people[2], SUPPRESSED_OPPOSED, "a letter", DAY(1)) == 0);
    REQUIRE(ledger_set(rig->ledger, "pause", "a word") == 0);
    COMMIT(*rig);
}

/* --- questions ------------------------------------------------------------------------------- */

static int ask_notices(struct rig *rig, struct buf *answer)
{
    struct notices list;
    const struct notice_filter all = {0};
    int r = ledger_notices(rig->ledger, rig->arena, &all, &list);
    for (size_t i = 0; !r && i < list.count; i++)
        buf_printf(answer, "%s %s %s %s\n", list.items[i].contact, list.items[i].step,
                   notice_state_to_text(list.items[i].state), list.items[i].message_id);
    return r;
}

static int ask_life(struct rig *rig, struct buf *answer)
{
    struct notice_facts list;
    int r = ledger_life(rig->ledger, rig->arena, held_notice, &list);
    for (size_t i = 0; !r && i < list.count; i++)
        buf_printf(answer, "%s %s\n", notice_state_to_text(list.items[i].state),
                   list.items[i].text);
    return r;
}

static int ask_due(struct rig *rig, struct buf *answer)
{
    struct notices list;
    int r = ledger_due(rig->ledger, rig->arena, DAY(2), 9, &list);
    for (size_t i = 0; !r && i < list.count; i++)
        buf_printf(answer, "%s\n", list.items[i].contact);
    return r;
}

static int ask_due_to(struct rig *rig, struct buf *answer)
{
    struct notices list;
    int r = ledger_due_to(rig->ledger, rig->arena, "c@x.example", DAY(2), &list);
    for (size_t i = 0; !r && i < list.count; i++)
        buf_printf(answer, "%s\n", list.items[i].contact);
    return r;
}

static int ask_next(struct rig *rig, struct buf *answer)
{
    struct instant next;
    int r = ledger_next(rig->ledger, DAY(0), &next);
    if (!r)
        buf_printf(answer, "%lld\n", (long long)next.utc_usec);
    return r;
}

static int ask_history(struct rig *rig, struct buf *answer)
{
    struct history history;
    int r = ledger_history(rig->ledger, rig->arena, rig->zones, "uid", &history);
    if (r)
        return r;
    buf_printf(answer, "%d\n", history.has_sighting);
    for (size_t i = 0; i < history.told_count; i++)
        buf_printf(answer, "told %s %s\n", history.told[i].contact, history.told[i].facts->id);
    for (size_t i = 0; i < history.notice_count; i++)
        buf_printf(answer, "%s %s\n", history.notices[i].contact, history.notices[i].step);
    return 0;
}

static int ask_sightings(struct rig *rig, struct buf *answer)
{
    struct sightings list;
    int r = ledger_sightings(rig->ledger, rig->arena, rig->zones, "japon", DAY(0), &list);
    for (size_t i = 0; !r && i < list.count; i++)
        buf_printf(answer, "%s %s\n", list.items[i].occurrence, list.items[i].facts->text);
    return r;
}

static int ask_loss(struct rig *rig, struct buf *answer)
{
    size_t kept, lost;
    int r = ledger_loss(rig->ledger, "japon", DAY(9), &kept, &lost);
    if (!r)
        buf_printf(answer, "%zu %zu\n", kept, lost);
    return r;
}

static int ask_holds(struct rig *rig, struct buf *answer)
{
    struct holds list;
    int r = ledger_holds(rig->ledger, rig->arena, &list);
    for (size_t i = 0; !r && i < list.count; i++)
        buf_printf(answer, "%s %zu\n", list.items[i].reason, list.items[i].messages);
    return r;
}

static int ask_hold(struct rig *rig, struct buf *answer)
{
    bool is_open;
    struct instant closed;
    int r = ledger_hold_is_open(rig->ledger, open_hold, &is_open);
    r = r ? r : ledger_hold_closed(rig->ledger, open_hold, &closed);
    if (!r)
        buf_printf(answer, "%d %lld\n", is_open, (long long)closed.utc_usec);
    return r;
}

static int ask_counts(struct rig *rig, struct buf *answer)
{
    struct ledger_counts counts;
    int r = ledger_counts(rig->ledger, &counts);
    for (size_t i = 0; !r && i < NOTICE_STATE_COUNT; i++)
        buf_printf(answer, "%zu ", counts.states[i]);
    if (!r)
        buf_printf(answer, "%zu %zu %lld\n", counts.suppressions, counts.holds,
                   (long long)counts.last_accepted.utc_usec);
    return r;
}

static int ask_recent(struct rig *rig, struct buf *answer)
{
    struct recent_sents list;
    struct spendings spent;
    int r = ledger_recent(rig->ledger, rig->arena, DAY(0), &list);
    for (size_t i = 0; !r && i < list.count; i++)
        buf_printf(answer, "%s\n", list.items[i].contact);
    r = r ? r : ledger_spent(rig->ledger, rig->arena, DAY(0), &spent);
    for (size_t i = 0; !r && i < spent.count; i++)
        buf_printf(answer, "%zu\n", spent.items[i].count);
    return r;
}

static int ask_suppressions(struct rig *rig, struct buf *answer)
{
    const struct contact person = {.email = "c@x.example"};
    const struct contact *items[] = {&person};
    struct contact_list list = {items, 1};
    struct suppressed *opposed;
    struct suppressions all;
    int r = ledger_suppressions(rig->ledger, rig->arena, &all);
    for (size_t i = 0; !r && i < all.count; i++)
        buf_printf(answer, "%s %s\n", all.items[i].address, all.items[i].text);
    r = r ? r : rig_suppressed(rig, &list, NULL, &opposed);
    if (!r)
        buf_printf(answer, "%d\n", (int)opposed->members.bits[0]);
    return r;
}

static int ask_words(struct rig *rig, struct buf *answer)
{
    const char *value = NULL, *id = NULL;
    struct text bytes = {0};
    struct named_births births;
    int r = ledger_get(rig->ledger, rig->arena, "pause", &value);
    r = r ? r : ledger_last_message(rig->ledger, rig->arena, "uid", "a@x.example", DAY(5), &id);
    r = r ? r : ledger_find_bytes(rig->ledger, rig->arena, 2, &bytes);
    r = r ? r : ledger_births(rig->ledger, rig->arena, "ledger", &births);
    if (!r)
        buf_printf(answer, "%s %s %.*s %zu\n", value, id, (int)bytes.size, bytes.data,
                   births.count);
    return r;
}

static const struct {
    const char *title;
    int (*ask)(struct rig *rig, struct buf *answer);
} questions[] = {
    {"notices", ask_notices},
    {"life", ask_life},
    {"due", ask_due},
    {"due to one", ask_due_to},
    {"next", ask_next},
    {"history", ask_history},
    {"sightings", ask_sightings},
    {"loss", ask_loss},
    {"holds", ask_holds},
    {"one hold", ask_hold},
    {"counts", ask_counts},
    {"recent", ask_recent},
    {"suppressions", ask_suppressions},
    {"words", ask_words},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

TEST(an_answer_is_true_or_refused)
{
    RIG rig;
    rig_init(&rig);
    fill(&rig);
    for (size_t i = 0; i < QUESTIONS; i++) {
        CLEANUP_BUF struct buf truth = BUF_INIT(ANSWER_BYTES);
        bool has_refused = true;
        CHECK_ROW(questions[i].title);
        REQUIRE(questions[i].ask(&rig, &truth) == 0 && truth.size > 1);
        for (int n = 1; has_refused; n += 1 + n / 20) {
            CLEANUP_BUF struct buf answer = BUF_INIT(ANSWER_BYTES);
            REQUIRE(n < REFUSALS_MAX);
            rig_reopen(&rig); /* no statement is prepared yet */
            memory_countdown = n;
            int r = questions[i].ask(&rig, &answer);
            has_refused = memory_countdown == 0;
            memory_countdown = 0;
            CHECK(r == 0 || (r == -ENOMEM && has_refused));
            if (r == 0)
                CHECK(text_equal(buf_text(&answer), buf_text(&truth)));
        }
    }
}

/* --- changes --------------------------------------------------------------------------------- */

static int approve(struct rig *rig)
{
    return ledger_approve(rig->ledger, open_hold, DAY(2), NULL);
}

static int discard(struct rig *rig)
{
    return ledger_discard(rig->ledger, open_hold, DAY(2), NULL);
}

static int hold(struct rig *rig)
{
    int64_t id;
    int r = ledger_hold(rig->ledger, "another", DAY(2), &id);
    return r ? r : ledger_put_on_hold(rig->ledger, 3, id, "wait", DAY(2));
}

static int forget(struct rig *rig)
{
    return ledger_forget(rig->ledger, "a@x.example", NULL);
}

static int purge(struct rig *rig)
{
    size_t rows = 1;
    int r = ledger_expire(rig->ledger, DAY(20), NULL);
    r = r ? r : ledger_settle_claims(rig->ledger, DAY(20), NULL);
    r = r ? r : ledger_expire(rig->ledger, DAY(20), NULL);
    while (!r && rows)
        r = ledger_purge(rig->ledger, DAY(40), &rows);
    return r;
}

static int settle(struct rig *rig)
{
    return ledger_settle_claims(rig->ledger, DAY(2), NULL);
}

static int unsuppress(struct rig *rig)
{
    return ledger_unsuppress(rig->ledger, "c@x.example");
}

static int suppress(struct rig *rig)
{
    return ledger_suppress(rig->ledger, "b@x.example", SUPPRESSED_DEAD, "550", DAY(2));
}

static int tell(struct rig *rig)
{
    struct history history;
    int r = ledger_history(rig->ledger, rig->arena, rig->zones, "uid", &history);
    return r ? r
             : ledger_tell(rig->ledger, "uid", "b@x.example", history.sighting.facts->id, 0, false,
                           DAY(2));
}

static int see(struct rig *rig)
{
    const struct sighting sighting = make_sighting(rig, "Réunion de travail");
    return ledger_keep_sighting(rig->ledger, &sighting);
}

static int name(struct rig *rig)
{
    struct instant at;
    int r = ledger_set(rig->ledger, "pause", NULL);
    r = r ? r : ledger_birth(rig->ledger, "ledger", "another", DAY(2), &at);
    return r ? r : ledger_forget_birth(rig->ledger, "ledger", "ledger");
}

static const struct {
    const char *title;
    int (*change)(struct rig *rig);
} changes[] = {
    {"approve", approve},   {"discard", discard}, {"hold", hold}, {"forget", forget},
    {"purge", purge},       {"settle", settle},   {"tell", tell}, {"unsuppress", unsuppress},
    {"suppress", suppress}, {"name", name},       {"see", see},
};

static void ask_all(struct rig *rig, struct buf *answer)
{
    for (size_t i = 0; i < QUESTIONS; i++)
        REQUIRE(questions[i].ask(rig, answer) == 0);
}

TEST(a_change_is_whole_or_none)
{
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        RIG rig;
        CLEANUP_BUF struct buf before = BUF_INIT(ANSWER_BYTES);
        bool is_done = false;
        CHECK_ROW(changes[i].title);
        rig_init(&rig);
        fill(&rig);
        ask_all(&rig, &before);
        for (int n = 1; !is_done; n += 1 + n / 20) {
            CLEANUP_BUF struct buf after = BUF_INIT(ANSWER_BYTES);
            REQUIRE(n < REFUSALS_MAX);
            rig_reopen(&rig);
            arena_clear(rig.arena);
            BEGIN(rig);
            memory_countdown = n;
            int r = changes[i].change(&rig);
            r = r ? r : ledger_commit(rig.ledger);
            bool has_refused = memory_countdown == 0;
            memory_countdown = 0;
            ledger_rollback(rig.ledger);
            CHECK(r == 0 || (r == -ENOMEM && has_refused));
            is_done = r == 0;
            ask_all(&rig, &after);
            CHECK(text_equal(buf_text(&after), buf_text(&before)) != is_done);
        }
    }
}

CHECK_MAIN
