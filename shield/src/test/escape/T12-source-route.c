// row:    T12
// tries:  a source route (IP_OPTIONS, IPV6_RTHDR, IPV6_2292PKTOPTIONS) sends packets for a permitted address to another host first
// shield: the options are refused; only their removal is allowed
// native: granted
#include "escape.h"

enum { SEGMENTS = 4 };

// RFC 8754: towards `hops[0]` by way of `hops[1]`.
typedef struct {
  uint8_t next, length, type, left, last, flags;
  uint16_t tag;
  struct in6_addr hops[2];
} segments;

static void refused(int fd, int level, int option, const void *value, socklen_t size, const char *what) {
  const long ups[] = {0, 1L << 32, ~0xffffffffL};
  for (int i = 0; i < 3; i++) {
    // All but the value are ints.
    long done = syscall(SYS_setsockopt, fd | ups[i], level | ups[i], option | ups[i], value, size | ups[i]);
    if (done == 0) granted("%s", what);
    if (!turned_away(done)) granted("%s is looked into: %s", what, strerror(errno));
  }
}

int main(void) {
  int six = new_socket(AF_INET6, SOCK_STREAM);
  // A segment route needs no privilege.
  segments route = {.length = 4, .type = SEGMENTS, .left = 1, .last = 1};
  inet_pton(AF_INET6, "::1", &route.hops[0]);
  inet_pton(AF_INET6, "2001:db8::1", &route.hops[1]);
  refused(six, IPPROTO_IPV6, IPV6_RTHDR, &route, sizeof route, "IPV6_RTHDR");

  union {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof route)];
  } old = {.head = {CMSG_LEN(sizeof route), IPPROTO_IPV6, IPV6_RTHDR}};
  memcpy(CMSG_DATA(&old.head), &route, sizeof route);
  refused(six, IPPROTO_IPV6, IPV6_2292PKTOPTIONS, &old, sizeof old, "IPV6_2292PKTOPTIONS");

  // RFC 791: loosely, by way of 192.0.2.77.
  const uint8_t loose[] = {131, 7, 4, 192, 0, 2, 77, 1};
  int four = new_socket(AF_INET, SOCK_STREAM);
  refused(four, IPPROTO_IP, IP_OPTIONS, loose, sizeof loose, "IP_OPTIONS");
  refused(six, IPPROTO_IP, IP_OPTIONS, loose, sizeof loose, "IP_OPTIONS of an IPv6 socket");
  contained("setsockopt: %s", strerror(errno));
}
