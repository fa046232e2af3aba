package dev.testudo.image.layer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.Digest.Algorithm;
import dev.testudo.image.tar.FileAttributes;
import dev.testudo.image.tar.Owner;
import dev.testudo.image.tar.RawText;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The bytes of a cached [LayerIndex]: a magic line, the fields in order, and the SHA-256 of all
/// before it. The checksum detects damage, not malice: whoever may write the cache may lie.
final class LayerIndexFile {
  private static final byte[] MAGIC = "testudo-layer-index-v1\n".getBytes(US_ASCII);
  private static final int HASH = 32;

  private LayerIndexFile() {}

  static byte[] write(LayerIndex index) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.write(MAGIC);
      text(out, index.blob().toString());
      text(out, index.diffId().toString());
      out.writeLong(index.size());
      out.writeInt(index.entries().size());
      for (var entry : index.entries()) {
        text(out, entry.path());
        node(out, entry.node());
        attributes(out, entry.attributes());
      }
      out.write(Algorithm.SHA256.start().digest(bytes.toByteArray()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  /// Returns empty if the bytes are damaged, of another version, or of another blob.
  static Optional<LayerIndex> read(byte[] bytes, Digest blob) {
    var end = bytes.length - HASH;
    if (end < MAGIC.length
        || !Arrays.equals(MAGIC, 0, MAGIC.length, bytes, 0, MAGIC.length)
        || !Arrays.equals(
            Algorithm.SHA256.start().digest(Arrays.copyOf(bytes, end)),
            Arrays.copyOfRange(bytes, end, bytes.length))) {
      return Optional.empty();
    }
    try (var in =
        new DataInputStream(new ByteArrayInputStream(bytes, MAGIC.length, end - MAGIC.length))) {
      var index = index(in);
      return index.blob().equals(blob) ? Optional.of(index) : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static LayerIndex index(DataInputStream in) throws IOException {
    var blob = digest(in);
    var diffId = digest(in);
    var size = in.readLong();
    var count = in.readInt();
    if (count < 0 || count > LayerStream.MAX_ENTRIES) {
      throw new IOException("too many entries");
    }
    var entries = new ArrayList<LayerEntry>(count);
    for (var i = 0; i < count; i++) {
      entries.add(new LayerEntry(text(in), node(in), attributes(in)));
    }
    return new LayerIndex(blob, diffId, size, entries);
  }

  private static Digest digest(DataInputStream in) throws IOException {
    return Digest.parse(text(in)).orElseThrow(() -> new IOException("not a digest"));
  }

  private static void node(DataOutputStream out, LayerNode node) throws IOException {
    switch (node) {
      case LayerNode.RegularFile(var size, var sha256) -> {
        out.writeByte('f');
        out.writeLong(size);
        text(out, sha256);
      }
      case LayerNode.Directory() -> out.writeByte('d');
      case LayerNode.SymbolicLink(var target) -> {
        out.writeByte('l');
        text(out, target);
      }
      case LayerNode.HardLink(var target) -> {
        out.writeByte('h');
        text(out, target);
      }
      case LayerNode.Device(var block, var major, var minor) -> {
        out.writeByte(block ? 'b' : 'c');
        out.writeInt(major);
        out.writeInt(minor);
      }
      case LayerNode.Fifo() -> out.writeByte('p');
      case LayerNode.Whiteout() -> out.writeByte('w');
      case LayerNode.OpaqueWhiteout() -> out.writeByte('o');
    }
  }

  private static LayerNode node(DataInputStream in) throws IOException {
    var kind = (char) in.readUnsignedByte();
    return switch (kind) {
      case 'f' -> new LayerNode.RegularFile(in.readLong(), text(in));
      case 'd' -> new LayerNode.Directory();
      case 'l' -> new LayerNode.SymbolicLink(text(in));
      case 'h' -> new LayerNode.HardLink(text(in));
      case 'b', 'c' -> new LayerNode.Device(kind == 'b', in.readInt(), in.readInt());
      case 'p' -> new LayerNode.Fifo();
      case 'w' -> new LayerNode.Whiteout();
      case 'o' -> new LayerNode.OpaqueWhiteout();
      default -> throw new IOException("unknown kind");
    };
  }

  private static void attributes(DataOutputStream out, FileAttributes attributes)
      throws IOException {
    out.writeInt(attributes.mode());
    out.writeLong(attributes.owner().uid());
    out.writeLong(attributes.owner().gid());
    text(out, attributes.owner().user());
    text(out, attributes.owner().group());
    out.writeLong(attributes.mtime());
    out.writeInt(attributes.xattrs().size());
    for (var xattr : attributes.xattrs().entrySet()) {
      text(out, xattr.getKey());
      text(out, xattr.getValue());
    }
  }

  private static FileAttributes attributes(DataInputStream in) throws IOException {
    var mode = in.readInt();
    var owner = new Owner(in.readLong(), in.readLong(), text(in), text(in));
    var mtime = in.readLong();
    return new FileAttributes(mode, owner, mtime, xattrs(in));
  }

  private static Map<String, String> xattrs(DataInputStream in) throws IOException {
    var xattrs = new TreeMap<String, String>();
    for (var left = in.readInt(); left > 0; left--) {
      xattrs.put(text(in), text(in));
    }
    return xattrs;
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    var bytes = RawText.encode(text);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInputStream in) throws IOException {
    var length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("text is truncated");
    }
    return RawText.decode(in.readNBytes(length));
  }
}
