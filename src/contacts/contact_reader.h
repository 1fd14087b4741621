/* SPDX-License-Identifier: MIT */
/* contact_reader: a contact list's bytes (CSV, vCard, xlsx, ods) into contacts. Pure.
 *
 * Every bad row is set aside with file, line, column and reason; the good ones live.             */
#ifndef CONVIER_CONTACTS_CONTACT_READER_H
#define CONVIER_CONTACTS_CONTACT_READER_H

#include "base/arena.h"
#include "base/flaw.h"
#include "base/locale.h"
#include "model/contact.h"
#include "model/settings.h"

struct contact_options {
    const char *source;                   /* file or address: goes into contact.source */
    const struct contacts_settings *list; /* charset, delimiter, defaults; NULL = all guessed */
    enum language language;               /* the organisation's, as last resort */
    const struct zone *zone;              /* the organisation's, as last resort */
    struct zones *zones;
    struct locale *locale;
    /* Called now and then: the first `size` bytes of raw will not be looked at again. NULL: nobody
     * wants to know. */
    void (*on_passed)(void *context, size_t size);
    void *context;
};

/* Rows of one source, in its order, before merging. */
LIST_TYPE(contact_rows, const struct contact *);

/* What was guessed, for `check` and `contacts`. */
struct contact_guess {
    const char *format;   /* "CSV", "vCard", "xlsx", "ods" */
    const char *producer; /* "Outlook (fr)", "Google Contacts" … or NULL */
    const char *charset;  /* "UTF-8", "windows-1252", "CP932" … */
    char delimiter;       /* CSV only */
};

enum {
    CONTACTS_E_REFUSED = 1
}; /* no address column, no valid contact, wrong kind of file: flaws say */

/* ret_rows is set only on 0. Its strings lie in the arena; raw and options need not outlive the
 * call, but for options' zone, list->zone and list->charset. Fields that are empty in a row are not
 * in contact.fields. ret_guess may be NULL. 0, CONTACTS_E_REFUSED (flaws has an error) or -ENOMEM.
 */
int contact_reader_parse(struct arena *arena, struct text raw,
                         const struct contact_options *options, struct flaws *flaws,
                         struct contact_rows *ret_rows, struct contact_guess *ret_guess);

/* The same a part at a time, until about max_bytes more are decoded, inflated or read into rows:
 * what it says comes with *ret_is_done, or with a refusal. All that is given is borrowed until the
 * close, which accepts NULL and returns it. */
struct contact_reading;
int contact_reader_open(struct arena *arena, struct text raw, const struct contact_options *options,
                        struct flaws *flaws, struct contact_reading **ret);
int contact_reader_step(struct contact_reading *reading, size_t max_bytes,
                        struct contact_rows *ret_rows, struct contact_guess *ret_guess,
                        bool *ret_is_done);
struct contact_reading *contact_reader_close(struct contact_reading *reading);

/* One list out of the rows of all sources: one contact per address, sorted. The list points at the
 * rows, which must live as long. An address keeps the spelling of its first row;
 * its local part is compared without case. 0 or -ENOMEM.                                         */
int contact_reader_merge(struct arena *arena, const struct contact_rows *rows, size_t source_count,
                         struct flaws *flaws, struct contact_list *ret_list);

/* The same some rows at a time, no more than rows_max at once: *ret_list is set with *ret_is_done.
 * All that is given is borrowed until the close, which accepts NULL and returns it; the flaws are
 * whole after it.                                                                                */
struct contact_merging;
int contact_reader_merge_open(struct arena *arena, const struct contact_rows *rows,
                              size_t source_count, struct flaws *flaws,
                              struct contact_merging **ret);
int contact_reader_merge_step(struct contact_merging *merging, size_t rows_max,
                              struct contact_list *ret_list, bool *ret_is_done);
struct contact_merging *contact_reader_merge_close(struct contact_merging *merging);

#endif
