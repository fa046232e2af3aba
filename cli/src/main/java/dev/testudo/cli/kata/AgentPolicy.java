package dev.testudo.cli.kata;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonValue.JsonString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The agent policy of a guest: what Kata's agent lets its host do, in Rego. Closed by default: it
/// permits one image by its digest with one process, no further program, and no change of itself.
/// The same container gives the same text.
///
/// @param text the policy
public record AgentPolicy(String text) {
  /// The name of the document in initdata.
  public static final String NAME = "policy.rego";

  /// Returns the policy that permits one container.
  public static AgentPolicy of(GuestContainer container) {
    var out = new StringBuilder(rules());
    out.append("\n# The only container besides the first one.\nservice := {\n");
    out.append("\t\"image\": %s,\n".formatted(quoted(container.image())));
    list(out, "args", container.arguments());
    out.append("\t\"uid\": %d,\n".formatted(container.user().uid()));
    out.append("\t\"gid\": %d,\n".formatted(container.user().gid()));
    var groups = container.user().groups().stream().map(String::valueOf);
    out.append("\t\"groups\": [%s],\n".formatted(groups.collect(Collectors.joining(", "))));
    list(out, "env", container.environment().exact());
    list(out, "env_patterns", container.environment().patterns());
    map(out, container.folders());
    out.append("}\n");
    return new AgentPolicy(out.toString());
  }

  private static void list(StringBuilder out, String name, Collection<String> texts) {
    out.append("\t\"%s\": [\n".formatted(name));
    texts.forEach(text -> out.append("\t\t").append(quoted(text)).append(",\n"));
    out.append("\t],\n");
  }

  private static void map(StringBuilder out, Map<String, String> folders) {
    out.append("\t\"folders\": {\n");
    folders.forEach(
        (path, place) -> out.append("\t\t%s: %s,\n".formatted(quoted(path), quoted(place))));
    out.append("\t},\n");
  }

  /// Strings of Rego are those of JSON.
  private static String quoted(String text) {
    return Json.writeText(new JsonString(text));
  }

  private static String rules() {
    try (var in = AgentPolicy.class.getResourceAsStream("rules.rego")) {
      if (in == null) {
        throw new AssertionError("the resource rules.rego is missing");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Returns the rules without the container, which are the same for everybody.
  static List<String> lines() {
    return rules().lines().toList();
  }
}
