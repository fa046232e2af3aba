package dev.testudo.policy.session.read;

import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.session.Volume.Origin;
import dev.testudo.policy.session.VolumeTerms;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the `volumes` section.
final class VolumeReader {
  /// The keys with which the owner of a volume decides about it.
  private static final List<String> OF_OWNERS =
      List.of(
          VolumeKeys.KEY,
          VolumeKeys.TAG,
          "export",
          VolumeKeys.TAG_SYNC,
          VolumeKeys.SIZE_LIMIT,
          VolumeKeys.INTEGRITY,
          VolumeKeys.TAKEOVER);

  private final SessionReferences references;
  private final VolumeExportReader exports;
  private final FilesKeyReader keys;
  private final Problems problems;

  /// @param here the session that relative references start from
  /// @param secrets the names of all secrets of the session
  VolumeReader(SessionName here, Collection<String> secrets, Problems problems) {
    this.references = new SessionReferences(here, problems);
    this.exports = new VolumeExportReader(references, problems);
    this.keys = new FilesKeyReader(secrets, problems);
    this.problems = problems;
  }

  /// Returns the volumes by name. Volumes with errors are included as far as possible, so that a
  /// reference to one is not reported as unknown.
  Map<String, Volume> read(List<YamlNode> nodes) {
    Map<String, Volume> volumes = new LinkedHashMap<>();
    var names = new ArrayList<Text>();
    for (var node : nodes) {
      var fields = Fields.of(node, VolumeKeys.VOLUME, problems);
      fields.flatMap(f -> volume(f, names)).ifPresent(v -> volumes.putIfAbsent(v.name(), v));
    }
    Names.areDistinct("volume", names, problems);
    return volumes;
  }

  private Optional<Volume> volume(Fields fields, List<Text> names) {
    var volume = definition(fields, names);
    fields.noOthers();
    return volume;
  }

  /// Takes the keys that define a volume.
  ///
  /// @param names receives its name
  Optional<Volume> definition(Fields fields, List<Text> names) {
    var name = fields.requiredText("name");
    name.ifPresent(names::add);
    var valid = name.flatMap(text -> Names.volume(text, problems));
    var origin = fields.has("import") ? imported(fields) : own(fields);
    var exported = exports.read(fields.list("export"), name);
    return valid.map(n -> new Volume(n, name.orElseThrow().span(), origin, exported));
  }

  private Origin own(Fields fields) {
    fields.node("import"); // it has no value
    var files = fields.choice("files", Volume.Files.texts(), Volume.Files::parse);
    var terms = new VolumeTermsReader(problems).read(fields, files);
    return new Origin.Own(files.orElse(Volume.Files.ENCRYPTED), keys.ofVolume(fields), terms);
  }

  private Origin imported(Fields fields) {
    for (var other : OF_OWNERS) {
      fields.exclusive("import", other);
    }
    fields.withoutEffect("its owner decides", "files");
    OF_OWNERS.stream().filter(key -> !key.equals("export")).forEach(fields::node);
    return fields
        .node("import")
        .flatMap(node -> Fields.of(node, VolumeKeys.IMPORT, problems))
        .flatMap(this::source)
        .orElseGet(
            () -> new Origin.Own(Volume.Files.ENCRYPTED, Optional.empty(), VolumeTerms.USUAL));
  }

  private Optional<Origin> source(Fields origin) {
    var session = origin.requiredText("session");
    var hash = origin.text("session_hash").flatMap(references::hash);
    var original = origin.requiredText("volume").flatMap(text -> Names.volume(text, problems));
    var remote = references.remote(origin);
    origin.noOthers();
    var from = remote ? Optional.<SessionName>empty() : session.flatMap(references::session);
    return from.flatMap(f -> original.map(o -> new Origin.Imported(f, hash, o)));
  }
}
