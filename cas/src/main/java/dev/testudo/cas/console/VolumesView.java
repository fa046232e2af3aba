package dev.testudo.cas.console;

import dev.testudo.cas.issue.ExportedVolume;
import dev.testudo.cas.issue.FilesKeys;
import dev.testudo.cas.issue.SessionSecrets;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.policy.session.Image;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.UpdatePolicy;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.session.Volume.Origin;
import dev.testudo.trust.channel.StoredTag;
import dev.testudo.trust.channel.VolumeStatus;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The volumes of a session: whose they are, who sees them where, what may be done with them, their
/// newest states and who has them. It shows no key.
final class VolumesView {
  private final Session session;
  private final Optional<FilesKeys> keys;
  private final Map<String, VolumeStatus> states;

  /// @param states what CAS knows about the volumes
  /// @param secrets empty if CAS refuses to open them; the owners of imported volumes are then not
  ///     looked up
  VolumesView(Session session, Optional<SessionSecrets> secrets, List<VolumeStatus> states) {
    this.states =
        states.stream().collect(Collectors.toMap(VolumeStatus::name, one -> one, (a, _) -> a));
    this.session = session;
    this.keys = secrets.map(FilesKeys::new);
  }

  JsonArray json() throws IOException {
    var volumes = new ArrayList<JsonValue>();
    for (var volume : session.volumes()) {
      volumes.add(
          switch (volume.origin()) {
            case Origin.Own own -> own(volume, own);
            case Origin.Imported imported -> imported(volume, imported);
          });
    }
    return new JsonArray(volumes);
  }

  private JsonObject own(Volume volume, Origin.Own own) {
    var exports = volume.exports().stream().<JsonValue>map(VolumesView::export).toList();
    return state(new JsonBuilder().put("name", volume.name()), volume)
        .put("files", own.files().text())
        .put("key", own.key().isPresent() ? "given" : "generated")
        .put("exports", new JsonArray(exports))
        .put("mounts", mounts(volume, Optional.empty()))
        .build();
  }

  /// Adds the newest state of a volume, and the mount that has it.
  private JsonBuilder state(JsonBuilder json, Volume volume) {
    var status = Optional.ofNullable(states.get(volume.name()));
    var position = status.flatMap(VolumeStatus::position);
    json.put("tag", position.map(StoredTag::tag));
    position.map(StoredTag::sequence).ifPresent(s -> s.ifPresent(n -> json.put("sequence", n)));
    return json.put(
        "holder",
        status
            .flatMap(VolumeStatus::holder)
            .filter(VolumeStatus.Holder::isValid)
            .map(VolumeStatus.Holder::service));
  }

  private static JsonObject export(Volume.Export export) {
    return new JsonBuilder()
        .put("session", export.session().value())
        .put("name", export.name())
        .put("updates", export.updates().text())
        .put("pinned", export.revision().isPresent())
        .build();
  }

  private JsonObject imported(Volume volume, Origin.Imported imported) throws IOException {
    var json =
        state(new JsonBuilder().put("name", volume.name()), volume)
            .put("from", imported.from().value())
            .put("original", imported.original());
    Optional<UpdatePolicy> permitted = Optional.empty();
    try {
      var exported = exported(volume, imported);
      if (exported.isPresent() && exported.get().volume().origin() instanceof Origin.Own own) {
        json.put("files", own.files().text());
      }
      permitted = exported.map(one -> one.export().updates());
    } catch (Refused e) {
      json.put("problem", String.valueOf(e.getMessage()));
    }
    return json.put("permitted", permitted.map(UpdatePolicy::text))
        .put("mounts", mounts(volume, permitted))
        .build();
  }

  private Optional<ExportedVolume> exported(Volume volume, Origin.Imported imported)
      throws Refused, IOException {
    return keys.isPresent() ? Optional.of(keys.get().exported(volume, imported)) : Optional.empty();
  }

  /// Returns where programs see a volume.
  ///
  /// @param permitted the policy for which its owner exports it, if it is imported
  private JsonArray mounts(Volume volume, Optional<UpdatePolicy> permitted) {
    var mounts = new ArrayList<JsonValue>();
    for (var image : session.images()) {
      for (var mount : image.mounts()) {
        if (mount.volume().name().equals(volume.name())) {
          mounts.add(mount(image, mount, permitted));
        }
      }
    }
    return new JsonArray(mounts);
  }

  private JsonObject mount(Image image, Volume.Mount mount, Optional<UpdatePolicy> permitted) {
    var effective =
        permitted.isEmpty() ? Optional.of(mount.updates()) : mount.updates().under(permitted.get());
    return new JsonBuilder()
        .put("image", image.name())
        .put("path", mount.path())
        .put("services", services(image))
        .put("updates", effective.orElse(mount.updates()).text())
        .put("permitted", effective.isPresent())
        .build();
  }

  private List<String> services(Image image) {
    return session.services().stream()
        .filter(
            service -> service.image().map(Image::name).filter(image.name()::equals).isPresent())
        .map(Service::name)
        .toList();
  }
}
