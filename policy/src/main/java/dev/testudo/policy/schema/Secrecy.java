package dev.testudo.policy.schema;

/// Decides whether a value must not appear in diagnostics.
@FunctionalInterface
public interface Secrecy {
  /// For values that may be shown.
  Secrecy SHOWN = (_, _) -> false;

  /// For values that are always hidden.
  Secrecy HIDDEN = (_, _) -> true;

  /// For values that seldom hold a secret and say what a change is about.
  Secrecy HIDDEN_EXCEPT_IN_COMPARISONS =
      new Secrecy() {
        @Override
        public boolean hides(String name, String value) {
          return true;
        }

        @Override
        public boolean isShownInComparisons() {
          return true;
        }
      };

  /// Returns true if the value must not be shown.
  ///
  /// @param name the name that the value belongs to, such as that of a variable; may be empty
  /// @param value the value if it is a single one, else the empty text
  boolean hides(String name, String value);

  /// Returns true if a comparison of two files shows the value although diagnostics hide it.
  default boolean isShownInComparisons() {
    return false;
  }
}
