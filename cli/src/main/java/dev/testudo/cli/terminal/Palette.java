package dev.testudo.cli.terminal;

/// A palette for terminal output: colours, or none.
public enum Palette {
  PLAIN,
  COLOUR;

  private static final int[] SERVICES = {36, 33, 32, 35, 34, 96, 93, 92, 95, 94};

  /// Colours text of a service. Each service has the same colour for the whole run.
  public String service(int index, String text) {
    return paint(String.valueOf(SERVICES[Math.floorMod(index, SERVICES.length)]), text);
  }

  /// Colours a refusal or a failure.
  public String alarm(String text) {
    return paint("1;31", text);
  }

  public String good(String text) {
    return paint("32", text);
  }

  public String strong(String text) {
    return paint("1", text);
  }

  /// Dims less important text.
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
