package dev.testudo.cli.kata;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The parts of a policy in the subset of Rego that we write.
final class Rego {
  private Rego() {}

  /// A policy.
  ///
  /// @param defaults what a rule is if none of its definitions holds
  /// @param rules all definitions, by name
  record Module(Map<String, Term> defaults, Map<String, List<Rule>> rules) {}

  /// One definition of a rule or a function.
  ///
  /// @param value what it is if the body holds
  record Rule(List<String> parameters, Term value, List<Literal> body) {}

  /// A line of a body.
  sealed interface Literal {}

  /// `some NAME in VALUES`.
  record Some(String name, Term values) implements Literal {}

  /// `every KEY, NAME in VALUES { … }`.
  record Every(Optional<String> key, String name, Term values, List<Literal> body)
      implements Literal {}

  /// `not TERM`.
  record Not(Term term) implements Literal {}

  /// `NAME := TERM`.
  record Assign(String name, Term term) implements Literal {}

  /// A term that must be true.
  record Holds(Term term) implements Literal {}

  /// Something with a value.
  sealed interface Term {}

  /// A text, a number, a boolean or null.
  record Scalar(Optional<Object> value) implements Term {}

  record Array(List<Term> items) implements Term {}

  record Object_(Map<String, Term> members) implements Term {}

  record Variable(String name) implements Term {}

  /// `TERM[INDEX]`, also spelled `TERM.INDEX`.
  record Member(Term of, Term index) implements Term {}

  record Call(String function, List<Term> arguments) implements Term {}

  /// `LEFT OPERATOR RIGHT`: `==`, `!=` or `in`.
  record Comparison(Term left, String operator, Term right) implements Term {}
}
