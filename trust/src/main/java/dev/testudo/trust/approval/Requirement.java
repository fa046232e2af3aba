package dev.testudo.trust.approval;

import dev.testudo.policy.session.Party;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.MessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One entry of a rule, and whether it is met.
///
/// @param entry the entry in the words of the policy, such as `CREATOR` or `require-at-least-2`
/// @param key the hash of the key that meets it; absent for a list, and if it names nobody
/// @param needed how many of its members must be met; 0 for an entry that is no list
/// @param agreed how many members count as met
public record Requirement(
    String entry,
    Optional<String> key,
    boolean met,
    int needed,
    int agreed,
    List<Requirement> members) {
  private static final int MOST = 1 << 16;

  /// Copies the members.
  public Requirement {
    members = List.copyOf(members);
  }

  /// Returns the state of `party` if the holders of `keys` agree.
  public static Requirement of(Party party, Set<String> keys) {
    var met = !party.supporters(keys).isEmpty();
    return switch (party) {
      case Party.One(var entry, var key) -> new Requirement(entry, key, met, 0, 0, List.of());
      case Party.Several list ->
          new Requirement(
              list.entry(),
              Optional.empty(),
              met,
              list.needed(),
              list.agreed(keys),
              list.members().stream().map(member -> of(member, keys)).toList());
    };
  }

  /// Returns true if an entry names the key with the given hash.
  public boolean names(String hash) {
    return key.filter(hash::equals).isPresent()
        || members.stream().anyMatch(member -> member.names(hash));
  }

  /// Returns true if one caller alone cannot meet some entry: it needs several, or a signature.
  public boolean isShared() {
    return needed > 1 || entry.equals("signer") || members.stream().anyMatch(Requirement::isShared);
  }

  /// Returns the entries as text for people, one line each, members indented below their list.
  public List<String> lines() {
    var lines = new ArrayList<String>();
    add(lines, "");
    return lines;
  }

  private void add(List<String> lines, String indent) {
    if (needed > 0) {
      lines.add("%s%s: %d of %d needed".formatted(indent, entry, agreed, needed));
      members.forEach(member -> member.add(lines, indent + "  "));
      return;
    }
    var who = key.map(hash -> " " + hash).orElse(", which names nobody");
    lines.add("%s%s%s: %s".formatted(indent, entry, who, met ? "agrees" : "missing"));
  }

  /// Returns the requirement as JSON.
  public JsonValue json() {
    var json = new JsonBuilder().put("entry", entry).put("key", key).put("met", met);
    if (needed > 0) {
      json.put("needed", needed).put("agreed", agreed);
      json.put("members", new JsonArray(members.stream().map(Requirement::json).toList()));
    }
    return json.build();
  }

  /// Reads the result of [#json()].
  static Requirement read(JsonValue value) throws MessageException {
    var fields = JsonMembers.of(value, "requirement");
    var isList = fields.has("needed");
    var members = new ArrayList<Requirement>();
    if (isList) {
      for (var member : fields.array("members")) {
        members.add(read(member));
      }
    }
    var requirement =
        new Requirement(
            fields.text("entry"),
            fields.optionalText("key"),
            fields.bool("met"),
            isList ? (int) fields.number("needed", 1, MOST) : 0,
            isList ? (int) fields.number("agreed", 0, MOST) : 0,
            members);
    fields.done();
    return requirement;
  }
}
