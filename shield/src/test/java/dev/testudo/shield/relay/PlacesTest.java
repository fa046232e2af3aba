package dev.testudo.shield.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.sys.SocketAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlacesTest {
  private final List<String> granted = new ArrayList<>();

  private Places.Place ask(Places places, String address) {
    var inet = (Inet4Address) InetAddress.ofLiteral(address);
    return places.ask(new SocketAddress.Inet4(inet, 4711), () -> granted.add(address));
  }

  @Test
  void aPeerWaitsUntilAPlaceIsGivenBack() {
    var places = new Places(1);
    var first = ask(places, "10.0.0.1");
    var second = ask(places, "10.0.0.2");
    assertTrue(first.isGranted());
    assertFalse(second.isGranted());
    first.giveBack();
    first.giveBack();
    assertTrue(second.isGranted());
    assertFalse(ask(places, "10.0.0.3").isGranted());
    assertEquals(List.of("10.0.0.2"), granted);
  }

  @Test
  void theDoorIsClosedWhileAuthenticatedPeersHoldAllPlaces() {
    var places = new Places(1);
    var first = ask(places, "10.0.0.1");
    assertTrue(places.openOr(() -> {}));
    first.hold();
    assertFalse(places.openOr(() -> granted.add("open")));
    first.giveBack();
    assertEquals(List.of("open"), granted);
    assertTrue(places.openOr(() -> {}));
  }

  @Test
  void theAddressWithTheFewestHandshakesIsNext() {
    var places = new Places(2);
    var first = ask(places, "10.0.0.1");
    ask(places, "10.0.0.1");
    ask(places, "10.0.0.1");
    ask(places, "10.0.0.2");
    first.giveBack();
    assertEquals(List.of("10.0.0.2"), granted);
  }

  @Test
  void moreMayShakeHandsWhileTheProgramTakesThemAsTheyCome() {
    var places = new Places(1);
    for (int i = 0; i < 3; i++) {
      var taken = ask(places, "10.0.0.1");
      taken.hold();
      taken.giveBack();
    }
    assertTrue(ask(places, "10.0.0.1").isGranted());
    var second = ask(places, "10.0.0.2");
    assertTrue(second.isGranted());
    second.hold();
    assertFalse(ask(places, "10.0.0.3").isGranted());
  }

  @Test
  void aNewLimitHoldsAtOnce() {
    var places = new Places(1);
    ask(places, "10.0.0.1").hold();
    ask(places, "10.0.0.2");
    ask(places, "10.0.0.3");
    places.limit(2);
    assertEquals(List.of("10.0.0.2"), granted);
  }
}
