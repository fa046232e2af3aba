package dev.testudo.image.registry.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The grammar of `WWW-Authenticate`.
class ChallengeReaderTest {
  private static AuthChallenge challenge(String scheme, String... parameters) {
    var map = new java.util.HashMap<String, String>();
    for (var n = 0; n < parameters.length; n += 2) {
      map.put(parameters[n], parameters[n + 1]);
    }
    return new AuthChallenge(scheme, Map.copyOf(map));
  }

  private static List<AuthChallenge> read(String... values) {
    return ChallengeReader.read(List.of(values));
  }

  @Test
  void aTokenServerIsNamedWithServiceAndScope() {
    assertEquals(
        List.of(
            challenge(
                "bearer",
                "realm",
                "https://auth.example/token",
                "service",
                "registry.example",
                "scope",
                "repository:a/b:pull,push")),
        read(
            "Bearer realm=\"https://auth.example/token\",service=\"registry.example\","
                + "scope=\"repository:a/b:pull,push\""));
  }

  @Test
  void severalChallengesMayStandInOneValueOrInSeveral() {
    var expected =
        List.of(
            challenge("negotiate"),
            challenge("basic", "realm", "a, b"),
            challenge("bearer", "realm", "x"));
    assertEquals(expected, read("Negotiate, Basic realm=\"a, b\", BEARER Realm = x"));
    assertEquals(expected, read("Negotiate", "Basic realm=\"a, b\"", " Bearer realm=x ,"));
  }

  @Test
  void quotesAreUndone() {
    assertEquals(
        List.of(challenge("basic", "realm", "a\"b\\c")), read("Basic realm=\"a\\\"b\\\\c\""));
  }

  @Test
  void aFirstParameterIsKeptAndCredentialsWithoutNameAreSkipped() {
    assertEquals(
        List.of(challenge("negotiate"), challenge("basic", "realm", "1")),
        read("Negotiate YWJj/ZA==, Basic realm=1, realm=2"));
  }

  @Test
  void whatIsMalformedIsLeftOut() {
    assertEquals(List.of(), read("", ",", "=", "\"x\"", "Bearer realm=\"open"));
    assertEquals(List.of(challenge("bearer")), read("Bearer realm="));
    assertEquals(List.of(challenge("basic")), read("Basic, Bearer realm=\"open"));
    assertEquals(16, read("A, ".repeat(1000)).size());
    assertEquals(List.of(challenge("bearer", "a", "b")), read("Bearer a=b, =c, d=e"));
  }
}
