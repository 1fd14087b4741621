/* SPDX-License-Identifier: MIT */
/* zones: the set of zones. The names in the directory are listed once, sorted without regard to
 * case; a file is read at the first question about its name. Zones made here (UTC, fixed offsets,
 * those of a VTIMEZONE) stand in a second list, out of reach of a name in a feed.                */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/tzif.h"
#include "base/zone.h"

enum { NAME_SIZE_MAX = 64, DEPTH_MAX = 3, NAMES_MAX = 10000, FIXED_MAX_SEC = 18 * 3600 };

/* What tells that a file was replaced. */
struct stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
};

struct file_zone {
    char *name;        /* as in the directory */
    struct zone *zone; /* NULL = not asked for yet, or not sound */
    struct stamp stamp;
    bool is_read; /* the file was looked at; zone tells the result */
};

struct zones {
    char *directory;
    struct stamp stamp; /* of the directory when it was listed */
    bool is_listed;
    struct file_zone *files;
    size_t file_count, file_capacity;
    struct zone **made; /* [0] is UTC */
    size_t made_count;
};

static struct zone *zone_free(struct zone *zone)
{
    if (zone) {
        zone_table_done(&zone->table);
        free((char *)(uintptr_t)zone->name);
        free(zone);
    }
    return NULL;
}

/* Takes the table over, also when memory is refused. */
static struct zone *zone_new(const char *name, struct zone_table *table)
{
    struct zone *zone = malloc(sizeof *zone);
    char *copy = strdup(name);
    if (!zone || !copy) {
        free(zone);
        free(copy);
        zone_table_done(table);
        return NULL;
    }
    *zone = (struct zone){.name = copy, .table = *table};
    zone_table_init(table);
    return zone;
}

static bool stamp_equal(const struct stamp *a, const struct stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->modified.tv_sec == b->modified.tv_sec && a->modified.tv_nsec == b->modified.tv_nsec;
}

static bool stamp_take(const char *path, struct stamp *ret)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return false;
    *ret = (struct stamp){status.st_dev, status.st_ino, status.st_size, status.st_mtim};
    return true;
}

/* The system's trouble of the moment, not the file's: it is worth asking again. */
static bool is_passing(int error)
{
    return error == ENOMEM || error == EMFILE || error == ENFILE || error == EIO;
}

/* ---- the directory ---- */

static bool is_safe_name(struct text name)
{
    if (name.size == 0 || name.size > NAME_SIZE_MAX || name.data[0] == '/')
        return false;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        if (!char_is_alpha(c) && !char_is_digit(c) && !(c && strchr("_+/-", c)))
            return false; /* a dot is not allowed, so neither is ".." */
    }
    return true;
}

/* posix/ and right/ are the same zones again, the latter with leap seconds; the others are no
 * places but what this machine is set to.                                                        */
static bool is_skipped(const char *name)
{
    static const char *const skipped[] = {"posix", "right", "localtime", "posixrules", "Factory"};
    for (size_t i = 0; i < sizeof skipped / sizeof skipped[0]; i++)
        if (strcmp(name, skipped[i]) == 0)
            return true;
    return false;
}

static int files_add(struct zones *zones, const char *name)
{
    if (zones->file_count == NAMES_MAX)
        return -EFBIG;
    if (zones->file_count == zones->file_capacity) {
        size_t capacity = zones->file_capacity ? zones->file_capacity * 2 : 1024;
        struct file_zone *files = reallocarray(zones->files, capacity, sizeof *files);
        if (!files)
            return -ENOMEM;
        zones->files = files;
        zones->file_capacity = capacity;
    }
    char *copy = strdup(name);
    if (!copy)
        return -ENOMEM;
    zones->files[zones->file_count++] = (struct file_zone){.name = copy};
    return 0;
}

/* prefix is "" or ends with a slash. */
static int list_folder(struct zones *zones, const char *prefix, int depth)
{
    char path[4096];
    int r = 0;
    if (snprintf(path, sizeof path, "%s/%s", zones->directory, prefix) >= (int)sizeof path)
        return -ENAMETOOLONG;
    DIR *folder = opendir(path);
    if (!folder)
        return is_passing(errno) ? -errno : 0;
    for (struct dirent *entry; !r && (entry = readdir(folder));) {
        char name[NAME_SIZE_MAX + 2];
        struct stat status;
        int size = snprintf(name, NAME_SIZE_MAX + 1, "%s%s", prefix, entry->d_name);
        if (size > NAME_SIZE_MAX || !is_safe_name(text_of(name)) || is_skipped(name))
            continue;
        bool is_folder = entry->d_type == DT_DIR;
        if (entry->d_type != DT_DIR && entry->d_type != DT_REG) {
            if (fstatat(dirfd(folder), entry->d_name, &status, 0) != 0)
                continue;
            is_folder = S_ISDIR(status.st_mode);
        }
        if (!is_folder) {
            r = files_add(zones, name);
        } else if (depth < DEPTH_MAX) {
            name[size] = '/';
            name[size + 1] = '\0';
            r = list_folder(zones, name, depth + 1);
        }
    }
    closedir(folder);
    return r;
}

static int name_compare_nocase(struct text a, const char *b)
{
    size_t i = 0;
    for (; i < a.size && b[i]; i++) {
        char x = char_lower(a.data[i]), y = char_lower(b[i]);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return i < a.size ? 1 : b[i] ? -1 : 0;
}

static int file_compare(const void *left, const void *right)
{
    const struct file_zone *a = left, *b = right;
    int order = name_compare_nocase(text_of(a->name), b->name);
    return order ? order : strcmp(a->name, b->name);
}

static void files_sort(struct zones *zones)
{
    if (zones->file_count)
        qsort(zones->files, zones->file_count, sizeof *zones->files, file_compare);
}

static struct file_zone *files_search(const struct zones *zones, const struct file_zone *like,
                                      size_t count)
{
    return count ? bsearch(like, zones->files, count, sizeof *like, file_compare) : NULL;
}

static void files_free(struct file_zone *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(files[i].name);
    free(files);
}

/* Hands over the zones that were read. A name that is gone keeps its zone: somebody may hold it. */
static int keep_known(const struct zones *old, struct zones *fresh)
{
    size_t listed = fresh->file_count;
    files_sort(fresh);
    for (size_t i = 0; i < old->file_count; i++)
        if (old->files[i].zone && !files_search(fresh, &old->files[i], listed)) {
            int r = files_add(fresh, old->files[i].name);
            if (r)
                return r;
        }
    files_sort(fresh);
    for (size_t i = 0; i < old->file_count; i++)
        if (old->files[i].zone) {
            struct file_zone *same = files_search(fresh, &old->files[i], fresh->file_count);
            same->zone = old->files[i].zone;
            same->stamp = old->files[i].stamp;
            same->is_read = true;
        }
    return 0;
}

/* Lists the directory anew; on error the old list stays. */
static int list_directory(struct zones *zones)
{
    struct zones fresh = {.directory = zones->directory};
    struct stamp stamp;
    if (!stamp_take(zones->directory, &stamp))
        return 0;
    int r = list_folder(&fresh, "", 0);
    if (!r)
        r = keep_known(zones, &fresh);
    if (r) {
        files_free(fresh.files, fresh.file_count);
        return r;
    }
    files_free(zones->files, zones->file_count);
    zones->files = fresh.files;
    zones->file_count = fresh.file_count;
    zones->file_capacity = fresh.file_capacity;
    zones->stamp = stamp;
    zones->is_listed = true;
    return 0;
}

/* ---- one file ---- */

/* 0 with a table, or positive when there is no sound file, or a negative errno. */
static int file_table(const struct zones *zones, const char *name, struct stamp *ret_stamp,
                      struct zone_table *ret_table)
{
    char path[4096];
    CLEANUP_BUF struct buf bytes = BUF_INIT(TZIF_BYTES_MAX);
    if (snprintf(path, sizeof path, "%s/%s", zones->directory, name) >= (int)sizeof path)
        return TZIF_E_MALFORMED;
    if (!stamp_take(path, ret_stamp))
        return TZIF_E_MALFORMED;
    int r = file_read(path, &bytes);
    if (r)
        return is_passing(-r) ? r : TZIF_E_MALFORMED;
    return tzif_parse(buf_text(&bytes), ret_table);
}

static const struct zone *file_zone_get(const struct zones *zones, struct file_zone *file)
{
    struct zone_table table;
    if (file->is_read)
        return file->zone;
    int r = file_table(zones, file->name, &file->stamp, &table);
    if (r < 0)
        return NULL; /* the next question tries again */
    file->zone = r ? NULL : zone_new(file->name, &table);
    file->is_read = r || file->zone;
    return file->zone;
}

/* True when its answers changed. A file that vanished or broke leaves the last good answers. */
static bool file_zone_refresh(const struct zones *zones, struct file_zone *file)
{
    char path[4096];
    struct stamp stamp;
    struct zone_table table;
    if (snprintf(path, sizeof path, "%s/%s", zones->directory, file->name) >= (int)sizeof path ||
        !stamp_take(path, &stamp) || stamp_equal(&stamp, &file->stamp))
        return false;
    if (file_table(zones, file->name, &stamp, &table) != 0)
        return false;
    file->stamp = stamp;
    bool is_changed = !zone_table_equal(&table, &file->zone->table);
    if (is_changed) {
        struct zone_table old = file->zone->table;
        file->zone->table = table;
        table = old;
    }
    zone_table_done(&table);
    return is_changed;
}

/* ---- zones made here ---- */

static const struct zone *made_add(struct zones *zones, const char *name, struct zone_table *table)
{
    struct zone **made = reallocarray(zones->made, zones->made_count + 1, sizeof *made);
    if (!made) {
        zone_table_done(table);
        return NULL;
    }
    zones->made = made;
    struct zone *zone = zone_new(name, table);
    if (zone)
        made[zones->made_count++] = zone;
    return zone;
}

static int table_add(struct zone_table *table, struct zone_transition transition)
{
    const int32_t most_sec = ZONE_OFFSET_MAX_SEC;
    int32_t offset_sec = transition.offset_sec;
    struct zone_change change = {
        .utc_sec = transition.utc_sec,
        .offset_sec = offset_sec < -most_sec  ? -most_sec
                      : offset_sec > most_sec ? most_sec
                                              : offset_sec,
        .is_dst = transition.is_dst,
    };
    int r = zone_table_name(table, text_of(transition.abbreviation), &change.abbreviation);
    return r ? r : zone_table_add(table, change);
}

const struct zone *zones_custom(struct zones *zones, const char *name,
                                struct zone_transition initial,
                                const struct zone_transition *transitions, size_t count)
{
    struct zone_table table;
    zone_table_init(&table);
    initial.utc_sec = INT64_MIN;
    int r = table_add(&table, initial);
    for (size_t i = 0; i < count && !r; i++)
        r = table_add(&table, transitions[i]);
    if (r) {
        zone_table_done(&table);
        return NULL;
    }
    for (size_t i = 0; i < zones->made_count; i++)
        if (strcmp(zones->made[i]->name, name) == 0 &&
            zone_table_equal(&zones->made[i]->table, &table)) {
            zone_table_done(&table);
            return zones->made[i];
        }
    return made_add(zones, name, &table);
}

const struct zone *zones_fixed(struct zones *zones, int32_t offset_sec)
{
    char name[20];
    if (offset_sec < -FIXED_MAX_SEC || offset_sec > FIXED_MAX_SEC)
        return NULL;
    unsigned distance_sec = (unsigned)abs(offset_sec);
    if (offset_sec == 0)
        return zones_utc(zones);
    int size = snprintf(name, sizeof name, "UTC%c%02u:%02u", offset_sec < 0 ? '-' : '+',
                        distance_sec / 3600, distance_sec / 60 % 60);
    if (distance_sec % 60)
        snprintf(name + size, sizeof name - (size_t)size, ":%02u", distance_sec % 60);
    struct zone_transition only = {.offset_sec = offset_sec, .abbreviation = name + 3};
    return zones_custom(zones, name, only, NULL, 0);
}

const struct zone *zones_utc(struct zones *zones)
{
    return zones->made[0];
}

/* ---- the set ---- */

struct zones *zones_new(const char *directory)
{
    struct zones *zones = calloc(1, sizeof *zones);
    if (!zones)
        return NULL;
    struct zone_transition utc = {.abbreviation = "UTC"};
    zones->directory = strdup(directory ? directory : "/usr/share/zoneinfo");
    if (!zones->directory || !zones_custom(zones, "UTC", utc, NULL, 0))
        return zones_free(zones);
    return zones;
}

struct zones *zones_free(struct zones *zones)
{
    if (!zones)
        return NULL;
    for (size_t i = 0; i < zones->file_count; i++)
        zone_free(zones->files[i].zone);
    for (size_t i = 0; i < zones->made_count; i++)
        zone_free(zones->made[i]);
    files_free(zones->files, zones->file_count);
    free(zones->made);
    free(zones->directory);
    free(zones);
    return NULL;
}

/* "UTC+05:30", and with seconds. */
static const struct zone *find_fixed(struct zones *zones, struct text name)
{
    static const int unit_sec[] = {3600, 60, 1};
    int64_t offset_sec = 0, part;
    if (!text_starts(name, "UTC") || name.size < 4 || (name.data[3] != '+' && name.data[3] != '-'))
        return NULL;
    struct text rest = text_from(name, 4);
    size_t count = 0;
    for (; rest.data && count < 3; count++) {
        struct text digits = text_split(&rest, ':');
        if (digits.size != 2 || !char_is_digit(digits.data[0]) ||
            !text_number(digits, 0, 59, &part))
            return NULL;
        offset_sec += part * unit_sec[count];
    }
    if (rest.data || count < 2)
        return NULL;
    return zones_fixed(zones, (int32_t)(name.data[3] == '-' ? -offset_sec : offset_sec));
}

/* The first name that is not before `name` when case does not count. */
static size_t files_lower_bound(const struct zones *zones, struct text name)
{
    size_t low = 0, high = zones->file_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (name_compare_nocase(name, zones->files[middle].name) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct zone *zones_find(struct zones *zones, struct text name)
{
    if (text_is_nocase(name, "UTC"))
        return zones_utc(zones);
    if (!is_safe_name(name))
        return find_fixed(zones, name);
    if (!zones->is_listed && list_directory(zones) != 0)
        return NULL;
    struct file_zone *found = NULL;
    for (size_t i = files_lower_bound(zones, name);
         i < zones->file_count && text_is_nocase(name, zones->files[i].name); i++)
        if (!found || text_is(name, zones->files[i].name))
            found = &zones->files[i];
    return found ? file_zone_get(zones, found) : NULL;
}

size_t zones_refresh(struct zones *zones)
{
    struct stamp stamp;
    size_t changed = 0;
    if (zones->is_listed && stamp_take(zones->directory, &stamp) &&
        !stamp_equal(&stamp, &zones->stamp))
        (void)list_directory(zones); /* without memory the old list stays good; next time again */
    for (size_t i = 0; i < zones->file_count; i++) {
        struct file_zone *file = &zones->files[i];
        if (file->zone)
            changed += file_zone_refresh(zones, file);
        else
            file->is_read = false; /* a broken file may have been mended */
    }
    return changed;
}
