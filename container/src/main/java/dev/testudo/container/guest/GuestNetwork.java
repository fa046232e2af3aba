package dev.testudo.container.guest;

import dev.testudo.container.dhcp.DhcpClient;
import dev.testudo.container.dhcp.HardwareAddress;
import dev.testudo.linux.machine.NetworkInterface4;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The network of a virtual machine: loopback, and one Ethernet interface with an address by DHCP.
/// The kernel takes IPv6 addresses by itself.
///
/// @param messages gets one line for what is worth knowing
record GuestNetwork(Consumer<String> messages) {
  private static final Path INTERFACES = Path.of("/sys/class/net");
  private static final String LOOPBACK = "lo";
  private static final String ETHERNET = "1";
  private static final String NAME = "testudo";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(50);

  /// Configures the network, and writes what programs read of it.
  void configure() throws IOException, InterruptedException {
    new NetworkInterface4(LOOPBACK).turnOn();
    Files.writeString(Path.of("/proc/sys/kernel/hostname"), NAME);
    write("hostname", NAME + "\n");
    write("hosts", "127.0.0.1 localhost\n::1 localhost\n127.0.1.1 " + NAME + "\n");
    var device = awaitEthernet();
    var client = new DhcpClient(new NetworkInterface4(device), hardware(device), messages);
    var configured = client.configure();
    write("resolv.conf", configured.nameServers());
    messages.accept("network: %s has %s".formatted(device, configured.text()));
  }

  /// Writes a file of container runtimes, which is not measured. An image without `/etc` gets none,
  /// because the directory would be measured.
  private static void write(String name, String content) throws IOException {
    var folder = Path.of("/etc");
    if (Files.isDirectory(folder)) {
      Files.writeString(folder.resolve(name), content);
    }
  }

  /// Returns the first interface. Drivers may find it a moment after they were loaded.
  private static String awaitEthernet() throws IOException, InterruptedException {
    for (var end = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < end; ) {
      var devices = ethernet();
      if (!devices.isEmpty()) {
        return devices.getFirst();
      }
      Thread.sleep(PAUSE);
    }
    throw new IOException("the machine has no network interface; give it one with virtio");
  }

  private static List<String> ethernet() throws IOException {
    try (Stream<Path> all = Files.list(INTERFACES)) {
      return all.map(path -> String.valueOf(path.getFileName()))
          .filter(name -> !name.equals(LOOPBACK) && attribute(name, "type").equals(ETHERNET))
          .sorted()
          .toList();
    }
  }

  private static HardwareAddress hardware(String device) {
    return new HardwareAddress(attribute(device, "address"));
  }

  private static String attribute(String device, String name) {
    try {
      return Files.readString(INTERFACES.resolve(device).resolve(name)).strip();
    } catch (IOException _) {
      return ""; // it has gone
    }
  }
}
