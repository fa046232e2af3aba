// The world outside the cage: the places that no rule names and those that one does. Every contact
// with a forbidden place is one line `saw <place>` on standard output. `sync` on standard input is
// answered with `synced` once everything that has arrived is told. Ends with its standard input.
//
// Arguments: a folder for Unix sockets, a word that makes abstract names unique.
#include "escape.h"
#include <linux/netlink.h>

enum { MOST = 900 };

// What may come to a place: nothing, anything, or nothing but TLS.
enum { FORBIDDEN, PERMITTED, PROTECTED };

// The first byte that a TLS client sends (RFC 8446, section 5.1).
enum { TLS_HANDSHAKE = 22 };

typedef struct {
  const char *name; // none: a connection that may say what it likes
  int type;
  int permitted;
} source;

// A connection to a protected place, whose first byte tells what it is.
enum { SOCK_VISITED = -1 };

static struct pollfd set[MOST];
static source sources[MOST];
static int used;
static int server_port;

static void add(int fd, source s) {
  if (used == MOST) {
    close(fd);
    return;
  }
  set[used] = (struct pollfd){fd, POLLIN, 0};
  sources[used++] = s;
}

static void fail(const char *what) {
  perror(what);
  exit(UNTRIED);
}

// Opens a place and tells the test its setting.
static void open_place(const char *name, int type, place at, int permitted) {
  int fd = socket(at.any.sa_family, type | SOCK_CLOEXEC, 0);
  int on = 1;
  if (at.any.sa_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  // Lets somebody of the same user take the port over; the shield must see to it that nobody does.
  if (at.any.sa_family != AF_UNIX) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (bind(fd, &at.any, at.size) < 0) fail(name);
  if (type != SOCK_DGRAM && listen(fd, 256) < 0) fail(name);
  place bound = {.size = sizeof bound.bytes};
  getsockname(fd, &bound.any, &bound.size);
  if (at.any.sa_family == AF_UNIX) {
    int abstract = at.un.sun_path[0] == 0;
    if (!abstract) chmod(at.un.sun_path, strcmp(name, "PERMITTED_PRIVATE") ? 0777 : 0700);
    printf("set %s %s\n", name, at.un.sun_path + abstract);
  } else {
    printf("set %s %d\n", name, ntohs(bound.v4.sin_port));
  }
  add(fd, (source){name, type, permitted});
}

// A netlink socket that the kernel has no reason to tell anything.
static void open_netlink(const char *name) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  struct sockaddr_nl bound = {.nl_family = AF_NETLINK};
  socklen_t size = sizeof bound;
  if (bind(fd, (void *)&bound, size) < 0 || getsockname(fd, (void *)&bound, &size) < 0) fail(name);
  printf("set %s %d\n", name, bound.nl_pid);
  add(fd, (source){name, SOCK_DGRAM, 0});
}

// A port that nobody uses now.
static int free_port(void) {
  // Below the range from which the kernel serves others (ip_local_port_range), so that it stays free.
  static int tried;
  for (;;) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    place at = v4_at("0.0.0.0", 12000 + (getpid() * 13 + tried++) % 18000);
    int taken = bind(fd, &at.any, at.size);
    close(fd);
    if (taken == 0) return ntohs(at.v4.sin_port);
    if (tried > 1000) fail("free port");
  }
}

// Comes as a client to the port where the program may listen.
static void visit(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  place to = v4_at("127.0.0.1", server_port);
  if (connect_to(fd, &to) < 0 || write(fd, "VISITOR\n", 8) < 0) {
    close(fd);
    return;
  }
  add(fd, (source){NULL, SOCK_STREAM, 1});
}

static void greet(int i) {
  int fd = accept4(set[i].fd, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0) return;
  if (sources[i].permitted == PROTECTED) {
    add(fd, (source){sources[i].name, SOCK_VISITED, PROTECTED});
    return;
  }
  // As whom we see it; all ones where the protocol has no such thing.
  struct ucred peer = {0};
  socklen_t size = sizeof peer;
  getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
  char word[64];
  const char *kind = sources[i].permitted ? "PERMITTED" : "FORBIDDEN";
  snprintf(word, sizeof word, "%s %d %d\n", kind, peer.uid, peer.gid);
  if (!sources[i].permitted) printf("saw %s\n", sources[i].name);
  if (send(fd, word, strlen(word), MSG_NOSIGNAL) < 0) {
    close(fd);
    return;
  }
  // Kept until the peer closes: closing with unread data would take the greeting back.
  add(fd, (source){NULL, SOCK_STREAM, 1});
}

static void drop(int i) {
  close(set[i].fd);
  set[i] = set[--used];
  sources[i] = sources[used];
}

// A connection of the permitted place: each `v` that arrives asks for a visit.
static void serve(int i) {
  char bytes[64];
  int count = recv(set[i].fd, bytes, sizeof bytes, MSG_DONTWAIT);
  if (count == 0 || (count < 0 && errno != EAGAIN)) {
    drop(i);
    return;
  }
  for (int at = 0; at < count; at++) {
    if (bytes[at] == 'v') visit();
  }
}

static void receive(int i) {
  char bytes[64];
  if (recv(set[i].fd, bytes, sizeof bytes, MSG_DONTWAIT) >= 0) printf("saw %s\n", sources[i].name);
}

// A connection to a protected place. It ends without an answer.
static void listen_in(int i) {
  unsigned char first;
  int count = recv(set[i].fd, &first, 1, MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN) return;
  if (count == 1 && first != TLS_HANDSHAKE) printf("saw %s\n", sources[i].name);
  drop(i);
}

static int look(int timeout) {
  int ready = poll(set, used, timeout);
  for (int i = used - 1; i > 0; i--) {
    if (!set[i].revents) continue;
    if (!sources[i].name) {
      serve(i);
    } else if (sources[i].type == SOCK_VISITED) {
      listen_in(i);
    } else if (sources[i].type == SOCK_DGRAM) {
      receive(i);
    } else {
      greet(i);
    }
  }
  return ready;
}

static void command(void) {
  char line[64];
  int count = read(0, line, sizeof line);
  if (count <= 0) exit(0);
  for (int at = 0; at < count; at++) {
    if (line[at] != '\n') continue;
    set[0].events = 0;
    for (int rounds = 0; rounds < 10000 && look(0) > 0; rounds++) {
    }
    set[0].events = POLLIN;
    printf("synced\n");
  }
}

int main(int count, char **arguments) {
  if (count != 3) return UNTRIED;
  char text[128];
  const char *folder = arguments[1], *unique = arguments[2];
  setvbuf(stdout, NULL, _IOLBF, 0);
  signal(SIGPIPE, SIG_IGN);
  add(0, (source){"commands", 0, 1});
  open_place("FORBIDDEN_TCP4", SOCK_STREAM, v4_at("0.0.0.0", 0), 0);
  open_place("FORBIDDEN_TCP6", SOCK_STREAM, v6_at("::", 0), 0);
  open_place("FORBIDDEN_UDP4", SOCK_DGRAM, v4_at("0.0.0.0", 0), 0);
  open_place("FORBIDDEN_UDP6", SOCK_DGRAM, v6_at("::", 0), 0);
  static const struct {
    const char *name, *file;
    int type;
  } paths[] = {{"FORBIDDEN_STREAM", "stream", SOCK_STREAM},
               {"FORBIDDEN_DGRAM", "dgram", SOCK_DGRAM},
               {"FORBIDDEN_SEQPACKET", "seqpacket", SOCK_SEQPACKET}};
  for (int i = 0; i < 3; i++) {
    snprintf(text, sizeof text, "%s/%s", folder, paths[i].file);
    open_place(paths[i].name, paths[i].type, path_at(text), 0);
  }
  snprintf(text, sizeof text, "%s-s", unique);
  open_place("FORBIDDEN_ABSTRACT_STREAM", SOCK_STREAM, abstract_at(text), 0);
  snprintf(text, sizeof text, "%s-d", unique);
  open_place("FORBIDDEN_ABSTRACT_DGRAM", SOCK_DGRAM, abstract_at(text), 0);
  open_netlink("FORBIDDEN_NETLINK");
  open_place("PERMITTED_TCP4", SOCK_STREAM, v4_at("127.0.0.1", 0), 1);
  snprintf(text, sizeof text, "%s/permitted/socket", folder);
  open_place("PERMITTED_UNIX", SOCK_STREAM, path_at(text), 1);
  snprintf(text, sizeof text, "%s/permitted/private", folder);
  open_place("PERMITTED_PRIVATE", SOCK_STREAM, path_at(text), 1);
  open_place("PROTECTED_TCP4", SOCK_STREAM, v4_at("127.0.0.1", 0), PROTECTED);
  snprintf(text, sizeof text, "%s/permitted/protected", folder);
  open_place("PROTECTED_UNIX", SOCK_STREAM, path_at(text), PROTECTED);
  server_port = free_port();
  printf("set SERVER_PORT %d\nset PROTECTED_PORT %d\nset UNLISTED_PORT %d\nset NEIGHBOUR %d\nready\n",
         server_port, free_port(), free_port(), getpid());
  while (1) {
    look(-1);
    if (set[0].revents) command();
  }
}
