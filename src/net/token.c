/* SPDX-License-Identifier: MIT */
/* token: the helper's output comes by a pipe, its end by a pidfd; both are event sources, so that
 * neither SIGCHLD nor a wait stands in the way of the loop.                                      */
#include "net/token.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/instant.h"

enum { OUTPUT_BYTES_MAX = 64 * 1024 };
#define HELPER_USEC (30 * USEC_PER_SEC)
#define FRESH_USEC  (60 * USEC_PER_SEC)

extern char **environ;

struct token {
    sd_event *event;
    const char *command;
    token_done on_done;
    void *context;
    struct buf output;
    char *text;
    uint64_t taken_usec; /* monotonic */
    pid_t pid;           /* 0 = no helper under way */
    int pidfd, pipe;     /* -1 = closed */
    sd_event_source *reader, *waiter, *timer;
    bool has_timed_out;
};

static uint64_t now_of(const struct token *token)
{
    uint64_t usec = 0;
    sd_event_now(token->event, CLOCK_MONOTONIC, &usec);
    return usec;
}

void token_forget(struct token *token)
{
    if (token->text)
        explicit_bzero(token->text, strlen(token->text));
    free(token->text);
    token->text = NULL;
}

const char *token_at_hand(const struct token *token)
{
    bool is_fresh = token->text && now_of(token) - token->taken_usec < FRESH_USEC;
    return is_fresh ? token->text : NULL;
}

static void wipe_output(struct token *token)
{
    if (token->output.data)
        explicit_bzero(token->output.data, token->output.capacity);
    buf_done(&token->output);
}

/* The sources and descriptors of one helper. */
static void let_go(struct token *token)
{
    token->reader = sd_event_source_disable_unref(token->reader);
    token->waiter = sd_event_source_disable_unref(token->waiter);
    token->timer = sd_event_source_disable_unref(token->timer);
    if (token->pipe >= 0)
        close(token->pipe);
    if (token->pidfd >= 0)
        close(token->pidfd);
    token->pipe = token->pidfd = -1;
    token->pid = 0;
}

/* The value of "access_token" if the output is a JSON object, else its first line. */
static struct text find_token(struct text output)
{
    struct text rest = text_trim(output);
    if (!text_starts(rest, "{"))
        return text_trim(text_next_line(&rest));
    size_t key = text_find(rest, TEXT("\"access_token\""));
    rest = text_trim(text_from(rest, key + strlen("\"access_token\"")));
    if (!text_starts(rest, ":"))
        return (struct text){"", 0};
    rest = text_trim(text_from(rest, 1));
    if (!text_starts(rest, "\""))
        return (struct text){"", 0};
    rest = text_from(rest, 1);
    return text_slice(rest, 0, text_find_char(rest, '"'));
}

static bool is_token(struct text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] <= ' ' || text.data[i] >= 0x7f || text.data[i] == '\\')
            return false;
    return text.size > 0;
}

static int read_output(struct token *token)
{
    for (;;) {
        char data[4096];
        ssize_t size = read(token->pipe, data, sizeof data);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return errno == EAGAIN ? 0 : -errno;
        if (size == 0)
            return 1;
        buf_add(&token->output, data, (size_t)size);
        explicit_bzero(data, sizeof data);
    }
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
    (void)fd;
    (void)events;
    if (read_output(userdata))
        (void)sd_event_source_set_enabled(source, SD_EVENT_OFF); /* its end; the exit tells */
    return 0;
}

static void finish(struct token *token, int status)
{
    char error[100] = "";
    struct text text = find_token(buf_text(&token->output));
    token_forget(token);
    if (token->has_timed_out)
        snprintf(error, sizeof error, "the token command did not end in time");
    else if (WIFSIGNALED(status))
        snprintf(error, sizeof error, "the token command was killed by signal %d",
                 WTERMSIG(status));
    else if (WEXITSTATUS(status))
        snprintf(error, sizeof error, "the token command failed with status %d",
                 WEXITSTATUS(status));
    else if (buf_error(&token->output) || !is_token(text))
        snprintf(error, sizeof error, "the token command printed no token");
    else if (!(token->text = strndup(text.data, text.size)))
        snprintf(error, sizeof error, "not enough memory for a token");
    token->taken_usec = now_of(token);
    wipe_output(token);
    token->on_done(token->context, token->text, *error ? error : NULL);
}

static int on_exit_of_helper(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
    struct token *token = userdata;
    int status = 0;
    (void)source;
    (void)fd;
    (void)events;
    if (waitpid(token->pid, &status, WNOHANG) == 0)
        return 0;
    (void)read_output(token); /* what it printed last */
    let_go(token);
    finish(token, status);
    return 0;
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
    struct token *token = userdata;
    (void)source;
    (void)usec;
    token->has_timed_out = true;
    (void)kill(-token->pid, SIGKILL); /* its exit is told by the pidfd */
    return 0;
}

int token_open(sd_event *event, const char *command, token_done on_done, void *context,
               struct token **ret)
{
    struct token *token = calloc(1, sizeof *token);
    if (!token)
        return -ENOMEM;
    token->event = sd_event_ref(event);
    token->command = command;
    token->on_done = on_done;
    token->context = context;
    token->pipe = token->pidfd = -1;
    buf_init(&token->output, OUTPUT_BYTES_MAX);
    *ret = token;
    return 0;
}

struct token *token_close(struct token *token)
{
    if (!token)
        return NULL;
    if (token->pid) {
        (void)kill(-token->pid, SIGKILL); /* it may have ended by itself */
        (void)waitpid(token->pid, NULL, 0);
    }
    let_go(token);
    token_forget(token);
    wipe_output(token);
    sd_event_unref(token->event);
    free(token);
    return NULL;
}

/* In a process group of its own, so that what it starts is killed with it; with default signals,
 * because ours are blocked for the event loop.                                                   */
static int start_helper(struct token *token, int output)
{
    char shell[] = "/bin/sh", option[] = "-c", *command = strdup(token->command);
    char *argv[] = {shell, option, command, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    if (!command)
        return -ENOMEM;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    int r = posix_spawn(&token->pid, shell, &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    free(command);
    if (r)
        token->pid = 0;
    return -r;
}

static int watch_helper(struct token *token)
{
    token->pidfd = pidfd_open(token->pid, 0);
    if (token->pidfd < 0)
        return -errno;
    int r = sd_event_add_io(token->event, &token->reader, token->pipe, EPOLLIN, on_readable, token);
    if (r >= 0)
        r = sd_event_add_io(token->event, &token->waiter, token->pidfd, EPOLLIN, on_exit_of_helper,
                            token);
    if (r >= 0)
        r = sd_event_add_time_relative(token->event, &token->timer, CLOCK_MONOTONIC, HELPER_USEC,
                                       USEC_PER_SEC, on_timeout, token);
    return r < 0 ? r : 0;
}

int token_ask(struct token *token)
{
    int ends[2];
    if (token->pid)
        return 0;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
        return -errno;
    /* The helper's end blocks, as programs expect. */
    (void)fcntl(ends[1], F_SETFL, 0);
    token->has_timed_out = false;
    token->pipe = ends[0];
    int r = start_helper(token, ends[1]);
    close(ends[1]);
    if (!r)
        r = watch_helper(token);
    if (r && token->pid) {
        (void)kill(-token->pid, SIGKILL);
        (void)waitpid(token->pid, NULL, 0);
    }
    if (r)
        let_go(token);
    return r;
}
