// row:    F2
// tries:  `socket(AF_INET, SOCK_PACKET)`, which the kernel silently turns into AF_PACKET
// shield: for AF_INET the allow-list contains only SOCK_STREAM
// native: granted
#include "escape.h"

int main(void) {
  int fd = socket(AF_INET, 10, htons(3));
  if (fd >= 0) granted("a packet socket by its old name");
  contained("socket(AF_INET, SOCK_PACKET): %s", strerror(errno));
}
