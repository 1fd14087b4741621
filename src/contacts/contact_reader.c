/* SPDX-License-Identifier: MIT */
/* The kind of file is told by its first bytes, never by its name: an address has none. */
#include "contacts/contact_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contacts/charset_guess.h"
#include "contacts/csv_list.h"
#include "contacts/vcard.h"
#include "contacts/workbook.h"

static const size_t reading_max_bytes = (size_t)4 << 30;

static const char how_to_save[] =
    "open it in the spreadsheet program, choose File > Save As, and \"CSV UTF-8\" as its type";

static struct text skip_bom(struct text raw)
{
    raw = text_starts(raw, "\xEF\xBB\xBF") ? text_from(raw, 3) : raw;
    while (raw.size && char_is_blank(*raw.data))
        raw = text_from(raw, 1);
    return raw;
}

static bool has_utf16_bom(struct text raw)
{
    return text_starts(raw, "\xFF\xFE") || text_starts(raw, "\xFE\xFF");
}

static bool is_vcard(struct text raw)
{
    static const char utf16le[] = "B\0E\0G\0I\0N\0:\0V\0C\0",
                      utf16be[] = "\0B\0E\0G\0I\0N\0:\0V\0C";
    if (text_starts_nocase(skip_bom(raw), "BEGIN:VCARD"))
        return true;
    struct text rest = has_utf16_bom(raw) ? text_from(raw, 2) : raw;
    return rest.size >= 16 &&
           (memcmp(rest.data, utf16le, 16) == 0 || memcmp(rest.data, utf16be, 16) == 0);
}

/* What is known to be no contact list, so that nobody reads "no column holds addresses" about it.
 * NULL: nothing known.                                                                           */
static const char *name_of_other(struct text raw)
{
    static const struct {
        const char *start, *name;
    } kinds[] = {
        {"%PDF", "a PDF document"},
        {"{\\rtf", "a text document (RTF)"},
        {"<!doctype html", "a web page; is a login needed to read the list?"},
        {"<html", "a web page; is a login needed to read the list?"},
        {"<table", "a web page; is a login needed to read the list?"},
        {"BEGIN:VCALENDAR", "a calendar"},
        {"<?xml", "an XML document"},
        {"\x1F\x8B", "a compressed file (gzip)"},
        {"SQLite format 3", "a database"},
        {"{", "JSON"},
        {"[{", "JSON"},
        {"dn: ", "an address book in LDIF"},
        {"version: 1", "an address book in LDIF"},
        {"\x89PNG", "a picture"},
        {"\xFF\xD8\xFF", "a picture"},
    };
    raw = skip_bom(raw);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (text_starts_nocase(raw, kinds[i].start))
            return kinds[i].name;
    return NULL;
}

/* OLE: .xls, or a new workbook with a password in an old envelope. */
static int refuse_ole(struct text raw, struct flaws *flaws)
{
    static const char encrypted[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    bool is_encrypted = text_find(raw, (struct text){encrypted, sizeof encrypted - 1}) < raw.size;

    if (is_encrypted)
        flaws_add(flaws, SEVERITY_ERROR, 0, 0,
                  "open it in Excel, take the password away under File > Info > Protect Workbook > "
                  "Encrypt with Password, and save it",
                  "the workbook is protected by a password");
    else
        flaws_add(flaws, SEVERITY_ERROR, 0, 0, how_to_save,
                  "this is a workbook of the old kind (.xls), which is not read");
    return CONTACTS_E_REFUSED;
}

struct contact_reading {
    struct text raw;
    struct contact_builder builder;
    struct contact_rows rows;
    struct contact_guess guess;
    const char *caller_source;
    bool is_vcard;
    struct charset_decoding *decoding; /* before csv or vcard, or none */
    struct csv_list *csv;              /* one of them, once it is known */
    struct vcard *vcard;
    struct workbook *book;
};

static int open_text(struct contact_reading *reading, struct text text)
{
    struct contact_builder *builder = &reading->builder;
    return reading->is_vcard
               ? vcard_open(builder, text, &reading->guess, &reading->vcard)
               : csv_list_open(builder, reading->raw, text, &reading->guess, &reading->csv);
}

/* Finds out what it is. */
static int begin(struct contact_reading *reading)
{
    struct contact_builder *builder = &reading->builder;
    struct contact_guess *guess = &reading->guess;
    struct text raw = reading->raw;
    const struct contact_options *options = builder->options;
    const char *charset = options->list ? options->list->charset : NULL, *other;

    if (text_starts(raw, "\xD0\xCF\x11\xE0"))
        return refuse_ole(raw, builder->flaws);
    if (text_starts(raw, "PK\x03\x04"))
        return workbook_open(builder, raw, guess, &reading->book);
    reading->is_vcard = is_vcard(raw);
    other = reading->is_vcard ? NULL : name_of_other(raw);
    if (other) {
        flaws_add(builder->flaws, SEVERITY_ERROR, 0, 0, "give a CSV, vCard, .xlsx or .ods file",
                  "this is no contact list but %s", other);
        return CONTACTS_E_REFUSED;
    }
    guess->format = reading->is_vcard ? "vCard" : "CSV";
    if (reading->is_vcard) {
        guess->charset = "UTF-8";
        if (!has_utf16_bom(raw) && !charset_guess_utf16(raw))
            return open_text(reading, raw);
        charset = NULL;
    }
    return charset_open(builder->reading, raw, charset, options->language, builder->flaws,
                        &reading->decoding);
}

static int decode(struct contact_reading *reading, size_t max_bytes)
{
    struct text text;
    bool is_done;
    int r = charset_step(reading->decoding, max_bytes, &text, &reading->guess.charset, &is_done);
    if (r)
        return r < 0 ? r : CONTACTS_E_REFUSED;
    return is_done ? open_text(reading, text) : 0;
}

int contact_reader_open(struct arena *arena, struct text raw, const struct contact_options *options,
                        struct flaws *flaws, struct contact_reading **ret)
{
    struct contact_reading *reading = calloc(1, sizeof *reading);
    if (!reading)
        return -ENOMEM;
    reading->raw = raw;
    reading->caller_source = flaws->source;
    struct contact_builder *builder = &reading->builder;
    *builder = (struct contact_builder){
        .arena = arena,
        .reading = arena_new(reading_max_bytes),
        .row = arena_new(reading_max_bytes),
        .options = options,
        .flaws = flaws,
        .rows = &reading->rows,
    };
    int r = builder->reading && builder->row ? contact_builder_init(builder) : -ENOMEM;
    if (r) {
        contact_reader_close(reading);
        return r;
    }
    if (options->source)
        flaws->source = options->source;
    *ret = reading;
    return 0;
}

/* What it says, or that it says nothing. */
static int end(struct contact_reading *reading, int r, struct contact_rows *ret_rows,
               struct contact_guess *ret_guess)
{
    struct flaws *flaws = reading->builder.flaws;

    if (!r && !reading->rows.count) {
        flaws_add(flaws, SEVERITY_ERROR, 0, 0, NULL, "no valid contact is in the list");
        r = CONTACTS_E_REFUSED;
    }
    if (flaws->is_out_of_memory)
        return -ENOMEM;
    if (ret_guess)
        *ret_guess = reading->guess;
    if (!r)
        *ret_rows = reading->rows;
    return r;
}

int contact_reader_step(struct contact_reading *reading, size_t max_bytes,
                        struct contact_rows *ret_rows, struct contact_guess *ret_guess,
                        bool *ret_is_done)
{
    *ret_is_done = false;
    int r = reading->book       ? workbook_step(reading->book, max_bytes, ret_is_done)
            : reading->csv      ? csv_list_step(reading->csv, max_bytes, ret_is_done)
            : reading->vcard    ? vcard_step(reading->vcard, max_bytes, ret_is_done)
            : reading->decoding ? decode(reading, max_bytes)
                                : begin(reading);
    return r || *ret_is_done ? end(reading, r, ret_rows, ret_guess) : 0;
}

struct contact_reading *contact_reader_close(struct contact_reading *reading)
{
    if (!reading)
        return NULL;
    vcard_close(reading->vcard);
    workbook_close(reading->book);
    charset_close(reading->decoding);
    reading->builder.flaws->source = reading->caller_source;
    arena_free(reading->builder.reading);
    arena_free(reading->builder.row);
    free(reading);
    return NULL;
}

int contact_reader_parse(struct arena *arena, struct text raw,
                         const struct contact_options *options, struct flaws *flaws,
                         struct contact_rows *ret_rows, struct contact_guess *ret_guess)
{
    struct contact_reading *reading = NULL;
    bool is_done = false;
    int r = contact_reader_open(arena, raw, options, flaws, &reading);
    while (!r && !is_done)
        r = contact_reader_step(reading, SIZE_MAX, ret_rows, ret_guess, &is_done);
    contact_reader_close(reading);
    return r;
}
