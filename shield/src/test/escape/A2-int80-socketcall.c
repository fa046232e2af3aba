// row:    A2
// tries:  i386 `socketcall` through `int 0x80` from 64-bit code: its arguments are behind a pointer
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
  unsigned *arguments = (unsigned *)memory;
  memcpy(memory + 64, &to.v4, to.size);
  arguments[0] = AF_INET, arguments[1] = SOCK_STREAM, arguments[2] = 0;
  long fd = call32(102, 1, (long)memory, 0);
  if (fd < 0) contained("socketcall: %s", strerror(-fd));
  arguments[0] = fd, arguments[1] = (unsigned)(uintptr_t)(memory + 64), arguments[2] = to.size;
  long result = call32(102, 3, (long)memory, 0);
  errno = -result;
  judge(fd, result < 0 ? -1 : 0, "socketcall(SYS_CONNECT) to the forbidden TCP listener");
}

int main(void) {
  attempt(attack, "socketcall");
  contained("i386 calls do not come through");
}
#endif
