package dev.testudo.policy.schema;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What may stand after a key.
public sealed interface Shape {

  /// A single value, whatever it looks like: a number or a boolean is text, too.
  ///
  /// @param pattern what the text must look like, as a regular expression
  record Text(Optional<String> pattern) implements Shape {}

  /// A whole number from `least` to `most` inclusive.
  record Whole(int least, int most) implements Shape {}

  /// `true` or `false`.
  record Flag() implements Shape {}

  /// One of several words.
  record Word(List<String> words) implements Shape {
    public Word {
      words = List.copyOf(words);
    }
  }

  /// A list, or a single item, which counts as a list of one.
  record Many(Shape item) implements Shape {}

  /// A mapping with declared keys. Declarations may refer to each other in any order.
  record Keyed(Supplier<Keys> keys) implements Shape {}

  /// A mapping with keys of any name.
  ///
  /// @param secrecy which of its values are secret
  record Named(Shape value, Secrecy secrecy) implements Shape {}

  /// One of several shapes.
  record Either(List<Shape> shapes) implements Shape {
    public Either {
      shapes = List.copyOf(shapes);
    }
  }

  /// Anything: nothing reads it.
  record Anything() implements Shape {}

  /// Returns a single value of any form.
  static Shape text() {
    return new Text(Optional.empty());
  }

  /// Returns a single value that a regular expression describes.
  static Shape text(String pattern) {
    return new Text(Optional.of(pattern));
  }

  /// Returns a list of single values, or one.
  static Shape texts() {
    return new Many(text());
  }

  /// Returns a mapping, or a placeholder for a fragment that has its keys.
  static Shape keysOrFragment(Supplier<Keys> keys) {
    return new Either(List.of(new Keyed(keys), fragment()));
  }

  /// Returns a placeholder that stands for a structure.
  static Shape fragment() {
    return text("^\\$\\$SCONE::.*\\$\\$$");
  }
}
