/* SPDX-License-Identifier: MIT */
/* What people read of an event: texts, HTML, house marks, language blocks, links. */
#include "calendar/blocks.h"
#include "calendar/html.h"
#include "calendar/link.h"
#include "calendar/marks_reader.h"
#include "calendar/prose.h"
#include "calendars.h"

TEST(prose)
{
    static const struct {
        const char *raw, *one_line, *lines;
    } rows[] = {
        {"plain", "plain", "plain"},
        {"a\\, b\\; c\\\\ d", "a, b; c\\ d", "a, b; c\\ d"},
        {"a\\nb\\Nc", "a b c", "a\nb\nc"},
        {"  a \\n\\n\\n\\n b  ", "a b", "a\n\n b"},
        {"C:\\Users", "C:\\Users", "C:\\Users"},
        {"end\\", "end\\", "end\\"},
        {"a\x01\x7f\xc2\x85"
         "b",
         "ab", "ab"},
        {"a\tb", "a b", "a b"},
        {"\\n", "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf plain = BUF_INIT(1000), one = BUF_INIT(1000), lines = BUF_INIT(1000);
        CHECK_ROW(rows[i].raw);
        prose_unescape(text_of(rows[i].raw), &plain);
        prose_clean(buf_text(&plain), false, &one);
        prose_clean(buf_text(&plain), true, &lines);
        CHECK_STRING(one.data ? one.data : "", rows[i].one_line);
        CHECK_STRING(lines.data ? lines.data : "", rows[i].lines);
        buf_done(&plain);
        buf_done(&one);
        buf_done(&lines);
    }
}

TEST(html)
{
    static const struct {
        const char *html, *want;
    } rows[] = {
        {"a < b and c > d", NULL},
        {"<contact@example.org>", NULL},
        {"voir <https://example.org/x>", NULL},
        {"x <3 y", NULL},
        {"<b>Bonjour</b> &agrave; tous", "Bonjour à tous"},
        {"a<br>b<br/>c", "a\nb\nc"},
        {"<p>a</p><p>b</p>", "a\n\nb"},
        {"<ul><li>un</li><li>deux</li></ul>fin", "- un\n- deux\nfin"},
        {"<a href=\"https://x.org/a?b&amp;c\">ici</a>.", "ici (https://x.org/a?b&c)."},
        {"<a href='https://x.org/'>https://x.org/</a>", "https://x.org/"},
        {"<a href=\"javascript:alert(1)\">ici</a>", "ici"},
        {"<style>p{}</style><script>x<y</script><p>a", "a"},
        {"<!-- c --><b>a</b>", "a"},
        {"un\ndeux <b>trois</b>", "un\ndeux trois"},
        {"un\ndeux<br>trois", "un deux\ntrois"},
        {"<b>&#233;&#xE9;&euro;&bogus;&amp;lt;</b>", "éé€&bogus;&lt;"},
        {"<b>a</b>&nbsp;&nbsp;b", "a  b"},
        {"a<br>Ouvrir<https://a.example/x?a=1&b=2> b<mailto:c@d.fr> <e@f.fr> <pièce jointe>",
         "a\nOuvrir<https://a.example/x?a=1&b=2> b<mailto:c@d.fr> <e@f.fr> <pièce jointe>"},
        {"a<br>b<tel:+33123> <o:p></o:p><hr/>c", "a\nb<tel:+33123>\nc"},
        {"<td>a</td><td>b</td><p>", "a b"},
        {"<b>unfinished <a href=", "unfinished <a href="},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].html);
        CHECK_INT(html_is_in(text_of(rows[i].html)), rows[i].want != NULL);
        if (!rows[i].want)
            continue;
        struct buf text = BUF_INIT(1000), clean = BUF_INIT(1000);
        html_to_text(text_of(rows[i].html), &text);
        prose_clean(buf_text(&text), true, &clean);
        CHECK_STRING(clean.data ? clean.data : "", rows[i].want);
        buf_done(&text);
        buf_done(&clean);
    }
}

TEST(marks)
{
    static const struct {
        const char *text, *rest, *audience;
        bool is_silent, is_urgent, is_postponed;
    } rows[] = {
        {"Réunion", "Réunion", "", false, false, false},
        {"Réunion #urgent", "Réunion", "", false, true, false},
        {"#URGENT Réunion", "Réunion", "", false, true, false},
        {"Réunion #urgent demain", "Réunion demain", "", false, true, false},
        {"#silencieux #urgent x", "x", "", true, true, false},
        {"x #silent", "x", "", true, false, false},
        {"x #Reporté", "x", "", false, false, true},
        {"x #reporte\xcc\x81", "x", "", false, false, true},
        {"x #REPORTÉE", "x", "", false, false, true},
        {"x #postponed.", "x .", "", false, false, true},
        {"会議 ＃urgent", "会議", "", false, true, false},
        {"会議＃ｕｒｇｅｎｔ", "会議", "", false, true, false},
        {"x #audience: japon & elus", "x", "japon & elus", false, false, false},
        {"x #Audience : japon", "x", "japon", false, false, false},
        {"x #audience\xc2\xa0: japon - presse #urgent", "x", "japon - presse", false, true, false},
        {"x #audience：japon", "x", "japon", false, false, false},
        {"#audience: a\n#audience: b\ntexte", "texte", "a", false, false, false},
        {"x #audience", "x #audience", "", false, false, false},
        {"x #urgents #urgence", "x #urgents #urgence", "", false, false, false},
        {"page#urgent", "page#urgent", "", false, false, false},
        {"n° #1 et #2", "n° #1 et #2", "", false, false, false},
        {"a\n\n#urgent\nb\n", "a\n\nb", "", false, true, false},
        {"1\n2\n3\n4\n5\n#urgent", "1\n2\n3\n4\n5\n#urgent", "", false, false, false},
        {"[fr] #urgent Bonjour", "[fr] Bonjour", "", false, true, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct found_marks marks = {.audience = BUF_INIT(1000)};
        struct buf rest = BUF_INIT(1000);
        CHECK_ROW(rows[i].text);
        marks_reader_take(text_of(rows[i].text), 5, &marks, &rest);
        CHECK_STRING(rest.data ? rest.data : "", rows[i].rest);
        CHECK_STRING(marks.audience.data ? marks.audience.data : "", rows[i].audience);
        CHECK_INT(marks.is_silent, rows[i].is_silent);
        CHECK_INT(marks.is_urgent, rows[i].is_urgent);
        CHECK_INT(marks.is_postponed, rows[i].is_postponed);
        buf_done(&rest);
        buf_done(&marks.audience);
    }
}

TEST(blocks)
{
    static const struct {
        const char *text, *lead, *fr, *ja, *en;
    } rows[] = {
        {"Bonjour", "Bonjour", NULL, NULL, NULL},
        {"[fr] Bonjour [ja] こんにちは [en] Hello", "", "Bonjour", "こんにちは", "Hello"},
        {"[fr]\nBonjour\n\n[ja]\nこんにちは\n", "", "Bonjour", "こんにちは", NULL},
        {"Salle 2\n[FR] Bonjour\n[en-GB] Hello", "Salle 2", "Bonjour", NULL, "Hello"},
        {"【ja】こんにちは\n［fr］Bonjour", "", "Bonjour", "こんにちは", NULL},
        {"voir la page [en] du site", "voir la page [en] du site", NULL, NULL, NULL},
        {"[de] Hallo", "[de] Hallo", NULL, NULL, NULL},
        {"[fr] un [fr] deux", "", "un", NULL, NULL},
        {"[fr]a[en]b", "", "a[en]b", NULL, NULL},
        {"[jp] はい", "", NULL, "はい", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct blocks blocks;
        const char *want[] = {rows[i].fr, rows[i].ja, rows[i].en};
        CHECK_ROW(rows[i].text);
        blocks_split(text_of(rows[i].text), &blocks);
        CHECK(text_is(blocks.lead, rows[i].lead));
        for (int k = 0; k < LANGUAGE_COUNT; k++) {
            CHECK_INT(blocks.has[k], want[k] != NULL);
            CHECK(text_is(blocks.in[k], want[k] ? want[k] : ""));
        }
    }
}

TEST(links)
{
    static const struct {
        const char *text, *first, *meeting;
    } rows[] = {
        {"rien", "", ""},
        {"voir https://example.org/a.", "https://example.org/a", ""},
        {"(https://example.org/a_(b))", "https://example.org/a_(b)", ""},
        {"https://zoom.us/j/123にて", "https://zoom.us/j/123", "https://zoom.us/j/123"},
        {"https://example.org puis https://us02web.zoom.us/j/1?pwd=x", "https://example.org",
         "https://us02web.zoom.us/j/1?pwd=x"},
        {"<https://teams.microsoft.com/l/meetup-join/x>",
         "https://teams.microsoft.com/l/meetup-join/x",
         "https://teams.microsoft.com/l/meetup-join/x"},
        {"https://teams.microsoft.com/downloads", "https://teams.microsoft.com/downloads", ""},
        {"https://zoom.us.evil.example/j/1", "https://zoom.us.evil.example/j/1", ""},
        {"https://notzoom.us/j/1", "https://notzoom.us/j/1", ""},
        {"https://meet.google.com/", "https://meet.google.com/", ""},
        {"HTTPS://Meet.Google.com/abc-defg-hij", "HTTPS://Meet.Google.com/abc-defg-hij",
         "HTTPS://Meet.Google.com/abc-defg-hij"},
        {"https://bbb.example.org/b/abc", "https://bbb.example.org/b/abc",
         "https://bbb.example.org/b/abc"},
        {"https://visio.example.org/rooms/abc-def-ghi/join",
         "https://visio.example.org/rooms/abc-def-ghi/join",
         "https://visio.example.org/rooms/abc-def-ghi/join"},
        {"Talk : https://cloud.example.org/index.php/call/k3y8w2xz",
         "https://cloud.example.org/index.php/call/k3y8w2xz",
         "https://cloud.example.org/index.php/call/k3y8w2xz"},
        {"https://example.org/call/centre", "https://example.org/call/centre", ""},
        {"http:// https:///x ftp://x.org http", "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].text);
        CHECK(text_is(link_find(text_of(rows[i].text)), rows[i].first));
        CHECK(text_is(link_find_meeting(text_of(rows[i].text)), rows[i].meeting));
    }
}

/* Of one event, by its lines. */
static const struct event *read_event(struct calendars_fixture *f, const char *lines)
{
    const char *raw =
        arena_printf(f->arena,
                     "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nDTSTART:20260105T090000Z\n"
                     "%sEND:VEVENT\nEND:VCALENDAR\n",
                     lines);
    REQUIRE(calendars_parse(f, text_of(raw), "Europe/Paris") == 0);
    struct occurrences list = calendars_expand(f, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
    REQUIRE(list.count == 1);
    return list.items[0].event;
}

TEST(events)
{
    static const struct {
        const char *title, *lines, *summary, *description, *link;
    } rows[] = {
        {"Outlook's single language is no language", "SUMMARY;LANGUAGE=en-us:Réunion\n", "Réunion",
         NULL, NULL},
        {"an unknown language is better than none", "SUMMARY;LANGUAGE=de:Treffen\n", "Treffen",
         NULL, NULL},
        {"decomposed letters are composed", "SUMMARY:Re\xcc\x81union\n", "Réunion", NULL, NULL},
        {"DESCRIPTION before X-ALT-DESC", "DESCRIPTION:a\nX-ALT-DESC;FMTTYPE=text/html:<p>b</p>\n",
         NULL, "a", NULL},
        {"X-ALT-DESC when DESCRIPTION is blank",
         "DESCRIPTION:\\n\nX-ALT-DESC;FMTTYPE=text/html:<p>b</p>\n", NULL, "b", NULL},
        {"CONFERENCE first",
         "LOCATION:https://zoom.us/j/1\nX-GOOGLE-CONFERENCE:https://meet.google.com/x\n"
         "CONFERENCE;FEATURE=AUDIO:https://a.example/1\n"
         "CONFERENCE;FEATURE=\"VIDEO,AUDIO\":https://v.example/2\n",
         NULL, NULL, "https://v.example/2"},
        {"Teams' own property",
         "X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.microsoft.com/l/x\n", NULL, NULL,
         "https://teams.microsoft.com/l/x"},
        {"any address in LOCATION", "LOCATION:Visio https://visio.example.org/r\n", NULL, NULL,
         "https://visio.example.org/r"},
        {"URL is the event's page", "URL:https://example.org/evenement\n", NULL, NULL, NULL},
        {"URL of a meeting", "URL:https://zoom.us/j/1\n", NULL, NULL, "https://zoom.us/j/1"},
        {"a link in one language", "DESCRIPTION:[fr] a [en] https://zoom.us/j/1\n", NULL, "a",
         "https://zoom.us/j/1"},
        {"a meeting that Safe Links wraps",
         "X-ALT-DESC;FMTTYPE=text/html:<a href=\"https://eur01.safelinks.protection.outlook.com/"
         "?url=https%3A%2F%2Fzoom.us%2Fj%2F1%3Fpwd%3Da&amp;data=05%7C02\">x</a>\n",
         NULL,
         "x (https://eur01.safelinks.protection.outlook.com/"
         "?url=https%3A%2F%2Fzoom.us%2Fj%2F1%3Fpwd%3Da&data=05%7C02)",
         "https://zoom.us/j/1?pwd=a"},
        {"Safe Links around what is no meeting",
         "DESCRIPTION:https://eur01.safelinks.protection.outlook.com/"
         "?url=https%3A%2F%2Fa.example\n",
         NULL, "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example", NULL},
        {"a place that is an address out of HTML", "LOCATION:https://zoom.us/j/1?a=b&amp;pwd=c\n",
         NULL, NULL, "https://zoom.us/j/1?a=b&pwd=c"},
        {"an address out of HTML in a plain text",
         "DESCRIPTION:Zoom https://zoom.us/j/1?a=b&amp;pwd=c\n", NULL,
         "Zoom https://zoom.us/j/1?a=b&amp;pwd=c", "https://zoom.us/j/1?a=b&pwd=c"},
        {"CONFERENCE out of HTML", "CONFERENCE:https://zoom.us/j/1?a=b&amp;pwd=c\n", NULL, NULL,
         "https://zoom.us/j/1?a=b&pwd=c"},
        {"no script as a link", "CONFERENCE:javascript:alert(1)\n", NULL, NULL, NULL},
        {"quoted-printable, as vCalendar writes it",
         "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:R=C3=A9union=20du =\ngroupe\n"
         "DESCRIPTION;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:=C0 bient=F4t=0D=0A\\; fin\n",
         "Réunion du groupe", "À bientôt\n; fin", NULL},
        {"quoted-printable in no named charset",
         "SUMMARY;ENCODING=quoted-printable:R=E9union a=b 1=1\n", "Réunion a=b 1=1", NULL, NULL},
        {"quoted-printable in Japanese",
         "SUMMARY;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=89=EF=8B=63\n", "会議", NULL, NULL},
        {"lead and block", "DESCRIPTION:Salle 2\\n[fr] Bonjour\n", NULL, "Salle 2\n\nBonjour",
         NULL},
        {"title in blocks", "SUMMARY:[fr] Réunion [ja] 会議\n", "Réunion", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct calendars_fixture f;
        CHECK_ROW(rows[i].title);
        calendars_init(&f);
        const struct event *event = read_event(&f, rows[i].lines);
        CHECK_STRING(words_in(&event->summary, LANGUAGE_FR), rows[i].summary);
        CHECK_STRING(words_in(&event->description, LANGUAGE_FR), rows[i].description);
        CHECK_STRING(event->link, rows[i].link);
        calendars_done(&f);
    }
}

CHECK_MAIN
