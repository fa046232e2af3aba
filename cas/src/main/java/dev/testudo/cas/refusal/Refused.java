package dev.testudo.cas.refusal;

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

  /// The sentence.
  public String message() {
    return String.valueOf(getMessage());
  }
}
