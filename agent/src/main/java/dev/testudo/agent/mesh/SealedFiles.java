package dev.testudo.agent.mesh;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.view.Content;
import dev.testudo.agent.view.Placed;
import dev.testudo.shield.Shown;
import dev.testudo.shield.ShownContent;
import dev.testudo.shield.ShownFile;
import dev.testudo.shield.ShownFolder;
import dev.testudo.shield.ShownLink;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.InjectedFile;
import dev.testudo.trust.channel.RegionAccess;
import dev.testudo.trust.measure.ImageEntry;
import dev.testudo.trust.measure.MeasuredImage;
import dev.testudo.volume.VolumeEntry;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.sealed.ReadOnlyVolume;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// The files of a service's image that are in a volume, which `fspf_path` names. The program sees
/// them at their paths in the volume. They belong to the program's user and cannot be changed.
final class SealedFiles implements AutoCloseable {
  /// How many bytes of files are kept in memory where all of them are read at the start.
  private static final long MOST_IN_VIEW = 1L << 30;

  /// Programs have no use for set-id bits: they get no further privileges.
  private static final int PERMISSIONS = 0777;

  private final String stored;
  private final Optional<ReadOnlyVolume> volume;
  private final Consumer<String> report;

  /// The files whose damage was reported.
  private final Set<String> reported = ConcurrentHashMap.newKeySet();

  private SealedFiles(String stored, Optional<ReadOnlyVolume> volume, Consumer<String> report) {
    this.stored = stored;
    this.volume = volume;
    this.report = report;
  }

  /// Opens the volume of the policy, if there is one.
  ///
  /// @param report receives a line for each damaged file that the program opens; must not block
  /// @throws AgentFailure if it is not the volume that the policy means and that was measured, or
  ///     if the image has something at the path of a file of the volume
  static SealedFiles open(Configuration configuration, MeasuredImage image, Consumer<String> report)
      throws AgentFailure {
    var region = configuration.protectedFiles().region();
    if (region.isEmpty()) {
      return new SealedFiles("", Optional.empty(), report);
    }
    var stored = normalised(region.get());
    var volume = open(region.get(), directory(stored, image));
    try {
      requireMeasured(volume, stored, image);
      requireNothingBeneath(volume, image);
      return new SealedFiles(stored, Optional.of(volume), report);
    } catch (AgentFailure e) {
      close(volume);
      throw e;
    }
  }

  private static String normalised(RegionAccess region) throws AgentFailure {
    if (!region.path().startsWith("/") || region.path().indexOf('\0') >= 0) {
      throw AgentFailure.input(
          "`fspf_path` must be the absolute path of a volume in the image, not `%s`"
              .formatted(region.path()));
    }
    return Path.of(region.path()).normalize().toString();
  }

  /// Returns where the measured files of the volume are on this machine.
  private static Path directory(String stored, MeasuredImage image) throws AgentFailure {
    for (var entry : image.entries()) {
      if (entry instanceof ImageEntry.RegularFile file
          && file.path().equals(stored + "/testudo-volume")) {
        return Objects.requireNonNull(file.source().getParent());
      }
    }
    throw AgentFailure.input(
        "the policy has `fspf_path: %s`, but the image has no volume there".formatted(stored));
  }

  private static ReadOnlyVolume open(RegionAccess region, Path directory) throws AgentFailure {
    var tag = region.key().tag().flatMap(VolumeTag::parse);
    try {
      return ReadOnlyVolume.open(directory, region.key().key(), tag);
    } catch (VolumeException e) {
      throw AgentFailure.refused(
          "the protected files of the image (`fspf_path: %s`): %s"
              .formatted(region.path(), e.getMessage()));
    } catch (IOException e) {
      throw AgentFailure.environment("open the protected files of the image", e);
    }
  }

  /// Checks that the volume still has the state that was measured. This matters if the policy gives
  /// no tag because several versions of the image may run.
  private static void requireMeasured(ReadOnlyVolume volume, String stored, MeasuredImage image)
      throws AgentFailure {
    var state = volume.source();
    var path = stored + "/" + state.file();
    boolean measured =
        image.entries().stream()
            .anyMatch(
                entry ->
                    entry instanceof ImageEntry.RegularFile file
                        && file.path().equals(path)
                        && file.content().sha256().equals(state.sha256()));
    if (!measured) {
      throw AgentFailure.refused(
          "the protected files of the image (`fspf_path: %s`) have changed since the image was measured: `%s`"
              .formatted(stored, path));
    }
  }

  private static void requireNothingBeneath(ReadOnlyVolume volume, MeasuredImage image)
      throws AgentFailure {
    for (var entry : image.entries()) {
      var inVolume = volume.find(entry.path());
      boolean directories =
          entry instanceof ImageEntry.Directory
              && inVolume.filter(VolumeEntry.Directory.class::isInstance).isPresent();
      if (inVolume.isPresent() && !directories) {
        throw AgentFailure.input(
            "the image has something at `%s`, which is the path of a protected file; remove it"
                .formatted(entry.path()));
      }
    }
  }

  /// Returns whether a path of the image belongs to the volume itself.
  boolean isStored(String path) {
    return volume.isPresent() && (path.equals(stored) || path.startsWith(stored + "/"));
  }

  /// Returns the files as they are placed in a view, into whose memory all are read at the start.
  ///
  /// @throws AgentFailure if they are too large for that
  List<Placed> placed() throws AgentFailure {
    return placed(MOST_IN_VIEW);
  }

  /// @param most how many bytes they may have
  List<Placed> placed(long most) throws AgentFailure {
    long bytes = entries().stream().mapToLong(SealedFiles::size).sum();
    if (bytes > most) {
      throw AgentFailure.input(
          "the protected files of the image (`fspf_path: %s`) have %d bytes, and the view of a program has room for %d; start the image in a container, where files are read when the program opens them"
              .formatted(stored, bytes, most));
    }
    var placed = new ArrayList<Placed>();
    for (var entry : entries()) {
      placed.add(
          switch (entry) {
            case VolumeEntry.Directory(var path, var mode) ->
                new Placed.Directory(path, mode & PERMISSIONS);
            case VolumeEntry.Link(var path, var target) -> new Placed.Link(path, target);
            case VolumeEntry.RegularFile file ->
                new Placed.File(file.path(), file.mode() & PERMISSIONS, new Content.OfVolume(file));
          });
    }
    return placed;
  }

  private static long size(VolumeEntry entry) {
    return entry instanceof VolumeEntry.RegularFile file ? file.size() : 0;
  }

  /// Returns the files as the shield shows them, which reads a file when the program opens it.
  ///
  /// @param injected files that take precedence over those of the volume at the same paths
  List<Shown> shown(List<InjectedFile> injected) {
    var taken = injected.stream().map(InjectedFile::path).collect(Collectors.toSet());
    var shown = new ArrayList<Shown>();
    for (var entry : entries()) {
      if (!taken.contains(entry.path())) {
        shown.add(
            switch (entry) {
              case VolumeEntry.Directory(var path, var mode) ->
                  new ShownFolder(path, mode & PERMISSIONS);
              case VolumeEntry.Link(var path, var target) -> new ShownLink(path, target);
              case VolumeEntry.RegularFile file -> shown(file);
            });
      }
    }
    return shown;
  }

  private ShownFile shown(VolumeEntry.RegularFile file) {
    var content =
        new ShownContent.OnDemand(
            file.size(), () -> new Reporting(file.path(), file.content().open()));
    return new ShownFile(file.path(), file.mode() & PERMISSIONS, Optional.empty(), content);
  }

  /// Returns everything in the volume but its root, which is that of the program.
  private List<VolumeEntry> entries() {
    return volume
        .map(v -> v.entries().stream().filter(entry -> !entry.path().equals("/")).toList())
        .orElse(List.of());
  }

  /// Closes the volume and wipes its keys. The shield cannot show further content then.
  @Override
  public void close() {
    volume.ifPresent(SealedFiles::close);
  }

  private static void close(ReadOnlyVolume volume) {
    try {
      volume.close();
    } catch (IOException _) {
      // Files that were only read.
    }
  }

  /// Reports the first failure to read a file.
  private final class Reporting extends FilterInputStream {
    private final String path;

    Reporting(String path, InputStream in) {
      super(in);
      this.path = path;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        return super.read(into, offset, length);
      } catch (IOException e) {
        if (reported.add(path)) {
          // Who made the volume has chosen the path, which must not start a new line.
          var shown = path.replaceAll("\\p{Cntrl}", "?");
          report.accept("the program cannot open `%s` (EIO): %s".formatted(shown, e.getMessage()));
        }
        throw e;
      }
    }
  }
}
