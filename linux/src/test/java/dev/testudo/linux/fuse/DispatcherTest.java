package dev.testudo.linux.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.linux.sys.Errno;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// The structures of `linux/fuse.h` with attributes, bytes and entries of directories.
class DispatcherTest extends FakeKernel {
  @Test
  void anEntryHasNodeGenerationLifetimesAndAttributes() {
    var operations =
        new Noting() {
          @Override
          public FuseEntry lookup(FuseRequest request, byte[] name) {
            note(request.node(), request.uid(), request.gid(), request.pid(), name);
            return FuseEntry.of(0x55, 0x66, ATTRIBUTES, LIFETIMES);
          }
        };
    assertReply(
        "5500000000000000 6600000000000000 0900000000000000 0b00000000000000 0a000000 0c000000"
            + ATTR,
        FakeRequest.of(FuseOpcode.LOOKUP, 0x44).text("name").to(dispatcher(operations)));
    assertEquals(List.of("68 1 2 3 name"), operations.calls);
  }

  @Test
  void aMissingEntryHasOnlyTheLifetimeOfItsName() {
    var operations =
        new FuseOperations() {
          @Override
          public FuseEntry lookup(FuseRequest request, byte[] name) {
            return FuseEntry.absent(LIFETIMES);
          }
        };
    assertReply(
        "00".repeat(16) + "0900000000000000 0b00000000000000 0a000000 0c000000" + "00".repeat(88),
        FakeRequest.of(FuseOpcode.LOOKUP, 1).text("n").to(dispatcher(operations)));
  }

  @Test
  void attributesAreReportedInBothForms() {
    var operations =
        new FuseOperations() {
          @Override
          public FuseStatus status(FuseRequest request) {
            return new FuseStatus(ATTRIBUTES, LIFETIMES);
          }

          @Override
          public FuseExtendedStatus extendedStatus(FuseRequest request) {
            return new FuseExtendedStatus(status(request), Instant.ofEpochSecond(6, 4));
          }
        };
    assertReply(
        "0b00000000000000 0c000000 00000000" + ATTR,
        FakeRequest.of(FuseOpcode.GETATTR, 1)
            .longNumber(0)
            .longNumber(0)
            .to(dispatcher(operations)));
    assertReply(
        // attr_valid, its nanoseconds, flags, spare
        "0b00000000000000 0c000000 00000000"
            + "00".repeat(16)
            // mask, blksize, attributes, nlink, uid, gid, mode, spare
            + "ff0f0000 00200000 0000000000000000 07000000 e8000000 e9000000 a481 0000"
            // ino, size, blocks, attributes_mask
            + "2211000000000000 0010000000000000 0800000000000000 0000000000000000"
            // atime, btime, ctime, mtime
            + "feffffffffffffff 01000000 00000000 0600000000000000 04000000 00000000"
            + "0500000000000000 03000000 00000000 0000000001000000 02000000 00000000"
            // devices, spare
            + "00".repeat(16 + 112),
        FakeRequest.of(FuseOpcode.STATX, 1)
            .longNumber(0)
            .longNumber(0)
            .longNumber(0)
            .to(dispatcher(operations)));
  }

  @Test
  void aChangeSetsWhatIsMarkedAsValid() {
    var seen = new ArrayList<FuseChange>();
    var operations =
        new FuseOperations() {
          @Override
          public FuseStatus change(FuseRequest request, FuseChange change) {
            seen.add(change);
            return new FuseStatus(ATTRIBUTES, LIFETIMES);
          }
        };
    var dispatcher = dispatcher(operations);
    change(0xfff & ~(1 << 7)).to(dispatcher);
    assertEquals(
        new FuseChange(
            OptionalInt.of(0x1ed),
            OptionalInt.of(21),
            OptionalInt.of(22),
            OptionalLong.of(0x99),
            new FuseTimesChange(
                Optional.of(new FuseTime.At(Instant.ofEpochSecond(-3, 7))),
                Optional.of(new FuseTime.Now()),
                Optional.of(new FuseTime.At(Instant.ofEpochSecond(5, 9)))),
            true),
        seen.getFirst());
    change(0).to(dispatcher);
    assertEquals(
        new FuseChange(
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalLong.empty(),
            new FuseTimesChange(Optional.empty(), Optional.empty(), Optional.empty()),
            false),
        seen.getLast());
  }

  /// `struct fuse_setattr_in`.
  private static FakeRequest change(int valid) {
    return FakeRequest.of(FuseOpcode.SETATTR, 1)
        .number(valid)
        .number(0)
        .longNumber(0) // fh
        .longNumber(0x99) // size
        .longNumber(0) // lock_owner
        .longNumber(-3) // atime
        .longNumber(4) // mtime
        .longNumber(5) // ctime
        .number(7)
        .number(8)
        .number(9)
        .number(0x1ed) // mode
        .number(0)
        .number(21) // uid
        .number(22) // gid
        .number(0);
  }

  @Test
  void readsAndWritesCarryTheirBytes() {
    var operations =
        new Noting() {
          @Override
          public int read(FuseRequest request, FuseRead read) {
            note("read", read.range());
            read.into()[read.start()] = 0x41;
            read.into()[read.start() + 1] = 0x42;
            return 2;
          }

          @Override
          public void write(FuseRequest request, FuseWrite write) {
            note(
                "write",
                write.range(),
                new String(write.bytes(), write.start(), write.length(), StandardCharsets.UTF_8),
                write.fromCache(),
                write.dropPrivileges());
          }
        };
    var dispatcher = dispatcher(operations);
    assertReply("4142", read(FuseOpcode.READ, 0x10, 100).to(dispatcher));
    assertReply(
        "0300000000000000", transfer(FuseOpcode.WRITE, 5, 3, 5).bytes(b("xyz")).to(dispatcher));
    assertEquals(
        List.of(
            "read FuseRange[handle=48, offset=16, length=100]",
            "write FuseRange[handle=48, offset=5, length=3] xyz true true"),
        operations.calls);
  }

  @Test
  void directoriesAreListedAsLongAsThereIsRoom() {
    var operations =
        new Noting() {
          @Override
          public void readDirectory(
              FuseRequest request, long handle, long from, FuseDirectory entries) {
            note(from, entries.add(b("ab"), 0x99, 0x41ed, 3), entries.add(b("x"), 1, 0x8000, 4));
          }

          @Override
          public void readDirectoryPlus(
              FuseRequest request, long handle, long from, FuseDirectory entries) {
            var entry = FuseEntry.of(0x55, 0x66, ATTRIBUTES, LIFETIMES);
            note(from, entries.add(b("12345678"), entry, 3));
          }
        };
    var dispatcher = dispatcher(operations);
    assertReply(
        "9900000000000000 0300000000000000 02000000 04000000 6162000000000000",
        read(FuseOpcode.READDIR, 2, 40).to(dispatcher));
    assertReply(
        "5500000000000000 6600000000000000 0900000000000000 0b00000000000000 0a000000 0c000000"
            + ATTR
            + "2211000000000000 0300000000000000 08000000 08000000 3132333435363738",
        read(FuseOpcode.READDIRPLUS, 0, 200).to(dispatcher));
    assertEquals(List.of("2 true false", "0 true"), operations.calls);
  }

  @Test
  void extendedAttributesAreAnsweredWithTheirLengthFirst() {
    var operations =
        new Noting() {
          @Override
          public void setAttribute(FuseRequest request, byte[] name, byte[] value, int flags) {
            note("set", name, value, flags);
          }

          @Override
          public byte[] attribute(FuseRequest request, byte[] name) {
            return b("value");
          }

          @Override
          public List<byte[]> attributes(FuseRequest request) {
            return List.of(b("a"), b("bc"));
          }

          @Override
          public void removeAttribute(FuseRequest request, byte[] name) {
            note("remove", name);
          }
        };
    var dispatcher = dispatcher(operations);
    var set = of(FuseOpcode.SETXATTR).number(3).number(1).text("user.a").bytes(b("val"));
    assertReply("", set.to(dispatcher));
    assertReply(
        "0500000000000000",
        of(FuseOpcode.GETXATTR).number(0).number(0).text("user.a").to(dispatcher));
    assertReply(
        "76616c7565", of(FuseOpcode.GETXATTR).number(5).number(0).text("user.a").to(dispatcher));
    assertError(
        Errno.ERANGE, of(FuseOpcode.GETXATTR).number(4).number(0).text("user.a").to(dispatcher));
    assertReply("0500000000000000", of(FuseOpcode.LISTXATTR).longNumber(0).to(dispatcher));
    assertReply("6100626300", of(FuseOpcode.LISTXATTR).number(5).number(0).to(dispatcher));
    assertReply("", of(FuseOpcode.REMOVEXATTR).text("user.a").to(dispatcher));
    assertEquals(List.of("set user.a val 1", "remove user.a"), operations.calls);
  }

  @Test
  void theSpaceIsReported() {
    var operations =
        new FuseOperations() {
          @Override
          public FuseSpace space(FuseRequest request) {
            return new FuseSpace(0x2000, 1, 2, 3, 4, 5);
          }
        };
    assertReply(
        "0100000000000000 0200000000000000 0300000000000000 0400000000000000 0500000000000000"
            + "00200000 ff000000 00200000"
            + "00".repeat(28),
        of(FuseOpcode.STATFS).to(dispatcher(operations)));
  }

  @Test
  void nodesAreForgottenOneByOneAndTogether() {
    var operations =
        new Noting() {
          @Override
          public void forget(long node, long lookups) {
            note(node, lookups);
          }
        };
    var dispatcher = dispatcher(operations);
    assertEquals(0, of(FuseOpcode.FORGET).longNumber(3).to(dispatcher).remaining());
    var several = of(FuseOpcode.BATCH_FORGET).number(2).number(0);
    several.longNumber(5).longNumber(6).longNumber(7).longNumber(8);
    assertEquals(0, several.to(dispatcher).remaining());
    assertEquals(0, of(FuseOpcode.BATCH_FORGET).number(9).number(0).to(dispatcher).remaining());
    assertEquals(List.of("1 3", "5 6", "7 8"), operations.calls);
    assertEquals(1, malformed.size());
  }

  @Test
  void kernelAndServerAgreeOnWhatBothKnow() {
    var all = FakeRequest.of(FuseOpcode.INIT, 0).number(7).number(99).number(0x20000);
    var reply = all.number(-1).number(-1).bytes(new byte[44]).to(dispatcher(new Noting()));
    assertReply(
        // major, minor, max_readahead, flags
        "07000000 2d000000 00000200 21e0e751"
            // max_background, congestion_threshold, max_write, time_gran, max_pages, map_alignment
            + "4000 3000 00200000 01000000 0200 0000"
            // flags2, unused
            + "10000000"
            + "00".repeat(28),
        reply);
  }
}
