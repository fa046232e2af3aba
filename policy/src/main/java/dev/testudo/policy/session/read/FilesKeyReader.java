package dev.testudo.policy.session.read;

import dev.testudo.policy.session.FilesKey;
import dev.testudo.policy.session.MainRegion;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.yaml.Fields;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads `fspf_key`, `fspf_tag` and what belongs to them. No message shows a key.
record FilesKeyReader(Collection<String> secrets, Problems problems) {
  private static final Pattern HEX_KEY = Pattern.compile("[0-9a-fA-F]{64}");
  private static final Pattern HEX_TAG = Pattern.compile("[0-9a-fA-F]{32}");

  /// Reads the key and the tag of a volume. A volume has both, or CAS generates them.
  Optional<FilesKey> ofVolume(Fields volume) {
    if (volume.has(VolumeKeys.KEY) || volume.has(VolumeKeys.TAG)) {
      volume.reportIfMissing(VolumeKeys.KEY);
      volume.reportIfMissing(VolumeKeys.TAG);
    }
    return key(volume);
  }

  /// Reads the main region of a service.
  Optional<MainRegion> ofService(Fields service) {
    var path = service.text("fspf_path");
    var updates =
        service.choice("fspf_update_policy", MainRegion.Updates.texts(), MainRegion.Updates::parse);
    var used =
        path.isPresent()
            || updates.isPresent()
            || service.has(VolumeKeys.KEY)
            || service.has(VolumeKeys.TAG);
    var free = updates.filter(MainRegion.Updates.NO_ROLLBACK_PROTECTION::equals).isPresent();
    if (used) {
      service.reportIfMissing("fspf_path");
      service.reportIfMissing(VolumeKeys.KEY);
      if (!free) {
        service.reportIfMissing(VolumeKeys.TAG);
      }
    }
    path.filter(text -> text.value().indexOf('\0') >= 0).ifPresent(this::reportNul);
    var key = key(service);
    return path.flatMap(
        p ->
            key.map(
                k ->
                    new MainRegion(
                        p.value(),
                        k,
                        updates.orElse(MainRegion.Updates.ROLLBACK_PROTECTED_REINITIALIZABLE))));
  }

  private void reportNul(Text path) {
    problems.add(
        Diagnostic.error(
            DiagnosticId.INVALID_VALUE, path.span(), "`fspf_path` contains a NUL character"));
  }

  private Optional<FilesKey> key(Fields fields) {
    var key = fields.text(VolumeKeys.KEY);
    var template = key.flatMap(this::template);
    var tag = fields.text(VolumeKeys.TAG).flatMap(this::tag);
    return template.map(t -> new FilesKey(t, key.orElseThrow().span(), tag));
  }

  private Optional<RuntimeTemplate> template(Text text) {
    if (HEX_KEY.matcher(text.value()).matches()) {
      return Optional.of(RuntimeTemplate.literal(text.value()));
    }
    if (!text.value().contains(Splicing.MARK)) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_VALUE,
                  text.span(),
                  "`%s` must be 64 hexadecimal digits".formatted(VolumeKeys.KEY))
              .helped("or write `$$SCONE::name$$` for a `binary` secret of 32 bytes"));
      return Optional.empty();
    }
    var before = problems.found().size();
    var template = RuntimeTemplate.parse(text, secrets, problems);
    if (problems.found().size() > before) {
      return Optional.empty();
    }
    if (!template.isOnePlaceholder() || template.placeholders().isEmpty()) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.MALFORMED_PLACEHOLDER,
                  text.span(),
                  "`%s` is one placeholder of a secret, or hexadecimal digits"
                      .formatted(VolumeKeys.KEY))
              .helped("write `$$SCONE::name$$` for a `binary` secret of 32 bytes"));
      return Optional.empty();
    }
    return Optional.of(template);
  }

  private Optional<String> tag(Text text) {
    if (HEX_TAG.matcher(text.value()).matches()) {
      return Optional.of(text.value().toLowerCase(Locale.ROOT));
    }
    problems.add(
        Diagnostic.error(
            DiagnosticId.INVALID_VALUE,
            text.span(),
            "`%s` must be 32 hexadecimal digits".formatted(VolumeKeys.TAG)));
    return Optional.empty();
  }
}
