/* SPDX-License-Identifier: MIT */
/* The first visible sheet of an Office Open XML workbook (ECMA-376 part 1, 18.2 to 18.8) that holds
 * anything; charts are no sheets of cells. Strings are shared; the readings above kanji (rPh) are
 * not part of them. A number is a date when its cell's style says so, and comes out as 2026-10-05.
 */
#include "contacts/sheet.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/civil.h"

enum { STYLES_MAX = 65536, FORMATS_MAX = 4096, SHEETS_MAX = 256 };
enum { SERIAL_OF_1970 = 25569, SERIAL_MAX = 2958465, DAYS_1904 = 1462 };

/* A part that the workbook relates to. */
struct relation {
    const char *id, *part;
};

LIST_TYPE(relations, struct relation);
LIST_TYPE(parts, const char *);
LIST_TYPE(strings, struct text);
LIST_TYPE(flags, bool);
LIST_TYPE(numbers, int64_t);

struct xlsx {
    size_t part_count, sheet_count; /* that were begun: parts before the sheets, and sheets */
    bool has_sheet;                 /* the archive has one of them */
    /* workbook */
    struct relations worksheets;
    struct parts visible; /* of them, in the order of their tabs */
    bool is_1904;
    /* styles */
    struct numbers date_formats; /* ids of custom formats that show dates */
    struct flags is_date;        /* by index of cellXfs */
    bool is_in_xfs;
    /* strings, and the cell that is being read */
    struct strings strings;
    bool is_gathering;
    int phonetic_depth;
    char type[12];
    int64_t style;
    size_t column;
};

static bool is(const char *name, const char *want)
{
    return strcmp(name, want) == 0;
}

static int64_t number_of(const char *text, int64_t otherwise)
{
    int64_t number = otherwise;
    if (text)
        text_number(text_of(text), 0, INT32_MAX, &number);
    return number;
}

static const char *find_worksheet(const struct xlsx *x, const char *id)
{
    for (size_t i = 0; id && i < x->worksheets.count; i++)
        if (is(x->worksheets.items[i].id, id))
            return x->worksheets.items[i].part;
    return NULL;
}

static void on_workbook(struct sheet *sheet, const char *name, const char **attributes)
{
    struct xlsx *x = sheet->format;

    if (is(name, "workbookPr")) {
        const char *flag = sheet_attribute(attributes, "date1904");
        x->is_1904 = flag && (is(flag, "1") || is(flag, "true"));
    } else if (is(name, "sheet") && x->visible.count < SHEETS_MAX) {
        const char *state = sheet_attribute(attributes, "state");
        const char *id = sheet_attribute(attributes, "id");
        const char *part = !state || is(state, "visible") ? find_worksheet(x, id) : NULL;
        const char **slot = part ? list_add(sheet->builder->reading, &x->visible) : NULL;
        if (slot)
            *slot = part;
        else if (part)
            sheet_fail(sheet, -ENOMEM);
    }
}

static void on_relation(struct sheet *sheet, const char *name, const char **attributes)
{
    struct xlsx *x = sheet->format;
    struct arena *arena = sheet->builder->reading;
    const char *id = sheet_attribute(attributes, "Id");
    const char *type = sheet_attribute(attributes, "Type");
    const char *target = sheet_attribute(attributes, "Target");

    if (!is(name, "Relationship") || !id || !target || x->worksheets.count == SHEETS_MAX ||
        (type && !text_ends_nocase(text_of(type), "/worksheet")))
        return;
    struct relation *slot = list_add(arena, &x->worksheets);
    if (slot)
        *slot = (struct relation){
            .id = arena_copy_string(arena, id),
            .part = target[0] == '/' ? arena_copy_string(arena, target + 1)
                                     : arena_printf(arena, "xl/%s", target),
        };
    if (!slot || !slot->id || !slot->part)
        sheet_fail(sheet, -ENOMEM);
}

/* Does a format code show a date or a time? Letters in quotes, brackets or after \ and _ do not
 * count, nor does the word General.                                                              */
static bool shows_date(const char *code)
{
    if (strncasecmp(code, "general", 7) == 0)
        return false;
    for (; *code; code++) {
        if (*code == '"' || *code == '[') {
            code = strchr(code + 1, *code == '"' ? '"' : ']');
            if (!code)
                return false;
        } else if ((*code == '\\' || *code == '_') && code[1]) {
            code++;
        } else if (strchr("ymdhsYMDHS", *code)) {
            return true;
        }
    }
    return false;
}

static bool is_date_format(const struct xlsx *x, int64_t id)
{
    /* Built in (18.8.30), the East Asian ones included. */
    if ((id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
        (id >= 50 && id <= 58))
        return true;
    for (size_t i = 0; i < x->date_formats.count; i++)
        if (x->date_formats.items[i] == id)
            return true;
    return false;
}

static void on_style(struct sheet *sheet, const char *name, const char **attributes)
{
    struct xlsx *x = sheet->format;
    struct arena *arena = sheet->builder->reading;

    if (is(name, "numFmt")) {
        const char *code = sheet_attribute(attributes, "formatCode");
        if (!code || !shows_date(code) || x->date_formats.count == FORMATS_MAX)
            return;
        int64_t *id = list_add(arena, &x->date_formats);
        if (id)
            *id = number_of(sheet_attribute(attributes, "numFmtId"), -1);
        else
            sheet_fail(sheet, -ENOMEM);
    } else if (is(name, "cellXfs")) {
        x->is_in_xfs = true;
    } else if (x->is_in_xfs && is(name, "xf") && x->is_date.count < STYLES_MAX) {
        bool *flag = list_add(arena, &x->is_date);
        if (flag)
            *flag = is_date_format(x, number_of(sheet_attribute(attributes, "numFmtId"), 0));
        else
            sheet_fail(sheet, -ENOMEM);
    }
}

static void on_style_end(struct sheet *sheet, const char *name)
{
    struct xlsx *x = sheet->format;
    if (is(name, "cellXfs"))
        x->is_in_xfs = false;
}

/* _x000D_ stands for a character that XML cannot hold (22.4.2.4): here a blank will do. */
static struct text gathered(struct sheet *sheet)
{
    char *data = sheet->text.data;
    size_t to = 0, size = sheet->text.size;

    for (size_t i = 0; i < size; i++) {
        bool is_code = data[i] == '_' && i + 6 < size && data[i + 1] == 'x' && data[i + 6] == '_' &&
                       strspn(data + i + 2, "0123456789abcdefABCDEF") == 4;
        if (is_code) {
            unsigned long rune = strtoul(data + i + 2, NULL, 16);
            data[to++] = rune >= 0x20 && rune < 0x7F ? (char)rune : '\n';
            i += 6;
        } else {
            data[to++] = data[i];
        }
    }
    return (struct text){to ? data : "", to};
}

static void gather(struct sheet *sheet, const char *data, int size)
{
    struct xlsx *x = sheet->format;
    if (!x->is_gathering || x->phonetic_depth)
        return;
    buf_add(&sheet->text, data, (size_t)size);
    if (buf_error(&sheet->text) == -ENOMEM)
        sheet_fail(sheet, -ENOMEM);
}

static void on_string(struct sheet *sheet, const char *name, const char **attributes)
{
    struct xlsx *x = sheet->format;
    (void)attributes;
    if (is(name, "si"))
        buf_clear(&sheet->text);
    else if (is(name, "rPh"))
        x->phonetic_depth++;
    else if (is(name, "t"))
        x->is_gathering = true;
}

static void on_string_end(struct sheet *sheet, const char *name)
{
    struct xlsx *x = sheet->format;
    struct arena *arena = sheet->builder->reading;

    if (is(name, "t")) {
        x->is_gathering = false;
    } else if (is(name, "rPh")) {
        x->phonetic_depth--;
    } else if (is(name, "si")) {
        struct text *slot = list_add(arena, &x->strings);
        struct text value = gathered(sheet);
        char *copy = slot ? arena_copy_text(arena, value) : NULL;
        if (!copy) {
            sheet_fail(sheet, -ENOMEM);
            return;
        }
        *slot = (struct text){copy, value.size};
    }
}

/* "BC12" → 54; SIZE_MAX when there are no letters. */
static size_t column_of(const char *reference)
{
    size_t column = 0;
    for (; reference && char_is_alpha(*reference) && column < 100000; reference++)
        column = column * 26 + (size_t)(char_lower(*reference) - 'a' + 1);
    return column ? column - 1 : SIZE_MAX;
}

static void on_cell(struct sheet *sheet, const char *name, const char **attributes)
{
    struct xlsx *x = sheet->format;

    if (is(name, "row")) {
        sheet->line = (int)number_of(sheet_attribute(attributes, "r"), sheet->line + 1);
        x->column = SIZE_MAX; /* one before the first */
    } else if (is(name, "c")) {
        const char *type = sheet_attribute(attributes, "t");
        size_t column = column_of(sheet_attribute(attributes, "r"));
        x->column = column == SIZE_MAX ? x->column + 1 : column;
        snprintf(x->type, sizeof x->type, "%s", type ? type : "n");
        x->style = number_of(sheet_attribute(attributes, "s"), 0);
        buf_clear(&sheet->text);
    } else if (is(name, "v") || is(name, "t")) {
        x->is_gathering = true;
    } else if (is(name, "rPh")) {
        x->phonetic_depth++;
    }
}

/* A serial number of days as a date, with the hour when it has one; below one it is an hour alone.
 */
static struct text format_serial(const struct xlsx *x, double serial, char ret[32])
{
    int64_t minutes = (int64_t)(serial * 1440 + 0.5), days = minutes / 1440;
    int hour = (int)(minutes % 1440 / 60), minute = (int)(minutes % 60);

    if (minutes && !days)
        return (struct text){ret, (size_t)snprintf(ret, 32, "%02d:%02d", hour, minute)};
    if (x->is_1904)
        days += DAYS_1904;
    else if (days < 60)
        days++; /* Excel believes that 1900 was a leap year */
    struct civil_date date = civil_date_from_days(days - SERIAL_OF_1970);
    char day[11];
    civil_date_format(date, day);
    int size = minutes % 1440 ? snprintf(ret, 32, "%s %02d:%02d", day, hour, minute)
                              : snprintf(ret, 32, "%s", day);
    return (struct text){ret, (size_t)size};
}

/* A number as a person would read it: 54000, 0.5, 2026-10-05. */
static struct text format_number(const struct xlsx *x, struct text raw, char ret[32])
{
    bool is_date = (size_t)x->style < x->is_date.count && x->is_date.items[x->style];
    char *end;
    double value = strtod(raw.data, &end);

    if (end == raw.data || *end || !isfinite(value))
        return raw;
    if (is_date && value >= 0 && value <= SERIAL_MAX)
        return format_serial(x, value, ret);
    if (memchr(raw.data, '.', raw.size) || memchr(raw.data, 'E', raw.size)) {
        int size = snprintf(ret, 32, "%.15g", value);
        return (struct text){ret, (size_t)size};
    }
    return raw;
}

static void end_cell(struct sheet *sheet)
{
    struct xlsx *x = sheet->format;
    struct text value = gathered(sheet);
    char number[32];
    int64_t index;

    if (is(x->type, "s")) {
        if (text_number(text_trim(value), 0, INT32_MAX, &index) && (size_t)index < x->strings.count)
            sheet_set_cell(sheet, x->column, x->strings.items[index]);
        return;
    }
    if (is(x->type, "e")) /* #N/A */
        return;
    if (is(x->type, "n") && value.size) {
        buf_truncate(&sheet->text, value.size);
        value = format_number(x, buf_text(&sheet->text), number);
    } else if (is(x->type, "b")) {
        value = text_is(value, "1") ? TEXT("TRUE") : TEXT("FALSE");
    }
    sheet_set_cell(sheet, x->column, value);
}

static void on_cell_end(struct sheet *sheet, const char *name)
{
    struct xlsx *x = sheet->format;

    if (is(name, "v") || is(name, "t"))
        x->is_gathering = false;
    else if (is(name, "rPh"))
        x->phonetic_depth--;
    else if (is(name, "c"))
        end_cell(sheet);
    else if (is(name, "row"))
        sheet_end_row(sheet);
}

int xlsx_open(struct sheet *sheet)
{
    sheet->format = arena_alloc(sheet->builder->reading, sizeof(struct xlsx));
    return sheet->format ? 0 : -ENOMEM;
}

/* The next worksheet, up to the first that is not blank. */
static int next_sheet(struct sheet *sheet, struct sheet_part *ret)
{
    struct xlsx *x = sheet->format;
    size_t count = x->visible.count ? x->visible.count : 1;

    *ret = (struct sheet_part){NULL, on_cell, on_cell_end, gather};
    if (table_has_rows(&sheet->table))
        return 0;
    if (x->sheet_count < count) {
        ret->name =
            x->visible.count ? x->visible.items[x->sheet_count] : "xl/worksheets/sheet1.xml";
        x->sheet_count++;
        sheet->line = 0;
        x->has_sheet |= sheet_has_part(sheet, ret->name);
        return 0;
    }
    if (x->has_sheet)
        return 0;
    flaws_add(sheet->builder->flaws, SEVERITY_ERROR, 0, 0,
              "open it in the spreadsheet program and save it again", "the workbook has no sheet");
    return CONTACTS_E_REFUSED;
}

int xlsx_next_part(struct sheet *sheet, struct sheet_part *ret)
{
    static const struct sheet_part parts[] = {
        {"xl/_rels/workbook.xml.rels", on_relation, NULL, NULL},
        {"xl/workbook.xml", on_workbook, NULL, NULL},
        {"xl/styles.xml", on_style, on_style_end, NULL},
        {"xl/sharedStrings.xml", on_string, on_string_end, gather},
    };
    struct xlsx *x = sheet->format;

    if (x->part_count < sizeof parts / sizeof *parts) {
        *ret = parts[x->part_count++];
        return 0;
    }
    if (!x->sheet_count) { /* what the strings have left open */
        x->is_gathering = false;
        x->phonetic_depth = 0;
    }
    return next_sheet(sheet, ret);
}
