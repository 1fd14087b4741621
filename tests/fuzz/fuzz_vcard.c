/* room: contacts */
/* SPDX-License-Identifier: MIT */
/* Any bytes inside a card that has an address. */
#include "fuzz/contact_checks.h"

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf buf = BUF_INIT(1 << 26);

    buf_add_string(&buf, "BEGIN:VCARD\nEMAIL:a@example.org\n");
    buf_add(&buf, data, size);
    buf_add_string(&buf, "\nEND:VCARD\n");
    check_list(buf_text(&buf));
    buf_done(&buf);
    return 0;
}
