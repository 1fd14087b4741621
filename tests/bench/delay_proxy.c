/* SPDX-License-Identifier: MIT */
/* delay_proxy: a long line to a server on this machine: every byte arrives MILLISECONDS later, in
 * both directions. What is under way is not limited, as on a fast line that is only long.
 *
 * delay_proxy PORT SERVER-PORT MILLISECONDS        until it is ended */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SOCKETS_MAX = 1024, READ_BYTES = 64 * 1024 };

struct chunk {
    struct chunk *next;
    int64_t due_nsec;
    size_t size, done; /* size 0: the other side has closed */
    char data[];
};

struct side {
    int fd, peer; /* index of the other side */
    struct chunk *first, **end;
    bool is_closed;
};

static struct side sides[SOCKETS_MAX];
static size_t side_count;
static int64_t delay_nsec;

static int64_t now_nsec(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static struct sockaddr_in address_of(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static void send_at_once(int fd)
{
    int yes = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

static void add_side(int fd, size_t peer)
{
    struct side *side = &sides[side_count++];
    *side = (struct side){.fd = fd, .peer = (int)peer};
    side->end = &side->first;
    send_at_once(fd);
}

static void take_client(int listener, int server_port)
{
    struct sockaddr_in server = address_of(server_port);
    int near = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    int far = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (near < 0 || far < 0 || side_count + 2 > SOCKETS_MAX)
        die("accept");
    if (connect(far, (struct sockaddr *)&server, sizeof server))
        die("connect");
    add_side(near, side_count + 1);
    add_side(far, side_count - 1);
}

/* What one side said is due at the other one later. */
static void read_side(struct side *side)
{
    static char data[READ_BYTES];
    struct side *peer = &sides[side->peer];
    ssize_t size = recv(side->fd, data, sizeof data, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    size = size < 0 ? 0 : size;
    side->is_closed = size == 0;
    struct chunk *chunk = malloc(sizeof *chunk + (size_t)size);
    if (!chunk)
        die("malloc");
    *chunk = (struct chunk){.due_nsec = now_nsec() + delay_nsec, .size = (size_t)size};
    memcpy(chunk->data, data, (size_t)size);
    *peer->end = chunk;
    peer->end = &chunk->next;
}

static void write_side(struct side *side, int64_t now)
{
    while (side->first && side->first->due_nsec <= now) {
        struct chunk *chunk = side->first;
        if (!chunk->size)
            (void)shutdown(side->fd, SHUT_WR);
        while (chunk->done < chunk->size) {
            ssize_t sent = send(side->fd, chunk->data + chunk->done, chunk->size - chunk->done,
                                MSG_DONTWAIT | MSG_NOSIGNAL);
            if (sent < 0 && errno == EAGAIN)
                return;
            if (sent < 0)
                break; /* nobody is there any more */
            chunk->done += (size_t)sent;
        }
        side->first = chunk->next;
        if (!side->first)
            side->end = &side->first;
        free(chunk);
    }
}

/* Until something can be read, or the next chunk is due. */
static void wait_for_news(struct pollfd *polled, int64_t now)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < side_count; i++) {
        const struct side *side = &sides[i];
        bool is_late = side->first && side->first->due_nsec <= now; /* the socket is full */
        polled[i + 1] =
            (struct pollfd){side->is_closed && !is_late ? -1 : side->fd,
                            (short)((side->is_closed ? 0 : POLLIN) | (is_late ? POLLOUT : 0)), 0};
        if (side->first && !is_late && side->first->due_nsec < next)
            next = side->first->due_nsec;
    }
    int64_t nsec = next == INT64_MAX ? 0 : next - now;
    struct timespec span = {nsec / 1000000000, nsec % 1000000000};
    if (ppoll(polled, side_count + 1, next == INT64_MAX ? NULL : &span, NULL) < 0 && errno != EINTR)
        die("poll");
}

int main(int count, char **words)
{
    static struct pollfd polled[SOCKETS_MAX + 1];
    if (count != 4) {
        fprintf(stderr, "delay_proxy PORT SERVER-PORT MILLISECONDS\n");
        return 2;
    }
    int yes = 1, server_port = (int)strtol(words[2], NULL, 10);
    struct sockaddr_in address = address_of((int)strtol(words[1], NULL, 10));
    delay_nsec = (int64_t)(strtod(words[3], NULL) * 1e6);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 256))
        die("listen");
    for (;;) {
        polled[0] = (struct pollfd){listener, POLLIN, 0};
        wait_for_news(polled, now_nsec());
        for (size_t i = 0, sides_now = side_count; i < sides_now; i++)
            if (polled[i + 1].revents & (POLLIN | POLLHUP | POLLERR) && !sides[i].is_closed)
                read_side(&sides[i]);
        if (polled[0].revents & POLLIN)
            take_client(listener, server_port);
        int64_t now = now_nsec();
        for (size_t i = 0; i < side_count; i++)
            write_side(&sides[i], now);
    }
}
