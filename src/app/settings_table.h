/* SPDX-License-Identifier: MIT */
/* settings_table: every key that the settings know, as data: name, type, default, where its value
 * goes. The loader is driven by it; what each means stands in convier.cfg(5), and by example in
 * etc/convier.cfg. A test holds the three together.                                              */
#ifndef CONVIER_APP_SETTINGS_TABLE_H
#define CONVIER_APP_SETTINGS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum setting_type {
    SETTING_STRING,    /* one line of text */
    SETTING_LINES,     /* text that may hold newlines */
    SETTING_ADDRESS,   /* local@domain */
    SETTING_ADDRESSES, /* list of them */
    SETTING_STRINGS,   /* list of words, or one string with commas */
    SETTING_PATH,      /* made absolute against the folder of the settings file */
    SETTING_SOURCE,    /* path, https:// or webcal:// address */
    SETTING_WEB,       /* http:// or https:// address */
    SETTING_COLOUR,    /* #rrggbb */
    SETTING_NAME, /* letters, digits, '-', '_', '.': what becomes part of keys and file names */
    SETTING_DELIMITER,  /* one character, or "tab" */
    SETTING_SECRET,     /* credential:NAME or file:PATH */
    SETTING_BOOL,       /* true, false */
    SETTING_COUNT,      /* whole number within min … max */
    SETTING_WORD,       /* one of words */
    SETTING_FLAG,       /* one of two words, kept as bool: the second is true */
    SETTING_DURATION,   /* span kept as microseconds */
    SETTING_SPAN,       /* span */
    SETTING_CLOCK,      /* "09:00", kept as minute of the day */
    SETTING_DATE,       /* "2026-10-05" */
    SETTING_ZONE,       /* IANA name */
    SETTING_LANGUAGE,   /* fr, ja, en */
    SETTING_RECURRENCE, /* RRULE */
    SETTING_COUNTRY,    /* two letters */
    SETTING_QUIET,      /* "weekends, holidays, 18:30-08:30" */
    SETTING_RATE,       /* "1 per 3 days" */
    SETTING_GROUP,      /* { … } */
    SETTING_LIST,       /* ( { … }, { … } ) */
    SETTING_AUDIENCES   /* { NAME = "expression"; … } */
};

struct setting_word {
    const char *text; /* NULL ends the list */
    int value;
};

struct setting_key {
    const char *name; /* NULL ends the table */
    enum setting_type type;
    bool is_required;
    bool is_choice;       /* left empty, it would mean what nobody wants: everything, or at once */
    const char *standard; /* default as one would write it; NULL = absent */
    size_t offset;        /* of the value in its struct */
    size_t extra_offset;  /* of the count of a list, or of the has_ flag; 0 = none */
    int min, max;         /* COUNT; LIST: max 1 = written as a single group */
    const struct setting_word *words; /* WORD, FLAG */
    const struct setting_key *keys;   /* GROUP, LIST */
    size_t item_size;                 /* LIST */
};

/* The keys of the top level, ended by a NULL name; groups and lists hang below. */
const struct setting_key *settings_table(void);

const char *setting_type_to_text(enum setting_type type); /* "a number", "an address" … */

#endif
