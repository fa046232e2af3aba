package dev.testudo.policy.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EffectivePolicyTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "shield");

  private static Map<String, Text> variables(String name, String text) {
    return switch (EnvironmentFile.read(new SourceFile(name, text))) {
      case Parsed.Valid<Map<String, Text>>(var variables, _) -> variables;
      case Parsed.Invalid<Map<String, Text>>(var problems) ->
          throw new AssertionError(Diagnostics.render(problems));
    };
  }

  private static ShieldRules rules(String text) {
    return switch (ShieldVariables.readLocated(variables("rules.env", text))) {
      case Parsed.Valid<ShieldRules>(var rules, _) -> rules;
      case Parsed.Invalid<ShieldRules>(var problems) ->
          throw new AssertionError(Diagnostics.render(problems));
    };
  }

  @Test
  void everyRuleIsALineAndSoIsWhatNoRuleNames() throws IOException {
    var rules = rules(Files.readString(GOLDEN.resolve("every-variable.env")));
    var table = String.join("\n", EffectivePolicy.of(rules).lines()) + "\n";
    var expected = GOLDEN.resolve("every-variable.table");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(expected, table);
    }
    assertEquals(Files.readString(expected), table);
    assertFalse(table.contains("certificate"), table);
  }

  @Test
  void withTheShieldDisabledEverythingPasses() {
    var table = EffectivePolicy.of(rules("SCONE_NETWORK_SHIELD=disabled\n")).rows();
    assertTrue(table.stream().allMatch(row -> row.mode().equals("unprotected")), table::toString);
  }

  @Test
  void environmentAndFileAddUp() {
    var file = variables("f.env", "SCONE_NETWORK_SHIELD_SERVER_1_PORT=TCP:80\n");
    var both =
        Map.of("SCONE_NETWORK_SHIELD", "protected", "SCONE_NETWORK_SHIELD_SERVER_1", "unprotected");
    var parsed = ShieldVariables.read(both, file);
    var rules =
        assertInstanceOf(ShieldRules.class, assertInstanceOf(Parsed.Valid.class, parsed).value());
    assertEquals(new Listen.Tcp(80), rules.servers().getFirst().listen());
  }

  @Test
  void aMisspelledVariableOfAFileIsOneMistake() {
    var file = variables("f.env", "SCONE_NETWORK_SHEILD=protected\n");
    var found = ShieldVariables.read(Map.of(), file).diagnostics();
    assertEquals(1, found.size(), Diagnostics.render(found));
    assertEquals(List.of("did you mean `SCONE_NETWORK_SHIELD`?"), found.getFirst().help());
  }

  @Test
  void theSameValueTwiceIsNoConflictButAnotherIs() {
    var file = variables("f.env", "SCONE_NETWORK_SHIELD=protected\n");
    assertInstanceOf(
        Parsed.Valid.class,
        ShieldVariables.read(Map.of("SCONE_NETWORK_SHIELD", "protected"), file));
    var other = ShieldVariables.read(Map.of("SCONE_NETWORK_SHIELD", "unprotected"), file);
    assertInstanceOf(Parsed.Invalid.class, other);
    assertEquals(
        List.of("conflicting-keys f.env:1:22"),
        other.diagnostics().stream().map(one -> one.id() + " " + one.span().place()).toList());
  }
}
