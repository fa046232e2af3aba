package dev.testudo.policy.deployment;

import dev.testudo.policy.manifest.ManifestSecrets.Fragment;
import dev.testudo.policy.manifest.MeshPolicy;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.yaml.YamlWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Writes the sessions of a mesh as YAML.
record SessionWriter(MeshPlan plan) {
  private static final String VERSION = "0.3.10";

  /// Returns the session of the namespace. Its creator may create sessions in the namespace.
  SessionText namespace() {
    var name = plan.namespace();
    var session = head(name);
    var fragments = new FragmentImports(plan.mesh().policy().fragments());
    fragments.putAccess(session);
    if (!fragments.ofNamespace().isEmpty()) {
      session.put("secrets", fragments.ofNamespace());
    }
    return new SessionText(name, YamlWriter.write(session));
  }

  SessionText service(PlannedService service, BuiltImage built) {
    var session = head(service.session());
    var fragments = new FragmentImports(plan.mesh().policy().fragments());
    fragments.putAccess(session);
    session.put("security", fragments.security().orElseGet(() -> security(plan.mesh().policy())));
    session.put("services", List.of(serviceEntry(service, built)));
    if (service.hasImage()) {
      session.put("images", List.of(image(service)));
    }
    if (!service.volumes().isEmpty()) {
      session.put("volumes", service.volumes().stream().map(PlannedVolume::definition).toList());
    }
    var secrets = secrets(service);
    secrets.addAll(fragments.ofService());
    if (!secrets.isEmpty()) {
      session.put("secrets", secrets);
    }
    return new SessionText(service.session(), YamlWriter.write(session));
  }

  private static Map<String, Object> head(SessionName name) {
    Map<String, Object> session = new LinkedHashMap<>();
    session.put("name", name.value());
    session.put("version", VERSION);
    return session;
  }

  private static Map<String, Object> security(MeshPolicy policy) {
    Map<String, Object> attestation = new LinkedHashMap<>();
    attestation.put("mode", "hardware");
    attestation.putAll(PlatformTermsWriter.write(policy.platform()));
    Map<String, Object> security = new LinkedHashMap<>();
    security.put("attestation", attestation);
    return security;
  }

  private Map<String, Object> serviceEntry(PlannedService service, BuiltImage built) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", service.serviceName());
    if (service.hasImage()) {
      entry.put("image_name", service.image());
    }
    entry.put("command", service.launch().command());
    service.launch().pwd().or(built::workingDirectory).ifPresent(pwd -> entry.put("pwd", pwd));
    Map<String, String> environment = new LinkedHashMap<>(built.environment());
    environment.putAll(service.launch().environment());
    if (!environment.isEmpty()) {
      entry.put("environment", environment);
    }
    built.files().ifPresent(files -> put(entry, files));
    var measurements = new LinkedHashSet<>(List.of(built.measurement()));
    measurements.addAll(built.stable());
    var rules = Stream.concat(measurements.stream().flatMap(this::rules), guestRules(built));
    var all = rules.toList();
    // Without initdata, a service of a guest has no rule of its own, and no hardware satisfies
    // this.
    entry.put("attestation", all.isEmpty() ? List.of(rule(built.measurement())) : all);
    return entry;
  }

  private static void put(Map<String, Object> entry, ProtectedRegion files) {
    entry.put("fspf_path", files.path());
    entry.put("fspf_key", files.key());
    files
        .tag()
        .ifPresentOrElse(
            tag -> entry.put("fspf_tag", tag),
            () -> entry.put("fspf_update_policy", "no_rollback_protection"));
  }

  /// Returns the rules for a measurement. Where machines are named, it stands for itself only in
  /// software evidence: hardware certifies it as a value of the machine.
  private Stream<Map<String, Object>> rules(String measurement) {
    var policy = plan.mesh().policy();
    var ofMachines =
        policy.machines().stream()
            .filter(machine -> machine.kata().isEmpty())
            .map(machine -> machine.rule(measurement));
    return policy.machines().isEmpty() || plan.needsJoinTokens()
        ? Stream.concat(Stream.of(rule(measurement)), ofMachines)
        : ofMachines;
  }

  /// Returns the rules for guests of Kata Containers, which initdata names. It contains the
  /// measurement.
  private Stream<Map<String, Object>> guestRules(BuiltImage built) {
    return plan.mesh().policy().machines().stream()
        .filter(machine -> machine.kata().isPresent())
        .flatMap(machine -> built.initdata().map(machine::rule).stream());
  }

  private Map<String, Object> rule(String measurement) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("mrenclave", measurement);
    if (plan.needsJoinTokens()) {
      rule.put("join_token", "required");
    }
    return rule;
  }

  private static Map<String, Object> image(PlannedService service) {
    List<Object> files = new ArrayList<>();
    for (var file : service.files()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("path", file.path());
      entry.put("content", file.content());
      file.permission().ifPresent(bits -> entry.put("permission", "0o%03o".formatted(bits)));
      files.add(entry);
    }
    Map<String, Object> image = new LinkedHashMap<>();
    image.put("name", service.image());
    if (!files.isEmpty()) {
      image.put("injection_files", files);
    }
    if (!service.volumes().isEmpty()) {
      image.put("volumes", service.volumes().stream().map(PlannedVolume::place).toList());
    }
    return image;
  }

  private List<Object> secrets(PlannedService service) {
    List<Object> secrets = new ArrayList<>();
    service.secrets().defined().forEach(f -> secrets.add(defined(f, service)));
    for (var imported : service.secrets().imported()) {
      Map<String, Object> origin = new LinkedHashMap<>();
      origin.put("session", imported.owner().value());
      origin.put("secret", imported.original().value());
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", imported.local().value());
      entry.put("import", origin);
      secrets.add(entry);
    }
    return secrets;
  }

  /// Returns the definition of a secret, exported to exactly the services that import it and to
  /// those that the definition names.
  private Map<String, Object> defined(Fragment fragment, PlannedService owner) {
    Map<String, Object> entry = new LinkedHashMap<>();
    fragment.definition().entries().stream()
        .filter(e -> !e.value().isNull())
        .forEach(e -> entry.put(e.key().text(), e.value().plain()));
    var importers = importers(fragment.name().value(), owner);
    if (!importers.isEmpty()) {
      List<Object> exports = new ArrayList<>();
      switch (entry.get("export")) {
        case null -> {}
        case List<?> list -> exports.addAll(list);
        case Object single -> exports.add(single);
      }
      importers.forEach(session -> exports.add(Map.of("session", session)));
      entry.put("export", exports);
    }
    return entry;
  }

  private Set<String> importers(String secret, PlannedService owner) {
    var importers = new LinkedHashSet<String>();
    for (var service : plan.services()) {
      for (var imported : service.secrets().imported()) {
        if (imported.owner().equals(owner.session())
            && imported.original().value().equals(secret)) {
          importers.add(service.session().value());
        }
      }
    }
    return importers;
  }
}
