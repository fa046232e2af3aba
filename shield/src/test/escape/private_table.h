// What the rows about descriptor tables share: a thread with a table of its own, in which a number
// means another socket.
#ifndef PRIVATE_TABLE_H
#define PRIVATE_TABLE_H
#include "escape.h"

// The number stands for one socket in the first thread's table and for another in ours.
static int number_, theirs;

// Checks, in a table of our own, that a forbidden place stays one and that the permitted one
// connects our socket, not the first thread's.
static void inside(const char *how) {
  place bad = forbidden4(), good = permitted4();
  int mine = new_socket(AF_INET, SOCK_STREAM);
  dup2(mine, number_);
  judge(number_, connect_to(number_, &bad), how);
  dup2(new_socket(AF_INET, SOCK_STREAM), number_);
  if (connect_to(number_, &good) == 0 && greeting(number_) != 'P')
    granted("%s: another socket was connected", how);
}

static void check_first(void) {
  if (connected(theirs))
    granted("the first thread's socket was connected instead");
}

#endif
