/* WebSocket frames (RFC 6455) of a client. */
#pragma once
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    exit(1);
}

static void put(int fd, const void *data, size_t size) {
    if (send(fd, data, size, MSG_NOSIGNAL) != (ssize_t)size && errno != EPIPE && errno != ECONNRESET)
        die("a short message does not fit into an empty socket: %s", strerror(errno));
}

static void put_frame(int fd, unsigned opcode, const char *data, size_t size) {
    static const unsigned char mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    unsigned char frame[1100];
    size_t at = 0;
    frame[at++] = (unsigned char)(0x80 | opcode);
    if (size < 126) frame[at++] = (unsigned char)(0x80 | size);
    else { frame[at++] = 0x80 | 126; frame[at++] = (unsigned char)(size >> 8); frame[at++] = (unsigned char)size; }
    memcpy(frame + at, mask, 4);
    at += 4;
    for (size_t i = 0; i < size; i++) frame[at++] = (unsigned char)data[i] ^ mask[i % 4];
    put(fd, frame, at);
}

/* Reads the header of an unmasked frame. Returns its size, or 0 if it is incomplete. */
static size_t frame_head(const char *data, size_t size, unsigned *opcode, uint64_t *length) {
    const unsigned char *h = (const unsigned char *)data;
    size_t head = size < 2 ? 2 : h[1] == 127 ? 10 : h[1] == 126 ? 4 : 2;
    if (size < head) return 0;
    *opcode = h[0] & 15;
    *length = head == 2 ? h[1] : 0;
    for (size_t at = 2; at < head; at++) *length = *length << 8 | h[at];
    return head;
}
