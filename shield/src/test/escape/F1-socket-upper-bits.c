// row:    F1
// tries:  `socket` with bits set above the lower 32 of each argument, for UDP
// shield: the filter compares only the low word, which is what the kernel reads
// native: reached
#include "escape.h"

static void attack(long family, long type, long protocol) {
  long fd = syscall(SYS_socket, family, type, protocol);
  if (fd < 0) return;
  place to = v4_at("127.0.0.1", number("FORBIDDEN_UDP4"));
  if (sendto(fd, "x", 1, 0, &to.any, to.size) == 1)
    reached("UDP by socket(0x%lx, 0x%lx, 0x%lx)", family, type, protocol);
  granted("socket(0x%lx, 0x%lx, 0x%lx)", family, type, protocol);
}

int main(void) {
  const long up = 1L << 32, sign = ~0xffffffffL;
  attack(up | AF_INET, 5L << 32 | SOCK_DGRAM, 0);
  attack(AF_INET, up | SOCK_DGRAM, up);
  attack(AF_INET, SOCK_DGRAM, up | IPPROTO_UDP);
  attack(sign | AF_INET, sign | SOCK_DGRAM, sign);
  attack(up | AF_INET, SOCK_STREAM, up | 262);
  attack(up | 17, up | SOCK_RAW, up);
  contained("the upper bits change nothing");
}
