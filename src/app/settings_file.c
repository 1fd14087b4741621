/* SPDX-License-Identifier: MIT */
/* The walk: libconfig builds a tree, the table of keys says what may stand in it, and each value is
 * written into the struct that the table names. Nothing here knows a key by name except where the
 * grammar itself differs (audiences, relay).                                                     */
#include "app/settings_file.h"

#include <errno.h>
#include <libconfig.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/settings_check.h"
#include "app/settings_salvage.h"
#include "app/settings_table.h"
#include "app/settings_value.h"
#include "base/file.h"

enum { KEYS_MAX = 64 };

struct loader {
    struct settings_scope scope;
    struct settings_places places;
    struct settings_reading reading;
    struct settings *settings;
    bool is_walked;
};

#define ERROR(setting, key, advice, ...)                                                           \
    settings_check_flaw(&loader->reading, SEVERITY_ERROR, setting, key, advice, __VA_ARGS__)

static void fill_keys(struct loader *loader, const char *group, const config_setting_t *setting,
                      const struct setting_key *keys, void *base);

static const char *type_name(const config_setting_t *setting)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_GROUP:
        return "a group";
    case CONFIG_TYPE_LIST:
    case CONFIG_TYPE_ARRAY:
        return "a list";
    case CONFIG_TYPE_STRING:
        return "a string";
    case CONFIG_TYPE_BOOL:
        return "true or false";
    default:
        return "a number";
    }
}

static void report_type(struct loader *loader, const config_setting_t *setting,
                        const struct setting_key *key)
{
    const char *want = key->type == SETTING_LIST && key->max == 1
                           ? setting_type_to_text(SETTING_GROUP)
                           : setting_type_to_text(key->type);
    ERROR(setting, NULL, NULL, "%s: must be %s, not %s", key->name, want, type_name(setting));
}

static bool is_key_list(const config_setting_t *setting)
{
    return config_setting_is_list(setting) || config_setting_is_array(setting);
}

static void set_value(struct loader *loader, const config_setting_t *setting,
                      const struct setting_key *key, const char *string, void *base)
{
    struct settings_problem flaw = settings_value_set(&loader->scope, key, string, base);
    if (flaw.text)
        ERROR(setting, NULL, flaw.advice, "%s", flaw.text);
}

static void fill_scalar(struct loader *loader, const config_setting_t *setting,
                        const struct setting_key *key, void *base)
{
    int type = config_setting_type(setting);
    char number[32];

    if (key->type == SETTING_BOOL && type == CONFIG_TYPE_BOOL) {
        set_value(loader, setting, key, config_setting_get_bool(setting) ? "true" : "false", base);
    } else if (key->type == SETTING_COUNT &&
               (type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64)) {
        long long value = config_setting_get_int64(setting);
        snprintf(number, sizeof number, "%lld", value);
        if (value < key->min || value > key->max)
            ERROR(setting, NULL, NULL, "%s: %lld is not within %d and %d", key->name, value,
                  key->min, key->max);
        else
            set_value(loader, setting, key, number, base);
    } else if (key->type != SETTING_BOOL && key->type != SETTING_COUNT &&
               type == CONFIG_TYPE_STRING) {
        set_value(loader, setting, key, config_setting_get_string(setting), base);
    } else {
        report_type(loader, setting, key);
    }
}

/* ( "a", "b" ), [ "a", "b" ] or "a, b". */
LIST_TYPE(string_list, const char *);

static bool add_string(struct loader *loader, const config_setting_t *setting,
                       const struct setting_key *key, struct text text, struct string_list *list)
{
    struct setting_key one = {.name = key->name,
                              .type = key->type == SETTING_ADDRESSES ? SETTING_ADDRESS
                                                                     : SETTING_STRING};
    char *copy = arena_copy_text(loader->scope.arena, text_trim(text));
    const char **slot = copy ? list_add(loader->scope.arena, list) : NULL;
    if (!slot)
        return false;
    set_value(loader, setting, &one, copy, slot);
    if (!*slot)
        list->count--;
    return true;
}

static void fill_strings(struct loader *loader, const config_setting_t *setting,
                         const struct setting_key *key, void *base)
{
    struct string_list list = {0};
    bool is_good = true;

    if (config_setting_type(setting) == CONFIG_TYPE_STRING) {
        struct text rest = text_of(config_setting_get_string(setting));
        while (rest.data && is_good)
            is_good = add_string(loader, setting, key, text_split(&rest, ','), &list);
    } else if (is_key_list(setting)) {
        for (int i = 0; i < config_setting_length(setting) && is_good; i++) {
            const config_setting_t *item = config_setting_get_elem(setting, (unsigned)i);
            const char *string = config_setting_get_string(item);
            if (string)
                is_good = add_string(loader, item, key, text_of(string), &list);
            else
                report_type(loader, setting, key);
        }
    } else {
        report_type(loader, setting, key);
    }
    if (!is_good)
        loader->scope.is_out_of_memory = true;
    *(const char *const **)((char *)base + key->offset) = list.items;
    *(size_t *)((char *)base + key->extra_offset) = list.count;
}

static void fill_audiences(struct loader *loader, const config_setting_t *setting,
                           const struct setting_key *key)
{
    if (!config_setting_is_group(setting)) {
        report_type(loader, setting, key);
        return;
    }
    size_t count = (size_t)config_setting_length(setting);
    struct audience_settings *items = arena_alloc_array(loader->scope.arena, count, sizeof *items);
    if (!items) {
        loader->scope.is_out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const config_setting_t *item = config_setting_get_elem(setting, (unsigned)i);
        struct setting_key one = {.name = config_setting_name(item),
                                  .type = SETTING_STRING,
                                  .is_required = true,
                                  .offset = offsetof(struct audience_settings, expression)};
        items[i].place = settings_place_of_string(&loader->places, item, NULL);
        items[i].name = arena_copy_string(loader->scope.arena, one.name);
        if (!items[i].name)
            loader->scope.is_out_of_memory = true;
        fill_scalar(loader, item, &one, &items[i]);
    }
    loader->settings->audiences = items;
    loader->settings->audience_count = count;
}

static void fill_list(struct loader *loader, const char *group, const config_setting_t *setting,
                      const struct setting_key *key, void *base)
{
    bool is_single = key->max == 1;
    if (is_single ? !config_setting_is_group(setting) : !config_setting_is_list(setting)) {
        report_type(loader, setting, key);
        return;
    }
    size_t count = is_single ? 1 : (size_t)config_setting_length(setting);
    char *items = arena_alloc_array(loader->scope.arena, count, key->item_size);
    char path[64];
    if (!items) {
        loader->scope.is_out_of_memory = true;
        return;
    }
    snprintf(path, sizeof path, "%s%s%s", group, *group ? "." : "", key->name);
    size_t filled = 0;
    for (size_t i = 0; i < count; i++) {
        const config_setting_t *item =
            is_single ? setting : config_setting_get_elem(setting, (unsigned)i);
        if (!config_setting_is_group(item)) {
            ERROR(setting, NULL, "write ( { … }, { … } )",
                  "%s: element %zu must be a group, not %s", key->name, i + 1, type_name(item));
            continue;
        }
        size_t errors = loader->reading.flaws->errors;
        fill_keys(loader, path, item, key->keys, items + filled * key->item_size);
        settings_check_item(&loader->reading, key, item, loader->settings, items, filled);
        if (loader->reading.flaws->errors > errors)
            settings_check_refuse(key, items, filled);
        filled++;
    }
    *(void **)((char *)base + key->offset) = items;
    *(size_t *)((char *)base + key->extra_offset) = filled;
}

static void fill_group(struct loader *loader, const config_setting_t *setting,
                       const struct setting_key *key, void *base)
{
    if (setting && !config_setting_is_group(setting)) {
        report_type(loader, setting, key);
        return;
    }
    fill_keys(loader, key->name, setting, key->keys, (char *)base + key->offset);
    settings_check_group(&loader->reading, key, setting, loader->settings);
}

static void fill_value(struct loader *loader, const char *group, const config_setting_t *setting,
                       const struct setting_key *key, void *base)
{
    switch (key->type) {
    case SETTING_LIST:
        fill_list(loader, group, setting, key, base);
        break;
    case SETTING_STRINGS:
    case SETTING_ADDRESSES:
        fill_strings(loader, setting, key, base);
        break;
    case SETTING_AUDIENCES:
        fill_audiences(loader, setting, key);
        break;
    default:
        fill_scalar(loader, setting, key, base);
        break;
    }
}

static void report_unknown(struct loader *loader, const char *group,
                           const config_setting_t *setting, const struct setting_key *keys)
{
    const char *names[KEYS_MAX];
    size_t count = 0;
    for (const struct setting_key *key = keys; key->name && count < KEYS_MAX; key++)
        names[count++] = key->name;
    const char *name = config_setting_name(setting);
    const char *nearest = text_nearest(text_of(name), names, count);
    const char *advice = "remove it";
    if (nearest)
        advice = arena_printf(loader->scope.arena, "did you mean %s?", nearest);
    if (!advice)
        loader->scope.is_out_of_memory = true;
    ERROR(setting, NULL, advice, "%s: no such key %s%s", name, *group ? "in " : "at the top level",
          group);
}

static void check_unknown(struct loader *loader, const char *group, const config_setting_t *setting,
                          const struct setting_key *keys)
{
    for (int i = 0; i < config_setting_length(setting); i++) {
        const config_setting_t *member = config_setting_get_elem(setting, (unsigned)i);
        const struct setting_key *key = keys;
        while (key->name && !string_equal(key->name, config_setting_name(member)))
            key++;
        if (!key->name)
            report_unknown(loader, group, member, keys);
    }
}

/* Absent, or an optional key with nothing in it: an error where that may be a slip which would
 * write to people who were not meant.                                                            */
static bool is_absent(struct loader *loader, const config_setting_t *setting,
                      const struct setting_key *key)
{
    if (!setting)
        return true;
    if (key->is_required || config_setting_type(setting) != CONFIG_TYPE_STRING ||
        !settings_value_is_empty(key, config_setting_get_string(setting)))
        return false;
    settings_check_flaw(&loader->reading, key->is_choice ? SEVERITY_ERROR : SEVERITY_WARNING,
                        setting, NULL, "leave the key out",
                        key->is_choice ? "%s: is empty" : "%s: is empty and counts as not given",
                        key->name);
    return true;
}

static void fill_keys(struct loader *loader, const char *group, const config_setting_t *setting,
                      const struct setting_key *keys, void *base)
{
    if (setting)
        check_unknown(loader, group, setting, keys);
    for (const struct setting_key *key = keys; key->name; key++) {
        const config_setting_t *member =
            setting ? config_setting_get_member(setting, key->name) : NULL;
        if (key->type == SETTING_CLOCK)
            *(int *)((char *)base + key->offset) = MINUTES_UNSET;
        if (!member && key->is_required)
            ERROR(setting && !config_setting_is_root(setting) ? setting : NULL, NULL, NULL,
                  "%s is missing%s%s", key->name, *group ? " in " : "", group);
        if (key->standard) /* also ahead of a bad value, so that one flaw breeds no others */
            set_value(loader, setting, key, key->standard, base);
        if (key->type == SETTING_GROUP && (member || !key->is_required))
            fill_group(loader, member, key, base);
        else if (key->type == SETTING_GROUP)
            settings_check_group(&loader->reading, key, NULL, loader->settings);
        else if (!is_absent(loader, member, key))
            fill_value(loader, group, member, key, base);
    }
}

static int set_state(struct loader *loader)
{
    const char *folder = getenv("STATE_DIRECTORY");
    struct text first = text_of(folder);
    if (loader->settings->state)
        return 0;
    first =
        text_slice(first, 0, text_find_char(first, ':')); /* systemd lists several with colons */
    loader->settings->state =
        first.size ? arena_copy_text(loader->scope.arena, first) : "/var/lib/convier";
    return loader->settings->state ? 0 : -ENOMEM;
}

static const char *syntax_advice(const char *error)
{
    static const struct {
        const char *error, *advice;
    } rows[] = {
        {"duplicate setting name", "the key of this line already stands above: keep one of them"},
        {"cannot open include file", "is the file there, and may the service read it?"},
        {"include file nesting too deep", "does the file include itself?"},
        {"mismatched element type in array", "write the list with ( ) instead of [ ]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (string_equal(rows[i].error, error))
            return rows[i].advice;
    return "look for a missing quote, bracket or semicolon on this line and the one before";
}

static int report_syntax(struct loader *loader, const config_t *config)
{
    struct flaws *flaws = loader->reading.flaws;
    struct settings_place place = {
        .file = settings_place_file(&loader->places, config_error_file(config)),
        .line = config_error_line(config)};
    const char *advice = syntax_advice(config_error_text(config));
    if (settings_place_open_string(&loader->places, &place))
        advice = "a string begins here and runs over the end of its line: is its quote missing?";
    flaws_add_in(flaws, place.file, SEVERITY_ERROR, place.line, place.column, advice, "%s",
                 config_error_text(config));
    return flaws->is_out_of_memory ? -ENOMEM : SETTINGS_FILE_E_REFUSED;
}

static int compare_flaws(const struct flaw *a, const struct flaw *b)
{
    int order = strcmp(a->source, b->source);
    if (order)
        return order;
    return a->line != b->line ? a->line - b->line : a->column - b->column;
}

/* As they stand in the files, since the table is walked in an order of its own. */
static void sort_flaws(struct flaws *flaws, size_t first)
{
    for (size_t i = first + 1; i < flaws->count; i++) {
        struct flaw flaw = flaws->items[i];
        size_t at = i;
        for (; at > first && compare_flaws(&flaws->items[at - 1], &flaw) > 0; at--)
            flaws->items[at] = flaws->items[at - 1];
        flaws->items[at] = flaw;
    }
}

static int walk(struct loader *loader)
{
    struct flaws *flaws = loader->reading.flaws;
    size_t first = flaws->count;
    fill_keys(loader, "", loader->reading.root, settings_table(), loader->settings);
    settings_check_whole(&loader->reading, loader->settings);
    sort_flaws(flaws, first);
    int r = set_state(loader);
    if (r)
        return r;
    if (loader->scope.is_out_of_memory || loader->reading.is_out_of_memory ||
        flaws->is_out_of_memory)
        return -ENOMEM;
    loader->is_walked = true;
    if (!flaws_has_errors(flaws))
        return 0;
    settings_salvage(loader->settings);
    return SETTINGS_FILE_E_REFUSED;
}

static int load(struct loader *loader, config_t *config, struct text raw)
{
    struct arena *arena = loader->scope.arena;
    config_set_include_dir(config, loader->scope.folder);
    int is_read = config_read_string(config, raw.data);
    loader->reading.root = config_root_setting(config);
    int r = settings_places_init(&loader->places, arena, loader->places.file, loader->scope.folder,
                                 raw, loader->reading.root);
    if (r)
        return r;
    return is_read ? walk(loader) : report_syntax(loader, config);
}

/* The folder of an absolute path. */
static const char *folder_of(struct arena *arena, const char *path)
{
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] != '/')
        size--;
    return arena_copy(arena, path, size > 1 ? size - 1 : size);
}

static const char *absolute_path(struct arena *arena, const char *path)
{
    char folder[PATH_MAX];
    if (*path == '/' || !getcwd(folder, sizeof folder))
        return arena_copy_string(arena, path);
    return arena_printf(arena, "%s/%s", folder, path);
}

static int refuse(struct flaws *flaws, const char *path, const char *advice, const char *text)
{
    flaws_add_in(flaws, path, SEVERITY_ERROR, 0, 0, advice, "%s", text);
    return flaws->is_out_of_memory ? -ENOMEM : SETTINGS_FILE_E_REFUSED;
}

int settings_file_parse(struct arena *arena, struct text raw, const char *path, struct zones *zones,
                        struct flaws *flaws, const struct settings **ret)
{
    struct settings *settings = arena_alloc(arena, sizeof *settings);
    *ret = NULL;
    const char *shown = arena_copy_string(arena, path);
    char *bytes = arena_copy_text(arena, raw);
    const char *full = absolute_path(arena, path);
    const char *folder = full ? folder_of(arena, full) : NULL;
    if (!settings || !shown || !bytes || !folder)
        return -ENOMEM;
    if (text_find_char(raw, '\0') < raw.size)
        return refuse(flaws, shown, "is it really the settings file?", "holds a NUL byte");
    if (text_starts(raw, "\xEF\xBB\xBF")) /* some editors begin UTF-8 so; libconfig would stumble */
        memset(bytes, ' ', 3);
    settings->file = full;

    struct loader loader = {
        .scope = {.arena = arena, .zones = zones, .folder = folder},
        .settings = settings,
    };
    loader.reading = (struct settings_reading){
        .arena = arena, .flaws = flaws, .places = &loader.places, .zones = zones};
    config_t config;
    config_init(&config);
    loader.places.file = shown;
    int r = load(&loader, &config, (struct text){bytes, raw.size});
    config_destroy(&config);
    if (r >= 0 && loader.is_walked)
        *ret = settings;
    return r;
}

int settings_file_load(struct arena *arena, const char *path, struct zones *zones,
                       struct flaws *flaws, const struct settings **ret)
{
    CLEANUP_BUF struct buf buf = BUF_INIT(SETTINGS_FILE_BYTES_MAX);
    int r = file_read(path, &buf);
    *ret = NULL;
    if (r == -ENOMEM)
        return r;
    if (r) {
        const char *shown = arena_copy_string(arena, path);
        const char *advice = r == -ENOENT ? "name the settings file with --config FILE" : NULL;
        return shown ? refuse(flaws, shown, advice, strerror(-r)) : -ENOMEM;
    }
    return settings_file_parse(arena, buf_text(&buf), path, zones, flaws, ret);
}
