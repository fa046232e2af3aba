// row:    F5
// tries:  NETLINK_ROUTE adds an address and a route, so that a permitted address leads elsewhere
// shield: the socket is allowed, but the program has no CAP_NET_ADMIN
// native: granted
#include "escape.h"
#include <linux/rtnetlink.h>
#include <net/if.h>

// The kernel's answer: 0 or an error number.
static int ask(int fd, struct nlmsghdr *message) {
  char answer[1024];
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE;
  if (send(fd, message, message->nlmsg_len, 0) < 0) return errno;
  if (recv(fd, answer, sizeof answer, 0) < 0) return errno;
  struct nlmsghdr *head = (struct nlmsghdr *)answer;
  return head->nlmsg_type == NLMSG_ERROR ? -((struct nlmsgerr *)NLMSG_DATA(head))->error : 0;
}

int main(void) {
  int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  if (fd < 0) contained("netlink: %s", strerror(errno));
  struct {
    struct nlmsghdr head;
    struct ifaddrmsg body;
    struct rtattr attribute;
    struct in_addr address;
  } add = {{.nlmsg_type = RTM_NEWADDR, .nlmsg_len = sizeof add},
           {AF_INET, 32, 0, 0, if_nametoindex("lo")},
           {sizeof(struct rtattr) + 4, IFA_LOCAL},
           {inet_addr("192.0.2.77")}};
  int error = ask(fd, &add.head);
  if (error == 0) {
    add.head.nlmsg_type = RTM_DELADDR;
    ask(fd, &add.head);
    granted("the address 192.0.2.77 on the loopback interface");
  }
  if (error != EPERM && error != EACCES) granted("RTM_NEWADDR is looked into: %s", strerror(error));
  contained("RTM_NEWADDR: %s", strerror(error));
}
