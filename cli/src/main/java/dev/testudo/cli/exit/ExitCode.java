package dev.testudo.cli.exit;

/// What the process tells its caller. The numbers are part of what we promise.
public enum ExitCode {
  DONE(0),
  INPUT_WRONG(1),
  USAGE(2),
  ENVIRONMENT_FAILED(3),
  REFUSED(4),
  BUG(70);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }
}
