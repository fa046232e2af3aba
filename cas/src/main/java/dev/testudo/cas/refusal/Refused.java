package dev.testudo.cas.refusal;

import java.util.ArrayList;
import java.util.List;

/// Ends the work on a request and carries the answer to it. Nothing the request did so far remains.
public final class Refused extends Exception {
  private static final long serialVersionUID = 1;
  private final RefusalId id;
  private final transient List<String> problems;

  /// A refusal that one sentence explains.
  public Refused(RefusalId id, String message) {
    this(id, message, List.of());
  }

  /// A refusal with details, each rendered for a person. No secret value may be in either.
  public Refused(RefusalId id, String message, List<String> problems) {
    super(message, null, false, false);
    this.id = id;
    this.problems = List.copyOf(problems);
  }

  /// The stable name.
  public RefusalId id() {
    return id;
  }

  /// The details.
  public List<String> problems() {
    return problems;
  }

  /// What the audit log is told: the sentence, and the details unless they show a session's text.
  public List<String> forTheLog() {
    var all = new ArrayList<>(List.of(message()));
    if (id != RefusalId.INVALID_SESSION) {
      all.addAll(problems);
    }
    return all;
  }

  /// The sentence.
  public String message() {
    return String.valueOf(getMessage());
  }
}
