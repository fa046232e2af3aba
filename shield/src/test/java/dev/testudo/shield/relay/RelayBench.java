package dev.testudo.shield.relay;

import dev.testudo.shield.tls.TlsLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// Prints what the relay costs on this machine; asserts nothing. Client and server have loops of
/// their own, so that the costs of encryption and decryption can be told apart by the kernel's CPU
/// time per thread.
///
/// Run it as a program. The first argument is the number of seconds per measurement.
@SuppressWarnings("SystemOut") // printing is what it is for
public final class RelayBench {
  private static final Path TASKS = Path.of("/proc/self/task");

  private RelayBench() {}

  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length == 0 ? 5 : Integer.parseInt(arguments[0]);
    var library = TlsLibrary.chosen();
    System.out.println("engine: " + library.label());
    var before = loops();
    try (var servers = new Shields(library)) {
      var opening = difference(loops(), before);
      var withServers = loops();
      try (var clients =
          new Relays(
              _ -> {},
              RelayLimits.DEFAULT,
              library.engines(InstantSource.system()),
              InstantSource.system())) {
        clients.warmUp();
        var sealing = difference(loops(), withServers);
        var bench = new RelayBench.Run(servers, clients, sealing, opening, seconds);
        bench.firstConnections();
        for (int round = 0; round < 3; round++) {
          bench.throughput(1);
        }
        bench.throughput(64);
        bench.roundTrips();
        bench.handshakes();
        bench.idle();
      }
    }
  }

  private record Run(
      Shields servers, Relays clients, Set<Path> sealing, Set<Path> opening, int seconds) {
    private Socket[] connect(Shields.Server server) throws InterruptedException {
      var client = servers.connect(clients, server.port, servers.client(server.port));
      return new Socket[] {client, server.next()};
    }

    void firstConnections() throws Exception {
      try (var server = servers.server()) {
        for (int i = 0; i < 5; i++) {
          long began = System.nanoTime();
          var pair = connect(server);
          System.out.printf("connection %d after %.1f ms%n", i + 1, since(began) * 1e3);
          close(List.<Socket[]>of(pair));
          Thread.sleep(500);
        }
      }
    }

    void throughput(int connections) throws Exception {
      try (var server = servers.server()) {
        var pairs = new ArrayList<Socket[]>();
        for (int i = 0; i < connections; i++) {
          pairs.add(connect(server));
        }
        long until = System.nanoTime() + seconds * 1_000_000_000L;
        long sealed = cpu(sealing);
        long opened = cpu(opening);
        long began = System.nanoTime();
        var counts = new long[connections];
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < connections; i++) {
          int index = i;
          threads.add(Thread.ofPlatform().start(() -> write(pairs.get(index)[0], until)));
          threads.add(Thread.ofPlatform().start(() -> counts[index] = drain(pairs.get(index)[1])));
        }
        for (var thread : threads) {
          thread.join();
        }
        double bytes = Arrays.stream(counts).sum();
        System.out.printf(
            "%d connection(s): %.2f GB/s wall, sealing %.2f GB per CPU second, opening %.2f%n",
            connections,
            bytes / since(began) / 1e9,
            bytes / (cpu(sealing) - sealed),
            bytes / (cpu(opening) - opened));
        close(pairs);
      }
    }

    void roundTrips() throws Exception {
      try (var server = servers.server()) {
        var pair = connect(server);
        var echo = Thread.ofPlatform().start(() -> echo(pair[1]));
        var times = new long[40_000];
        var message = new byte[64];
        for (int i = 0; i < times.length; i++) {
          long began = System.nanoTime();
          pair[0].getOutputStream().write(message);
          pair[0].getInputStream().readNBytes(64);
          times[i] = System.nanoTime() - began;
        }
        pair[0].shutdownOutput();
        echo.join();
        var last = Arrays.copyOfRange(times, times.length / 2, times.length);
        Arrays.sort(last);
        System.out.printf(
            "round trip of 64 bytes: p50 %.0f us, p99 %.0f us%n",
            last[last.length / 2] / 1e3, last[last.length * 99 / 100] / 1e3);
        close(List.<Socket[]>of(pair));
      }
    }

    void handshakes() throws Exception {
      LongSupplier all = () -> cpu(named("shield-"));
      try (var server = servers.server()) {
        long cpu = all.getAsLong();
        long began = System.nanoTime();
        int count = 0;
        for (; since(began) < seconds; count++) {
          close(List.<Socket[]>of(connect(server)));
        }
        System.out.printf(
            "%d handshakes, one after the other: %.1f ms each, %.0f per CPU second of both ends%n",
            count, since(began) / count * 1e3, count * 1e9 / (all.getAsLong() - cpu));
      }
    }

    void idle() throws Exception {
      try (var server = servers.server()) {
        int count = 1_000;
        long heap = heap();
        long resident = resident();
        var pairs = new ArrayList<Socket[]>();
        for (int i = 0; i < count; i++) {
          var pair = connect(server);
          pair[0].getOutputStream().write(1);
          pair[1].getInputStream().read();
          pairs.add(pair);
        }
        System.out.printf(
            "idle: %.1f KiB heap, %.1f KiB resident per connection end, programs' sockets included%n",
            (heap() - heap) / 1024.0 / 2 / count, (resident() - resident) / 1024.0 / 2 / count);
        close(pairs);
      }
    }
  }

  private static void write(Socket socket, long until) {
    try {
      var chunk = new byte[128 * 1024];
      while (System.nanoTime() < until) {
        socket.getOutputStream().write(chunk);
      }
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long drain(Socket socket) {
    try {
      var buffer = new byte[256 * 1024];
      long total = 0;
      for (int n = 0; n >= 0; n = socket.getInputStream().read(buffer)) {
        total += n;
      }
      return total;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void echo(Socket socket) {
    try {
      var buffer = new byte[64];
      while (socket.getInputStream().readNBytes(buffer, 0, 64) == 64) {
        socket.getOutputStream().write(buffer);
      }
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void close(List<Socket[]> pairs) throws IOException {
    for (var pair : pairs) {
      pair[0].close();
      pair[1].close();
    }
  }

  private static double since(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  private static Set<Path> loops() {
    return named("shield-relay-");
  }

  private static Set<Path> difference(Set<Path> all, Set<Path> without) {
    var rest = new HashSet<>(all);
    rest.removeAll(without);
    return rest;
  }

  private static Set<Path> named(String prefix) {
    try (Stream<Path> tasks = Files.list(TASKS)) {
      var found = new HashSet<Path>();
      for (var task : (Iterable<Path>) tasks::iterator) {
        if (Files.readString(task.resolve("comm")).startsWith(prefix)) {
          found.add(task);
        }
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Returns CPU time in nanoseconds.
  private static long cpu(Set<Path> tasks) {
    try {
      long sum = 0;
      for (var task : tasks) {
        sum += Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ")[0]);
      }
      return sum;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long heap() throws InterruptedException {
    var runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static long resident() throws IOException {
    return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * 4096;
  }
}
