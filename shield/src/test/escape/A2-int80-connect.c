// row:    A2
// tries:  i386 `connect` (362) through `int 0x80` on a socket made by the 64-bit call
// shield: a foreign architecture kills the process
// native: reached
#include "escape.h"

#ifndef __x86_64__
int main(void) { untried("only x86-64 has this door"); }
#else
#include "int80.h"

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
