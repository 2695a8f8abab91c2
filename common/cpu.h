/* SPDX-License-Identifier: Apache-2.0 */
/* What the processor at hand can do beyond its kind's baseline: asked when a program runs, by who
 * has a fast way beside the one for all machines. */
#ifndef COMMON_CPU_H
#define COMMON_CPU_H

#include <stdbool.h>

/* AVX2, and what came with it on every machine that has it: BMI1 and POPCNT. */
static inline bool cpu_has_avx2(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("popcnt");
#else
    return false;
#endif
}

/* AVX-512 with VBMI and VBMI2, which came together, on 16 bytes as on 64; and BMI2, which is old.
 */
static inline bool cpu_has_avx512(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    return cpu_has_avx2() && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
           __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2");
#else
    return false;
#endif
}

#endif
