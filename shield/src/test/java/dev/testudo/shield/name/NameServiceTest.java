package dev.testudo.shield.name;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.source.Parsed;
import dev.testudo.shield.Resolver;
import dev.testudo.shield.rule.HostAddresses;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Checks the answers. LookUpsPrivilegedTest checks that glibc understands them.
class NameServiceTest {
  private static final String PREFIX = "SCONE_NETWORK_SHIELD";
  private static final int GETAI = 14;
  private static final int NOT_FOUND = 0;

  private static final HostAddresses NAMES =
      host -> host.equals("Web.test") ? Set.of(InetAddress.ofLiteral("10.0.0.2")) : Set.of();
  private static final Resolver HOSTS =
      host -> host.equals("printer") ? Set.of(InetAddress.ofLiteral("10.0.0.3")) : Set.of();

  private static ShieldRules rules(Map<String, String> more) {
    var variables = new TreeMap<String, String>();
    variables.put(PREFIX, "protected");
    variables.put(PREFIX + "_CLIENT_db", "unprotected");
    variables.put(PREFIX + "_CLIENT_db_DESTINATION", "TCP:db.test:5432");
    variables.put(PREFIX + "_CLIENT_db_DESTINATION_IP", "10.0.0.1");
    variables.put(PREFIX + "_CLIENT_web", "unprotected");
    variables.put(PREFIX + "_CLIENT_web_DESTINATION", "TCP:Web.test:80");
    more.forEach((name, value) -> variables.put(PREFIX + name, value));
    if (ShieldVariables.read(variables) instanceof Parsed.Valid<ShieldRules>(var rules, _)) {
      return rules;
    }
    throw new AssertionError(variables);
  }

  private static Optional<NameService> service(Map<String, String> more) {
    return NameService.of(rules(more), NAMES, HOSTS);
  }

  private static ByteBuffer question(int version, int kind, int length, byte[] name) {
    return ByteBuffer.allocate(NameService.LONGEST_QUESTION)
        .order(ByteOrder.nativeOrder())
        .putInt(version)
        .putInt(kind)
        .putInt(length)
        .put(name);
  }

  private static ByteBuffer question(String name) {
    var bytes = (name + '\0').getBytes(UTF_8);
    return question(2, GETAI, bytes.length, bytes);
  }

  private static ByteBuffer answer(NameService service, String name) {
    var answer = service.answer(question(name)).orElseThrow();
    return ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
  }

  @ParameterizedTest
  @CsvSource({
    "db.test, 10.0.0.1",
    "DB.Test., 10.0.0.1",
    "web.test, 10.0.0.2",
    "printer, 10.0.0.3",
    "localhost, 127.0.0.1"
  })
  void knownHostsAreFound(String name, String address) throws Exception {
    var answer = answer(service(Map.of()).orElseThrow(), name);
    assertEquals(1, answer.getInt(4));
    var first = new byte[4];
    answer.get(24, first);
    assertEquals(InetAddress.ofLiteral(address), InetAddress.getByAddress(first));
  }

  @Test
  void otherHostsDoNotExist() {
    assertEquals(NOT_FOUND, answer(service(Map.of()).orElseThrow(), "other.test").getInt(4));
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 7})
  void addressesHaveNoNamesAndTheProgramGoesOnAsking(int kind) {
    var asked = question(2, kind, 4, new byte[] {10, 0, 0, 1});
    var answer = service(Map.of()).orElseThrow().answer(asked).orElseThrow();
    assertEquals(32, answer.length);
    assertEquals(NOT_FOUND, ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder()).getInt(4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TCP:10.0.0.53:53", "TCP:10.0.0.53:853"})
  void whereRulesLeadToNameServersOtherHostsAreUpToThem(String server) {
    var more = Map.of("_CLIENT_dns", "unprotected", "_CLIENT_dns_DESTINATION", server);
    var service = service(more).orElseThrow();
    assertEquals(0, answer(service, "other.test").remaining());
    assertEquals(1, answer(service, "db.test").getInt(4));
  }

  @ParameterizedTest
  @CsvSource({"'', unprotected", "_UNSUPPORTED_PROTOCOLS, unprotected"})
  void programsThatMayAskForThemselvesAreLeftAlone(String variable, String value) {
    assertEquals(Optional.empty(), service(Map.of(variable, value)));
  }

  @Test
  void aQuestionIsAnsweredWhenItIsComplete() {
    var service = service(Map.of()).orElseThrow();
    var whole = question("db.test");
    for (int length = 0; length < whole.position(); length++) {
      assertEquals(Optional.empty(), service.answer(whole.duplicate().position(length)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 14, 8",
    "2, 14, 0",
    "2, 14, -1",
    "2, 14, 100000",
    "2, 0, 8",
    "2, 13, 8",
    "2, -5, 8"
  })
  void otherQuestionsHaveNoAnswer(int version, int kind, int length) {
    var service = service(Map.of()).orElseThrow();
    var asked = question(version, kind, length, "db.test\0".getBytes(UTF_8));
    assertArrayEquals(new byte[0], service.answer(asked).orElseThrow());
  }
}
