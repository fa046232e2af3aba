package dev.testudo.linux.fuse;

import dev.testudo.linux.sys.DescriptorMessages;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A process that serves a file system in memory until its standard input ends. It says `ready`,
/// and at the end how serving ended.
///
/// - `mount DEVICE DIRECTORY`: opens the device and mounts
/// - `receive SOCKET`: gets devices from whoever listens at the socket
final class FuseProgram {
  private FuseProgram() {}

  public static void main(String[] arguments) throws Exception {
    var devices =
        arguments[0].equals("mount")
            ? mounted(Path.of(arguments[1]), Path.of(arguments[2]))
            : received(arguments[1]);
    var server = FuseServer.start(devices, OnFuse.SETTINGS, new MemoryFileSystem(), new Quiet());
    System.out.println("ready");
    while (System.in.read() >= 0) {
      // Until the end.
    }
    server.stop(Duration.ofSeconds(10));
    System.out.println(server.awaitEnd(Duration.ofSeconds(10)));
  }

  private static List<FuseDevice> mounted(Path path, Path directory) throws Exception {
    var device = FuseDevice.open(path);
    FuseMount.mount(device, directory, OnFuse.options());
    return List.of(device, device.copy(path));
  }

  private static List<FuseDevice> received(String path) throws Exception {
    try (var socket = Sockets.socket(SocketAddress.AF_UNIX, Sockets.SOCK_STREAM, 0)) {
      Sockets.connect(socket, new SocketAddress.UnixPath(path));
      return DescriptorMessages.receive(socket, 16).descriptors().stream()
          .map(FuseDevice::new)
          .toList();
    }
  }

  /// Says nothing.
  static final class Quiet implements FuseListener {
    @Override
    public void failed(FuseOpcode opcode, Exception reason) {}

    @Override
    public void malformed(String what) {}

    @Override
    public void ended(FuseEnd end) {}
  }
}
