/* SPDX-License-Identifier: MIT */
/* Several settings may share a line ({ send = "reminder"; … }, { send = "reminder"; … }), so the
 * n-th setting of a kind on a line is the n-th hit in its text.                                  */
#include "app/settings_place.h"

#include <errno.h>

#include "app/settings_file.h"
#include "base/file.h"

const char *settings_place_file(const struct settings_places *places, const char *file)
{
    if (!file)
        return places->file;
    const char *path = *file == '/' ? arena_copy_string(places->arena, file)
                                    : arena_printf(places->arena, "%s/%s", places->folder, file);
    return path ? path : places->file; /* a wrong name in a flaw is better than none */
}

int settings_places_init(struct settings_places *places, struct arena *arena, const char *file,
                         const char *folder, struct text raw, const config_setting_t *root)
{
    *places =
        (struct settings_places){.arena = arena, .file = file, .folder = folder, .root = root};
    struct settings_text *slot = list_add(arena, &places->texts);
    if (!slot)
        return -ENOMEM;
    *slot = (struct settings_text){file, raw};
    return 0;
}

/* The text of a file; empty when it cannot be had (the column is then unknown, no more). */
static struct text text_of_file(struct settings_places *places, const char *file)
{
    for (size_t i = 0; i < places->texts.count; i++)
        if (string_equal(places->texts.items[i].file, file))
            return places->texts.items[i].text;
    CLEANUP_BUF struct buf buf = BUF_INIT(SETTINGS_FILE_BYTES_MAX);
    (void)file_read(file, &buf); /* libconfig has just read it; else empty */
    struct settings_text *slot = list_add(places->arena, &places->texts);
    char *copy = arena_copy_text(places->arena, buf_text(&buf));
    char *name = arena_copy_string(places->arena, file);
    if (!slot || !copy || !name)
        return TEXT("");
    *slot = (struct settings_text){name, {copy, buf.size}};
    return slot->text;
}

static struct text line_of(struct text text, int line)
{
    struct text found = TEXT("");
    for (int i = 0; i < line; i++) {
        if (!text.data)
            return TEXT("");
        size_t end = text_find_char(text, '\n'); /* as libconfig counts */
        found = text_slice(text, 0, end);
        text = end < text.size ? text_from(text, end + 1) : (struct text){NULL, 0};
    }
    return found;
}

static bool is_word(char c)
{
    return char_is_alpha(c) || char_is_digit(c) || c == '_' || c == '-' || c == '*';
}

/* Past a string that starts at `at`. */
static size_t skip_string(struct text line, size_t at)
{
    for (at++; at < line.size && line.data[at] != '"'; at++)
        if (line.data[at] == '\\')
            at++;
    return at + 1;
}

/* Offset of the n-th (from 0) hit outside strings and comments of a key, followed by = or :, or of
 * an opening brace when key is NULL. line.size: no such hit. */
static size_t find_hit(struct text line, const char *key, size_t n)
{
    struct text word = text_of(key);
    for (size_t at = 0; at < line.size;) {
        struct text rest = text_from(line, at);
        if (rest.data[0] == '"') {
            at = skip_string(line, at);
        } else if (rest.data[0] == '#' || text_starts(rest, "//")) {
            break;
        } else if (is_word(rest.data[0])) {
            size_t size = 0;
            while (size < rest.size && is_word(rest.data[size]))
                size++;
            struct text after = text_trim(text_from(rest, size));
            bool is_key = after.size == 0 || after.data[0] == '=' || after.data[0] == ':' ||
                          after.data[0] == '{' || after.data[0] == '(' || after.data[0] == '[';
            if (key && is_key && text_equal(text_slice(rest, 0, size), word) && n-- == 0)
                return at;
            at += size;
        } else {
            if (!key && rest.data[0] == '{' && n-- == 0)
                return at;
            at++;
        }
    }
    return line.size;
}

struct counting {
    const config_setting_t *target;
    size_t before; /* settings that look the same, on the same line, ahead of the target */
};

static bool looks_like(const struct counting *counting, const config_setting_t *setting)
{
    const config_setting_t *target = counting->target;
    const char *name = config_setting_name(target);
    if (config_setting_source_line(setting) != config_setting_source_line(target) ||
        !string_equal(config_setting_source_file(setting), config_setting_source_file(target)))
        return false;
    return name ? string_equal(config_setting_name(setting), name)
                : config_setting_is_group(setting) && config_setting_is_group(target);
}

/* True once the target is met. */
static bool count_before(struct counting *counting, const config_setting_t *setting)
{
    if (setting == counting->target)
        return true;
    if (!config_setting_is_root(setting) && looks_like(counting, setting))
        counting->before++;
    if (!config_setting_is_aggregate(setting))
        return false;
    for (int i = 0; i < config_setting_length(setting); i++)
        if (count_before(counting, config_setting_get_elem(setting, (unsigned)i)))
            return true;
    return false;
}

static size_t find_element(struct text line, const config_setting_t *setting)
{
    if (config_setting_type(setting) != CONFIG_TYPE_STRING)
        return line.size;
    struct text value = text_of(config_setting_get_string(setting));
    size_t at = value.size ? text_find(line, value) : line.size;
    return at > 0 && at < line.size && line.data[at - 1] == '"' ? at - 1 : at;
}

static int column_of(struct text line, size_t offset)
{
    int column = 1;
    for (struct text rest = text_slice(line, 0, offset); rest.size; column++)
        (void)text_next_rune(&rest); /* only counted */
    return column;
}

/* Its line, and where in it; *ret_offset is the line's size when that is not known. */
static struct settings_place find_place(struct settings_places *places,
                                        const config_setting_t *setting, struct text *ret_line,
                                        size_t *ret_offset)
{
    const char *file = config_setting_source_file(setting);
    struct settings_place place = {.file = settings_place_file(places, file)};
    *ret_line = TEXT("");
    *ret_offset = 0;
    if (config_setting_is_root(setting))
        return place;
    place.line = (int)config_setting_source_line(setting);
    *ret_line = line_of(text_of_file(places, place.file), place.line);
    const char *name = config_setting_name(setting);
    struct counting counting = {.target = setting};
    (void)count_before(&counting, places->root); /* the target is in the tree */
    *ret_offset = name || config_setting_is_group(setting)
                      ? find_hit(*ret_line, name, counting.before)
                      : find_element(*ret_line, setting);
    return place;
}

struct settings_place settings_place_of(struct settings_places *places,
                                        const config_setting_t *setting)
{
    struct text line;
    size_t offset;
    struct settings_place place = find_place(places, setting, &line, &offset);
    if (offset < line.size)
        place.column = column_of(line, offset);
    return place;
}

struct settings_place settings_place_of_string(struct settings_places *places,
                                               const config_setting_t *setting, const char *key)
{
    const config_setting_t *member = key ? config_setting_get_member(setting, key) : NULL;
    struct text line;
    size_t offset;
    if (key && !member)
        return (struct settings_place){0};
    struct settings_place place = find_place(places, key ? member : setting, &line, &offset);
    offset += text_find_char(text_from(line, offset), '"') + 1;
    if (offset < line.size)
        place.column = column_of(line, offset);
    return place;
}

bool settings_place_open_string(struct settings_places *places, struct settings_place *place)
{
    struct text text = text_of_file(places, place->file);
    int line = 1;
    size_t line_start = 0;
    for (size_t at = 0; at < text.size && line <= place->line; at++) {
        struct text rest = text_from(text, at);
        if (rest.data[0] == '\n') {
            line++;
            line_start = at + 1;
        } else if (rest.data[0] == '#' || text_starts(rest, "//")) {
            at += text_find_char(rest, '\n') - 1; /* the newline itself is counted above */
        } else if (rest.data[0] == '"') {
            size_t end = skip_string(text, at); /* may lie beyond the end; slices do not */
            struct text string = text_slice(text, at, end - at);
            if (text_find_char(string, '\n') < string.size) {
                place->line = line;
                place->column = column_of(text_from(text, line_start), at - line_start);
                return true;
            }
            at = end - 1;
        }
    }
    return false;
}
