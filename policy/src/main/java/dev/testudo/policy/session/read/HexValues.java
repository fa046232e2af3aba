package dev.testudo.policy.session.read;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Reads values of evidence: lists of hexadecimal digits of a certain length. A list without any is
/// reported, because it reads as no value and would mean any.
record HexValues(Problems problems) {

  /// Returns the values of a key in lower case; empty if the key is absent. A wrong value is
  /// reported and kept, so that the list does not look empty.
  ///
  /// @param name the name of the value in messages
  Optional<List<Text>> read(Fields fields, String key, String name, int digits) {
    return items(fields, key, name)
        .map(texts -> texts.stream().map(text -> value(text, name, digits)).toList());
  }

  /// Returns the texts of a key, of which there must be one; empty if the key is absent.
  Optional<List<Text>> items(Fields fields, String key, String name) {
    var present = fields.declares(key);
    var place = fields.spanOf(key);
    var items = fields.list(key);
    if (!present) {
      return Optional.empty();
    }
    if (items.isEmpty()) {
      problems.add(
          Diagnostic.error(DiagnosticId.INVALID_VALUE, place, "`%s` has no value".formatted(name))
              .helped("remove it to accept any value"));
    }
    return Optional.of(
        items.stream().flatMap(item -> fields.text(item, "`" + name + "`").stream()).toList());
  }

  /// Returns a value in lower case. Reports a wrong one.
  Text value(Text text, String name, int digits) {
    var isHex = text.value().matches("[0-9a-fA-F]+");
    if (isHex && text.value().length() == digits) {
      return text.withValue(text.value().toLowerCase(Locale.ROOT));
    }
    problems.add(
        Diagnostic.error(
                DiagnosticId.INVALID_VALUE,
                text.span(),
                "`%s` has %d hexadecimal digits".formatted(name, digits))
            .labelled(
                text.value().length() == digits
                    ? "other characters than 0-9 and a-f"
                    : "%d characters".formatted(text.value().length()))
            .helped("`testudo attest show` prints the value of evidence"));
    return text;
  }

  /// Returns the values of `pcrs`, by number.
  SortedMap<Integer, List<Text>> pcrs(Fields fields) {
    var values = new TreeMap<Integer, List<Text>>();
    var inner =
        fields
            .node(EvidenceKeys.PCRS_KEY)
            .flatMap(node -> Fields.of(node, EvidenceKeys.PCRS, problems));
    if (inner.isPresent()) {
      for (var number = 0; number <= EvidenceKeys.MOST_PCR; number++) {
        var pcr = number;
        read(inner.get(), "" + number, "pcrs " + number, EvidenceKeys.PCR_DIGITS)
            .ifPresent(texts -> values.put(pcr, texts));
      }
      inner.get().noOthers();
    }
    return values;
  }

  /// Returns true if a placeholder stands for one of the given keys' values, so that they are not
  /// known yet.
  static boolean isOpen(Fields fields, String... keys) {
    return Stream.of(keys)
        .flatMap(key -> fields.peek(key).stream())
        .anyMatch(text -> text.value().startsWith(Splicing.MARK));
  }

  /// Reports a part of a rule that demands nothing.
  void demandsNothing(Fields fields, String key) {
    problems.add(
        Diagnostic.error(
                DiagnosticId.MISSING_KEY, fields.span(), "`%s` demands nothing".formatted(key))
            .labelled("any evidence of this kind would satisfy it")
            .helped("give at least one value of the evidence"));
  }
}
