// row:    F5
// tries:  netlink families other than routes: socket diagnosis and destruction, netfilter, xfrm, generic
// shield: only NETLINK_ROUTE is allowed
// native: granted
#include "escape.h"

int main(void) {
  const long up = 1L << 32;
  for (long protocol = 1; protocol < 32; protocol++) {
    for (int type = SOCK_DGRAM; type <= SOCK_RAW; type++) {
      if (syscall(SYS_socket, AF_NETLINK, type, protocol) >= 0) granted("netlink %ld", protocol);
      if (syscall(SYS_socket, AF_NETLINK | up, type | up, protocol | up) >= 0)
        granted("netlink %ld with upper bits", protocol);
    }
  }
  contained("no netlink but routes");
}
