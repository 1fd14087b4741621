/* SPDX-License-Identifier: MIT */
#include "app/secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

static int refuse(struct flaws *flaws, const char *source, const char *advice, const char *text)
{
    flaws_add_in(flaws, arena_copy_string(flaws->arena, source), SEVERITY_ERROR, 0, 0, advice, "%s",
                 text);
    return flaws->is_out_of_memory ? -ENOMEM : SECRETS_E_REFUSED;
}

/* A credential's file belongs to systemd: its owner and mode differ between versions (0400 of the
 * user, or 0440 of root with an ACL), so only files of the administrator are looked at. */
static const char *check_file(int fd, bool is_credential)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return strerror(errno);
    if (!S_ISREG(st.st_mode))
        return "is not a regular file";
    if (!is_credential && (st.st_mode & 077))
        return "can be read by others";
    return NULL;
}

/* Where systemd keeps the service's credentials while it runs; root may look, so that `check` and
 * `test-mail` speak to the same relay. */
static const char service_folder[] = "/run/credentials/convier.service";

/* NULL outside a service; an empty name is none. */
static const char *credentials_folder(void)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    return string_is_empty(folder) ? NULL : folder;
}

static const char *absent_advice(bool is_credential)
{
    if (!is_credential)
        return "whoever runs convier must own it; of the service it is a credential"
               " (LoadCredential=)";
    return credentials_folder()
               ? "does the unit have a line LoadCredential= for it?"
               : "it is there for root, while the service runs and its unit has a line"
                 " LoadCredential= for it";
}

static int read_path(const char *path, bool is_credential, struct flaws *flaws, char **ret_text)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return refuse(flaws, path, absent_advice(is_credential), strerror(errno));
    const char *problem = check_file(fd, is_credential);
    char *text = problem ? NULL : calloc(1, SECRET_BYTES_MAX + 2);
    if (!problem && !text) {
        close(fd);
        return -ENOMEM;
    }
    ssize_t size = problem ? 0 : file_fill(fd, text, SECRET_BYTES_MAX + 1);
    close(fd);
    if (size > 0 && text[size - 1] == '\n')
        text[--size] = '\0';
    if (size > 0 && text[size - 1] == '\r')
        text[--size] = '\0';
    if (!problem && size < 0)
        problem = strerror((int)-size);
    else if (!problem && size == 0)
        problem = "is empty";
    else if (!problem && size > SECRET_BYTES_MAX)
        problem = "is too large for a secret";
    else if (!problem && (strlen(text) != (size_t)size || strpbrk(text, "\r\n")))
        problem = "holds more than one line, or a NUL byte";
    if (problem) {
        if (text)
            explicit_bzero(text, SECRET_BYTES_MAX + 2);
        free(text);
        return refuse(flaws, path,
                      is_credential ? NULL : "chmod 600 a file with the secret on one line",
                      problem);
    }
    *ret_text = text;
    return 0;
}

int secrets_read(const struct secret *secret, struct flaws *flaws, char **ret_text)
{
    *ret_text = NULL;
    if (secret->kind == SECRET_NONE)
        return 0;
    if (secret->kind == SECRET_FILE)
        return read_path(secret->name, false, flaws, ret_text);
    const char *folder = credentials_folder();
    const char *path =
        arena_printf(flaws->arena, "%s/%s", folder ? folder : service_folder, secret->name);
    return path ? read_path(path, true, flaws, ret_text) : -ENOMEM;
}

char *secrets_wipe(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
    return NULL;
}
