// row:    T11
// tries:  IPV6_ADDRFORM turns a connected IPv6 socket into an IPv4 one, which connects elsewhere
// shield: the supervisor reads the family from the socket each time
// native: reached
#include "escape.h"

int main(void) {
  int fd = new_socket(AF_INET6, SOCK_STREAM), form = AF_INET;
  place good = v6_at("::ffff:127.0.0.1", number("PERMITTED_TCP4"));
  place bad = forbidden4(), nowhere = unspecified();
  if (connect_to(fd, &good) < 0) untried("the permitted place by its mapped address: %s", strerror(errno));
  setsockopt(fd, IPPROTO_IPV6, IPV6_ADDRFORM, &form, sizeof form);
  char bytes[16];
  if (recv(fd, bytes, sizeof bytes, 0) < 0) untried("recv: %s", strerror(errno));
  connect_to(fd, &nowhere);
  judge(fd, connect_to(fd, &bad), "connect after IPV6_ADDRFORM");
  contained("connect: %s", strerror(errno));
}
