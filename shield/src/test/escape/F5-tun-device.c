// row:    F5
// tries:  a TUN device of its own, which writes packets into the network stack
// shield: the program has no CAP_NET_ADMIN
// native: granted
#include "escape.h"
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>

int main(void) {
  int fd = open("/dev/net/tun", O_RDWR);
  if (fd < 0) contained("/dev/net/tun: %s", strerror(errno));
  struct ifreq interface = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  if (ioctl(fd, TUNSETIFF, &interface) == 0) granted("the interface %s", interface.ifr_name);
  contained("TUNSETIFF: %s", strerror(errno));
}
