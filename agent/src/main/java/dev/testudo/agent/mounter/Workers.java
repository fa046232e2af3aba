package dev.testudo.agent.mounter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.linux.fuse.DetachedMount;
import dev.testudo.linux.fuse.FuseDevice;
import dev.testudo.linux.fuse.FuseMountOptions;
import dev.testudo.linux.process.Child;
import dev.testudo.linux.process.Command;
import dev.testudo.linux.process.PidNamespaces;
import dev.testudo.linux.sys.DescriptorMessages;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.linux.sys.UserIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Makes FUSE connections whose ids of callers are those of another PID namespace. Only a process
/// in that namespace can do it, so each is made by a process of this program that does nothing
/// else.
final class Workers implements AutoCloseable {
  /// The second word of the command line of such a process.
  static final String COMMAND = "mount-in-namespace";

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int SIGKILL = 9;

  private final Path program;
  private final List<String> words;
  private final Path socket;
  private final Fd listener;
  private final ReentrantLock turn = new ReentrantLock(true);

  private Workers(Path program, List<String> words, Path socket, Fd listener) {
    this.program = program;
    this.words = List.copyOf(words);
    this.socket = socket;
    this.listener = listener;
  }

  /// @param command the first word of this program's own arguments
  static Workers start(String command) throws IOException {
    var own = Files.readString(Path.of("/proc/self/cmdline")).split("\0", -1);
    int end = Arrays.asList(own).indexOf(command);
    if (end < 0) {
      throw new IOException("cannot find out how this program was started");
    }
    var directory = Files.createTempDirectory("testudo-mounter");
    var socket = directory.resolve("socket");
    return new Workers(
        Path.of("/proc/self/exe").toRealPath(),
        List.of(own).subList(0, end + 1),
        socket,
        Packets.listen(socket, 1));
  }

  /// A connection that is attached nowhere.
  record Made(DetachedMount mount, List<Fd> devices) implements AutoCloseable {
    /// Copies the list.
    Made {
      devices = List.copyOf(devices);
    }

    @Override
    public void close() {
      mount.close();
      devices.forEach(Fd::close);
    }
  }

  /// Makes a connection. One at a time, in the order of the calls, so that nobody waits for ever.
  Made make(MountRequest request, ContainerCaller caller) throws IOException {
    turn.lock();
    try {
      return makeNow(request, caller);
    } finally {
      turn.unlock();
    }
  }

  private Made makeNow(MountRequest request, ContainerCaller caller) throws IOException {
    var arguments = new ArrayList<>(words);
    arguments.addAll(
        List.of(
            COMMAND,
            socket.toString(),
            request.name(),
            Integer.toString(request.devices()),
            Integer.toString(request.transfer()),
            Integer.toUnsignedString(caller.user()),
            Integer.toUnsignedString(caller.group())));
    var command = new Command(program, arguments, Map.of(), Optional.empty(), Command.Input.EMPTY);
    var child = PidNamespaces.spawn(caller.processes(), command);
    try {
      return receive(child, request.devices());
    } finally {
      child.signal(SIGKILL);
      child.await();
    }
  }

  private Made receive(Child child, int devices) throws IOException {
    Packets.limit(listener, PATIENCE);
    try (var connection = Sockets.accept4(listener, 0).orElseThrow(Workers::silent).fd()) {
      if (Sockets.peer(connection).process() != child.pid()) {
        throw new IOException("another process has connected to %s".formatted(socket));
      }
      Packets.limit(connection, PATIENCE);
      var received = DescriptorMessages.receive(connection, MountRequest.LONGEST);
      var all = received.descriptors();
      if (all.size() != devices + 1) {
        all.forEach(Fd::close);
        throw new IOException(new String(received.data(), UTF_8));
      }
      return new Made(new DetachedMount(all.getFirst()), all.subList(1, all.size()));
    }
  }

  private static IOException silent() {
    return new IOException("the process that makes FUSE connections does not answer");
  }

  /// The work of such a process: it makes a connection, sends it and ends.
  ///
  /// @param words what [#make] has given it after the command
  static void work(List<String> words) throws IOException {
    var name = words.get(1);
    int devices = Integer.parseInt(words.get(2));
    int transfer = Integer.parseInt(words.get(3));
    var owner =
        new UserIds(Integer.parseUnsignedInt(words.get(4)), Integer.parseUnsignedInt(words.get(5)));
    try (var connection = Packets.connect(Path.of(words.getFirst()))) {
      try {
        var device = FuseDevice.open();
        var mount =
            DetachedMount.create(
                device, new FuseMountOptions(name, "testudo", owner, true, true, transfer));
        var descriptors = new ArrayList<>(List.of(mount.fd(), device.fd()));
        for (var i = 1; i < devices; i++) {
          descriptors.add(device.copy(FuseDevice.PATH).fd());
        }
        DescriptorMessages.send(connection, new byte[1], descriptors);
      } catch (IOException e) {
        Packets.send(connection, String.valueOf(e.getMessage()));
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    Files.delete(socket);
    Files.delete(socket.resolveSibling(""));
  }
}
