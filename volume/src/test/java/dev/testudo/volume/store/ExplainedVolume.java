package dev.testudo.volume.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Explains each byte of a small volume of suite 1 with one mount. It follows
/// docs/formats/volume.md and uses nothing of the store.
final class ExplainedVolume {
  private static final HexFormat HEX = HexFormat.of();
  private static final int HEAD = 512;

  private final Map<String, byte[]> files;
  private final byte[] key;
  private final StringBuilder text = new StringBuilder();
  private final byte[] id;
  private int chunkSize;
  private byte[] salt = {};

  /// Nonce and tag of the chunks that pointers name, and their kinds, by slot.
  private final Map<Integer, Pointed> pointed = new TreeMap<>();

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Pointed(int kind, byte[] nonce, byte[] tag) {}

  ExplainedVolume(Map<String, byte[]> files, byte[] key) {
    this.files = files;
    this.key = key;
    this.id = Arrays.copyOfRange(file("testudo-volume"), 56, 72);
  }

  private byte[] file(String name) {
    return Objects.requireNonNull(files.get(name), name);
  }

  /// Returns the explanation. A pointer may be in a later file than its chunk, so it is made twice.
  String text() {
    explain();
    text.setLength(0);
    explain();
    return text.toString();
  }

  private void explain() {
    header();
    for (var name : files.keySet()) {
      if (name.contains(".j")) {
        journal(name);
      }
    }
    for (var name : files.keySet()) {
      if (name.contains(".s")) {
        segment(name);
      }
    }
  }

  /// A text that is explained from its first byte to its last one.
  private final class Fields {
    private final ByteBuffer bytes;
    private final String mark;

    Fields(byte[] bytes, String mark) {
      this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      this.mark = mark;
    }

    byte[] take(int length, String meaning) {
      var field = new byte[length];
      int at = bytes.position();
      bytes.get(field);
      text.append("%s%5d %4d  ".formatted(mark, at, length));
      var hex = length > 72 ? "" : HEX.formatHex(field);
      if (hex.length() <= 32) {
        text.append("%-34s%s%n".formatted(hex, meaning));
      } else {
        text.append("%s%n%s%12s%34s%s%n".formatted(hex, mark, "", "", meaning));
      }
      if (length > 72) {
        text.append("%s%12s%s%n".formatted(mark, "", HEX.formatHex(sha256(field))));
      }
      return field;
    }

    int number(String meaning) {
      int value = bytes.getInt(bytes.position());
      take(4, meaning + ": " + Integer.toUnsignedString(value));
      return value;
    }

    long large(String meaning) {
      long value = bytes.getLong(bytes.position());
      take(8, meaning + ": " + Long.toUnsignedString(value));
      return value;
    }

    void zeros(int length) {
      if (length > 0) {
        int at = bytes.position();
        var field = new byte[length];
        bytes.get(field);
        require(Arrays.equals(field, new byte[length]), "zeros at " + at);
        text.append("%s%5d %4d  zeros%n".formatted(mark, at, length));
      }
    }

    boolean areZeros(int length) {
      var field = new byte[length];
      bytes.duplicate().get(field);
      return Arrays.equals(field, new byte[length]);
    }

    int left() {
      return bytes.remaining();
    }

    int at() {
      return bytes.position();
    }

    int peek() {
      return bytes.get(bytes.position());
    }
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  private void begin(String name) {
    text.append("### `%s`%n%n```%n".formatted(name));
  }

  private void header() {
    begin("testudo-volume");
    var fields = new Fields(file("testudo-volume"), "");
    fields.take(16, "magic");
    fields.number("version");
    fields.number("suite");
    chunkSize = fields.number("size of a chunk");
    fields.number("epoch of the key");
    fields.large("features that a reader must know");
    fields.large("features that a writer must know");
    fields.large("features that nobody must know");
    fields.take(16, "volume id");
    fields.zeros(4032 - 72);
    var all = file("testudo-volume");
    var sum = fields.take(32, "SHA-256 of bytes 0 to 4031");
    require(Arrays.equals(sum, sha256(Arrays.copyOf(all, 4032))), "the checksum");
    var mac = fields.take(32, "HMAC-SHA-256(K_header, bytes 0 to 4063)");
    var headerKey = hkdf(id, "testudo-volume-v1 header".getBytes(US_ASCII));
    require(Arrays.equals(mac, hmac(headerKey, Arrays.copyOf(all, 4064))), "the HMAC");
    text.append("\nK_header = %s%n".formatted(HEX.formatHex(headerKey)));
    text.append("```\n\n");
  }

  private Fields head(String name, String magic) {
    begin(name);
    var fields = new Fields(file(name), "");
    require(new String(fields.take(16, "magic"), US_ASCII).equals(magic + "\0"), magic);
    require(Arrays.equals(fields.take(16, "volume id"), id), "the volume id");
    fields.take(16, "mount");
    salt = fields.take(32, "salt");
    fields.number("number in the name of the file");
    return fields;
  }

  private void journal(String name) {
    var fields = head(name, "testudo-journal");
    fields.large("number of the record before the first one");
    var before = fields.take(16, "its tag");
    fields.zeros(HEAD - 108);
    while (fields.left() > 0 && fields.peek() == 'T') {
      before = record(fields, before);
    }
    fields.zeros(fields.left());
    text.append("\nK_journal = %s%n```%n%n".formatted(HEX.formatHex(derived("journal"))));
  }

  /// Explains a record, and returns its tag.
  private byte[] record(Fields fields, byte[] before) {
    text.append('\n');
    var head = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    head.put(fields.take(4, "magic of a record"));
    int kind = fields.number("kind");
    int length = fields.number("length of the body");
    var random = fields.take(4, "random half of the nonce");
    long number = fields.large("number of the record");
    fields.zeros(8);
    head.putInt(kind).putInt(length).put(random).putLong(number);
    var sealed = fields.take(length, "the body, encrypted");
    var tag = fields.take(16, "tag");
    var nonce = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).put(random).putLong(number);
    var associated = ByteBuffer.allocate(48).put(head.array()).put(before).array();
    var body = open(derived("journal"), nonce.array(), associated, sealed, tag);
    var within = new Fields(body, "  ");
    switch (kind) {
      case 1 -> mount(within);
      case 2 -> commit(within);
      case 3 -> checkpoint(within);
      case 4 -> require(length == 0, "a seal has no body");
      default -> throw new AssertionError("kind " + kind);
    }
    require(within.left() == 0, "the body of record " + number);
    fields.zeros((512 - fields.at() % 512) % 512);
    return tag;
  }

  private void mount(Fields body) {
    body.large("fence");
    body.large("number of the record that the mount continues");
    body.take(16, "its tag");
  }

  private void checkpoint(Fields body) {
    body.number("suite");
    body.number("size of a chunk");
    body.number("epoch of the key");
    body.zeros(4);
    body.large("features that a reader must know");
    body.number("level of the root");
    body.number("id of the next segment");
    int mounts = body.number("number of mounts");
    int segments = body.number("number of segments");
    pointer(body, 2, "the root");
    for (var i = 0; i < mounts; i++) {
      body.take(16, "mount " + i);
      body.take(32, "its salt");
      body.large("its fence");
    }
    for (var i = 0; i < segments; i++) {
      body.number("id of a segment");
      body.number("index of its mount");
      body.number("number in its name");
      body.number("slots in use");
      body.number("slots with content");
    }
  }

  private void pointer(Fields in, int kind, String to) {
    in.number("pointer to " + to + ", segment");
    int slot = in.number("slot");
    in.number("length");
    var nonce = in.take(12, "nonce");
    var tag = in.take(16, "tag");
    pointed.put(slot, new Pointed(kind, nonce, tag));
  }

  private void commit(Fields body) {
    body.large("known");
    while (body.left() > 0) {
      int operation = body.take(1, "operation")[0];
      switch (operation) {
        case 1 -> {
          int keyLength = shortNumber(body, "put: length of the key");
          int valueLength = shortNumber(body, "length of the value");
          entry(body, keyLength, valueLength);
        }
        case 2 -> entryKey(body, shortNumber(body, "delete: length of the key"));
        case 3 -> {
          body.large("chunk: inode");
          body.large("number of the chunk");
          pointer(body, 1, "the chunk");
        }
        case 4 -> {
          body.large("drop: inode");
          body.large("first chunk");
          body.large("end");
        }
        case 5 -> {
          body.number("segment: id");
          body.number("number in its name");
        }
        case 6 -> {
          body.number("inline: segment");
          int slot = body.number("slot");
          chunk(pointed.get(slot), body.take(chunkSize, "what the slot has, encrypted"));
        }
        default -> throw new AssertionError("operation " + operation);
      }
    }
  }

  private int shortNumber(Fields in, String meaning) {
    int value = in.bytes.getShort(in.at());
    in.take(2, meaning + ": " + value);
    return value;
  }

  private byte[] entryKey(Fields in, int length) {
    var name = Arrays.copyOfRange(in.bytes.array(), in.at(), in.at() + length);
    var from = ByteBuffer.wrap(name);
    var inode = from.getLong();
    var kind = from.get();
    in.take(length, "key: inode %d, %s".formatted(inode, KINDS[kind]));
    return name;
  }

  private static final String[] KINDS = {
    "", "inode", "content", "target", "name", "run", "attribute", "cookie", "orphan", "parent"
  };

  private void entry(Fields in, int keyLength, int valueLength) {
    var name = entryKey(in, keyLength);
    boolean isTotals = name[7] == 2;
    switch (KINDS[name[8]]) {
      case "inode" -> {
        if (isTotals) {
          in.large("number of the next inode");
          in.large("number of inodes");
        } else {
          inode(in);
        }
      }
      case "name" -> {
        in.large("inode");
        in.large("cookie");
      }
      case "cookie" -> {
        in.large("inode");
        in.take(1, "type, as d_type");
        in.take(valueLength - 9, "name");
      }
      case "parent" -> in.large("inode of the directory above");
      case "run" -> {
        for (var i = 0; i < valueLength / 40; i++) {
          pointer(in, 1, "chunk " + i);
        }
      }
      default -> in.take(valueLength, "content");
    }
  }

  private static void inode(Fields in) {
    int mode = in.bytes.getInt(in.at());
    in.take(4, "mode: 0%o".formatted(mode));
    in.number("links");
    in.number("owner");
    in.number("group");
    in.number("device");
    in.number("flags");
    in.large("size");
    in.large("access, ns since 1970");
    in.large("modification");
    in.large("change");
  }

  private void segment(String name) {
    var fields = head(name, "testudo-segment");
    fields.zeros(chunkSize - 84);
    for (var slot = 1; fields.left() > 0; slot++) {
      slot(fields, slot);
    }
    text.append("\nK_data = %s%n".formatted(HEX.formatHex(derived("data"))));
    text.append("K_node = %s%n```%n".formatted(HEX.formatHex(derived("node"))));
  }

  private void slot(Fields fields, int slot) {
    if (fields.areZeros(chunkSize)) {
      fields.zeros(chunkSize); // nothing was written there, or it is still in the journal
      return;
    }
    var chunk = pointed.get(slot);
    if (chunk == null) {
      fields.take(chunkSize, "slot %d: nothing names it, so it means nothing".formatted(slot));
      return;
    }
    var ciphertext = fields.take(chunkSize, "slot %d, encrypted".formatted(slot));
    if (chunk.kind == 2) {
      node(chunk, ciphertext);
    } else {
      chunk(chunk, ciphertext);
    }
  }

  private void chunk(@Nullable Pointed pointer, byte[] ciphertext) {
    if (pointer == null) {
      return; // the first time
    }
    var plain = open(derived("data"), pointer.nonce, associated(1), ciphertext, pointer.tag);
    var length = 0;
    while (length < plain.length && plain[length] == 'x') {
      length++;
    }
    require(
        Arrays.equals(
            Arrays.copyOfRange(plain, length, plain.length), new byte[plain.length - length]),
        "padding");
    text.append("%14s%d times `x`".formatted("", length));
    text.append(length == plain.length ? "\n" : ", %d zeros%n".formatted(plain.length - length));
  }

  private void node(Pointed pointer, byte[] ciphertext) {
    var plain = open(derived("node"), pointer.nonce, associated(2), ciphertext, pointer.tag);
    var node = new Fields(plain, "  ");
    int level = node.take(1, "level")[0];
    require(level == 0, "a leaf");
    node.zeros(1);
    int count = shortNumber(node, "number of entries");
    node.number("bytes of all entries");
    for (var i = 0; i < count; i++) {
      int keyLength = shortNumber(node, "length of the key");
      int valueLength = shortNumber(node, "length of the value");
      entry(node, keyLength, valueLength);
    }
    node.zeros(node.left());
  }

  private byte[] associated(int kind) {
    return ByteBuffer.allocate(18).put(id).put((byte) kind).put((byte) 1).array();
  }

  private byte[] derived(String purpose) {
    var info = ByteBuffer.allocate(100).put(("testudo-volume-v1 " + purpose).getBytes(US_ASCII));
    info.put(id);
    return hkdf(salt, Arrays.copyOf(info.array(), info.position()));
  }

  private byte[] hkdf(byte[] withSalt, byte[] info) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(
              HKDFParameterSpec.ofExtract().addIKM(key).addSalt(withSalt).thenExpand(info, 32));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] open(byte[] key, byte[] nonce, byte[] associated, byte[] text, byte[] tag) {
    try {
      var cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
      cipher.updateAAD(associated);
      var both = Arrays.copyOf(text, text.length + tag.length);
      System.arraycopy(tag, 0, both, text.length, tag.length);
      return cipher.doFinal(both);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] hmac(byte[] key, byte[] bytes) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(bytes);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
