/* SPDX-License-Identifier: MIT */
/* An SQLite VFS over the system's own. Only what the ledger's safety rests on is looked at: writes,
 * truncations and syncs; locks, shared memory and the rest go straight through.                  */
#include "stage/disk.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stage/memory.h"

enum { PATH_BYTES = 512 };

/* One write that no sync has made safe, and what it replaced. */
struct unsafe_write {
    struct unsafe_write *before;
    char path[PATH_BYTES];
    sqlite3_int64 offset, size_before; /* of the whole file */
    int size;
    unsigned char old[];
};

struct file {
    sqlite3_file base;
    char path[PATH_BYTES];
    sqlite3_file *real; /* follows in memory */
};

static struct fate *fate;
static enum disk_state state;
static struct unsafe_write *last;
static sqlite3_vfs *system_vfs;

static struct file *file_of(sqlite3_file *base)
{
    return (struct file *)(void *)base;
}

static int refuse(void)
{
    return state == DISK_IS_FULL && !fate->is_dead ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

/* --- what could be lost ---------------------------------------------------------------------- */

static void remember(struct file *file, sqlite3_int64 offset, int size)
{
    sqlite3_int64 size_before = 0;
    MEMORY_OF_STAGE;
    struct unsafe_write *write = calloc(1, sizeof *write + (size_t)size);
    if (!write || file->real->pMethods->xFileSize(file->real, &size_before) != SQLITE_OK)
        abort();
    snprintf(write->path, sizeof write->path, "%s", file->path);
    write->offset = offset;
    write->size_before = size_before;
    if (offset < size_before)
        write->size = size_before - offset < size ? (int)(size_before - offset) : size;
    if (write->size &&
        file->real->pMethods->xRead(file->real, write->old, write->size, offset) != SQLITE_OK)
        abort();
    write->before = last;
    last = write;
}

static void forget_file(const char *path)
{
    struct unsafe_write **link = &last;
    while (*link) {
        struct unsafe_write *write = *link;
        if (path && strcmp(write->path, path) != 0) {
            link = &write->before;
            continue;
        }
        *link = write->before;
        free(write);
    }
}

void disk_forget(void)
{
    forget_file(NULL);
}

static void undo(const struct unsafe_write *write)
{
    int fd = open(write->path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return; /* removed since */
    if (pwrite(fd, write->old, (size_t)write->size, write->offset) != write->size ||
        ftruncate(fd, write->size_before) < 0)
        abort();
    close(fd);
}

size_t disk_kept_bytes(void)
{
    size_t bytes = 0;
    for (const struct unsafe_write *write = last; write; write = write->before)
        bytes += sizeof *write + (size_t)write->size;
    return bytes;
}

void disk_cut_power(void)
{
    while (last) {
        struct unsafe_write *write = last;
        undo(write);
        last = write->before;
        free(write);
    }
}

void disk_set(enum disk_state new_state)
{
    state = new_state;
}

/* --- methods of a file ----------------------------------------------------------------------- */

static int x_close(sqlite3_file *base)
{
    struct file *file = file_of(base);
    return file->real->pMethods->xClose(file->real);
}

static int x_read(sqlite3_file *base, void *data, int size, sqlite3_int64 offset)
{
    struct file *file = file_of(base);
    return file->real->pMethods->xRead(file->real, data, size, offset);
}

static int x_write(sqlite3_file *base, const void *data, int size, sqlite3_int64 offset)
{
    struct file *file = file_of(base);
    if (state != DISK_IS_SOUND || fate_before(fate, FATE_LEDGER_WRITE))
        return refuse();
    remember(file, offset, size);
    int r = file->real->pMethods->xWrite(file->real, data, size, offset);
    return fate_after(fate, FATE_LEDGER_WRITE) ? SQLITE_IOERR_WRITE : r;
}

static int x_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct file *file = file_of(base);
    sqlite3_int64 size_before = 0;
    if (fate->is_dead)
        return SQLITE_IOERR_TRUNCATE;
    if (file->real->pMethods->xFileSize(file->real, &size_before) == SQLITE_OK &&
        size < size_before)
        remember(file, size, (int)(size_before - size));
    return file->real->pMethods->xTruncate(file->real, size);
}

static int x_sync(sqlite3_file *base, int flags)
{
    (void)flags;
    if (state == DISK_IS_BROKEN || fate_before(fate, FATE_LEDGER_SYNC))
        return SQLITE_IOERR_FSYNC;
    forget_file(file_of(base)->path);
    return fate_after(fate, FATE_LEDGER_SYNC) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int x_file_size(sqlite3_file *base, sqlite3_int64 *ret)
{
    struct file *file = file_of(base);
    return file->real->pMethods->xFileSize(file->real, ret);
}

static int x_lock(sqlite3_file *base, int level)
{
    struct file *file = file_of(base);
    return file->real->pMethods->xLock(file->real, level);
}

static int x_unlock(sqlite3_file *base, int level)
{
    struct file *file = file_of(base);
    return file->real->pMethods->xUnlock(file->real, level);
}

static int x_check_lock(sqlite3_file *base, int *ret)
{
    struct file *file = file_of(base);
    return file->real->pMethods->xCheckReservedLock(file->real, ret);
}

static int x_control(sqlite3_file *base, int op, void *argument)
{
    struct file *file = file_of(base);
    return file->real->pMethods->xFileControl(file->real, op, argument);
}

static int x_sector(sqlite3_file *base)
{
    struct file *file = file_of(base);
    return file->real->pMethods->xSectorSize(file->real);
}

static int x_traits(sqlite3_file *base)
{
    struct file *file = file_of(base);
    return file->real->pMethods->xDeviceCharacteristics(file->real);
}

static int x_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **ret)
{
    struct file *file = file_of(base);
    return file->real->pMethods->xShmMap(file->real, region, size, extend, ret);
}

static int x_shm_lock(sqlite3_file *base, int offset, int count, int flags)
{
    struct file *file = file_of(base);
    return file->real->pMethods->xShmLock(file->real, offset, count, flags);
}

static void x_shm_barrier(sqlite3_file *base)
{
    struct file *file = file_of(base);
    file->real->pMethods->xShmBarrier(file->real);
}

static int x_shm_unmap(sqlite3_file *base, int must_delete)
{
    struct file *file = file_of(base);
    return file->real->pMethods->xShmUnmap(file->real, must_delete && !fate->is_dead);
}

static const sqlite3_io_methods methods = {.iVersion = 2,
                                           .xClose = x_close,
                                           .xRead = x_read,
                                           .xWrite = x_write,
                                           .xTruncate = x_truncate,
                                           .xSync = x_sync,
                                           .xFileSize = x_file_size,
                                           .xLock = x_lock,
                                           .xUnlock = x_unlock,
                                           .xCheckReservedLock = x_check_lock,
                                           .xFileControl = x_control,
                                           .xSectorSize = x_sector,
                                           .xDeviceCharacteristics = x_traits,
                                           .xShmMap = x_shm_map,
                                           .xShmLock = x_shm_lock,
                                           .xShmBarrier = x_shm_barrier,
                                           .xShmUnmap = x_shm_unmap};

/* --- the VFS --------------------------------------------------------------------------------- */

static int x_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *ret_flags)
{
    struct file *file = file_of(base);
    (void)vfs;
    *file = (struct file){.real = (sqlite3_file *)(void *)(file + 1)};
    snprintf(file->path, sizeof file->path, "%s", name ? name : "");
    int r = system_vfs->xOpen(system_vfs, name, file->real, flags, ret_flags);
    file->base.pMethods = file->real->pMethods ? &methods : NULL;
    return r;
}

static int x_delete(sqlite3_vfs *vfs, const char *name, int must_sync)
{
    (void)vfs;
    (void)must_sync;
    if (fate->is_dead)
        return SQLITE_IOERR_DELETE;
    forget_file(name);
    return system_vfs->xDelete(system_vfs, name, 0);
}

void disk_install(struct fate *new_fate)
{
    static sqlite3_vfs vfs;
    fate = new_fate;
    state = DISK_IS_SOUND;
    disk_forget();
    if (system_vfs)
        return;
    /* As the ledger does before its first use, which then finds SQLite at work already. */
    (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    system_vfs = sqlite3_vfs_find(NULL);
    if (!system_vfs)
        abort();
    vfs = *system_vfs;
    vfs.zName = "stage";
    vfs.szOsFile = (int)sizeof(struct file) + system_vfs->szOsFile;
    vfs.xOpen = x_open;
    vfs.xDelete = x_delete;
    if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
        abort();
}
