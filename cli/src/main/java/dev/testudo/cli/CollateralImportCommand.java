package dev.testudo.cli;

import dev.testudo.cli.collateral.Intakes;
import dev.testudo.cli.collateral.WantedDocuments;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.NamedInput;
import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.collateral.CollateralAdmission;
import dev.testudo.trust.collateral.CollateralException;
import dev.testudo.trust.collateral.DocumentFacts;
import dev.testudo.trust.collateral.input.CollateralInput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The command `testudo attest collateral import`.
@Command(
    name = "import",
    description = {
      "Takes documents from a file or folder, verifies and keeps them.",
      "A file is a bundle of `export`, a reply of Intel's service or a PCCS as other programs keep it, a revocation list, or certificates of AMD, in DER or PEM. docs/collateral.md lists the forms."
    })
final class CollateralImportCommand implements Callable<Integer> {
  /// How many documents are put into the folder while others wait.
  private static final int TOGETHER = 64;

  private final CliContext context;

  @Mixin private CollateralFolderOption folder = new CollateralFolderOption();
  @Mixin private VerificationOptions verification = new VerificationOptions();
  @Mixin private AllowOlderOption older = new AllowOlderOption();
  @Mixin private OutputOption output = new OutputOption();

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "A file or folder; - is standard input.")
  private List<String> files = List.of();

  /// A document that was found genuine.
  private record Genuine(Document document, DocumentFacts facts) {}

  CollateralImportCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var inputs = new ArrayList<CollateralInput>();
    for (var file : files) {
      inputs.add(read(file));
    }
    var intakes = new Intakes(context.streams(), output.isJson());
    var now = verification.at();
    var admission = folder.admission(verification.roots(context.streams().in()), older);
    for (var input : inputs) {
      input.ignored().forEach(intakes::note);
      var documents = new ArrayList<>(input.documents());
      documents.sort(WantedDocuments.CHAINS_FIRST_OF_DOCUMENTS);
      var chains = (int) documents.stream().filter(WantedDocuments::isChain).count();
      keep(documents.subList(0, chains), admission, now, intakes);
      for (var from = chains; from < documents.size(); from += TOGETHER) {
        var to = Math.min(from + TOGETHER, documents.size());
        keep(documents.subList(from, to), admission, now, intakes);
      }
    }
    return intakes.complete();
  }

  private CollateralInput read(String file) throws IOException, CommandFailed {
    return NamedInput.isStandardInput(file)
        ? CollateralInput.read(context.streams().in())
        : CollateralInput.read(NamedInput.path(file));
  }

  /// Verifies documents, and then keeps them while no other process changes the folder.
  private static void keep(
      List<Document> documents, CollateralAdmission admission, Instant now, Intakes intakes)
      throws IOException {
    var genuine = new ArrayList<Genuine>();
    for (var document : documents) {
      try {
        genuine.add(new Genuine(document, admission.verified(document, now)));
      } catch (CollateralException e) {
        intakes.refused(document.id(), e);
      }
    }
    if (genuine.isEmpty()) {
      return;
    }
    try (var change = admission.folder().change()) {
      for (var one : genuine) {
        try {
          intakes.admitted(admission.admit(change, one.document(), one.facts(), now));
        } catch (CollateralException e) {
          intakes.refused(one.document().id(), e);
        }
      }
    }
  }
}
