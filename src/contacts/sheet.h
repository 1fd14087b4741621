/* SPDX-License-Identifier: MIT */
/* sheet: what .xlsx and .ods have in common: parts of an archive read as a stream of XML, and rows
 * of cells that go to a table.                                                                   */
#ifndef CONVIER_CONTACTS_SHEET_H
#define CONVIER_CONTACTS_SHEET_H

#include <expat.h>
#include <zip.h>

#include "base/buf.h"
#include "contacts/table.h"

enum { SHEET_COLUMNS_MAX = 1024, SHEET_TEXT_BYTES_MAX = 256 * 1024 };

struct sheet;
typedef void sheet_on_start(struct sheet *sheet, const char *name, const char **attributes);
typedef void sheet_on_end(struct sheet *sheet, const char *name);
typedef void sheet_on_text(struct sheet *sheet, const char *data, int size);

/* A part of the archive and who hears what is in it. Names come without prefix. */
struct sheet_part {
    const char *name;
    sheet_on_start *on_start;
    sheet_on_end *on_end;   /* or NULL */
    sheet_on_text *on_text; /* or NULL */
};

struct sheet {
    struct contact_builder *builder;
    struct table table;
    zip_t *archive;
    int64_t budget_bytes; /* that may still be inflated, or copied into cells */
    int error;            /* the first one of a callback: -errno or CONTACTS_E_REFUSED */
    /* the part that is being read, if any */
    struct sheet_part part;
    zip_file_t *file;
    XML_Parser parser;
    /* the row that is being gathered */
    int line;
    struct cell cells[SHEET_COLUMNS_MAX];
    size_t cell_count;
    struct buf text; /* of the element that is being gathered */
    void *format;    /* the state of xlsx.c or ods.c */
};

/* Opens a part, if the archive has it: sheet->file tells. Then each read takes a block of it, and
 * closes it behind the last, or the first error. 0, CONTACTS_E_REFUSED (a flaw was added) or
 * -ENOMEM.                                                                                       */
int sheet_open_part(struct sheet *sheet, const struct sheet_part *part);
int sheet_read_block(struct sheet *sheet);
void sheet_close_part(struct sheet *sheet); /* also when none is open */
bool sheet_has_part(const struct sheet *sheet, const char *part);

/* The attribute by its name without prefix, or NULL. */
const char *sheet_attribute(const char **attributes, const char *name);

/* Stops the part that is being read; sheet_read_block returns the error. */
void sheet_fail(struct sheet *sheet, int error);

/* Puts a text into a column (0-based) of the row; beyond the maximum it is dropped. */
void sheet_set_cell(struct sheet *sheet, size_t column, struct text text);
/* Hands the row to the table and empties it. */
void sheet_end_row(struct sheet *sheet);

/* The two kinds: which part is to be read now that the one before is behind. ret->name = NULL: no
 * more. 0, CONTACTS_E_REFUSED (a flaw was added) or -ENOMEM.                                     */
typedef int sheet_next_part(struct sheet *sheet, struct sheet_part *ret);
int xlsx_open(struct sheet *sheet);
sheet_next_part xlsx_next_part;
int ods_open(struct sheet *sheet);
sheet_next_part ods_next_part;

#endif
