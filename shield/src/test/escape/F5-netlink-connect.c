// row:    F5
// tries:  `connect` and `sendto` from a NETLINK_ROUTE socket to one of a neighbour, and to a multicast group, to pass bytes
// shield: the supervisor connects with only the capabilities that the program has: EPERM
// native: reached
#include "escape.h"
#include <linux/rtnetlink.h>

static void attack(struct sockaddr_nl to, const char *how) {
  struct nlmsghdr message = {.nlmsg_len = sizeof message, .nlmsg_type = RTM_NEWLINK};
  int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  if (fd < 0) contained("netlink: %s", strerror(errno));
  if (sendto(fd, &message, sizeof message, 0, (void *)&to, sizeof to) >= 0) reached("sendto %s", how);
  // Whoever may not is told so here, and by no later call.
  if (connect(fd, (void *)&to, sizeof to) == 0) {
    if (send(fd, &message, sizeof message, 0) < 0 && errno != ESRCH) untried("send: %s", strerror(errno));
    reached("connect %s", how);
  }
  close(fd);
}

int main(void) {
  attack((struct sockaddr_nl){AF_NETLINK, 0, number("FORBIDDEN_NETLINK"), 0}, "to a neighbour");
  attack((struct sockaddr_nl){AF_NETLINK, 0, 0, RTMGRP_LINK}, "to a group");
  contained("connect: %s", strerror(errno));
}
