package dev.testudo.agent.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.FileTemplates;
import dev.testudo.trust.channel.HostInputs;
import dev.testudo.trust.channel.ProgramStart;
import dev.testudo.trust.channel.ProtectedFiles;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostValuesTest {
  private static Configuration asking(HostInputs inputs) {
    return new Configuration(
        new ProgramStart(List.of("prog", "", "@@1", ""), Map.of("A", "policy"), Optional.empty()),
        List.of(),
        FileTemplates.NONE,
        ProtectedFiles.NONE,
        new Configuration.Origin("session", "hash", false),
        inputs);
  }

  @Test
  void theProgramGetsWhatThePolicyAsksForAndNothingElse() throws AgentFailure {
    var host = new HostValues(List.of("one", "@@1", "three"), Map.of("TERM", "vt100", "X", "y"));
    var asking = asking(new HostInputs(Map.of(1, 3, 3, 2), List.of("TERM", "UNSET")));
    var filled = host.in(asking);
    // A word of the policy that looks like an argument of the host, once secrets are inserted, is
    // none.
    assertEquals(List.of("prog", "three", "@@1", "@@1"), filled.arguments());
    assertEquals(Map.of("A", "policy", "TERM", "vt100", "UNSET", ""), filled.environment());
    assertEquals(List.of(1), host.unused(asking));
    assertEquals(HostInputs.NONE, filled.host());
  }

  @Test
  void aMissingArgumentIsRefused() {
    var host = new HostValues(List.of("one"), Map.of());
    var asking = asking(new HostInputs(Map.of(1, 2), List.of()));
    var failure = assertThrows(AgentFailure.class, () -> host.in(asking));
    assertEquals(AgentFailure.Kind.USAGE, failure.kind());
    assertEquals(
        "the policy takes argument 2 from the host (`@@2`); 1 given after `--`; "
            + AgentOptions.USAGE,
        failure.line());
  }
}
