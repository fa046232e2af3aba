package dev.testudo.shield.programs;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A row of `docs/compatibility.md`: what a story runs.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Runs {
  /// The name of the program.
  String program();

  /// What it does in the story, and what is compared.
  String what();
}
