package dev.testudo.policy.deployment;

import dev.testudo.policy.address.Hosts;
import dev.testudo.policy.manifest.ManifestSecrets.Fragment;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.SecretName;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Entry;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.ScalarType;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Defines the secrets of one port or path of a service: an authority of its own, the certificate
/// of the service, and one certificate for each declared caller. Nobody else gets a certificate of
/// the authority. Keys outlive updates of the session.
final class EdgeSecrets {
  private final EdgeNames names;
  private final Span span;
  private final List<Fragment> fragments = new ArrayList<>();

  /// @param span the place that diagnostics about the secrets show
  EdgeSecrets(EdgeNames names, Span span) {
    this.names = names;
    this.span = span;
    define(names.authority(), "x509-ca", List.of());
  }

  void defineServer(Collection<String> hosts) {
    define(names.server(), "x509", certificate("server", hosts));
  }

  void defineClient(String caller) {
    define(names.client(caller), "x509", certificate("client", List.of(caller)));
  }

  List<Fragment> fragments() {
    return List.copyOf(fragments);
  }

  private List<Entry> certificate(String endpoint, Collection<String> hosts) {
    return List.of(
        entry("issuer", text(names.authority().value())),
        entry("endpoint", text(endpoint)),
        entry("san", new Sequence(span, hosts.stream().map(this::alternativeName).toList())));
  }

  private YamlNode alternativeName(String host) {
    return text((Hosts.literal(host).isPresent() ? "ip:" : "dns:") + host);
  }

  /// Adds a certificate and its private key.
  private void define(SecretName name, String kind, List<Entry> more) {
    var key = EdgeNames.keyOf(name);
    var migrate = new Scalar(span, "true", ScalarType.BOOLEAN);
    add(key, List.of(entry("kind", text("private-key")), entry("migrate", migrate)));
    var entries = new ArrayList<Entry>();
    entries.add(entry("kind", text(kind)));
    entries.add(entry("private_key", text(key.value())));
    entries.addAll(more);
    add(name, entries);
  }

  private void add(SecretName name, List<Entry> rest) {
    var entries = new ArrayList<Entry>();
    entries.add(entry("name", text(name.value())));
    entries.addAll(rest);
    fragments.add(new Fragment(new Text(name.value(), span), new Mapping(span, entries)));
  }

  private Entry entry(String key, YamlNode value) {
    return new Entry(text(key), value);
  }

  private Scalar text(String value) {
    return new Scalar(span, value, ScalarType.STRING);
  }
}
