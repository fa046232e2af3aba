package dev.testudo.linux.sys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(200)
class SocketsTest {
  private static SocketAddress.Inet4 loopback(int port) {
    return new SocketAddress.Inet4((Inet4Address) InetAddress.ofLiteral("127.0.0.1"), port);
  }

  private static Fd socket(int flags) throws ErrnoException {
    return Sockets.socket(SocketAddress.AF_INET, Sockets.SOCK_STREAM | flags, 0);
  }

  @Test
  void aSocketInBlockingModeConnectsWithoutWaiting() throws Exception {
    try (var listener = socket(0);
        var first = socket(0);
        var client = socket(0)) {
      Sockets.bind(listener, loopback(0));
      Sockets.listen(listener, 0);
      var target = Sockets.getsockname(listener);
      assertEquals(0, Sockets.connect(first, target));
      for (var looks = 0; Sockets.poll(listener, Epoll.EPOLLIN) == 0; looks++) {
        assertTrue(looks < 60_000, "the first connection does not arrive");
        Thread.sleep(1); // when it has, the queue is full
      }
      assertEquals(Errno.EINPROGRESS, Sockets.connectWithoutWaiting(client, target));
      assertEquals(Errno.EALREADY, Sockets.connectWithoutWaiting(client, target));
      assertEquals(0, Sockets.poll(client, Epoll.EPOLLOUT | Epoll.EPOLLIN));
    }
  }

  @Test
  void bytesTravelFromAndToTheHeap() throws Exception {
    var pair = Sockets.socketpair(Sockets.SOCK_STREAM);
    try (var one = pair[0];
        var other = pair[1]) {
      var buffer = MemorySegment.ofArray(new byte[16]);
      assertEquals(Sockets.WOULD_BLOCK, Sockets.recv(other, buffer));
      assertEquals(5, Sockets.send(one, MemorySegment.ofArray("hello".getBytes(UTF_8))));
      assertEquals(5, Sockets.recv(other, buffer));
      Sockets.shutdown(one, Sockets.SHUT_WR);
      assertEquals(0, Sockets.recv(other, buffer));
    }
  }

  @Test
  void aDuplicateIsTheSameSocketAndAClosedDescriptorIsNone() throws Exception {
    var one = socket(0);
    try (var other = one.duplicate()) {
      assertEquals(Sockets.cookie(one), Sockets.cookie(other));
      one.close();
      one.close();
      assertFalse(one.isOpen());
      assertThrows(IllegalStateException.class, () -> Sockets.cookie(one));
      assertTrue(Sockets.cookie(other) != 0);
    }
  }

  @Test
  void theKernelTellsWhetherAListenerStillExists() throws Exception {
    var listener = socket(0);
    try (var diag = new SocketDiag()) {
      Sockets.bind(listener, loopback(0));
      var address = (SocketAddress.Inet) Sockets.getsockname(listener);
      long cookie = Sockets.cookie(listener);
      assertFalse(diag.listens(address, cookie));
      Sockets.listen(listener, 1);
      assertTrue(diag.listens(address, cookie));
      assertFalse(diag.listens(address, cookie + 1));
      listener.close();
      assertFalse(diag.listens(address, cookie));
    }
  }

  @Test
  void theKernelTellsWhetherAConnectionStillExists() throws Exception {
    var client = socket(0);
    try (var diag = new SocketDiag();
        var listener = socket(0)) {
      Sockets.bind(listener, loopback(0));
      Sockets.listen(listener, 1);
      var peer = (SocketAddress.Inet) Sockets.getsockname(listener);
      assertEquals(0, Sockets.connect(client, peer));
      var local = (SocketAddress.Inet) Sockets.getsockname(client);
      long cookie = Sockets.cookie(client);
      assertTrue(diag.connects(local, peer, cookie));
      assertFalse(diag.connects(local, peer.withPort(1), cookie));
      client.close();
      // The other end is open: the connection exists, but no descriptor refers to this socket.
      assertFalse(diag.connects(local, peer, cookie));
    }
  }

  @Test
  void errorsNameTheCallAndItsReason() throws Exception {
    try (var socket = socket(0)) {
      var error = assertThrows(ErrnoException.class, () -> Sockets.getpeername(socket));
      assertEquals("getpeername: ENOTCONN", error.getMessage());
      assertEquals(Errno.ENOTCONN, error.errno());
    }
  }
}
