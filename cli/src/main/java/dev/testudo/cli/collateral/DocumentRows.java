package dev.testudo.cli.collateral;

import dev.testudo.policy.source.Printable;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.collateral.CollateralFolder;
import dev.testudo.trust.collateral.DocumentFacts;
import dev.testudo.trust.collateral.ManufacturerVerifier;
import dev.testudo.trust.collateral.StoredDocument;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Documents of a folder as lists show them: the one that ends next first.
///
/// @param genuine documents that were verified, sorted by their ends
/// @param problems one line for each file that is no genuine document
/// @param at the present
public record DocumentRows(List<Row> genuine, List<String> problems, Instant at) {
  /// Copies the lists.
  public DocumentRows {
    genuine = List.copyOf(genuine);
    problems = List.copyOf(problems);
  }

  /// A document and what it says about itself.
  public record Row(StoredDocument stored, DocumentFacts facts) {}

  /// Verifies the documents of a folder.
  ///
  /// @param roots whose signatures count
  /// @param at the present
  public static DocumentRows of(CollateralFolder folder, HardwareRoots roots, Instant at)
      throws IOException {
    var content = folder.content();
    var verifier = new ManufacturerVerifier(roots, folder::collateral);
    var rows = new ArrayList<Row>();
    var problems = new ArrayList<>(content.problems());
    for (var stored : content.documents()) {
      try {
        rows.add(new Row(stored, verifier.verify(stored.document())));
      } catch (EvidenceException e) {
        problems.add("%s is not genuine: %s".formatted(stored.id(), e.reason()));
      }
    }
    rows.sort(
        Comparator.comparing((Row row) -> row.facts().firstEnd())
            .thenComparing(row -> row.stored().id().toString()));
    return new DocumentRows(rows, problems.stream().map(Printable::of).toList(), at);
  }

  /// Returns the documents that end before an instant, and all problems.
  public DocumentRows endingBefore(Instant end) {
    return new DocumentRows(
        genuine.stream().filter(row -> row.facts().firstEnd().isBefore(end)).toList(),
        problems,
        at);
  }

  /// Returns whether there is nothing to tell.
  public boolean isEmpty() {
    return genuine.isEmpty() && problems.isEmpty();
  }

  /// Returns what ends next, in words.
  public String next() {
    return genuine.stream()
        .filter(row -> !row.facts().firstEnd().isBefore(at))
        .findFirst()
        .map(row -> "%s (%s)".formatted(row.facts().firstEnd(), row.stored().id()))
        .orElse("unknown");
  }

  /// Returns the instant at which a document ends next.
  public Optional<String> nextEnd() {
    return genuine.stream()
        .map(row -> row.facts().firstEnd())
        .filter(end -> !end.isBefore(at))
        .findFirst()
        .map(Instant::toString);
  }

  /// Returns lines with a heading; none if there are no documents.
  public List<String> text() {
    var lines = new ArrayList<String>();
    if (!genuine.isEmpty()) {
      lines.add("%-20s  %7s  %10s  %s".formatted("ENDS", "LEFT", "EVALUATION", "DOCUMENT"));
    }
    genuine.forEach(row -> lines.add(line(row)));
    return lines;
  }

  private String line(Row row) {
    var end = row.facts().firstEnd();
    return "%-20s  %7s  %10s  %s"
        .formatted(
            end,
            end.isBefore(at) ? "ended" : TimeSpan.text(Duration.between(at, end)),
            row.facts().evaluation().isPresent() ? row.facts().evaluation().getAsLong() : "-",
            row.stored().id());
  }

  /// Returns all as JSON.
  public JsonBuilder json() {
    var documents =
        genuine.stream()
            .<JsonValue>map(
                row ->
                    json(row.stored(), row.facts())
                        .put("ended", row.facts().firstEnd().isBefore(at))
                        .build())
            .toList();
    return new JsonBuilder().put("documents", new JsonArray(documents)).put("problems", problems);
  }

  /// Returns the JSON of one document.
  static JsonBuilder json(StoredDocument stored, DocumentFacts facts) {
    var json =
        new JsonBuilder()
            .put("document", stored.id().toString())
            .put("fmspc", fmspc(stored.id()))
            .put("chip", chip(stored.id()))
            .put("received", stored.received().toString())
            .put("issued", facts.issued().toString())
            .put("ends", facts.ends().toString())
            .put("signer_ends", facts.signerEnds().toString());
    facts.evaluation().ifPresent(number -> json.put("evaluation", number));
    return json;
  }

  private static Optional<String> fmspc(DocumentId id) {
    return id instanceof DocumentId.TcbInfo(_, var fmspc) ? Optional.of(fmspc) : Optional.empty();
  }

  private static Optional<String> chip(DocumentId id) {
    return id instanceof DocumentId.Vcek(_, var chip, _) ? Optional.of(chip) : Optional.empty();
  }
}
