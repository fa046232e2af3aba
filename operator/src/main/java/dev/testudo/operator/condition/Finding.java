package dev.testudo.operator.condition;

/// What the operator found about one aspect of an object.
///
/// @param type the aspect, such as `Registered`
/// @param truth whether it holds
/// @param reason one word in camel case, which docs/operator.md lists
/// @param message for people; longer ones are cut
public record Finding(String type, Truth truth, String reason, String message) {
  private static final int MOST = 2048;

  /// The three values of the status of a condition.
  public enum Truth {
    TRUE("True"),
    FALSE("False"),
    UNKNOWN("Unknown");

    private final String text;

    Truth(String text) {
      this.text = text;
    }

    /// Returns the spelling of Kubernetes.
    public String text() {
      return text;
    }
  }

  /// Cuts the message.
  public Finding {
    if (message.length() > MOST) {
      message = message.substring(0, MOST - 1) + "…";
    }
  }
}
