package dev.testudo.trust.attest.evidence;

import java.util.List;

/// A field of evidence as it is shown to people. Nothing about it is verified, so that no program
/// should decide anything by it.
///
/// @param name the name that the specification gives it, such as `MRENCLAVE`
/// @param value what it says: bytes in hexadecimal, numbers in decimal, an empty text for a group
/// @param meaning what that means, in a few words; may be empty
/// @param parts the fields that it is made of, in the order of the format
public record Field(String name, String value, String meaning, List<Field> parts) {
  /// Copies the list.
  public Field {
    parts = List.copyOf(parts);
  }

  /// A field without parts.
  public static Field of(String name, String value, String meaning) {
    return new Field(name, value, meaning, List.of());
  }

  /// A group of fields.
  public static Field group(String name, List<Field> parts) {
    return new Field(name, "", "", parts);
  }
}
