/* SPDX-License-Identifier: MIT */
#include "app/merging.h"

#include <errno.h>

static const size_t arena_max_bytes = (size_t)4 << 30;

bool merging_is_done(const struct merging *merging, uint64_t generation)
{
    return merging->is_done && merging->generation == generation;
}

void merging_drop(struct merging *merging)
{
    contact_reader_merge_close(merging->work);
    arena_free(merging->arena);
    *merging = (struct merging){0};
}

static int begin(struct merging *merging, const struct sources *sources, uint64_t generation)
{
    size_t count = 0, source_count = sources_count(sources);
    merging_drop(merging);
    merging->generation = generation;
    merging->arena = arena_new(arena_max_bytes);
    struct contact_rows *rows =
        merging->arena ? arena_alloc_array(merging->arena, source_count + 1, sizeof *rows) : NULL;
    if (!rows)
        return -ENOMEM;
    flaws_init(&merging->flaws, merging->arena, NULL);
    for (size_t i = 0; i < source_count; i++) {
        const struct source *source = sources_at(sources, i);
        if (source->kind == SOURCE_CONTACTS && source->is_good)
            rows[count++] = source->rows;
    }
    return contact_reader_merge_open(merging->arena, rows, count, &merging->flaws, &merging->work);
}

int merging_step(struct merging *merging, const struct sources *sources, size_t rows_max)
{
    uint64_t generation = sources_contacts_generation(sources);
    bool is_begun = merging->work && merging->generation == generation;
    int r = is_begun ? 0 : begin(merging, sources, generation);
    r = r ? r
          : contact_reader_merge_step(merging->work, rows_max, &merging->list, &merging->is_done);
    if (r)
        merging_drop(merging);
    else if (merging->is_done)
        merging->work = contact_reader_merge_close(merging->work);
    return r;
}
