// row:    U1
// tries:  one end of a Unix datagram pair is re-addressed to any path
// shield: `socketpair` of datagrams is refused; SOCK_RAW is the same type
// native: reached
#include "escape.h"

static void attack(long type) {
  int pair[2];
  if (syscall(SYS_socketpair, AF_UNIX | (type & ~0xffffffffL), type, 0L, pair) < 0) return;
  place to = path_at(setting("FORBIDDEN_DGRAM"));
  place abstract = abstract_at(setting("FORBIDDEN_ABSTRACT_DGRAM"));
  if (sendto(pair[0], "x", 1, 0, &to.any, to.size) == 1) reached("a path, from a pair");
  if (connect_to(pair[1], &abstract) == 0 && send(pair[1], "x", 1, 0) == 1)
    reached("an abstract name, from a pair");
  granted("a pair of type %ld", type);
}

int main(void) {
  attack(SOCK_DGRAM);
  attack(SOCK_DGRAM | SOCK_CLOEXEC);
  attack(SOCK_RAW);
  attack(1L << 32 | SOCK_DGRAM);
  attack(1L << 32 | SOCK_RAW | SOCK_NONBLOCK);
  contained("no pair that could be re-addressed");
}
