/* Opens many WebSocket clients (RFC 6455) and counts the changes that reach them (not the frames).
 *
 * A change contains its time as "@<17 digits>@", CLOCK_MONOTONIC in ns, at any place of a message; so the program works
 * with every server. It must be faster than the servers that it measures: one epoll loop, large reads, memchr. It reports
 * its own share of a core.
 *
 * It reads commands from stdin, one per line, and replies to each with one line of JSON on stdout:
 *   open           connects all clients, sends their messages, and waits for the text of a subscription (--ready)
 *   reset          counts from zero and ignores changes older than this command
 *   report         prints the counts since the last reset
 *   stall K        stops reading in the first K clients
 *   cut            resets every connection at once
 *   back SEQ       reconnects all clients at once with their position; a client has converged when its view reaches SEQ
 *   quit           ends the program, as the end of the input does
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <signal.h>
#include <unistd.h>

#include "clock.h"
#include "histogram.h"
#include "websocket.h"

enum { DIGITS = 17, MARKER = DIGITS + 2, CARRY_MAX = 1024, HEAD_BYTES = 640, READ_MAX = 1 << 20, EVENTS = 512 };
enum { STALLED_BUFFER_BYTES = 4096, OPEN_LIMIT_S = 60, RETRY_MS = 200 };
enum state { DOWN, CONNECTING, IN_HANDSHAKE, SUBSCRIBING, LIVE, STALLED };

struct client {
    int fd;
    enum state state;
    int carried;           /* bytes of an incomplete frame header or mark at the end of the last read */
    unsigned opcode;
    uint64_t left;         /* unread bytes of the current frame's payload */
    uint64_t seq;          /* position of the view, for the next reconnection */
    uint64_t retry_at;
    int answered, converged;
    char at[48];
    char *carry;           /* allocated while needed */
};

static struct { /* the arguments */
    int ports[16], port_count, clients, views, flight, binary, engineio, stalls, positions, spread;
    const char *path, *ready, *send[4];
    int sends;
} options = {.clients = 1, .views = 1, .flight = 256, .path = "/", .spread = 1};

static struct { /* since the last reset */
    uint64_t start, since, deliveries, frames, bytes, old, lost, max_ns, reads;
    double cpu_s;
} counters;

static struct { uint64_t start; uint64_t target; int active, open, converged, patches, snapshots, retries, max_retry; } herd;

static uint64_t histogram[BUCKETS], herd_histogram[BUCKETS];
static struct client *clients;
static char buffer[CARRY_MAX + READ_MAX + 1];
static int epoll, in_flight, live, next_to_open;

static void expand_template(char *out, size_t size, const char *template, const struct client *c) {
    size_t used = 0;
    for (const char *p = template; *p; p++) {
        int wrote = 1;
        if (p[0] == '%' && p[1] == 'v') wrote = snprintf(out + used, size - used, "%d", (int)(c - clients) % options.views), p++;
        else if (p[0] == '%' && p[1] == 'a') wrote = c->at[0] ? snprintf(out + used, size - used, ",\"at\":\"%s\"", c->at) : 0, p++;
        else if (p[0] == '\\' && p[1] == 'r') out[used] = '\r', p++;
        else if (p[0] == '\\' && p[1] == 'n') out[used] = '\n', p++;
        else out[used] = *p;
        used += (size_t)wrote;
        if (used + 1 >= size) die("a message is too long");
    }
    out[used] = 0;
}

static void open_client(struct client *c) {
    int index = (int)(c - clients), one = 1, small = STALLED_BUFFER_BYTES;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.ports[index % options.port_count])}, from = to;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (c->fd < 0) die("socket %d: %s", index, strerror(errno));
    if (options.spread > 1) { /* connect from several addresses */
        from.sin_port = 0;
        from.sin_addr.s_addr = htonl(0x7f010001u + (uint32_t)(index % options.spread));
        setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        if (bind(c->fd, (void *)&from, sizeof from)) die("bind: %s", strerror(errno));
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (index < options.stalls) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (connect(c->fd, (void *)&to, sizeof to) && errno != EINPROGRESS) die("connect: %s", strerror(errno));
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = c};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event)) die("epoll: %s", strerror(errno));
    c->state = CONNECTING;
    c->left = 0;
    c->carried = c->answered = c->converged = 0;
    in_flight++;
}

static void close_client(struct client *c) {
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(c->fd);
    free(c->carry);
    c->carry = NULL;
    if (c->state == LIVE || c->state == STALLED) live--;
    else in_flight--;
    c->state = DOWN;
}

static void lost_client(struct client *c, const char *why) {
    if (!herd.active) {
        if (c->state != LIVE && c->state != STALLED) die("client %d could not subscribe: %s", (int)(c - clients), why);
        counters.lost++;
    } else
        herd.retries++;
    close_client(c);
    c->retry_at = now_ns() + (uint64_t)(RETRY_MS / 2 + rand() % RETRY_MS) * 1000000u;
}

static void send_handshake(struct client *c) {
    char path[512], head[1024];
    expand_template(path, sizeof path, options.path, c);
    int size = snprintf(head, sizeof head,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        path, options.ports[(c - clients) % options.port_count]);
    put(c->fd, head, (size_t)size);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &event);
    c->state = IN_HANDSHAKE;
}

static void subscribe(struct client *c) {
    char message[1024];
    c->state = SUBSCRIBING;
    for (int i = 0; i < options.sends; i++) {
        expand_template(message, sizeof message, options.send[i], c);
        put_frame(c->fd, options.binary ? 2 : 1, message, strlen(message));
    }
}

static void carry_over(struct client *c, const char *data, size_t size) {
    if (size > CARRY_MAX) die("%zu bytes to carry over", size);
    if (!c->carry && !(c->carry = malloc(CARRY_MAX))) die("no memory");
    memmove(c->carry, data, size);
    c->carried = (int)size;
}

static int contains(const char *data, size_t size, const char *text) { return memmem(data, size, text, strlen(text)) != NULL; }

/* Reads the position of a view from the head of a Turnout message. */
static void read_position(struct client *c, const char *data, size_t size, uint64_t now) {
    int patch = contains(data, size < 40 ? size : 40, "\"type\":\"patch\"");
    int snapshot = !patch && contains(data, size < 40 ? size : 40, "\"type\":\"snapshot\"");
    const char *at = patch || snapshot ? memmem(data, size, "\"at\":\"", 6) : NULL;
    if (!at) return;
    at += 6;
    const char *end = memchr(at, '"', size - (size_t)(at - data));
    if (!end || end - at >= (long)sizeof c->at) return;
    memcpy(c->at, at, (size_t)(end - at));
    c->at[end - at] = 0;
    const char *dash = strchr(c->at, '-');
    c->seq = dash ? strtoull(dash + 1, NULL, 10) : 0;
    if (herd.active && !c->answered) {
        c->answered = 1;
        *(patch ? &herd.patches : &herd.snapshots) += 1;
    }
    if (herd.active && !c->converged && c->seq >= herd.target) {
        c->converged = 1;
        herd.converged++;
        count_in(herd_histogram, now - herd.start);
    }
}

static void on_frame_start(struct client *c, const char *data, size_t size, uint64_t now) {
    if (c->state == SUBSCRIBING && contains(data, size, options.ready)) c->state = LIVE, live++, in_flight--;
    if (options.positions) read_position(c, data, size, now);
    if (c->opcode == 9) put_frame(c->fd, 10, data, size);
    if (options.engineio && c->left == 1 && data[0] == '2') put_frame(c->fd, 1, "3", 1);
}

/* Counts the marks. Returns the number of scanned bytes: all, unless the last mark is incomplete and more bytes follow. */
static size_t scan(const char *data, size_t size, int more, uint64_t now) {
    const char *p = data, *end = data + size;
    while ((p = memchr(p, '@', (size_t)(end - p)))) {
        if (end - p < MARKER) {
            if (more) return (size_t)(p - data);
            break;
        }
        uint64_t at = 0;
        int i = 1;
        for (; i <= DIGITS && p[i] >= '0' && p[i] <= '9'; i++) at = at * 10 + (uint64_t)(p[i] - '0');
        if (i <= DIGITS || p[i] != '@') { p++; continue; }
        p += MARKER;
        if (at < counters.since) { counters.old++; continue; }
        uint64_t ns = now > at ? now - at : 0;
        counters.deliveries++;
        if (ns > counters.max_ns) counters.max_ns = ns;
        count_in(histogram, ns);
        if (p >= end) break;
    }
    return size;
}

static void read_frames(struct client *c, const char *data, size_t size, uint64_t now) {
    while (size) {
        if (!c->left) {
            unsigned opcode;
            uint64_t length;
            size_t head = frame_head(data, size, &opcode, &length);
            if (!head) return carry_over(c, data, size);
            size_t needed = length < HEAD_BYTES ? length : HEAD_BYTES; /* wait for the whole head of a message */
            if (size - head < needed) return carry_over(c, data, size);
            c->opcode = opcode;
            if (opcode == 8) return lost_client(c, "a close frame");
            c->left = length;
            data += head, size -= head;
            counters.frames++;
            on_frame_start(c, data, needed, now);
            if (!length) continue;
        }
        size_t part = size < c->left ? size : (size_t)c->left;
        size_t scanned = scan(data, part, part < c->left, now);
        c->left -= scanned, data += scanned, size -= scanned;
        if (scanned < part) return carry_over(c, data, size);
    }
}

static void on_readable(struct client *c) {
    size_t carried = (size_t)c->carried;
    if (carried) memcpy(buffer, c->carry, carried);
    ssize_t got = recv(c->fd, buffer + carried, READ_MAX, 0);
    if (got <= 0) {
        if (got < 0 && errno == EAGAIN) return;
        return lost_client(c, got ? strerror(errno) : "closed");
    }
    c->carried = 0;
    counters.bytes += (uint64_t)got, counters.reads++;
    char *data = buffer;
    size_t size = carried + (size_t)got;
    if (c->state == IN_HANDSHAKE) {
        char *end = memmem(data, size, "\r\n\r\n", 4);
        if (!end) return carry_over(c, data, size);
        if (strncmp(data, "HTTP/1.1 101", 12)) {
            *strchrnul(data, '\r') = 0;
            return lost_client(c, data);
        }
        size -= (size_t)(end + 4 - data), data = end + 4;
        subscribe(c);
    }
    if (!options.ready && c->state == SUBSCRIBING) c->state = LIVE, live++, in_flight--;
    read_frames(c, data, size, now_ns());
}

static void on_connected(struct client *c) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) return lost_client(c, strerror(error));
    send_handshake(c);
}

static void open_clients(void) {
    while (next_to_open < options.clients && in_flight < options.flight) open_client(&clients[next_to_open++]);
    if (!herd.active || next_to_open < options.clients) return;
    uint64_t now = now_ns();
    for (int i = 0; i < options.clients; i++)
        if (clients[i].state == DOWN && clients[i].retry_at < now) open_client(&clients[i]);
}

static void poll_events(int timeout_ms, int *commands) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(epoll, events, EVENTS, timeout_ms);
    for (int i = 0; i < count; i++) {
        struct client *c = events[i].data.ptr;
        if (!c) { *commands = 1; continue; }
        if (c->state == CONNECTING) on_connected(c);
        else if (c->state != DOWN) on_readable(c);
    }
}

static void wait_until_open(const char *what) {
    uint64_t start = now_ns(), limit = start + OPEN_LIMIT_S * 1000000000ull;
    int ignored = 0;
    while (herd.active ? herd.converged < options.clients : live < options.clients) {
        open_clients();
        poll_events(10, &ignored);
        if (now_ns() > limit) {
            if (!herd.active) die("only %d of %d clients subscribed in %d s", live, options.clients, OPEN_LIMIT_S);
            break;
        }
    }
    printf("{\"answer\":\"%s\",\"clients\":%d,\"seconds\":%.3f", what, live, (double)(now_ns() - start) / 1e9);
    if (herd.active)
        printf(",\"converged\":%d,\"patches\":%d,\"snapshots\":%d,\"retries\":%d,\"p50_ms\":%.3f,\"p99_ms\":%.3f", herd.converged,
               herd.patches, herd.snapshots, herd.retries, percentile_ms(herd_histogram, .5), percentile_ms(herd_histogram, .99));
    printf("}\n");
}

static void reset(void) {
    memset(&counters, 0, sizeof counters);
    memset(histogram, 0, sizeof histogram);
    counters.start = now_ns();
    counters.since = counters.start;
    counters.cpu_s = cpu_s();
    printf("{\"answer\":\"reset\"}\n");
}

static void report(void) {
    double seconds = (double)(now_ns() - counters.start) / 1e9;
    printf("{\"answer\":\"report\",\"seconds\":%.6f,\"clients\":%d,\"deliveries\":%llu,\"frames\":%llu,\"bytes\":%llu,\"reads\":%llu,"
           "\"old\":%llu,\"lost\":%llu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,\"cpu_share\":%.4f}\n",
           seconds, live, (unsigned long long)counters.deliveries, (unsigned long long)counters.frames, (unsigned long long)counters.bytes,
           (unsigned long long)counters.reads, (unsigned long long)counters.old, (unsigned long long)counters.lost,
           percentile_ms(histogram, .5), percentile_ms(histogram, .99), (double)counters.max_ns / 1e6, (cpu_s() - counters.cpu_s) / seconds);
}

static void stall(int count) {
    for (int i = 0; i < count && i < options.clients; i++)
        if (clients[i].state == LIVE) {
            epoll_ctl(epoll, EPOLL_CTL_DEL, clients[i].fd, NULL);
            clients[i].state = STALLED;
        }
    printf("{\"answer\":\"stall\"}\n");
}

static void cut(void) {
    for (int i = 0; i < options.clients; i++)
        if (clients[i].state != DOWN) close_client(&clients[i]);
    printf("{\"answer\":\"cut\"}\n");
}

static void back(uint64_t target) {
    memset(&herd, 0, sizeof herd);
    memset(herd_histogram, 0, sizeof herd_histogram);
    herd.active = 1, herd.target = target, herd.start = now_ns();
    next_to_open = 0;
    wait_until_open("back");
    herd.active = 0;
}

/* Runs one command. Returns 0 at the end of the input. */
static int run_command(void) {
    char line[128];
    if (!fgets(line, sizeof line, stdin)) return 0;
    if (!strncmp(line, "open", 4)) wait_until_open("open");
    else if (!strncmp(line, "reset", 5)) reset();
    else if (!strncmp(line, "report", 6)) report();
    else if (!strncmp(line, "stall", 5)) stall(atoi(line + 5));
    else if (!strncmp(line, "cut", 3)) cut();
    else if (!strncmp(line, "back", 4)) back(strtoull(line + 4, NULL, 10));
    else if (!strncmp(line, "quit", 4)) return 0;
    else die("not a command: %s", line);
    fflush(stdout);
    return 1;
}

static void parse_arguments(int count, char **values) {
    for (int i = 1; i < count; i++) {
        const char *name = values[i];
        if (!strcmp(name, "--binary")) { options.binary = 1; continue; }
        if (!strcmp(name, "--engineio")) { options.engineio = 1; continue; }
        if (!strcmp(name, "--positions")) { options.positions = 1; continue; }
        if (++i == count) die("%s needs a value", name);
        if (!strcmp(name, "--port")) options.ports[options.port_count++ % 16] = atoi(values[i]);
        else if (!strcmp(name, "--clients")) options.clients = atoi(values[i]);
        else if (!strcmp(name, "--views")) options.views = atoi(values[i]);
        else if (!strcmp(name, "--flight")) options.flight = atoi(values[i]);
        else if (!strcmp(name, "--stalls")) options.stalls = atoi(values[i]);
        else if (!strcmp(name, "--spread")) options.spread = atoi(values[i]);
        else if (!strcmp(name, "--path")) options.path = values[i];
        else if (!strcmp(name, "--ready")) options.ready = values[i];
        else if (!strcmp(name, "--send")) options.send[options.sends++ % 4] = values[i];
        else die("unknown option %s", name);
    }
    if (!options.port_count || !options.ready) die("--port and --ready are needed");
}

int main(int count, char **values) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    parse_arguments(count, values);
    setvbuf(stdin, NULL, _IONBF, 0);
    clients = calloc((size_t)options.clients, sizeof *clients);
    epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
    counters.start = counters.since = now_ns();
    for (int running = 1; running;) {
        int commands = 0;
        poll_events(1000, &commands);
        if (commands) running = run_command();
    }
    return 0;
}
