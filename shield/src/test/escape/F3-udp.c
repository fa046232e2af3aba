// row:    F3
// tries:  UDP over IPv4 and IPv6, with and without `connect`
// shield: EACCES: an unsupported protocol
// native: reached
#include "escape.h"

static void attack(place to, int protocol) {
  int fd = socket(to.any.sa_family, SOCK_DGRAM, protocol);
  if (fd < 0) return;
  if (sendto(fd, "x", 1, 0, &to.any, to.size) == 1) reached("UDP, protocol %d", protocol);
  if (connect_to(fd, &to) == 0 && send(fd, "x", 1, 0) == 1) reached("connected UDP");
  granted("a UDP socket");
}

int main(void) {
  attack(v4_at("127.0.0.1", number("FORBIDDEN_UDP4")), 0);
  attack(v6_at("::1", number("FORBIDDEN_UDP6")), IPPROTO_UDP);
  contained("no UDP");
}
