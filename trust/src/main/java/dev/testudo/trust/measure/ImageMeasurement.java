package dev.testudo.trust.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Measures an image: its files, and what `image.json` says about it. The files are in `root/`
/// beside `image.json`, or they are the root of a container. The result is the same on every
/// machine; [MachineMeasurement] measures what a machine adds.
final class ImageMeasurement {
  private final List<HashedEntry> hashed = new ArrayList<>();
  private final List<ImageEntry> entries = new ArrayList<>();

  private ImageMeasurement() {}

  /// Reads and measures an image. Each file is read once.
  static MeasuredImage of(ImageDescription description, Path imageDirectory) throws IOException {
    return new ImageMeasurement().measure(description, files(description, imageDirectory));
  }

  private static List<TreeWalk.Found> files(ImageDescription description, Path imageDirectory)
      throws IOException {
    if (description.container()) {
      var root = Objects.requireNonNull(imageDirectory.toRealPath().getParent());
      return TreeWalk.of(root, Set.copyOf(description.unmeasured()), description.restricted());
    }
    var root = imageDirectory.resolve("root");
    return Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)
        ? TreeWalk.of(root, Set.of(), RestrictedEntries.NONE)
        : List.of();
  }

  private MeasuredImage measure(ImageDescription description, List<TreeWalk.Found> files)
      throws IOException {
    var contents =
        Hashing.of(
                files.stream().filter(ImageMeasurement::isRead).map(TreeWalk.Found::file).toList(),
                LinkOption.NOFOLLOW_LINKS)
            .iterator();
    for (var found : files) {
      if (isRead(found)) {
        add(found, contents.next());
      } else if (found.claimed().isPresent()) {
        hashed.add(new HashedEntry(found.path(), found.mode(), found.claimed().get()));
      } else {
        add(found);
      }
    }
    return new MeasuredImage(description.measure(hashed), description, entries);
  }

  private static boolean isRead(TreeWalk.Found found) {
    return found.type() == TreeWalk.REGULAR && found.claimed().isEmpty();
  }

  private void add(TreeWalk.Found found, HashedContent content) {
    entries.add(
        new ImageEntry.RegularFile(found.path(), found.permissions(), content, found.file()));
    hashed.add(HashedEntry.file(found.path(), found.permissions(), content.sha256()));
  }

  private void add(TreeWalk.Found found) throws IOException {
    if (found.type() == TreeWalk.LINK) {
      var target = Files.readSymbolicLink(found.file()).toString();
      entries.add(new ImageEntry.Link(found.path(), target));
      hashed.add(HashedEntry.link(found.path(), target));
    } else {
      entries.add(new ImageEntry.Directory(found.path(), found.permissions()));
      hashed.add(HashedEntry.directory(found.path(), found.permissions()));
    }
  }
}
