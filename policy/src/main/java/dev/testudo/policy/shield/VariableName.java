package dev.testudo.policy.shield;

import dev.testudo.policy.source.Spelling;
import java.util.List;
import java.util.Optional;

/// The parsed name of a shield variable. A rule's name is free text that may contain underscores,
/// so suffixes are matched from the right, the longest first.
sealed interface VariableName {

  /// `SCONE_NETWORK_SHIELD`.
  record MainMode() implements VariableName {}

  /// `SCONE_NETWORK_SHIELD_UNSUPPORTED_PROTOCOLS`.
  record Unsupported() implements VariableName {}

  /// A variable of a rule, such as `SCONE_NETWORK_SHIELD_SERVER_1`.
  ///
  /// @param suffix empty for the variable that sets the rule's mode
  record OfRule(Side side, RuleName rule, Optional<Suffix> suffix) implements VariableName {}

  /// An unknown name.
  record Unknown(String tail) implements VariableName {}

  /// The side of a connection that the program is on.
  enum Side {
    SERVER,
    CLIENT;

    List<Suffix> suffixes() {
      return switch (this) {
        case SERVER ->
            List.of(
                Suffix.CLIENT_NAMES,
                Suffix.CLIENT_AUTH,
                Suffix.IDENTITY,
                Suffix.TLS_MIN,
                Suffix.PORT,
                Suffix.ALPN);
        case CLIENT ->
            List.of(
                Suffix.DESTINATION_IP,
                Suffix.DESTINATION,
                Suffix.SERVER_DNS_NAME,
                Suffix.SERVER_AUTH,
                Suffix.IDENTITY,
                Suffix.TLS_MIN,
                Suffix.ALPN);
      };
    }
  }

  /// The suffixes of a rule's variables.
  enum Suffix {
    PORT,
    IDENTITY,
    CLIENT_AUTH,
    CLIENT_NAMES,
    ALPN,
    TLS_MIN,
    DESTINATION,
    DESTINATION_IP,
    SERVER_DNS_NAME,
    SERVER_AUTH;

    /// Returns the suffix that a variable was probably meant to have, of either side.
    static Optional<Suffix> nearest(String variable) {
      for (var suffix : values()) {
        var tail = suffix.writtenIn(new RuleName(variable));
        if (tail.isPresent()
            && Spelling.nearest(tail.get(), List.of(suffix.toString())).isPresent()) {
          return Optional.of(suffix);
        }
      }
      return Optional.empty();
    }

    /// Returns the part of a variable's name at the place of this suffix.
    Optional<String> writtenIn(RuleName variable) {
      return lastWords(variable.value(), toString().split("_", -1).length);
    }

    private static Optional<String> lastWords(String variable, int count) {
      var from = variable.length();
      for (var i = 0; i < count && from > 0; i++) {
        from = variable.lastIndexOf('_', from - 1);
      }
      return from > 0 ? Optional.of(variable.substring(from + 1)) : Optional.empty();
    }
  }

  /// Returns true if the value of such a variable never is a key.
  default boolean isShowable() {
    return switch (this) {
      case MainMode _, Unsupported _ -> true;
      case Unknown _ -> false;
      case OfRule(_, _, var suffix) -> suffix.map(VariableName::isShowable).orElse(true);
    };
  }

  /// Returns true if the value of such a variable is not a key, considering the value itself. An
  /// invalid mode may be a key under a misspelled suffix.
  default boolean isShowable(String value) {
    if (PeerAuthReader.meansDisabled(value)) {
      return true;
    }
    if (this instanceof OfRule(_, var rule, var suffix)
        && suffix.isEmpty()
        && RuleMode.parse(value).isEmpty()) {
      return Suffix.nearest(rule.value()).filter(near -> !isShowable(near)).isEmpty();
    }
    return isShowable();
  }

  static boolean isShowable(Suffix suffix) {
    return switch (suffix) {
      case IDENTITY, CLIENT_AUTH, SERVER_AUTH -> false;
      case PORT, CLIENT_NAMES, ALPN, TLS_MIN, DESTINATION, DESTINATION_IP, SERVER_DNS_NAME -> true;
    };
  }

  /// Parses the name of a shield variable.
  static VariableName parse(String name) {
    if (name.equals(ShieldVariables.PREFIX)) {
      return new MainMode();
    }
    var tail = name.substring(ShieldVariables.PREFIX.length() + 1);
    if (tail.equals("UNSUPPORTED_PROTOCOLS")) {
      return new Unsupported();
    }
    for (var side : Side.values()) {
      if (tail.startsWith(side + "_") && tail.length() > side.toString().length() + 1) {
        return ofRule(side, tail);
      }
    }
    return new Unknown(tail);
  }

  private static VariableName ofRule(Side side, String tail) {
    for (var suffix : side.suffixes()) {
      var end = tail.length() - suffix.toString().length() - 1;
      if (end > side.toString().length() + 1 && tail.endsWith("_" + suffix)) {
        return new OfRule(side, new RuleName(tail.substring(0, end)), Optional.of(suffix));
      }
    }
    return new OfRule(side, new RuleName(tail), Optional.empty());
  }
}
