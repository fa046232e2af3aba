package dev.testudo.linux.fuse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.linux.sys.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What becomes of requests that are wrong.
class HostileRequestsTest extends FakeKernel {
  @Test
  void anOldKernelIsRefusedAndANewerOneIsAskedAgain() {
    var old = FakeRequest.of(FuseOpcode.INIT, 0).number(7).number(30).number(0).number(-1);
    assertError(Errno.EPROTO, old.bytes(new byte[48]).to(dispatcher(new Noting())));
    var next = FakeRequest.of(FuseOpcode.INIT, 0).number(8).number(0).number(0).number(-1);
    assertReply("0700000000000000", next.bytes(new byte[48]).to(dispatcher(new Noting())));
  }

  @ParameterizedTest
  @EnumSource(FuseOpcode.class)
  void aRequestThatIsCutOffIsAnErrorAndNothingElse(FuseOpcode opcode) throws IOException {
    var dispatcher = dispatcher(new MemoryFileSystem());
    for (var length = 0; length < 40; length++) {
      var request = of(opcode).array();
      System.arraycopy(request, 0, dispatcher.request(), 0, 40);
      assertEquals(0, dispatcher.perform(length));
    }
    for (var more = 0; more < 100; more++) {
      of(opcode).bytes(new byte[more]).to(dispatcher);
    }
    var lies = of(opcode).array();
    lies[0] = 41;
    System.arraycopy(lies, 0, dispatcher.request(), 0, 40);
    assertEquals(opcode.isSilent() ? 0 : 16, dispatcher.perform(40));
    assertEquals(List.of(), failures);
  }

  @Test
  void namesThatLeadElsewhereReachNoFileSystem() {
    var operations = new Noting();
    var dispatcher = dispatcher(operations);
    for (var name : List.of("", ".", "..", "a/b", "/")) {
      assertError(Errno.EINVAL, of(FuseOpcode.LOOKUP).text(name).to(dispatcher));
      assertError(Errno.EINVAL, of(FuseOpcode.UNLINK).text(name).to(dispatcher));
    }
    assertError(Errno.EINVAL, of(FuseOpcode.LOOKUP).bytes(b("endless")).to(dispatcher));
    assertError(Errno.EINVAL, of(FuseOpcode.LOOKUP).text("a").text("b").to(dispatcher));
    assertEquals(12, malformed.size());
    assertError(Errno.ENAMETOOLONG, of(FuseOpcode.LOOKUP).text("x".repeat(256)).to(dispatcher));
  }

  @Test
  void rangesOutsideOfAFileReachNoFileSystem() {
    var dispatcher = dispatcher(new Noting());
    assertError(Errno.EINVAL, read(FuseOpcode.READ, -1, 1).to(dispatcher));
    assertError(Errno.EINVAL, read(FuseOpcode.READ, Long.MAX_VALUE, 1).to(dispatcher));
    assertError(Errno.EINVAL, read(FuseOpcode.READ, 0, 8193).to(dispatcher));
    assertError(Errno.EINVAL, read(FuseOpcode.READ, 0, -1).to(dispatcher));
    assertError(Errno.EINVAL, read(FuseOpcode.WRITE, 0, 5).bytes(b("1234")).to(dispatcher));
    assertError(Errno.EINVAL, read(FuseOpcode.WRITE, 0, 3).bytes(b("1234")).to(dispatcher));
    assertError(Errno.EINVAL, read(FuseOpcode.WRITE, 0, -1).to(dispatcher));
    assertError(Errno.EINVAL, read(FuseOpcode.WRITE, -5, 4).bytes(b("1234")).to(dispatcher));
    assertEquals(8, malformed.size());
  }

  @Test
  void unknownRequestsAreNotImplemented() {
    var dispatcher = dispatcher(new Noting());
    var request = of(FuseOpcode.LOOKUP).array();
    for (int opcode : new int[] {0, 7, 19, 54, 4096, -1, Integer.MIN_VALUE}) {
      var bytes = ByteBuffer.wrap(request.clone()).order(ByteOrder.LITTLE_ENDIAN);
      bytes.putInt(4, opcode);
      System.arraycopy(bytes.array(), 0, dispatcher.request(), 0, 40);
      assertEquals(16, dispatcher.perform(40));
    }
    assertArrayEquals(new byte[] {-38, -1, -1, -1}, Arrays.copyOfRange(dispatcher.reply(), 4, 8));
  }
}
