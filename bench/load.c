/* Opens many WebSocket clients (RFC 6455) and counts what reaches them: changes, not frames.
 *
 * A change carries its own time as "@<17 digits>@", CLOCK_MONOTONIC in ns, wherever the server puts it; so the same
 * program reads every server. One epoll loop, large reads, memchr: it has to be faster than whatever it measures, and
 * says how much of a core it took.
 *
 * It obeys lines on stdin and answers each with one line of JSON on stdout:
 *   open           all clients: connect, shake hands, send, and wait for the text that says "subscribed"
 *   reset          counts from zero; changes older than this are ignored, unless it says "reset all"
 *   report         what was counted since
 *   stall K        the first K clients read no more
 *   cut            resets every connection at once
 *   back SEQ       all come back with their position at once; a client has converged when its view is at SEQ or beyond
 *   quit (or end of input)
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

enum { DIGITS = 17, MARKER = DIGITS + 2, CARRY_MAX = 1024, HEAD_SEEN = 640, READ_MAX = 1 << 20, EVENTS = 512 };
enum { STALLED_BUFFER_BYTES = 4096, OPEN_LIMIT_S = 60, RETRY_MS = 200 };
enum state { DOWN, CONNECTING, SHAKING, SUBSCRIBING, LIVE, STALLED };

struct client {
    int fd;
    enum state state;
    int carried;           /* bytes of the last read that were too few to be understood */
    unsigned opcode;
    uint64_t left;         /* of the payload of the current frame */
    uint64_t seq;          /* position of the view, for coming back */
    uint64_t retry_at;
    int answered, converged;
    char at[48];
    char *carry;           /* allocated while needed */
};

static struct { /* the arguments */
    int ports[16], port_count, clients, views, flight, binary, engineio, stalls, positions, spread;
    const char *path, *ready, *send[4];
    int sends;
} ask = {.clients = 1, .views = 1, .flight = 256, .path = "/", .spread = 1};

static struct { /* since the last reset */
    uint64_t start, since, deliveries, frames, bytes, old, lost, max_ns, reads;
    double cpu_s;
} seen;

static struct { uint64_t start; uint64_t target; int active, open, converged, patches, snapshots, retries, max_retry; } herd;

static uint64_t histogram[BUCKETS], herd_histogram[BUCKETS];
static struct client *clients;
static char buffer[CARRY_MAX + READ_MAX + 1];
static int epoll, in_flight, live, next_to_open;

static void fill(char *out, size_t size, const char *template, const struct client *c) {
    size_t used = 0;
    for (const char *p = template; *p; p++) {
        int wrote = 1;
        if (p[0] == '%' && p[1] == 'v') wrote = snprintf(out + used, size - used, "%d", (int)(c - clients) % ask.views), p++;
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
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)ask.ports[index % ask.port_count])}, from = to;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (c->fd < 0) die("socket %d: %s", index, strerror(errno));
    if (ask.spread > 1) { /* as many addresses as that many people would have */
        from.sin_port = 0;
        from.sin_addr.s_addr = htonl(0x7f010001u + (uint32_t)(index % ask.spread));
        setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        if (bind(c->fd, (void *)&from, sizeof from)) die("bind: %s", strerror(errno));
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (index < ask.stalls) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
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
        seen.lost++;
    } else
        herd.retries++;
    close_client(c);
    c->retry_at = now_ns() + (uint64_t)(RETRY_MS / 2 + rand() % RETRY_MS) * 1000000u;
}

static void shake(struct client *c) {
    char path[512], head[1024];
    fill(path, sizeof path, ask.path, c);
    int size = snprintf(head, sizeof head,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        path, ask.ports[(c - clients) % ask.port_count]);
    put(c->fd, head, (size_t)size);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &event);
    c->state = SHAKING;
}

static void subscribe(struct client *c) {
    char message[1024];
    c->state = SUBSCRIBING;
    for (int i = 0; i < ask.sends; i++) {
        fill(message, sizeof message, ask.send[i], c);
        put_frame(c->fd, ask.binary ? 2 : 1, message, strlen(message));
    }
}

static void keep(struct client *c, const char *data, size_t size) {
    if (size > CARRY_MAX) die("%zu bytes to carry over", size);
    if (!c->carry && !(c->carry = malloc(CARRY_MAX))) die("no memory");
    memmove(c->carry, data, size);
    c->carried = (int)size;
}

static int find(const char *data, size_t size, const char *text) { return memmem(data, size, text, strlen(text)) != NULL; }

/* What the head of a Turnout message says about the position of its view. */
static void note_position(struct client *c, const char *data, size_t size, uint64_t now) {
    int patch = find(data, size < 40 ? size : 40, "\"type\":\"patch\"");
    int snapshot = !patch && find(data, size < 40 ? size : 40, "\"type\":\"snapshot\"");
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

static void begin_frame(struct client *c, const char *data, size_t size, uint64_t now) {
    if (c->state == SUBSCRIBING && find(data, size, ask.ready)) c->state = LIVE, live++, in_flight--;
    if (ask.positions) note_position(c, data, size, now);
    if (c->opcode == 9) put_frame(c->fd, 10, data, size);
    if (ask.engineio && c->left == 1 && data[0] == '2') put_frame(c->fd, 1, "3", 1);
}

/* Counts the markers; gives how many bytes were understood: all, unless a marker is cut off and more is to come. */
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
        if (at < seen.since) { seen.old++; continue; }
        uint64_t ns = now > at ? now - at : 0;
        seen.deliveries++;
        if (ns > seen.max_ns) seen.max_ns = ns;
        count_in(histogram, ns);
        if (p >= end) break;
    }
    return size;
}

static void frames(struct client *c, const char *data, size_t size, uint64_t now) {
    while (size) {
        if (!c->left) {
            unsigned opcode;
            uint64_t length;
            size_t head = frame_head(data, size, &opcode, &length);
            if (!head) return keep(c, data, size);
            size_t needed = length < HEAD_SEEN ? length : HEAD_SEEN; /* so that the head of a message is seen whole */
            if (size - head < needed) return keep(c, data, size);
            c->opcode = opcode;
            if (opcode == 8) return lost_client(c, "a close frame");
            c->left = length;
            data += head, size -= head;
            seen.frames++;
            begin_frame(c, data, needed, now);
            if (!length) continue;
        }
        size_t part = size < c->left ? size : (size_t)c->left;
        size_t understood = scan(data, part, part < c->left, now);
        c->left -= understood, data += understood, size -= understood;
        if (understood < part) return keep(c, data, size);
    }
}

static void readable(struct client *c) {
    size_t carried = (size_t)c->carried;
    if (carried) memcpy(buffer, c->carry, carried);
    ssize_t got = recv(c->fd, buffer + carried, READ_MAX, 0);
    if (got <= 0) {
        if (got < 0 && errno == EAGAIN) return;
        return lost_client(c, got ? strerror(errno) : "closed");
    }
    c->carried = 0;
    seen.bytes += (uint64_t)got, seen.reads++;
    char *data = buffer;
    size_t size = carried + (size_t)got;
    if (c->state == SHAKING) {
        char *end = memmem(data, size, "\r\n\r\n", 4);
        if (!end) return keep(c, data, size);
        if (strncmp(data, "HTTP/1.1 101", 12)) {
            *strchrnul(data, '\r') = 0;
            return lost_client(c, data);
        }
        size -= (size_t)(end + 4 - data), data = end + 4;
        subscribe(c);
    }
    if (!ask.ready && c->state == SUBSCRIBING) c->state = LIVE, live++, in_flight--;
    frames(c, data, size, now_ns());
}

static void connected(struct client *c) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) return lost_client(c, strerror(error));
    shake(c);
}

static void open_some(void) {
    while (next_to_open < ask.clients && in_flight < ask.flight) open_client(&clients[next_to_open++]);
    if (!herd.active || next_to_open < ask.clients) return;
    uint64_t now = now_ns();
    for (int i = 0; i < ask.clients; i++)
        if (clients[i].state == DOWN && clients[i].retry_at < now) open_client(&clients[i]);
}

static void turn(int timeout_ms, int *commands) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(epoll, events, EVENTS, timeout_ms);
    for (int i = 0; i < count; i++) {
        struct client *c = events[i].data.ptr;
        if (!c) { *commands = 1; continue; }
        if (c->state == CONNECTING) connected(c);
        else if (c->state != DOWN) readable(c);
    }
}

static void until_open(const char *what) {
    uint64_t start = now_ns(), limit = start + OPEN_LIMIT_S * 1000000000ull;
    int ignored = 0;
    while (herd.active ? herd.converged < ask.clients : live < ask.clients) {
        open_some();
        turn(10, &ignored);
        if (now_ns() > limit) {
            if (!herd.active) die("only %d of %d clients subscribed in %d s", live, ask.clients, OPEN_LIMIT_S);
            break;
        }
    }
    printf("{\"answer\":\"%s\",\"clients\":%d,\"seconds\":%.3f", what, live, (double)(now_ns() - start) / 1e9);
    if (herd.active)
        printf(",\"converged\":%d,\"patches\":%d,\"snapshots\":%d,\"retries\":%d,\"p50_ms\":%.3f,\"p99_ms\":%.3f", herd.converged,
               herd.patches, herd.snapshots, herd.retries, percentile_ms(herd_histogram, .5), percentile_ms(herd_histogram, .99));
    printf("}\n");
}

static void reset(int all) {
    memset(&seen, 0, sizeof seen);
    memset(histogram, 0, sizeof histogram);
    seen.start = now_ns();
    seen.since = all ? 0 : seen.start;
    seen.cpu_s = cpu_s();
    printf("{\"answer\":\"reset\"}\n");
}

static void report(void) {
    double seconds = (double)(now_ns() - seen.start) / 1e9;
    printf("{\"answer\":\"report\",\"seconds\":%.6f,\"clients\":%d,\"deliveries\":%llu,\"frames\":%llu,\"bytes\":%llu,\"reads\":%llu,"
           "\"old\":%llu,\"lost\":%llu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,\"cpu_share\":%.4f}\n",
           seconds, live, (unsigned long long)seen.deliveries, (unsigned long long)seen.frames, (unsigned long long)seen.bytes,
           (unsigned long long)seen.reads, (unsigned long long)seen.old, (unsigned long long)seen.lost,
           percentile_ms(histogram, .5), percentile_ms(histogram, .99), (double)seen.max_ns / 1e6, (cpu_s() - seen.cpu_s) / seconds);
}

static void stall(int count) {
    for (int i = 0; i < count && i < ask.clients; i++)
        if (clients[i].state == LIVE) {
            epoll_ctl(epoll, EPOLL_CTL_DEL, clients[i].fd, NULL);
            clients[i].state = STALLED;
        }
    printf("{\"answer\":\"stall\"}\n");
}

static void cut(void) {
    for (int i = 0; i < ask.clients; i++)
        if (clients[i].state != DOWN) close_client(&clients[i]);
    printf("{\"answer\":\"cut\"}\n");
}

static void back(uint64_t target) {
    memset(&herd, 0, sizeof herd);
    memset(herd_histogram, 0, sizeof herd_histogram);
    herd.active = 1, herd.target = target, herd.start = now_ns();
    next_to_open = 0;
    until_open("back");
    herd.active = 0;
}

/* Gives 0 at the end of the input. */
static int obey(void) {
    char line[128];
    if (!fgets(line, sizeof line, stdin)) return 0;
    if (!strncmp(line, "open", 4)) until_open("open");
    else if (!strncmp(line, "reset", 5)) reset(!!strstr(line, "all"));
    else if (!strncmp(line, "report", 6)) report();
    else if (!strncmp(line, "stall", 5)) stall(atoi(line + 5));
    else if (!strncmp(line, "cut", 3)) cut();
    else if (!strncmp(line, "back", 4)) back(strtoull(line + 4, NULL, 10));
    else if (!strncmp(line, "quit", 4)) return 0;
    else die("not a command: %s", line);
    fflush(stdout);
    return 1;
}

static void arguments(int count, char **values) {
    for (int i = 1; i < count; i++) {
        const char *name = values[i];
        if (!strcmp(name, "--binary")) { ask.binary = 1; continue; }
        if (!strcmp(name, "--engineio")) { ask.engineio = 1; continue; }
        if (!strcmp(name, "--positions")) { ask.positions = 1; continue; }
        if (++i == count) die("%s needs a value", name);
        if (!strcmp(name, "--port")) ask.ports[ask.port_count++ % 16] = atoi(values[i]);
        else if (!strcmp(name, "--clients")) ask.clients = atoi(values[i]);
        else if (!strcmp(name, "--views")) ask.views = atoi(values[i]);
        else if (!strcmp(name, "--flight")) ask.flight = atoi(values[i]);
        else if (!strcmp(name, "--stalls")) ask.stalls = atoi(values[i]);
        else if (!strcmp(name, "--spread")) ask.spread = atoi(values[i]);
        else if (!strcmp(name, "--path")) ask.path = values[i];
        else if (!strcmp(name, "--ready")) ask.ready = values[i];
        else if (!strcmp(name, "--send")) ask.send[ask.sends++ % 4] = values[i];
        else die("unknown option %s", name);
    }
    if (!ask.port_count || !ask.ready) die("--port and --ready are needed");
}

int main(int count, char **values) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    arguments(count, values);
    setvbuf(stdin, NULL, _IONBF, 0);
    clients = calloc((size_t)ask.clients, sizeof *clients);
    epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
    seen.start = seen.since = now_ns();
    for (int running = 1; running;) {
        int commands = 0;
        turn(1000, &commands);
        if (commands) running = obey();
    }
    return 0;
}
