package dev.testudo.cas;

import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads options and their values, and aborts the parsing of invalid arguments.
final class Usage {
  private Usage() {}

  /// The kinds of invalid arguments.
  enum Misuse {
    UNKNOWN_OPTION,
    REPEATED_OPTION,
    MISSING_VALUE,
    WRONG_VALUE,
    MISSING_OPTION,
    CONTRADICTION
  }

  /// The arguments are invalid.
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;
    private final Misuse misuse;

    Unusable(Misuse misuse, String problem) {
      super(problem, null, false, false);
      this.misuse = misuse;
    }

    Misuse misuse() {
      return misuse;
    }

    /// Returns what is wrong, in one line.
    String problem() {
      return String.valueOf(getMessage());
    }
  }

  /// Refuses a second value of an option that takes one.
  static void once(String option, @Nullable Object before) throws Unusable {
    if (before != null) {
      throw new Unusable(Misuse.REPEATED_OPTION, "`%s` is given twice".formatted(option));
    }
  }

  /// Returns the value of `option`, which is the next argument.
  ///
  /// @param takes what the option takes, for messages
  static <T> T value(
      String option, Iterator<String> rest, String takes, Function<String, Optional<T>> parse)
      throws Unusable {
    if (!rest.hasNext()) {
      throw new Unusable(Misuse.MISSING_VALUE, "`%s` needs a value: %s".formatted(option, takes));
    }
    var text = rest.next();
    return parse
        .apply(text)
        .orElseThrow(
            () ->
                new Unusable(
                    Misuse.WRONG_VALUE, "`%s` takes %s, not `%s`".formatted(option, takes, text)));
  }

  /// As [#value], for a text that may contain a secret, so the message does not show it.
  static <T> T hidden(
      String option, Iterator<String> rest, String takes, Function<String, Optional<T>> parse)
      throws Unusable {
    Optional<T> found = value(option, rest, takes, text -> Optional.of(parse.apply(text)));
    return found.orElseThrow(
        () -> new Unusable(Misuse.WRONG_VALUE, "`%s` takes %s".formatted(option, takes)));
  }
}
