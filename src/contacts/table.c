/* SPDX-License-Identifier: MIT */
/* A title, a date or blank rows may stand above the header: the first row that names a column of
 * addresses is the header. A list of bare addresses needs none.                                  */
#include "contacts/table.h"

#include <errno.h>
#include <string.h>

#include "contacts/address.h"
#include "contacts/lexicon.h"

void table_init(struct table *table, struct contact_builder *builder)
{
    *table = (struct table){.builder = builder};
}

static bool is_blank(const struct cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cells[i].size && text_trim(cell_text(&cells[i])).size)
            return false;
    return true;
}

/* Does the row hold an address, alone or as Name <address>, and nothing else? -ENOMEM, 0, 1. */
static int is_bare_address(struct contact_builder *b, const struct cell *cells, size_t count,
                           size_t *ret_column)
{
    size_t filled = 0;

    for (size_t i = 0; i < count; i++) {
        if (cells[i].size) {
            filled++;
            *ret_column = i;
        }
    }
    if (filled != 1)
        return 0;
    struct address address;
    struct cell copy = cell_copy(b->row, cell_text(&cells[*ret_column]), 0);
    int r = copy.data ? address_parse(b->row, &copy, &address) : -ENOMEM;
    return r < 0 ? r : r == 0;
}

/* The list has no header and needs none: makes one for the column of addresses. */
static int do_without_header(struct table *table, int line, size_t column)
{
    struct contact_builder *b = table->builder;
    struct header_column *items = arena_alloc_array(b->reading, column + 1, sizeof *items);

    table->draft.fields = arena_alloc_array(b->reading, column + 1, sizeof *table->draft.fields);
    if (!items || !table->draft.fields)
        return -ENOMEM;
    for (size_t i = 0; i <= column; i++)
        items[i] = (struct header_column){.name = "", .column = COLUMN_FREE};
    items[column].column = COLUMN_EMAIL;
    table->header = (struct header){.items = items, .count = column + 1, .known_count = 1};
    table->header.has[COLUMN_EMAIL] = true;
    flaws_add(b->flaws, SEVERITY_WARNING, line, 0, "write email into a row above the first",
              "no row names the columns; each row was read as an address");
    return 0;
}

static int look_for_header(struct table *table, int line, struct cell *cells, size_t count)
{
    struct contact_builder *b = table->builder;

    if (table->seen_count == TABLE_HEADER_ROWS_MAX)
        return 0;
    if (!table->seen_count++) {
        table->first_line = line;
        table->first_cells = count;
    }
    for (size_t i = 0; i < count; i++)
        table->first_has_address |= memchr(cells[i].data, '@', cells[i].size) != NULL;
    struct header header;
    int r = header_read(b->arena, cells, count, &header);
    if (!r && !header.has[COLUMN_EMAIL] && table->seen_count == 1) {
        size_t column = 0;
        r = is_bare_address(b, cells, count, &column);
        if (r > 0) {
            r = do_without_header(table, line, column);
            return r ? r : table_add(table, line, cells, count);
        }
    }
    if (r || !header.has[COLUMN_EMAIL])
        return r;
    if (header.is_email_guessed && table->first_has_address)
        return 0; /* a row that holds an address is no header */
    table->header = header;
    b->is_address_book = header.producer != NULL;
    table->draft.fields = arena_alloc_array(b->reading, header.count, sizeof *table->draft.fields);
    table->draft.is_title_vague = header.is_title_vague;
    if (header.is_email_guessed)
        flaws_add(b->flaws, SEVERITY_WARNING, line, 0, "call the column \"email\" to be sure",
                  "no column is called email; the one that sounds like it was taken");
    return table->draft.fields ? 0 : -ENOMEM;
}

/* A cell of a column that may be there twice: the filled one with the lowest rank wins. */
static void offer(struct draft *draft, int ranks[COLUMN_COUNT], const struct header_column *column,
                  const struct cell *cell)
{
    if (draft->values[column->column].size && ranks[column->column] <= column->rank)
        return;
    draft->values[column->column] = *cell;
    ranks[column->column] = column->rank;
}

/* Sorted by rank, so that a second address comes after the first wherever its column stands. */
static void add_email(struct draft *draft, int ranks[DRAFT_EMAILS_MAX], int rank,
                      const struct cell *cell)
{
    if (draft->email_count == DRAFT_EMAILS_MAX)
        return;
    size_t at = draft->email_count++;
    for (; at && ranks[at - 1] > rank; at--) {
        draft->emails[at] = draft->emails[at - 1];
        ranks[at] = ranks[at - 1];
    }
    draft->emails[at] = *cell;
    ranks[at] = rank;
}

int table_add(struct table *table, int line, struct cell *cells, size_t count)
{
    int ranks[COLUMN_COUNT] = {0}, email_ranks[DRAFT_EMAILS_MAX];
    struct draft *draft = &table->draft;

    if (is_blank(cells, count))
        return 0;
    if (!table->header.count)
        return look_for_header(table, line, cells, count);
    draft->line = line;
    draft->email_count = draft->group_count = draft->cc_count = draft->field_count = 0;
    memset(draft->values, 0, sizeof draft->values);
    for (size_t i = 0; i < count && i < table->header.count; i++) {
        const struct header_column *column = &table->header.items[i];
        if (!cells[i].size || lexicon_is_cell_error(cell_text(&cells[i])))
            continue;
        enum column meaning = column->column;
        if (meaning == COLUMN_CC && !memchr(cells[i].data, '@', cells[i].size))
            meaning = COLUMN_FREE; /* an assistant's name */
        switch (meaning) {
        case COLUMN_EMAIL:
            add_email(draft, email_ranks, column->rank, &cells[i]);
            break;
        case COLUMN_GROUPS:
            if (draft->group_count < DRAFT_GROUPS_MAX)
                draft->groups[draft->group_count++] = cells[i];
            break;
        case COLUMN_CC:
            if (draft->cc_count < DRAFT_CC_MAX)
                draft->cc[draft->cc_count++] = cells[i];
            break;
        case COLUMN_FREE:
            if (*column->name)
                draft->fields[draft->field_count++] = (struct draft_field){column->name, cells[i]};
            break;
        default:
            offer(draft, ranks, column, &cells[i]);
        }
    }
    return contact_builder_add(table->builder, draft);
}

int table_finish(struct table *table)
{
    struct flaws *flaws = table->builder->flaws;

    if (table->header.count)
        return contact_builder_finish(table->builder);
    if (!table->seen_count)
        flaws_add(flaws, SEVERITY_ERROR, 0, 0, NULL, "the list is empty");
    else
        flaws_add(flaws, SEVERITY_ERROR, table->first_line, 0,
                  "name the columns in the first row: email; name; language; groups …",
                  table->first_has_address ? "no row names the columns, which says what is what"
                                           : "no column holds addresses");
    return flaws->is_out_of_memory ? -ENOMEM : CONTACTS_E_REFUSED;
}
