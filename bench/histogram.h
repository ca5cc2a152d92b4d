/* A log-linear histogram: 32 buckets per power of two, so a percentile is at most 3 % off. */
#pragma once
#include <stdint.h>

enum { BUCKETS = 64 * 32 };

static inline void count_in(uint64_t *buckets, uint64_t ns) {
    int power = ns < 32 ? 5 : 63 - __builtin_clzll(ns);
    buckets[(power - 5) * 32 + (int)((ns >> (power - 5)) & 31)]++;
}

static inline double percentile_ms(const uint64_t *buckets, double share) {
    uint64_t total = 0, sum = 0;
    for (int i = 0; i < BUCKETS; i++) total += buckets[i];
    for (int i = 0; i < BUCKETS; i++)
        if ((sum += buckets[i]) >= share * (double)total && sum) return (double)((uint64_t)(33 + i % 32) << (i / 32)) / 1e6;
    return 0;
}
