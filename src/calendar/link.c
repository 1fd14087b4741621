/* SPDX-License-Identifier: MIT */
#include "calendar/link.h"

#include <string.h>

enum { ADDRESS_BYTES_MAX = 4096 };

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
        while (size < rest.size && size < ADDRESS_BYTES_MAX && is_address_char(rest.data[size]))
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

bool link_is_meeting(struct text address)
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
    struct text host = text_slice(rest, 0, end);
    struct text path = text_from(rest, end);
    if (text_starts(path, ":"))
        path = text_from(path, text_find_char(path, '/'));
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        size_t want = strlen(services[i].host);
        if (text_ends_nocase(host, services[i].host) &&
            (host.size == want || host.data[host.size - want - 1] == '.') &&
            text_starts_nocase(path, services[i].path) && path.size > 1)
            return true;
    }
    /* Servers of one's own: jitsi.example.org/room, bbb.example.org/b/…, …/bigbluebutton/… */
    bool is_jitsi = text_starts_nocase(host, "jitsi.") || text_starts_nocase(host, "meet.jitsi.");
    bool is_bbb = text_starts_nocase(host, "bbb.") || text_starts_nocase(host, "bigbluebutton.") ||
                  text_starts_nocase(path, "/bigbluebutton/");
    return (is_jitsi || is_bbb) && path.size > 1;
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
