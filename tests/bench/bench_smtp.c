/* room: net */
/* SPDX-License-Identifier: MIT */
/* How fast canned messages go to a sink, beside Postfix's smtp-source, in one run:
 *
 *     bench_smtp [MESSAGES [BYTES [RTT_MSEC]]]
 *
 * Starts smtp-sink on loopback; with an RTT a small proxy of ours holds every byte for half of it
 * each way. For 1, 4, 16 and 50 connections: messages a second of smtp-source -d, of the relay
 * (libcurl's connection, our dialogue), their ratio, and CPU a message.                          */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "net/relay.h"

static double now_sec(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_sec(int who)
{
    struct rusage usage;
    getrusage(who, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(1);
}

static int listen_on(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 512) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        die("listen");
    *port = ntohs(address.sin_port);
    return fd;
}

static int connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        close(fd);
        return -1;
    }
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static pid_t spawn(char **argv)
{
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    return pid;
}

static pid_t start_sink(int *port)
{
    char address[40], program[] = "smtp-sink", user[] = "-u", nobody[] = "nobody",
                      backlog[] = "512";
    close(listen_on(port)); /* a free port; smtp-sink picks none itself */
    snprintf(address, sizeof address, "127.0.0.1:%d", *port);
    char *argv[] = {program, user, nobody, address, backlog, NULL};
    char *plain[] = {program, address, backlog, NULL};
    pid_t pid = spawn(geteuid() ? plain : argv);
    for (int i = 0; i < 200; i++) {
        int fd = connect_to(*port);
        if (fd >= 0) {
            close(fd);
            return pid;
        }
        usleep(10000);
    }
    fprintf(stderr, "smtp-sink (Postfix) does not start\n");
    exit(1);
}

/* The delaying proxy: each chunk leaves a fixed time after it came, in a process of its own. */
enum { PAIRS_MAX = 256, CHUNK_BYTES = 65536 };
struct chunk {
    struct chunk *next;
    double at;
    size_t size;
    char data[];
};
struct pipe_end {
    int from, to;
    struct chunk *first, **end;
    bool is_closed;
};

static void pump_pipe(struct pipe_end *pipe, double delay_sec)
{
    static char data[CHUNK_BYTES];
    double now = now_sec();
    if (!pipe->is_closed) {
        ssize_t size = recv(pipe->from, data, sizeof data, MSG_DONTWAIT);
        if (size == 0 || (size < 0 && errno != EAGAIN))
            pipe->is_closed = true;
        if (size > 0) {
            struct chunk *chunk = malloc(sizeof *chunk + (size_t)size);
            if (!chunk)
                die("malloc");
            *chunk = (struct chunk){.at = now + delay_sec, .size = (size_t)size};
            memcpy(chunk->data, data, (size_t)size);
            *pipe->end = chunk;
            pipe->end = &chunk->next;
        }
    }
    while (pipe->first && pipe->first->at <= now) {
        struct chunk *chunk = pipe->first;
        if (send(pipe->to, chunk->data, chunk->size, MSG_NOSIGNAL) < 0)
            pipe->is_closed = true;
        pipe->first = chunk->next;
        if (!pipe->first)
            pipe->end = &pipe->first;
        free(chunk);
    }
    if (pipe->is_closed && !pipe->first)
        shutdown(pipe->to, SHUT_WR);
}

static _Noreturn void run_proxy(int listener, int target, double delay_sec)
{
    static struct pipe_end pipes[2 * PAIRS_MAX];
    size_t count = 0;
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        /* The listener is made non-blocking by the caller; a slot is reused when both ends are. */
        for (size_t i = 0; fd >= 0 && i < PAIRS_MAX; i++) {
            struct pipe_end *a = &pipes[2 * i], *b = &pipes[2 * i + 1];
            if (i < count && !(a->is_closed && b->is_closed && !a->first && !b->first))
                continue;
            if (i < count) {
                close(a->from);
                close(b->from);
            }
            int on = 1, other = connect_to(target);
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            *a = (struct pipe_end){.from = fd, .to = other, .end = &a->first};
            *b = (struct pipe_end){.from = other, .to = fd, .end = &b->first};
            a->end = &a->first;
            b->end = &b->first;
            if (i == count)
                count++;
            break;
        }
        for (size_t i = 0; i < 2 * count; i++)
            pump_pipe(&pipes[i], delay_sec);
        usleep(200);
    }
}

static pid_t start_proxy(int target, int rtt_msec, int *port)
{
    int listener = listen_on(port);
    pid_t pid = fork();
    if (pid == 0) {
        (void)fcntl(listener, F_SETFL, O_NONBLOCK);
        run_proxy(listener, target, rtt_msec / 2000.0);
    }
    close(listener);
    return pid;
}

static void stop(pid_t pid)
{
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
}

static double run_source(int port, int connections, int count, int bytes, double *ret_cpu)
{
    char address[40], sessions[16], messages[16], length[16], program[] = "smtp-source";
    char d[] = "-d", s[] = "-s", m[] = "-m", l[] = "-l";
    snprintf(address, sizeof address, "127.0.0.1:%d", port);
    snprintf(sessions, sizeof sessions, "%d", connections);
    snprintf(messages, sizeof messages, "%d", count);
    snprintf(length, sizeof length, "%d", bytes);
    char *argv[] = {program, d, s, sessions, m, messages, l, length, address, NULL};
    double start = now_sec(), cpu = cpu_sec(RUSAGE_CHILDREN);
    pid_t pid = spawn(argv);
    int status;
    waitpid(pid, &status, 0);
    if (status)
        fprintf(stderr, "smtp-source failed\n");
    *ret_cpu = cpu_sec(RUSAGE_CHILDREN) - cpu;
    return now_sec() - start;
}

struct job {
    struct relay *relay;
    struct message message;
    int sent, told, accepted, count;
};

static void feed(struct job *job)
{
    while (job->sent < job->count && !relay_send(job->relay, &job->message, NULL))
        job->sent++;
}

static void on_room(void *context)
{
    feed(context);
}

static void on_outcome(void *context, void *token, const struct outcome *outcome)
{
    struct job *job = context;
    (void)token;
    job->told++;
    job->accepted += outcome->verdict == VERDICT_ACCEPTED;
}

static double run_relay(int port, int connections, int count, struct text bytes, double *ret_cpu)
{
    char url[40];
    snprintf(url, sizeof url, "smtp://127.0.0.1:%d", port);
    struct relay_settings settings = {.url = url, .is_loopback = true, .connections = connections};
    struct job job = {.count = count,
                      .message = {.message_id = "bench@example.org",
                                  .envelope_from = "a@example.org",
                                  .recipients = {"b@example.org"},
                                  .recipient_count = 1,
                                  .bytes = bytes}};
    struct relay_callbacks callbacks = {
        .context = &job, .on_outcome = on_outcome, .on_room = on_room};
    sd_event *event;
    double start = now_sec(), cpu = cpu_sec(RUSAGE_SELF);
    if (sd_event_new(&event) < 0 || relay_open(event, &settings, NULL, &callbacks, &job.relay) < 0)
        die("relay");
    feed(&job);
    while (job.told < count)
        if (sd_event_run(event, UINT64_MAX) < 0)
            die("loop");
    *ret_cpu = cpu_sec(RUSAGE_SELF) - cpu;
    double elapsed = now_sec() - start;
    relay_close(job.relay);
    sd_event_unref(event);
    if (job.accepted != count)
        fprintf(stderr, "only %d of %d accepted\n", job.accepted, count);
    return elapsed;
}

static struct text make_message(int bytes)
{
    struct buf buf = BUF_INIT(1 << 24);
    buf_add_string(&buf, "From: <a@example.org>\r\nTo: <b@example.org>\r\nSubject: bench\r\n\r\n");
    while (buf.size + 80 < (size_t)bytes)
        buf_add_string(&buf, "The quick brown fox jumps over the lazy dog, and the dog lets it, "
                             "as it did\r\n");
    return buf_text(&buf);
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 20000;
    int bytes = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 2048;
    int rtt_msec = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 0;
    static const int connections[] = {1, 4, 16, 50};
    struct text message = make_message(bytes);
    int sink_port, port;
    pid_t sink = start_sink(&sink_port), proxy = 0;
    port = sink_port;
    if (rtt_msec)
        proxy = start_proxy(sink_port, rtt_msec, &port);
    printf("%d messages of %d bytes, round trip %d ms\n", count, bytes, rtt_msec);
    printf("connections  smtp-source/s  relay/s  ratio  CPU us: source  relay\n");
    for (size_t i = 0; i < sizeof connections / sizeof *connections; i++) {
        double cpu_source, cpu_relay;
        int here = rtt_msec ? count * connections[i] / 50 : count;
        double source = run_source(port, connections[i], here, bytes, &cpu_source);
        double relay = run_relay(port, connections[i], here, message, &cpu_relay);
        printf("%11d  %13.0f  %7.0f  %5.2f  %14.1f  %5.1f\n", connections[i], here / source,
               here / relay, source / relay, cpu_source * 1e6 / here, cpu_relay * 1e6 / here);
        fflush(stdout);
    }
    if (proxy)
        stop(proxy);
    stop(sink);
    return 0;
}
