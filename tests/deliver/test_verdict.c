/* SPDX-License-Identifier: MIT */
/* What replies mean: texts of large providers and of the common servers. */
#include "deliver/verdict.h"

#include "check.h"

#define OK    VERDICT_ACCEPTED
#define LATER VERDICT_DEFERRED
#define NO    VERDICT_REFUSED
#define WHO   VERDICT_UNCERTAIN
#define PAUSE true
#define GO_ON false

static const struct {
    const char *title;
    enum smtp_stage stage;
    int code;
    const char *reply;
    enum verdict verdict;
    enum fault fault;
    bool must_pause;
    enum verdict_brake brake;
} rows[] = {
    {"accepted", STAGE_DOT, 250, "2.0.0 Ok: queued as 4F", OK, FAULT_NONE, GO_ON, 0},
    {"accepted, 251", STAGE_DOT, 251, "will forward", OK, FAULT_NONE, GO_ON, 0},
    {"250 elsewhere accepts nothing", STAGE_DATA, 250, "ok", LATER, FAULT_RELAY, GO_ON, 0},
    {"354 after the dot", STAGE_DOT, 354, "go", LATER, FAULT_RELAY, GO_ON, 0},

    {"lost after the dot", STAGE_DOT, 0, "the connection was lost", WHO, FAULT_RELAY, GO_ON, 0},
    {"lost in the body", STAGE_BODY, 0, "the connection was lost", LATER, FAULT_RELAY, GO_ON, 0},
    {"no host", STAGE_CONNECT, 0, "Could not resolve host", LATER, FAULT_RELAY, GO_ON, 0},
    {"greeting 554", STAGE_GREETING, 554, "5.7.1 blocked", LATER, FAULT_RELAY, GO_ON, 0},
    {"HELO refused", STAGE_HELLO, 550, "bad name", LATER, FAULT_RELAY, GO_ON, 0},
    {"STARTTLS refused", STAGE_TLS, 454, "4.7.0 TLS not available", LATER, FAULT_RELAY, GO_ON, 0},

    {"login refused", STAGE_AUTH, 535, "5.7.8 authentication failed", LATER, FAULT_RELAY, PAUSE,
     VERDICT_BRAKE_LOGIN},
    {"Exchange without basic AUTH", STAGE_AUTH, 550,
     "5.7.30 Basic authentication is not supported for Client Submission.", LATER, FAULT_RELAY,
     PAUSE, VERDICT_BRAKE_LOGIN},
    {"Exchange, SMTP AUTH off", STAGE_AUTH, 535,
     "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled", LATER,
     FAULT_RELAY, PAUSE, VERDICT_BRAKE_LOGIN},
    {"login for the moment unavailable", STAGE_AUTH, 454, "4.7.0 Temporary authentication failure",
     LATER, FAULT_RELAY, GO_ON, VERDICT_BRAKE_LOGIN},
    {"a domain that takes no mail", STAGE_RCPT, 556, "sorry", NO, FAULT_ADDRESS, GO_ON, 0},
    {"moved away, without more", STAGE_RCPT, 551, "user not local", NO, FAULT_ADDRESS, GO_ON, 0},
    {"login required", STAGE_MAIL, 530, "5.7.0 Authentication Required", LATER, FAULT_RELAY, PAUSE,
     VERDICT_BRAKE_LOGIN},
    {"Exchange, not logged in", STAGE_MAIL, 530, "5.7.57 Client not authenticated to send mail",
     LATER, FAULT_RELAY, PAUSE, VERDICT_BRAKE_LOGIN},
    {"relaying denied", STAGE_RCPT, 554, "5.7.1 <b@y>: Relay access denied", LATER, FAULT_RELAY,
     PAUSE, VERDICT_BRAKE_QUOTA},

    {"421", STAGE_MAIL, 421, "4.3.2 Service shutting down", LATER, FAULT_RELAY, GO_ON,
     VERDICT_BRAKE_CLOSE},
    {"421 at RCPT blames no recipient", STAGE_RCPT, 421, "too many", LATER, FAULT_RELAY, GO_ON,
     VERDICT_BRAKE_CLOSE},
    {"OpenSMTPD, a session is full", STAGE_MAIL, 452, "4.5.3 Too many recipients: enough for today",
     LATER, FAULT_RELAY, GO_ON, VERDICT_BRAKE_CLOSE},
    {"a session is full, in words", STAGE_MAIL, 451, "Too many messages in this session", LATER,
     FAULT_RELAY, GO_ON, VERDICT_BRAKE_CLOSE},
    {"Gmail throttles", STAGE_DOT, 421,
     "4.7.28 Gmail has detected an unusual rate of unsolicited mail", LATER, FAULT_RELAY, GO_ON,
     VERDICT_BRAKE_SLOW},
    {"Exchange, concurrent connections", STAGE_MAIL, 432,
     "4.3.2 Concurrent connections limit exceeded", LATER, FAULT_RELAY, GO_ON, VERDICT_BRAKE_SLOW},
    {"SES throttles", STAGE_DOT, 454, "Throttling failure: Maximum sending rate exceeded.", LATER,
     FAULT_RELAY, GO_ON, VERDICT_BRAKE_SLOW},
    {"SES daily", STAGE_DOT, 454, "Throttling failure: Daily message quota exceeded.", LATER,
     FAULT_RELAY, GO_ON, VERDICT_BRAKE_SLOW},

    {"Google daily", STAGE_DOT, 550, "5.4.5 Daily user sending limit exceeded.", LATER, FAULT_RELAY,
     PAUSE, VERDICT_BRAKE_QUOTA},
    {"Google relay", STAGE_RCPT, 550, "5.7.1 Daily SMTP relay limit exceeded for customer.", LATER,
     FAULT_RELAY, PAUSE, VERDICT_BRAKE_QUOTA},
    {"OVH", STAGE_RCPT, 554, "5.7.1 You have reached a limit of 200 messages per hour", LATER,
     FAULT_RELAY, PAUSE, VERDICT_BRAKE_QUOTA},
    {"IONOS", STAGE_RCPT, 450, "Requested mail action not taken: Mail send limit exceeded", LATER,
     FAULT_RELAY, PAUSE, VERDICT_BRAKE_QUOTA},
    {"Exchange quota", STAGE_DOT, 554,
     "5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException", LATER, FAULT_RELAY,
     PAUSE, VERDICT_BRAKE_QUOTA},
    {"Exchange tenant", STAGE_DOT, 550, "5.7.705 Access denied, tenant has exceeded threshold",
     LATER, FAULT_RELAY, PAUSE, VERDICT_BRAKE_QUOTA},

    {"no such user", STAGE_RCPT, 550, "5.1.1 <b@y>: Recipient address rejected: User unknown", NO,
     FAULT_ADDRESS, GO_ON, 0},
    {"no such user, no enhanced code", STAGE_RCPT, 550, "No such user here", NO, FAULT_ADDRESS,
     GO_ON, 0},
    {"no such domain", STAGE_RCPT, 550, "5.1.2 bad destination system", NO, FAULT_ADDRESS, GO_ON,
     0},
    {"null MX", STAGE_RCPT, 556, "5.1.10 recipient address has null MX", NO, FAULT_ADDRESS, GO_ON,
     0},
    {"Exchange directory", STAGE_RCPT, 550,
     "5.4.1 Recipient address rejected: Access denied. AS(201806281)", NO, FAULT_ADDRESS, GO_ON, 0},
    {"mailbox disabled", STAGE_RCPT, 550, "5.2.1 The email account is disabled", NO, FAULT_ADDRESS,
     GO_ON, 0},
    {"bad syntax", STAGE_RCPT, 501, "5.1.3 Bad recipient address syntax", NO, FAULT_ADDRESS, GO_ON,
     0},
    {"full", STAGE_RCPT, 552, "5.2.2 Mailbox full, quota exceeded", NO, FAULT_RECIPIENT, GO_ON, 0},
    {"full for now", STAGE_RCPT, 452, "4.2.2 The recipient's mailbox is over quota", LATER,
     FAULT_RECIPIENT, GO_ON, 0},
    {"full, in words", STAGE_RCPT, 550, "mailbox quota exceeded limit of 2 GB", NO, FAULT_RECIPIENT,
     GO_ON, 0},
    {"greylisted", STAGE_RCPT, 450, "4.2.0 <b@y>: Recipient address rejected: Greylisted", LATER,
     FAULT_RECIPIENT, GO_ON, 0},
    {"greylisted, 451 4.7.1", STAGE_RCPT, 451, "4.7.1 Please try again later", LATER,
     FAULT_RECIPIENT, GO_ON, 0},
    {"their policy", STAGE_RCPT, 550, "5.7.1 Recipient does not accept mail from you", NO,
     FAULT_RECIPIENT, GO_ON, 0},
    {"too many recipients", STAGE_RCPT, 452, "4.5.3 Too many recipients", LATER, FAULT_RELAY, GO_ON,
     0},
    {"452 without more", STAGE_RCPT, 452, "try later", LATER, FAULT_RELAY, GO_ON, 0},

    {"spam", STAGE_DOT, 554, "5.7.1 Message rejected as spam", NO, FAULT_SENDER, GO_ON, 0},
    {"Gmail DKIM", STAGE_DOT, 550, "5.7.30 This mail has been blocked: DKIM did not pass", NO,
     FAULT_SENDER, GO_ON, 0},
    {"Gmail unauthenticated", STAGE_DOT, 550, "5.7.26 unauthenticated", NO, FAULT_SENDER, GO_ON, 0},
    {"Outlook bulk rules", STAGE_DOT, 550, "5.7.515 Access denied", NO, FAULT_SENDER, GO_ON, 0},
    {"send-as denied", STAGE_DOT, 554, "5.2.252 SendAsDenied; x not allowed to send as y", LATER,
     FAULT_SENDER, PAUSE, 0},
    {"send as, 5.7.60", STAGE_MAIL, 550, "5.7.60 SMTP; Client does not have permissions", LATER,
     FAULT_SENDER, PAUSE, 0},
    {"too large", STAGE_MAIL, 552, "5.3.4 Message size exceeds fixed limit", NO, FAULT_SENDER,
     GO_ON, 0},
    {"too large, in words", STAGE_DOT, 552, "message size limit exceeded", NO, FAULT_SENDER, GO_ON,
     0},
    {"send-as denied, in words", STAGE_RCPT, 550, "b@y: sender not allowed to send as a@x", LATER,
     FAULT_SENDER, PAUSE, 0},
    {"Exchange, banned for spam", STAGE_MAIL, 550, "5.7.501 Access denied, spam abuse detected",
     LATER, FAULT_SENDER, PAUSE, 0},
    {"Exchange, banned for spam, again", STAGE_DOT, 550, "5.7.502 Access denied, banned sender",
     LATER, FAULT_SENDER, PAUSE, 0},
    {"Exchange, banned for spam, once more", STAGE_RCPT, 550, "5.7.503 Access denied", LATER,
     FAULT_SENDER, PAUSE, 0},
    {"sender refused", STAGE_MAIL, 553, "5.7.1 <a@x>: Sender address rejected: not owned by user",
     NO, FAULT_SENDER, GO_ON, 0},
    {"greylisted after the data", STAGE_DOT, 451, "4.7.1 try later", LATER, FAULT_SENDER, GO_ON, 0},
    {"out of disk", STAGE_MAIL, 452, "4.3.1 Insufficient system storage", LATER, FAULT_RELAY, GO_ON,
     0},
    {"out of disk, at RCPT", STAGE_RCPT, 452, "4.3.1 Insufficient system storage", LATER,
     FAULT_RELAY, GO_ON, 0},
    {"out of disk, at the dot, in words", STAGE_DOT, 452, "insufficient system storage", LATER,
     FAULT_RELAY, GO_ON, 0},
    {"full, at the dot", STAGE_DOT, 552, "Requested action aborted: exceeded storage allocation",
     NO, FAULT_RECIPIENT, GO_ON, 0},
    {"554 without more", STAGE_DOT, 554, "Transaction failed", NO, FAULT_SENDER, GO_ON, 0},

    /* The code says for how long, the enhanced code what. */
    {"550 with a 4.y.z", STAGE_RCPT, 550, "4.2.2 mailbox is full", NO, FAULT_RECIPIENT, GO_ON, 0},
    {"450 with a 5.y.z", STAGE_RCPT, 450, "5.1.1 not checked yet", LATER, FAULT_ADDRESS, GO_ON, 0},
    {"a gateway's number sign", STAGE_RCPT, 550, "#5.1.0 Address rejected.", NO, FAULT_ADDRESS,
     GO_ON, 0},
    {"550 and not a word", STAGE_RCPT, 550, "", NO, FAULT_ADDRESS, GO_ON, 0},
    {"451 and not a word", STAGE_DOT, 451, "", LATER, FAULT_RELAY, GO_ON, 0},
    {"554 and not a word", STAGE_RCPT, 554, "", NO, FAULT_RECIPIENT, GO_ON, 0},

    /* Come back later, said with a permanent code. */
    {"greylisted by 550", STAGE_RCPT, 550, "Greylisted, see you in five minutes", LATER,
     FAULT_RECIPIENT, GO_ON, 0},
    {"greylisted by 554 5.7.1", STAGE_RCPT, 554, "5.7.1 Graylisting in effect", LATER,
     FAULT_RECIPIENT, GO_ON, 0},
    {"greylisted by a blocklist", STAGE_RCPT, 450,
     "4.7.1 Client host blocked using grey list, try later", LATER, FAULT_RECIPIENT, GO_ON, 0},
    {"Gmail, a busy mailbox", STAGE_RCPT, 550,
     "5.2.1 The user you write to is receiving mail at a rate that is too high", LATER,
     FAULT_RECIPIENT, GO_ON, 0},
    {"Exchange, a busy mailbox", STAGE_DOT, 550, "5.2.121 limit for this recipient", LATER,
     FAULT_RECIPIENT, GO_ON, 0},
    {"too fast by 550", STAGE_RCPT, 550, "Rate limit reached for this account", LATER, FAULT_RELAY,
     GO_ON, VERDICT_BRAKE_SLOW},
    {"too many connections by 554", STAGE_MAIL, 554, "Trop de connexions, ralentissez", LATER,
     FAULT_RELAY, GO_ON, VERDICT_BRAKE_SLOW},
    {"too many recipients by 550", STAGE_RCPT, 550, "5.5.3 Too many recipients", LATER, FAULT_RELAY,
     GO_ON, 0},
    {"too many recipients by 552", STAGE_RCPT, 552, "Too many recipients", LATER, FAULT_RELAY,
     GO_ON, 0},
    {"a 4yz that is a quota", STAGE_MAIL, 452, "4.7.1 Hourly limit of 200 mails reached", LATER,
     FAULT_RELAY, PAUSE, VERDICT_BRAKE_QUOTA},
    {"a tenant's quota", STAGE_RCPT, 550, "5.7.508 Access denied, permitted limits", LATER,
     FAULT_RELAY, PAUSE, VERDICT_BRAKE_QUOTA},
    {"our quota, as a full mailbox", STAGE_DOT, 550, "5.2.2 Submission quota exceeded", LATER,
     FAULT_RELAY, PAUSE, VERDICT_BRAKE_QUOTA},
    {"insufficient storage", STAGE_RCPT, 452, "Insufficient storage", LATER, FAULT_RELAY, GO_ON, 0},

    /* A login is missing, however it is said. */
    {"login, at RCPT, by 550", STAGE_RCPT, 550, "5.7.1 Authentication required", LATER, FAULT_RELAY,
     PAUSE, VERDICT_BRAKE_LOGIN},
    {"login, by 503", STAGE_MAIL, 503, "5.5.4 You must authenticate first", LATER, FAULT_RELAY,
     PAUSE, VERDICT_BRAKE_LOGIN},
    {"login, at MAIL, by 550 5.7.8", STAGE_MAIL, 550, "5.7.8 Sender refused", LATER, FAULT_RELAY,
     PAUSE, VERDICT_BRAKE_LOGIN},
    {"basic login is gone, at MAIL", STAGE_MAIL, 550, "5.7.30 Not supported", LATER, FAULT_RELAY,
     PAUSE, VERDICT_BRAKE_LOGIN},
    {"Exchange, not logged in, by 550", STAGE_RCPT, 550, "5.7.57 Client was not recognised", LATER,
     FAULT_RELAY, PAUSE, VERDICT_BRAKE_LOGIN},
    {"TLS wanted", STAGE_MAIL, 530, "5.7.0 Must issue a STARTTLS command first", LATER, FAULT_RELAY,
     PAUSE, VERDICT_BRAKE_LOGIN},
    {"members only is no login", STAGE_RCPT, 550, "5.7.133 sender not authenticated for group", NO,
     FAULT_RECIPIENT, GO_ON, 0},
    {"a list for its own house", STAGE_DOT, 550,
     "5.7.1 RESOLVER.RST.AuthenticationRequired; authentication required", NO, FAULT_RECIPIENT,
     GO_ON, 0},
    {"Yahoo's policy is no login", STAGE_DOT, 554, "5.7.9 Message not accepted for policy reasons",
     NO, FAULT_SENDER, GO_ON, 0},
    {"a disabled account of ours", STAGE_MAIL, 525, "5.7.13 User account disabled", LATER,
     FAULT_RELAY, PAUSE, VERDICT_BRAKE_LOGIN},
    {"a disabled account of theirs", STAGE_RCPT, 525, "5.7.13 User account disabled", NO,
     FAULT_ADDRESS, GO_ON, 0},
    {"too big, by 534", STAGE_MAIL, 534, "5.3.4 Message too big for us", NO, FAULT_SENDER, GO_ON,
     0},
    {"a sender that is not ours, at RCPT", STAGE_RCPT, 553,
     "5.7.1 <a@x>: Sender address rejected: not owned by user b", LATER, FAULT_SENDER, PAUSE, 0},

    /* About us, though it stands at RCPT: no address may die of it. */
    {"blocklist", STAGE_RCPT, 554, "5.7.1 Service unavailable; Client host [192.0.2.1] blocked", NO,
     FAULT_SENDER, GO_ON, 0},
    {"blocklist without enhanced code", STAGE_RCPT, 550, "192.0.2.1 is on our blacklist", NO,
     FAULT_SENDER, GO_ON, 0},
    {"blocklist as a missing mailbox", STAGE_RCPT, 550,
     "5.2.1 Mailbox unavailable. Your IP address is listed by Spamhaus", NO, FAULT_SENDER, GO_ON,
     0},
    {"no reverse DNS", STAGE_RCPT, 450, "4.7.25 Client host rejected: cannot find your hostname",
     LATER, FAULT_SENDER, GO_ON, 0},
    {"HELO", STAGE_RCPT, 504, "5.5.2 <x>: Helo command rejected: not a full name", NO, FAULT_SENDER,
     GO_ON, 0},
    {"SPF as a bad address", STAGE_RCPT, 550, "5.1.0 not a sender by its SPF record", NO,
     FAULT_SENDER, GO_ON, 0},
    {"our domain", STAGE_RCPT, 550, "Sender address rejected: domain does not exist", NO,
     FAULT_SENDER, GO_ON, 0},
    {"a virus", STAGE_RCPT, 550, "Virus found, go away", NO, FAULT_SENDER, GO_ON, 0},
    {"out of order", STAGE_RCPT, 503, "5.5.1 MAIL first", NO, FAULT_SENDER, GO_ON, 0},
    {"out of order, no enhanced code", STAGE_RCPT, 503, "Bad sequence of commands", NO,
     FAULT_SENDER, GO_ON, 0},
    {"parameters", STAGE_RCPT, 555, "NOTIFY? never heard of it", NO, FAULT_SENDER, GO_ON, 0},
    {"their policy, no enhanced code", STAGE_RCPT, 550, "Denied by policy", NO, FAULT_RECIPIENT,
     GO_ON, 0},
    {"the person said no", STAGE_DOT, 550, "You have been blocked by the recipient", NO,
     FAULT_RECIPIENT, GO_ON, 0},

    /* About the address, wherever it is said. */
    {"unknown behind 5.7.1", STAGE_RCPT, 550, "5.7.1 Recipient address rejected: user unknown", NO,
     FAULT_ADDRESS, GO_ON, 0},
    {"unknown behind 5.5.0", STAGE_RCPT, 550, "5.5.0 Adresse destinataire invalide", NO,
     FAULT_ADDRESS, GO_ON, 0},
    {"unknown behind 554", STAGE_RCPT, 554, "delivery error: this user doesn't have an account", NO,
     FAULT_ADDRESS, GO_ON, 0},
    {"unknown after the data", STAGE_DOT, 550, "5.0.0 No such user here", NO, FAULT_ADDRESS, GO_ON,
     0},
    {"a mailbox that is missing is not full", STAGE_RCPT, 550, "mailbox not found", NO,
     FAULT_ADDRESS, GO_ON, 0},
    {"names in addresses say nothing", STAGE_RCPT, 550,
     "<spam.quota.mailbox@greylist.example>: no such user", NO, FAULT_ADDRESS, GO_ON, 0},
    {"La Poste, full", STAGE_RCPT, 552, "Boite du destinataire pleine", NO, FAULT_RECIPIENT, GO_ON,
     0},
};

TEST(replies)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct outcome got;
        CHECK_ROW(rows[i].title);
        verdict_of(rows[i].stage, rows[i].code, text_of(rows[i].reply), &got);
        CHECK_STRING(verdict_to_text(got.verdict), verdict_to_text(rows[i].verdict));
        CHECK_STRING(fault_to_text(got.fault), fault_to_text(rows[i].fault));
        CHECK_INT(got.must_pause, rows[i].must_pause);
        CHECK_INT(verdict_brake(&got), rows[i].brake);
        CHECK_INT(got.stage, rows[i].stage);
        CHECK_INT(got.code, rows[i].code);
        CHECK_STRING(got.reply, rows[i].reply);
    }
}

TEST(enhanced_codes)
{
    static const struct {
        const char *reply;
        int code;
        const char *want;
    } codes[] = {
        {"5.1.1 no", 550, "5.1.1"},  {"5.1.1", 550, "5.1.1"},
        {"4.1.1 no", 550, "4.1.1"},  {"5.1 no", 550, ""},
        {"2.1.1 no", 550, ""},       {"5.1.1 no", 450, "5.1.1"},
        {"5.1.1: no", 550, "5.1.1"}, {"5.0.0 ok", 250, ""},
        {"5.1.1.1 no", 550, ""},     {"5.7.139 no", 535, "5.7.139"},
        {"5.7.1390 no", 535, ""},    {"5..1 no", 550, ""},
        {"5.1.1x no", 550, ""},      {"#5.1.1 no", 550, "5.1.1"},
        {"2.0.0 yes", 250, "2.0.0"}, {"5.100.100 long", 550, "5.100.100"},
        {"5.1.1-no", 550, ""},       {"", 550, ""},
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct outcome got;
        CHECK_ROW(codes[i].reply);
        verdict_of(STAGE_DOT, codes[i].code, text_of(codes[i].reply), &got);
        CHECK_STRING(got.enhanced, codes[i].want);
    }
}

TEST(reply_is_one_printable_line)
{
    struct outcome got;
    verdict_of(STAGE_DOT, 550, TEXT("a\r\nb\tc\x7f\xff caf\xc3\xa9 \0x"), &got);
    CHECK_STRING(got.reply, "a  b c ? caf\xc3\xa9  x");
    char many[3000];
    memset(many, 0, sizeof many);
    for (size_t i = 0; i + 3 < sizeof many; i += 3)
        memcpy(many + i, "\xe3\x81\x82", 3);
    verdict_of(STAGE_DOT, 550, text_of(many), &got);
    CHECK(text_is_utf8(text_of(got.reply)));
    CHECK(strlen(got.reply) > OUTCOME_REPLY_BYTES - 5);
}

TEST(next_try)
{
    struct instant now = {1000 * USEC_PER_DAY};
    static const int64_t least[] = {5, 15, 30, 60, 120, 120}, most[] = {6, 17, 33, 66, 180, 180};
    int64_t first = 0;
    bool has_spread = false;
    for (int attempts = 1; attempts <= 6; attempts++)
        for (uint64_t seed = 0; seed < 500; seed++) {
            int64_t wait = instant_diff(verdict_next_try(attempts, seed, now), now);
            CHECK(wait >= least[attempts - 1] * USEC_PER_MIN);
            CHECK(wait <= most[attempts - 1] * USEC_PER_MIN);
            CHECK_INT(wait, instant_diff(verdict_next_try(attempts, seed, now), now));
            has_spread |= seed && wait != first;
            first = wait;
        }
    CHECK(has_spread);
}

TEST(streak)
{
    struct outcome spam, gone, fine;
    int streak = 0;
    verdict_of(STAGE_DOT, 554, TEXT("5.7.1 spam"), &spam);
    verdict_of(STAGE_RCPT, 550, TEXT("5.1.1 gone"), &gone);
    verdict_of(STAGE_DOT, 250, TEXT("ok"), &fine);
    struct outcome *const first[] = {&spam, &spam, &fine, &spam, &gone, &spam};
    for (int i = 0; i < 6; i++) {
        verdict_streak(&streak, first[i]);
        CHECK(!first[i]->must_pause);
    }
    verdict_streak(&streak, &spam); /* a dead address in between does not clear us */
    CHECK(spam.must_pause);
}

/* Whose policy it is nobody says: three in a row stop, too; what somebody decided about his own
 * mailbox does not. */
TEST(policy)
{
    static const struct {
        enum smtp_stage stage;
        int code;
        const char *reply;
        bool is_policy;
    } replies[] = {
        {STAGE_DOT, 554, "5.7.1 spam", true},
        {STAGE_RCPT, 550, "5.7.1 blocked", true},
        {STAGE_RCPT, 550, "refused by policy", true},
        {STAGE_RCPT, 450, "4.7.1 try later", false},
        {STAGE_RCPT, 550, "5.7.133 members only", false},
        {STAGE_RCPT, 552, "5.2.2 mailbox full", false},
        {STAGE_RCPT, 550, "5.1.1 gone", false},
        {STAGE_RCPT, 550, "5.4.5 daily limit", false},
        {STAGE_DOT, 250, "ok", false},
    };
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        struct outcome outcome;
        CHECK_ROW(replies[i].reply);
        verdict_of(replies[i].stage, replies[i].code, text_of(replies[i].reply), &outcome);
        CHECK_INT(verdict_is_policy(&outcome), replies[i].is_policy);
    }
}

CHECK_MAIN
