package dev.testudo.policy.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostsTest {
  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "0.0.0.0", "::1", "2001:db8:0:01::7", "::ffff:192.0.2.7"})
  void anAddressInItsUsualFormIsOne(String text) {
    assertTrue(Hosts.literal(text).isPresent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"010.0.0.1", "10.0.0.01", "127.1", "2130706433", "10.0.0.256", "::ffff:10.0.0.01"})
  void anAddressThatReadersTakeForDifferentOnesIsNone(String text) {
    assertEquals(Optional.empty(), Hosts.literal(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"010.0.0.1", "127.1", "db.7", "a..b", "-a", "a,b", "a/b"})
  void whatEndsWithANumberIsNoHostName(String text) {
    assertFalse(Hosts.isDnsName(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"db", "db7", "7", "db.example.org", "my_db", "10.0.0.1"})
  void hostNamesAreAccepted(String text) {
    assertTrue(Hosts.isDnsName(text));
  }
}
