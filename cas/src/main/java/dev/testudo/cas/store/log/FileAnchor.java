package dev.testudo.cas.store.log;

import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.StoreException.Reason;
import dev.testudo.trust.audit.AnchoredHead;
import dev.testudo.trust.audit.AuditVerdict.Seen;
import dev.testudo.trust.files.FileLocks;
import dev.testudo.trust.files.Owned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/// A file outside the state with the head of the store: the number and the hash of the newest line
/// of the audit log, and the number and the mark of the newest commit. It is durable before an
/// answer leaves, so whoever puts back an older state is found out, unless they can change this
/// file too.
///
/// The file has two records of 192 bytes, which are written in turn: a record that is torn by a
/// crash leaves the other one.
public final class FileAnchor implements Anchor {
  private static final int RECORD = 192;
  private static final Pattern TEXT =
      Pattern.compile(
          "([1-9A-HJ-NP-Za-km-z]{1,64}) ([0-9]{1,18}) ([0-9a-f]{64})"
              + "(?: ([0-9]{1,18}) ([0-9a-f]{16}))? ([0-9a-f]{8}) *\n");

  private final Path file;
  private final String cas;
  private final FileChannel channel;
  private Optional<AnchoredHead> last;
  private int next;

  /// A record that was read, and its place.
  private record Found(String cas, AnchoredHead head, int place) {}

  private FileAnchor(Path file, String cas, FileChannel channel) {
    this.file = file;
    this.cas = cas;
    this.channel = channel;
    this.last = Optional.empty();
  }

  /// Opens `file` and creates it on first use. No other CAS can open it meanwhile, because each
  /// would overwrite newer lines of the other one.
  ///
  /// @param cas the hash of the key of the CAS that the anchor is for
  /// @throws StoreException if another CAS uses it, or it is the anchor of another CAS, or damaged
  public static FileAnchor open(Path file, String cas) throws IOException {
    if (Files.exists(file)) {
      Owned.requireOwn(file);
    } else if (!Files.isDirectory(file.resolveSibling("."))) {
      throw new StoreException("the directory of the anchor %s does not exist".formatted(file));
    }
    var channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    var anchor = new FileAnchor(file, cas, channel);
    try {
      if (!FileLocks.take(channel)) {
        throw new StoreException(Reason.IN_USE, "another CAS uses the anchor %s".formatted(file));
      }
      anchor.load();
      return anchor;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// Opens `file` to compare a log with it, and changes nothing.
  ///
  /// @param cas the hash of the key of the CAS that the anchor is for
  /// @throws StoreException if it is missing, the anchor of another CAS, or damaged
  public static FileAnchor openToCheck(Path file, String cas) throws IOException {
    if (!Files.exists(file)) {
      throw new StoreException(Reason.NO_ANCHOR, "the anchor %s is missing".formatted(file));
    }
    var channel = FileChannel.open(file, StandardOpenOption.READ);
    var anchor = new FileAnchor(file, cas, channel);
    try {
      anchor.load();
      return anchor;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void load() throws IOException {
    Optional<Found> newest = Optional.empty();
    for (var place = 0; place < 2; place++) {
      var found = read(place);
      if (found.isPresent()
          && (newest.isEmpty() || found.get().head().isAfter(newest.get().head()))) {
        newest = found;
      }
    }
    if (newest.isEmpty()) {
      if (channel.size() > 2L * RECORD || (channel.size() >= RECORD && !isBlank())) {
        throw new StoreException(
            Reason.CHANGED_ANCHOR, "the anchor %s is damaged, or is no anchor".formatted(file));
      }
      return;
    }
    if (!newest.get().cas().equals(cas)) {
      throw new StoreException(
          Reason.CHANGED_ANCHOR,
          "%s is the anchor of the CAS with key %s; this CAS has key %s"
              .formatted(file, newest.get().cas(), cas));
    }
    last = Optional.of(newest.get().head());
    next = 1 - newest.get().place();
  }

  private boolean isBlank() throws IOException {
    var all = ByteBuffer.allocate(2 * RECORD);
    channel.read(all, 0);
    return new String(all.array(), StandardCharsets.US_ASCII).isBlank();
  }

  private Optional<Found> read(int place) throws IOException {
    var record = ByteBuffer.allocate(RECORD);
    while (record.hasRemaining()
        && channel.read(record, (long) place * RECORD + record.position()) >= 0) {
      // A short file ends the loop.
    }
    var matcher = TEXT.matcher(new String(record.array(), StandardCharsets.US_ASCII));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    var head =
        new AnchoredHead(
            new Seen(Long.parseLong(matcher.group(2)), matcher.group(3)),
            Optional.ofNullable(matcher.group(4)).map(Long::parseLong).orElse(0L),
            Optional.ofNullable(matcher.group(5)).orElse(""));
    return checksum(text(matcher.group(1), head)).equals(matcher.group(6))
        ? Optional.of(new Found(matcher.group(1), head, place))
        : Optional.empty();
  }

  private static String text(String cas, AnchoredHead head) {
    var line = "%s %d %s".formatted(cas, head.line().sequence(), head.line().hash());
    return head.commits() == 0 ? line : "%s %d %s".formatted(line, head.commits(), head.mark());
  }

  private static String checksum(String text) {
    var crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.US_ASCII));
    return "%08x".formatted(crc.getValue());
  }

  @Override
  public String name() {
    return "the anchor " + file;
  }

  @Override
  public Optional<AnchoredHead> last() {
    return last;
  }

  @Override
  public void set(AnchoredHead head, Lookup log) throws IOException {
    set(head);
  }

  /// Writes both records: of two, the one with the higher number counts.
  @Override
  public void accept(AnchoredHead head) throws IOException {
    for (var place = 0; place < 2; place++) {
      last = Optional.empty();
      set(head);
    }
  }

  /// Makes a head durable in the file.
  public void set(AnchoredHead head) throws IOException {
    if (last.equals(Optional.of(head))) {
      return;
    }
    var text = text(cas, head);
    var whole = "%s %s".formatted(text, checksum(text));
    var record = ("%-" + (RECORD - 1) + "s\n").formatted(whole).getBytes(StandardCharsets.US_ASCII);
    var buffer = ByteBuffer.wrap(record);
    while (buffer.hasRemaining()) {
      channel.write(buffer, (long) next * RECORD + buffer.position());
    }
    channel.force(true);
    last = Optional.of(head);
    next = 1 - next;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
