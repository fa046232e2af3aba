package dev.testudo.trust.measure;

import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The entries of a container's root that not every user may read: files without read permission
/// for others, and everything in directories that others may not list and search. A container may
/// run as any user, and its agent can measure only what its user may read. For the rest, it takes
/// the hashes from here. They are part of the measurement like any other.
public final class RestrictedEntries {
  /// No entries.
  public static final RestrictedEntries NONE = new RestrictedEntries();

  private static final int MOST = 65_536;
  private static final long MODES = 0177777;

  private final NavigableMap<String, HashedEntry> byPath = new TreeMap<>();

  /// Finds the entries that not every user may read.
  ///
  /// @param all all entries of a container's root that are measured
  public static RestrictedEntries of(Collection<HashedEntry> all) {
    var restricted = new RestrictedEntries();
    var closed = new ArrayList<String>();
    for (var entry : new TreeMap<>(byPath(all)).values()) {
      var inside = closed.stream().anyMatch(folder -> entry.path().startsWith(folder));
      if (inside || (entry.type() == TreeWalk.REGULAR && !TreeWalk.everybodyReads(entry.mode()))) {
        restricted.byPath.put(entry.path(), entry);
      }
      if (entry.type() == TreeWalk.DIRECTORY && !TreeWalk.everybodyLists(entry.mode())) {
        closed.add(entry.path() + "/");
      }
    }
    return restricted;
  }

  private static Map<String, HashedEntry> byPath(Collection<HashedEntry> all) {
    var paths = new HashMap<String, HashedEntry>();
    all.forEach(entry -> paths.put(entry.path(), entry));
    return paths;
  }

  private RestrictedEntries() {}

  static RestrictedEntries parse(List<JsonValue> values) throws MessageException {
    if (values.size() > MOST) {
      throw new MessageException("`restricted` has more than %d entries".formatted(MOST));
    }
    var entries = new RestrictedEntries();
    for (var value : values) {
      var fields = JsonMembers.of(value, "restricted");
      var path = fields.text("path");
      var mode = (int) fields.number("mode", 0, MODES);
      var hash = fields.text("sha256");
      fields.done();
      if (!Measurement.isHex(hash, 64)) {
        throw new MessageException("`sha256` is not 64 lower-case hexadecimal digits");
      }
      entries.byPath.put(path, new HashedEntry(path, mode, hash));
    }
    return entries;
  }

  /// Compares the list with another one.
  ///
  /// @param right the list as it must be
  /// @return what is wrong with this one, by path; empty if they are the same
  public SortedMap<String, String> mistakes(RestrictedEntries right) {
    var mistakes = new TreeMap<String, String>();
    right.byPath.keySet().forEach(path -> mistakes.put(path, "is missing"));
    for (var entry : byPath.values()) {
      var expected = right.byPath.get(entry.path());
      if (expected == null) {
        mistakes.put(entry.path(), "is none that not everybody may read");
      } else if (entry.equals(expected)) {
        mistakes.remove(entry.path());
      } else {
        var hash = entry.mode() == expected.mode();
        mistakes.put(entry.path(), hash ? "has another hash" : "has another mode");
      }
    }
    return mistakes;
  }

  /// Returns the entries as `image.json` lists them.
  public JsonValue json() {
    return new JsonValue.JsonArray(
        byPath.values().stream()
            .<JsonValue>map(
                entry ->
                    new JsonBuilder()
                        .put("path", entry.path())
                        .put("mode", entry.mode())
                        .put("sha256", entry.sha256())
                        .build())
            .toList());
  }

  boolean isEmpty() {
    return byPath.isEmpty();
  }

  Optional<String> hash(String path) {
    return Optional.ofNullable(byPath.get(path)).map(HashedEntry::sha256);
  }

  /// Returns the entries below a directory, parents before children.
  Collection<HashedEntry> below(String directory) {
    // '0' is the character after '/'.
    return byPath.subMap(directory + "/", true, directory + "0", false).values();
  }
}
