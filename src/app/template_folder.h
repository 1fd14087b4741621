/* SPDX-License-Identifier: MIT */
/* template_folder: the files that the composer compiles, from the administrator's folder first,
 * then the installed one. */
#ifndef CONVIER_APP_TEMPLATE_FOLDER_H
#define CONVIER_APP_TEMPLATE_FOLDER_H

#include "compose/composer.h"

LIST_TYPE(template_sources, struct template_source);

/* own, issues: folders of the settings or NULL; logo: the organisation's image or NULL, which
 * becomes the source "logo". A file that cannot be read is a flaw. Names are relative to the
 * folder, with sub-folders ("partials/signature.fr.md"); hidden files and backups ("~") are passed
 * over. 0 or -ENOMEM.                                                                     */
int template_folder_read(struct arena *arena, const char *own, const char *issues, const char *logo,
                         struct flaws *flaws, struct template_sources *ret);

/* Issues written by hand in a folder: "2026-12-lettre" of 2026-12-lettre.fr.md, each once, sorted.
 * A folder that cannot be read has none. 0 or -ENOMEM. */
LIST_TYPE(issue_names, const char *);
int template_folder_issues(struct arena *arena, const char *folder, struct issue_names *ret);

#endif
