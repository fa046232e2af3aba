// row:    F2
// tries:  UDP and raw sockets with SOCK_NONBLOCK, SOCK_CLOEXEC and unknown bits in the type
// shield: the filter masks the type before it compares it, and refuses unknown bits
// native: reached
#include "escape.h"

int main(void) {
  place to = v4_at("127.0.0.1", number("FORBIDDEN_UDP4"));
  for (int bit = 4; bit < 31; bit++) {
    for (int type = SOCK_DGRAM; type <= SOCK_RAW; type++) {
      int fd = socket(AF_INET, type | 1 << bit | SOCK_CLOEXEC, type == SOCK_RAW ? IPPROTO_UDP : 0);
      if (fd < 0) continue;
      if (sendto(fd, "xxxxxxxx", 8, 0, &to.any, to.size) > 0 && type == SOCK_DGRAM)
        reached("UDP by type 0x%x", type | 1 << bit);
      granted("type 0x%x", type | 1 << bit);
    }
  }
  contained("flags change nothing");
}
