/* SPDX-License-Identifier: MIT */
/* report: how answers look. Aligned tables and colour on a terminal, plain columns in a pipe, one
 * JSON object a line with --json; flaws as compilers print them; a progress bar for long work. */
#ifndef CONVIER_APP_REPORT_H
#define CONVIER_APP_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "base/flaw.h"
#include "base/instant.h"

enum report_colour {
    COLOUR_PLAIN,
    COLOUR_GOOD,    /* green */
    COLOUR_WARNING, /* yellow */
    COLOUR_BAD,     /* red */
    COLOUR_DIM,
    COLOUR_STRONG
};

struct report {
    FILE *out, *err;
    bool is_json;
    bool has_colour;     /* out is a terminal and NO_COLOR is not set */
    bool has_err_colour; /* the same for err */
    bool has_progress;   /* err is a terminal */
    size_t columns;      /* of the terminal behind out; 0 = no terminal, nothing is cut */
    bool is_progress_shown;
};

/* Looks at the two streams, NO_COLOR, TERM and COLUMNS. */
void report_init(struct report *report, FILE *out, FILE *err, bool is_json);

/* Escape sequences for words inside a line of out; "" without colour. */
const char *report_on(const struct report *report, enum report_colour colour);
const char *report_off(const struct report *report);

/* FILE:LINE:COLUMN: error|warning: TEXT, then the advice on its own line, all on err. */
void report_flaws(struct report *report, const struct flaws *flaws);
/* "convier: MESSAGE" and the advice on err. advice may be NULL. */
void report_problem(struct report *report, const char *advice, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Prints one JSON object as a line of UTF-8 and gives it back to jansson, also on error.
 * -ENOMEM when object is NULL (jansson had no memory, or a string was not UTF-8). */
int report_json(struct report *report, json_t *object);
/* A JSON string, or null for NULL; malformed bytes become U+FFFD. For json_pack's "o". */
json_t *report_json_string(const char *string);
json_t *report_json_strings(const char *const *items, size_t count);

/* A table: cells are copied; columns are as wide as their widest cell, East Asian wide characters
 * count two. On a narrow terminal the widest column is cut, with an ellipsis. */
enum { REPORT_COLUMNS_MAX = 16 };
struct report_cell {
    const char *text;
    enum report_colour colour;
};
LIST_TYPE(report_cells, struct report_cell);
struct report_table {
    struct arena *arena;
    size_t column_count;
    struct report_cells cells; /* row by row; the head is the first row */
    bool is_right[REPORT_COLUMNS_MAX];
    bool is_out_of_memory;
};

/* heads: names of the columns; one that begins with '>' is set right-aligned. */
void report_table_init(struct report_table *table, struct arena *arena, const char *const *heads,
                       size_t count);
/* So many rows will come: their cells then lie in one piece from the start. */
void report_table_expect(struct report_table *table, size_t rows);
void report_table_cell(struct report_table *table, enum report_colour colour, const char *format,
                       ...) __attribute__((format(printf, 3, 4)));
void report_table_text(struct report_table *table, const char *text); /* NULL shows as nothing */
size_t report_table_rows(const struct report_table *table);           /* without the head */
/* Returns 0 or -ENOMEM. Prints nothing for a table without rows. */
int report_table_print(struct report *report, const struct report_table *table);

/* Shows the bar when the work began more than a second ago; total 0 = unknown. */
void report_progress(struct report *report, const char *label, size_t done, size_t total,
                     int64_t elapsed_usec);
void report_progress_done(struct report *report); /* clears the line */

#endif
