// row:    N3
// tries:  signals with SA_RESTART interrupt waiting calls, so that each is notified again
// shield: handlers are idempotent: a repeated call finds the state of the first
// native: reached
#include "interrupted.h"

int main(void) {
  disturb(SA_RESTART, 200);
  contained("%d interrupted connections, all permitted", alternate(SA_RESTART));
}
