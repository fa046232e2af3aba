package dev.testudo.policy.session.read;

import dev.testudo.policy.address.Hosts;
import dev.testudo.policy.session.CertificateRequest;
import dev.testudo.policy.session.CertificateRequest.AlternativeName;
import dev.testudo.policy.session.CertificateRequest.Endpoint;
import dev.testudo.policy.session.ValidityPeriod;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.SecretName;
import dev.testudo.policy.yaml.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads what a certificate says about its holder.
final class ProfileReader {
  private final SecretName name;
  private final Problems problems;

  ProfileReader(SecretName name, Problems problems) {
    this.name = name;
    this.problems = problems;
  }

  /// Reads the profile of a certificate.
  ///
  /// @param endEntity false for a CA certificate, which has no names besides its common name
  CertificateRequest read(Fields fields, boolean endEntity) {
    var commonName = fields.text("common_name").map(Text::value);
    var validity = fields.text("valid_for").flatMap(text -> ValidityPeriod.parse(text, problems));
    var endpoint = endEntity ? endpoint(fields) : Optional.<Endpoint>empty();
    var names = endEntity ? alternativeNames(fields, endpoint) : List.<AlternativeName>of();
    return new CertificateRequest(
        commonName.or(() -> firstDnsName(names)).orElse(name.value()), endpoint, names, validity);
  }

  private static Optional<Endpoint> endpoint(Fields fields) {
    return fields.choice(
        "endpoint",
        List.of("server", "client"),
        text ->
            switch (text) {
              case "server" -> Optional.of(Endpoint.SERVER);
              case "client" -> Optional.of(Endpoint.CLIENT);
              default -> Optional.empty();
            });
  }

  private List<AlternativeName> alternativeNames(Fields fields, Optional<Endpoint> endpoint) {
    if (fields.has("dns") && endpoint.equals(Optional.of(Endpoint.CLIENT))) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.CONFLICTING_KEYS,
                  fields.spanOf("dns"),
                  "a client certificate cannot have `dns`")
              .helped("write `san: [\"dns:name\"]`"));
    }
    var names = new ArrayList<AlternativeName>();
    fields.texts("dns").forEach(text -> dns(text, text.value()).ifPresent(names::add));
    fields.texts("san").forEach(text -> alternativeName(text).ifPresent(names::add));
    return names;
  }

  private Optional<AlternativeName> alternativeName(Text text) {
    var value = text.value();
    if (value.startsWith("dns:")) {
      return dns(text, value.substring("dns:".length()));
    }
    if (value.startsWith("ip:")) {
      return ip(text, value.substring("ip:".length()));
    }
    problems.add(
        Diagnostic.error(
                DiagnosticId.INVALID_VALUE,
                text.span(),
                "`%s` is not an alternative name".formatted(text.quotable()))
            .helped("write `\"dns:%s\"` or `\"ip:192.0.2.1\"`".formatted(text.quotable())));
    return Optional.empty();
  }

  private Optional<AlternativeName> dns(Text text, String value) {
    if (Hosts.isCertificateName(value)) {
      return Optional.of(new AlternativeName.Dns(value));
    }
    problems.add(
        Diagnostic.error(
            DiagnosticId.INVALID_VALUE,
            text.span(),
            "`%s` is not a DNS name".formatted(text.withValue(value).quotable())));
    return Optional.empty();
  }

  private Optional<AlternativeName> ip(Text text, String value) {
    if (Hosts.literal(value).isPresent()) {
      return Optional.of(new AlternativeName.Ip(value));
    }
    problems.add(
        Diagnostic.error(
            DiagnosticId.INVALID_VALUE, text.span(), "`%s` is not an IP address".formatted(value)));
    return Optional.empty();
  }

  private static Optional<String> firstDnsName(List<AlternativeName> names) {
    return names.stream()
        .filter(AlternativeName.Dns.class::isInstance)
        .map(n -> ((AlternativeName.Dns) n).name())
        .findFirst();
  }
}
