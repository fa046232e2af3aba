package dev.testudo.cli.terminal;

/// Colours, or none.
public enum Palette {
  PLAIN,
  COLOUR;

  private static final int[] SERVICES = {36, 33, 32, 35, 34, 96, 93, 92, 95, 94};

  /// A service's own colour, the same for the whole run.
  public String service(int index, String text) {
    return paint(String.valueOf(SERVICES[Math.floorMod(index, SERVICES.length)]), text);
  }

  /// Refusals and failures.
  public String alarm(String text) {
    return paint("1;31", text);
  }

  public String good(String text) {
    return paint("32", text);
  }

  public String strong(String text) {
    return paint("1", text);
  }

  /// What matters less.
  public String faint(String text) {
    return paint("2", text);
  }

  private String paint(String code, String text) {
    return switch (this) {
      case PLAIN -> text;
      case COLOUR -> "\u001b[" + code + "m" + text + "\u001b[0m";
    };
  }
}
