package dev.testudo.policy.schema;

/// A key of a mapping.
///
/// @param meaning what the key says, in one line
/// @param secrecy whether its value must not appear in diagnostics
/// @param required true if the mapping is wrong without it
public record Key(
    String name,
    Shape shape,
    String meaning,
    Standing standing,
    Secrecy secrecy,
    boolean required) {

  /// Returns an optional key whose value may be shown.
  public static Key of(String name, Shape shape, String meaning) {
    return new Key(name, shape, meaning, new Standing.Supported(), Secrecy.SHOWN, false);
  }

  /// Returns a key that is an error.
  ///
  /// @param without what the file no longer asks for if the key is removed: "the files
  ///     are not encrypted"
  public static Key refused(String name, String without) {
    var meaning = "Not supported yet. Without it, " + without + ".";
    return new Key(
        name, new Shape.Anything(), meaning, new Standing.Refused(without), Secrecy.HIDDEN, false);
  }

  /// Returns a key that is a warning.
  public static Key ignored(String name, String why) {
    var meaning = "Has no effect: " + why + ".";
    return new Key(
        name, new Shape.Anything(), meaning, new Standing.Ignored(), Secrecy.HIDDEN, false);
  }

  /// Returns the same key as a required one.
  public Key must() {
    return new Key(name, shape, meaning, standing, secrecy, true);
  }

  /// Returns the same key with a value that is secret.
  public Key secret() {
    return secret(Secrecy.HIDDEN);
  }

  /// Returns the same key with a value that is secret under a condition.
  public Key secret(Secrecy when) {
    return new Key(name, shape, meaning, standing, when, required);
  }
}
