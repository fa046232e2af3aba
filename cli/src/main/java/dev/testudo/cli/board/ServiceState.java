package dev.testudo.cli.board;

/// Where a service is in its life.
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

  /// As shown to people and written to the mesh report.
  public String word() {
    return word;
  }
}
