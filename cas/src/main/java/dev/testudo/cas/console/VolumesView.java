package dev.testudo.cas.console;

import dev.testudo.cas.issue.ExportedVolume;
import dev.testudo.cas.issue.FilesKeys;
import dev.testudo.cas.issue.SessionSecrets;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.policy.session.FilesKey;
import dev.testudo.policy.session.Image;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.UpdatePolicy;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.session.Volume.Origin;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The volumes of a session: whose they are, who sees them where, what may be done with them, and
/// the tag that names their first state. It opens no key.
final class VolumesView {
  private final Session session;
  private final Optional<FilesKeys> keys;

  /// @param secrets empty if CAS refuses to open them; the owners of imported volumes are then not
  ///     looked up
  VolumesView(Session session, Optional<SessionSecrets> secrets) {
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
    return files(new JsonBuilder().put("name", volume.name()), own)
        .put("key", own.key().isPresent() ? "given" : "generated")
        .put("exports", new JsonArray(exports))
        .put("mounts", mounts(volume, Optional.empty()))
        .build();
  }

  private static JsonBuilder files(JsonBuilder json, Origin.Own own) {
    return json.put("files", own.files().text()).put("tag", own.key().flatMap(FilesKey::tag));
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
        new JsonBuilder()
            .put("name", volume.name())
            .put("from", imported.from().value())
            .put("original", imported.original());
    Optional<UpdatePolicy> permitted = Optional.empty();
    try {
      var exported = exported(volume, imported);
      if (exported.isPresent() && exported.get().volume().origin() instanceof Origin.Own own) {
        files(json, own);
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
