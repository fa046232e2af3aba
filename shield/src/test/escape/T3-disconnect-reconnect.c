// row:    T3
// tries:  connects to the permitted place, disconnects with AF_UNSPEC and connects elsewhere
// shield: a disconnect resets the socket's state; every `connect` is decided again
// native: reached
#include "escape.h"

int main(void) {
  place to = forbidden4(), nowhere = unspecified();
  const socklen_t sizes[] = {2, 16, 28, 128};
  for (int i = 0; i < 4; i++) {
    int fd = permitted_connection();
    char letter[16];
    if (recv(fd, letter, sizeof letter, 0) < 0) untried("recv");
    if (connect(fd, &nowhere.any, sizes[i]) < 0) continue;
    judge(fd, connect_to(fd, &to), "connect after a disconnect");
    close(fd);
  }
  contained("a disconnected socket is an ordinary one");
}
