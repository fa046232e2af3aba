package dev.testudo.cas;

import dev.testudo.cas.Usage.Misuse;
import dev.testudo.cas.Usage.Unusable;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// An option with a value, which can be given once.
final class ValueOption<T> {
  private final String name;
  private final String takes;
  private final Function<String, Optional<T>> parse;
  private @Nullable T value;

  /// Creates an option that was not given yet.
  ///
  /// @param takes what it takes, for messages
  ValueOption(String name, String takes, Function<String, Optional<T>> parse) {
    this.name = name;
    this.takes = takes;
    this.parse = parse;
  }

  /// Takes `option` if it is this one.
  ///
  /// @return false if it is not
  boolean take(String option, Iterator<String> rest) throws Unusable {
    if (!option.equals(name)) {
      return false;
    }
    Usage.once(option, value);
    value = Usage.value(option, rest, takes, parse);
    return true;
  }

  /// Returns the value; empty if the option was not given.
  Optional<T> value() {
    return Optional.ofNullable(value);
  }

  /// Returns the value of an option that must be given.
  T required() throws Unusable {
    return value().orElseThrow(() -> missing(name));
  }

  /// Returns what to throw if an option is missing.
  static Unusable missing(String name) {
    return new Unusable(Misuse.MISSING_OPTION, "`%s` is missing".formatted(name));
  }
}
