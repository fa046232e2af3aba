// row:    T1
// tries:  `sendto` with MSG_FASTOPEN connects and sends in one call
// shield: the filter answers EOPNOTSUPP
// native: reached
#include "escape.h"

static void attack(place to, int more) {
  int fd = new_socket(to.any.sa_family, SOCK_STREAM);
  int sent = sendto(fd, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL | more, &to.any, to.size);
  judge(fd, sent, "sendto with MSG_FASTOPEN");
  close(fd);
}

int main(void) {
  attack(forbidden4(), 0);
  attack(forbidden6(), 0);
  attack(forbidden4(), MSG_DONTWAIT);
  contained("no connection by sendto");
}
