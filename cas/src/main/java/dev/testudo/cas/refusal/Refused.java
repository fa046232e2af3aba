package dev.testudo.cas.refusal;

import java.util.ArrayList;
import java.util.List;

/// Aborts a request and carries the answer to it. Its transaction is rolled back.
public final class Refused extends Exception {
  private static final long serialVersionUID = 1;
  private final RefusalId id;
  private final transient List<String> problems;

  /// Creates a refusal with one sentence of explanation.
  public Refused(RefusalId id, String message) {
    this(id, message, List.of());
  }

  /// Creates a refusal with details, each rendered for people. Neither may contain
  /// the value of a secret.
  public Refused(RefusalId id, String message, List<String> problems) {
    super(message, null, false, false);
    this.id = id;
    this.problems = List.copyOf(problems);
  }

  /// Returns the id.
  public RefusalId id() {
    return id;
  }

  /// Returns the details.
  public List<String> problems() {
    return problems;
  }

  /// Returns the text for the audit log: the message, and the details unless they
  /// quote a session's text.
  public List<String> forTheLog() {
    var all = new ArrayList<>(List.of(message()));
    if (id != RefusalId.INVALID_SESSION) {
      all.addAll(problems);
    }
    return all;
  }

  /// Returns the message.
  public String message() {
    return String.valueOf(getMessage());
  }
}
