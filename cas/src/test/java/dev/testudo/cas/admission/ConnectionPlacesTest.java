package dev.testudo.cas.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConnectionPlacesTest {
  private final AtomicLong now = new AtomicLong();
  private final ConnectionPlaces<Object> places = new ConnectionPlaces<>(() -> now.addAndGet(1000));
  private final Origin one = new Origin("1");

  private Object enter(Origin origin) {
    var connection = new Object();
    assertEquals(List.of(), places.enter(connection, origin));
    return connection;
  }

  @Test
  void anAddressWithAllItsPlacesLosesItsOldestSilentConnection() {
    var honest = enter(one);
    places.spoke(honest);
    places.proved(honest);
    var oldest = enter(one);
    for (var i = 2; i < Limit.ADDRESS_CONNECTIONS.value(); i++) {
      enter(one);
    }
    var next = new Object();
    assertSame(oldest, places.enter(next, one).getFirst());
    for (var i = 0; i < 10_000; i++) {
      var victims = places.enter(new Object(), one);
      assertEquals(1, victims.size());
      assertNotEquals(honest, victims.getFirst());
    }
    assertEquals(Limit.ADDRESS_CONNECTIONS.value(), places.taken());
  }

  @Test
  void whenAllPlacesAreTakenTheLargestHolderLosesOne() {
    var small = enter(new Origin("small"));
    for (var i = 0; places.taken() < Limit.CONNECTIONS.value(); i++) {
      enter(new Origin("o" + i % 10));
    }
    for (var i = 0; i < 1000; i++) {
      var victims = places.enter(new Object(), new Origin("o" + i % 10));
      assertEquals(1, victims.size());
      assertNotEquals(small, victims.getFirst());
    }
    assertEquals(Limit.CONNECTIONS.value(), places.taken());
  }

  @Test
  void aConnectionThatEntersTwiceHasOnePlace() {
    for (var i = 0; i < 2 * Limit.ADDRESS_CONNECTIONS.value(); i++) {
      var connection = enter(one);
      assertEquals(List.of(), places.enter(connection, one));
      places.leave(connection);
    }
    assertEquals(0, places.taken());
  }

  @Test
  void aHandshakeThatTakesTooLongIsOverdueHoweverMuchIsSent() {
    var slow = enter(one);
    var done = enter(one);
    places.spoke(slow);
    places.proved(done);
    assertTrue(places.overdue().isEmpty());
    now.addAndGet(TimeUnit.SECONDS.toNanos(Limit.HANDSHAKE_SECONDS.value()));
    places.spoke(slow);
    assertEquals(List.of(slow), places.overdue());
    assertEquals(1, places.taken());
  }

  @Test
  void allOfOneNetworkOfIpv6IsOneAddress() {
    var first = Origin.of(InetAddress.ofLiteral("2001:db8:1:2::1"));
    assertEquals(first, Origin.of(InetAddress.ofLiteral("2001:db8:1:2:ffff::9")));
    assertNotEquals(first, Origin.of(InetAddress.ofLiteral("2001:db8:1:3::1")));
    assertNotEquals(
        Origin.of(InetAddress.ofLiteral("127.0.0.1")),
        Origin.of(InetAddress.ofLiteral("127.0.0.2")));
  }
}
