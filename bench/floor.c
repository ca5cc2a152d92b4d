/* The floor: the cost of the kernel alone. A loop sends one prepared frame to the sockets of one view.
 *
 *   floor PORT     accepts every handshake without checks; "?room=N" in the path chooses the view
 * On stdin:   go RATE BATCH MERGE SIZE SECONDS VIEWS   makes RATE changes a second of SIZE bytes, BATCH at a time; change n
 *             goes to view n % VIEWS; with MERGE, the changes of a batch to one view share a frame
 * On stdout:  a line when it listens, and a line with the number of changes when it has finished
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

enum { SOCKETS_MAX = 20000, VIEWS_MAX = 4096, FRAME_MAX = 1 << 20 };

static int (*views)[SOCKETS_MAX];
static int watchers[VIEWS_MAX];
static char frame[FRAME_MAX];

static void accept_client(int listener) {
    static const char response[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x05ready";
    char head[2048];
    int one = 1, fd = accept(listener, NULL, NULL);
    if (fd < 0) return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    ssize_t got = recv(fd, head, sizeof head - 1, 0);
    if (got <= 0) { close(fd); return; }
    head[got] = 0;
    const char *room = strstr(head, "?room=");
    int view = room ? atoi(room + 6) % VIEWS_MAX : 0;
    views[view][watchers[view]++] = fd;
    if (send(fd, response, sizeof response - 1, MSG_NOSIGNAL) < 0) perror("floor");
}

static size_t build(int changes, int size, uint64_t at) {
    uint64_t length = (uint64_t)changes * (uint64_t)size;
    size_t used = 0;
    if (length + 16 > FRAME_MAX) exit(2);
    frame[used++] = (char)0x81;
    if (length < 65536) { frame[used++] = 126; frame[used++] = (char)(length >> 8); frame[used++] = (char)length; }
    else { frame[used++] = 127; for (int shift = 56; shift >= 0; shift -= 8) frame[used++] = (char)(length >> shift); }
    for (int i = 0; i < changes; i++) {
        memset(frame + used, 'x', (size_t)size);
        used += (size_t)snprintf(frame + used, 20, "@%017llu@", (unsigned long long)at);
        frame[used] = 'x';
        used += (size_t)size - 19;
    }
    return used;
}

static void send_frame(int view, size_t size) {
    for (int i = 0; i < watchers[view]; i++)
        if (send(views[view][i], frame, size, MSG_NOSIGNAL) < 0 && errno == EINTR) i--;
}

static void make_changes(double rate, int batch, int merge, int size, double seconds, int count) {
    uint64_t start = now_ns(), end = start + (uint64_t)(seconds * 1e9);
    long sent = 0;
    for (;;) {
        uint64_t due = start + (uint64_t)((double)sent / rate * 1e9), now = now_ns();
        if (now >= end || due >= end) break;
        if (due > now) {
            struct timespec until = {(time_t)(due / 1000000000u), (long)(due % 1000000000u)};
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        }
        uint64_t at = now_ns();
        if (merge && count == 1) send_frame(0, build(batch, size, at));
        else for (int i = 0; i < batch; i++) send_frame((int)((sent + i) % count), build(1, size, at));
        sent += batch;
    }
    printf("%ld\n", sent);
    fflush(stdout);
}

int main(int count, char **values) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)(count > 1 ? atoi(values[1]) : 0))};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (void *)&here, sizeof here) || listen(listener, 4096)) { perror("floor"); return 1; }
    views = calloc(VIEWS_MAX, sizeof *views);
    setvbuf(stdin, NULL, _IONBF, 0);
    puts("listening");
    fflush(stdout);
    for (;;) {
        struct pollfd both[] = {{.fd = listener, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
        poll(both, 2, -1);
        if (both[0].revents) accept_client(listener);
        if (!both[1].revents) continue;
        char line[256];
        double rate, seconds;
        int batch, merge, size, kinds;
        if (!fgets(line, sizeof line, stdin)) return 0;
        if (sscanf(line, "go %lf %d %d %d %lf %d", &rate, &batch, &merge, &size, &seconds, &kinds) == 6)
            make_changes(rate, batch, merge, size, seconds, kinds);
    }
}
