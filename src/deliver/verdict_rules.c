/* SPDX-License-Identifier: MIT */
/* verdict_rules: the table of what replies mean. The first matching row wins.
 *
 * Rows go from the most telling to the vaguest: what only a login, a quota or a greylist says;
 * enhanced codes that have one cause; words, because large providers hide quotas and blocklists
 * behind codes that otherwise mean "no such mailbox"; then the subject of the enhanced code; at
 * last the class of the code alone.
 *
 * The costliest mistake is to blame an address for what is our own fault or the relay's: it would
 * never be written to again. So whatever speaks of us (blocklists, SPF, our sender) stands in front
 * of whatever speaks of an unknown user, and a code that says neither blames the recipient's
 * policy, not the address. Words are searched in the reply without the addresses that it quotes:
 * quota@example.org is somebody's name.
 *
 * Sources: RFC 3463, RFC 5248 and IANA's registry of enhanced codes, RFC 5321 4.2, RFC 7505, RFC
 * 7372; the published error lists of Gmail, Exchange Online, Yahoo, Apple, Orange and La Poste. */
#include "deliver/verdict_internal.h"

/* --- words -------------------------------------------------------------------------------------
 */

/* Used up by us. */
#define SENDING_WORDS                                                                              \
    "sending limit|send limit|sending quota|submissionquota|submission quota|smtp quota|"          \
    "daily user|daily smtp relay|too many messages|too many mails|too many emails|messages per|"   \
    "mails per|emails per|hourly limit|daily limit|hourly quota|daily quota|outbound limit|"       \
    "relay limit|recipient limit|recipients per|maximum number of messages|messages limit|"        \
    "permitted limits|tenant has exceeded"
/* Filled up by the recipient. */
#define FULL_WORDS                                                                                 \
    "mailbox full|mailbox is full|mailbox over|mailbox has exceeded|mailbox exceed|mailbox size|"  \
    "mailbox quota|mailbox is over|mail box is full|mail box full|inbox is full|inbox full|"       \
    "mailfolder is full|storage|disk quota|disc quota|disk full|disk space|diskspace|"             \
    "enough space|no space left|space has been used|over quota|overquota|over the quota|"          \
    "over the allowed quota|over their quota|exceeding their quota|exceeded quota|"                \
    "quota exceeded (|quota violation|user quota|user is over|messages on the server|"             \
    "receiving limit|too much mail data|te pleine|destinataire pleine"
#define SIZE_WORDS                                                                                 \
    "message size|size limit|too large|too big|maximum size|size exceed|exceeds size|"             \
    "message length|taille limite"
#define QUOTA_WORDS "limit of|quota exceeded|limit exceeded|exceeded the limit|reached a limit"
#define THROTTLE_WORDS                                                                             \
    "throttl|rate limit|ratelimit|rate-limit|rate exceeded|too fast|slow down|try again slower|"   \
    "sending rate|too many connections|too many concurrent|too many sessions|"                     \
    "too many smtp sessions|connection limit|trop de connexions|unusual rate|server busy|"         \
    "agent busy|too much mail from|too many recipients from"
/* This connection has carried its share; another one may carry more at once. */
#define SESSION_WORDS                                                                              \
    "too many messages sent|this session|per session|in one session|this connection|"              \
    "per connection|one connection"
#define BUSY_RECIPIENT_WORDS                                                                       \
    "receiving mail too|receiving email|receiving mail at a rate|recipient's per hour|"            \
    "recipient has exceeded"
#define GREY_WORDS "greylist|graylist|grey-list|gray-list|grey list|gray list"
#define LOGIN_WORDS                                                                                \
    "unauthenticated sender|authentication required|authentication is required|"                   \
    "must authenticate|need to authenticate|not authenticated|smtp authentication|"                \
    "authenticate first|issue a starttls|authentification requise|log in first|"                   \
    "you don't authenticate"
#define RELAYING_WORDS                                                                             \
    "relay access denied|relaying denied|not permitted to relay|unable to relay|"                  \
    "relay not permitted|relaying not|not allowed to relay|relay denied|relay prohibited|"         \
    "authorized to relay|authorised to relay|allowed rcpthosts|no relaying"
/* The envelope sender is not ours to use: the same answer awaits every message. */
#define FOREIGN_SENDER_WORDS                                                                       \
    "not owned by|sendasdenied|send as denied|not allowed to send as|permission to send as|"       \
    "permissions to send as|email address is not verified|address not verified"

/* Who we are, or where we come from. */
#define REPUTATION_WORDS                                                                           \
    "spamhaus|spamcop|dnsbl|sorbs|cloudmark|blacklist|black list|blocklist|block list|"            \
    "block-list| rbl|rbl+|reputation|spf |spf:|spf)|spf record|sender policy framework|dkim|"      \
    "dmarc|reverse dns|reverse lookup|reverse host|rdns|ptr record|ptr resource|your hostname|"    \
    "helo |helo/|client host|your host|your ip|ip address|sending ip|sender ip|source ip|"         \
    "adresse ip|client ip|ip name lookup|dynamic ip|open proxy|your network|bloquee pour|"         \
    "banned send|banned ip|bad sender|complaints"
#define SENDER_WORDS                                                                               \
    "sender address|sender email|sender domain|sender rejected|sender denied|sender verif|"        \
    "sender was rejected|sender not|sender is|domain of sender|invalid sender|"                    \
    "unroutable sender|unknown sender|sender unknown|metteur invalide|exp\xc3\xa9"                 \
    "diteur|"                                                                                      \
    "expediteur|envelope sender|return address|bogus mail from"
#define CONTENT_WORDS                                                                              \
    "spam|unsolicited|bulk mail|bulk email|virus|malware|phish|malicious|executable|"              \
    "attachment|mime header|rfc 5322|rfc5322|rfc 2822|content rejected|content denied|"            \
    "content filter|banned content|unacceptable content|message content|header error|uribl"
/* No such mailbox, or no such domain. */
#define UNKNOWN_WORDS                                                                              \
    "user unknown|unknown user|no such user|no such recipient|no such address|no such mailbox|"    \
    "no such account|no such person|no such domain|unknown recipient|recipient unknown|"           \
    "recipient not found|user not found|account not found|address unknown|unknown address|"        \
    "unknown local|unknown mailbox|mailbox unavail|mailbox not |mailbox does not|"                 \
    "mailbox unknown|mailbox invalid|mailbox disabled|mailbox is disabled|mailbox is inactive|"    \
    "mailbox is unavail|mailbox is frozen|mailbox currently suspended|deactivated|no mailbox|"     \
    "no mail box|invalid mailbox|invalid recipient|recipient is invalid|invalid address|"          \
    "a valid recipient|a valid mailbox|does not exist|doesn't exist|not exist|"                    \
    "doesn't have a|account disabled|account has been disabled|account is disabled|"               \
    "account that you tried|disabled recipient|user disabled|is inactive|unrouteable|"             \
    "unroutable address|undeliverable address|illegal alias|domino directory|has moved|"           \
    "domain is not reachable|destinataire invalide|destinataire inconnu|"                          \
    "utilisateur inconnu|adresse inconnue|recipient address rejected: unknown"
/* Somebody there decided so, about a mailbox that exists. */
#define THEIR_RULES_WORDS                                                                          \
    "blocked by the recipient|rejected by this user|recipient preferences|recipient is only|"      \
    "recipient is not accepting|not accepting any mail|only accepts mail|only accepting mail|"     \
    "user rules|user refuses|user reject|refuse to receive|notauthorized|"                         \
    "rst.authenticationrequired|members-only|members only|non-member|not a member|"                \
    "allowed to post|closed mailing list|list of senders|protected by|moderator|on hold"
#define POLICY_WORDS                                                                               \
    "policy|policies|denied|prohibit|authorized|authorised|refused|forbidden|violation|"           \
    "not allowed|not permitted|restricted|blocked|rejected|reject |listed|connection|"             \
    "your server|mail server|authentication|batv|configuration|temporar|timed out|starttls"

const char verdict_throttle_words[] = THROTTLE_WORDS;
const char verdict_session_words[] = SESSION_WORDS;

/* --- rows --------------------------------------------------------------------------------------
 */

const struct verdict_rule verdict_rules[] = {
    /* Login, before anything else can be said about a message. */
    {STAGE_AUTH, 5, NULL, NULL, LOGIN, FAULT_RELAY},
    {STAGE_AUTH, ANY_CODE, NULL, NULL, WAIT, FAULT_RELAY},
    {STAGE_CONNECT, ANY_CODE, NULL, NULL, WAIT, FAULT_RELAY},
    {STAGE_GREETING, ANY_CODE, NULL, NULL, WAIT, FAULT_RELAY},
    {STAGE_HELLO, ANY_CODE, NULL, NULL, WAIT, FAULT_RELAY},
    {STAGE_TLS, ANY_CODE, NULL, NULL, WAIT, FAULT_RELAY},
    {ANY_STAGE, 5, ".3.4", NULL, BY_CODE, FAULT_SENDER}, /* too big: some say 534 */
    {ANY_STAGE, 530, NULL, NULL, LOGIN, FAULT_RELAY},    /* authentication (or TLS) required */
    {ANY_STAGE, 534, NULL, NULL, LOGIN, FAULT_RELAY},
    {ANY_STAGE, 535, NULL, NULL, LOGIN, FAULT_RELAY},
    {ANY_STAGE, 538, NULL, NULL, LOGIN, FAULT_RELAY},
    {STAGE_MAIL, 5, ".7.8", NULL, LOGIN, FAULT_RELAY},  /* credentials invalid */
    {STAGE_MAIL, 5, ".7.9", NULL, LOGIN, FAULT_RELAY},  /* mechanism too weak; Yahoo: policy */
    {STAGE_MAIL, 5, ".7.11", NULL, LOGIN, FAULT_RELAY}, /* encryption needed for it */
    {STAGE_MAIL, 5, ".7.13", NULL, LOGIN, FAULT_RELAY}, /* our account is disabled */
    {STAGE_MAIL, 5, ".7.14", NULL, LOGIN, FAULT_RELAY}, /* Google: sign in by browser */
    {STAGE_MAIL, 5, ".7.30", NULL, LOGIN, FAULT_RELAY}, /* Exchange: basic AUTH is gone */
    {ANY_STAGE, 5, ".7.57", NULL, LOGIN, FAULT_RELAY},  /* Exchange: client not authenticated */
    {ANY_STAGE, 5, ".7.139", NULL, LOGIN, FAULT_RELAY}, /* Exchange: basic AUTH is off */
    {ANY_STAGE, 5, ".7.64", NULL, LOGIN, FAULT_RELAY},  /* Exchange: not our tenant */

    /* The relay closes, or asks for patience. */
    {ANY_STAGE, 421, NULL, NULL, WAIT, FAULT_RELAY},
    {ANY_STAGE, 432, NULL, NULL, WAIT, FAULT_RELAY}, /* Exchange: concurrent connections */
    {ANY_STAGE, ANY_CODE, ".7.28", NULL, WAIT, FAULT_RELAY},
    {STAGE_MAIL, 4, ".5.3", NULL, WAIT, FAULT_RELAY}, /* OpenSMTPD: 100 messages in a session */
    {STAGE_MAIL, ANY_CODE, NULL, SESSION_WORDS, WAIT, FAULT_RELAY},
    /* Greylisting asks to come back, whatever the class of its code. */
    {ANY_STAGE, ANY_CODE, NULL, GREY_WORDS, WAIT, FAULT_RECIPIENT},
    {ANY_STAGE, ANY_CODE, NULL, BUSY_RECIPIENT_WORDS, WAIT, FAULT_RECIPIENT},
    {ANY_STAGE, ANY_CODE, ".2.121", NULL, WAIT, FAULT_RECIPIENT}, /* Exchange: their hour's limit */
    {ANY_STAGE, ANY_CODE, ".2.122", NULL, WAIT, FAULT_RECIPIENT},

    /* Quotas. A full mailbox of the recipient's is not one, though its text may say "quota". */
    {ANY_STAGE, 5, NULL, "submission quota|submissionquota", STOP, FAULT_RELAY},
    {ANY_STAGE, ANY_CODE, ".2.2", NULL, BY_CODE, FAULT_RECIPIENT},
    {ANY_STAGE, 5, ".4.5", NULL, STOP, FAULT_RELAY},   /* Google: daily limit */
    {ANY_STAGE, 5, ".7.508", NULL, STOP, FAULT_RELAY}, /* Exchange: the tenant's, and below */
    {ANY_STAGE, 5, ".7.700", NULL, STOP, FAULT_RELAY},
    {ANY_STAGE, 5, ".7.705", NULL, STOP, FAULT_RELAY},
    {ANY_STAGE, 5, ".7.708", NULL, STOP, FAULT_RELAY},
    {ANY_STAGE, 5, ".1.90", NULL, STOP, FAULT_RELAY}, /* Exchange: recipients a day */
    {ANY_STAGE, ANY_CODE, NULL, THROTTLE_WORDS, WAIT, FAULT_RELAY},
    {ANY_STAGE, 5, NULL, "messages on the server", BY_CODE, FAULT_RECIPIENT},
    {STAGE_DOT, 5, ".2.0", "submission|quota|limit", STOP, FAULT_RELAY},
    {ANY_STAGE, ANY_CODE, NULL, SENDING_WORDS, STOP, FAULT_RELAY},
    {ANY_STAGE, ANY_CODE, NULL, "too many recipients|trop de destinataires", WAIT, FAULT_RELAY},
    {ANY_STAGE, ANY_CODE, ".3.4", NULL, BY_CODE, FAULT_SENDER},
    {STAGE_RCPT, ANY_CODE, ".1.1", NULL, BY_CODE, FAULT_ADDRESS},
    {ANY_STAGE, ANY_CODE, ".3.1", NULL, WAIT, FAULT_RELAY}, /* the relay's own disk */
    {ANY_STAGE, ANY_CODE, NULL, "insufficient system|system full", WAIT, FAULT_RELAY},
    {STAGE_RCPT, 452, NULL, "insufficient storage", WAIT, FAULT_RELAY},
    {STAGE_RCPT, ANY_CODE, NULL, FULL_WORDS, BY_CODE, FAULT_RECIPIENT},
    {STAGE_DOT, ANY_CODE, NULL, FULL_WORDS, BY_CODE, FAULT_RECIPIENT},
    {ANY_STAGE, ANY_CODE, NULL, SIZE_WORDS, BY_CODE, FAULT_SENDER},
    {STAGE_RCPT, 552, NULL, "quota", BY_CODE, FAULT_RECIPIENT},
    {STAGE_DOT, 552, NULL, "quota", BY_CODE, FAULT_RECIPIENT},
    {ANY_STAGE, ANY_CODE, NULL, QUOTA_WORDS, STOP, FAULT_RELAY},

    /* The recipient decided so. Before "not authenticated", which lists for members say as well. */
    {ANY_STAGE, ANY_CODE, ".7.12", NULL, BY_CODE, FAULT_RECIPIENT},
    {ANY_STAGE, ANY_CODE, ".7.124", NULL, BY_CODE, FAULT_RECIPIENT},
    {ANY_STAGE, ANY_CODE, ".7.133", NULL, BY_CODE, FAULT_RECIPIENT},
    {ANY_STAGE, ANY_CODE, ".7.134", NULL, BY_CODE, FAULT_RECIPIENT},
    {ANY_STAGE, ANY_CODE, NULL, THEIR_RULES_WORDS, BY_CODE, FAULT_RECIPIENT},

    /* We are not allowed to: the same answer awaits every message. */
    {STAGE_RCPT, 5, NULL, RELAYING_WORDS, STOP, FAULT_RELAY},
    {ANY_STAGE, 5, NULL, LOGIN_WORDS, LOGIN, FAULT_RELAY},
    {ANY_STAGE, 5, ".7.60", NULL, STOP, FAULT_SENDER}, /* Exchange: send-as denied */
    {STAGE_RCPT, 5, NULL, FOREIGN_SENDER_WORDS, STOP, FAULT_SENDER},
    {STAGE_DOT, 5, NULL, FOREIGN_SENDER_WORDS, STOP, FAULT_SENDER},
    {ANY_STAGE, 5, ".7.501", NULL, STOP, FAULT_SENDER}, /* Exchange: banned for spam */
    {ANY_STAGE, 5, ".7.502", NULL, STOP, FAULT_SENDER},
    {ANY_STAGE, 5, ".7.503", NULL, STOP, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".1.7", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".1.8", NULL, BY_CODE, FAULT_SENDER}, /* our domain; outbound spam */

    /* Who we are: SPF, PTR, DKIM, DMARC and their kin. */
    {ANY_STAGE, ANY_CODE, ".7.20", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.21", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.22", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.23", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.24", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.25", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.26", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.27", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.29", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.30", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.32", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.40", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.506", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.509", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.511", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".7.515", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, NULL, REPUTATION_WORDS, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, NULL, SENDER_WORDS, BY_CODE, FAULT_SENDER},

    /* Nobody there, whatever the enhanced code makes of it. */
    {STAGE_RCPT, ANY_CODE, NULL, UNKNOWN_WORDS, BY_CODE, FAULT_ADDRESS},
    {STAGE_DOT, 5, NULL, UNKNOWN_WORDS, BY_CODE, FAULT_ADDRESS},
    {STAGE_RCPT, 5, ".7.13", NULL, BY_CODE, FAULT_ADDRESS}, /* account disabled */
    {STAGE_RCPT, 5, ".7.17", NULL, BY_CODE, FAULT_ADDRESS}, /* mailbox has a new owner */
    {ANY_STAGE, 5, NULL, CONTENT_WORDS, BY_CODE, FAULT_SENDER},

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
    {ANY_STAGE, ANY_CODE, ".5.3", NULL, WAIT, FAULT_RELAY}, /* too many recipients */
    {ANY_STAGE, ANY_CODE, ".5.", NULL, BY_CODE, FAULT_SENDER},
    {ANY_STAGE, ANY_CODE, ".6.", NULL, BY_CODE, FAULT_SENDER},
    {STAGE_RCPT, 4, ".7.500", NULL, BY_CODE, FAULT_RELAY},
    {STAGE_RCPT, ANY_CODE, ".7.", NULL, POLICY, FAULT_RECIPIENT},
    {ANY_STAGE, ANY_CODE, ".7.", NULL, BY_CODE, FAULT_SENDER},

    /* No enhanced code that says anything: by stage and basic code (RFC 5321 4.2). */
    {STAGE_MAIL, 4, NULL, NULL, BY_CODE, FAULT_RELAY},
    {STAGE_MAIL, 5, NULL, NULL, BY_CODE, FAULT_SENDER},
    {STAGE_RCPT, 452, NULL, NULL, BY_CODE, FAULT_RELAY},
    {STAGE_RCPT, 4, NULL, NULL, BY_CODE, FAULT_RECIPIENT},
    {STAGE_RCPT, 550, NULL, POLICY_WORDS, POLICY, FAULT_RECIPIENT},
    {STAGE_RCPT, 500, NULL, NULL, BY_CODE, FAULT_SENDER}, /* the dialogue itself went wrong */
    {STAGE_RCPT, 502, NULL, NULL, BY_CODE, FAULT_SENDER},
    {STAGE_RCPT, 503, NULL, NULL, BY_CODE, FAULT_SENDER},
    {STAGE_RCPT, 504, NULL, NULL, BY_CODE, FAULT_SENDER},
    {STAGE_RCPT, 555, NULL, NULL, BY_CODE, FAULT_SENDER},
    {STAGE_RCPT, 501, NULL, NULL, BY_CODE, FAULT_ADDRESS},
    {STAGE_RCPT, 521, NULL, NULL, BY_CODE, FAULT_ADDRESS},
    {STAGE_RCPT, 550, NULL, NULL, BY_CODE, FAULT_ADDRESS},
    {STAGE_RCPT, 551, NULL, NULL, BY_CODE, FAULT_ADDRESS},
    {STAGE_RCPT, 553, NULL, NULL, BY_CODE, FAULT_ADDRESS},
    {STAGE_RCPT, 556, NULL, NULL, BY_CODE, FAULT_ADDRESS}, /* takes no mail at all (RFC 7504) */
    {STAGE_RCPT, 5, NULL, NULL, BY_CODE, FAULT_RECIPIENT},
    {ANY_STAGE, 4, NULL, NULL, BY_CODE, FAULT_RELAY},
    {ANY_STAGE, 5, NULL, NULL, BY_CODE, FAULT_SENDER},
};

const size_t verdict_rule_count = sizeof verdict_rules / sizeof *verdict_rules;
