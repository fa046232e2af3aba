package dev.testudo.agent.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.attest.TokenSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgentOptionsTest {
  private static final String KEY = "11111111111111111111111111111112";
  private static final List<String> ENOUGH =
      List.of("--cas", "cas:8081", "--cas-key", KEY, "--service", "a/b", "--image", "/image");

  private static List<String> with(String... more) {
    var all = new ArrayList<>(ENOUGH);
    all.addAll(List.of(more));
    return all;
  }

  private static String refusal(List<String> args) {
    var failure = assertThrows(AgentFailure.class, () -> AgentOptions.parse(args, Map.of()));
    assertEquals(AgentFailure.Kind.USAGE, failure.kind());
    return failure.line();
  }

  @Test
  void readsEveryOption() throws AgentFailure {
    var options =
        AgentOptions.parse(
            with("--address", "127.64.1.2", "--hosts", "/h", "--events", "/e", "--exit-with-stdin"),
            Map.of("SCONE_SERVICE_ACCESS_TOKEN", "token"));
    assertEquals("cas:8081", options.cas().address().toString());
    assertEquals("a/b", options.service());
    assertEquals("127.64.1.2", options.program().address().orElseThrow().getHostAddress());
    assertTrue(options.program().endsWithInput());
    assertEquals(5, ((TokenSource.Given) options.cas().token().orElseThrow()).token().length());
  }

  @Test
  void documentedVariablesStandInForOptions() throws AgentFailure {
    var environment = Map.of("SCONE_CAS_ADDR", "[::1]:9", "SCONE_CONFIG_ID", "x/y");
    var options = AgentOptions.parse(List.of("--cas-key", KEY, "--image", "/image"), environment);
    assertEquals("[::1]:9", options.cas().address().toString());
    assertEquals("x/y", options.service());
    assertEquals(Optional.empty(), options.program().address());
    assertFalse(options.program().endsWithInput());
  }

  @Test
  void anOptionBeatsItsVariable() throws AgentFailure {
    assertEquals("a/b", AgentOptions.parse(ENOUGH, Map.of("SCONE_CONFIG_ID", "x/y")).service());
  }

  @Test
  void saysWhatIsWrongWithAnOption() {
    assertTrue(
        refusal(List.of("--cas", "c"))
            .startsWith("`--cas-key` is missing; see `testudo agent run --help`"));
    assertTrue(refusal(with("--nonsense")).startsWith("`--nonsense` is not an option; "));
    assertTrue(refusal(with("--hosts")).startsWith("`--hosts` needs a value; "));
    assertTrue(refusal(with("--cas", "d")).startsWith("`--cas` is given twice; "));
    assertTrue(refusal(with("--address", "10.0.0.1")).contains("is not an address in 127.0.0.0/8"));
    assertTrue(refusal(with("--address", "localhost")).contains("is not an address"));
  }

  @Test
  void theTokenComesFromOnePlace() throws AgentFailure {
    assertEquals(
        Optional.of(new TokenSource.InFile(Path.of("/t"))),
        AgentOptions.parse(with("--token-file", "/t"), Map.of()).cas().token());
    assertEquals(
        Optional.of(new TokenSource.AtDescriptor(0)),
        AgentOptions.parse(with("--token-fd", "0"), Map.of()).cas().token());
    assertTrue(refusal(with("--token-file", "/t", "--token-fd", "3")).contains("is given twice"));
    for (var wrong : List.of("1", "2", "-1", "03", "x", "")) {
      assertTrue(refusal(with("--token-fd", wrong)).contains("is not the number of"), wrong);
    }
  }

  @Test
  void theTokenDoesNotPrint() throws AgentFailure {
    var options = AgentOptions.parse(ENOUGH, Map.of("SCONE_SERVICE_ACCESS_TOKEN", "hunter2"));
    assertEquals("AgentOptions[a/b from cas:8081]", options.toString());
  }
}
