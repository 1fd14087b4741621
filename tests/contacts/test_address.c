/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "contacts/address.h"

static const struct {
    const char *raw, *email, *repair;
} good[] = {
    {"a@x.fr", "a@x.fr", NULL},
    {"Jean.Dupont@Nancy.FR", "Jean.Dupont@nancy.fr", NULL},
    {"first+tag@sub.domain.example.org", "first+tag@sub.domain.example.org", NULL},
    {"!#$%&'*+-/=?^_`{|}~@x.fr", "!#$%&'*+-/=?^_`{|}~@x.fr", NULL},
    {"\"foo..bar\"@docomo.ne.jp", "\"foo..bar\"@docomo.ne.jp", NULL},
    {"\"a b@c\"@x.fr", "\"a b@c\"@x.fr", NULL},
    {"\"a\\\"b\"@x.fr", "\"a\\\"b\"@x.fr", NULL},
    {"a@[192.0.2.1]", "a@[192.0.2.1]", NULL},
    {"a@[IPv6:2001:db8::1]", "a@[ipv6:2001:db8::1]", NULL},
    {"contact@mairie-évry.fr", "contact@xn--mairie-vry-h7a.fr", NULL},
    {"info@日本語.jp", "info@xn--wgv71a119e.jp", NULL},
    {"info@MÜNCHEN.de", "info@xn--mnchen-3ya.de", NULL},
    {"a@xn--wgv71a119e.jp", "a@xn--wgv71a119e.jp", NULL},
    {" a@x.fr ", "a@x.fr", NULL},
    {"a@x.fr,", "a@x.fr", "the comma or semicolon at its end"},
    {"a@x.fr ;", "a@x.fr", "the comma or semicolon at its end"},
    {"a@x.fr.", "a@x.fr", "the dot at its end"},
    {",a@x.fr", "a@x.fr", "the comma or semicolon before it"},
    {"'a@x.fr", "a@x.fr", "the apostrophe before it"},
    {"'a@x.fr'", "a@x.fr", NULL},
    {"mailto:a@x.fr", "a@x.fr", "the mailto: before it"},
    {"<a@x.fr>", "a@x.fr", NULL},
    {"Jean Dupont <a@x.fr>", "a@x.fr", NULL},
    {"ｔａｎａｋａ＠ｅｘａｍｐｌｅ．ｊｐ", "tanaka@example.jp", "its full-width letters"},
    {"a@x.fr; b@x.fr", "a@x.fr", NULL},
    {"a@x.fr ::: b@x.fr", "a@x.fr", NULL},
};

static const struct {
    const char *raw;
    size_t at;
    const char *problem;
} bad[] = {
    {"jean", 0, "no @"},
    {"@x.fr", 0, "nothing before"},
    {"jean@", 5, "nothing after"},
    {"a@@x.fr", 2, "more than one @"},
    {"a@b@x.fr", 3, "more than one @"},
    {"a b@x.fr", 1, "blank"},
    {"a@x y.fr", 3, "blank"},
    {".a@x.fr", 0, "dot at the start"},
    {"a.@x.fr", 1, "dot at the start or end"},
    {"a..b@x.fr", 1, "two dots"},
    {"hélène@x.fr", 1, "ASCII"},
    {"田中@x.jp", 0, "ASCII"},
    {"a(b)@x.fr", 1, "not allowed"},
    {"a@mairie", 2, "without a dot"},
    {"a@localhost", 2, "without a dot"},
    {"a@-x.fr", 2, "hyphen"},
    {"a@x-.fr", 2, "hyphen"},
    {"a@x..fr", 4, "dot too many"},
    {"a@.fr", 2, "dot too many"},
    {"a@x_y.fr", 3, "not allowed"},
    {"a@1.2.3.4", 2, "ends in a number"},
    {"a@[1.2.3]", 2, "not allowed"},
    {"a@x.fr>", 6, "not allowed"},
    {"\"a@x.fr", 0, "no @"},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@x.fr", 64, "64"},
    {"a@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.fr", 2, "63"},
    {"a@\xCC\x81x.fr", 2, "international domain"},
};

static int parse(struct arena *arena, const char *raw, struct address *ret)
{
    struct cell cell = cell_copy(arena, text_of(raw), 0);
    REQUIRE(cell.data);
    return address_parse(arena, &cell, ret);
}

TEST(good_addresses)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct address address;
        CHECK_ROW(good[i].raw);
        CHECK_INT(parse(arena, good[i].raw, &address), 0);
        CHECK_STRING(address.email, good[i].email);
        CHECK_STRING(address.repair, good[i].repair);
    }
}

TEST(bad_addresses)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct address address;
        CHECK_ROW(bad[i].raw);
        CHECK_INT(parse(arena, bad[i].raw, &address), ADDRESS_E_INVALID);
        CHECK_INT(address.at, bad[i].at);
        CHECK(address.problem && strstr(address.problem, bad[i].problem));
        if (address.problem && !strstr(address.problem, bad[i].problem))
            CHECK_STRING(address.problem, bad[i].problem);
    }
}

TEST(missing_addresses)
{
    static const char *const none[] = {"", " ", "-", "n/a", "N/A", "néant", "なし", "\xC2\xA0"};
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct address address;
        CHECK_ROW(none[i]);
        CHECK_INT(parse(arena, none[i], &address), ADDRESS_E_NONE);
    }
}

/* No byte of a cell may bring a control character, a blank or an angle bracket into an address. */
TEST(no_injection)
{
    static const char *const tries[] = {
        "a@x.fr\r\nRCPT TO:<evil@x.fr>",
        "a@x.fr>\r\nDATA",
        "\"a\r\nb\"@x.fr",
        "a\x01@x.fr",
        "a@x\x7F.fr",
        "a@x.fr\xE2\x80\xA8RCPT",
        "<a@x.fr\n>",
    };
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        struct address address;
        CHECK_ROW(tries[i]);
        if (parse(arena, tries[i], &address))
            continue;
        for (const char *c = address.email; *c; c++)
            CHECK((*c > 0x20 || (*c == ' ' && address.email[0] == '"')) && *c < 0x7F && *c != '<' &&
                  *c != '>');
    }
}

TEST(likely_domains)
{
    static const struct {
        const char *domain, *likely;
    } rows[] = {
        {"gmial.com", "gmail.com"},
        {"gmal.com", "gmail.com"},
        {"gmail.con", "gmail.com"},
        {"gmaill.com", "gmail.com"},
        {"gmail.fr", "gmail.com"},
        {"hotmial.fr", "hotmail.fr"},
        {"outlok.fr", "outlook.fr"},
        {"wanado.fr", "wanadoo.fr"},
        {"orang.fr", "orange.fr"},
        {"yahoo.jp", "yahoo.co.jp"},
        {"docomo.ne.jo", "docomo.ne.jp"},
        {"nancy.fre", ".fr"},
        {"laposte.fr", "laposte.net"},
        {"yaho.fr", "yahoo.fr"},
        {"gmail.com", NULL},
        {"ymail.com", NULL},
        {"mail.com", NULL},
        {"nancy.fr", NULL},
        {"free.fr", NULL},
        {"kanazawa.lg.jp", NULL},
        {"sfr.fr", NULL},
        {"hotmail.be", NULL},
        {"outlook.jp", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].domain);
        CHECK_STRING(address_likely_domain(rows[i].domain), rows[i].likely);
    }
}

CHECK_MAIN
