// row:    A8
// tries:  sets the clock, by which the supervisor decides whether a certificate has expired
// shield: the program has no CAP_SYS_TIME
// native: granted
#include "escape.h"
#include <sys/timex.h>

int main(void) {
  // By nothing: whoever may do that may do more.
  struct timex none = {.modes = ADJ_SETOFFSET};
  if (adjtimex(&none) >= 0) granted("adjtimex");
  if (clock_adjtime(CLOCK_REALTIME, &none) >= 0) granted("clock_adjtime");
  contained("adjtimex: %s", strerror(errno));
}
