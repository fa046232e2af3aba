// row:    U5
// tries:  other spellings of a forbidden path: relative, through `.`, `..`, `//`, /proc/self/cwd, /proc/self/root, behind a permitted prefix
// shield: the exact string decides, then the path is resolved as the program sees it
// native: reached
#include "escape.h"

int main(void) {
  char folder[128], text[300];
  snprintf(folder, sizeof folder, "%s", setting("FORBIDDEN_STREAM"));
  char *name = strrchr(folder, '/');
  *name++ = 0;
  static const char *const forms[] = {"%s", "./%s", ".//%s", "permitted/../%s", "/proc/self/cwd/%s"};
  if (chdir(folder) < 0) untried("%s: %s", folder, strerror(errno));
  for (int i = 0; i < 5; i++) {
    snprintf(text, sizeof text, forms[i], name);
    place to = path_at(text);
    try_connect(&to, "a relative path");
  }
  snprintf(text, sizeof text, "/proc/self/root%.60s/%.20s", folder, name);
  place rooted = path_at(text);
  try_connect(&rooted, "a path through /proc/self/root");
  // Begins with exactly the permitted path.
  snprintf(text, sizeof text, "%.60s/../../%.20s", setting("PERMITTED_UNIX"), name);
  place behind = path_at(text);
  try_connect(&behind, "a path behind the permitted one");
  contained("connect: %s", strerror(errno));
}
