package dev.testudo.linux.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Sends requests to a dispatcher, and compares its replies byte by byte.
abstract class FakeKernel {
  static final FuseAttributes ATTRIBUTES =
      new FuseAttributes(
          0x1122,
          0x81a4,
          7,
          new FuseOwnership(0xe8, 0xe9),
          new FuseSize(0x1000, 8, 0x2000),
          new FuseTimes(
              Instant.ofEpochSecond(-2, 1),
              Instant.ofEpochSecond(0x1_0000_0000L, 2),
              Instant.ofEpochSecond(5, 3)));

  static final FuseLifetimes LIFETIMES =
      new FuseLifetimes(Duration.ofSeconds(9, 10), Duration.ofSeconds(11, 12));

  /// `struct fuse_attr` of [#ATTRIBUTES]: ino, size, blocks, atime, mtime, ctime, their
  /// nanoseconds, mode, nlink, uid, gid, rdev, blksize, flags.
  static final String ATTR =
      """
      2211000000000000 0010000000000000 0800000000000000
      feffffffffffffff 0000000001000000 0500000000000000
      01000000 02000000 03000000 a4810000 07000000
      e8000000 e9000000 00000000 00200000 00000000
      """;

  /// Notes how each method was called.
  static class Noting implements FuseOperations {
    final List<String> calls = new ArrayList<>();

    void note(Object... words) {
      var text = new StringBuilder();
      for (Object word : words) {
        text.append(text.isEmpty() ? "" : " ");
        text.append(word instanceof byte[] name ? new String(name, StandardCharsets.UTF_8) : word);
      }
      calls.add(text.toString());
    }
  }

  final FuseSettings settings = FuseSettings.of("test", 1).withTransfer(8192);
  final List<String> malformed = new ArrayList<>();
  final List<Exception> failures = new ArrayList<>();

  Dispatcher dispatcher(FuseOperations operations) {
    var listener =
        new FuseListener() {
          @Override
          public void failed(FuseOpcode opcode, Exception reason) {
            failures.add(reason);
          }

          @Override
          public void malformed(String what) {
            malformed.add(what);
          }

          @Override
          public void ended(FuseEnd end) {}
        };
    return new Dispatcher(operations, settings, new ServerState(listener, new NoNotifier()));
  }

  /// Tells nobody.
  static final class NoNotifier implements FuseNotifier {
    @Override
    public void invalidateInode(long node, long offset, long length) {}

    @Override
    public void invalidateEntry(long parent, byte[] name) {}
  }

  /// A reply with this body: length, no error, the number of the request, the body.
  static void assertReply(String body, ByteBuffer reply) {
    var expected = HexFormat.of().parseHex(body.replaceAll("\\s", ""));
    var head = ByteBuffer.allocate(16).order(reply.order());
    head.putInt(16 + expected.length).putInt(0).putLong(0x77);
    var bytes = new byte[reply.remaining()];
    reply.get(bytes);
    assertEquals(
        HexFormat.of().formatHex(head.array()) + HexFormat.of().formatHex(expected),
        HexFormat.of().formatHex(bytes));
  }

  static void assertError(int errno, ByteBuffer reply) {
    assertEquals(16, reply.remaining());
    assertEquals(16, reply.getInt(0));
    assertEquals(-errno, reply.getInt(4));
    assertEquals(0x77, reply.getLong(8));
  }

  /// `struct fuse_read_in` and `struct fuse_write_in`.
  static FakeRequest transfer(FuseOpcode opcode, long offset, int size, int flags) {
    return FakeRequest.of(opcode, 1)
        .longNumber(0x30) // fh
        .longNumber(offset)
        .number(size)
        .number(flags)
        .longNumber(0) // lock_owner
        .longNumber(0); // flags
  }

  static FakeRequest read(FuseOpcode opcode, long offset, int size) {
    return transfer(opcode, offset, size, 0);
  }

  static byte[] b(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static FakeRequest of(FuseOpcode opcode) {
    return FakeRequest.of(opcode, 1);
  }
}
