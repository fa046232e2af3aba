package dev.testudo.policy.session.read;

import dev.testudo.policy.session.PlatformTerms;
import dev.testudo.policy.session.Security;
import dev.testudo.policy.session.Security.AccessToken;
import dev.testudo.policy.session.Security.AttestationMode;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.substitution.SoftwareIdentity;
import dev.testudo.policy.yaml.Fields;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads the `security` section.
final class SecurityReader {
  private static final String MICROSOFTS = "maa";
  private static final List<String> MODES = List.of("hardware", "none");

  /// The length below which an access token is reported as guessable.
  private static final int SHORT_TOKEN = 16;

  private final Set<String> secrets;
  private final Problems problems;

  SecurityReader(Set<String> secrets, Problems problems) {
    this.secrets = secrets;
    this.problems = problems;
  }

  /// Reads the section.
  ///
  /// @param nameSpan the place of the session's name, used if the section is absent
  Security read(Fields session, Optional<Span> nameSpan) {
    var span =
        session.has("security") ? session.spanOf("security") : nameSpan.orElse(session.span());
    var fields =
        session.node("security").flatMap(n -> Fields.of(n, SessionKeys.SECURITY, problems));
    if (fields.isEmpty()) {
      return new Security(
          AttestationMode.HARDWARE,
          PlatformTerms.DEFAULT,
          Optional.empty(),
          Optional.empty(),
          span);
    }
    var security = section(fields.get(), span);
    fields.get().noOthers();
    return security;
  }

  private Security section(Fields fields, Span span) {
    var token = accessToken(fields);
    if (fields.flag("singleton_enclaves").orElse(false)) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.NOT_SUPPORTED_YET,
              fields.spanOf("singleton_enclaves"),
              "`singleton_enclaves` is not supported yet"));
    }
    var attestation =
        fields.node("attestation").flatMap(n -> Fields.of(n, SessionKeys.ATTESTATION, problems));
    if (attestation.isEmpty()) {
      return new Security(
          AttestationMode.HARDWARE, PlatformTerms.DEFAULT, token, Optional.empty(), span);
    }
    var inner = attestation.get();
    var mode = mode(inner);
    var platform = platform(inner, mode);
    inner.notSupportedYet("trusted_scone_qe_pubkeys");
    var password = PasswordReader.read(inner, secrets, problems);
    refuseLocal(inner);
    readMicrosofts(inner);
    inner.withoutEffect("no longer since version 5.8", "min_rsa_signing_key_size");
    inner.noOthers();
    return new Security(mode, platform, token, password, span);
  }

  private PlatformTerms platform(Fields fields, AttestationMode mode) {
    var tolerated = Weaknesses.tolerances(fields.texts("tolerate"), problems);
    var ignored = Weaknesses.advisories(fields.list("ignore_advisories"), problems);
    var reader = new PlatformTermsReader(problems);
    return mode == AttestationMode.NONE
        ? reader.readUnjudged(fields, tolerated, ignored)
        : reader.read(fields, tolerated, ignored);
  }

  private void refuseLocal(Fields fields) {
    if (fields.flag("must_be_sgx_local").orElse(false)) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.NOT_SUPPORTED_YET,
              fields.spanOf("must_be_sgx_local"),
              "`must_be_sgx_local` is not supported yet"));
    }
  }

  /// Reads what belongs to `mode: maa`, which is refused as a whole where the mode is read.
  private static void readMicrosofts(Fields fields) {
    if (fields.peek("mode").filter(mode -> mode.value().equals(MICROSOFTS)).isPresent()) {
      fields.text("url");
      fields.texts("certificates");
    } else {
      fields.withoutEffect("only with `mode: maa`", "url", "certificates");
    }
  }

  /// Takes the access token. Its value is confidential, so no message shows it.
  private Optional<AccessToken> accessToken(Fields fields) {
    var token = fields.text("service_access_token");
    return token.map(
        text -> {
          var template = RuntimeTemplate.parse(text, secrets, problems);
          if (!text.value().contains("$$SCONE")) {
            checkAccessToken(text.value(), text.span());
          }
          if (template.parts().stream().anyMatch(SoftwareIdentity.class::isInstance)) {
            problems.add(
                Diagnostic.error(
                    DiagnosticId.MALFORMED_PLACEHOLDER,
                    text.span(),
                    "the software identity cannot be part of a token"));
          }
          return new AccessToken(template);
        });
  }

  private void checkAccessToken(String value, Span span) {
    if (value.isEmpty()) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_VALUE, span, "`service_access_token` has no characters")
              .labelled("a caller without a token would have this one"));
    } else if (value.length() < SHORT_TOKEN) {
      problems.add(
          Diagnostic.warning(
                  DiagnosticId.INSECURE_SETTING,
                  span,
                  "`service_access_token` has fewer than %d characters".formatted(SHORT_TOKEN))
              .labelled("anybody who reaches CAS could guess it")
              .helped("use 32 random characters, or `join_token: required` instead"));
    }
  }

  private AttestationMode mode(Fields fields) {
    var mode = fields.text("mode");
    return switch (mode.map(Text::value).orElse("hardware")) {
      case "hardware" -> AttestationMode.HARDWARE;
      case "none" -> {
        problems.add(
            Diagnostic.warning(
                    DiagnosticId.INSECURE_SETTING,
                    mode.orElseThrow().span(),
                    "services of this session need not attest")
                .labelled("anybody who reaches CAS gets every secret"));
        yield AttestationMode.NONE;
      }
      case MICROSOFTS -> {
        problems.add(
            Diagnostic.error(
                    DiagnosticId.NOT_SUPPORTED_YET,
                    mode.orElseThrow().span(),
                    "`mode: maa` is not supported")
                .labelled("CAS calls no cloud service, so not Microsoft Azure Attestation")
                .helped("write `mode: hardware`"));
        yield AttestationMode.HARDWARE;
      }
      default -> {
        problems.add(Fields.notAmong(mode.orElseThrow(), "`mode`", MODES));
        yield AttestationMode.HARDWARE;
      }
    };
  }
}
