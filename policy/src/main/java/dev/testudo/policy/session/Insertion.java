package dev.testudo.policy.session;

/// What stands for an open place of a session when CAS decides on a request.
public sealed interface Insertion {
  /// A part of a policy.
  record Structure(ConfigFragment fragment) implements Insertion {}

  /// A single value, which may be secret.
  record Characters(String text) implements Insertion {
    @Override
    public String toString() {
      return "Characters[hidden]";
    }
  }

  /// Nothing: the placeholder stays. An entry of an access policy that is a placeholder names
  /// whoever the secret names, or nobody.
  record Nothing() implements Insertion {}
}
