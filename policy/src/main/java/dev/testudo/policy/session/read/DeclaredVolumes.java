package dev.testudo.policy.session.read;

import dev.testudo.policy.schema.Keys;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Reads the volumes of a service manifest. Each is a volume of the service's session and its place
/// in the file system of the service at once.
public final class DeclaredVolumes {
  private final VolumeReader reader;
  private final Keys keys;
  private final Problems problems;
  private final List<Text> names = new ArrayList<>();
  private final List<Text> paths = new ArrayList<>();
  private final List<Volume.Mount> mounts = new ArrayList<>();

  private DeclaredVolumes(VolumeReader reader, Keys keys, Problems problems) {
    this.keys = keys;
    this.reader = reader;
    this.problems = problems;
  }

  /// Returns the volumes with their places. Those with errors are left out.
  ///
  /// @param keys the keys that such a volume can have
  /// @param here the session of the service, from which relative references start
  /// @param secrets the names of all secrets of the service
  public static List<Volume.Mount> read(
      List<? extends YamlNode> nodes,
      Keys keys,
      SessionName here,
      Collection<String> secrets,
      Problems problems) {
    var volumes = new DeclaredVolumes(new VolumeReader(here, secrets, problems), keys, problems);
    nodes.forEach(volumes::read);
    Names.areDistinct("volume", volumes.names, problems);
    Names.areDistinct("mount path", volumes.paths, problems);
    return List.copyOf(volumes.mounts);
  }

  private void read(YamlNode node) {
    var written = Fields.of(node, keys, problems);
    if (written.isPresent()) {
      var fields = written.get();
      var volume = reader.definition(fields, names);
      var place = MountPlace.take(fields, paths, problems);
      fields.noOthers();
      volume.flatMap(v -> place.map(p -> p.of(v))).ifPresent(mounts::add);
    }
  }
}
