package dev.testudo.trust.attest.evidence;

import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.trust.attest.evidence.DocumentId.AmdChain;
import dev.testudo.trust.attest.evidence.DocumentId.AmdCrl;
import dev.testudo.trust.attest.evidence.DocumentId.IntelRootCrl;
import dev.testudo.trust.attest.evidence.DocumentId.PckCa;
import dev.testudo.trust.attest.evidence.DocumentId.PckCrl;
import dev.testudo.trust.attest.evidence.DocumentId.QeIdentity;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.DocumentId.TcbInfo;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.DocumentId.Vcek;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Reads the names of documents.
final class DocumentIdText {
  private static final String PRODUCT = "([a-z][a-z0-9]{0,15})";

  /// A form of names, and what it names.
  private record Form(Pattern pattern, Function<MatchResult, DocumentId> id) {}

  private static final List<Form> FORMS =
      List.of(
          form(
              "(sgx|tdx)-tcb-info-([0-9a-f]{12})",
              found -> new TcbInfo(tee(found), found.group(2))),
          form("(sgx|tdx)-qe-identity", found -> new QeIdentity(tee(found))),
          form(
              "pck-crl-(processor|platform)",
              found -> new PckCrl(PckCa.valueOf(found.group(1).toUpperCase(Locale.ROOT)))),
          form("intel-root-crl", _ -> new IntelRootCrl()),
          form(
              "amd-" + PRODUCT + "-(vcek|vlek)-chain",
              found -> new AmdChain(product(found), key(found))),
          form(
              "amd-" + PRODUCT + "-(vcek|vlek)-crl",
              found -> new AmdCrl(product(found), key(found))),
          form(
              "amd-" + PRODUCT + "-vcek-([0-9a-f]{16}|[0-9a-f]{128})-([0-9a-f]{8}|[0-9a-f]{10})",
              found -> new Vcek(product(found), found.group(2), tcb(found.group(3)))));

  private DocumentIdText() {}

  static Optional<DocumentId> parse(String text) {
    for (var form : FORMS) {
      var matcher = form.pattern.matcher(text);
      if (matcher.matches()) {
        return Optional.of(form.id.apply(matcher.toMatchResult()));
      }
    }
    return Optional.empty();
  }

  private static Form form(String pattern, Function<MatchResult, DocumentId> id) {
    return new Form(Pattern.compile(pattern), id);
  }

  private static Tee tee(MatchResult found) {
    return Tee.valueOf(found.group(1).toUpperCase(Locale.ROOT));
  }

  /// AMD writes its generations with one capital letter.
  private static String product(MatchResult found) {
    var name = found.group(1);
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  private static SnpKey key(MatchResult found) {
    return SnpKey.valueOf(found.group(2).toUpperCase(Locale.ROOT));
  }

  private static SnpTcb tcb(String digits) {
    var svn = HexFormat.of().parseHex(digits);
    var at = svn.length - 4; // the FMC, if there is one, comes first
    return new SnpTcb(
        at > 0 ? Optional.of(svn[0] & 0xff) : Optional.empty(),
        svn[at] & 0xff,
        svn[at + 1] & 0xff,
        svn[at + 2] & 0xff,
        svn[at + 3] & 0xff);
  }
}
