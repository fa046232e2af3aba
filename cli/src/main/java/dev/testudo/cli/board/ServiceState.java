package dev.testudo.cli.board;

/// The states in a service's life cycle.
public enum ServiceState {
  WAITING("waiting"),
  STARTING("starting"),
  ATTESTED("attested"),
  RUNNING("running"),
  READY("ready"),
  FINISHED("finished"),
  REFUSED("refused"),
  FAILED("failed");

  private final String word;

  ServiceState(String word) {
    this.word = word;
  }

  /// Returns the word shown to people and written to the mesh report.
  public String word() {
    return word;
  }
}
