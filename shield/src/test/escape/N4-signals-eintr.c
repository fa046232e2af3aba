// row:    N4
// tries:  signals without SA_RESTART abandon waiting calls
// shield: an abandoned call changes nothing that another could use
// native: reached
#include "interrupted.h"

int main(void) {
  disturb(0, 200);
  contained("%d interrupted connections, all permitted", alternate(0));
}
