#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **words) {
  static const char answer[] = "HTTP/1.0 200 OK\r\nContent-Length: 15\r\n\r\nhello from musl";
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(words[count - 1]))};
  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 8)) return 1;
  for (int client; (client = accept(listener, 0, 0)) >= 0; close(client)) {
    char request[4096];
    if (read(client, request, sizeof request) > 0) write(client, answer, sizeof answer - 1);
  }
  return 1;
}
