// Tries what no rule allows and prints what the kernel said: `connect EACCES`, one line each.
// Built twice by the test, dynamically and statically linked.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void tell(const char *what, long result) {
  printf("%s %s\n", what, result >= 0 ? "SUCCEEDED" : strerrorname_np(errno));
}

// The address that /etc/hosts gives a name: a statically linked program has no resolver to rely on.
static struct in_addr address_of(const char *name) {
  struct in_addr found = {0};
  char line[512];
  FILE *hosts = fopen("/etc/hosts", "r");
  while (hosts && fgets(line, sizeof line, hosts)) {
    char *address = strtok(line, " \t\n"), *word;
    while (address && (word = strtok(NULL, " \t\n"))) {
      if (strcmp(word, name) == 0 && inet_pton(AF_INET, address, &found) == 1) {
        fclose(hosts);
        return found;
      }
    }
  }
  fprintf(stderr, "no address for %s\n", name);
  exit(1);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
  to.sin_addr = address_of(argv[1]);
  int tcp = socket(AF_INET, SOCK_STREAM, 0);
  tell("connect", connect(tcp, (struct sockaddr *)&to, sizeof to));
  int later = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  tell("connect-nonblocking", connect(later, (struct sockaddr *)&to, sizeof to));
  tell("sendto-fastopen", sendto(tcp, "PING", 4, 0x20000000, (struct sockaddr *)&to, sizeof to));
  tell("udp", socket(AF_INET, SOCK_DGRAM, 0));
  tell("raw", socket(AF_INET, SOCK_RAW, IPPROTO_TCP));
  tell("packet", socket(AF_PACKET, SOCK_RAW, 0));
  char parameters[120] = {0};
  tell("io_uring", syscall(425, 8, parameters));
  return 0;
}
