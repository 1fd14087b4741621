/* SPDX-License-Identifier: MIT */
#include "model/contact.h"

#include <string.h>

/* As strcmp, with the domain of `email` in lower case: bytes of the local part count as they are,
 * RFC 5321 2.4 leaves their case to the receiving host.                                          */
static int email_compare(const char *email, const char *domain_at, const char *other)
{
    for (;; email++, other++) {
        char c = domain_at && email > domain_at ? char_lower(*email) : *email;
        if (c != *other)
            return (unsigned char)c < (unsigned char)*other ? -1 : 1;
        if (!c)
            return 0;
    }
}

size_t contact_list_find(const struct contact_list *list, const char *email)
{
    const char *domain_at = strrchr(email, '@');
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = email_compare(email, domain_at, list->items[middle]->email);
        if (order == 0)
            return middle;
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return list->count;
}
