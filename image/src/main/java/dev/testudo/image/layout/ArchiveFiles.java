package dev.testudo.image.layout;

import dev.testudo.image.compression.Decompression;
import dev.testudo.image.compression.DecompressionLimits;
import dev.testudo.image.oci.Compression;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.tar.TarException;
import dev.testudo.image.tar.TarKind;
import dev.testudo.image.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The files of an archive, found once and then read in place. A compressed archive is decompressed
/// into a temporary file without a name.
final class ArchiveFiles implements StoredFiles {
  private static final int MAX_MEMBERS = 100_000;

  /// Links that name links.
  private static final int MAX_LINKS = 8;

  private static final DecompressionLimits LIMITS =
      new DecompressionLimits(256L << 30, 4L << 30, 200);

  private sealed interface Member {
    record Content(long start, long size) implements Member {}

    record Link(String target) implements Member {}
  }

  private final FileChannel channel;
  private final Map<String, Member> members;

  private ArchiveFiles(FileChannel channel, Map<String, Member> members) {
    this.channel = channel;
    this.members = members;
  }

  /// Finds the files of an archive.
  ///
  /// @throws ImageException if it is malformed
  static ArchiveFiles open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new ImageException(ImageFault.NOT_FOUND, "%s is not a file".formatted(file));
    }
    var channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      channel = plain(channel, file);
      return new ArchiveFiles(channel, members(channel));
    } catch (TarException e) {
      channel.close();
      throw new ImageException(ImageFault.MALFORMED, "%s: %s".formatted(file, e.getMessage()), e);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel plain(FileChannel channel, Path file) throws IOException {
    var content = Decompression.of(new ChannelStream(channel, 0, channel.size()), LIMITS);
    if (content.found() == Compression.NONE) {
      return channel;
    }
    var temporary = Files.createTempFile("testudo-archive-", ".tar");
    var copy = FileChannel.open(temporary, StandardOpenOption.READ, StandardOpenOption.WRITE);
    Files.delete(temporary);
    try (channel;
        var in = content.content()) {
      in.transferTo(Channels.newOutputStream(copy));
      return copy;
    } catch (IOException e) {
      copy.close();
      throw new IOException("%s cannot be decompressed: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static Map<String, Member> members(FileChannel channel) throws IOException {
    var members = new HashMap<String, Member>();
    var in = new BufferedInputStream(new ChannelStream(channel, 0, channel.size()), 4096);
    var tar = new TarReader(in);
    for (var entry = tar.next(); entry.isPresent(); entry = tar.next()) {
      var name = resolved("", entry.get().name());
      if (members.size() == MAX_MEMBERS) {
        throw new ImageException(
            ImageFault.TOO_LARGE, "the archive has more than %d files".formatted(MAX_MEMBERS));
      }
      switch (entry.get().kind()) {
        case TarKind.File(var size) -> members.put(name, new Member.Content(tar.position(), size));
        case TarKind.SymbolicLink(var target) ->
            members.put(name, new Member.Link(resolved(directory(name), target)));
        case TarKind.HardLink(var target) ->
            members.put(name, new Member.Link(resolved("", target)));
        case TarKind.Directory _, TarKind.Device _, TarKind.Fifo _ -> members.remove(name);
      }
    }
    return members;
  }

  private static String directory(String name) {
    return name.substring(0, Math.max(name.lastIndexOf('/'), 0));
  }

  /// Returns a name relative to the archive.
  ///
  /// @throws ImageException with [ImageFault#ESCAPES] if it leads out
  private static String resolved(String directory, String name) throws ImageException {
    List<String> parts = new ArrayList<>();
    for (var part : (directory + "/" + name).split("/")) {
      if (part.equals("..")) {
        if (parts.isEmpty()) {
          throw new ImageException(
              ImageFault.ESCAPES, "a name in the archive leads out of it, by `..`");
        }
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return String.join("/", parts);
  }

  private Optional<Member.Content> find(String name) {
    var member = members.get(name);
    for (var links = 0; links < MAX_LINKS && member instanceof Member.Link(var target); links++) {
      member = members.get(target);
    }
    return member instanceof Member.Content content ? Optional.of(content) : Optional.empty();
  }

  @Override
  public Optional<InputStream> open(String name) {
    return find(name)
        .map(
            content ->
                new ChannelStream(channel, content.start(), content.start() + content.size()));
  }

  @Override
  public Optional<Long> size(String name) {
    return find(name).map(Member.Content::size);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
