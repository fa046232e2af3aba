package dev.testudo.agent.mounter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.linux.fuse.FuseDevice;
import dev.testudo.linux.sys.DescriptorMessages;
import dev.testudo.linux.sys.Fd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A mount that a node mounter has made for this process. It ends with this object.
public final class NodeMount implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Fd connection;
  private final List<FuseDevice> devices;

  private NodeMount(Fd connection, List<FuseDevice> devices) {
    this.connection = connection;
    this.devices = List.copyOf(devices);
  }

  /// Asks for a mount.
  ///
  /// @param socket where the mounter listens
  /// @throws IOException if there is none; the message is the mounter's reason
  public static NodeMount request(Path socket, MountRequest request) throws IOException {
    var connection = Packets.connect(socket);
    try {
      Packets.limit(connection, PATIENCE);
      Packets.send(connection, request.write());
      var received = DescriptorMessages.receive(connection, MountRequest.LONGEST);
      if (received.descriptors().size() != request.devices()) {
        received.descriptors().forEach(Fd::close);
        throw new IOException("the node mounter: " + new String(received.data(), UTF_8));
      }
      return new NodeMount(
          connection, received.descriptors().stream().map(FuseDevice::new).toList());
    } catch (IOException e) {
      connection.close();
      throw e;
    }
  }

  /// Returns the devices. Whoever serves them closes them.
  public List<FuseDevice> devices() {
    return devices;
  }

  /// Lets the mounter remove the mount. The kernel then writes back its cache, if nobody uses the
  /// mount any more, and the server ends.
  @Override
  public void close() {
    connection.close();
  }
}
