/* SPDX-License-Identifier: MIT */
/* settings_file: the administrator's file (libconfig) into struct settings, strictly.
 *
 * Every key that is unknown, misspelt, of the wrong type, out of range or missing is a flaw with
 * file, line and column, and the whole file is read before the answer is no: one run of `check`
 * shows all of them. Which keys exist stands in settings_table.c and nowhere else.
 * A secret's text never stands in the settings, nor in a flaw.                                   */
#ifndef CONVIER_APP_SETTINGS_FILE_H
#define CONVIER_APP_SETTINGS_FILE_H

#include "base/flaw.h"
#include "model/settings.h"

enum { SETTINGS_FILE_E_REFUSED = 1 }; /* the flaws say why; there may be many */
enum { SETTINGS_FILE_BYTES_MAX = 1024 * 1024 };

/* Reads path and what it @includes (relative to the folder of path). The settings, their strings
 * and the flaws live in the arena; zones are borrowed from the set, which must outlive them.
 * Warnings may stand in flaws when 0 is returned. A file that cannot be read is a flaw too.
 * Returns 0; SETTINGS_FILE_E_REFUSED, where *ret is what `check` may go on with (nothing that would
 * give a secret away, lists without their flawed items) or NULL; or -ENOMEM.                     */
int settings_file_load(struct arena *arena, const char *path, struct zones *zones,
                       struct flaws *flaws, const struct settings **ret);

/* The same for bytes that are already here; path names them and anchors relative paths. */
int settings_file_parse(struct arena *arena, struct text raw, const char *path, struct zones *zones,
                        struct flaws *flaws, const struct settings **ret);

#endif
