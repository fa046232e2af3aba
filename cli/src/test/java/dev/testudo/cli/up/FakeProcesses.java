package dev.testudo.cli.up;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.process.ChildOutput;
import dev.testudo.cli.process.ChildProcess;
import dev.testudo.cli.process.ChildSpec;
import dev.testudo.cli.process.ProcessRunner;
import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.channel.AgentEvents;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// Fake processes: CAS is ready at once, and agents do what the test says.
final class FakeProcesses implements ProcessRunner {
  static final String KEY = "11111111111111111111111111111111";

  final List<FakeChild> started = Collections.synchronizedList(new ArrayList<>());
  final List<String> stops = Collections.synchronizedList(new ArrayList<>());
  String readyLine = "{\"listening\":\"127.0.0.1:4711\",\"key_hash\":\"%s\"}".formatted(KEY);
  Consumer<FakeChild> agents = agent -> agent.say(new AgentEvent.Started(2, "/usr/bin/x"));
  Consumer<FakeChild> commands = command -> command.end(0);

  @Override
  public ChildProcess start(ChildSpec spec, ChildOutput output) throws IOException {
    var child = add(spec);
    if (spec.command().contains("serve")) {
      output.out(readyLine);
    } else {
      child.connect();
      output.out("hello from " + child.name);
      agents.accept(child);
    }
    return child;
  }

  @Override
  public ChildProcess foreground(ChildSpec spec) {
    var child = add(spec);
    commands.accept(child);
    return child;
  }

  private FakeChild add(ChildSpec spec) {
    var child = new FakeChild(spec);
    started.add(child);
    return child;
  }

  FakeChild named(String name) {
    return started.stream().filter(child -> child.name.equals(name)).findFirst().orElseThrow();
  }

  /// A fake process.
  final class FakeChild implements ChildProcess {
    final ChildSpec spec;
    final String name;
    final String firstLine;
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private final List<SocketChannel> events = new ArrayList<>();
    boolean ignoresTermination;

    private FakeChild(ChildSpec spec) {
      this.spec = spec;
      this.firstLine =
          spec.firstLine().map(line -> line.reveal(b -> new String(b, UTF_8))).orElse("");
      this.name =
          spec.command().contains("serve")
              ? "cas"
              : spec.command().contains("agent") ? argument("--service") : "command";
    }

    String argument(String option) {
      return spec.command().get(spec.command().indexOf(option) + 1);
    }

    private void connect() throws IOException {
      var path = Path.of(argument("--events"));
      events.add(SocketChannel.open(UnixDomainSocketAddress.of(path)));
    }

    void say(AgentEvent event) {
      var line = AgentEvents.write(new AgentEvents.Line(Instant.EPOCH, name, event)) + "\n";
      try {
        events.getFirst().write(ByteBuffer.wrap(line.getBytes(UTF_8)));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    void end(int code) {
      try {
        for (var channel : events) {
          channel.close();
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      ended.complete(code);
    }

    boolean isAlive() {
      return !ended.isDone();
    }

    @Override
    public long pid() {
      return 1000L + started.indexOf(this);
    }

    @Override
    public CompletableFuture<Integer> ended() {
      return ended;
    }

    @Override
    public void terminate() {
      stops.add("terminate " + name);
      if (!ignoresTermination) {
        end(0);
      }
    }

    @Override
    public void kill() {
      stops.add("kill " + name);
      end(137);
    }

    @Override
    public boolean stop(Duration patience) {
      terminate();
      return !isAlive();
    }
  }
}
