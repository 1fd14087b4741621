/* SPDX-License-Identifier: MIT */
/* merging: the contact lists in force on their way into one, some rows at a time. Zeroed: nothing
 * is begun. Owned by app/sources. */
#ifndef CONVIER_APP_MERGING_H
#define CONVIER_APP_MERGING_H

#include "app/sources.h"
#include "contacts/contact_reader.h"

struct merging {
    struct arena *arena;
    uint64_t generation; /* of what goes in: sources_contacts_generation */
    bool is_done;
    struct contact_list list; /* then */
    struct flaws flaws;
    struct contact_merging *work; /* until then */
};

/* Is it the one of this generation? */
bool merging_is_done(const struct merging *merging, uint64_t generation);
/* Begins anew when the lists are of another generation. 0 or -ENOMEM, and it is dropped. */
int merging_step(struct merging *merging, const struct sources *sources, size_t rows_max);
void merging_drop(struct merging *merging);

#endif
