package dev.testudo.trust.approval;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.MessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What would change if a session were registered. It contains no values.
///
/// @param summary which session, and whether CAS would accept it
/// @param changes the places of the text that differ, such as `services[api].command`
/// @param secrets what becomes of each secret
/// @param access who would gain and lose rights
/// @param warnings the reasons why services would be refused until another session is complete
/// @param rule who must agree; absent if nobody's agreement is needed
public record SessionDiff(
    Summary summary,
    List<Change> changes,
    List<Fate> secrets,
    List<Access> access,
    List<String> warnings,
    Optional<Requirement> rule) {
  private static final int LIMIT = 2 << 20;

  /// The session and the answer that CAS would give.
  ///
  /// @param active the hash of the active revision; absent if there is none
  /// @param refusal the id of the refusal that the caller would get; absent if CAS would accept
  public record Summary(
      String session,
      Optional<String> active,
      Optional<String> refusal,
      Optional<String> message) {}

  /// A place of the text that differs.
  ///
  /// @param kind `added`, `removed` or `changed`
  public record Change(String path, String kind) {}

  /// What becomes of a secret, or of the key of a volume, whose kind is `volume`.
  ///
  /// @param fate `new`, `removed`, `kept`, `re-made`, `changed` or `unchanged`
  public record Fate(String name, Optional<String> kind, String fate) {
    /// Returns true if it is about a volume.
    public boolean isVolume() {
      return kind.filter("volume"::equals).isPresent();
    }
  }

  /// Who gains and who loses a right: hashes of keys, and `ANY`.
  public record Access(String right, List<String> gains, List<String> loses) {
    /// Copies the lists.
    public Access {
      gains = List.copyOf(gains);
      loses = List.copyOf(loses);
    }
  }

  /// Copies the lists.
  public SessionDiff {
    changes = List.copyOf(changes);
    secrets = List.copyOf(secrets);
    access = List.copyOf(access);
    warnings = List.copyOf(warnings);
  }

  /// Encodes the difference as JSON.
  public byte[] encode() {
    return Json.write(json());
  }

  /// Returns the difference as JSON.
  public JsonValue json() {
    var json =
        new JsonBuilder()
            .put("session", summary.session())
            .put("active", summary.active())
            .put("accepted", summary.refusal().isEmpty())
            .put("refusal", summary.refusal())
            .put("message", summary.message())
            .put("changes", array(changes.stream().map(SessionDiff::json).toList()))
            .put("secrets", array(secrets.stream().map(SessionDiff::json).toList()))
            .put("access", array(access.stream().map(SessionDiff::json).toList()))
            .put("warnings", warnings);
    rule.ifPresent(requirement -> json.put("rule", requirement.json()));
    return json.build();
  }

  private static JsonArray array(List<JsonValue> elements) {
    return new JsonArray(elements);
  }

  private static JsonValue json(Change change) {
    return new JsonBuilder().put("path", change.path()).put("kind", change.kind()).build();
  }

  private static JsonValue json(Fate fate) {
    return new JsonBuilder()
        .put("name", fate.name())
        .put("kind", fate.kind())
        .put("fate", fate.fate())
        .build();
  }

  private static JsonValue json(Access access) {
    return new JsonBuilder()
        .put("right", access.right())
        .put("gains", access.gains())
        .put("loses", access.loses())
        .build();
  }

  /// Decodes the result of [#encode()].
  public static SessionDiff decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "difference");
    fields.bool("accepted");
    var changes = new ArrayList<Change>();
    for (var element : fields.array("changes")) {
      var one = JsonMembers.of(element, "change");
      changes.add(new Change(one.text("path"), one.text("kind")));
      one.done();
    }
    var secrets = new ArrayList<Fate>();
    for (var element : fields.array("secrets")) {
      var one = JsonMembers.of(element, "secret");
      secrets.add(new Fate(one.text("name"), one.optionalText("kind"), one.text("fate")));
      one.done();
    }
    var access = new ArrayList<Access>();
    for (var element : fields.array("access")) {
      var one = JsonMembers.of(element, "access");
      access.add(new Access(one.text("right"), one.texts("gains"), one.texts("loses")));
      one.done();
    }
    var rule = fields.optional("rule");
    var difference =
        new SessionDiff(
            summary(fields),
            changes,
            secrets,
            access,
            fields.texts("warnings"),
            rule.isEmpty() ? Optional.empty() : Optional.of(Requirement.read(rule.get())));
    fields.done();
    return difference;
  }

  private static Summary summary(JsonMembers fields) throws MessageException {
    return new Summary(
        fields.text("session"),
        fields.optionalText("active"),
        fields.optionalText("refusal"),
        fields.optionalText("message"));
  }
}
