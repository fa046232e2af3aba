package dev.testudo.cli;

import dev.testudo.cli.attest.EvidenceInput;
import dev.testudo.cli.collateral.Intakes;
import dev.testudo.cli.collateral.WantedDocuments;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.NamedInput;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.collateral.CollateralAdmission;
import dev.testudo.trust.collateral.CollateralException;
import dev.testudo.trust.collateral.CollateralException.Fault;
import dev.testudo.trust.collateral.CollateralFolder;
import dev.testudo.trust.collateral.service.CollateralServices;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command `testudo attest collateral fetch`.
@Command(
    name = "fetch",
    description = {
      "Asks Intel's and AMD's services for documents, verifies and keeps them.",
      "Without --fmspc, --for, --chip and --product it refreshes what is in the folder. It uses the proxies that https_proxy, http_proxy and no_proxy name."
    })
final class CollateralFetchCommand implements Callable<Integer> {
  /// Each round of verification can name further documents.
  private static final int MOST_ROUNDS = 6;

  private final CliContext context;

  @Mixin private CollateralFolderOption folder = new CollateralFolderOption();
  @Mixin private VerificationOptions verification = new VerificationOptions();

  @Option(
      names = "--fmspc",
      paramLabel = "HEX",
      description = "A family of Intel's platforms, 12 digits. Can be given several times.")
  private List<String> fmspcs = List.of();

  @Option(
      names = "--tee",
      paramLabel = "sgx|tdx",
      description = "With --fmspc: the technology. Can be given several times.")
  private List<String> tees = List.of();

  @Option(
      names = "--ca",
      paramLabel = "platform|processor",
      description = "With --fmspc: the authority whose revocation list is needed (default: both).")
  private List<String> cas = List.of();

  @Option(
      names = "--for",
      paramLabel = "FILE",
      description = "Evidence that shall be verified: fetches what is missing for it.")
  private Optional<String> evidence = Optional.empty();

  @Option(
      names = "--product",
      paramLabel = "NAME",
      description = "A generation of AMD's processors: Milan, Genoa or Turin.")
  private Optional<String> product = Optional.empty();

  @Option(
      names = "--chip",
      paramLabel = "HEX",
      description = "With --product and --tcb: the id of a chip, whose certificate is fetched.")
  private Optional<String> chip = Optional.empty();

  @Option(
      names = "--tcb",
      paramLabel = "TCB",
      description =
          "The reported TCB, such as bl=3,tee=0,snp=8,ucode=115, from Turin on with fmc=N.")
  private Optional<String> tcb = Optional.empty();

  @Mixin private CollateralServiceOptions services = new CollateralServiceOptions();
  @Mixin private AllowOlderOption older = new AllowOlderOption();
  @Mixin private OutputOption output = new OutputOption();

  CollateralFetchCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var settings = services.settings(context);
    var wanted = wanted();
    var needed = evidence();
    var intakes = new Intakes(context.streams(), output.isJson());
    var roots = verification.roots(context.streams().in());
    var _ = verification.at(); // a wrong instant is told before a service is asked
    var admission = folder.admission(roots, older);
    try (var source = new CollateralServices(settings)) {
      var fetching = new Fetching(source, admission, intakes);
      fetching.all(wanted.isEmpty() && needed.isEmpty() ? inFolder(admission.folder()) : wanted);
      fetching.tellAbsent();
      if (needed.isPresent()) {
        fetching.untilVerified(needed.get(), roots);
      }
    }
    return intakes.complete();
  }

  private List<DocumentId> wanted() throws CommandFailed {
    var wanted = new WantedDocuments();
    wanted.intel(fmspcs, tees, cas);
    wanted.amd(product, chip, tcb);
    return wanted.inOrder();
  }

  private Optional<Evidence> evidence() throws CommandFailed {
    if (evidence.isEmpty()) {
      return Optional.empty();
    }
    var found = EvidenceInput.read(evidence.get(), context.streams().in()).evidence();
    if (found.isEmpty()) {
      throw CommandFailed.input(
          "%s holds no quote and no report".formatted(NamedInput.shown(evidence.get())));
    }
    return found;
  }

  /// Certificates never change, so they are not asked for again.
  private static List<DocumentId> inFolder(CollateralFolder folder)
      throws IOException, CommandFailed {
    var wanted = new WantedDocuments();
    for (var stored : folder.content().documents()) {
      if (!(stored.id() instanceof DocumentId.Vcek || stored.id() instanceof DocumentId.AmdChain)) {
        wanted.add(stored.id());
      }
    }
    if (wanted.inOrder().isEmpty()) {
      throw CommandFailed.usage(
          "there is nothing to refresh in %s; say what to fetch with `--fmspc`, `--for` or `--product`"
              .formatted(folder.directory()));
    }
    return wanted.inOrder();
  }

  /// Fetches documents.
  private final class Fetching {
    private final CollateralServices source;
    private final CollateralAdmission admission;
    private final Intakes intakes;
    private final Set<DocumentId> asked = new HashSet<>();
    private final Map<DocumentId, CollateralException> absent = new LinkedHashMap<>();

    Fetching(CollateralServices source, CollateralAdmission admission, Intakes intakes) {
      this.source = source;
      this.admission = admission;
      this.intakes = intakes;
    }

    void all(List<DocumentId> wanted) throws IOException, CommandFailed {
      for (var id : wanted) {
        if (asked.add(id)) {
          try {
            intakes.admitted(admission.admit(source.fetch(id), verification.at()));
          } catch (CollateralException e) {
            if (e.fault() == Fault.UNKNOWN) {
              absent.put(id, e);
            } else {
              intakes.refused(id, e);
            }
          }
        }
      }
    }

    /// Tells which documents the services do not have.
    void tellAbsent() {
      absent.forEach(intakes::refused);
      absent.clear();
    }

    /// Fetches what verification misses, as long as it names something new. Some evidence does not
    /// say which of several documents it needs (reports of SEV-SNP of version 2), so it is normal
    /// that a service does not have one, unless verification misses something in the end.
    void untilVerified(Evidence needed, HardwareRoots roots) throws IOException, CommandFailed {
      for (var round = 0; round < MOST_ROUNDS; round++) {
        var at = verification.at();
        var outcome =
            Verifier.verify(
                needed,
                Optional.empty(),
                new VerificationContext(
                    admission.folder().collateral(),
                    roots,
                    at,
                    Duration.ZERO,
                    VerificationMemory.none()));
        if (!(outcome instanceof Rejected(_, var reason, var missing, _))) {
          return;
        }
        if (missing.isEmpty()) {
          intakes.note("the evidence is rejected: " + reason);
          return;
        }
        if (asked.containsAll(missing)) {
          break;
        }
        var wanted = new WantedDocuments();
        missing.forEach(wanted::add);
        all(wanted.inOrder());
      }
      tellAbsent();
    }
  }
}
