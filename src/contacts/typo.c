/* SPDX-License-Identifier: MIT */
/* Slips of the finger in well-known mail domains. Only one edit counts (a letter wrong, missing,
 * doubled or two swapped), and domains that exist in their own right are let alone.              */
#include "contacts/address.h"

#include <string.h>

static const char *const providers[] = {
    "gmail.com",      "hotmail.com",   "hotmail.fr",       "outlook.com",    "outlook.fr",
    "outlook.jp",     "yahoo.com",     "yahoo.fr",         "yahoo.co.jp",    "orange.fr",
    "wanadoo.fr",     "laposte.net",   "icloud.com",       "docomo.ne.jp",   "ezweb.ne.jp",
    "softbank.ne.jp", "i.softbank.jp", "live.com",         "bouygtel.fr",    "numericable.fr",
    "protonmail.com", "proton.me",     "club-internet.fr", "googlemail.com", "free.fr",
    "msn.com",        "aol.com",       "neuf.fr",          "bbox.fr",        "sfr.fr",
    "nifty.com",      "biglobe.ne.jp", "hotmail.co.jp",    "live.fr",        "live.jp",
};

/* Near to one of them, and right. */
static const char *const others[] = {
    "mail.com",   "ymail.com",  "email.com",  "fmail.com",  "gmx.fr",     "gmx.com",
    "free.com",   "nsn.com",    "hotmail.be", "hotmail.it", "hotmail.es", "hotmail.ch",
    "hotmail.de", "hotmail.ca", "live.be",    "live.ca",    "live.it",    "yahoo.ca",
    "yahoo.de",   "yahoo.es",   "yahoo.it",   "outlook.be", "outlook.es", "outlook.de",
    "outlook.it", "sfr.com",    "orange.com", "proton.ch",  "gmai.fr",
};

static const struct {
    const char *wrong, *right;
} known[] = {
    {"gmail.fr", "gmail.com"},        {"gmail.jp", "gmail.com"},      {"gmail.co.jp", "gmail.com"},
    {"yahoo.jp", "yahoo.co.jp"},      {"gmail.con", "gmail.com"},     {"laposte.fr", "laposte.net"},
    {"docomo.co.jp", "docomo.ne.jp"}, {"icloud.fr", "icloud.com"},    {"gmail.com.fr", "gmail.com"},
    {"hotmail.con", "hotmail.com"},   {"yahoo.com.fr", "yahoo.fr"},   {"orange.net", "orange.fr"},
    {"docomo.jp", "docomo.ne.jp"},    {"ezweb.co.jp", "ezweb.ne.jp"},
};

/* Top levels that do not exist and what they stand for. */
static const struct {
    const char *wrong, *right;
} endings[] = {
    {".con", ".com"},    {".cmo", ".com"},    {".ocm", ".com"},        {".comm", ".com"},
    {".vom", ".com"},    {".xom", ".com"},    {".fre", ".fr"},         {".ffr", ".fr"},
    {".frr", ".fr"},     {".rf", ".fr"},      {".jpp", ".jp"},         {".jo.jp", ".go.jp"},
    {".lg.j", ".lg.jp"}, {".go.j", ".go.jp"}, {".ogr", ".org"},        {".orgg", ".org"},
    {".ner", ".net"},    {".nett", ".net"},   {".gouv.f", ".gouv.fr"},
};

/* One letter wrong, missing, too many, or two neighbours swapped. */
static bool is_one_slip(struct text a, struct text b)
{
    size_t front = 0, back = 0;

    if (a.size > b.size + 1 || b.size > a.size + 1)
        return false;
    while (front < a.size && front < b.size && a.data[front] == b.data[front])
        front++;
    while (back < a.size - front && back < b.size - front &&
           a.data[a.size - 1 - back] == b.data[b.size - 1 - back])
        back++;
    size_t left_a = a.size - front - back, left_b = b.size - front - back;
    if (left_a + left_b == 0)
        return false;
    if (left_a <= 1 && left_b <= 1)
        return true;
    return left_a == 2 && left_b == 2 && a.data[front] == b.data[front + 1] &&
           a.data[front + 1] == b.data[front];
}

/* Short names have too many honest neighbours. */
static bool may_compare(struct text provider)
{
    return text_find_char(provider, '.') >= 5;
}

const char *address_likely_domain(const char *domain)
{
    struct text text = text_of(domain);

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text_is(text, known[i].wrong))
            return known[i].right;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (text_ends_nocase(text, endings[i].wrong))
            return endings[i].right;
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++)
        if (text_is(text, providers[i]))
            return NULL;
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++) {
        struct text provider = text_of(providers[i]);
        if (!may_compare(provider) || !is_one_slip(text, provider))
            continue;
        for (size_t k = 0; k < sizeof others / sizeof *others; k++)
            if (text_is(text, others[k]))
                return NULL;
        return providers[i];
    }
    return NULL;
}
