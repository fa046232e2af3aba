package dev.testudo.cli;

import dev.testudo.cli.exit.ExitCode;
import dev.testudo.cli.shield.RunningShields;
import dev.testudo.cli.shield.ShieldScreen;
import dev.testudo.cli.shield.ShieldTable;
import dev.testudo.cli.terminal.Palette;
import dev.testudo.cli.terminal.RawKeys;
import dev.testudo.cli.terminal.TerminalSize;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.status.ShieldStatusJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The command `testudo shield top`.
@Command(
    name = "top",
    description = {
      "Shows your running shields and their connections.",
      "On a terminal it updates once a second, until you press `q` or Ctrl-C."
    })
final class ShieldTopCommand implements Callable<Integer> {
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration STOP = Duration.ofSeconds(5);

  private final CliContext context;

  @Option(
      names = "--once",
      description = "Prints once and exits. This is the default without a terminal.")
  private boolean once;

  @Option(names = "--json", description = "Prints once, as JSON, and exits.")
  private boolean json;

  ShieldTopCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var out = context.streams().out();
    if (json) {
      var shields =
          new JsonArray(
              RunningShields.ask(context.environment()).stream()
                  .<JsonValue>map(ShieldStatusJson::value)
                  .toList());
      out.println(Json.writeText(new JsonBuilder().put("shields", shields).build()));
      return ExitCode.DONE.number();
    }
    if (context.terminal() && !once) {
      watch();
    } else {
      var shields = RunningShields.ask(context.environment());
      new ShieldTable(Palette.PLAIN, Instant.now()).lines(shields).forEach(out::println);
    }
    return ExitCode.DONE.number();
  }

  /// Redraws the screen until the user presses `q` or Ctrl-C.
  private void watch() throws IOException, InterruptedException {
    var ended = new CountDownLatch(1);
    try (var signals = StopSignals.listen(STOP, context.insistence(), () -> {});
        var keys = RawKeys.begin(context.streams().in());
        var screen = new ShieldScreen(context.streams().out(), context.palette())) {
      signals.tell(ended::countDown);
      Thread.ofPlatform().daemon().name("keys").start(() -> awaitKey(keys, ended));
      do {
        var size = TerminalSize.ofControllingTerminal();
        screen.draw(RunningShields.ask(context.environment()), Instant.now(), size);
      } while (!ended.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
    }
  }

  private static void awaitKey(RawKeys keys, CountDownLatch ended) {
    try {
      keys.await('q');
    } catch (IOException _) {
      // A terminal that cannot be read is gone.
    }
    ended.countDown();
  }
}
