/* SPDX-License-Identifier: MIT */
/* backup: a consistent copy of the ledger beside the running daemon.
 *
 * The copy says of itself that it is one. Whoever starts from it has forgotten what was sent since,
 * so the first start after a restore pauses (instance.c), even where nothing else is left to
 * compare with.                                                                                  */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/instance.h"

/* Opens the copy, marks it, closes it: it is one file again. */
static int mark_copy(struct house *house, const char *path)
{
    struct ledger *copy = NULL;
    struct flaws flaws;
    flaws_init(&flaws, house->arena, path);
    int r = ledger_open(path, LEDGER_COMMAND, house_now(house), &flaws, &copy);
    if (r)
        return r > 0 ? -EBADMSG : r;
    r = instance_mark_copy(copy, house_now(house));
    ledger_close(copy);
    return r;
}

static int copy_ledger(struct house *house, const char *path)
{
    char part[PATH_MAX];
    if (snprintf(part, sizeof part, "%s.new", path) >= (int)sizeof part)
        return -ENAMETOOLONG;
    int r = ledger_backup(house->ledger, part);
    r = r ? r : mark_copy(house, part);
    /* Not rename: a file that came into being meanwhile is somebody's. */
    if (!r && link(part, path))
        r = -errno;
    (void)unlink(part); /* half a copy is worth nothing, a whole one has its name by now */
    return r;
}

int command_backup(struct house *house)
{
    const char *path = house->options->arguments[0];
    struct stat copy;
    int status = house_load_settings(house);
    status = status ? status : house_open_ledger(house, LEDGER_COMMAND);
    if (status)
        return status;
    int r = lstat(path, &copy) == 0 ? -EEXIST : copy_ledger(house, path);
    if (r == -EEXIST) {
        report_problem(house->report, "name a file that is not there yet",
                       "%s exists, and a backup never replaces a file", path);
        return EXIT_NO;
    }
    if (r || stat(path, &copy))
        return house_failed(house, path, r ? r : -errno);
    if (house->options->is_json) {
        r = report_json(house->report, json_pack("{s:o, s:I}", "file", report_json_string(path),
                                                 "bytes", (json_int_t)copy.st_size));
        return r ? house_failed(house, "backup", r) : EXIT_YES;
    }
    long long kilobytes = (long long)(copy.st_size + 1023) / 1024;
    const char *const values[] = {path, arena_printf(house->arena, "%lld", kilobytes),
                                  house->settings->state, NULL};
    house_say_all(house, PHRASE_BACKUP, values);
    return EXIT_YES;
}
