/* SPDX-License-Identifier: MIT */
#include "app/dry_run.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

enum { IN_HAND_MAX = 64, NAME_BYTES = 96, MODE = 0600 };

struct dry_run {
    char *folder;
    size_t written, in_hand;
    struct {
        void *token;
        int error;
    } items[IN_HAND_MAX];
};

int dry_run_open(const char *folder, struct dry_run **ret)
{
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return -errno;
    struct dry_run *dry_run = calloc(1, sizeof *dry_run);
    if (dry_run)
        dry_run->folder = strdup(folder);
    if (!dry_run || !dry_run->folder) {
        free(dry_run);
        return -ENOMEM;
    }
    *ret = dry_run;
    return 0;
}

struct dry_run *dry_run_close(struct dry_run *dry_run)
{
    if (dry_run)
        free(dry_run->folder);
    free(dry_run);
    return NULL;
}

static size_t room(void *context)
{
    const struct dry_run *dry_run = context;
    return IN_HAND_MAX - dry_run->in_hand;
}

/* An address as part of a file name. */
static void file_name(const char *address, char *ret)
{
    size_t i = 0;
    for (; address[i] && i < NAME_BYTES - 1; i++) {
        char c = address[i];
        bool is_plain = char_is_alpha(c) || char_is_digit(c) || strchr("@.-_+", c);
        ret[i] = is_plain ? c : '_';
    }
    ret[i] = '\0';
}

static int send(void *context, const struct message *message, void *token)
{
    struct dry_run *dry_run = context;
    char path[PATH_MAX], name[NAME_BYTES];
    if (dry_run->in_hand == IN_HAND_MAX)
        return -EBUSY;
    file_name(message->recipients[0], name);
    snprintf(path, sizeof path, "%s/%05zu-%s.eml", dry_run->folder, dry_run->written + 1, name);
    dry_run->items[dry_run->in_hand].token = token;
    dry_run->items[dry_run->in_hand].error = file_replace(path, message->bytes, MODE);
    dry_run->written += dry_run->items[dry_run->in_hand].error == 0;
    dry_run->in_hand++;
    return 0;
}

struct courier dry_run_courier(struct dry_run *dry_run)
{
    return (struct courier){.context = dry_run, .room = room, .send = send};
}

int dry_run_settle(struct dry_run *dry_run, struct conductor *conductor, struct instant now)
{
    int result = (int)dry_run->in_hand;
    for (size_t i = 0; i < dry_run->in_hand; i++) {
        struct outcome outcome = {.verdict = VERDICT_ACCEPTED, .code = 250, .stage = STAGE_DOT};
        int error = dry_run->items[i].error;
        if (error) {
            outcome = (struct outcome){
                .verdict = VERDICT_DEFERRED, .fault = FAULT_RELAY, .stage = STAGE_DOT};
            snprintf(outcome.reply, sizeof outcome.reply, "%s", strerror(-error));
            result = result < 0 ? result : error;
        }
        int r = conductor_outcome(conductor, dry_run->items[i].token, &outcome, now);
        result = r ? r : result;
    }
    dry_run->in_hand = 0;
    return result;
}

size_t dry_run_written(const struct dry_run *dry_run)
{
    return dry_run->written;
}
