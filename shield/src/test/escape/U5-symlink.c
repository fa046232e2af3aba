// row:    U5
// tries:  creates a symbolic link to a forbidden socket, and uses the permitted name from another folder
// shield: the exact string decides: another name is another place
// native: reached
#include "escape.h"

int main(void) {
  char text[200];
  snprintf(text, sizeof text, "%.80s/link", setting("SCRATCH"));
  if (symlink(setting("FORBIDDEN_STREAM"), text) < 0) untried("symlink: %s", strerror(errno));
  place to = path_at(text);
  try_connect(&to, "a symbolic link");
  // A folder of ours in which the permitted relative name leads to the forbidden socket.
  snprintf(text, sizeof text, "%.80s", setting("SCRATCH"));
  if (chdir(text) < 0 || mkdir("permitted", 0700) < 0 ||
      symlink(setting("FORBIDDEN_STREAM"), "permitted/socket") < 0)
    untried("%s: %s", text, strerror(errno));
  to = path_at("permitted/socket");
  try_connect(&to, "the permitted name in another folder");
  contained("connect: %s", strerror(errno));
}
