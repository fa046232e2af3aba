package dev.testudo.trust.attest.intel;

import dev.testudo.policy.evidence.IntelTcb;
import dev.testudo.policy.evidence.IntelTcb.Part;
import dev.testudo.policy.evidence.IntelTcb.PartKind;
import dev.testudo.policy.evidence.TcbShortfall;
import dev.testudo.policy.evidence.TcbStatus;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Decides which TCB level a platform has reached. Intel's quote verification library is the
/// arbiter: `EvaluateTcb.cpp`, `TcbLevelCheck.cpp`, `TdxModuleCheck.cpp`, `TDRelaunchCheck.cpp`.
final class TcbDecision {
  private final PckExtension.Tcb platform;
  private final TcbInfo info;
  private final QeIdentity identity;

  TcbDecision(PckExtension.Tcb platform, TcbInfo info, QeIdentity identity) {
    this.platform = platform;
    this.info = info;
    this.identity = identity;
  }

  /// Returns how good the TCB is that made a quote.
  ///
  /// @throws EvidenceException if it has no level, or one that is revoked
  IntelTcb decide(QuoteBody body, QuoteBody.Enclave qeReport) throws EvidenceException {
    var qe = qe(qeReport.svn());
    var parts = new ArrayList<Part>();
    TcbStatus status;
    switch (body) {
      case QuoteBody.Enclave _ -> {
        parts.add(platform(Optional.empty(), PartKind.PLATFORM));
        status = converge(parts, qe);
      }
      case QuoteBody.Domain domain -> {
        parts.addAll(tdx(domain, domain.teeTcbSvn(), PartKind.PLATFORM, PartKind.MODULE));
        status = converge(parts, qe);
        if (domain.is15()) {
          var now =
              tdx(domain, domain.teeTcbSvn2(), PartKind.CURRENT_PLATFORM, PartKind.CURRENT_MODULE);
          status = relaunch(status, converge(now, qe));
          parts.addAll(now);
        }
      }
    }
    parts.add(qe);
    return new IntelTcb(
        status, parts, Math.min(info.evaluationNumber(), identity.evaluationNumber()));
  }

  private List<Part> tdx(
      QuoteBody.Domain domain, Octets svn, PartKind platformKind, PartKind moduleKind)
      throws EvidenceException {
    var parts = new ArrayList<Part>();
    var module = module(domain, svn, moduleKind);
    parts.add(platform(Optional.of(svn), platformKind));
    module.ifPresent(parts::add);
    return parts;
  }

  private Part platform(Optional<Octets> tdxSvn, PartKind kind) throws EvidenceException {
    for (var level : info.levels()) {
      if (shortfalls(level, tdxSvn).isEmpty()) {
        return part(kind, level.grade(), shortfalls(info.levels().getFirst(), tdxSvn));
      }
    }
    var lacks = shortfalls(info.levels().getLast(), tdxSvn);
    throw noLevel("the %s reaches no TCB level: %s".formatted(kind, lacks.getFirst()));
  }

  /// Returns what the platform lacks for a level.
  private List<TcbShortfall> shortfalls(TcbLevel level, Optional<Octets> tdxSvn) {
    var lacks = new ArrayList<TcbShortfall>();
    for (var i = 0; i < TcbLevel.COMPONENTS; i++) {
      compare(lacks, "SGX component", i, platform.components().get(i), level.sgx().get(i));
    }
    if (platform.pceSvn() < level.pceSvn()) {
      lacks.add(new TcbShortfall("PCESVN", platform.pceSvn(), level.pceSvn()));
    }
    tdxSvn.ifPresent(
        svn -> {
          for (var i = firstCompared(svn); i < TcbLevel.COMPONENTS; i++) {
            compare(lacks, "TDX component", i, svn.u8(i), level.tdx().get(i));
          }
        });
    return lacks;
  }

  /// The first two bytes are the versions of the TDX module. From major version 1 on, it has its
  /// own levels.
  private static int firstCompared(Octets tdxSvn) {
    return tdxSvn.u8(1) == 0 ? 0 : 2;
  }

  private static void compare(
      List<TcbShortfall> lacks, String name, int index, int seen, TcbLevel.Component wanted) {
    if (seen < wanted.svn()) {
      var label = wanted.label().isEmpty() ? "" : " (%s)".formatted(wanted.label());
      lacks.add(new TcbShortfall("%s %d%s".formatted(name, index + 1, label), seen, wanted.svn()));
    }
  }

  /// Checks the TDX module. Returns its level, which modules of major version 0 do not have.
  private Optional<Part> module(QuoteBody.Domain domain, Octets svn, PartKind kind)
      throws EvidenceException {
    var major = svn.u8(1);
    var module = info.module(major);
    if (module.isEmpty()) {
      throw wrongModule(
          "the %s has the major version %d, which TCB info does not list".formatted(kind, major));
    }
    check(domain, module.get());
    if (major == 0) {
      return Optional.empty();
    }
    return Optional.of(svnPart(kind, module.get().levels(), "TDX module SVN", svn.u8(0)));
  }

  private static void check(QuoteBody.Domain domain, TdxModule module) throws EvidenceException {
    if (!domain.mrSignerSeam().equals(module.mrsigner())) {
      throw wrongModule(
          "the TDX module has another signer: MRSIGNERSEAM is " + domain.mrSignerSeam().hex());
    }
    var masked =
        new QeIdentity.Masked(module.attributes(), module.attributesMask())
            .matches(domain.seamAttributes());
    if (!domain.seamAttributes().isZero() || !masked) {
      throw wrongModule(
          "the TDX module has other attributes: SEAMATTRIBUTES is "
              + domain.seamAttributes().hex());
    }
  }

  private Part qe(int svn) throws EvidenceException {
    return svnPart(PartKind.QE, identity.levels(), "ISVSVN of the quoting enclave", svn);
  }

  private static Part svnPart(PartKind kind, List<SvnLevel> levels, String name, int svn)
      throws EvidenceException {
    var reached = SvnLevel.reached(levels, svn);
    if (reached.isEmpty()) {
      throw noLevel(
          "the %s reaches no TCB level: %s"
              .formatted(kind, new TcbShortfall(name, svn, levels.getLast().svn())));
    }
    return part(kind, reached.get().grade(), SvnLevel.shortfalls(levels, name, svn));
  }

  private static Part part(PartKind kind, TcbGrade grade, List<TcbShortfall> lacks)
      throws EvidenceException {
    if (grade.status() == TcbStatus.REVOKED) {
      throw new EvidenceException(
          RejectionId.REVOKED_TCB, "Intel has revoked the TCB level of the %s".formatted(kind));
    }
    return new Part(kind, grade.status(), grade.date(), grade.advisories(), lacks);
  }

  /// Returns the status of a platform, given those of the TDX module and the quoting enclave
  /// (`convergeTcbStatuses` of the QVL).
  ///
  /// @param parts the platform, and the module if it has levels
  private static TcbStatus converge(List<Part> parts, Part qe) {
    var status = parts.getFirst().status();
    var module = parts.size() > 1 && parts.getLast().status().outdated();
    return module || qe.status().outdated() ? outdated(status) : status;
  }

  private static TcbStatus outdated(TcbStatus status) {
    return status.configuration()
        ? TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED
        : TcbStatus.OUT_OF_DATE;
  }

  /// Returns the status of a domain whose TDX module may have been updated since its launch
  /// (`checkForRelaunch` of the QVL).
  private static TcbStatus relaunch(TcbStatus launch, TcbStatus current) {
    if (!launch.outdated() || current.outdated()) {
      return launch;
    }
    return launch.configuration() || current.configuration()
        ? TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED
        : TcbStatus.TD_RELAUNCH_ADVISED;
  }

  private static EvidenceException noLevel(String reason) {
    return new EvidenceException(RejectionId.NO_TCB_LEVEL, reason);
  }

  private static EvidenceException wrongModule(String reason) {
    return new EvidenceException(RejectionId.WRONG_TDX_MODULE, reason);
  }
}
