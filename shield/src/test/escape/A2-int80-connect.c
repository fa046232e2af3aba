// row:    A2
// tries:  i386 `connect` (362) through `int 0x80` on a socket made by the 64-bit call
// shield: a foreign architecture kills the process
// native: reached
#include "escape.h"

#ifndef __x86_64__
int main(void) { untried("only x86-64 has this door"); }
#else
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

static void attack(void) {
  place to = forbidden4();
  char *memory = low();
  memcpy(memory, &to.v4, to.size);
  int fd = new_socket(AF_INET, SOCK_STREAM);
  long result = call32(362, fd, (long)memory, to.size);
  errno = -result;
  judge(fd, result < 0 ? -1 : 0, "i386 connect to the forbidden TCP listener");
}

int main(void) {
  attempt(attack, "connect");
  contained("i386 calls do not come through");
}
#endif
