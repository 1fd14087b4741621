/* SPDX-License-Identifier: MIT */
/* verdict: the table of what replies mean.
 *
 * First matching row wins, read from the most telling (an enhanced code that only one cause has) to
 * the vaguest (the class of the code alone). Words in the text are looked at only for quotas,
 * which large providers hide behind codes that otherwise mean "no such mailbox" or "spam".
 *
 * Whose fault decides more than the code: a quota or a login is never the contact's, so even a 5yz
 * is then only deferred, and the queue stops.                                                    */
#include "deliver/verdict.h"

#include <stdio.h>
#include <string.h>

enum decision {
    BY_CODE, /* 4yz deferred, 5yz refused */
    WAIT,    /* deferred whatever the class */
    STOP     /* deferred, and the queue pauses */
};

enum { ANY_STAGE = -1, ANY_CODE = 0 };

struct rule {
    int stage;            /* or ANY_STAGE */
    int code;             /* 550; 5 = any 5yz; ANY_CODE */
    const char *enhanced; /* "5.7.1", ".7.1" = of either class, ".7." = the whole subject; NULL */
    const char *words;    /* all of them, separated by '|' for alternatives; NULL */
    enum decision decision;
    enum fault fault;
};

/* What only a sender can use up, what only a recipient can fill, and what may be either. */
#define SENDING_WORDS                                                                              \
    "sending limit|send limit|sending quota|submissionquota|smtp quota|daily user|"                \
    "daily smtp relay|too many messages|too many mails|too many emails|messages per|mails per|"    \
    "hourly limit|daily limit|hourly quota|daily quota|outbound limit|relay limit|"                \
    "recipient limit|recipients per day|maximum number of messages|messages limit"
#define FULL_WORDS                                                                                 \
    "mailbox|mail box|inbox|storage|disk quota|over quota|overquota|quota exceeded (|user quota|"  \
    "disk full"
#define SIZE_WORDS                                                                                 \
    "message size|size limit|too large|too big|maximum size|size exceed|exceeds size|"             \
    "message length"
#define QUOTA_WORDS    "limit of|quota exceeded|limit exceeded|exceeded the limit|reached a limit"
#define THROTTLE_WORDS "throttl|rate limit|ratelimit|rate exceeded|too fast|slow down|sending rate"

static const struct rule rules[] = {
    /* Login, before anything else can be said about a message. */
    {STAGE_AUTH, 5, NULL, NULL, STOP, FAULT_RELAY},
    {STAGE_AUTH, ANY_CODE, NULL, NULL, WAIT, FAULT_RELAY},
    {STAGE_CONNECT, ANY_CODE, NULL, NULL, WAIT, FAULT_RELAY},
    {STAGE_GREETING, ANY_CODE, NULL, NULL, WAIT, FAULT_RELAY},
    {STAGE_HELLO, ANY_CODE, NULL, NULL, WAIT, FAULT_RELAY},
    {STAGE_TLS, ANY_CODE, NULL, NULL, WAIT, FAULT_RELAY},
    {ANY_STAGE, 530, NULL, NULL, STOP, FAULT_RELAY}, /* authentication (or TLS) required */
    {ANY_STAGE, 534, NULL, NULL, STOP, FAULT_RELAY},
    {ANY_STAGE, 535, NULL, NULL, STOP, FAULT_RELAY},
    {ANY_STAGE, 538, NULL, NULL, STOP, FAULT_RELAY},
    {ANY_STAGE, 5, ".7.8", NULL, STOP, FAULT_RELAY},  /* credentials invalid */
    {ANY_STAGE, 5, ".7.9", NULL, STOP, FAULT_RELAY},  /* mechanism too weak */
    {ANY_STAGE, 5, ".7.11", NULL, STOP, FAULT_RELAY}, /* encryption needed for it */
    {ANY_STAGE, 5, ".7.14", NULL, STOP, FAULT_RELAY}, /* Google: sign in by browser */
    {STAGE_MAIL, 5, ".7.30", NULL, STOP, FAULT_RELAY},
    {STAGE_MAIL, 5, ".7.57", NULL, STOP, FAULT_RELAY}, /* Exchange: client not authenticated */
    {ANY_STAGE, 5, ".7.139", NULL, STOP, FAULT_RELAY}, /* Exchange: basic AUTH is off */

    /* The relay closes, or asks for patience. */
    {ANY_STAGE, 421, NULL, NULL, WAIT, FAULT_RELAY},
    {ANY_STAGE, 432, NULL, NULL, WAIT, FAULT_RELAY}, /* Exchange: concurrent connections */
    {ANY_STAGE, 4, ".7.28", NULL, WAIT, FAULT_RELAY},
    {ANY_STAGE, 5, ".7.28", NULL, WAIT, FAULT_RELAY},

    /* Quotas. A full mailbox of the recipient's is not one, though its text may say "quota". */
    {ANY_STAGE, ANY_CODE, ".2.2", NULL, BY_CODE, FAULT_RECIPIENT},
    {ANY_STAGE, 5, ".4.5", NULL, STOP, FAULT_RELAY},   /* Google: daily limit */
    {ANY_STAGE, 5, ".7.705", NULL, STOP, FAULT_RELAY}, /* Exchange: the tenant's */
    {ANY_STAGE, 5, ".7.708", NULL, STOP, FAULT_RELAY},
    {ANY_STAGE, 5, ".1.90", NULL, STOP, FAULT_RELAY}, /* Exchange: recipients a day */
    {ANY_STAGE, 4, NULL, THROTTLE_WORDS, WAIT, FAULT_RELAY},
    {ANY_STAGE, 5, NULL, THROTTLE_WORDS, WAIT, FAULT_RELAY},
    {STAGE_DOT, 5, ".2.0", "submission|quota|limit", STOP, FAULT_RELAY},
    {ANY_STAGE, 5, NULL, SENDING_WORDS, STOP, FAULT_RELAY},
    {ANY_STAGE, 4, NULL, SENDING_WORDS, STOP, FAULT_RELAY},
    {ANY_STAGE, ANY_CODE, ".3.4", NULL, BY_CODE, FAULT_SENDER}, /* too big */
    {ANY_STAGE, ANY_CODE, NULL, SIZE_WORDS, BY_CODE, FAULT_SENDER},
    {STAGE_RCPT, ANY_CODE, ".1.1", NULL, BY_CODE, FAULT_ADDRESS},
    {ANY_STAGE, ANY_CODE, ".3.1", NULL, WAIT, FAULT_RELAY}, /* the relay's own disk */
    {ANY_STAGE, ANY_CODE, NULL, "insufficient system", WAIT, FAULT_RELAY},
    {STAGE_RCPT, ANY_CODE, NULL, FULL_WORDS, BY_CODE, FAULT_RECIPIENT},
    {STAGE_DOT, ANY_CODE, NULL, FULL_WORDS, BY_CODE, FAULT_RECIPIENT},
    {ANY_STAGE, 5, NULL, QUOTA_WORDS, STOP, FAULT_RELAY},
    {ANY_STAGE, 4, NULL, QUOTA_WORDS, STOP, FAULT_RELAY},

    /* We are not allowed to: the same answer awaits every message. */
    {STAGE_RCPT, 5, NULL,
     "relay access denied|relaying denied|not permitted to relay|unable to relay", STOP,
     FAULT_RELAY},
    {ANY_STAGE, 5, ".7.60", NULL, STOP, FAULT_SENDER}, /* Exchange: send-as denied */
    {ANY_STAGE, 5, NULL, "sendasdenied|send as denied", STOP, FAULT_SENDER},
    {ANY_STAGE, 5, ".7.501", NULL, STOP, FAULT_SENDER}, /* Exchange: banned for spam */
    {ANY_STAGE, 5, ".7.502", NULL, STOP, FAULT_SENDER},
    {ANY_STAGE, 5, ".7.503", NULL, STOP, FAULT_SENDER},
    {ANY_STAGE, 5, ".1.8", NULL, BY_CODE, FAULT_SENDER}, /* bad sender's domain; outbound spam */
    {ANY_STAGE, ANY_CODE, ".1.7", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".1.8", NULL, BY_CODE, FAULT_SENDER},

    /* Who we are: SPF, PTR, DKIM, DMARC and their kin. */
    {ANY_STAGE, ANY_CODE, ".7.20", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.21", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.22", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.23", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.24", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.25", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.26", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.27", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.30", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.509", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.515", NULL, BY_CODE, FAULT_SENDER},

    /* By the subject of the enhanced code, then by stage (RFC 3463 3). */
    {ANY_STAGE, ANY_CODE, ".2.1", NULL, BY_CODE, FAULT_ADDRESS}, /* mailbox disabled */
    {ANY_STAGE, ANY_CODE, ".2.3", NULL, BY_CODE, FAULT_SENDER},  /* too long for that mailbox */
    {ANY_STAGE, ANY_CODE, ".2.", NULL, BY_CODE, FAULT_RECIPIENT},
    {STAGE_MAIL, ANY_CODE, ".1.", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".1.", NULL, BY_CODE, FAULT_ADDRESS},
    {ANY_STAGE, ANY_CODE, ".3.", NULL, BY_CODE, FAULT_RELAY},
    {STAGE_RCPT, 5, ".4.1", NULL, BY_CODE, FAULT_ADDRESS}, /* Exchange: recipient rejected */
    {ANY_STAGE, 5, ".4.4", NULL, BY_CODE, FAULT_ADDRESS},  /* no route: the domain is gone */
    {ANY_STAGE, 5, ".4.310", NULL, BY_CODE, FAULT_ADDRESS},
    {ANY_STAGE, ANY_CODE, ".4.6", NULL, BY_CODE, FAULT_RECIPIENT}, /* loop on their side */
    {ANY_STAGE, ANY_CODE, ".4.14", NULL, BY_CODE, FAULT_RECIPIENT},
    {ANY_STAGE, ANY_CODE, ".4.", NULL, BY_CODE, FAULT_RELAY},
    {STAGE_RCPT, ANY_CODE, ".5.2", NULL, BY_CODE, FAULT_ADDRESS}, /* syntax, at RCPT */
    {STAGE_RCPT, ANY_CODE, ".5.4", NULL, BY_CODE, FAULT_ADDRESS},
    {ANY_STAGE, ANY_CODE, ".5.3", NULL, WAIT, FAULT_RELAY}, /* too many recipients */
    {ANY_STAGE, ANY_CODE, ".5.", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".6.", NULL, BY_CODE, FAULT_SENDER},
    {STAGE_RCPT, ANY_CODE, ".7.", NULL, BY_CODE, FAULT_RECIPIENT},
    {ANY_STAGE, ANY_CODE, ".7.", NULL, BY_CODE, FAULT_SENDER},

    /* No enhanced code that says anything: by stage and basic code (RFC 5321 4.2). */
    {STAGE_MAIL, 4, NULL, NULL, BY_CODE, FAULT_RELAY},
    {STAGE_MAIL, 5, NULL, NULL, BY_CODE, FAULT_SENDER},
    {STAGE_RCPT, 452, NULL, NULL, BY_CODE, FAULT_RELAY},
    {STAGE_RCPT, 4, NULL, NULL, BY_CODE, FAULT_RECIPIENT},
    {STAGE_RCPT, 521, NULL, NULL, BY_CODE, FAULT_ADDRESS},
    {STAGE_RCPT, 552, NULL, NULL, BY_CODE, FAULT_RECIPIENT},
    {STAGE_RCPT, 554, NULL, NULL, BY_CODE, FAULT_RECIPIENT},
    {STAGE_RCPT, 5, NULL, NULL, BY_CODE, FAULT_ADDRESS},
    {ANY_STAGE, 4, NULL, NULL, BY_CODE, FAULT_RELAY},
    {ANY_STAGE, 5, NULL, NULL, BY_CODE, FAULT_SENDER},
};

/* "5.1.1" at the start of the text, of the code's own class (RFC 2034 4). */
static void read_enhanced(int code, struct text reply, struct outcome *ret)
{
    size_t i = 2, digits = 0, dots = 1;
    ret->enhanced[0] = '\0';
    if (reply.size < 5 || reply.data[0] != '0' + code / 100 || reply.data[1] != '.')
        return;
    for (; i < reply.size && i < sizeof ret->enhanced - 1; i++) {
        if (char_is_digit(reply.data[i]) && ++digits <= 3)
            continue;
        if (reply.data[i] != '.' || !digits || dots == 2)
            break;
        dots++;
        digits = 0;
    }
    bool has_ended = i == reply.size || char_is_blank(reply.data[i]);
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

static bool has_words(const char *reply, const char *words)
{
    for (struct text rest = text_of(words); rest.data;) {
        char word[48];
        struct text one = text_split(&rest, '|');
        snprintf(word, sizeof word, "%.*s", (int)one.size, one.data);
        if (strcasestr(reply, word))
            return true;
    }
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

static bool rule_matches(const struct rule *rule, const struct outcome *outcome)
{
    if (rule->stage != ANY_STAGE && rule->stage != (int)outcome->stage)
        return false;
    if (rule->code != ANY_CODE && rule->code != outcome->code && rule->code != outcome->code / 100)
        return false;
    if (rule->enhanced && !enhanced_matches(outcome->enhanced, rule->enhanced))
        return false;
    return !rule->words || has_words(outcome->reply, rule->words);
}

static const struct rule *find_rule(const struct outcome *outcome)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rule_matches(&rules[i], outcome))
            return &rules[i];
    return NULL;
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
    const struct rule *rule = find_rule(ret);
    if (!rule)
        return;
    ret->fault = rule->fault;
    ret->must_pause = rule->decision == STOP;
    if (rule->decision == BY_CODE && code / 100 == 5)
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

enum { STREAK_MAX = 3 };

void verdict_streak(int *streak, struct outcome *outcome)
{
    bool is_policy = outcome->code >= 400 && outcome->fault == FAULT_SENDER;
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
    if (outcome->must_pause)
        return outcome->code / 10 == 53 ? VERDICT_BRAKE_LOGIN : VERDICT_BRAKE_QUOTA;
    if (enhanced_matches(outcome->enhanced, ".7.28") || outcome->code == 432 ||
        (outcome->code && has_words(outcome->reply, THROTTLE_WORDS)))
        return VERDICT_BRAKE_SLOW;
    return outcome->code == 421 ? VERDICT_BRAKE_CLOSE : VERDICT_BRAKE_NONE;
}
