/* SPDX-License-Identifier: MIT */
/* verdict: reads a reply, finds its row in the table (verdict_rules.c), and says when to try again.
 *
 * Whose fault decides more than the code: a quota or a login is never the contact's, so even a 5yz
 * is then only deferred, and the queue stops.                                                    */
#include "deliver/verdict.h"

#include <string.h>

#include "deliver/verdict_internal.h"

/* "5.1.1" at the start of the text (RFC 2034 4), or "#5.1.1", as one maker's gateways write it. A
 * failure whose class contradicts the code still says what failed; the code says for how long.   */
static void read_enhanced(int code, struct text reply, struct outcome *ret)
{
    size_t i = 2, digits = 0, dots = 1;
    ret->enhanced[0] = '\0';
    if (text_starts(reply, "#"))
        reply = text_from(reply, 1);
    if (reply.size < 5 || reply.data[1] != '.')
        return;
    bool is_failure = code >= 400 && (reply.data[0] == '4' || reply.data[0] == '5');
    if (!is_failure && reply.data[0] != '0' + code / 100)
        return;
    for (; i < reply.size && i < sizeof ret->enhanced - 1; i++) {
        if (char_is_digit(reply.data[i]) && ++digits <= 3)
            continue;
        if (reply.data[i] != '.' || !digits || dots == 2)
            break;
        dots++;
        digits = 0;
    }
    bool has_ended = i == reply.size || char_is_blank(reply.data[i]) || reply.data[i] == ':';
    if (dots != 2 || !digits || digits > 3 || !has_ended)
        return;
    memcpy(ret->enhanced, reply.data, i);
    ret->enhanced[i] = '\0';
}

/* One line of printable UTF-8 that ends on a whole character. */
static void copy_printable(struct text reply, char ret[OUTCOME_REPLY_BYTES])
{
    size_t size = 0;
    while (reply.size) {
        char bytes[4];
        uint32_t rune = text_next_rune(&reply);
        if (rune < 0x20 || (rune >= 0x7f && rune < 0xa0) || rune == 0x2028 || rune == 0x2029)
            rune = ' ';
        if (rune == 0xfffd)
            rune = '?';
        size_t count = rune_encode(rune, bytes);
        if (size + count >= OUTCOME_REPLY_BYTES)
            break;
        memcpy(ret + size, bytes, count);
        size += count;
    }
    while (size && ret[size - 1] == ' ')
        size--;
    ret[size] = '\0';
}

/* Lower case, and without the words that hold an address: what somebody is called says nothing. */
static void fold(const char *reply, char ret[OUTCOME_REPLY_BYTES])
{
    size_t size = 0;
    for (struct text rest = text_of(reply); rest.data;) {
        struct text word = text_split(&rest, ' ');
        if (text_find_char(word, '@') < word.size)
            continue;
        if (size)
            ret[size++] = ' ';
        for (size_t i = 0; i < word.size; i++)
            ret[size++] = char_lower(word.data[i]);
    }
    ret[size] = '\0';
}

static bool has_words(const char *folded, const char *words)
{
    struct text text = text_of(folded);
    for (struct text rest = text_of(words); rest.data;)
        if (text_find(text, text_split(&rest, '|')) < text.size)
            return true;
    return false;
}

static bool enhanced_matches(const char *enhanced, const char *pattern)
{
    if (!*enhanced)
        return false;
    const char *rest = strchr(enhanced, '.');
    size_t size = strlen(pattern);
    return pattern[size - 1] == '.' ? strncmp(rest, pattern, size) == 0
                                    : strcmp(rest, pattern) == 0;
}

static bool rule_matches(const struct verdict_rule *rule, const struct outcome *outcome,
                         const char *folded)
{
    if (rule->stage != ANY_STAGE && rule->stage != (int)outcome->stage)
        return false;
    if (rule->code != ANY_CODE && rule->code != outcome->code && rule->code != outcome->code / 100)
        return false;
    if (rule->enhanced && !enhanced_matches(outcome->enhanced, rule->enhanced))
        return false;
    return !rule->words || has_words(folded, rule->words);
}

static const struct verdict_rule *find_rule(const struct outcome *outcome)
{
    char folded[OUTCOME_REPLY_BYTES];
    fold(outcome->reply, folded);
    for (size_t i = 0; i < verdict_rule_count; i++)
        if (rule_matches(&verdict_rules[i], outcome, folded))
            return &verdict_rules[i];
    return NULL;
}

static bool says(const struct outcome *outcome, const char *words)
{
    char folded[OUTCOME_REPLY_BYTES];
    fold(outcome->reply, folded);
    return outcome->code && has_words(folded, words);
}

/* The relay takes no more over this connection; said at the next message's beginning. */
static bool is_session_full(const struct outcome *outcome)
{
    return outcome->stage == STAGE_MAIL &&
           ((outcome->code / 100 == 4 && enhanced_matches(outcome->enhanced, ".5.3")) ||
            says(outcome, verdict_session_words));
}

void verdict_of(enum smtp_stage stage, int code, struct text reply, struct outcome *ret)
{
    *ret = (struct outcome){
        .stage = stage, .code = code, .verdict = VERDICT_DEFERRED, .fault = FAULT_RELAY};
    copy_printable(reply, ret->reply);
    if (!code) {
        if (stage == STAGE_DOT)
            ret->verdict = VERDICT_UNCERTAIN;
        return;
    }
    read_enhanced(code, reply, ret);
    if (code / 100 == 2 && stage == STAGE_DOT) {
        ret->verdict = VERDICT_ACCEPTED;
        ret->fault = FAULT_NONE;
    }
    if (code / 100 <= 3)
        return;
    const struct verdict_rule *rule = find_rule(ret);
    if (!rule)
        return;
    ret->fault = rule->fault;
    ret->must_pause = rule->decision == STOP || rule->decision == LOGIN;
    if ((rule->decision == BY_CODE || rule->decision == POLICY) && code / 100 == 5)
        ret->verdict = VERDICT_REFUSED;
}

/* splitmix64's finaliser: neighbouring notices must not come back in the same second. */
static uint64_t scatter(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

struct instant verdict_next_try(int attempts, uint64_t seed, struct instant now)
{
    static const int64_t first_min[] = {5, 15, 30, 60};
    enum { FIRST_COUNT = sizeof first_min / sizeof *first_min };
    int64_t wait_usec = 2 * USEC_PER_HOUR, jitter_usec = USEC_PER_HOUR;
    if (attempts < 1)
        attempts = 1;
    if (attempts <= FIRST_COUNT) {
        wait_usec = first_min[attempts - 1] * USEC_PER_MIN;
        jitter_usec = wait_usec / 10;
    }
    uint64_t draw = scatter(seed ^ scatter((uint64_t)attempts));
    return instant_add(now, wait_usec + (int64_t)(draw % (uint64_t)(jitter_usec + 1)));
}

bool verdict_is_policy(const struct outcome *outcome)
{
    if (outcome->verdict != VERDICT_REFUSED || outcome->fault != FAULT_RECIPIENT)
        return outcome->code >= 400 && outcome->fault == FAULT_SENDER;
    const struct verdict_rule *rule = find_rule(outcome);
    return rule && rule->decision == POLICY;
}

enum { STREAK_MAX = 3 };

void verdict_streak(int *streak, struct outcome *outcome)
{
    bool is_policy = verdict_is_policy(outcome);
    if (is_policy)
        ++*streak;
    else if (outcome->verdict == VERDICT_ACCEPTED)
        *streak = 0;
    if (is_policy && *streak >= STREAK_MAX)
        outcome->must_pause = true;
}

enum verdict_brake verdict_brake(const struct outcome *outcome)
{
    if (outcome->verdict == VERDICT_ACCEPTED || outcome->fault != FAULT_RELAY)
        return VERDICT_BRAKE_NONE;
    if (outcome->stage == STAGE_AUTH)
        return VERDICT_BRAKE_LOGIN;
    if (outcome->must_pause) {
        const struct verdict_rule *rule = find_rule(outcome);
        return rule && rule->decision == LOGIN ? VERDICT_BRAKE_LOGIN : VERDICT_BRAKE_QUOTA;
    }
    if (outcome->code != 421 && is_session_full(outcome))
        return VERDICT_BRAKE_CLOSE;
    if (enhanced_matches(outcome->enhanced, ".7.28") || outcome->code == 432 ||
        says(outcome, verdict_throttle_words))
        return VERDICT_BRAKE_SLOW;
    return outcome->code == 421 ? VERDICT_BRAKE_CLOSE : VERDICT_BRAKE_NONE;
}
