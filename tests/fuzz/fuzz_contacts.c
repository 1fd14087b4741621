/* room: contacts */
/* SPDX-License-Identifier: MIT */
/* Any bytes as a contact list. */
#include "fuzz/contact_checks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_list((struct text){(const char *)data, size});
    return 0;
}
