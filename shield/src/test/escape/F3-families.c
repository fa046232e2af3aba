// row:    F3
// tries:  every family with every type and every useful protocol
// shield: an allow-list of family, type and protocol
// native: granted
#include "escape.h"

static int allowed(int family, int type, int protocol) {
  if (family == AF_INET || family == AF_INET6)
    return type == SOCK_STREAM && (protocol == 0 || protocol == IPPROTO_TCP);
  // Unix sockets know one protocol by two numbers.
  if (family == AF_UNIX) return (type == SOCK_STREAM || type == SOCK_SEQPACKET) && protocol <= 1;
  return family == AF_NETLINK && (type == SOCK_RAW || type == SOCK_DGRAM) && protocol == 0;
}

int main(void) {
  // UDP-Lite, SCTP, DCCP, ICMP, raw, SMC, MPTCP and the numbers that families use of their own.
  static const int protocols[] = {0,  1,  2,  3,   4,   5,   6,   9,   12,  15,   16,
                                  17, 33, 58, 132, 136, 255, 256, 262, 768, 0x300};
  for (int family = 0; family < 64; family++) {
    for (int type = 0; type < 16; type++) {
      for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
        int fd = socket(family, type, protocols[i]);
        if (fd < 0) continue;
        close(fd);
        if (!allowed(family, type, protocols[i]))
          granted("socket(%d, %d, %d)", family, type, protocols[i]);
      }
    }
  }
  contained("nothing beyond the allow-list");
}
