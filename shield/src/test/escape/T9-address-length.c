// row:    T9
// tries:  addresses of unusual length: 24 bytes for IPv6 (RFC 2133), 128 for IPv4, too short, negative
// shield: lengths are checked as the kernel does
// native: reached
#include "escape.h"

static void attack(place to, socklen_t size) {
  int fd = new_socket(to.any.sa_family, SOCK_STREAM);
  judge(fd, connect(fd, &to.any, size), "connect with an unusual length");
  close(fd);
}

int main(void) {
  place four = forbidden4(), six = forbidden6();
  for (socklen_t size = 0; size <= 128; size++) {
    attack(four, size);
    attack(six, size);
  }
  attack(four, 129), attack(four, (socklen_t)-1), attack(six, 1U << 31 | 28);
  // The wrong family for the socket, either way.
  int fd = new_socket(AF_INET6, SOCK_STREAM);
  judge(fd, connect_to(fd, &four), "an IPv4 address on an IPv6 socket");
  fd = new_socket(AF_INET, SOCK_STREAM);
  judge(fd, connect_to(fd, &six), "an IPv6 address on an IPv4 socket");
  contained("lengths change nothing");
}
