package dev.testudo.policy.deployment;

import dev.testudo.policy.address.AddressText;
import dev.testudo.policy.address.Hosts;
import dev.testudo.policy.manifest.DeclaredEdge;
import dev.testudo.policy.manifest.DeclaredPort;
import dev.testudo.policy.manifest.DeclaredTls;
import dev.testudo.policy.shield.Listen;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Adds the rules of a service for what is outside the mesh: hosts that it connects to, and ports
/// that anybody may connect to.
record OutsideRules(ServiceResolver service, NetworkAddition addition, Problems problems) {

  /// Allows connections to a host outside.
  void connect(DeclaredEdge.ToHost edge) {
    var host = service.expand(edge.host());
    if (!NetworkPlanner.isHost(host)) {
      problems.add(noHost(host));
      return;
    }
    var at = service.listen(edge.endpoint());
    if (at.isEmpty()
        || !(at.get() instanceof Listen.Tcp(var number))
        || edge.tls().filter(this::lacksSecrets).isPresent()) {
      return;
    }
    var values = mode(edge.tls(), host);
    values.put("DESTINATION", host.withValue(destination(host.value(), number)));
    edge.tls().ifPresent(tls -> putTls(values, tls, "SERVER_AUTH"));
    addition.rule(
        EdgeNames.clientRule(host.value(), Integer.toString(number)),
        edge.span(),
        values,
        problems);
  }

  /// Lets anybody connect to a port or path.
  void open(DeclaredPort port) {
    var at = service.listen(port.endpoint());
    if (at.isPresent() && port.tls().filter(this::lacksSecrets).isEmpty()) {
      open(port, at.get());
    }
  }

  private void open(DeclaredPort port, Listen at) {
    var text = port.endpoint().text();
    var values = mode(port.tls(), text);
    values.put("PORT", text.withValue(at.toString()));
    port.tls()
        .ifPresent(
            tls -> {
              putTls(values, tls, "CLIENT_AUTH");
              values.putIfAbsent("CLIENT_AUTH", new Text("disabled", tls.span()));
            });
    addition.rule(EdgeNames.serverRule(at), text.span(), values, problems);
  }

  private static Map<String, Text> mode(Optional<DeclaredTls> tls, Text place) {
    Map<String, Text> values = new LinkedHashMap<>();
    values.put("", place.withValue(tls.isPresent() ? "protected" : "unprotected"));
    return values;
  }

  private boolean lacksSecrets(DeclaredTls tls) {
    var certificate = tls.certificate().filter(name -> !service.hasSecret(name));
    var authority = tls.authority().filter(name -> !service.hasSecret(name));
    return certificate.isPresent() || authority.isPresent();
  }

  private static void putTls(Map<String, Text> values, DeclaredTls tls, String authorities) {
    tls.certificate()
        .ifPresent(
            name ->
                values.put(
                    "IDENTITY",
                    name.withValue(
                        "$$SCONE::%1$s:privatekey$$$$SCONE::%1$s:crt$$$$SCONE::%1$s:chain$$"
                            .formatted(name.value()))));
    tls.authority()
        .ifPresent(
            name ->
                values.put(
                    authorities, name.withValue("$$SCONE::%s:crt$$".formatted(name.value()))));
    if (!tls.alpn().isEmpty()) {
      var ids = tls.alpn().stream().map(Text::value).collect(Collectors.joining(", "));
      values.put("ALPN", tls.alpn().getFirst().withValue(ids));
    }
    tls.minimum().ifPresent(version -> values.put("TLS_MIN", version));
  }

  /// Returns a destination as rules write it.
  static String destination(String host, int port) {
    return "TCP:" + Hosts.literal(host).map(AddressText::host).orElse(host) + ":" + port;
  }

  static Diagnostic noHost(Text host) {
    return Diagnostic.error(
            DiagnosticId.INVALID_VALUE,
            host.span(),
            "`%s` is not the name of a host".formatted(host.quotable()))
        .helped("write a host name or an IP address");
  }
}
