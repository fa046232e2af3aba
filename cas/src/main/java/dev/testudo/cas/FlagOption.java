package dev.testudo.cas;

/// An option without a value.
final class FlagOption {
  private final String name;
  private boolean given;

  /// Creates an option that was not given yet.
  FlagOption(String name) {
    this.name = name;
  }

  /// Takes `option` if it is this one.
  ///
  /// @return false if it is not
  boolean take(String option) throws Usage.Unusable {
    if (!option.equals(name)) {
      return false;
    }
    Usage.once(option, given ? name : null);
    given = true;
    return true;
  }

  /// Returns true if the option was given.
  boolean isGiven() {
    return given;
  }
}
