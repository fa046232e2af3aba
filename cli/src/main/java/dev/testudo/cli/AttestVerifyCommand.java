package dev.testudo.cli;

import dev.testudo.cli.attest.EvidenceDocuments;
import dev.testudo.cli.attest.EvidenceInput;
import dev.testudo.cli.attest.EvidenceVerdict;
import dev.testudo.cli.attest.ItemFields;
import dev.testudo.cli.attest.VerdictJson;
import dev.testudo.cli.attest.VerdictText;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.NamedInput;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.eventlog.EventLog;
import dev.testudo.trust.attest.eventlog.RegisterBank;
import dev.testudo.trust.attest.eventlog.ReplayedLog;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.attest.file.EvidenceFile;
import dev.testudo.trust.attest.file.EvidenceFile.Item;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo attest verify`.
@Command(
    name = "verify",
    description = {
      "Verifies evidence: signatures, certificates, revocation, TCB level and dates, at an instant and without network.",
      "It exits with 0 only if everything holds that was asked for, with 4 if something is refused, and with 1 if the"
          + " evidence does not follow its format. Evidence in debug mode or of a test root is genuine, but not hardware"
          + " attested; a policy decides about it."
    })
final class AttestVerifyCommand implements Callable<Integer> {
  private final CliContext context;

  @Parameters(paramLabel = "FILE", description = "The file with the evidence; - is standard input.")
  private String file = "";

  @Option(
      names = "--collateral",
      paramLabel = "DIR",
      description = "The documents of the manufacturers; `testudo attest collateral` fills it.")
  private @Nullable Path collateral;

  @Option(
      names = "--certificates",
      paramLabel = "FILE",
      description =
          "The certificate table of a SEV-SNP host, or the certificate of the key that signed the report.")
  private @Nullable String certificates;

  @Mixin private BindingOptions binding = new BindingOptions();

  @Option(
      names = "--event-log",
      paramLabel = "FILE",
      description = "The event log that must give the RTMRs of a TDX quote.")
  private @Nullable String eventLog;

  @Mixin private PolicyOption policy = new PolicyOption();

  @Mixin private VerificationOptions verification = new VerificationOptions();

  @Option(names = "--explain", description = "Names the source of each check.")
  private boolean explain;

  @Mixin private OutputOption output = new OutputOption();

  AttestVerifyCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailed {
    var asJson = output.isJson();
    var verdict = verdict();
    var out = context.streams().out();
    if (asJson) {
      JsonOption.print(VerdictJson.of(verdict), out);
    } else {
      VerdictText.lines(verdict, explain).forEach(out::println);
    }
    out.flush();
    refuse(verdict);
    return 0;
  }

  private EvidenceVerdict verdict() throws CommandFailed {
    var in = context.streams().in();
    requireOneStandardInput();
    var instant = verification.at();
    var expected = binding.expected(in);
    var chosen = policy.chosen(context);
    var found = EvidenceInput.read(file, in);
    var documents = EvidenceDocuments.in(Optional.ofNullable(collateral));
    var evidence = documents.complete(evidence(found), certificates());
    var log = log(found);
    var outcome =
        Verifier.verify(
            evidence,
            expected,
            new VerificationContext(
                documents.collateral(),
                verification.roots(in),
                instant,
                Duration.ZERO,
                VerificationMemory.none()));
    var claims =
        outcome instanceof Verified verified
            ? Optional.of(verified.claims())
            : Optional.<EvidenceClaims>empty();
    return new EvidenceVerdict(
        ItemFields.title(new Item.Proof(evidence)),
        instant,
        expected.isPresent(),
        outcome,
        log.isPresent() && claims.isPresent()
            ? Optional.of(replayed(log.get(), claims.get()))
            : Optional.empty(),
        chosen.isPresent() && claims.isPresent()
            ? Optional.of(chosen.get().decide(claims.get(), instant))
            : Optional.empty());
  }

  /// Ends the command unless everything holds. The first thing that does not is the reason.
  private void refuse(EvidenceVerdict verdict) throws CommandFailed {
    if (verdict.verification() instanceof Rejected rejected) {
      var line = "%s: %s [%s]".formatted(NamedInput.shown(file), rejected.reason(), rejected.id());
      throw rejected.id() == RejectionId.MALFORMED_EVIDENCE
          ? CommandFailed.input(line)
          : CommandFailed.refused(line);
    }
    if (!verdict.log().map(ReplayedLog::holds).orElse(true)) {
      throw CommandFailed.refused(
          "%s: the event log does not give the registers of the quote [%s]"
              .formatted(
                  NamedInput.shown(eventLog == null ? file : eventLog),
                  RejectionId.EVENT_LOG_MISMATCH));
    }
    if (!verdict.holds()) {
      throw CommandFailed.refused(
          "%s: the policy refuses the evidence".formatted(NamedInput.shown(file)));
    }
  }

  /// Standard input can be read once.
  private void requireOneStandardInput() throws CommandFailed {
    var named =
        Stream.concat(
            Stream.of(file, certificates, eventLog, binding.keyFile()),
            verification.roots().stream());
    if (named.filter(Objects::nonNull).filter(NamedInput::isStandardInput).count() > 1) {
      throw CommandFailed.usage("standard input (`-`) is named more than once");
    }
  }

  private Evidence evidence(EvidenceFile found) throws CommandFailed {
    return found
        .evidence()
        .orElseThrow(
            () ->
                CommandFailed.input(
                    "%s holds no evidence but: %s. A quote or a report is needed"
                        .formatted(
                            NamedInput.shown(file), ItemFields.title(found.items().getFirst()))));
  }

  private Optional<Octets> certificates() throws CommandFailed {
    return certificates == null
        ? Optional.empty()
        : Optional.of(EvidenceInput.bytes(certificates, context.streams().in()));
  }

  private Optional<EventLog> log(EvidenceFile found) throws CommandFailed {
    if (eventLog == null) {
      return found.log();
    }
    var log = EvidenceInput.read(eventLog, context.streams().in()).log();
    if (log.isEmpty()) {
      throw CommandFailed.input("%s holds no event log".formatted(NamedInput.shown(eventLog)));
    }
    return log;
  }

  private ReplayedLog replayed(EventLog log, EvidenceClaims claims) throws CommandFailed {
    return switch (claims) {
      case EvidenceClaims.Tdx tdx when log.form().bank() == RegisterBank.RTMR ->
          ReplayedLog.of(log, tdx.domain().rtmr().stream().map(Octets::ofHex).toList());
      case EvidenceClaims.Tpm tpm when log.form().bank() == RegisterBank.PCR -> {
        var pcrs = new TreeMap<Integer, Octets>();
        tpm.machine().pcrs().forEach((number, value) -> pcrs.put(number, Octets.ofHex(value)));
        yield ReplayedLog.of(log, pcrs);
      }
      case EvidenceClaims other ->
          throw CommandFailed.input(
              "this %s does not belong to evidence of %s".formatted(log.form(), other.isolation()));
    };
  }
}
