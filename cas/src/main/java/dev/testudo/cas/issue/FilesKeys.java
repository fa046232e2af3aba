package dev.testudo.cas.issue;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.policy.session.FilesKey;
import dev.testudo.policy.session.MainRegion;
import dev.testudo.policy.session.UpdatePolicy;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.session.Volume.Origin;
import dev.testudo.trust.channel.FileProtection;
import dev.testudo.trust.channel.RegionAccess;
import dev.testudo.trust.channel.VolumeAccess;
import dev.testudo.trust.channel.VolumeRef;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Finds the keys of protected files: those that CAS has generated, those that a policy gives, and
/// those of volumes that other sessions export. Who gets the key of a volume may open it, so the
/// same rules hold as for secrets.
public final class FilesKeys {
  private static final int MOST_BYTES = 1 << 16;

  private final SessionSecrets secrets;
  private final Set<String> labels = new TreeSet<>();

  /// @param secrets the secrets of the session whose services see the files
  public FilesKeys(SessionSecrets secrets) {
    this.secrets = secrets;
  }

  /// Returns what opens a volume for a service of this session.
  ///
  /// @throws Refused if its key is not available
  public VolumeAccess access(Volume.Mount mount) throws Refused, IOException {
    var volume = mount.volume();
    return switch (volume.origin()) {
      case Origin.Own own -> access(secrets, volume, own, mount.path(), mount.updates());
      case Origin.Imported imported -> {
        var owner = owner(volume, imported);
        var exported = exported(volume, imported);
        var updates = SecretScope.permitted(secrets.session(), mount, imported, exported.export());
        if (exported.volume().origin() instanceof Origin.Own own) {
          yield access(owner, exported.volume(), own, mount.path(), updates);
        }
        throw unusable("volume `%s` belongs to a third session".formatted(volume.name()));
      }
    };
  }

  /// Returns the key of a volume that this session owns, and the tag that its policy gives it.
  ///
  /// @throws Refused if the key is not available
  public FileProtection protection(Volume volume, Origin.Own own) throws Refused, IOException {
    return key(secrets, volume.name(), own);
  }

  /// Checks that the key of a volume exists, and generates it if it does not.
  ///
  /// @throws Refused if it is not available now
  void prepare(Volume volume) throws Refused, IOException {
    switch (volume.origin()) {
      case Origin.Own own -> {
        var _ = key(secrets, volume.name(), own);
      }
      case Origin.Imported imported -> {
        var _ = exported(volume, imported);
      }
    }
  }

  /// Returns what an imported volume is in the session that owns it, and what this session may do
  /// with it. Opens no key.
  ///
  /// @throws Refused if that session does not export it to this one now
  public ExportedVolume exported(Volume volume, Origin.Imported imported)
      throws Refused, IOException {
    var owner = owner(volume, imported).session();
    return SecretScope.exported(owner, secrets.session(), volume, imported);
  }

  /// Returns what opens the protected files of a service's image.
  ///
  /// @throws Refused if their key is not available
  public RegionAccess access(MainRegion region) throws Refused, IOException {
    var key = given(secrets, region.key());
    return new RegionAccess(
        region.path(), region.updates().text(), new FileProtection(key, region.key().tag()));
  }

  /// Returns the name and revision of each key that was handed out, for the audit log.
  public List<String> labels() {
    return List.copyOf(labels);
  }

  private SessionSecrets owner(Volume volume, Origin.Imported imported)
      throws Refused, IOException {
    return secrets.scope().exporter(secrets.session(), SecretScope.Import.of(volume, imported));
  }

  private VolumeAccess access(
      SessionSecrets owner, Volume volume, Origin.Own own, String path, UpdatePolicy updates)
      throws Refused, IOException {
    var session = owner.session().session().name();
    var key = key(owner, volume.name(), own);
    var label = owner.volumeLabel(volume.name());
    label(owner, label);
    return new VolumeAccess(
        new VolumeRef(session, volume.name()), path, own.files(), updates, own.terms(), key);
  }

  private FileProtection key(SessionSecrets owner, String volume, Origin.Own own)
      throws Refused, IOException {
    return own.key().isPresent()
        ? new FileProtection(given(owner, own.key().get()), own.key().get().tag())
        : new FileProtection(owner.volumeKey(volume), Optional.empty());
  }

  /// Returns a key that a policy gives: hexadecimal digits, or bytes of a secret.
  private Secret given(SessionSecrets owner, FilesKey key) throws Refused, IOException {
    var expansion = new Expansion(owner, MOST_BYTES, "a key of files");
    var bytes = expansion.content(key.template()).reveal(FilesKeys::raw);
    if (bytes.isEmpty()) {
      throw unusable("the key of files at %s does not have 32 bytes".formatted(key.span().place()));
    }
    for (var placeholder : key.template().placeholders()) {
      label(owner, owner.label(placeholder.secret()));
    }
    return Secret.taking(bytes.get());
  }

  private void label(SessionSecrets owner, String label) {
    labels.add(owner == secrets ? label : "%s:%s".formatted(owner.session().row().name(), label));
  }

  private static Optional<byte[]> raw(byte[] written) {
    var length = FilesKey.BYTES;
    if (written.length == length) {
      return Optional.of(written.clone());
    }
    if (written.length != 2 * length) {
      return Optional.empty();
    }
    var out = new byte[length];
    for (var i = 0; i < length; i++) {
      var high = Character.digit(written[2 * i], 16);
      var low = Character.digit(written[2 * i + 1], 16);
      if (high < 0 || low < 0) {
        return Optional.empty();
      }
      out[i] = (byte) (high << 4 | low);
    }
    return Optional.of(out);
  }

  private static Refused unusable(String reason) {
    return new Refused(RefusalId.SECRET_UNAVAILABLE, reason);
  }
}
