/* SPDX-License-Identifier: MIT */
#include "calendar/link.h"

#include <string.h>

/* Hosts end in `host` at a dot; the path begins with `path`. What French and Japanese authorities
 * meet on, the State's own services included.                                                    */
static const struct {
    const char *host, *path;
} services[] = {
    {"meet.google.com", "/"},
    {"teams.microsoft.com", "/l/meetup-join"},
    {"teams.microsoft.com", "/meet/"},
    {"teams.live.com", "/meet"},
    {"zoom.us", "/j/"},
    {"zoom.us", "/w/"},
    {"zoom.us", "/s/"},
    {"zoom.us", "/my/"},
    {"zoomgov.com", "/j/"},
    {"webex.com", "/"},
    {"meet.jit.si", "/"},
    {"8x8.vc", "/"},
    {"framatalk.org", "/"},
    {"visio.numerique.gouv.fr", "/"},
    {"webconf.numerique.gouv.fr", "/"},
    {"webinaire.numerique.gouv.fr", "/"},
    {"rendez-vous.renater.fr", "/"},
    {"whereby.com", "/"},
    {"meet.goto.com", "/"},
    {"gotomeet.me", "/"},
    {"gotomeeting.com", "/join"},
    {"join.skype.com", "/"},
    {"meet.lync.com", "/"},
    {"bluejeans.com", "/"},
    {"livestorm.co", "/"},
    {"kmeet.infomaniak.com", "/"},
    {"tixeo.com", "/"},
};

static bool is_address_char(char c)
{
    return (unsigned char)c > 0x20 && (unsigned char)c < 0x7f && !strchr("<>\"'`{}|\\^", c);
}

bool link_is_web(struct text text)
{
    size_t scheme = text_starts_nocase(text, "https://")  ? 8
                    : text_starts_nocase(text, "http://") ? 7
                                                          : 0;
    if (scheme == 0 || text.size == scheme)
        return false;
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] <= 0x20 || text.data[i] == 0x7f || text.data[i] == '"' ||
            text.data[i] == '<' || text.data[i] == '>')
            return false;
    return text.data[scheme] != '/' && text.data[scheme] != '.';
}

/* Takes off what belongs to the sentence: points, commas, a bracket that was not opened inside. */
static struct text trim_sentence(struct text address)
{
    while (address.size > 0) {
        char last = address.data[address.size - 1];
        bool is_outside = strchr(".,;:!?*_~", last) != NULL;
        if (last == ')' || last == ']') {
            char open = last == ')' ? '(' : '[';
            int depth = 0;
            for (size_t i = 0; i < address.size; i++)
                depth += (address.data[i] == open) - (address.data[i] == last);
            is_outside = depth < 0;
        }
        if (!is_outside)
            break;
        address.size--;
    }
    return address;
}

/* The next address at or after *at, which moves behind it. */
static struct text next_address(struct text text, size_t *at)
{
    while (*at < text.size) {
        struct text rest = text_from(text, *at);
        size_t h = 0;
        while (h < rest.size && (rest.data[h] | 32) != 'h')
            h++;
        rest = text_from(rest, h);
        *at += h;
        if (!text_starts_nocase(rest, "http://") && !text_starts_nocase(rest, "https://")) {
            *at += rest.size > 0;
            continue;
        }
        size_t size = 0;
        while (size < rest.size && size < LINK_BYTES_MAX && is_address_char(rest.data[size]))
            size++;
        *at += size;
        struct text address = trim_sentence(text_slice(rest, 0, size));
        if (link_is_web(address))
            return address;
    }
    return (struct text){0};
}

struct text link_find(struct text text)
{
    size_t at = 0;
    return next_address(text, &at);
}

/* Cuts "https://HOST[:PORT]PATH"; false for other schemes. */
static bool cut(struct text address, struct text *ret_host, struct text *ret_path)
{
    size_t scheme = text_starts_nocase(address, "https://")  ? 8
                    : text_starts_nocase(address, "http://") ? 7
                                                             : 0;
    if (scheme == 0)
        return false;
    struct text rest = text_from(address, scheme);
    size_t end = 0;
    while (end < rest.size && !strchr("/?#:", rest.data[end]))
        end++;
    *ret_host = text_slice(rest, 0, end);
    *ret_path = text_from(rest, end);
    if (text_starts(*ret_path, ":"))
        *ret_path = text_from(*ret_path, text_find_char(*ret_path, '/'));
    return true;
}

/* Percent-encoded text up to the next parameter; `plain` has room for all of it. */
static struct text decode(struct text raw, char *plain)
{
    size_t size = 0;
    for (size_t i = 0; i < raw.size && raw.data[i] != '&'; i++) {
        int high = -1, low = -1;
        if (raw.data[i] == '%' && i + 2 < raw.size) {
            high = char_hex(raw.data[i + 1]);
            low = char_hex(raw.data[i + 2]);
        }
        plain[size++] = high >= 0 && low >= 0 ? (char)(high * 16 + low) : raw.data[i];
        i += high >= 0 && low >= 0 ? 2 : 0;
    }
    return (struct text){plain, size};
}

struct text link_unescape(struct text address, char buffer[LINK_BYTES_MAX])
{
    const struct text escaped = TEXT("&amp;");
    size_t size = 0;
    if (address.size > LINK_BYTES_MAX || text_find(address, escaped) == address.size)
        return address;
    for (size_t i = 0; i < address.size; i++) {
        buffer[size++] = address.data[i];
        if (text_starts(text_from(address, i), escaped.data))
            i += escaped.size - 1;
    }
    return (struct text){buffer, size};
}

struct text link_unwrap(struct text raw, char buffer[LINK_BYTES_MAX])
{
    char plain[LINK_BYTES_MAX];
    struct text host, path, address = link_unescape(raw, plain);
    if (address.size > LINK_BYTES_MAX || !cut(address, &host, &path) ||
        !text_ends_nocase(host, ".safelinks.protection.outlook.com"))
        return link_unescape(raw, buffer);
    size_t mark = text_find(path, TEXT("?url="));
    if (mark == path.size)
        mark = text_find(path, TEXT("&url="));
    struct text inner = decode(text_from(path, mark + 5), buffer);
    return link_is_web(inner) ? inner : link_unescape(raw, buffer);
}

/* Servers of one's own: jitsi.example.org/room, bbb.example.org/b/…, BigBlueButton's front end
 * (/rooms/…/join), a conversation of Nextcloud Talk (/call/TOKEN).                               */
static bool is_own_server(struct text host, struct text path)
{
    bool is_jitsi = text_starts_nocase(host, "jitsi.") || text_starts_nocase(host, "meet.jitsi.");
    bool is_bbb = text_starts_nocase(host, "bbb.") || text_starts_nocase(host, "bigbluebutton.") ||
                  text_starts_nocase(path, "/bigbluebutton/") ||
                  (text_starts(path, "/rooms/") && text_ends_nocase(path, "/join"));
    struct text talk = text_starts(path, "/index.php") ? text_from(path, 10) : path;
    struct text token = text_starts(talk, "/call/") ? text_from(talk, 6) : (struct text){0};
    size_t size = 0;
    while (size < token.size && (char_is_digit(token.data[size]) ||
                                 (token.data[size] >= 'a' && token.data[size] <= 'z')))
        size++;
    bool is_talk =
        size >= 8 && size <= 32 && (size == token.size || strchr("?#/", token.data[size]));
    return ((is_jitsi || is_bbb) && path.size > 1) || is_talk;
}

bool link_is_meeting(struct text address)
{
    char buffer[LINK_BYTES_MAX];
    struct text host, path;
    if (!cut(link_unwrap(address, buffer), &host, &path))
        return false;
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        size_t want = strlen(services[i].host);
        if (text_ends_nocase(host, services[i].host) &&
            (host.size == want || host.data[host.size - want - 1] == '.') &&
            text_starts_nocase(path, services[i].path) && path.size > 1)
            return true;
    }
    return is_own_server(host, path);
}

struct text link_find_meeting(struct text text)
{
    for (size_t at = 0; at < text.size;) {
        struct text address = next_address(text, &at);
        if (address.size > 0 && link_is_meeting(address))
            return address;
    }
    return (struct text){0};
}
