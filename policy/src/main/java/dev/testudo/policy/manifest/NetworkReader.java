package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import java.util.Optional;

/// Reads `connects` and `public` of a service.
record NetworkReader(Problems problems) {

  DeclaredNetwork read(Fields service) {
    var isDeclared = service.has("connects") || service.has("public");
    var edges = service.list("connects").stream().flatMap(node -> edge(node).stream()).toList();
    var open = service.list("public").stream().flatMap(node -> port(node).stream()).toList();
    return new DeclaredNetwork(isDeclared, edges, open);
  }

  private Optional<DeclaredEdge> edge(YamlNode node) {
    if (node instanceof Scalar scalar && !scalar.isNull()) {
      return shortEdge(scalar.located());
    }
    return Fields.of(node, NetworkKeys.EDGE, problems).flatMap(this::longEdge);
  }

  /// Reads `redis:6379` or `app:/run/app/socket`.
  private Optional<DeclaredEdge> shortEdge(Text text) {
    var colon = text.value().indexOf(':');
    if (colon < 1 || colon == text.value().length() - 1) {
      return invalid(
          text.span(),
          "`%s` does not name a service and its port".formatted(text.quotable()),
          "write `redis:6379`, or `app:/run/app/socket` for a Unix socket");
    }
    return Optional.of(
        new DeclaredEdge.ToService(
            part(text, 0, colon),
            DeclaredEndpoint.of(part(text, colon + 1, text.value().length())),
            Optional.empty()));
  }

  private static Text part(Text text, int from, int to) {
    return new Text(text.value().substring(from, to), text.part(from, to));
  }

  private Optional<DeclaredEdge> longEdge(Fields fields) {
    var service = fields.text("service");
    var host = fields.text("host");
    var endpoint = endpoint(fields);
    fields.exclusive("service", "tls");
    fields.exclusive("host", "path");
    var tls = fields.node("tls").flatMap(node -> tls(node, "ca"));
    fields.noOthers();
    if (service.isEmpty() && host.isEmpty()) {
      return missing(fields, "`service` or `host`");
    }
    return endpoint.map(
        e ->
            service.isPresent()
                ? new DeclaredEdge.ToService(service.get(), e, host)
                : new DeclaredEdge.ToHost(host.orElseThrow(), e, tls));
  }

  private Optional<DeclaredPort> port(YamlNode node) {
    if (node instanceof Scalar scalar && !scalar.isNull()) {
      return Optional.of(new DeclaredPort(DeclaredEndpoint.of(scalar.located()), Optional.empty()));
    }
    var fields = Fields.of(node, NetworkKeys.PORT, problems);
    var endpoint = fields.flatMap(this::endpoint);
    var tls = fields.flatMap(f -> f.node("tls")).flatMap(section -> tls(section, "certificate"));
    fields.ifPresent(Fields::noOthers);
    return endpoint.map(e -> new DeclaredPort(e, tls));
  }

  private Optional<DeclaredEndpoint> endpoint(Fields fields) {
    fields.exclusive("port", "path");
    var port = fields.text("port").map(text -> new DeclaredEndpoint(text, false));
    var path = fields.text("path").map(text -> new DeclaredEndpoint(text, true));
    return port.or(() -> path).or(() -> missing(fields, "`port` or `path`"));
  }

  /// Reads `tls`.
  ///
  /// @param needed the key without which the peer would not be authenticated, or could not be
  ///     served
  private Optional<DeclaredTls> tls(YamlNode node, String needed) {
    return Fields.of(node, NetworkKeys.TLS, problems)
        .map(
            fields -> {
              fields.reportIfMissing(needed);
              var tls =
                  new DeclaredTls(
                      fields.span(),
                      fields.text("certificate"),
                      fields.text("ca"),
                      fields.texts("alpn"),
                      fields.text("minimum"));
              fields.noOthers();
              return tls;
            });
  }

  private <T> Optional<T> missing(Fields fields, String what) {
    problems.add(
        Diagnostic.error(
                DiagnosticId.MISSING_KEY, fields.span(), "the entry needs %s".formatted(what))
            .labelled("in this entry"));
    return Optional.empty();
  }

  private <T> Optional<T> invalid(Span span, String message, String help) {
    problems.add(Diagnostic.error(DiagnosticId.INVALID_VALUE, span, message).helped(help));
    return Optional.empty();
  }
}
