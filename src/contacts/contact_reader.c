/* SPDX-License-Identifier: MIT */
/* The kind of file is told by its first bytes, never by its name: an address has none. */
#include "contacts/contact_reader.h"

#include <errno.h>
#include <string.h>

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

static bool is_vcard(struct text raw)
{
    static const char utf16le[] = "B\0E\0G\0I\0N\0:\0V\0C\0",
                      utf16be[] = "\0B\0E\0G\0I\0N\0:\0V\0C";
    if (text_starts_nocase(skip_bom(raw), "BEGIN:VCARD"))
        return true;
    bool has_utf16_bom = text_starts(raw, "\xFF\xFE") || text_starts(raw, "\xFE\xFF");
    struct text rest = has_utf16_bom ? text_from(raw, 2) : raw;
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

static int read_format(struct contact_builder *builder, struct text raw,
                       struct contact_guess *guess)
{
    const char *other;

    if (text_starts(raw, "\xD0\xCF\x11\xE0"))
        return refuse_ole(raw, builder->flaws);
    if (text_starts(raw, "PK\x03\x04"))
        return workbook_read(builder, raw, guess);
    if (is_vcard(raw)) {
        guess->format = "vCard";
        return vcard_read(builder, raw, guess);
    }
    other = name_of_other(raw);
    if (other) {
        flaws_add(builder->flaws, SEVERITY_ERROR, 0, 0, "give a CSV, vCard, .xlsx or .ods file",
                  "this is no contact list but %s", other);
        return CONTACTS_E_REFUSED;
    }
    guess->format = "CSV";
    return csv_list_read(builder, raw, guess);
}

int contact_reader_parse(struct arena *arena, struct text raw,
                         const struct contact_options *options, struct flaws *flaws,
                         struct contact_rows *ret_rows, struct contact_guess *ret_guess)
{
    const char *caller_source = flaws->source;
    struct contact_rows rows = {0};
    struct contact_guess guess = {0};
    CLEANUP_ARENA struct arena *reading = arena_new(reading_max_bytes);
    CLEANUP_ARENA struct arena *row = arena_new(reading_max_bytes);
    struct contact_builder *builder = reading ? arena_alloc(reading, sizeof *builder) : NULL;

    if (!builder || !row)
        return -ENOMEM;
    *builder = (struct contact_builder){
        .arena = arena,
        .reading = reading,
        .row = row,
        .options = options,
        .flaws = flaws,
        .rows = &rows,
    };
    int r = contact_builder_init(builder);
    if (r)
        return r;
    if (options->source)
        flaws->source = options->source;
    r = read_format(builder, raw, &guess);
    if (!r && !rows.count) {
        flaws_add(flaws, SEVERITY_ERROR, 0, 0, NULL, "no valid contact is in the list");
        r = CONTACTS_E_REFUSED;
    }
    flaws->source = caller_source;
    if (flaws->is_out_of_memory)
        return -ENOMEM;
    if (ret_guess)
        *ret_guess = guess;
    if (!r)
        *ret_rows = rows;
    return r;
}
