// row:    F5
// tries:  `ioctl` on a plain TCP socket changes an interface and a route
// shield: the program has no CAP_NET_ADMIN
// native: granted
#include "escape.h"
#include <net/if.h>
#include <net/route.h>
#include <sys/ioctl.h>

int main(void) {
  int fd = new_socket(AF_INET, SOCK_STREAM);
  struct ifreq interface = {.ifr_name = "lo"};
  // What is set is what is there already.
  if (ioctl(fd, SIOCGIFFLAGS, &interface) == 0 && ioctl(fd, SIOCSIFFLAGS, &interface) == 0)
    granted("the loopback interface's flags");
  struct rtentry route = {.rt_flags = RTF_UP | RTF_HOST | RTF_REJECT};
  place to = v4_at("192.0.2.77", 0);
  memcpy(&route.rt_dst, &to.v4, sizeof to.v4);
  if (ioctl(fd, SIOCADDRT, &route) == 0) {
    ioctl(fd, SIOCDELRT, &route);
    granted("a route to 192.0.2.77");
  }
  contained("%s", strerror(errno));
}
