/* SPDX-License-Identifier: MIT */
#include "contacts/workbook.h"
int workbook_read(struct contact_builder *builder, struct text raw, struct contact_guess *ret_guess)
{
    (void)raw;
    (void)ret_guess;
    flaws_add(builder->flaws, SEVERITY_ERROR, 0, 0, NULL, "spreadsheets are not read");
    return CONTACTS_E_REFUSED;
}
