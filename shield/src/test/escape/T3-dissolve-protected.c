// row:    T3
// tries:  disconnects a protected connection with AF_UNSPEC, in every state, then connects elsewhere or writes plaintext
// shield: a disconnect also ends the protected connect; every `connect` is decided again
// native: reached
#include "escape.h"

static place there, six, elsewhere, nowhere;

// A protected connect that has got as far as `stage`.
static int begun(int family, int stage) {
  int fd = new_socket(family, SOCK_STREAM | SOCK_NONBLOCK);
  connect_to(fd, family == AF_INET ? &there : &six);
  if (stage > 0) pause_for(stage);
  return fd;
}

static void attack(void) {
  static const int stages[] = {0, 1, 5, 40};
  struct iovec bytes = {"clear", 5};
  for (int i = 0; i < 8; i++) {
    int fd = begun(i & 1 ? AF_INET6 : AF_INET, stages[i / 2]);
    send(fd, "clear", 5, MSG_NOSIGNAL);
    struct msghdr message = {.msg_name = &there.v4, .msg_namelen = there.size, .msg_iov = &bytes, .msg_iovlen = 1};
    sendmsg(fd, &message, MSG_NOSIGNAL | MSG_FASTOPEN);
    connect_to(fd, &nowhere);
    send(fd, "clear", 5, MSG_NOSIGNAL);
    place to = i & 1 ? v6_at("::ffff:127.0.0.1", number("FORBIDDEN_TCP4")) : elsewhere;
    judge(fd, connect_to(fd, &to), "connect after a protected connect was dissolved");
    close(fd);
    // Dissolved while it waits in another process, and made to listen.
    fd = begun(AF_INET, stages[i / 2]);
    if (fork() == 0) {
      connect_to(fd, &nowhere);
      _exit(CONTAINED);
    }
    connect_to(fd, &elsewhere);
    wait(NULL);
    if (listen(fd, 8) == 0 && listening(fd)) granted("listen on the port of a protected connect");
    judge(fd, connect_to(fd, &elsewhere), "connect after another process dissolved it");
    close(fd);
  }
}

int main(void) {
  there = v4_at("127.0.0.1", number("PROTECTED_TCP4"));
  six = v6_at("::ffff:127.0.0.1", number("PROTECTED_TCP4"));
  elsewhere = forbidden4(), nowhere = unspecified();
  attempt(attack, "dissolving");
  contained("neither elsewhere nor in the clear");
}
