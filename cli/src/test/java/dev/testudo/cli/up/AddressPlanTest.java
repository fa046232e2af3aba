package dev.testudo.cli.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.exit.CommandFailed;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AddressPlanTest {
  private static List<String> services(int count) {
    return IntStream.range(0, count).mapToObj(i -> "s" + i).toList();
  }

  @Test
  void theSameMeshAlwaysHasTheSameAddresses() throws CommandFailed {
    var plan = AddressPlan.of("patients", List.of("redis", "flask"));
    assertEquals("127.103.156.2", plan.address("redis"));
    assertEquals("127.103.156.3", plan.address("flask"));
    assertEquals(
        plan.addresses(), AddressPlan.of("patients", List.of("redis", "flask")).addresses());
  }

  @Test
  void addressesAreDistinctAndStayInTheLoopbackNetwork() throws CommandFailed {
    var plan = AddressPlan.of("big", services(AddressPlan.MAX_SERVICES));
    assertEquals(AddressPlan.MAX_SERVICES, new HashSet<>(plan.addresses().values()).size());
    for (var address : plan.addresses().values()) {
      var parts = address.split("\\.", -1);
      assertEquals("127", parts[0]);
      assertTrue(Integer.parseInt(parts[1]) >= 64 && Integer.parseInt(parts[1]) < 124, address);
      assertTrue(Integer.parseInt(parts[3]) >= 2 && Integer.parseInt(parts[3]) < 255, address);
    }
  }

  @Test
  void twoMeshesDoNotShareAddresses() throws CommandFailed {
    assertNotEquals(
        AddressPlan.of("one", services(1)).address("s0"),
        AddressPlan.of("two", services(1)).address("s0"));
  }

  @Test
  void tooManyServicesAreRefused() {
    var many = services(AddressPlan.MAX_SERVICES + 1);
    assertThrows(CommandFailed.class, () -> AddressPlan.of("big", many));
  }

  @Test
  void anAddressLeadsBackToItsService() throws CommandFailed {
    var plan = AddressPlan.of("patients", services(2));
    assertEquals(Optional.of("s1"), plan.service(plan.address("s1")));
    assertEquals(Optional.empty(), plan.service("10.0.0.1"));
  }

  @Test
  void theHostsFileHasTheNamesOfEveryService() throws CommandFailed {
    assertEquals(
        """
        127.0.0.1 localhost laptop
        127.103.156.2 redis cache
        127.103.156.3 flask
        """,
        AddressPlan.of("patients", List.of("redis", "flask"))
            .hostsFile("laptop", Map.of("cache", "redis", "redis", "redis", "10.0.0.1", "flask")));
  }
}
