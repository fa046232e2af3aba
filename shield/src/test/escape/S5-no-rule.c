// row:    S5
// tries:  makes a plain connection to a place that no rule names
// shield: EACCES and a line in the log; without a rule a call is never allowed silently
// native: reached
#include "escape.h"

int main(void) {
  place four = forbidden4(), six = forbidden6();
  try_connect(&four, "a plain connect, IPv4");
  try_connect(&six, "a plain connect, IPv6");
  int fd = new_socket(AF_INET, SOCK_STREAM);
  if (connect_to(fd, &four) < 0 && errno != EACCES) granted("refused with %s", strerror(errno));
  contained("connect: %s", strerror(errno));
}
