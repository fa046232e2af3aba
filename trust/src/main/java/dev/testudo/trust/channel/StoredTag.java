package dev.testudo.trust.channel;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.MessageException;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// The state of a volume that CAS knows.
///
/// @param sequence the number of the journal record that the tag belongs to. It is empty if a
///     person gave the tag alone, in the policy or with `testudo volume accept`: then every record
///     with that tag is meant.
/// @param tag 32 lower-case hexadecimal digits
public record StoredTag(OptionalLong sequence, String tag) {
  private static final Pattern TAG = Pattern.compile("[0-9a-f]{32}");

  /// Checks the parts.
  ///
  /// @throws IllegalArgumentException if one is malformed
  public StoredTag {
    if (!isTag(tag) || (sequence.isPresent() && sequence.getAsLong() < 0)) {
      throw new IllegalArgumentException("not a position of a volume");
    }
  }

  /// Creates a position with a sequence number.
  public static StoredTag of(long sequence, String tag) {
    return new StoredTag(OptionalLong.of(sequence), tag);
  }

  /// Returns true if `text` has the form of a tag.
  public static boolean isTag(String text) {
    return TAG.matcher(text).matches();
  }

  /// Returns true if `other` may be the same state: the tags are equal, and so are the numbers if
  /// both are known.
  public boolean matches(StoredTag other) {
    return tag.equals(other.tag)
        && (sequence.isEmpty() || other.sequence.isEmpty() || sequence.equals(other.sequence));
  }

  /// Returns the members `sequence`, if it is known, and `tag`.
  public JsonObject json() {
    var json = new JsonBuilder();
    sequence.ifPresent(number -> json.put("sequence", number));
    return json.put("tag", tag).build();
  }

  /// Parses the result of [#json()].
  public static StoredTag read(JsonMembers fields) throws MessageException {
    var sequence =
        fields.has("sequence") ? OptionalLong.of(fields.natural("sequence")) : OptionalLong.empty();
    var tag = fields.text("tag");
    if (!isTag(tag)) {
      throw fields.wrong("tag", "32 hexadecimal digits");
    }
    fields.done();
    return new StoredTag(sequence, tag);
  }

  /// Returns `NUMBER:TAG`, or the tag alone.
  @Override
  public String toString() {
    return sequence.isPresent() ? sequence.getAsLong() + ":" + tag : tag;
  }
}
