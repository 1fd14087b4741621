/* SPDX-License-Identifier: MIT */
#include "app/template_folder.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { TEMPLATE_BYTES_MAX = 1024 * 1024, DEPTH_MAX = 3 };
static const char known_file[] = "layout.html";

static bool has_templates(struct arena *arena, const char *folder)
{
    const char *path = arena_printf(arena, "%s/%s", folder, known_file);
    return path && access(path, R_OK) == 0;
}

/* An installed program finds them beside itself, under whatever prefix; one that runs from a build
 * tree finds those of its sources. NULL: nowhere.                                                */
static const char *installed_folder(struct arena *arena)
{
    char program[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    if (size > 0) {
        program[size] = '\0';
        const char *shared = arena_printf(arena, "%s/../share/convier/templates", dirname(program));
        if (shared && has_templates(arena, shared))
            return shared;
    }
    if (has_templates(arena, CONVIER_SOURCE_TEMPLATES))
        return CONVIER_SOURCE_TEMPLATES;
    return has_templates(arena, CONVIER_TEMPLATES) ? CONVIER_TEMPLATES : NULL;
}

static bool is_passed_over(const char *name)
{
    size_t size = strlen(name);
    return name[0] == '.' || name[0] == '#' || name[size - 1] == '~' ||
           strcmp(name, "README.md") == 0;
}

static int read_template(struct arena *arena, const char *path, const char *name,
                         struct flaws *flaws, struct template_sources *ret)
{
    CLEANUP_BUF struct buf bytes = BUF_INIT(TEMPLATE_BYTES_MAX);
    int r = file_read(path, &bytes);
    if (r == -ENOMEM)
        return r;
    if (r) {
        flaws_add(flaws, SEVERITY_ERROR, 0, 0, NULL, "%s: %s", path, strerror(-r));
        return 0;
    }
    struct template_source *source = list_add(arena, ret);
    if (!source)
        return -ENOMEM;
    char *text = arena_copy_text(arena, buf_text(&bytes));
    *source = (struct template_source){.name = arena_copy_string(arena, name),
                                       .file = arena_copy_string(arena, path),
                                       .text = {text, bytes.size}};
    return text && source->name && source->file ? 0 : -ENOMEM;
}

static int read_folder(struct arena *arena, const char *folder, const char *prefix, int depth,
                       struct flaws *flaws, struct template_sources *ret)
{
    DIR *dir = opendir(folder);
    if (!dir) {
        flaws_add(flaws, SEVERITY_ERROR, 0, 0, "check `templates` in the settings", "%s: %s",
                  folder, strerror(errno));
        return 0;
    }
    int r = 0;
    for (struct dirent *entry; !r && (entry = readdir(dir));) {
        struct stat st;
        if (is_passed_over(entry->d_name))
            continue;
        const char *path = arena_printf(arena, "%s/%s", folder, entry->d_name);
        const char *name = arena_printf(arena, "%s%s", prefix, entry->d_name);
        if (!path || !name)
            r = -ENOMEM;
        else if (stat(path, &st) < 0)
            continue;
        else if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
            r = read_folder(arena, path, arena_printf(arena, "%s/", name), depth + 1, flaws, ret);
        else if (S_ISREG(st.st_mode))
            r = read_template(arena, path, name, flaws, ret);
    }
    closedir(dir);
    return r;
}

/* Letters written by hand come last: none stands in for a template. Their flaws are no errors. */
static int read_issues(struct arena *arena, const char *folder, struct flaws *flaws,
                       struct template_sources *ret)
{
    struct flaws found;
    size_t first = ret->count;
    flaws_init(&found, arena, NULL);
    int r = read_folder(arena, folder, "", DEPTH_MAX, &found, ret);
    for (size_t i = first; i < ret->count; i++)
        ret->items[i].is_issue = true;
    for (size_t i = 0; i < found.count; i++)
        flaws_add(flaws, SEVERITY_WARNING, 0, 0, "check `newsletter_folder` in the settings", "%s",
                  found.items[i].text);
    return r;
}

int template_folder_read(struct arena *arena, const char *own, const char *issues, const char *logo,
                         struct flaws *flaws, struct template_sources *ret)
{
    const char *installed = installed_folder(arena);
    int r = own ? read_folder(arena, own, "", 0, flaws, ret) : 0;
    if (!r && logo)
        r = read_template(arena, logo, "logo", flaws, ret);
    if (!r && installed)
        r = read_folder(arena, installed, "", 0, flaws, ret);
    if (!r && issues)
        r = read_issues(arena, issues, flaws, ret);
    if (!r && !installed && !own)
        flaws_add(flaws, SEVERITY_ERROR, 0, 0, "install convier, or set `templates`",
                  "%s: no templates found", CONVIER_TEMPLATES);
    return r;
}

/* --- issues ---------------------------------------------------------------------------------- */

/* "2026-12-lettre" of "2026-12-lettre.fr.md"; no text: it is no such file. */
static struct text issue_of(const char *file)
{
    struct text name = text_of(file);
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        char tail[16];
        size_t size = (size_t)snprintf(tail, sizeof tail, ".%s.md",
                                       language_to_text((enum language)language));
        if (!is_passed_over(file) && name.size > size &&
            text_is(text_from(name, name.size - size), tail))
            return text_slice(name, 0, name.size - size);
    }
    return (struct text){NULL, 0};
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int template_folder_issues(struct arena *arena, const char *folder, struct issue_names *ret)
{
    DIR *dir = opendir(folder);
    size_t kept = 0;
    int r = 0;
    *ret = (struct issue_names){0};
    for (struct dirent *entry; dir && !r && (entry = readdir(dir));) {
        struct text name = issue_of(entry->d_name);
        const char **slot = name.size ? list_add(arena, ret) : NULL;
        if (slot)
            *slot = arena_copy_text(arena, name);
        r = !name.size || (slot && *slot) ? 0 : -ENOMEM;
    }
    if (dir)
        closedir(dir);
    if (r)
        return r;
    if (ret->count)
        qsort(ret->items, ret->count, sizeof *ret->items, compare_names);
    for (size_t i = 0; i < ret->count; i++)
        if (!kept || strcmp(ret->items[i], ret->items[kept - 1]) != 0)
            ret->items[kept++] = ret->items[i];
    ret->count = kept;
    return 0;
}
