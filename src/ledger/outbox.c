/* SPDX-License-Identifier: MIT */
/* The file is a row of units; a record takes as many as it needs, side by side, from the lowest
 * that are free, so that the file stays as small as the most that was ever in hand. Once nothing is
 * in hand any more it is emptied: messages are personal.
 *
 * A record that left is not overwritten at once. When two of one notice are found, the one with the
 * higher number is the one that was claimed last.                                                */
#include "ledger/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/log.h"

enum { UNIT_BYTES = 4096, UNITS_MAX = 16384, WORD_BITS = 64 };
#define MAGIC UINT64_C(0x31786f6274756f43) /* "Coutbox1" */

struct head {
    uint64_t magic;
    int64_t notice;
    uint64_t number, size, checksum; /* of the bytes, and of these fields but for itself */
};

enum entry_state { ENTRY_NEW, ENTRY_LIVE, ENTRY_LEAVING };
struct entry {
    int64_t notice;
    uint32_t unit, units;
    enum entry_state state;
};

struct outbox {
    int fd;
    bool has_remains, is_reading; /* remains: from another process; read in this transaction */
    bool is_empty;                /* the file */
    uint64_t number;
    uint64_t used[UNITS_MAX / WORD_BITS];
    struct entry *entries;
    size_t count, capacity;
};

int outbox_open(const char *path, struct outbox **ret)
{
    struct stat status;
    struct outbox *outbox = calloc(1, sizeof *outbox);
    if (!outbox)
        return -ENOMEM;
    outbox->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int r = outbox->fd < 0 || fstat(outbox->fd, &status) ? -errno : 0;
    if (r) {
        outbox_close(outbox);
        return r;
    }
    outbox->is_empty = status.st_size == 0;
    outbox->has_remains = !outbox->is_empty;
    *ret = outbox;
    return 0;
}

struct outbox *outbox_close(struct outbox *outbox)
{
    if (!outbox)
        return NULL;
    if (outbox->fd >= 0)
        close(outbox->fd);
    free(outbox->entries);
    free(outbox);
    return NULL;
}

static uint64_t mix(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return sum ^ sum >> 32;
}

/* Against pages that a power cut left old; nobody forges what only we can write. In four lanes,
 * since each step of one waits for the step before.                                              */
static uint64_t add_to_checksum(uint64_t sum, const void *data, size_t size)
{
    enum { LANES = 4 };
    uint64_t lanes[LANES] = {sum, 1, 2, 3}, words[LANES];
    const char *next = data;
    for (; size >= sizeof words; next += sizeof words, size -= sizeof words) {
        memcpy(words, next, sizeof words);
        for (size_t i = 0; i < LANES; i++)
            lanes[i] = mix(lanes[i], words[i]);
    }
    memset(words, 0, sizeof words);
    memcpy(words, next, size);
    for (size_t i = 0; i < LANES; i++)
        sum = mix(sum, mix(lanes[i], words[i]));
    return sum;
}

static uint64_t checksum_of(const struct head *head, struct text bytes)
{
    uint64_t sum = add_to_checksum(0, head, offsetof(struct head, checksum));
    return add_to_checksum(sum, bytes.data, bytes.size);
}

/* --- units ----------------------------------------------------------------------------------- */

static size_t units_of(size_t size)
{
    return (sizeof(struct head) + size + UNIT_BYTES - 1) / UNIT_BYTES;
}

static bool is_used(const struct outbox *outbox, size_t unit)
{
    return outbox->used[unit / WORD_BITS] >> unit % WORD_BITS & 1;
}

static void mark(struct outbox *outbox, const struct entry *entry, bool is_to_use)
{
    for (size_t unit = entry->unit; unit < entry->unit + entry->units; unit++) {
        uint64_t bit = UINT64_C(1) << unit % WORD_BITS;
        uint64_t *word = &outbox->used[unit / WORD_BITS];
        *word = is_to_use ? *word | bit : *word & ~bit;
    }
}

/* The lowest run of free units; UNITS_MAX: there is none. */
static size_t find_units(const struct outbox *outbox, size_t units)
{
    size_t run = 0;
    for (size_t unit = 0; unit < UNITS_MAX; unit++) {
        if (unit % WORD_BITS == 0 && outbox->used[unit / WORD_BITS] == UINT64_MAX) {
            run = 0;
            unit += WORD_BITS - 1;
            continue;
        }
        run = is_used(outbox, unit) ? 0 : run + 1;
        if (run == units)
            return unit + 1 - units;
    }
    return UNITS_MAX;
}

/* --- putting --------------------------------------------------------------------------------- */

static int write_record(struct outbox *outbox, const struct entry *entry, struct text bytes)
{
    struct head head = {
        .magic = MAGIC, .notice = entry->notice, .number = ++outbox->number, .size = bytes.size};
    head.checksum = checksum_of(&head, bytes);
    size_t done = 0, size = sizeof head + bytes.size;
    off_t offset = (off_t)entry->unit * UNIT_BYTES;
    while (done < size) {
        size_t of_head = done < sizeof head ? sizeof head - done : 0;
        size_t of_bytes = done < sizeof head ? 0 : done - sizeof head;
        struct iovec parts[] = {
            {(char *)&head + (sizeof head - of_head), of_head},
            {(void *)(uintptr_t)(bytes.data + of_bytes), bytes.size - of_bytes}};
        ssize_t written = pwritev(outbox->fd, parts, 2, offset + (off_t)done);
        if (written < 0 && errno != EINTR)
            return -errno;
        if (written == 0)
            return -EIO;
        done += written > 0 ? (size_t)written : 0;
    }
    return 0;
}

static int make_room(struct outbox *outbox)
{
    if (outbox->count < outbox->capacity)
        return 0;
    size_t capacity = outbox->capacity ? 2 * outbox->capacity : 256;
    struct entry *moved = reallocarray(outbox->entries, capacity, sizeof *moved);
    if (!moved)
        return -ENOMEM;
    outbox->entries = moved;
    outbox->capacity = capacity;
    return 0;
}

int outbox_put(struct outbox *outbox, int64_t notice, struct text bytes)
{
    struct entry entry = {.notice = notice, .units = 0, .state = ENTRY_NEW};
    size_t units = units_of(bytes.size);
    size_t unit = units <= UNITS_MAX ? find_units(outbox, units) : UNITS_MAX;
    if (outbox->has_remains || unit == UNITS_MAX) {
        log_trace("ledger", "notice %lld: no room in the outbox", (long long)notice);
        return 0;
    }
    entry.unit = (uint32_t)unit;
    entry.units = (uint32_t)units;
    int r = make_room(outbox);
    r = r ? r : write_record(outbox, &entry, bytes);
    outbox->is_empty = false;
    if (r)
        return r;
    outbox_leave(outbox, notice);
    outbox->entries[outbox->count++] = entry;
    mark(outbox, &entry, true);
    return 0;
}

void outbox_leave(struct outbox *outbox, int64_t notice)
{
    for (size_t i = 0; i < outbox->count; i++)
        if (outbox->entries[i].notice == notice)
            outbox->entries[i].state = ENTRY_LEAVING;
}

/* --- the transaction ------------------------------------------------------------------------- */

void outbox_committed(struct outbox *outbox)
{
    size_t kept = 0;
    for (size_t i = 0; i < outbox->count; i++) {
        struct entry *entry = &outbox->entries[i];
        if (entry->state == ENTRY_LEAVING) {
            mark(outbox, entry, false);
            continue;
        }
        entry->state = ENTRY_LIVE;
        outbox->entries[kept++] = *entry;
    }
    outbox->count = kept;
    if (outbox->is_reading)
        outbox->has_remains = outbox->is_reading = false;
    /* A file that stays is found by the next start, which knows that its notices are settled. */
    if (!kept && !outbox->is_empty && !outbox->has_remains)
        outbox->is_empty = ftruncate(outbox->fd, 0) == 0;
}

void outbox_undone(struct outbox *outbox)
{
    size_t kept = 0;
    for (size_t i = 0; i < outbox->count; i++) {
        struct entry *entry = &outbox->entries[i];
        if (entry->state == ENTRY_NEW) {
            mark(outbox, entry, false);
            continue;
        }
        entry->state = ENTRY_LIVE;
        outbox->entries[kept++] = *entry;
    }
    outbox->count = kept;
    outbox->is_reading = false;
}

/* --- remains --------------------------------------------------------------------------------- */

struct found {
    int64_t notice;
    uint64_t number;
    size_t unit;
};

static int compare_found(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    if (x->notice != y->notice)
        return x->notice < y->notice ? -1 : 1;
    return x->number < y->number ? 1 : x->number > y->number ? -1 : 0;
}

static ssize_t read_whole(int fd, void *data, size_t size, off_t offset)
{
    size_t done = 0;
    while (done < size) {
        ssize_t n = pread(fd, (char *)data + done, size - done, offset + (off_t)done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        done += (size_t)n;
    }
    return (ssize_t)done;
}

/* 1: there is a sound record at that unit; its bytes are the caller's to free. 0: none. */
static int read_record(struct outbox *outbox, size_t unit, struct head *head, char **ret_bytes)
{
    off_t offset = (off_t)unit * UNIT_BYTES;
    ssize_t n = read_whole(outbox->fd, head, sizeof *head, offset);
    if (n < 0)
        return (int)n;
    if (n != sizeof *head || head->magic != MAGIC || head->size > (size_t)UNITS_MAX * UNIT_BYTES)
        return 0;
    char *bytes = malloc(head->size + 1);
    if (!bytes)
        return -ENOMEM;
    n = read_whole(outbox->fd, bytes, head->size, offset + (off_t)sizeof *head);
    bool is_sound = n == (ssize_t)head->size &&
                    head->checksum == checksum_of(head, (struct text){bytes, head->size});
    if (!is_sound) {
        free(bytes);
        return n < 0 ? (int)n : 0;
    }
    *ret_bytes = bytes;
    return 1;
}

/* Every unit is looked at: a record that was overwritten in part may hide the head of another. */
static int find_records(struct outbox *outbox, struct found *found, size_t *ret_count)
{
    size_t count = 0;
    for (size_t unit = 0; unit < UNITS_MAX; unit++) {
        struct head head;
        char *bytes = NULL;
        int r = read_record(outbox, unit, &head, &bytes);
        free(bytes);
        if (r < 0)
            return r;
        if (r)
            found[count++] = (struct found){head.notice, head.number, unit};
        if (r && head.number > outbox->number)
            outbox->number = head.number;
    }
    qsort(found, count, sizeof *found, compare_found);
    *ret_count = count;
    return 0;
}

int outbox_read_remains(struct outbox *outbox, void *context,
                        int (*on)(void *context, int64_t notice, struct text bytes))
{
    size_t count = 0;
    if (!outbox->has_remains)
        return 0;
    struct found *found = calloc(UNITS_MAX, sizeof *found);
    int r = found ? find_records(outbox, found, &count) : -ENOMEM;
    for (size_t i = 0; i < count && !r; i++) {
        struct head head;
        char *bytes = NULL;
        if (i && found[i].notice == found[i - 1].notice)
            continue;
        r = read_record(outbox, found[i].unit, &head, &bytes);
        r = r > 0 ? on(context, head.notice, (struct text){bytes, head.size}) : r;
        free(bytes);
    }
    free(found);
    outbox->is_reading = r == 0;
    return r;
}
