package dev.testudo.gramine.service;

import dev.testudo.gramine.manifest.FolderKey;
import dev.testudo.gramine.service.GramineService.FixedFile;
import dev.testudo.gramine.service.GramineService.KeptFolder;
import dev.testudo.policy.manifest.Build;
import dev.testudo.policy.manifest.ManifestDefaults;
import dev.testudo.policy.manifest.ManifestFile;
import dev.testudo.policy.manifest.ManifestKeys;
import dev.testudo.policy.manifest.ManifestSecrets.Fragment;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.manifest.StartVariables;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.UpdatePolicy;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.session.read.CommandLine;
import dev.testudo.policy.session.read.DeclaredVolumes;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import dev.testudo.policy.substitution.Placeholder;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.substitution.SoftwareIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Reads what a manifest asks for.
final class ServiceDemands {
  /// Stands for the session that the service would have.
  private static final SessionName SOME_SESSION = new SessionName("namespace/service");

  private static final int USUAL_PERMISSION = 0700;

  private final ServiceManifest manifest;
  private final Optional<FolderKey> key;
  private final Problems problems = new Problems();
  private final ManifestDefaults defaults;
  private final List<String> secrets;

  ServiceDemands(ServiceManifest manifest, Optional<FolderKey> key) {
    this.manifest = manifest;
    this.key = key;
    defaults = new ManifestDefaults(manifest, problems);
    secrets = secretNames().map(Text::value).toList();
  }

  Parsed<GramineService> read() {
    var program = manifest.build().program();
    var command = CommandLine.split(fixed(program.command()), problems);
    CommandLine.refuseHost(command, problems);
    var directory = program.pwd().map(pwd -> fixed(pwd).value());
    var environment = environment();
    var files = manifest.injectionFiles().stream().map(file -> file(file.path(), file)).toList();
    var folders = folders();
    images();
    secretNames().forEach(this::unusedSecret);
    return problems.result(
        () -> new GramineService(command, directory, environment, files, folders));
  }

  private Stream<Text> secretNames() {
    return Stream.concat(
        manifest.secrets().defined().stream().map(Fragment::name),
        manifest.secrets().imported().stream());
  }

  private void unusedSecret(Text name) {
    problems.add(
        Diagnostic.warning(
                DiagnosticId.NOT_UNDER_GRAMINE,
                name.span(),
                "nothing in an enclave of Gramine gets the secret `%s`".formatted(name.quotable()))
            .labelled("it has no effect there"));
  }

  private SortedMap<String, String> environment() {
    var environment = new TreeMap<String, String>();
    var located = new TreeMap<String, Text>();
    for (var local : manifest.environment().local()) {
      variable(local.name(), Optional.of(local.value()), environment, located);
    }
    for (var global : manifest.environment().global()) {
      variable(global.name(), global.fallback(), environment, located);
    }
    // Reports names that were meant to be the shield's, which the program would see otherwise.
    located.keySet().removeIf(ShieldVariables::isShieldVariable);
    problems.addAll(ShieldVariables.readLocated(located).diagnostics());
    return environment;
  }

  private void variable(
      Text name,
      Optional<MeshTemplate> value,
      Map<String, String> environment,
      Map<String, Text> located) {
    if (StartVariables.contains(name.value())) {
      return;
    }
    if (ShieldVariables.isShieldVariable(name.value())) {
      problems.add(
          refused(name.span(), "there is no network shield under Gramine")
              .labelled("`%s` would have no effect".formatted(name.quotable()))
              .helped(
                  "remove it if the program protects its connections itself, or run the service"
                      + " in a container or a confidential VM"));
      return;
    }
    if (value.isEmpty()) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.MISSING_VALUE,
                  name.span(),
                  "`%s` has no value outside of a mesh".formatted(name.quotable()))
              .helped("give it a default"));
      return;
    }
    var text = fixed(value.get());
    if (text.value().indexOf('\0') >= 0) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.INVALID_VALUE, text.span(), "a variable contains a zero byte"));
    }
    environment.put(name.value(), text.value());
    located.put(name.value(), text);
  }

  private FixedFile file(Text path, ManifestFile file) {
    return new FixedFile(
        path.value(), fixed(file.content()).value(), file.permission().orElse(USUAL_PERMISSION));
  }

  /// Returns a text with the values of its variables, and reports each secret in it.
  private Text fixed(MeshTemplate template) {
    var text = defaults.expand(template);
    for (var part : RuntimeTemplate.parse(text, secrets, problems).parts()) {
      switch (part) {
        case RuntimeTemplate.Literal _ -> {}
        case Placeholder placeholder ->
            secret(
                placeholder.span(),
                "nothing under Gramine fetches the secret `%s` from CAS"
                    .formatted(placeholder.secret()));
        case SoftwareIdentity(var span) ->
            secret(span, "under Gramine the program's measurement is not known beforehand");
      }
    }
    return text;
  }

  private void secret(Span span, String message) {
    problems.add(
        refused(span, message)
            .helped(
                "let the program fetch it itself, with a quote from `/dev/attestation`, or run"
                    + " the service in a container or a confidential VM"));
  }

  private List<KeptFolder> folders() {
    var found = new Problems();
    var mounts =
        DeclaredVolumes.read(
            manifest.build().volumes(), ManifestKeys.VOLUME, SOME_SESSION, secrets, found);
    // Reading the manifest has reported what is certain; the rest depends on a mesh.
    problems.addAll(found.found());
    var folders = new ArrayList<KeptFolder>();
    for (var mount : mounts) {
      folder(mount).ifPresent(folders::add);
    }
    return folders;
  }

  private Optional<KeptFolder> folder(Volume.Mount mount) {
    var name = mount.volume().name();
    if (mount.volume().origin() instanceof Volume.Origin.Imported) {
      problems.add(
          refused(mount.span(), "under Gramine a volume cannot come from another session")
              .labelled("`%s` is imported".formatted(name)));
      return Optional.empty();
    }
    if (mount.updates() != UpdatePolicy.NO_ROLLBACK_PROTECTION) {
      problems.add(
          refused(mount.span(), "under Gramine nothing notices an old state of a volume")
              .labelled("`update_policy` of `%s` is `%s`".formatted(name, mount.updates()))
              .helped(
                  "write `update_policy: %s` if an old state does no harm"
                      .formatted(UpdatePolicy.NO_ROLLBACK_PROTECTION)));
      return Optional.empty();
    }
    if (key.isEmpty()) {
      problems.add(
          refused(mount.span(), "under Gramine the key of a volume does not come from CAS")
              .helped(
                  "accept a key that only this processor can derive with `--volume-key %s`"
                      .formatted(FolderKey.words().replace(" or ", "` or `--volume-key "))));
      return Optional.empty();
    }
    problems.add(
        Diagnostic.warning(
                DiagnosticId.NOT_UNDER_GRAMINE,
                mount.span(),
                "under Gramine the volume `%s` is a folder of Gramine's encrypted files"
                    .formatted(name))
            .labelled("only this machine can read it, and CAS knows nothing of it"));
    return Optional.of(new KeptFolder(name, mount.path(), key.get()));
  }

  /// Reports files of the image that need an agent, or that nothing would protect.
  private void images() {
    Build.Files files = manifest.build().files();
    files.encrypted().forEach(path -> needsAgent(path, "`dirs` encrypts"));
    files.authenticated().all().forEach(path -> needsAgent(path, "`fs_dirs` and `fs_files` keep"));
    Stream.concat(files.plain().stream(), files.host().stream())
        .forEach(
            path ->
                problems.add(
                    refused(
                            path.span(),
                            "under Gramine a program opens no files that are not measured")
                        .labelled("`%s` is not measured".formatted(path.quotable()))
                        .helped(
                            "remove it; `--tmpfs` adds an empty folder in memory, and `volumes`"
                                + " one that is kept")));
  }

  private void needsAgent(Text path, String who) {
    problems.add(
        refused(
                path.span(),
                "%s files of the image in a form that only an agent can read".formatted(who))
            .helped("remove it: under Gramine a program gets each file of its image unchanged"));
  }

  private static Diagnostic refused(Span span, String message) {
    return Diagnostic.error(DiagnosticId.NOT_UNDER_GRAMINE, span, message);
  }
}
