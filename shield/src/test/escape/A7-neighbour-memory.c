// row:    A7
// tries:  opens the memory of a neighbour of the same user through `/proc`, to make it send
// shield: a Landlock domain denies access to processes outside the shield
// native: granted
#include "escape.h"

int main(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", number("NEIGHBOUR"));
  if (open(path, O_RDWR) >= 0) granted("%s", path);
  snprintf(path, sizeof path, "/proc/%d/fd/1", number("NEIGHBOUR"));
  char target[300];
  if (readlink(path, target, sizeof target) > 0) granted("%s", path);
  contained("the neighbour shows nothing: %s", strerror(errno));
}
