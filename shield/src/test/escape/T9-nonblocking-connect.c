// row:    T9
// tries:  non-blocking `connect` to forbidden places, and asks for the result again and again
// shield: EACCES at once
// native: reached
#include "escape.h"

static void attack(place to) {
  int fd = new_socket(to.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK);
  for (int i = 0; i < 5; i++) judge(fd, connect_to(fd, &to), "non-blocking connect");
  if (send(fd, "x", 1, MSG_NOSIGNAL) == 1) granted("a byte sent");
  close(fd);
}

int main(void) {
  attack(forbidden4());
  attack(forbidden6());
  attack(v6_at("::ffff:127.0.0.1", number("FORBIDDEN_TCP4")));
  contained("connect: %s", strerror(errno));
}
