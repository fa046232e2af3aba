package dev.testudo.linux.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/// The structures of `linux/fuse.h` that have little in them.
class NameStructuresTest extends FakeKernel {
  @Test
  void everyOtherStructureIsReadInItsOrder() {
    var operations = new EveryCall();
    var dispatcher = dispatcher(operations);
    var entry =
        "5500000000000000 6600000000000000 0900000000000000 0b00000000000000 0a000000 0c000000"
            + ATTR;
    var opened = "3300000000000000 02000000 00000000";
    assertReply(entry, of(FuseOpcode.SYMLINK).text("n").text("t").to(dispatcher));
    assertReply(
        entry,
        of(FuseOpcode.MKNOD).number(1).number(2).number(18).number(0).text("n").to(dispatcher));
    assertReply(entry, of(FuseOpcode.MKDIR).number(1).number(18).text("n").to(dispatcher));
    assertReply("", of(FuseOpcode.UNLINK).text("n").to(dispatcher));
    assertReply("", of(FuseOpcode.RMDIR).text("n").to(dispatcher));
    assertReply("", of(FuseOpcode.RENAME).longNumber(5).text("n").text("m").to(dispatcher));
    assertReply(
        "",
        of(FuseOpcode.RENAME2)
            .longNumber(5)
            .number(2)
            .number(0)
            .text("n")
            .text("m")
            .to(dispatcher));
    assertReply(entry, of(FuseOpcode.LINK).longNumber(5).text("n").to(dispatcher));
    assertReply(opened, of(FuseOpcode.OPEN).number(2).number(0).to(dispatcher));
    assertReply(opened, of(FuseOpcode.OPENDIR).number(3).number(0).to(dispatcher));
    assertReply(
        entry + opened,
        of(FuseOpcode.CREATE).number(1).number(2).number(18).number(0).text("n").to(dispatcher));
    assertReply(
        entry + opened,
        of(FuseOpcode.TMPFILE).number(1).number(2).number(18).number(0).text("/").to(dispatcher));
    assertReply("", of(FuseOpcode.FLUSH).longNumber(7).bytes(new byte[16]).to(dispatcher));
    assertReply("", of(FuseOpcode.RELEASE).longNumber(7).bytes(new byte[16]).to(dispatcher));
    assertReply("", of(FuseOpcode.RELEASEDIR).longNumber(7).bytes(new byte[16]).to(dispatcher));
    assertReply("", of(FuseOpcode.FSYNC).longNumber(7).number(1).number(0).to(dispatcher));
    assertReply("", of(FuseOpcode.FSYNCDIR).longNumber(7).number(0).number(0).to(dispatcher));
    assertReply("", of(FuseOpcode.SYNCFS).longNumber(0).to(dispatcher));
    assertReply("", of(FuseOpcode.ACCESS).number(4).number(0).to(dispatcher));
    assertReply(
        "",
        of(FuseOpcode.FALLOCATE)
            .longNumber(7)
            .longNumber(8)
            .longNumber(9)
            .number(3)
            .number(0)
            .to(dispatcher));
    assertReply(
        "0d00000000000000",
        of(FuseOpcode.LSEEK).longNumber(7).longNumber(8).number(3).number(0).to(dispatcher));
    var copy = new long[] {7, 8, 9, 10, 11, 12, 0};
    var request = of(FuseOpcode.COPY_FILE_RANGE);
    for (long each : copy) {
      request.longNumber(each);
    }
    assertReply("0c00000000000000", request.to(dispatcher));
    assertEquals(EveryCall.EXPECTED, operations.calls);
  }

  /// Notes every call that has no test of its own.
  private static final class EveryCall extends Noting {
    static final List<String> EXPECTED =
        List.of(
            "symlink n t",
            "mknod n FuseCreation[mode=1, device=2, flags=0]",
            "mkdir n FuseCreation[mode=1, device=0, flags=0]",
            "unlink n",
            "rmdir n",
            "rename n 5 m 0",
            "rename n 5 m 2",
            "link n 5",
            "open 2",
            "opendir 3",
            "create n FuseCreation[mode=2, device=0, flags=1]",
            "tmpfile FuseCreation[mode=2, device=0, flags=1]",
            "flush 7",
            "release 7",
            "releasedir 7",
            "fsync 7 true",
            "fsyncdir 7 false",
            "syncfs",
            "access 4",
            "fallocate FuseRange[handle=7, offset=8, length=9] 3",
            "lseek 8 3",
            "copy FuseRange[handle=7, offset=8, length=12] 9 11");

    private static final FuseEntry ENTRY = FuseEntry.of(0x55, 0x66, ATTRIBUTES, LIFETIMES);
    private static final FuseOpened OPENED = new FuseOpened(0x33, FuseOpened.FOPEN_KEEP_CACHE);

    @Override
    public FuseEntry symbolicLink(FuseRequest request, byte[] name, byte[] target) {
      note("symlink", name, target);
      return ENTRY;
    }

    @Override
    public FuseEntry makeNode(FuseRequest request, byte[] name, FuseCreation creation) {
      note("mknod", name, creation);
      return ENTRY;
    }

    @Override
    public FuseEntry makeDirectory(FuseRequest request, byte[] name, FuseCreation creation) {
      note("mkdir", name, creation);
      return ENTRY;
    }

    @Override
    public void unlink(FuseRequest request, byte[] name) {
      note("unlink", name);
    }

    @Override
    public void removeDirectory(FuseRequest request, byte[] name) {
      note("rmdir", name);
    }

    @Override
    public void rename(
        FuseRequest request, byte[] name, long newParent, byte[] newName, int flags) {
      note("rename", name, newParent, newName, flags);
    }

    @Override
    public FuseEntry link(FuseRequest request, byte[] name, long target) {
      note("link", name, target);
      return ENTRY;
    }

    @Override
    public FuseOpened open(FuseRequest request, int flags) {
      note("open", flags);
      return OPENED;
    }

    @Override
    public FuseOpened openDirectory(FuseRequest request, int flags) {
      note("opendir", flags);
      return OPENED;
    }

    @Override
    public FuseCreated create(FuseRequest request, byte[] name, FuseCreation creation) {
      note("create", name, creation);
      return new FuseCreated(ENTRY, OPENED);
    }

    @Override
    public FuseCreated createUnnamed(FuseRequest request, FuseCreation creation) {
      note("tmpfile", creation);
      return new FuseCreated(ENTRY, OPENED);
    }

    @Override
    public void flush(FuseRequest request, long handle) {
      note("flush", handle);
    }

    @Override
    public void release(FuseRequest request, long handle) {
      note("release", handle);
    }

    @Override
    public void releaseDirectory(FuseRequest request, long handle) {
      note("releasedir", handle);
    }

    @Override
    public void synchronize(FuseRequest request, long handle, boolean dataOnly) {
      note("fsync", handle, dataOnly);
    }

    @Override
    public void synchronizeDirectory(FuseRequest request, long handle, boolean dataOnly) {
      note("fsyncdir", handle, dataOnly);
    }

    @Override
    public void synchronizeAll(FuseRequest request) {
      note("syncfs");
    }

    @Override
    public void access(FuseRequest request, int mask) {
      note("access", mask);
    }

    @Override
    public void allocate(FuseRequest request, FuseRange range, int mode) {
      note("fallocate", range, mode);
    }

    @Override
    public long seek(FuseRequest request, long offset, int whence) {
      note("lseek", offset, whence);
      return 13;
    }

    @Override
    public long copyRange(FuseRequest request, FuseRange range, long target, long to) {
      note("copy", range, target, to);
      return 12;
    }
  }
}
