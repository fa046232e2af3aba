// What the rows about the 32-bit door of x86-64 share.
#ifndef INT80_H
#define INT80_H
#include "escape.h"

// A call by the numbers and with the registers of 32-bit x86.
static long call32(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c)
                   : "memory", "r8", "r9", "r10", "r11");
  return result;
}

// Memory that a 32-bit pointer reaches.
static void *low(void) {
  void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  if (at == MAP_FAILED) untried("no low memory");
  return at;
}

#endif
