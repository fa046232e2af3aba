package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostsFileTest {
  private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("192.0.2.1");
  private static final String TEXT =
      """
      127.0.0.1 localhost
      127.80.1.2  redis redis.example  # the store
      127.80.1.3\tRedis
      # 127.80.1.4 commented
      not-an-address api

      """;

  private final HostsFile hosts = new HostsFile(TEXT, _ -> Set.of(ELSEWHERE));

  @Test
  void aNameHasEveryAddressThatTheFileGivesIt() {
    assertEquals(
        Set.of(InetAddress.ofLiteral("127.80.1.2"), InetAddress.ofLiteral("127.80.1.3")),
        hosts.resolve("redis"));
    assertEquals(Set.of(InetAddress.ofLiteral("127.80.1.2")), hosts.resolve("REDIS.example"));
  }

  @Test
  void whatTheFileDoesNotHaveIsAskedElsewhere() {
    for (var name : Set.of("api", "commented", "the", "example.org")) {
      assertEquals(Set.of(ELSEWHERE), hosts.resolve(name), name);
    }
  }
}
