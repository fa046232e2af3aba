// row:    T9
// tries:  other spellings of a forbidden address: 0.0.0.0, ::, ::ffff:127.0.0.1, ::ffff:0.0.0.0, 127.9.9.9, the machine's own addresses
// shield: addresses are normalised before the rules are checked
// native: reached
#include "escape.h"
#include <ifaddrs.h>

int main(void) {
  int four = number("FORBIDDEN_TCP4"), six = number("FORBIDDEN_TCP6");
  place places[] = {v4_at("0.0.0.0", four),   v4_at("127.9.9.9", four),
                    v4_at("127.255.255.254", four), v6_at("::ffff:127.0.0.1", four),
                    v6_at("::ffff:0.0.0.0", four),  v6_at("::ffff:127.9.9.9", four),
                    v6_at("::", six),               v6_at("::1", six)};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    try_connect(&places[i], "other words for a forbidden place");
  struct ifaddrs *all = NULL;
  if (getifaddrs(&all) < 0) untried("getifaddrs: %s", strerror(errno));
  for (struct ifaddrs *one = all; one; one = one->ifa_next) {
    place at = {0};
    if (!one->ifa_addr) continue;
    if (one->ifa_addr->sa_family == AF_INET) {
      memcpy(&at.v4, one->ifa_addr, at.size = sizeof at.v4);
      at.v4.sin_port = htons(four);
    } else if (one->ifa_addr->sa_family == AF_INET6) {
      memcpy(&at.v6, one->ifa_addr, at.size = sizeof at.v6);
      at.v6.sin6_port = htons(six);
    } else {
      continue;
    }
    try_connect(&at, "an address of an interface, with its scope");
  }
  contained("%s", strerror(errno));
}
