/* SPDX-License-Identifier: MIT */
#include "app/settings_value.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/file.h"
#include "base/unicode.h"
#include "model/settings.h"

enum { LOCAL_PART_MAX = 64, DOMAIN_MAX = 253, LABEL_MAX = 63, SHOWN_MAX = 80 };
enum { ZONE_TAB_BYTES_MAX = 256 * 1024, ZONES_MAX = 1024 };

static const struct settings_problem no_problem;

#define SLOT(key, base, type)  ((type *)((char *)(base) + (key)->offset))
#define EXTRA(key, base, type) ((type *)((char *)(base) + (key)->extra_offset))

__attribute__((format(printf, 3, 4))) static struct settings_problem problem(
    struct settings_scope *scope, const char *advice, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = arena_vprintf(scope->arena, format, arguments);
    va_end(arguments);
    if (!text)
        scope->is_out_of_memory = true;
    return (struct settings_problem){text, advice};
}

static struct settings_problem not_a(struct settings_scope *scope, const struct setting_key *key,
                                     const char *string)
{
    return problem(scope, NULL, "%s: \"%.*s\" is not %s", key->name, SHOWN_MAX, string,
                   setting_type_to_text(key->type));
}

static const char *keep(struct settings_scope *scope, const char *string)
{
    const char *copy = unicode_nfc(scope->arena, text_of(string));
    if (!copy)
        scope->is_out_of_memory = true;
    return copy;
}

/* RFC 5321 4.1.2: dot-string or quoted-string in ASCII. */
static bool is_local_part(struct text local)
{
    if (local.size == 0 || local.size > LOCAL_PART_MAX)
        return false;
    bool was_dot = true;
    for (size_t i = 0; i < local.size; i++) {
        char c = local.data[i];
        bool is_atom =
            char_is_alpha(c) || char_is_digit(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
        if (!is_atom && (c != '.' || was_dot))
            return false;
        was_dot = c == '.';
    }
    return !was_dot;
}

static bool is_domain(struct text domain)
{
    if (domain.size == 0 || domain.size > DOMAIN_MAX)
        return false;
    while (domain.data) {
        struct text label = text_split(&domain, '.');
        if (label.size == 0 || label.size > LABEL_MAX || label.data[0] == '-' ||
            label.data[label.size - 1] == '-')
            return false;
        for (size_t i = 0; i < label.size; i++)
            if (!char_is_alpha(label.data[i]) && !char_is_digit(label.data[i]) &&
                label.data[i] != '-')
                return false;
    }
    return true;
}

static struct settings_problem check_address(struct settings_scope *scope, const char *string)
{
    struct text text = text_of(string);
    size_t at = text.size;
    while (at > 0 && text.data[at - 1] != '@')
        at--;
    if (text_find_char(text, '<') < text.size)
        return problem(scope, "write the bare address; a name has its own key",
                       "\"%.*s\" is not a bare address", SHOWN_MAX, string);
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] >= 0x80)
            return problem(scope, "write the domain in its ASCII form (xn--…)",
                           "\"%.*s\" holds characters outside ASCII", SHOWN_MAX, string);
    if (at == 0 || !is_local_part(text_slice(text, 0, at - 1)) || !is_domain(text_from(text, at)))
        return problem(scope, NULL, "\"%.*s\" is not an e-mail address", SHOWN_MAX, string);
    return no_problem;
}

/* The domain in lower case, the local part as written. */
static struct settings_problem set_address(struct settings_scope *scope,
                                           const struct setting_key *key, const char *string,
                                           void *base)
{
    struct settings_problem flaw = check_address(scope, string);
    if (flaw.text)
        return problem(scope, flaw.advice, "%s: %s", key->name, flaw.text);
    char *copy = arena_copy_string(scope->arena, string);
    if (!copy) {
        scope->is_out_of_memory = true;
        return no_problem;
    }
    for (char *c = strrchr(copy, '@'); *c; c++)
        *c = char_lower(*c);
    *SLOT(key, base, const char *) = copy;
    return no_problem;
}

static const char *absolute(struct settings_scope *scope, const char *path)
{
    const char *result = *path == '/' ? arena_copy_string(scope->arena, path)
                                      : arena_printf(scope->arena, "%s/%s", scope->folder, path);
    if (!result)
        scope->is_out_of_memory = true;
    return result;
}

static struct settings_problem set_path(struct settings_scope *scope, const struct setting_key *key,
                                        const char *string, void *base)
{
    if (text_find(text_of(string), TEXT("://")) < strlen(string))
        return problem(scope, "download it and name the file",
                       "%s: \"%.*s\" is an address, not a path", key->name, SHOWN_MAX, string);
    *SLOT(key, base, const char *) = absolute(scope, string);
    return no_problem;
}

/* What stands between scheme:// and the next slash. */
static struct text authority(struct text url)
{
    size_t scheme = text_find(url, TEXT("://"));
    struct text rest = scheme < url.size ? text_from(url, scheme + 3) : url;
    return text_slice(rest, 0, text_find_char(rest, '/'));
}

bool settings_value_has_login(struct text url)
{
    struct text place = authority(url);
    return text_find_char(place, '@') < place.size;
}

struct text settings_value_host(struct text url)
{
    struct text rest = authority(url);
    size_t at = text_find_char(rest, '@');
    if (at < rest.size)
        rest = text_from(rest, at + 1);
    if (rest.size && rest.data[0] == '[') {
        rest = text_from(rest, 1);
        return text_slice(rest, 0, text_find_char(rest, ']'));
    }
    return text_slice(rest, 0, text_find_char(rest, ':'));
}

bool settings_value_is_loopback(struct text host)
{
    char name[64];
    struct in_addr four;
    struct in6_addr six;
    if (text_is_nocase(host, "localhost"))
        return true;
    if (host.size >= sizeof name)
        return false;
    memcpy(name, host.data, host.size);
    name[host.size] = '\0';
    if (inet_pton(AF_INET, name, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, name, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

static struct settings_problem set_source(struct settings_scope *scope,
                                          const struct setting_key *key, const char *string,
                                          void *base)
{
    static const char *const schemes[] = {"https://", "webcal://", "webcals://", "http://"};
    struct text text = text_of(string);
    if (text_starts_nocase(text, "file:///"))
        return set_source(scope, key, string + strlen("file://"), base);
    if (text_find(text, TEXT("://")) == text.size) {
        *SLOT(key, base, const char *) = absolute(scope, string);
        return no_problem;
    }
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (!text_starts_nocase(text, schemes[i]))
            continue;
        struct text host = settings_value_host(text);
        if (host.size == 0)
            return problem(scope, NULL, "%s: \"%.*s\" names no host", key->name, SHOWN_MAX, string);
        *SLOT(key, base, const char *) = keep(scope, string);
        *EXTRA(key, base, bool) = true;
        return no_problem;
    }
    return problem(scope, "give a path, an https:// or a webcal:// address",
                   "%s: \"%.*s\" has a scheme that is not known", key->name, SHOWN_MAX, string);
}

/* Never shows the text: it may be the password itself. */
static struct settings_problem set_secret(struct settings_scope *scope,
                                          const struct setting_key *key, const char *string,
                                          void *base)
{
    struct secret *secret = SLOT(key, base, struct secret);
    struct text text = text_of(string);
    if (text_starts(text, "file:") && text.size > strlen("file:")) {
        secret->kind = SECRET_FILE;
        secret->name = absolute(scope, string + strlen("file:"));
        return no_problem;
    }
    if (text_starts(text, "credential:") && text.size > strlen("credential:") &&
        text_find_char(text, '/') == text.size) {
        secret->kind = SECRET_CREDENTIAL;
        secret->name = keep(scope, string + strlen("credential:"));
        return no_problem;
    }
    return problem(
        scope,
        "put the secret into a file of mode 0600 and write \"file:PATH\", or use systemd's "
        "LoadCredential= and write \"credential:NAME\"",
        "%s: neither \"credential:NAME\" nor \"file:PATH\"", key->name);
}

static struct settings_problem set_word(struct settings_scope *scope, const struct setting_key *key,
                                        const char *string, void *base)
{
    const char *names[8];
    size_t count = 0;
    for (const struct setting_word *word = key->words; word->text; word++) {
        names[count++] = word->text;
        if (!string_equal(word->text, string))
            continue;
        if (key->type == SETTING_FLAG)
            *SLOT(key, base, bool) = word->value != 0;
        else
            *SLOT(key, base, int) = word->value; /* enums are ints here */
        return no_problem;
    }
    const char *list = "", *nearest = text_nearest(text_of(string), names, count);
    for (size_t i = 0; i < count && list; i++)
        list = arena_printf(scope->arena, "%s%s\"%s\"", list, i ? ", " : "", names[i]);
    const char *advice =
        list ? arena_printf(scope->arena, nearest ? "did you mean \"%s\"?" : "one of %s",
                            nearest ? nearest : list)
             : NULL;
    if (!advice)
        scope->is_out_of_memory = true;
    return problem(scope, advice, "%s: \"%.*s\" is not one of %s", key->name, SHOWN_MAX, string,
                   list ? list : "its words");
}

static bool parse_quiet(struct text text, struct quiet_settings *ret)
{
    struct quiet_settings quiet = {0};
    while (text.data && text_trim(text).size) {
        struct text part = text_trim(text_split(&text, ','));
        struct text rest = part;
        struct text from = text_trim(text_split(&rest, '-'));
        if (text_is(part, "weekends"))
            quiet.weekends = true;
        else if (text_is(part, "holidays"))
            quiet.holidays = true;
        else if (quiet.from_minute != quiet.until_minute ||
                 !clock_parse(from, &quiet.from_minute) || !rest.data ||
                 !clock_parse(text_trim(rest), &quiet.until_minute))
            return false;
    }
    *ret = quiet;
    return true;
}

/* "1 per 3 days", "2 per week". */
static bool parse_rate(struct text text, int *ret_count, struct span *ret_span)
{
    int64_t count;
    size_t per = text_find(text, TEXT(" per "));
    if (!text_number(text_trim(text_slice(text, 0, per)), 1, 1000, &count))
        return false;
    struct text span = text_trim(text_from(text, per + strlen(" per ")));
    char with_one[64] = "1 ";
    if (span.size + 3 > sizeof with_one || span.size == 0)
        return false;
    memcpy(with_one + 2, span.data, span.size);
    if (!span_parse(span, ret_span) && !span_parse(text_of(with_one), ret_span))
        return false;
    *ret_count = (int)count;
    return !span_is_zero(*ret_span);
}

static bool is_name(struct text text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (!char_is_alpha(c) && !char_is_digit(c) && c != '-' && c != '_' && (c != '.' || i == 0))
            return false;
    }
    return text.size > 0;
}

static bool is_colour(struct text text)
{
    if ((text.size != 7 && text.size != 4) || text.data[0] != '#')
        return false;
    for (size_t i = 1; i < text.size; i++) {
        char c = char_lower(text.data[i]);
        if (!char_is_digit(c) && (c < 'a' || c > 'f'))
            return false;
    }
    return true;
}

static bool set_country(struct settings_scope *scope, const struct setting_key *key,
                        struct text text, void *base)
{
    if (text.size != 2 || !char_is_alpha(text.data[0]) || !char_is_alpha(text.data[1]))
        return false;
    char *copy = arena_copy_text(scope->arena, text);
    if (!copy)
        scope->is_out_of_memory = true;
    for (char *c = copy; c && *c; c++)
        *c = (char)(*c >= 'a' ? *c - 32 : *c);
    *SLOT(key, base, const char *) = copy;
    return true;
}

static bool set_flagged(const struct setting_key *key, void *base, bool is_good)
{
    if (is_good && key->extra_offset)
        *EXTRA(key, base, bool) = true;
    return is_good;
}

/* Types whose only complaint is "not a …". */
static bool set_simple(struct settings_scope *scope, const struct setting_key *key,
                       struct text text, void *base)
{
    struct span span;
    int64_t number;
    const struct zone *zone;
    switch (key->type) {
    case SETTING_BOOL:
        *SLOT(key, base, bool) = text_is(text, "true");
        return true;
    case SETTING_COUNT:
        if (!text_number(text, key->min, key->max, &number))
            return false;
        *SLOT(key, base, int) = (int)number;
        return true;
    case SETTING_DURATION:
        if (!span_parse(text, &span))
            return false;
        *SLOT(key, base, int64_t) = span_rough_usec(span);
        return true;
    case SETTING_SPAN:
        return set_flagged(key, base, span_parse(text, SLOT(key, base, struct span)));
    case SETTING_CLOCK:
        return clock_parse(text, SLOT(key, base, int));
    case SETTING_DATE:
        return set_flagged(key, base, civil_date_parse(text, SLOT(key, base, struct civil_date)));
    case SETTING_LANGUAGE:
        return set_flagged(key, base, language_from_text(text, SLOT(key, base, enum language)));
    case SETTING_ZONE:
        zone = zones_find(scope->zones, text);
        if (zone)
            *SLOT(key, base, const struct zone *) = zone;
        return zone != NULL;
    case SETTING_QUIET:
        return parse_quiet(text, SLOT(key, base, struct quiet_settings));
    case SETTING_RATE:
        return parse_rate(text, SLOT(key, base, int), EXTRA(key, base, struct span));
    case SETTING_COUNTRY:
        return set_country(scope, key, text, base);
    default:
        break;
    }
    if (key->type == SETTING_DELIMITER && text_is(text, "tab"))
        text = TEXT("\t");
    bool is_good = key->type == SETTING_NAME        ? is_name(text)
                   : key->type == SETTING_DELIMITER ? text.size == 1
                   : key->type == SETTING_COLOUR    ? is_colour(text)
                   : key->type == SETTING_WEB
                       ? text_starts_nocase(text, "https://") || text_starts_nocase(text, "http://")
                       : true;
    if (is_good)
        *SLOT(key, base, const char *) = key->type == SETTING_DELIMITER
                                             ? arena_copy_text(scope->arena, text)
                                             : keep(scope, text.data);
    return is_good;
}

static bool is_allowed_control(const struct setting_key *key, char c)
{
    return (c == '\n' && key->type == SETTING_LINES) ||
           (c == '\t' && key->type == SETTING_DELIMITER);
}

static struct settings_problem check_characters(struct settings_scope *scope,
                                                const struct setting_key *key, const char *string)
{
    if (!text_is_utf8(text_of(string)))
        return problem(scope, "save the file as UTF-8", "%s: the text is not UTF-8", key->name);
    for (const char *c = string; *c; c++)
        if (((unsigned char)*c < 0x20 && !is_allowed_control(key, *c)) || *c == 0x7F)
            return problem(scope, "write it as one line",
                           "%s: holds a line break or control character", key->name);
    return no_problem;
}

bool settings_value_is_empty(const struct setting_key *key, const char *string)
{
    bool may_be_blank = key->type == SETTING_QUIET || key->type == SETTING_DELIMITER;
    return !may_be_blank && text_trim(text_of(string)).size == 0;
}

/* The zone that was probably meant, from the list that comes with the zone files. */
static const char *nearest_zone(struct settings_scope *scope, struct text name)
{
    CLEANUP_BUF struct buf buf = BUF_INIT(ZONE_TAB_BYTES_MAX);
    const char *names[ZONES_MAX];
    size_t count = 0;
    if (file_read("/usr/share/zoneinfo/zone.tab", &buf)) /* no list, no advice */
        return NULL;
    for (struct text rest = buf_text(&buf); rest.data && count < ZONES_MAX;) {
        struct text line = text_next_line(&rest);
        if (line.size == 0 || line.data[0] == '#')
            continue;
        (void)text_split(&line, '\t'); /* country */
        (void)text_split(&line, '\t'); /* coordinates */
        const char *zone = arena_copy_text(scope->arena, text_split(&line, '\t'));
        if (zone)
            names[count++] = zone;
    }
    const char *nearest = text_nearest(name, names, count);
    return nearest ? arena_printf(scope->arena, "did you mean \"%s\"?", nearest) : NULL;
}

struct settings_problem settings_value_set(struct settings_scope *scope,
                                           const struct setting_key *key, const char *string,
                                           void *base)
{
    struct settings_problem flaw = check_characters(scope, key, string);
    if (flaw.text)
        return flaw;
    if (settings_value_is_empty(key, string))
        return problem(scope, NULL, "%s: is empty", key->name);
    switch (key->type) {
    case SETTING_ADDRESS:
        return set_address(scope, key, string, base);
    case SETTING_PATH:
        return set_path(scope, key, string, base);
    case SETTING_SOURCE:
        return set_source(scope, key, string, base);
    case SETTING_SECRET:
        return set_secret(scope, key, string, base);
    case SETTING_WORD:
    case SETTING_FLAG:
        return set_word(scope, key, string, base);
    default:
        if (set_simple(scope, key, text_of(string), base))
            return no_problem;
        flaw = not_a(scope, key, string);
        if (key->type == SETTING_ZONE)
            flaw.advice = nearest_zone(scope, text_of(string));
        return flaw;
    }
}
