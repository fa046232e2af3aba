package dev.testudo.linux.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Needs CAP_NET_ADMIN and CAP_SYS_ADMIN. Each test has a network namespace of its own, which the
/// thread and the programs that it starts are in.
@Timeout(200)
class NetworkInterfacePrivilegedTest {
  private static final int CLONE_NEWNET = 0x4000_0000;

  private static <T> T inItsOwnNetwork(Callable<T> work) throws Exception {
    var task =
        new FutureTask<>(
            () -> {
              Native.checked("unshare", Native.call(SystemCall.UNSHARE, CLONE_NEWNET));
              return work.call();
            });
    Thread.ofPlatform().start(task);
    return task.get();
  }

  private static String ip(String... arguments) throws Exception {
    var command = new String[arguments.length + 1];
    command[0] = "ip";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  private static Inet4Address address(String text) {
    return (Inet4Address) InetAddress.ofLiteral(text);
  }

  @Test
  void anInterfaceGetsItsAddressAndTheRouteToOtherNetworks() throws Exception {
    var routes =
        inItsOwnNetwork(
            () -> {
              ip("link", "add", "net0", "type", "veth", "peer", "name", "net1");
              var device = new NetworkInterface4("net0");
              device.turnOn();
              device.setAddress(address("10.20.30.40"), 24);
              device.addDefaultRoute(address("10.20.30.1"), false);
              assertTrue(ip("-4", "address", "show", "net0").contains("inet 10.20.30.40/24"));
              return ip("-4", "route");
            });
    assertTrue(routes.contains("default via 10.20.30.1 dev net0"), routes);
    assertTrue(routes.contains("10.20.30.0/24 dev net0"), routes);
  }

  @Test
  void aRouterMayBeOutsideOfTheNetwork() throws Exception {
    var routes =
        inItsOwnNetwork(
            () -> {
              ip("link", "add", "net0", "type", "veth", "peer", "name", "net1");
              var device = new NetworkInterface4("net0");
              device.turnOn();
              device.setAddress(address("10.20.30.40"), 32);
              device.addDefaultRoute(address("10.20.0.1"), true);
              return ip("-4", "route");
            });
    assertTrue(routes.contains("default via 10.20.0.1 dev net0"), routes);
  }

  @Test
  void theLoopbackInterfaceIsTurnedOn() throws Exception {
    var link =
        inItsOwnNetwork(
            () -> {
              new NetworkInterface4("lo").turnOn();
              return ip("link", "show", "lo");
            });
    assertTrue(link.contains("LOOPBACK,UP"), link);
  }

  @Test
  void anInterfaceThatIsNotThereIsNamed() throws Exception {
    var failed =
        inItsOwnNetwork(
            () ->
                assertThrows(ErrnoException.class, () -> new NetworkInterface4("none0").turnOn()));
    assertEquals(Errno.ENODEV, failed.errno());
    assertThrows(IllegalArgumentException.class, () -> new NetworkInterface4("a/b"));
    assertThrows(IllegalArgumentException.class, () -> new NetworkInterface4("sixteen-letters!"));
  }
}
