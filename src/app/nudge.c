/* SPDX-License-Identifier: MIT */
#include "app/nudge.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

void nudge_send(const char *state)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", state, NUDGE_FILE);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || futimens(fd, NULL) < 0)
        log_line(LOG_LEVEL_WARNING, NULL, "%s: %s; the daemon will notice later", path,
                 strerror(errno));
    if (fd >= 0)
        close(fd);
}
