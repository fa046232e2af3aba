package dev.testudo.cli.exit;

/// The exit codes of the process. The numbers are part of the public interface.
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
